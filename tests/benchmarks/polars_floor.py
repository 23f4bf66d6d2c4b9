"""The floor: polars reads a CSV and writes it again. `python tests/benchmarks/polars_floor.py FILE.csv OUT.csv`."""

import sys

import polars as pl

if __name__ == "__main__":
    pl.read_csv(sys.argv[1], infer_schema=False).write_csv(sys.argv[2])
