"""Runs a whole process and measures it: seconds on the clock, seconds of the processor, and peak memory."""

import os
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, fields
from pathlib import Path

ROOT = Path(__file__).parents[3]
BENCHMARKS = ROOT / "tests" / "benchmarks"
PROGRAM = [sys.executable, "-c", "from rotor_import.cli import main; main()"]
LONGEST = 3600
"""Seconds after which a process is ended: it hangs."""


class Failed(Exception):
    """A process ended badly, or did not do what was to be measured."""


@dataclass(frozen=True)
class Usage:
    """Seconds and gigabytes (of 10^9 bytes) of a process and of those that it waited for.

    The peak is that of the largest of them, not of all together.
    """

    wall: float
    processor: float
    peak: float

    def __str__(self):
        return f"{self.wall:.2f} s (processor {self.processor:.2f} s)"

    def scaled(self, times):
        return Usage(self.wall * times, self.processor * times, self.peak)


def run(command, folder, *, tree=ROOT, also=()):
    """Run it in the folder, with the package of `tree`; what it prints is left there as `out` and `err`.

    Whoever calls this has to stay small, for a child's peak counts from its parent's size on.
    """
    environment = surroundings(tree) | {"XDG_DATA_HOME": str(folder / "data")} | dict(also)
    with (folder / "out").open("w") as out, (folder / "err").open("w") as err:
        started = time.perf_counter()
        process = subprocess.Popen(list(map(str, command)), cwd=folder, env=environment, stdout=out, stderr=err)
        used = _wait(process)
        wall = time.perf_counter() - started
    if process.returncode not in (0, 3):
        words = " ".join(Path(str(word)).name for word in command[1:])
        raise Failed(f"{words} ended with {process.returncode}:\n{(folder / 'err').read_text()}")
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e9)


def compiled(tree, folder):
    """Compile the package once for all, as installing it does, so that no process that is measured has to."""
    run([sys.executable, "-m", "compileall", "-q", tree / "rotor_import"], folder)


def surroundings(tree):
    """The environment with the package of `tree`, and without what the program or Python would heed otherwise."""
    unwanted = ("ROTOR_", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return kept | {"PYTHONPATH": str(tree)}


def _wait(process):
    clock = threading.Timer(LONGEST, process.kill)
    clock.start()
    try:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    finally:
        clock.cancel()
        if process.returncode is None:  # interrupted
            process.kill()
    return used


def median(usages):
    kind = type(usages[0])
    return kind(*(statistics.median(getattr(one, field.name) for one in usages) for field in fields(kind)))


def in_turns(rounds, *, warm=False, **runs):
    """The median of each, of rounds in which they take turns; `warm` lets each run once before, uncounted."""
    if warm:
        for one in runs.values():
            one()
    taken = [{name: one() for name, one in runs.items()} for _ in range(rounds)]
    return {name: median([one[name] for one in taken]) for name in runs}
