"""Times as people read them: in their own zone, with the zone named."""

import time
from datetime import datetime

import pytest

from rotor_import.model.clock import Clock, in_words, soon_in_words

NOON = datetime.fromisoformat("2026-11-28T12:00:00-08:00").timestamp()
"""A Saturday."""
MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60


@pytest.fixture(autouse=True)
def in_california(monkeypatch):
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def soon(seconds):
    return soon_in_words(NOON + seconds, Clock(lambda: NOON))


def test_a_time_is_told_in_the_readers_zone_which_it_names():
    assert in_words(NOON + 6.5 * HOUR) == "Nov 28, 2026, 6:30 PM PST"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (2 * HOUR + 32 * MINUTE, "2:32 PM PST today"),
        (DAY + 2 * HOUR + 32 * MINUTE, "2:32 PM PST tomorrow"),
        (2 * DAY, "12:00 PM PST on Monday, Nov 30"),
        (40 * DAY, "12:00 PM PST on Thursday, Jan 7, 2027"),
    ],
)
def test_a_time_to_wait_for_is_told_as_seen_from_now(seconds, words):
    assert soon(seconds) == words


def test_a_time_to_wait_for_is_the_same_minute_wherever_it_is_told():
    assert soon(HOUR + 59) == "1:00 PM PST today"
    assert in_words(NOON + HOUR + 59).endswith("1:00 PM PST")


def test_midnight_belongs_to_the_day_that_begins():
    assert soon(12 * HOUR) == "12:00 AM PST tomorrow"


def test_the_zone_is_the_one_of_that_day():
    assert "PDT" in soon(180 * DAY)
