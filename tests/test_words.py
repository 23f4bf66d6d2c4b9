"""What the program says to people is plain English: words that were once put right never come back."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "rotor_import"
DOCUMENTS = [ROOT / "README.md", *sorted(ROOT.glob("mappings/README.md")), *sorted(PACKAGE.rglob("README.md"))]

BANNED = {
    # Words, as regular expressions: what to write instead.
    r"[Ee]-[Mm]ail": "email",
    r"parted by": "separated by",
    r"\bmend(s|ing)?\b": "fix",
    r"(?<![Tt]here )is no (YAML|SQL|encoding|field|spreadsheet|table|ledger|saved plan|number|phone|name)\b": "is not",
    r"this is no\b(?! longer)": "this isn't",
    r"an? mistake of (ours|rotor-import)": "an internal error (a bug in rotor-import)",
    r"Paused: Stopped": "Paused at your request.",
    r"[Ss]topped(,| while waiting,) as asked": "Paused at your request.",
    r"\bas asked\b": "at your request",
    r"Once more stops": "Press Ctrl-C again to stop now",
    r"needs? you\b": "needs your attention",
    r"all the same\b(?! cells)": "anyway",
    r"no more in (it|the file)": "no longer in",
    r"not there any ?more": "no longer there",
    r"unlike the (one|feed)": "very different from",
    r"is another than": "has changed",
    r"header is another": "column headings have changed",
    r"taken apart": "split",
    r"stands? whole": "is all in",
    r"what no name does": "doesn't look like a person's name",
    r"(^|At most )[Ss]o many\b": "the number of",
    r"could never find": "couldn't be matched later",
    r"one customer's and its": "matches A, matches B",
    r"whatever its name says": "is actually",
    r"the mapping knows no": "there is no setting",
    r"\bknows no\b": "there is no",
    r"goes with\b": "can only be used with",
    r"are used\.": "are used up.",
    r"\btaken off\b": "removed",
    r"put in front": "added",
    r"it holds what": "contains",
    r"it says more than": "too long",
    r"needs the extra:": "needs an extra package:",
    r"cannot be had": "can't be used",
    r"Give another with": "Choose another with",
    r"Name another (place|file|with)": "Choose another",
    r"whoever runs": "your network administrator",
    r"\bhad it not\b": "is new",
    r"[0-9] %(?![a-z])": "no space before %",
    r"on the way could read": "would expose",
    r"lead in a circle": "form a loop",
}
HEADERS = re.compile(r"E-?[Mm]ail")
"""Columns of real exports are called so."""


def texts(path):
    """Every string literal of a module with its line, f-strings with {} for their values; docstrings apart."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    inside |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)} - command_helps(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
            yield node.lineno, "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.lineno, node.value


def command_helps(tree):
    """The docstrings that the command line shows: those of functions with a decorator."""
    decorated = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.decorator_list)
    return {id(node.body[0].value) for node in decorated if isinstance(node.body[0], ast.Expr)}


def found(text):
    """The banned words in a text; real column headers may be written as their systems write them."""
    for pattern, better in BANNED.items():
        for match in re.finditer(pattern, text):
            if not HEADERS.fullmatch(match[0]):
                yield f"{match[0]!r} (better: {better})"


MODULES = sorted(PACKAGE.rglob("*.py"))


def test_no_message_has_a_word_that_was_put_right():
    assert len(MODULES) > 300
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {words}"
        for path in MODULES
        for line, text in texts(path)
        for words in found(text)
    ]
    assert wrong == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_document_for_users_has_one(document):
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert list(found(prose)) == []


@pytest.mark.parametrize(
    "text",
    ["cells are parted by semicolons", "not an e-mail address", "Paused: Stopped, as asked.", "more than 20 % of it"],
)
def test_the_old_words_would_be_found(text):
    assert list(found(text))


def test_a_literal_of_each_kind_is_read(tmp_path):
    module = tmp_path / "module.py"
    module.write_text('"""Doc."""\nA = f"x {1} y"\nB = "b"\n@C\ndef d():\n    """Help."""\ndef e():\n    """Doc."""\n')
    assert sorted(text for _, text in texts(module)) == ["Help.", "b", "x {} y"]
