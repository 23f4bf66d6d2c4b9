"""Threads that ask at the same time share a transaction, and its failure."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from rotor_import.ledger.group_commit import GroupCommit


class Answering:
    """Doubles what it is asked; the first answer waits until so many others have asked."""

    def __init__(self, error=None):
        self.groups = []
        self.began, self.go_on = threading.Event(), threading.Event()
        self._error = error

    def __call__(self, asked):
        self.groups.append(list(asked))
        if len(self.groups) == 1:
            self.began.set()
            assert self.go_on.wait(60)
        elif self._error is not None and len(self.groups) == 2:
            raise self._error
        return [2 * each for each in asked]


def asking(answering, numbers):
    """The futures of these questions, of which all but the first are asked while the first is answered."""
    group = GroupCommit(answering)
    with ThreadPoolExecutor(len(numbers)) as threads:
        futures = [threads.submit(group.ask, numbers[0])]
        assert answering.began.wait(60)
        for at, number in enumerate(numbers[1:], start=1):
            futures.append(threads.submit(group.ask, number))
            while len(group._waiting) < at:  # noqa: SLF001 - else the order would be chance
                time.sleep(0.001)
        answering.go_on.set()
    return group, futures


def test_what_is_asked_during_an_answer_is_answered_together_after_it_and_in_order():
    answering = Answering()
    _, futures = asking(answering, [1, 2, 3, 4])
    assert answering.groups == [[1], [2, 3, 4]]
    assert [future.result(60) for future in futures] == [2, 4, 6, 8]


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failure_is_that_of_everybody_in_the_group_and_of_nobody_else(error):
    answering = Answering(error)
    group, futures = asking(answering, [1, 2, 3])
    assert futures[0].result(60) == 2
    for future in futures[1:]:
        assert future.exception(60) is error
    assert group.ask(5) == 10


def test_whoever_asks_again_soon_is_waited_for_rather_than_given_a_transaction_of_their_own():
    sizes = []

    def answer(asked):
        sizes.append(len(asked))
        time.sleep(0.05)
        return asked

    group = GroupCommit(answer)

    def ask_again_and_again(number):
        return [group.ask(number) for _ in range(8)]

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(ask_again_and_again, range(4)))
    assert answers == [[number] * 8 for number in range(4)]
    assert sum(sizes) == 32
    assert len(sizes) <= 12  # of 8 that are possible, and 16 of those who wait for nobody


def test_nobody_waits_for_those_who_take_longer_than_an_answer():
    group, waits = GroupCommit(list), []

    def ask_now_and_then(_):
        for _ in range(5):
            began = time.perf_counter()
            group.ask(0)
            waits.append(time.perf_counter() - began)
            time.sleep(0.02)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(ask_now_and_then, range(4)))
    assert sorted(waits)[10] < 0.01


def test_each_of_many_gets_its_own_answer():
    group = GroupCommit(lambda asked: [each + 1 for each in asked])
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(group.ask, range(500)))
    assert Counter(answers) == Counter(range(1, 501))
