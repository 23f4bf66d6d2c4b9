from datetime import timedelta

import pytest

from rotor_import.errors import QuotaExhausted, QuotaSpent
from rotor_import.ledger.requests import DAY, Requests
from rotor_import.ledger.store import Ledger
from rotor_import.model.clock import Clock, moment
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
    with Ledger(location) as ledger:
        clock = Clock(lambda: hands.at, hands.sleep)
        yield lambda **limits: Quota(Requests(ledger), "hash", Limits(**limits), clock, "run")


def spend(quota, count):
    for _ in range(count):
        quota.settle(quota.admit("POST", "/customers", None), "200")


def test_no_more_than_the_limit_in_a_day(quota_of):
    quota = quota_of(daily=3)
    spend(quota, 3)
    with pytest.raises(QuotaSpent) as caught:
        spend(quota, 1)
    assert caught.value.until == moment(1_800_000_000.0 + DAY)


def test_the_reserve_is_left_for_others(quota_of):
    quota = quota_of(daily=3, reserve=1)
    spend(quota, 2)
    with pytest.raises(QuotaSpent):
        spend(quota, 1)


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
    window = lowered.window()
    assert (window.used, window.remaining, window.free_at) == (3, 0, start + 100 + DAY)
    with pytest.raises(QuotaSpent) as caught:
        spend(lowered, 1)
    assert caught.value.until == moment(window.free_at)
    hands.at = window.free_at
    spend(lowered, 1)


def test_one_that_is_not_is_not(quota_of, hands):
    quota = quota_of(daily=1, patience=900)
    spend(quota, 1)
    hands.at += DAY - 901
    with pytest.raises(QuotaSpent):
        spend(quota, 1)
    assert hands.slept == []


def test_a_run_keeps_to_its_own_bound(quota_of):
    quota = quota_of(most=2)
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
