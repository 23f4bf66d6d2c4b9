"""The layers of the design, kept true by reading the imports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from program import clean

PACKAGE = Path(__file__).parents[1] / "rotor_import"

LAYERS = {
    "__main__": 8,
    "cli": 7,
    "web": 6,  # it calls what the command line calls
    "sync": 6,  # around the pipeline
    "monitoring": 6,  # beside sync: who hears of a run
    "pipeline": 5,
    "source": 4,
    "mapping": 4,
    "normalize": 4,
    "dedupe": 4,
    "plan": 4,
    "upsert": 4,
    "report": 4,
    "suggest": 4,
    "duplicates": 4,
    "people": 3,  # what dedupe and duplicates both know of people
    "directory": 3,
    "quota": 3,
    "api": 2,
    "ledger": 2,
    "remote": 2,
    "profiles": 2,  # it reads what config makes settings of
    "config": 1,
    "files": 1,
    "model": 0,
    "errors": 0,
}
OWNERS = {
    "httpx": {"api"},
    "tenacity": {"api", "remote"},
    "sqlalchemy": {"ledger"},
    "fsspec": {"remote"},
    "sshfs": {"remote"},
    "apprise": {"monitoring"},
    "prometheus_client": {"monitoring"},
}


def modules():
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


def imports(path, *, at_run_time=False):
    """What a module imports; `at_run_time` leaves out what only type checkers see."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if at_run_time:
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            if node.module == "rotor_import":
                yield from (f"rotor_import.{alias.name}" for alias in node.names)
            else:
                yield node.module


def part(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_layers_below_its_own(path):
    own = part(path)
    for name in imports(path):
        if not name.startswith("rotor_import."):
            continue
        other = name.split(".")[1]
        if other == own:
            continue
        assert own != "sandbox", f"the sandbox shares no code, but imports {name}"
        assert other != "sandbox" or own == "pipeline", f"{own} imports {name}"
        if other != "sandbox":
            assert LAYERS[other] < LAYERS[own] or {own, other} == {"model", "errors"}, f"{own} imports {name}"


@pytest.mark.parametrize("library", sorted(OWNERS))
def test_a_library_is_known_to_its_layer_alone(library):
    knowing = {
        part(path)
        for path in modules()
        if any(name.split(".")[0] == library for name in imports(path, at_run_time=True))
    }
    assert knowing == OWNERS[library]


def test_every_part_of_the_package_has_its_layer():
    assert {part(path) for path in modules()} == {*LAYERS, "sandbox"}


def test_no_file_of_the_package_is_above_three_hundred_lines():
    long = [path.name for path in modules() if len(path.read_text(encoding="utf-8").splitlines()) > 300]
    assert long == []


COMMANDS = [
    (),
    ("run",),
    ("plan",),
    ("sandbox",),
    ("sync",),
    ("runs",),
    ("show",),
    ("completion",),
    ("mapping", "suggest"),
    ("ledger", "check"),
    ("sandbox", "reset"),
    ("status",),
    ("init",),
    ("doctor",),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_loads_no_heavy_library(command):
    arguments = [*command, "--help"]
    script = (
        "import sys\n"
        "from rotor_import.cli import main\n"
        "try:\n"
        f"    main({arguments!r})\n"
        "except SystemExit as end:\n"
        "    assert end.code == 0, end.code\n"
        "heavy = {'polars', 'sqlalchemy', 'httpx', 'pydantic', 'phonenumbers', 'werkzeug', 'tqdm'}\n"
        "heavy |= {'wcwidth', 'xlsxwriter', 'apprise', 'prometheus_client', 'tomlkit', 'tomllib', 'fsspec'}\n"
        "heavy |= {'concurrent.futures', 'rotor_import.cli.sync_every'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_a_plan_of_a_csv_without_rotors_list_loads_neither_database_nor_network_and_makes_no_ledger(tmp_path):
    (tmp_path / "people.csv").write_text("Phone,Name\n763 555 0100,Ada\n")
    (tmp_path / "map.yaml").write_text("version: 1\nfields: {phone: Phone, first_name: Name}\n")
    script = (
        "import sys\n"
        "from rotor_import.cli import main\n"
        "try:\n"
        "    main(['plan', 'people.csv', '-m', 'map.yaml', '--directory', 'none', '-q', '--tolerate', '100%'])\n"
        "except SystemExit as end:\n"
        "    assert end.code == 0, end.code\n"
        "unneeded = {'sqlalchemy', 'sqlite3', 'httpx', 'ssl', 'asyncio', 'tenacity', 'filelock', 'werkzeug', 'tqdm'}\n"
        "unneeded |= {'xlrd', 'rich', 'xlsxwriter', 'rapidfuzz', 'nameparser', 'usaddress'}\n"
        "print(sorted(unneeded & set(sys.modules)))\n"
    )
    places = {"XDG_DATA_HOME": str(tmp_path / "data"), "ROTOR_API_KEY": "a-key"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tmp_path, env=clean(**places), capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert not (tmp_path / "data").exists()
    assert len(list(tmp_path.glob("rotor-import-reports/*/report.html"))) == 1
