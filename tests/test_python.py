"""Python's side of the program as a user meets it: the README's walk through it, and what a type checker says."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import rotor_import

ROOT = Path(__file__).parents[1]
SAMPLE = "sample_data/jobber_clients.csv"


def blocks():
    """The README's Python, block by block."""
    return re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)


def values(block):
    """Each expression of a block with the value that its comment gives, if it gives one."""
    lines = block.splitlines()
    for step in ast.parse(block).body:
        _, _, comment = lines[step.end_lineno - 1].partition("  # ")
        if isinstance(step, ast.Expr) and comment:
            yield ast.unparse(step), ast.literal_eval(comment)


def test_the_walk_in_the_readme_runs_in_order_and_gives_what_it_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    Path(SAMPLE).parent.mkdir()
    shutil.copy(ROOT / SAMPLE, SAMPLE)
    names, said = {}, 0
    for block in blocks():
        exec(compile(block, "README.md", "exec"), names)  # noqa: S102 - the README's own code
        for expression, value in values(block):
            assert eval(expression, names) == value, expression  # noqa: S307 - the README's own code
            said += 1
    assert said == 2, "the values in the comments were not found"
    assert names["plan"].review.height > names["report"].review.height == 0, "all was answered"
    assert names["report"].results.get_column("id").null_count() == 0
    assert names["report"].rejects.height == names["report"].summary["rows"]["rejected"] > 0
    assert "sending" in capsys.readouterr().out


RIGHT = """\
from rotor_import import ImportReport, ProgressEvent, Summary, resume


def show(event: ProgressEvent) -> None:
    print(event.stage, event.done, event.total)


def created(done: ImportReport) -> int:
    summary: Summary = done.summary
    return summary["sent"]["created"]


print(created(report), [each.rejects for each in resume(settings, progress=show)])
"""
WRONG = {
    'plan.summary["chnages"]': "chnages",
    'plan.summary["rows"]["reed"]': "reed",
    "plan.reviews": "reviews",
    'run_import(files, "jobber", progress=lambda event: print(event.dnoe))': "dnoe",
    'run_import(files, "jobber", decisions=7)': "decisions",
    "from rotor_import import plan_imprt": "plan_imprt",
}


def test_a_type_checker_accepts_the_walk_and_finds_each_misspelling(tmp_path):
    """One run of mypy for all of it, as a user of the installed package runs it."""
    code = "\n".join([*blocks(), RIGHT])
    (tmp_path / "right.py").write_text(code, "utf-8")
    lines = len(code.splitlines())
    (tmp_path / "wrong.py").write_text("\n".join([*code.splitlines(), *WRONG]), "utf-8")
    options = ["--strict", f"--cache-dir={ROOT / '.mypy_cache'}", "--no-error-summary", "--hide-error-context"]
    command = [sys.executable, "-m", "mypy", *options, "right.py", "wrong.py"]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    errors = [line for line in found.stdout.splitlines() if ": error: " in line]
    for at, (line, word) in enumerate(WRONG.items(), start=lines + 1):
        [error, *more] = [error for error in errors if error.startswith(f"wrong.py:{at}:")] or [""]
        assert word in error, (line, found.stdout)
        assert not more
    assert len(errors) == len(WRONG), found.stdout


@pytest.mark.parametrize("name", rotor_import.__all__)
def test_each_name_that_the_package_offers_is_there(name):
    assert getattr(rotor_import, name).__name__ == name


def test_another_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="plan_imprt"):
        rotor_import.plan_imprt  # noqa: B018 - asking is the test
