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
_WEIGHT = 1 / 8
"""Of the newest duration in what is usual."""


class GroupCommit(Generic[Asked, Answered]):
    """`answer` gives the answers in the order of what is asked. If it raises, nobody of the group gets an answer."""

    def __init__(self, answer: Callable[[Sequence[Asked]], Sequence[Answered]]) -> None:
        self._answer = answer
        self._here = threading.Condition(threading.Lock())
        self._waiting: list[_Turn[Asked, Answered]] = []
        self._busy = False
        self._away = 0
        """How many got an answer and have not asked again."""
        self._answered = threading.local()
        self._usual = {"away": math.inf, "answering": 0.0}
        """Seconds from an answer to the next question of the same thread, and those that a transaction takes."""

    def ask(self, asked: Asked) -> Answered:
        """Returns once the transaction with the answer is durable. Raises whatever it failed with."""
        turn = _Turn[Asked, Answered](asked)
        with self._here:
            self._waiting.append(turn)
            self._away = max(0, self._away - 1)
            self._learn("away", getattr(self._answered, "at", math.inf))
            leads, self._busy = not self._busy, True
            if not self._away:
                self._here.notify()
        if not leads:
            turn.comes.acquire()
        if not turn.answered and turn.error is None:
            self._answer_all()
        self._answered.at = time.perf_counter()
        if turn.error is not None:
            raise turn.error
        return turn.answered[0]

    def _answer_all(self) -> None:
        """Answer everybody who waits, then let the first of those who came meanwhile answer the next ones."""
        with self._here:
            if self._usual["away"] < _SOON * self._usual["answering"]:  # else they would need one more transaction
                self._here.wait_for(lambda: not self._away, self._usual["answering"])
            group, self._waiting = self._waiting, []
        began = time.perf_counter()
        try:
            answers = self._answer([turn.asked for turn in group])
            for turn, answer in zip(group, answers, strict=True):
                turn.answered.append(answer)
        except BaseException as error:  # noqa: BLE001 - whatever it is, nobody may wait forever for an answer
            for turn in group:
                turn.error = error
        with self._here:
            self._learn("answering", began)
            self._away += len(group)
            following = self._waiting[:1]
            self._busy = bool(following)
        for turn in (*group, *following):
            turn.comes.release()

    def _learn(self, what: str, since: float) -> None:
        """How long something took that began then; nothing is learnt from what never began."""
        seconds, usual = time.perf_counter() - since, self._usual[what]
        if since < math.inf:
            self._usual[what] = seconds if usual in (0.0, math.inf) else usual + (seconds - usual) * _WEIGHT


class _Turn(Generic[Asked, Answered]):
    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.answered: list[Answered] = []
        self.error: BaseException | None = None
        self.comes = threading.Lock()
        """Held until it is answered, or its own thread has to answer."""
        self.comes.acquire()
