"""An import that the quota ended goes on by itself, as long as the page's program is open."""

import queue
import threading

from hands import Hands

from rotor_import.model.clock import Clock
from rotor_import.web.again import Again
from rotor_import.web.jobs import Busy

DAY = 24 * 60 * 60.0


class Closing:
    """Whether the program ends; waiting for it moves the clock's hands."""

    def __init__(self, hands, after=None):
        self.hands, self.after = hands, after
        self.waits = []

    def is_set(self):
        return self.after is not None and self.hands.at >= self.after

    def wait(self, seconds):
        self.waits.append(seconds)
        self.hands.sleep(seconds)


def waited(begin, *, at=DAY, closes_after=None):
    """What was planned, once its thread has ended."""
    hands = Hands()
    start = hands.at
    closing = Closing(hands, None if closes_after is None else start + closes_after)
    again = Again(closing, Clock(hands.now, hands.sleep))
    before = set(threading.enumerate())
    again.plan(start + at, lambda: begin(hands.at - start))
    for thread in set(threading.enumerate()) - before:
        thread.join()
    return again, closing


def test_it_begins_when_the_time_has_come_and_not_before():
    begun = []
    again, closing = waited(begun.append)
    assert begun == [DAY]
    assert again.at is None
    assert max(closing.waits) <= 60  # a computer that slept is noticed soon


def test_it_does_not_begin_once_the_program_ends():
    begun = []
    waited(begun.append, closes_after=DAY / 2)
    assert begun == []


def test_while_something_else_is_under_way_it_waits_for_that():
    tried = []

    def busy_at_first(after):
        tried.append(after)
        if len(tried) < 3:
            raise Busy

    again, _ = waited(busy_at_first)
    assert len(tried) == 3
    assert tried[0] == DAY
    assert again.at is None


def test_a_moment_that_has_passed_is_now():
    begun = []
    waited(begun.append, at=-5.0)
    assert begun == [0.0]


def test_what_was_begun_may_plan_to_go_on_once_more():
    hands = Hands()
    later = hands.at + 2 * DAY
    again = Again(Closing(hands, hands.at + DAY), Clock(hands.now, hands.sleep))
    before = set(threading.enumerate())
    first = queue.SimpleQueue()

    def begin():
        again.plan(later, list)
        first.put(threading.current_thread())

    again.plan(hands.at, begin)
    first.get().join()
    for thread in set(threading.enumerate()) - before:  # only now is the second one sure to have started
        thread.join()
    assert again.at == later
