"""Many programs side by side, each in a process of its own: what one does, or dies of, is nothing to the others.

Each has a session (on Windows: a process group) of its own, so that a Ctrl-C in the terminal reaches it through this
program alone, once.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

if sys.platform == "win32":
    # SIGTERM would end a process hard there, and Ctrl-C reaches no group but the terminal's own.
    _STOP, _GROUP = signal.CTRL_BREAK_EVENT, subprocess.CREATE_NEW_PROCESS_GROUP
else:
    _STOP, _GROUP = signal.SIGTERM, 0

Say = Callable[[str, str], None]
"""Takes the name of a job, and a line that it wrote on stderr."""

_LOOK = 0.5
"""Seconds after which signals are looked for where a wait doesn't end for them (Windows)."""


@dataclass(frozen=True)
class Job:
    """A program to start. Jobs of one account never run at the same time."""

    name: str
    command: Sequence[str] = field(repr=False)
    environment: Mapping[str, str] = field(repr=False)
    account: Hashable = field(repr=False)


@dataclass(frozen=True)
class Ended:
    """How a job ended: its exit code (negative for a signal; None if it never started) and what it wrote on stdout."""

    code: int | None
    out: str = field(default="", repr=False)
    stopped: bool = False
    """Whether somebody had asked to stop by then."""


class SideBySide:
    """Runs jobs, so many at a time. `again` says of an exit code whether the job is worth one more try at the end."""

    def __init__(self, width: int, say: Say, again: Callable[[int], bool]) -> None:
        self._width = width
        self._say = say
        self._again = again
        self._lock = threading.RLock()  # a signal's handler may interrupt another one
        self._running: set[subprocess.Popen[str]] = set()
        self._stopping = False

    def run(self, jobs: Sequence[Job]) -> dict[str, Ended]:
        """How each ended, by name, in their order."""
        ended = self._all(jobs)
        late = [job for job in jobs if (code := ended[job.name].code) is not None and self._again(code)]
        if late and not self._stopping:
            ended |= self._all(late)
        return {job.name: ended[job.name] for job in jobs}

    def stop(self) -> None:
        """Ask those that run to stop, and start no more. Asked again, they stop at once. May be called by a signal."""
        with self._lock:
            self._stopping = True
            for process in self._running:
                with suppress(OSError):
                    process.send_signal(_STOP)

    def _all(self, jobs: Sequence[Job]) -> dict[str, Ended]:
        queues: dict[Hashable, list[Job]] = {}
        for job in jobs:
            queues.setdefault(job.account, []).append(job)
        ended: dict[str, Ended] = {}
        with ThreadPoolExecutor(self._width, thread_name_prefix="profile") as pool:
            under_way: set[Future[dict[str, Ended]]] = {pool.submit(self._in_turn, queue) for queue in queues.values()}
            while under_way:
                done, under_way = wait(under_way, timeout=_LOOK, return_when=FIRST_COMPLETED)
                for future in done:
                    ended |= future.result()
        return ended

    def _in_turn(self, queue: Sequence[Job]) -> dict[str, Ended]:
        return {job.name: self._one(job) for job in queue}

    def _one(self, job: Job) -> Ended:
        try:
            process = self._start(job)
        except OSError as error:
            self._say(job.name, f"This computer can't start another program ({error.strerror}).")
            return Ended(None)
        if process is None:
            return Ended(None, stopped=True)
        with process:
            told = threading.Thread(target=self._tell, args=(job.name, process.stderr))
            told.start()
            out = process.stdout.read() if process.stdout else ""
            told.join()
            code = process.wait()
        with self._lock:
            self._running.discard(process)
        return Ended(code, out, self._stopping)

    def _start(self, job: Job) -> subprocess.Popen[str] | None:
        with self._lock:
            if self._stopping:
                return None
            process = subprocess.Popen(  # noqa: S603 - this program itself
                job.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(job.environment),
                encoding="utf-8",
                errors="replace",
                start_new_session=os.name == "posix",
                creationflags=_GROUP,
            )
            self._running.add(process)
            return process

    def _tell(self, name: str, stream: IO[str] | None) -> None:
        for line in stream or ():
            if words := line.rstrip("\r\n"):
                self._say(name, words)
