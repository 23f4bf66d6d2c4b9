"""What threads ask of the ledger at the same time is answered in one transaction, so that they share its commit.

Only one thread answers at a time. What others ask meanwhile waits, and is answered together after it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


class GroupCommit(Generic[Asked, Answered]):
    """`answer` gives the answers in the order of what is asked. If it raises, nobody of the group gets an answer."""

    def __init__(self, answer: Callable[[Sequence[Asked]], Sequence[Answered]]) -> None:
        self._answer = answer
        self._lock = threading.Lock()
        self._waiting: list[_Turn[Asked, Answered]] = []
        self._busy = False

    def ask(self, asked: Asked) -> Answered:
        """Returns once the transaction with the answer is durable. Raises whatever it failed with."""
        turn = _Turn[Asked, Answered](asked)
        with self._lock:
            self._waiting.append(turn)
            leads, self._busy = not self._busy, True
        if not leads:
            turn.comes.acquire()
        if not turn.answered and turn.error is None:
            self._answer_all()
        if turn.error is not None:
            raise turn.error
        return turn.answered[0]

    def _answer_all(self) -> None:
        """Answer everybody who waits, then let the first of those who came meanwhile answer the next ones."""
        with self._lock:
            group, self._waiting = self._waiting, []
        try:
            answers = self._answer([turn.asked for turn in group])
            for turn, answer in zip(group, answers, strict=True):
                turn.answered.append(answer)
        except BaseException as error:  # noqa: BLE001 - whatever it is, nobody may wait forever for an answer
            for turn in group:
                turn.error = error
        with self._lock:
            following = self._waiting[:1]
            self._busy = bool(following)
        for turn in (*group, *following):
            turn.comes.release()


class _Turn(Generic[Asked, Answered]):
    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.answered: list[Answered] = []
        self.error: BaseException | None = None
        self.comes = threading.Lock()
        """Held until it is answered, or its own thread has to answer."""
        self.comes.acquire()
