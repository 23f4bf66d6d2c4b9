"""Runs cases in processes with bounded memory and time; a case that ends its process is found and kept."""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

MEMORY = 3 * 2**30
SECONDS = 20
BATCH = 200


def arguments(about: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--batch", type=int, default=None, help="one batch, in this process")
    return parser.parse_args()


def drive(given: argparse.Namespace) -> int:
    """Batch after batch until the time is over; the exit code."""
    seed = random.SystemRandom().randrange(10**9) if given.seed is None else given.seed
    print(f"seed {seed}", flush=True)  # noqa: T201 - a script for people
    end, tried, batch = time.monotonic() + 60 * given.minutes, 0, 0
    while time.monotonic() < end:
        script = [sys.executable, sys.argv[0], "--seed", str(seed), "--batch", str(batch)]
        try:
            done = subprocess.run(script, check=False, timeout=BATCH * SECONDS, capture_output=True, text=True)
            code, words = done.returncode, done.stdout + done.stderr[-2000:]
        except subprocess.TimeoutExpired as late:
            code, words = -1, f"a batch took more than {late.timeout} s"
        if code:
            print(f"batch {batch} failed ({code}): {words}")  # noqa: T201 - a script for people
            return 1
        tried, batch = tried + BATCH, batch + 1
    print(f"{tried} cases in {given.minutes:g} minutes, all as they should be")  # noqa: T201 - a script for people
    return 0


def run_batch(given: argparse.Namespace, one: Callable[[random.Random, Path], None]) -> int:
    """Each case has its own seed, so that it can be made again; the file of a bad one stays."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    kept = Path(tempfile.gettempdir()) / f"rotor-import-fuzz-{given.seed}"
    kept.mkdir(exist_ok=True)
    for number in range(BATCH):
        chance = random.Random(f"{given.seed}/{given.batch}/{number}")
        path = kept / f"{given.batch}-{number}"
        print(f"last case: {path}", flush=True)  # noqa: T201 - what a process that dies leaves behind
        started = time.monotonic()
        one(chance, path)
        if time.monotonic() - started > SECONDS:
            print("it took too long")  # noqa: T201 - a script for people
            return 1
        for file in kept.glob(f"{path.name}*"):
            file.unlink()
    return 0
