"""What threads ask of the ledger at the same time is answered in one transaction, so that they share its commit.

Only one thread answers at a time. What others ask meanwhile waits, and is answered together after it.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")

_SOON = 2
"""Whoever asks again after fewer transactions' time than this is waited for."""
_LONGEST_WAIT = 0.02
"""Seconds. Transactions that had to wait for a locked database say nothing about the next ones."""
_WEIGHT = 1 / 8
"""Of the newest duration in what is usual."""


class GroupCommit(Generic[Asked, Answered]):
    """`answer` gives the answers in the order of what is asked. If it raises, nobody of the group gets an answer."""

    def __init__(
        self, answer: Callable[[Sequence[Asked]], Sequence[Answered]], now: Callable[[], float] = time.perf_counter
    ) -> None:
        """`now` gives seconds."""
        self._answer, self._now = answer, now
        self._changed = threading.Condition(threading.Lock())
        self._waiting: list[_Turn[Asked, Answered]] = []
        self._has_leader = False
        self._away = 0
        """How many got an answer and have not asked again."""
        self._answered = threading.local()
        self._usually_away, self._usually_answering = math.inf, 0.0
        """Seconds from an answer to the next question of the same thread, and those that a transaction takes."""

    def ask(self, asked: Asked) -> Answered:
        """Returns once the transaction with the answer is durable. Raises whatever it failed with."""
        turn = _Turn[Asked, Answered](asked)
        with self._changed:
            self._waiting.append(turn)
            since = getattr(self._answered, "at", math.inf)
            self._away -= since < math.inf
            self._usually_away = self._usual(self._usually_away, since)
            leads, self._has_leader = not self._has_leader, True
            if self._away <= 0:
                self._changed.notify()
        if not leads:
            turn.is_over.acquire()
        if not turn.answered and turn.error is None:
            self._lead()
        self._answered.at = self._now()
        if turn.error is not None:
            raise turn.error
        return turn.answered[0]

    def _lead(self) -> None:
        """Answer everybody who waits, then let the first of those who came meanwhile answer the next ones."""
        group: list[_Turn[Asked, Answered]] = []
        began = math.inf
        try:
            with self._changed:
                # Who is about to ask would need one more transaction.
                if self._usually_away < _SOON * self._usually_answering:
                    self._changed.wait_for(lambda: self._away <= 0, min(self._usually_answering, _LONGEST_WAIT))
                group, self._waiting = self._waiting, []
            began = self._now()
            answers = self._answer([turn.asked for turn in group])
            for turn, answer in zip(group, answers, strict=True):
                turn.answered.append(answer)
        except BaseException as error:  # noqa: BLE001 - whatever it is, nobody may wait forever for an answer
            self._fail(group, error)
        finally:
            self._end(group, began)

    def _fail(self, group: list[_Turn[Asked, Answered]], error: BaseException) -> None:
        """Nobody of the group gets an answer; if it was not put together yet, nobody who waits."""
        with self._changed:
            if not group:
                group += self._waiting
                self._waiting = []
        for turn in group:
            if not turn.answered:
                turn.error = error

    def _end(self, group: Sequence[_Turn[Asked, Answered]], began: float) -> None:
        with self._changed:
            following = self._waiting[:1]
            self._has_leader = bool(following)
            self._away += len(group)
        for turn in (*group, *following):
            turn.is_over.release()
        self._usually_answering = self._usual(self._usually_answering, began)

    def _usual(self, usual: float, since: float) -> float:
        """How long something usually takes, given that it began then; nothing is learnt from what never began."""
        if since == math.inf:
            return usual
        seconds = self._now() - since
        return seconds if usual in (0.0, math.inf) else usual + (seconds - usual) * _WEIGHT


class _Turn(Generic[Asked, Answered]):
    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.answered: list[Answered] = []
        self.error: BaseException | None = None
        self.is_over = threading.Lock()
        """Held until it is answered, or its own thread has to lead."""
        self.is_over.acquire()
