"""What `--xlsx` costs: `python tests/benchmarks/write_ten_thousand_rows.py [ROWS]`.

The workbook of a plan is timed beside what it must follow, the same tables written as CSV files, in turns.
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from rotor_import.report.files import save
from rotor_import.report.plan_tables import CUSTOMERS, RESULTS, ROWS
from rotor_import.report.workbook import write_workbook

ROUNDS = 5
FILLED = 15
"""Fields that a customer usually has."""
SUMMARY = {
    "mode": "plan",
    "state": "complete",
    "files": [],
    "rows": dict.fromkeys(("read", "left_out", "rejected", "merged", "held", "kept"), 0),
    "changes": dict.fromkeys(("create", "update", "unchanged", "undecided"), 0),
    "sent": dict.fromkeys(("created", "updated", "failed", "unknown", "pending"), 0),
    "requests": {"used": 0, "remaining": 1000, "limit": 1000},
    "forecast": {"requests": 0},
}


def table(columns, count, filled):
    made = {}
    for at, name in enumerate(columns):
        cells = [f"{name} {row}" for row in range(count)] if at < filled else [""] * count
        made[name] = cells
    return pl.DataFrame(made)


def seconds(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main(count):
    tables = {"rows": table(ROWS, count, 5), "creates": table(CUSTOMERS, count, FILLED)}
    tables["results"] = table(RESULTS, count, 4)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "summary.json").write_text(json.dumps(SUMMARY))

        def csv():
            for sheet, frame in tables.items():
                save(folder / f"{sheet}.csv", frame)

        times = [(seconds(csv), seconds(lambda: write_workbook(folder))) for _ in range(ROUNDS)]
    least, ours = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"report.xlsx of {count} rows: {ours:.2f} s; the CSV files: {least:.2f} s; {ours / least:.0f} times")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
