import time
from datetime import datetime, timedelta

import pytest

from rotor_import.config import Settings
from rotor_import.errors import QuotaExhausted, QuotaSpent
from rotor_import.ledger.requests import Requests
from rotor_import.ledger.store import Ledger
from rotor_import.model.clock import Clock, moment
from rotor_import.model.quota_window import DAY, QuotaWindow
from rotor_import.quota import Limits, Quota


class Hands:
    def __init__(self):
        self.at = 1_800_000_000.0
        self.slept = []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.at += seconds


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def quota_of(location, hands):
    """A quota of so many requests a day, or of several windows."""
    with Ledger(location) as ledger:
        clock = Clock(lambda: hands.at, hands.sleep)

        def make(daily=1000, *more, **limits):
            windows = (QuotaWindow(daily, DAY), *more)
            return Quota(Requests(ledger), "hash", Limits(windows, **limits), clock, "run")

        yield make


def spend(quota, count):
    for _ in range(count):
        quota.settle(quota.admit("POST", "/customers", None), "200")


def test_no_more_than_the_limit_in_a_day(quota_of):
    quota = quota_of(daily=3)
    spend(quota, 3)
    with pytest.raises(QuotaSpent) as caught:
        spend(quota, 1)
    assert caught.value.until == moment(1_800_000_000.0 + DAY)


def test_the_reserve_is_left_for_others():
    assert Settings(daily_limit=3, reserve=1).quota_windows == (QuotaWindow(2, DAY),)


def test_two_programs_of_one_ledger_share_the_quota(quota_of):
    one, other = quota_of(daily=3), quota_of(daily=3)
    spend(one, 2)
    spend(other, 1)
    with pytest.raises(QuotaSpent):
        spend(one, 1)


def test_a_slot_that_is_free_soon_is_waited_for(quota_of, hands):
    quota = quota_of(daily=2, patience=900)
    spend(quota, 1)
    hands.at += DAY - 600
    spend(quota, 1)
    spend(quota, 1)
    assert hands.slept == [pytest.approx(600)]


def test_under_a_lower_limit_a_slot_is_free_once_enough_requests_are_a_day_old(quota_of, hands):
    """Three were sent at three a day: at two a day the first of them may go and the count is still full."""
    start = hands.at
    before = quota_of(daily=3)
    for _ in range(3):
        spend(before, 1)
        hands.at += 100
    lowered = quota_of(daily=2)
    state = lowered.state()
    assert (state.used, state.remaining, state.free_at) == (3, 0, start + 100 + DAY)
    with pytest.raises(QuotaSpent) as caught:
        spend(lowered, 1)
    assert caught.value.until == moment(state.free_at)
    hands.at = state.free_at
    spend(lowered, 1)


def test_one_that_is_not_is_not(quota_of, hands):
    quota = quota_of(daily=1, patience=900)
    spend(quota, 1)
    hands.at += DAY - 901
    with pytest.raises(QuotaSpent):
        spend(quota, 1)
    assert hands.slept == []


def test_a_run_keeps_to_its_own_bound(quota_of):
    quota = quota_of(max_requests=2)
    spend(quota, 2)
    with pytest.raises(QuotaSpent, match="max-requests"):
        spend(quota, 1)


def test_the_servers_word_outranks_the_count(quota_of, hands):
    quota = quota_of(daily=100, patience=0)
    told = QuotaExhausted("429", moment(hands.at + 5000))
    assert quota.refused(told).until == told.until
    with pytest.raises(QuotaSpent):
        spend(quota, 1)
    hands.at += 5001
    spend(quota, 1)


def test_after_a_429_that_says_nothing_the_next_try_is_a_careful_one(quota_of, hands):
    quota = quota_of(daily=100, patience=0)
    until = quota.refused(QuotaExhausted("429")).until
    assert until - moment(hands.at) == timedelta(hours=1)


@pytest.mark.parametrize(
    "case",
    [
        (0, 0, 1, 0, 0),
        (0, 10, 1, 1, 0),
        (0, 11, 1, 2, 1),
        (4, 6, 0, 1, 0),
        (4, 7, 0, 2, 1),
        (10, 1, 0, 1, 1),
        (0, 30, 1, 4, 3),
    ],
)
def test_the_forecast_counts_days_and_what_reading_costs_on_each(quota_of, hands, case):
    spent, requests, overhead, days, ahead = case
    quota = quota_of(daily=10)
    spend(quota, spent)
    forecast = quota.forecast(requests, overhead)
    assert (forecast.requests, forecast.days) == (requests, days)
    assert forecast.finish == moment(hands.at).date() + timedelta(days=ahead)


@pytest.fixture
def in_california(monkeypatch):
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_california")
@pytest.mark.parametrize(
    ("spent", "now", "requests", "days"),
    [
        (("2026-11-28T02:00", 6), "2026-11-28T20:00", 5, 1),  # the last at 6 PM of this day; UTC has the next one
        (("2026-11-28T12:00", 6), "2026-11-29T01:00", 5, 2),  # the last at 4 AM of the next day; UTC has this one
        (("2026-11-27T23:00", 10), "2026-11-28T20:00", 5, 1),  # all at 3 PM
        (("2026-11-27T23:00", 10), "2026-11-28T20:00", 15, 2),
        (("2026-11-28T01:00", 10), "2026-11-28T02:00", 5, 1),  # none before tomorrow
    ],
)
def test_days_are_the_readers_from_the_first_request_to_the_last(quota_of, hands, spent, now, requests, days):
    quota, (before, count) = quota_of(daily=10), spent
    hands.at = datetime.fromisoformat(f"{before}+00:00").timestamp()
    spend(quota, count)
    hands.at = datetime.fromisoformat(f"{now}+00:00").timestamp()
    assert quota.forecast(requests, 0).days == days


MINUTE = 60.0


@pytest.mark.parametrize("gaps", [(0.0,), (7.0, 20.0), (61.0, 1.0, 1.0, 1.0)])
def test_two_windows_are_kept_both(quota_of, hands, gaps):
    """As if Rotor allowed 4 requests a minute beside 10 a day: no span of either length ever has more."""
    quota, sent = quota_of(10, QuotaWindow(4, MINUTE), patience=DAY), []
    for number in range(30):
        hands.at += gaps[number % len(gaps)]
        ticket = quota.admit("POST", "/customers", None)
        sent.append(hands.at)
        hands.at += 0.5
        quota.settle(ticket, "200")
    for limit, seconds in ((4, MINUTE), (10, DAY)):
        assert max(sum(start <= at <= start + seconds for at in sent) for start in sent) == limit


def test_a_full_window_is_named_and_its_next_slot_told_and_people_count_in_the_longest(quota_of, hands):
    quota = quota_of(3, QuotaWindow(2, MINUTE), patience=0)
    began = hands.at
    spend(quota, 2)
    with pytest.raises(QuotaSpent, match="2 requests of the last 60 seconds") as caught:
        spend(quota, 1)
    assert caught.value.until == moment(began + MINUTE)
    assert (quota.state().used, quota.state().remaining) == (2, 1)
    hands.at += MINUTE
    spend(quota, 1)
    with pytest.raises(
        QuotaSpent, match=r"Today's 3 requests are used up. Run the same command after .* tomorrow"
    ) as caught:
        spend(quota, 1)
    assert caught.value.until == moment(began + DAY)
