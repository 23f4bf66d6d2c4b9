"""Never over the quota whatever the clock does, and never longer blocked than a day by a clock that was wrong once."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rotor_import.api.interpret import seconds_of_retry_after
from rotor_import.errors import QuotaExhausted, QuotaSpent
from rotor_import.ledger.requests import Requests
from rotor_import.ledger.store import Ledger
from rotor_import.model.clock import Clock, moment
from rotor_import.model.quota_window import DAY, QuotaWindow
from rotor_import.quota import Limits, Quota

BEGAN = 1_800_000_000.0
LIMIT = 3
HOUR = 3600.0
ODD = (
    None,
    "",
    "0",
    "60",
    " 7200 ",
    "-5",
    "1.5",
    "inf",
    "nonsense",
    "1795000000",
    "9" * 400,
    "Sun, 01 Nov 2099 20:00:00 GMT",
    "Mon, 01 Jan 2001 00:00:00 GMT",
    "Sun, 01 Nov 9999 99:99:99 GMT",
)


class Time:
    """True time, and a clock that is `off` by so many seconds."""

    def __init__(self):
        self.true = BEGAN
        self.off = 0.0

    def shown(self):
        return self.true + self.off

    def sleep(self, seconds):
        self.true += seconds


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def quota_of(location):
    names = count()
    with Ledger(location) as ledger:

        def make(time, *, limit=LIMIT, key=None):
            limits = Limits((QuotaWindow(limit, DAY),), patience=0)
            key = f"key-{next(names)}" if key is None else key
            return Quota(Requests(ledger), key, limits, Clock(time.shown, time.sleep), "run")

        yield make


def spend(quota, number=1):
    for _ in range(number):
        quota.settle(quota.admit("POST", "/customers", None), "200")


def admitted(quota):
    """The ticket of one more request, None if there is no quota."""
    try:
        return quota.admit("POST", "/customers", None)
    except QuotaSpent:
        return None


def is_free(quota):
    ticket = admitted(quota)
    if ticket is not None:
        quota.settle(ticket, "200")
    return ticket is not None


@dataclass
class Sent:
    """A request at its true time: how the clock was then (0 right, 1 ahead, -1 behind), and in which period."""

    at: float
    clock: int
    period: int
    is_known: bool = True


@dataclass
class Oracle:
    """What may be sent, by true time. Where the clock was ahead or behind, nobody could know it, and it is left out."""

    time: Time
    period: int = 0
    right_since: float = BEGAN
    looked: bool = True
    sent: list[Sent] = field(default_factory=list)
    told: list[tuple[float, float]] = field(default_factory=list)

    @property
    def clock(self):
        return (self.time.off > 0) - (self.time.off < 0)

    def set(self, off):
        """Whoever sets a wrong clock again sets it right first."""
        if self.time.off:
            # A later mistake hides what an earlier one recorded.
            for one in self.sent:
                one.is_known &= one.clock == 0 or (one.clock > 0 and one.period == self.period)
            off = 0.0
        self.time.off = off
        self.period += 1
        self.right_since = self.time.true

    def in_the_last_day(self):
        recent = [one for one in self.sent if one.at > self.time.true - DAY]
        if self.clock > 0:
            return [one for one in recent if one.period == self.period]
        return [one for one in recent if one.period == self.period or (one.clock >= 0 and one.is_known)]

    def admitted(self):
        assert len(self.in_the_last_day()) < LIMIT
        if self.clock == 0:
            assert all(until <= self.time.true for at, until in self.told if at < self.time.true)
        self.sent.append(Sent(self.time.true, self.clock, self.period))

    def must_admit(self):
        """The clock has been right for a day, in which Rotor refused nothing and hardly anything was sent."""
        a_day_ago = self.time.true - DAY - 1000
        lately = [one for one in self.sent if one.at > a_day_ago]
        refused = [at for at, _ in self.told if at > a_day_ago]
        return self.clock == 0 and self.right_since < a_day_ago and not refused and len(lately) < LIMIT


FAR = st.floats(3 * DAY, 400 * DAY)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.floats(0, 20 * HOUR)),
        st.tuples(st.just("set"), FAR | FAR.map(lambda by: -by)),
        st.tuples(st.just("request"), st.floats(0, 200)),
        st.tuples(st.just("set during"), FAR | FAR.map(lambda by: -by)),
        st.tuples(st.just("refused"), st.sampled_from(ODD)),
    ),
    max_size=40,
)


def take(step, value, quota, oracle):
    """One step, as a program and its oracle take it."""
    time = oracle.time
    match step:
        case "pass":
            time.true += value
        case "set":
            oracle.set(value)
        case "request" | "set during" | "refused":
            must = oracle.must_admit()
            ticket = admitted(quota)
            if ticket is None:
                assert not must
                return
            oracle.admitted()
            time.true += value if step == "request" else 1.0
            if step == "set during":
                oracle.set(value)
            quota.settle(ticket, "429" if step == "refused" else "201")
            if step == "refused":
                after = seconds_of_retry_after(value, moment(time.shown()))
                until = None if after is None else moment(time.shown() + after)
                quota.refused(QuotaExhausted("429", until))
                if oracle.clock == 0:
                    oracle.told.append((time.true, time.true + (HOUR if after is None else after)))
                else:  # the ledger keeps the latest refusal of a key, so a mistake hides the one before
                    oracle.told = [(at, min(until, time.true)) for at, until in oracle.told]
                    oracle.told.append((time.true, time.true))


@settings(suppress_health_check=list(HealthCheck))  # each example has a key of its own
@example([("set during", 3 * DAY), ("set", 3 * DAY), ("set", -3 * DAY), ("set", 3 * DAY), *[("request", 0.0)] * 3])
@given(STEPS)
def test_what_is_sent_under_a_right_clock_is_never_over_the_quota_and_never_blocked_for_more_than_a_day(
    quota_of, steps
):
    time = Time()
    quota, oracle = quota_of(time), Oracle(time)
    for step, value in steps:
        take(step, value, quota, oracle)
        state = quota.state()
        assert time.shown() <= state.free_at <= time.shown() + DAY + 400
        assert 0 <= (quota.forecast(1, 0).finish - moment(time.shown()).date()).days <= 2


def test_requests_of_the_future_count_from_when_they_are_seen_and_a_note_says_so(time, quota_of):
    quota = quota_of(time)
    time.off = 365 * DAY
    spend(quota, LIMIT)
    time.off = 0.0
    state = quota.state()
    assert (state.used, state.free_at) == (LIMIT, time.true + DAY)
    [note] = state.notes
    assert note.startswith("3 requests in the ledger have a time in the future")
    assert quota.forecast(1, 0).finish == moment(time.true + DAY).date()
    time.true += DAY - 1
    assert quota.state().free_at == BEGAN + DAY
    assert not is_free(quota)
    time.true += 1
    assert is_free(quota)
    assert quota.state().notes == ()
    time.true = BEGAN + 365 * DAY
    spend(quota, LIMIT)  # none of those is counted again when their time comes


def test_a_clock_that_was_behind_for_a_while_frees_nothing_when_it_is_right_again(time, quota_of):
    quota = quota_of(time)
    spend(quota, LIMIT)
    time.off = -10 * DAY
    assert not is_free(quota)
    time.true += HOUR
    time.off = 0.0
    assert not is_free(quota)
    time.true = BEGAN + DAY
    assert is_free(quota)


def test_one_that_ended_under_a_clock_set_ahead_meanwhile_counts_from_when_it_is_seen(time, quota_of):
    quota = quota_of(time, limit=1)
    ticket = quota.admit("POST", "/customers", None)
    time.off = 365 * DAY
    quota.settle(ticket, "201")
    time.off = 0.0
    assert quota.state().free_at == time.true + DAY
    time.true += DAY
    assert is_free(quota)


def test_clocks_of_two_machines_that_differ_a_little_are_no_mistake(time, quota_of):
    quota = quota_of(time)
    spend(quota)
    time.off = -30.0
    assert quota.state().notes == ()
    spend(quota, LIMIT - 1)
    assert not is_free(quota)


def test_a_block_of_the_future_ends_a_day_after_it_is_seen(time, quota_of):
    quota = quota_of(time)
    time.off = 365 * DAY
    quota.refused(QuotaExhausted("429", moment(time.shown() + HOUR)))
    time.off = 0.0
    state = quota.state()
    assert state.free_at == time.true + DAY
    assert "for more than 24 hours" in state.notes[0]
    time.true += DAY
    assert is_free(quota)
    assert quota.state().notes == ()


@pytest.mark.parametrize("wait", [3 * DAY, 365 * DAY, 1e9])
def test_a_wait_of_more_than_a_day_is_believed_for_a_day_then_one_try_goes_and_blocks_again(wait, time, quota_of):
    quota = quota_of(time)
    for day in range(1, 3):
        until = quota.refused(QuotaExhausted("429", moment(time.true + wait))).until
        assert until == moment(BEGAN + day * DAY)
        assert quota.state().free_at == BEGAN + day * DAY
        assert not is_free(quota)
        time.true += DAY
        ticket = quota.admit("POST", "/customers", None)
        quota.settle(ticket, "429")


def test_a_second_429_in_a_row_that_asks_for_no_wait_is_waited_for_an_hour(time, quota_of):
    quota = quota_of(time)
    now = moment(time.true)
    waits = [quota.refused(QuotaExhausted("429", now)).until - now for _ in range(2)]
    assert waits == [timedelta(0), timedelta(hours=1)]
    time.true += HOUR
    spend(quota)
    now = moment(time.true)
    assert quota.refused(QuotaExhausted("429", now)).until == now


def test_the_forecast_begins_when_rotor_takes_requests_again(time, quota_of):
    quota = quota_of(time, limit=10)
    time.true -= time.true % DAY - 20 * HOUR  # eight in the evening
    spend(quota, 4)
    quota.refused(QuotaExhausted("429", moment(time.true + HOUR)))
    today = moment(time.true).date()
    forecast = quota.forecast(6, 0)
    assert (forecast.days, forecast.finish) == (1, today)
    assert quota.forecast(7, 0).days == 2
    quota.refused(QuotaExhausted("429", moment(time.true + 6 * HOUR)))
    assert quota.forecast(6, 0).finish == today + timedelta(days=1)
