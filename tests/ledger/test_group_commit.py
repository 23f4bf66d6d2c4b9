"""Threads that ask at the same time share a transaction, and its failure."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from rotor_import.ledger import group_commit
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


def wait_for(group, count):
    """Until so many wait, of threads that ask for the first time; else the order would be chance."""
    changed, waiting = group._changed, group._waiting  # noqa: SLF001 - no other sign shows it
    with changed:
        assert changed.wait_for(lambda: len(waiting) >= count, 60)


def asking(answering, numbers):
    """The futures of these questions, of which all but the first are asked while the first is answered."""
    group = GroupCommit(answering)
    with ThreadPoolExecutor(len(numbers)) as threads:
        futures = [threads.submit(group.ask, numbers[0])]
        assert answering.began.wait(60)
        for at, number in enumerate(numbers[1:], start=1):
            futures.append(threads.submit(group.ask, number))
            wait_for(group, at)
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


@pytest.fixture
def two(monkeypatch):
    """Two threads that have asked once, each answer having taken a second of `clock`; waiting is all but endless."""
    monkeypatch.setattr(group_commit, "_LONGEST_WAIT", 60)
    clock, groups = Clock(), []

    def answer(asked):
        groups.append(sorted(asked))
        clock.seconds += 1
        return asked

    group = GroupCommit(answer, clock)
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        assert (one.submit(group.ask, 1).result(60), other.submit(group.ask, 2).result(60)) == (1, 2)
        yield group, clock, groups, one, other


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


def test_whoever_asks_again_soon_is_waited_for_rather_than_given_a_transaction_of_their_own(two):
    group, _, groups, one, other = two
    first = one.submit(group.ask, 3)
    assert (other.submit(group.ask, 4).result(60), first.result(60)) == (4, 3)
    assert groups == [[1], [2], [3, 4]]


def test_nobody_waits_for_those_who_take_longer_than_an_answer(two):
    group, clock, groups, one, _ = two
    clock.seconds += 10
    assert one.submit(group.ask, 3).result(30) == 3
    assert groups == [[1], [2], [3]]


@pytest.mark.parametrize("step", ["waits", "is over"])
def test_too_little_memory_in_the_one_who_leads_leaves_nobody_waiting(monkeypatch, step):
    answering = Answering()

    def too_little(*_):
        monkeypatch.undo()
        raise MemoryError

    def set_up(group):
        if step == "waits":
            monkeypatch.setattr(group, "_usually_away", 0.0)
            monkeypatch.setattr(group, "_usually_answering", 1.0)
            monkeypatch.setattr(group._changed, "wait_for", too_little)  # noqa: SLF001 - a step of its own
        else:
            monkeypatch.setattr(group, "_usual", too_little)

    group = GroupCommit(answering)
    with ThreadPoolExecutor(3) as threads:
        futures = [threads.submit(group.ask, 1)]
        assert answering.began.wait(60)
        futures += [threads.submit(group.ask, number) for number in (2, 3)]
        wait_for(group, 2)
        set_up(group)
        answering.go_on.set()
        ends = [future.exception(60) for future in futures]
    assert any(isinstance(end, MemoryError) for end in ends)
    assert group.ask(5) == 10


def test_each_of_many_gets_its_own_answer():
    group = GroupCommit(lambda asked: [each + 1 for each in asked])
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(group.ask, range(500)))
    assert Counter(answers) == Counter(range(1, 501))
