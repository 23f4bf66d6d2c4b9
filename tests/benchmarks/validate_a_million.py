"""How long a million distinct phones and emails take: `python tests/benchmarks/validate_a_million.py [ROWS]`.

Each is timed beside the library's own loop over one in fifty of them, in processor seconds of this process.
"""

import random
import sys
import time

import polars as pl

from rotor_import.normalize.slow_path import Question, checked
from rotor_import.normalize.validate import validate_each

STYLES = ("({}) {}-{:04d}", "{}-{}-{:04d}", "{}{}{:04d}", "+1 {} {} {:04d}")
AREAS = (763, 732, 617, 612, 817)
ONE_IN = 50


def phones(count):
    chance = random.Random(1)
    for _ in range(count):
        yield chance.choice(STYLES).format(chance.choice(AREAS), chance.randrange(200, 999), chance.randrange(10_000))


def emails(count):
    return (f"User{number}.x@mail{number % 5000}.example.com" for number in range(count))


def main(count):
    for name, values in (("phone", phones(count)), ("email", emails(count))):
        column = pl.Series(values, dtype=pl.String).unique()
        regions = pl.Series(["US"]).new_from_index(0, len(column))
        started, ticked = time.process_time(), time.perf_counter()
        validate_each(column, regions, name)
        ours, wall = time.process_time() - started, time.perf_counter() - ticked
        some = column.gather_every(ONE_IN).to_list()
        asked = Question(name, "US")
        started = time.process_time()
        for value in some:
            checked(asked, value)
        loop = (time.process_time() - started) * len(column) / len(some)
        print(f"{len(column)} {name}s: {ours:.2f} s of processor time, {wall:.2f} s on the clock")
        print(f"the library one by one: {loop:.1f} s of processor time, {loop / ours:.0f} times as long")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
