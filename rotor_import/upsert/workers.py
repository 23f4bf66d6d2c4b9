"""Threads that send: each files what came of its last request and takes the next one itself.

So no work is handed from one thread to another, which would take as long as a good part of a request. Only the requests
are made at the same time; everything else is done by one thread at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

_STEP = 0.1
"""Seconds."""


class Ended:
    """Counts the changes that workers have ended, and tells of each in the caller's thread.

    Whose function that is may know no other thread.
    """

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell
        self._count = self._told = 0

    def add(self) -> None:
        self._count += 1

    def tell(self) -> None:
        while self._told < self._count:
            self._told += 1
            self._tell()


class Workers(Generic[Job, Result]):
    """`work` is the request; `take` finds the next job, None if there is none now, and `file` ends one.

    Only one thread at a time is in `take` or `file`. If either raises, no more jobs are taken, and `run` raises it.
    """

    def __init__(
        self,
        take: Callable[[int], Job | None],
        work: Callable[[Job], Result],
        file: Callable[[Job, Future[Result]], None],
    ) -> None:
        """`take` is told how many jobs are under way. If there are none and it finds none, all is done."""
        self._take, self._work, self._file = take, work, file
        self._turn = threading.Condition(threading.Lock())
        self._under_way = self._idle = 0
        self._over = False
        self._error: BaseException | None = None

    def run(self, count: int, meanwhile: Callable[[], None] = lambda: None) -> None:
        """`meanwhile` is called in this thread again and again, and once at the end.

        Whatever is raised in this thread, by a signal's handler for example, no more jobs are taken; those under way
        are filed before it goes on.
        """
        with ThreadPoolExecutor(count, thread_name_prefix="rotor") as threads:
            try:
                running = self._started(threads, count)
                # In steps: Python runs a signal's handler only between them, on Windows and where polars waits for it.
                while wait(running, _STEP).not_done:
                    meanwhile()
            except BaseException as error:
                self._over = True  # also if another signal comes now
                with self._turn:
                    self._end(error)
                raise
        meanwhile()
        if self._error is not None:
            raise self._error

    def _started(self, threads: ThreadPoolExecutor, count: int) -> list[Future[None]]:
        """As many as the system lets us start, at least one."""
        running: list[Future[None]] = []
        for _ in range(count):
            try:
                running.append(threads.submit(self._run_one))
            except RuntimeError:
                if not running:
                    raise
                break
        return running

    def _run_one(self) -> None:
        job = self._next(None, None)
        while job is not None:
            done: Future[Result] = Future()
            try:
                done.set_result(self._work(job))
            except Exception as error:  # noqa: BLE001 - `file` decides what it means
                done.set_exception(error)
            except BaseException as error:  # noqa: BLE001 - a thread has nobody else to raise it to
                self._fail(error)
                return
            job = self._next(job, done)

    def _next(self, job: Job | None, done: Future[Result] | None) -> Job | None:
        """File what was done, and take the next job as soon as there is one; None if no more will come."""
        with self._turn:
            try:
                if job is not None and done is not None:
                    self._under_way -= 1
                    self._file(job, done)
                    self._turn.notify(self._idle)
                return self._taken()
            except BaseException as error:  # noqa: BLE001 - as above
                self._end(error)
                return None

    def _taken(self) -> Job | None:
        while not self._over:
            job = self._take(self._under_way)
            if job is not None:
                self._under_way += 1
                return job
            if not self._under_way:
                self._end(None)
                break
            self._idle += 1
            self._turn.wait()
            self._idle -= 1
        return None

    def _fail(self, error: BaseException) -> None:
        with self._turn:
            self._under_way -= 1
            self._end(error)

    def _end(self, error: BaseException | None) -> None:
        self._over, self._error = True, self._error or error
        self._turn.notify_all()
