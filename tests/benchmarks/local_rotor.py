"""A local Rotor in a process of its own: `python tests/benchmarks/local_rotor.py STATE PORT`.

It prints its address, then for each line that it is sent the processor seconds that it used so far; it ends with its
input. `STATE fill COUNT` fills it with the people of the nightly file, straight into its store: sending a million of
them would take hours.
"""

import sys
import time
from itertools import islice

from nightly_file import FIELDS, LIMIT, people

from rotor_import.sandbox import Options, Sandbox, serve


def fill(rotor, count):
    everybody = people(count)
    with rotor.store.atomic():
        while some := [dict(zip(FIELDS, one[1:], strict=True)) for one in islice(everybody, 10_000)]:
            rotor.store.insert(some)


def answer(rotor, port):
    with serve(rotor, port) as url:
        print(url, flush=True)
        for _ in sys.stdin:
            print(time.process_time(), flush=True)


if __name__ == "__main__":
    with Sandbox(sys.argv[1], Options(daily_limit=LIMIT)) as local:
        if sys.argv[2] == "fill":
            fill(local, int(sys.argv[3]))
        else:
            answer(local, int(sys.argv[2]))
