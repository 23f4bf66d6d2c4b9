"""How long `plan` takes beside polars, and beside a loop: `python tests/benchmarks/plan_a_million.py`.

Whole processes in turns, on the same file: the floor (polars reads it and writes it again), the rival (a loop over
csv, phonenumbers and email-validator) and `rotor-import plan` with its report. Each figure is the median of the
rounds; what counts are the ratios. The rival is measured on a tenth of the rows and taken ten times, unless
`--whole-rival` is given. `--folder` keeps the files for the next time.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HERE = Path(__file__).parent
PROGRAM = [sys.executable, "-c", "from rotor_import.cli import main; main()"]
CHANGES = 1000
AGE = "1000000000"
"""Seconds for which the mirror is good: the directory is not read again."""
SMALL = 10_000
CASES = ("none", "mirrored", "four", "small", "help")
KEY = "benchmark"
NOBODY = "http://127.0.0.1:9/open-api"


@dataclass(frozen=True)
class Usage:
    """Seconds and megabytes of a whole process."""

    wall: float
    user: float
    peak: float

    def __str__(self):
        return f"{self.wall:8.2f} s {self.user:8.2f} s user {self.peak:7,.0f} MB"


def run(command, folder, *, key=""):
    """This process stays small, for a child's peak counts from its parent's size on."""
    environment = os.environ | {"XDG_DATA_HOME": str(folder / "data"), "ROTOR_API_KEY": key}
    with (folder / "out").open("w") as out, (folder / "err").open("w") as err:
        started = time.perf_counter()
        process = subprocess.Popen(list(map(str, command)), cwd=folder, env=environment, stdout=out, stderr=err)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):
        sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{(folder / 'err').read_text()}")
    return Usage(wall, used.ru_utime, used.ru_maxrss / 1024)


def median(usages):
    usages = list(usages)
    return Usage(*(statistics.median(getattr(one, name) for one in usages) for name in ("wall", "user", "peak")))


class Bench:
    def __init__(self, folder, options):
        self.folder = folder
        self.rows = options.rows
        self.rounds = options.rounds
        self.rival_rows = options.rows if options.whole_rival else max(options.rows // 10, 1)

    def export(self, rows):
        path = self.folder / f"export-{rows}.csv"
        if not path.is_file():
            self._make(path, "legacy_export.py", path, rows)
        return path

    @cached_property
    def imported(self):
        """The ledger after the whole export, and the export with some customers changed."""
        ledger, edited = self.folder / f"ledger-{self.rows}.sqlite", self.folder / f"edited-{self.rows}.csv"
        if not edited.is_file():
            for old in self.folder.glob(f"{ledger.name}*"):
                old.unlink()
            self._make(edited, "imported_before.py", self.export(self.rows), ledger, edited, CHANGES)
        return ledger, edited

    def _make(self, what, script, *arguments):
        print(f"making {what.name} …", file=sys.stderr, flush=True)
        run([sys.executable, HERE / script, *arguments], self.folder)

    def floor(self, path):
        return run([sys.executable, HERE / "polars_floor.py", path, self.folder / "floor.csv"], self.folder)

    def rival(self):
        one = self.export(self.rival_rows)
        used = run([sys.executable, HERE / "rival_loop.py", one, self.folder / "rival.csv"], self.folder)
        times = self.rows / self.rival_rows
        return Usage(used.wall * times, used.user * times, used.peak * times)

    def plan(self, path, *options, key="", update=0):
        reports = self.folder / "reports"
        mapping = self.export(self.rows if path.name.startswith("edited") else int(path.stem.split("-")[1]))
        command = [*PROGRAM, "plan", path, "-m", mapping.with_suffix(".yaml"), "--json", "--report-dir", reports]
        command += ["--duplicates", "off"]  # tests/benchmarks/duplicates.py measures the search
        used = run([*command, "--quiet", *options], self.folder, key=key)
        self._check(json.loads((self.folder / "out").read_text()), update)
        shutil.rmtree(reports)
        return used

    @staticmethod
    def _check(summary, update):
        changes, requests = summary["changes"], summary["requests"]
        if requests["used"] or changes["create"] or changes["update"] != update:
            sys.exit(f"This is not what was to be measured: {changes}, {requests}")

    def in_turns(self, **runs):
        """A median for each, of rounds in which they take turns."""
        rounds = [{name: one() for name, one in runs.items()} for _ in range(self.rounds)]
        return {name: median(one[name] for one in rounds) for name in runs}


def none(bench):
    path = bench.export(bench.rows)
    bench.export(bench.rival_rows)
    found = bench.in_turns(
        floor=lambda: bench.floor(path), plan=lambda: bench.plan(path, "--directory", "none"), rival=bench.rival
    )
    show(f"plan, {bench.rows:,} rows, no directory", found)
    against(found["plan"].wall / found["floor"].wall, 8, "times polars' read and write")
    against(found["plan"].user / found["floor"].user, None, "times its user time")
    against(found["rival"].wall / found["plan"].wall, 10, "times faster than the loop", least=True)
    against(found["plan"].peak, 1536, "MB at most")


def mirrored(bench):
    ledger, edited = bench.imported
    options = ("--ledger", ledger, "--base-url", NOBODY, "--directory-max-age", AGE)
    found = bench.in_turns(
        floor=lambda: bench.floor(edited), plan=lambda: bench.plan(edited, *options, key=KEY, update=CHANGES)
    )
    show(f"plan, {bench.rows:,} rows against a mirror of all of them, {CHANGES:,} changes", found)
    against(found["plan"].wall / found["floor"].wall, 14, "times polars' read and write")
    against(found["plan"].user / found["floor"].user, None, "times its user time")
    against(found["plan"].peak, 2560, "MB at most")


def four(bench):
    one, many = bench.export(bench.rows), bench.export(bench.rows * 4)
    found = bench.in_turns(
        one=lambda: bench.plan(one, "--directory", "none"), four=lambda: bench.plan(many, "--directory", "none")
    )
    show(f"plan, {bench.rows * 4:,} rows against {bench.rows:,}, no directory", found)
    against(found["four"].wall / found["one"].wall, 4.4, "times the time")
    against(found["four"].peak / found["one"].peak, 4, "times the memory")


def small(bench):
    path = bench.export(SMALL)
    bench.plan(path, "--directory", "none")
    found = bench.in_turns(plan=lambda: bench.plan(path, "--directory", "none"))
    show(f"plan, {SMALL:,} rows, no directory", found)
    against(found["plan"].wall, 1.0, "s at most")


def help_(bench):
    run([*PROGRAM, "--help"], bench.folder)
    found = bench.in_turns(help=lambda: run([*PROGRAM, "--help"], bench.folder))
    show("--help", found)
    against(found["help"].wall, 0.2, "s at most")


def show(title, found):
    print(f"\n{title}")
    for name, usage in found.items():
        print(f"  {name:<6} {usage}", flush=True)


def against(figure, bound, words, *, least=False):
    if bound is None:
        print(f"  {figure:8.2f} {words}", flush=True)
        return
    verdict = "kept" if (figure >= bound if least else figure <= bound) else "MISSED"
    print(f"  {figure:8.2f} {words}: the bound of {'at least ' if least else ''}{bound:g} is {verdict}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--cases", default=",".join(CASES), help="some of " + ", ".join(CASES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--whole-rival", action="store_true", help="the loop reads all the rows, not a tenth")
    parser.add_argument("--folder", type=Path, help="where the files are made, and stay")
    options = parser.parse_args()
    known = dict(zip(CASES, (none, mirrored, four, small, help_), strict=True))
    chosen = options.cases.split(",")
    if unknown := set(chosen) - set(known):
        parser.error(f"there is no case {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        for case in chosen:
            known[case](Bench(folder, options))


if __name__ == "__main__":
    main()
