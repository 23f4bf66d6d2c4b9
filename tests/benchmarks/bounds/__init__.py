"""The cases of `tests/benchmarks/every_bound.py`, and how a whole process is measured."""
