"""The documents are short where they must be, and name only files, headings, classes and tests that exist."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "rotor_import"
NEEDED = (
    "README.md",
    "mappings/README.md",
    "rotor_import/README.md",
    *(
        f"rotor_import/{part}/README.md"
        for part in ("cli", "dedupe", "ledger", "report", "sandbox", "source", "suggest", "sync")
    ),
    "tests/README.md",
)
DOCUMENTS = [ROOT / "README.md"]
DOCUMENTS += sorted(path for top in ("mappings", "rotor_import", "tests") for path in (ROOT / top).rglob("README.md"))
EACH = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))

BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(`+)(.+?)\1")
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PATH = re.compile(r"[a-z_.][\w.-]*(?:/[a-z_.][\w.-]*)*/?", re.IGNORECASE)
MODULE = re.compile(r"rotor_import(?:\.\w+)+")
CLASS = re.compile(r"(?:[A-Z][a-z0-9]+){2,}")
TEST = re.compile(r"test_\w+")
NO_PATHS = {
    "auth/test",  # an endpoint of Rotor's
    "processed/",  # folders that a sync makes
    "failed/",
    "rotor-import.toml",  # a user's own file
}


@cache
def prose(document):
    """The text without its blocks of code."""
    return BLOCK.sub("", document.read_text(encoding="utf-8"))


def words(document):
    """Each word that stands in backticks; `TAG=value` and punctuation at its ends are no part of a word."""
    return sorted({word.rstrip(",;:") for _, span in SPAN.findall(prose(document)) for word in span.split()})


def names_a_file(word):
    """A relative path with a slash in it, or a bare name that only the project's own files have.

    Dates and fractions are no paths, and a path with NAME in it is a pattern. Files of a report and of a user's folder
    have no slash, and an installation is not the project's.
    """
    if word in NO_PATHS or word.startswith(".venv/") or "NAME" in word or not PATH.fullmatch(word):
        return False
    return "/" in word or word.endswith((".py", ".toml"))


def places(document, word):
    """Where a word may lie: beside its document, in the package, or in the project; modules may go without .py."""
    for folder in (document.parent, PACKAGE, ROOT):
        yield folder / word
        yield folder / f"{word}.py"


@cache
def sources(folder):
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py")))


def anchors(document):
    """Headings as GitHub links to them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(prose(document))}


def test_every_document_is_there():
    assert [name for name in NEEDED if not (ROOT / name).is_file()] == []


def test_the_readme_is_a_few_screens_long():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 170


@EACH
def test_links_lead_to_files_and_headings(document):
    for target in LINK.findall(prose(document)):
        if target.startswith(("https://", "http://")):
            continue
        name, _, anchor = target.partition("#")
        linked = (document.parent / name).resolve() if name else document
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target


@EACH
def test_files_that_are_named_exist(document):
    named = [word for word in words(document) if names_a_file(word)]
    assert [word for word in named if not any(place.exists() for place in places(document, word))] == []


@EACH
def test_modules_that_are_named_exist(document):
    for word in words(document):
        if MODULE.fullmatch(word):
            path = ROOT.joinpath(*word.split("."))
            assert path.is_dir() or path.with_suffix(".py").is_file(), word


@EACH
def test_classes_and_tests_that_are_named_exist(document):
    for word in words(document):
        if CLASS.fullmatch(word):
            assert re.search(rf"^(?:class {word}\b|{word}(?::.*)? = )", sources(PACKAGE), re.MULTILINE), word
        if TEST.fullmatch(word):
            assert f"def {word}(" in sources(ROOT / "tests"), word


def test_the_drills_name_only_what_the_code_has():
    """Under "How to change" every name in backticks is a word of the code or of its tests."""
    _, drills = prose(PACKAGE / "README.md").split("## How to change", 1)
    named = {span for _, span in SPAN.findall(drills) if re.fullmatch(r"[A-Za-z_]\w*", span)}
    code = set(re.findall(r"\w+", sources(PACKAGE) + sources(ROOT / "tests")))
    assert named
    assert sorted(named - code) == []


def test_every_package_with_a_document_is_in_the_map():
    """The page of the architecture leads to each document below it."""
    links = {(PACKAGE / link.partition("#")[0]).resolve() for link in LINK.findall(prose(PACKAGE / "README.md"))}
    assert [path for path in PACKAGE.rglob("README.md") if path not in links | {PACKAGE / "README.md"}] == []


def test_the_map_names_every_part_of_the_package():
    parts = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    parts |= {path.name for path in PACKAGE.glob("*.py") if path.name != "__init__.py"}
    assert sorted(parts - set(words(PACKAGE / "README.md"))) == []


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("dedupe/clusters", True),
        ("tests/report/test_page.py", True),
        ("config.py", True),
        ("mappings/NAME.yaml", False),
        ("3/1/2026", False),
        ("report.html", False),
        ("rows.csv", False),
        ("/srv/drop", False),
        ("<report-dir>/<run>/", False),
        ("https://api.getrotor.com/open-api", False),
        ("--report-dir", False),
        ("processed/", False),
        (".venv/bin/rotor-import", False),
    ],
)
def test_what_counts_as_a_file_of_the_project(word, names):
    assert names_a_file(word) is names
