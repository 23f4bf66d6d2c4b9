"""How long an .xlsx takes to be read beside fastexcel: `python tests/benchmarks/read_a_workbook.py [ROUNDS] [ROWS]`.

In turns, in this process, on an invented workbook of 14 columns (texts, numbers, ZIPs shown by their format, dates,
amounts): fastexcel loads its sheet, and we read it, which is to see number formats, errors, hidden rows and exact
digits too. The ratio is that of the medians.
"""

import datetime as dt
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

import fastexcel
import xlsxwriter

from rotor_import.model.rows import SourceOptions
from rotor_import.source import read_sources

COLUMNS = (
    *("Id", "First", "Last", "Company", "Phone", "Email", "Street", "City", "State", "Zip", "Created", "Balance"),
    *("Notes", "Tags"),
)


def write(path, rows):
    chance = random.Random(1)
    book = xlsxwriter.Workbook(path)
    day, code, amount = (book.add_format({"num_format": one}) for one in ("yyyy-mm-dd", "00000", "#,##0.00"))
    sheet = book.add_worksheet("Clients")
    sheet.write_row(0, 0, COLUMNS)
    for at in range(1, rows + 1):
        number = f"{at:07}"
        sheet.write_row(
            at, 0, [at, chance.choice(("Nora", "Omar", "Pia", "Zoë")), f"Last{chance.randrange(rows // 5)}"]
        )
        sheet.write(at, 3, f"Sons & Daughters {at} LLC" if at % 3 == 0 else None)
        sheet.write_row(at, 4, [f"763-555-{at % 10_000:04}", f"p{number}@example.com", f"{at} Elm Street"])
        sheet.write_row(at, 7, [chance.choice(("Blaine", "Hudson")), "MN"])
        sheet.write_number(at, 9, chance.randrange(1000, 99_999), code)
        sheet.write_datetime(at, 10, dt.datetime(2020, 1, 1) + dt.timedelta(chance.randrange(2000)), day)  # noqa: DTZ001
        sheet.write_number(at, 11, round(chance.random() * 1000, 2), amount)
        sheet.write_row(at, 12, [f"some notes on customer {number}", "vip, roof"])
    book.close()


def used(read):
    """Seconds on the clock and of the processor."""
    ticked, started = time.perf_counter(), time.process_time()
    read()
    return time.perf_counter() - ticked, time.process_time() - started


def main(rounds, rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clients.xlsx"
        write(path, rows)
        ways = {
            "fastexcel": lambda: fastexcel.read_excel(path).load_sheet(0).to_polars(),
            "read_sources": lambda: read_sources([path], SourceOptions()),
        }
        figures = {name: [] for name in ways}
        for _ in range(rounds):
            for name, read in ways.items():
                figures[name].append(used(read))
    medians = {
        name: [statistics.median(column) for column in zip(*taken, strict=True)] for name, taken in figures.items()
    }
    for name, (wall, processor) in medians.items():
        print(f"{name:<14}{wall:6.2f} s on the clock {processor:6.2f} s of processor time")
    floor, ours = medians.values()
    print(f"ratio{ours[0] / floor[0]:15.1f} {ours[1] / floor[1]:21.1f}")


if __name__ == "__main__":
    main(*(int(one) for one in (sys.argv[1:] + ["5", "100000"][len(sys.argv) - 1 :])))
