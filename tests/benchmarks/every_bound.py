"""Measures everything that has a bound: `python tests/benchmarks/every_bound.py [--before COMMIT]`.

It prints a Markdown table: each figure, its bound, whether that is kept, and the aim. Whole processes are measured,
unless the table says otherwise. What is compared takes turns, so that only ratios within one run are used; each figure
is the median of the rounds. The bounds are for a million rows; fewer are for trying out. A case that fails says why,
and the others go on. It ends with 1 if one failed or a bound is missed.
"""

import argparse
import os
import platform
import sys
import tempfile
import traceback
from importlib.metadata import version
from pathlib import Path

from bounds.bench import Bench, tell
from bounds.dlt_case import dlt
from bounds.night import night
from bounds.others import help_, send, workbook
from bounds.planning import four, mirrored, none, small
from bounds.process import ROOT, compiled
from bounds.table import HEAD, failed

CASES = {
    "none": none,
    "mirrored": mirrored,
    "four": four,
    "small": small,
    "workbook": workbook,
    "dlt": dlt,
    "night": night,
    "send": send,
    "help": help_,
}
ROWS, ROUNDS = 1_000_000, 3


def main():
    options = _options()
    print(f"{_command(options)}: {_machine()}; rounds: {options.rounds}\n\n{HEAD}", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        compiled(ROOT, folder)
        bench = Bench(folder, options.rows, options.rounds, options.before)
        good = [_shown(case, bench) for case in options.cases]
    sys.exit(not all(good))


def _shown(case, bench):
    """Print a case's rows. It gives whether each bound is kept."""
    tell(case)
    good = True
    try:
        for line in CASES[case](bench):
            print(line, flush=True)
            good = good and not line.missed
    except Exception as error:  # noqa: BLE001 - the other cases are measured anyway
        traceback.print_exception(error)
        print(failed(case, error), flush=True)
        return False
    return good


def _options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=_cases, default=list(CASES), help=f"some of {','.join(CASES)}")
    parser.add_argument("--rounds", type=_count, default=ROUNDS, help="how often each process is measured")
    parser.add_argument("--rows", type=_count, default=ROWS, help="instead of a million")
    parser.add_argument("--before", metavar="COMMIT", help="the earlier commit that a night is compared with")
    words = "where files are made, and stay; empty it after a change to the ledger"
    parser.add_argument("--folder", type=Path, help=words)
    return parser.parse_args()


def _count(text):
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("give at least 1")
    return number


def _cases(text):
    chosen = text.split(",")
    if unknown := set(chosen) - set(CASES):
        raise argparse.ArgumentTypeError(f"there is no case {', '.join(sorted(unknown))}")
    return chosen


def _command(options):
    """As it can be given again; where the files lie is nobody else's matter."""
    words = ["python tests/benchmarks/every_bound.py"]
    if options.cases != list(CASES):
        words.append(f"--cases {','.join(options.cases)}")
    for name, usual in (("rounds", ROUNDS), ("rows", ROWS), ("before", None)):
        if (value := getattr(options, name)) != usual:
            words.append(f"--{name} {value}")
    return f"`{' '.join(words)}`"


def _machine():
    load = f"load {os.getloadavg()[0]:.1f} before"
    return f"{os.cpu_count()} cores, {load}, Python {platform.python_version()}, polars {version('polars')}"


if __name__ == "__main__":
    main()
