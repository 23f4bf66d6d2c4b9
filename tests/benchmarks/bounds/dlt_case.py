"""dlt moving an export into a database beside our plan of it: cells are neither mapped, nor checked, nor compared."""

import sys
from functools import partial

from bounds.bench import NOT_READ, emptied, tell
from bounds.process import BENCHMARKS, Failed, run
from bounds.table import TIMES, Line

WANTED = ("dlt[duckdb,parquet]", "duckdb<2")
"""With duckdb 2.0.1, read_csv_duckdb of dlt 1.31.0 ends with an error."""
VERSIONS = 'from importlib.metadata import version as v; print(f\'dlt {v("dlt")}, duckdb {v("duckdb")}\')'
WAYS = {
    "parquet": ("`filesystem() \\| read_csv_duckdb()` into DuckDB as Parquet, as its documents suggest", 5),
    "default": ("the same, by INSERT statements, its default", None),
    "frames": ("the same, by Arrow tables as Parquet (`use_pyarrow=True`)", None),
}
"""Each of `move_with_dlt.py`, and its bound."""


def dlt(bench):
    rows = max(bench.rows // 10, 1)
    path, python = bench.export(rows), _environment(bench)
    run([python, "-c", VERSIONS], bench.folder)
    versions = bench.printed().strip()
    ways = {way: partial(_moved, bench, python, path, rows, way) for way in WAYS}
    found = bench.in_turns(warm=True, plan=lambda: bench.plan(path, *NOT_READ), **ways)
    plan = found["plan"]
    for way, (words, bound) in WAYS.items():
        what = f"{versions}, {rows:,} rows: {words} ÷ `plan` of them"
        yield Line(what, f"{found[way]} ÷ {plan}", found[way].wall / plan.wall, TIMES, bound, least=True)


def _environment(bench):
    """The interpreter of an environment that has dlt."""
    place = bench.folder / "dlt-environment"
    python = place / "bin" / "python"
    if not (place / "ready").is_file():
        tell("making an environment for dlt")
        run([sys.executable, "-m", "venv", "--clear", place], bench.folder)
        run([python, "-m", "pip", "install", "--quiet", *WANTED], bench.folder)
        (place / "ready").touch()
    return python


def _moved(bench, python, path, rows, way):
    """Each time into a new database. Nothing is told to dlt's makers, and nothing is left in the home folder."""
    folder = emptied(bench.folder / "moved")
    also = {"RUNTIME__DLTHUB_TELEMETRY": "false", "DLT_DATA_DIR": str(folder / "data")}
    used = run([python, BENCHMARKS / "move_with_dlt.py", path, folder, way], bench.folder, also=also)
    if (count := bench.printed().split()[-1]) != str(rows):
        raise Failed(f"dlt moved {count} of {rows} rows.")
    return used
