"""A workbook beside fastexcel, sending beside bare httpx, and `--help`."""

import re

from bounds.process import PROGRAM, Failed, run
from bounds.table import SECONDS, SHARE, TIMES, Line


def workbook(bench):
    rows = max(bench.rows // 10, 10)
    bench.script("read_a_workbook.py", bench.rounds, rows)
    found = re.findall(r"^(\w+) +([\d.]+) s on the clock +([\d.]+) s of", bench.printed(), re.MULTILINE)
    figures = {name: (float(wall), float(processor)) for name, wall, processor in found}
    if set(figures) != {"fastexcel", "read_sources"} or not all(figures["fastexcel"]):
        raise Failed(f"read_a_workbook.py printed something else: {bench.printed()}")
    (wall, processor), (least, busy) = figures["read_sources"], figures["fastexcel"]
    what = f"reading an .xlsx of {rows:,} rows and 14 columns ÷ fastexcel loads its sheet, in one process"
    measured = f"{wall:.2f} s (processor {processor:.2f} s) ÷ {least:.2f} s (processor {busy:.2f} s)"
    yield Line(what, measured, wall / least, TIMES, 2.5, 2)


def send(bench):
    """What the ledger and the quota cost is seen best where Rotor itself takes no time."""
    bench.script("send_while_rotor_takes_its_time.py", 0, bench.rounds)
    found = re.search(r"([\d.]+) requests a second, a bare loop ([\d.]+)", bench.printed())
    if found is None:
        raise Failed(f"send_while_rotor_takes_its_time.py printed something else: {bench.printed()}")
    ours, bare = map(float, found.groups())
    what = "requests a second of `run`, four at a time, into a Rotor that answers at once ÷ of bare httpx"
    yield Line(what, f"{ours:,.0f} ÷ {bare:,.0f}", ours / bare, SHARE, 0.5, least=True)


def help_(bench):
    used = bench.in_turns(warm=True, help=lambda: run([*PROGRAM, "--help"], bench.folder))["help"]
    yield Line("`--help`", str(used), used.wall, SECONDS, 0.1)
