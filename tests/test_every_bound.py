"""The benchmark of everything that has a bound prints its table, and a case that fails takes no other with it."""

import subprocess
import sys
from pathlib import Path

from program import clean

ROOT = Path(__file__).parents[1]
COMMAND = ROOT / "tests" / "benchmarks" / "every_bound.py"


def measured(*options):
    command = [sys.executable, COMMAND, *options]
    return subprocess.run(command, env=clean(PYTHONPATH=str(ROOT)), capture_output=True, text=True, check=False)


def test_each_case_has_its_rows_even_if_one_before_it_failed():
    done = measured("--cases", "night,help", "--rounds", "1", "--rows", "1000")
    *_, night, shown = done.stdout.splitlines()
    assert night == (
        "| the case `night` | failed: the earlier commit is missing: give one with --before |  |  | **no** |  |"
    )
    assert shown.startswith("| `--help` | ")
    assert shown.count("|") == night.count("|") == 7
    assert done.returncode == 1


def test_the_first_line_is_the_command_as_it_can_be_given_again(tmp_path):
    done = measured("--cases", "help", "--rounds", "2", "--folder", tmp_path)
    first, *_ = done.stdout.splitlines()
    assert first.startswith("`python tests/benchmarks/every_bound.py --cases help --rounds 2`: ")
    assert str(tmp_path) not in done.stdout


def test_an_unknown_case_is_refused():
    done = measured("--cases", "help,nothing")
    assert done.returncode == 2
    assert "there is no case nothing" in done.stderr
