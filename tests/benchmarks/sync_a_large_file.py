"""A night with many rows of which 1,000 changed: `python tests/benchmarks/sync_a_large_file.py [ROWS]`.

Rotor has the customers already, so that the first night only has to find them: importing a million through the API
would take hours. The second night takes the file with 1,000 rows changed, and must send exactly so many POSTs.

The local Rotor is a process of its own, so that its processor time can be told apart. What counts is the night's own
processor time, and how long it takes less Rotor's. `--folder` keeps everything as it was before the second night, which
is then all that is measured the next time. It needs Linux, whose `/proc` says what a process used so far.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from nightly_file import FIELDS, MAPPING, person, write

from rotor_import.sandbox import Options, Sandbox

CHANGED, LIMIT = 1000, 10_000_000
MORE = "missing: inactive\norder: [company_name]\n"
PROGRAM = [sys.executable, "-c", "from rotor_import.cli import main; main()"]


@dataclass(frozen=True)
class Usage:
    """Seconds and megabytes of a night, and the seconds of the local Rotor's processor meanwhile."""

    wall: float
    own: float
    rotor: float
    peak: float

    def __str__(self):
        return (
            f"{self.own:6.2f} s of its own processor time, {self.wall - self.rotor:6.2f} s less Rotor's, "
            f"{self.wall:6.2f} s in all, Rotor's processor {self.rotor:6.2f} s, peak {self.peak:,.0f} MB"
        )


def people(count, every=0):
    """`every` so many rows one has another note."""
    for number in range(count):
        yield person(number, f"note {number}{', changed' if every and number % every == 0 else ''}")


@contextmanager
def rotor(folder):
    """A local Rotor in a process of its own: a function that says what its processor used so far."""
    command = [*PROGRAM, "sandbox", "--port", (folder / "port").read_text(), "--daily-limit", str(LIMIT)]
    command += ["--sandbox-state", str(folder / "rotor.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            process.stdout.readline()  # it listens
            yield lambda: processor_time(process.pid)
        finally:
            process.terminate()
            process.stdout.read()


def processor_time(pid):
    """Seconds of the user's and the system's processor time."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def night(folder):
    """How many POSTs it sent, and what it used."""
    url = f"http://127.0.0.1:{(folder / 'port').read_text()}/open-api"
    command = [*PROGRAM, "sync", "drop", "-m", "map.yaml", "--settle", "0", "--duplicates", "off", "--base-url", url]
    command += ["--daily-limit", str(LIMIT), "--json", "--quiet"]
    environment = os.environ | {"XDG_DATA_HOME": str(folder), "ROTOR_API_KEY": "a-key"}
    with rotor(folder) as used, (folder / "out").open("w") as out, (folder / "err").open("w") as err:
        before, started = used(), time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        wall, of_rotor = time.perf_counter() - started, used() - before
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit((folder / "err").read_text())
    posts = json.loads((folder / "out").read_text())["requests"]["post"]
    return posts, Usage(wall, usage.ru_utime + usage.ru_stime, of_rotor, usage.ru_maxrss / 1024)


def first_night(folder, count):
    """Rotor's customers, and a night that finds them. The port stays: at another address there is another account."""
    (folder / "drop").mkdir(parents=True)
    (folder / "map.yaml").write_text(MAPPING + MORE)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        (folder / "port").write_text(str(free.getsockname()[1]))
    with Sandbox(folder / "rotor.sqlite", Options(daily_limit=LIMIT)) as local, local.store.atomic():
        everybody = people(count)
        while some := [dict(zip(FIELDS, one[1:], strict=True)) for one in islice(everybody, 10_000)]:
            local.store.insert(some)  # not all at once: a child's peak counts from its parent's size on
    write(folder / "drop" / "1.csv", people(count))
    show("first night", 0, *night(folder))
    write(folder / "drop" / "2.csv", people(count, every=count // CHANGED))


def show(title, changed, posts, usage):
    print(f"{title}, {changed:,} rows changed, {posts:,} POSTs: {usage}", flush=True)
    if posts != changed:
        sys.exit("That is not one POST for each row that changed.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=int, nargs="?", default=20_000)
    parser.add_argument("--folder", type=Path, help="where the files are made, and stay")
    options = parser.parse_args()
    if options.rows < CHANGED:
        parser.error(f"Give at least {CHANGED} rows.")
    with tempfile.TemporaryDirectory() as temporary:
        before = (options.folder or Path(temporary)).resolve() / f"{options.rows}-rows"
        if not before.is_dir():
            first_night(before, options.rows)
        second = Path(temporary) / "second"
        shutil.copytree(before, second)
        changed = len(range(0, options.rows, options.rows // CHANGED))
        show("second night", changed, *night(second))


if __name__ == "__main__":
    main()
