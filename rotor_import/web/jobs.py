"""Work that takes a while, in a thread of its own: one at a time, watched by as many windows as there are."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from rotor_import.errors import Interrupted, QuotaExhausted, RotorImportError
from rotor_import.model.error_words import words_of
from rotor_import.model.progress import Stage
from rotor_import.pipeline import World

Kind = Literal["plan", "import"]
_PAUSED = "Paused at your request. Nothing is lost."


@dataclass(frozen=True)
class Job:
    """How far the work is. `number` grows with each change, `error` says why it ended early, '' where it didn't.

    An end that a person or the quota asked for `is_pause`. `cause` is the class of the error.
    """

    kind: Kind
    began: float
    stage: Stage | Literal[""] = ""
    stage_began: float = 0.0
    done: int = 0
    total: int = 0
    is_over: bool = False
    error: str = ""
    is_pause: bool = False
    cause: type[Exception] | None = None
    waits_until: float | None = None
    number: int = 0


class Busy(Exception):
    """Something is under way already."""


class Jobs:
    """What they work in is `world`, with a sleep that ends when they are stopped."""

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        self.words: Callable[[BaseException], str] = words_of
        """What a person is told of an error."""
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._is_closed = False
        self._job: Job | None = None
        self._thread: threading.Thread | None = None

    @property
    def job(self) -> Job | None:
        """What is under way, or what ended last."""
        return self._job

    @property
    def is_stopping(self) -> bool:
        """Whether somebody asked the work to end."""
        return self._stop.is_set()

    def now(self) -> float:
        return self.world.clock.now()

    @property
    def running(self) -> Job | None:
        job = self._job
        return job if job is not None and not job.is_over else None

    def begin(self, kind: Kind, work: Callable[[World], None]) -> None:
        """Start the work. Raises Busy if there is some, or the program is ending."""
        with self._changed:
            if self.running is not None or self._is_closed:
                raise Busy
            self._stop.clear()
            number = self._job.number + 1 if self._job else 1
            self._job = Job(kind, self.world.clock.now(), number=number)
            self._thread = threading.Thread(target=self._do, args=(work,), name=kind)
            self._thread.start()
            self._changed.notify_all()

    def stop(self) -> None:
        """Let the work end as soon as it safely can."""
        self._stop.set()

    def forget(self) -> None:
        """Forget what ended last."""
        with self._changed:
            if self.running is None and self._job is not None:
                self._job = None
                self._changed.notify_all()

    def end(self) -> None:
        """Stop the work for good: none is begun after it."""
        with self._changed:
            self._is_closed = True
        self.stop()

    def close(self) -> None:
        """End it, and wait until what is in flight was answered."""
        self.end()
        if self._thread is not None:
            self._thread.join()
        with self._changed:
            self._changed.notify_all()

    def wait(self, after: int, seconds: float) -> Job | None:
        """The job, once it is another than that with the number `after`, or so many seconds later."""
        with self._changed:
            self._changed.wait_for(lambda: (self._job.number if self._job else 0) != after, seconds)
            return self._job

    def _do(self, work: Callable[[World], None]) -> None:
        error, is_pause, cause = "", False, None
        try:
            work(self._world())
        except BaseException as stopped:  # noqa: BLE001 - a window is waiting for an end, whatever it is
            error, is_pause = self.words(stopped), isinstance(stopped, Interrupted | QuotaExhausted)
            cause = type(stopped) if isinstance(stopped, RotorImportError) else None
        self._change(is_over=True, error=error, is_pause=is_pause, cause=cause, waits_until=None)

    def _world(self) -> World:
        clock = replace(self.world.clock, sleep=self._sleep)
        return replace(self.world, clock=clock, progress=self._tell, shield=self._shield)

    def _shield(self) -> _Shield:
        return _Shield(self._stop)

    def _tell(self, stage: Stage, done: int, total: int) -> None:
        job = self._job
        began = {} if job is not None and job.stage == stage else {"stage_began": self.world.clock.now()}
        self._change(stage=stage, done=done, total=total, **began)

    def _sleep(self, seconds: float) -> None:
        self._change(waits_until=self.world.clock.now() + seconds)
        if self._stop.wait(seconds):
            raise Interrupted(_PAUSED)
        self._change(waits_until=None)

    def _change(self, **changes: object) -> None:
        with self._changed:
            if self._job is not None:
                number = self._job.number + 1
                self._job = replace(self._job, number=number, **changes)  # type: ignore[arg-type]  # its own fields
                self._changed.notify_all()


class _Shield:
    """What a run asks whether somebody wants to stop."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def __enter__(self) -> Callable[[], bool]:
        return self._stop.is_set

    def __exit__(self, *_: object) -> None:
        return None
