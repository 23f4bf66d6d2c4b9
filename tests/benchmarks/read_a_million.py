"""How long a file takes to be read beside polars: `python tests/benchmarks/read_a_million.py FILE.csv [ROUNDS]`.

In turns, in this process: polars parses it, and we read it, which is to parse it, to hash it and to show that polars
and Python's csv find the same cells. The file may be an export that `every_bound.py --folder` kept.
"""

import statistics
import sys
import time
from pathlib import Path

import polars as pl

from rotor_import.model.rows import SourceOptions
from rotor_import.source import read_sources


def used(read, file):
    """Seconds on the clock and of the processor."""
    ticked, started = time.perf_counter(), time.process_time()
    read(file)
    return time.perf_counter() - ticked, time.process_time() - started


def main(file, rounds):
    ways = {
        "polars": lambda path: pl.read_csv(path, infer_schema=False),
        "read_sources": lambda path: read_sources([path], SourceOptions()),
    }
    figures = {name: [] for name in ways}
    for _ in range(rounds):
        for name, read in ways.items():
            figures[name].append(used(read, file))
    medians = {
        name: [statistics.median(column) for column in zip(*taken, strict=True)] for name, taken in figures.items()
    }
    for name, (wall, processor) in medians.items():
        print(f"{name:<14}{wall:6.2f} s on the clock {processor:6.2f} s of processor time")
    floor, ours = medians.values()
    print(f"ratio{ours[0] / floor[0]:15.1f} {ours[1] / floor[1]:21.1f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5)
