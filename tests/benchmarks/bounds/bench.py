"""The files that the cases share, each made once, and the processes that several of them run."""

import json
import shutil
import sys
from functools import cached_property
from pathlib import Path

from bounds.process import BENCHMARKS, PROGRAM, Failed, in_turns, run

CHANGES = 1000
NOT_READ = ("--directory", "none")
KEY = "benchmark"
"""What `imported_before.py` uses."""


class Bench:
    def __init__(self, folder, rows, rounds, before):
        self.folder = folder
        self.rows = rows
        self.rounds = rounds
        self.before = before
        """The earlier commit that a night is compared with, or None."""

    def in_turns(self, *, warm=False, **runs):
        return in_turns(self.rounds, warm=warm, **runs)

    def export(self, rows):
        path = self.folder / f"export-{rows}.csv"
        if not path.with_suffix(".yaml").is_file():  # it is written last
            self.make(path.name, "legacy_export.py", path, rows)
        return path

    @cached_property
    def imported(self):
        """The ledger after the whole export, and the export with some customers changed."""
        ledger, edited = self.folder / f"ledger-{self.rows}.sqlite", self.folder / f"edited-{self.rows}.csv"
        if not edited.is_file():
            for old in self.folder.glob(f"{ledger.name}*"):
                old.unlink()
            self.make(edited.name, "imported_before.py", self.export(self.rows), ledger, edited, CHANGES)
        return ledger, edited

    def make(self, what, script, *arguments):
        tell(f"making {what}")
        self.script(script, *arguments)

    def script(self, name, *arguments):
        """Run one of the benchmarks' own files; it gives what was used."""
        return run([sys.executable, BENCHMARKS / name, *arguments], self.folder)

    def printed(self):
        """What the last process printed."""
        return (self.folder / "out").read_text()

    def floor(self, path):
        return self.script("polars_floor.py", path, self.folder / "floor.csv")

    def plan(self, path, *options, update=0):
        """Measure `plan` with its report, and see that it did what was to be measured."""
        reports, mapping = self.folder / "reports", self.export(int(path.stem.split("-")[1])).with_suffix(".yaml")
        command = [*PROGRAM, "plan", path, "-m", mapping, "--json", "--quiet", "--report-dir", reports]
        command += ["--duplicates", "off"]  # tests/benchmarks/duplicates.py measures the search
        used = run([*command, *options], self.folder, also={"ROTOR_API_KEY": KEY if update else ""})
        summary = json.loads(self.printed())
        shutil.rmtree(reports)
        changes, requests = summary["changes"], summary["requests"]
        if requests["used"] or changes["create"] or changes["update"] != update:
            raise Failed(f"This is not what was to be measured: {changes}, {requests}")
        return used


def tell(words):
    """For whoever waits; the table alone goes to standard output."""
    print(f"{words} …", file=sys.stderr, flush=True)


def emptied(folder: Path):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
