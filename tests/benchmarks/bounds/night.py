"""A night of `sync` with a large file of which few rows changed, beside the same night of an earlier commit.

The local Rotor is a process of its own, and the same for both: that of the working tree. Each side has a Rotor that
holds every customer, and a first night that only finds them. What is measured is the second night, each time from a
copy of what was there before it.
"""

import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nightly_file import LIMIT, MAPPING, people, write

from bounds.bench import CHANGES, emptied, tell
from bounds.process import BENCHMARKS, PROGRAM, ROOT, Failed, Usage, compiled, run, surroundings
from bounds.table import GIGABYTES, SECONDS, TIMES, Line

MORE = "missing: inactive\norder: [company_name]\n"
BOUND = 0.6


@dataclass(frozen=True)
class Night(Usage):
    """`rotor` is the local Rotor's processor time meanwhile."""

    rotor: float

    @property
    def less(self):
        return self.wall - self.rotor

    def __str__(self):
        return f"{self.less:.2f} s ({self.wall:.2f} s on the clock, the local Rotor's {self.rotor:.2f} s)"


def night(bench):
    if bench.before is None:
        raise Failed("the earlier commit is missing: give one with --before")
    if bench.rows < CHANGES:
        raise Failed(f"give at least {CHANGES} rows")
    everything = emptied(bench.folder / "nights")
    commit, earlier = _tree_of(bench.before, bench.folder)
    files = _files(bench, everything)
    before, now = _Side(everything / "before", earlier, files), _Side(everything / "now", ROOT, files)
    for side in (before, now):
        tell(f"the first night, {side.folder.name}")
        side.prepare()
    found = bench.in_turns(before=before.second_night, now=now.second_night)
    yield from _lines(found["now"], found["before"], commit, files)
    shutil.rmtree(everything)


def _lines(now, before, commit, files):
    what = f"a night of `sync` with {files.rows:,} rows of which {files.changed:,} changed"
    less = f"{what}, less the local Rotor's processor time ÷ the same at {commit}"
    yield Line(less, f"{now} ÷ {before}", now.less / before.less, TIMES, BOUND)
    own = f"{what}: the processor time of `sync` itself ÷ the same at {commit}"
    used = " ÷ ".join(f"{SECONDS.format(one.processor)}, {GIGABYTES.format(one.peak)}" for one in (now, before))
    yield Line(own, used, now.processor / before.processor, TIMES, BOUND)


def _tree_of(commit, folder):
    """The commit's short name, and its files."""
    short = _git("rev-parse", "--short", "--verify", f"{commit}^{{commit}}").decode().strip()
    tree = folder / f"before-{short}"
    if not tree.is_dir():
        with tarfile.open(fileobj=io.BytesIO(_git("archive", short))) as archive:
            archive.extractall(tree, filter="data")
    compiled(tree, folder)
    return short, tree


def _git(*words):
    done = subprocess.run(["git", "-C", ROOT, *words], check=False, capture_output=True)  # noqa: S607
    if done.returncode:
        raise Failed(done.stderr.decode())
    return done.stdout


@dataclass(frozen=True)
class _Files:
    """What both sides begin with: Rotor's state, and the files of both nights."""

    folder: Path
    rows: int
    changed: int


def _files(bench, folder):
    tell(f"filling the local Rotor with {bench.rows:,} customers")
    bench.script("local_rotor.py", folder / "rotor.sqlite", "fill", bench.rows)
    every = bench.rows // CHANGES
    write(folder / "1.csv", people(bench.rows))
    write(folder / "2.csv", people(bench.rows, every))
    return _Files(folder, bench.rows, len(range(0, bench.rows, every)))


class _Side:
    """One tree's folder and its Rotor. The address stays, for at another one there is another account."""

    def __init__(self, folder, tree, files):
        self.folder = folder
        self._tree = tree
        self._files = files
        self._prepared = folder.with_name(f"{folder.name}-prepared")
        self._port = _free_port()

    def prepare(self):
        """A first night that finds every customer, and the second night's file."""
        (self.folder / "drop").mkdir(parents=True)
        (self.folder / "map.yaml").write_text(MAPPING + MORE)
        shutil.copy(self._files.folder / "rotor.sqlite", self.folder)
        shutil.copy(self._files.folder / "1.csv", self.folder / "drop")
        self._night(0)
        shutil.copy(self._files.folder / "2.csv", self.folder / "drop")
        self.folder.rename(self._prepared)

    def second_night(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self._prepared, self.folder)
        os.sync()  # so that what was copied is not written while the night is measured
        return self._night(self._files.changed)

    def _night(self, changed):
        with _local_rotor(self.folder / "rotor.sqlite", self._port) as (url, busy):
            command = [*PROGRAM, "sync", "drop", "-m", "map.yaml", "--base-url", url, "--settle", "0", "--json"]
            command += ["--quiet", "--duplicates", "off", "--daily-limit", LIMIT]
            before = busy()
            used = run(command, self.folder, tree=self._tree, also={"ROTOR_API_KEY": "a-key"})
            rotor = busy() - before
        summary = json.loads((self.folder / "out").read_text())
        if summary["requests"]["post"] != changed:
            raise Failed(f"{changed} rows changed, and this was sent: {summary['requests']}")
        return Night(used.wall, used.processor, used.peak, rotor)


@contextmanager
def _local_rotor(state, port):
    """Its address, and a function that gives the processor seconds that it used so far."""
    command = [sys.executable, BENCHMARKS / "local_rotor.py", state, str(port)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=surroundings(ROOT), stdin=pipe, stdout=pipe, text=True, bufsize=1) as process:

        def busy():
            process.stdin.write("\n")
            return float(process.stdout.readline())

        try:
            if not (url := process.stdout.readline().strip()):
                raise Failed("The local Rotor did not start.")
            yield url, busy
        finally:
            process.stdin.close()


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
