"""Never over the quota whatever the clock does, and never longer blocked than a day by a clock that was wrong once."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
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


def is_free(quota):
    try:
        spend(quota)
    except QuotaSpent:
        return False
    return True


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
            try:
                ticket = quota.admit("POST", "/customers", None)
            except QuotaSpent as error:
                assert not must, error
                assert error.until <= moment(time.shown()) + timedelta(days=1, seconds=400)
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
                else:
                    oracle.told.append((time.true, time.true))


@settings(suppress_health_check=list(HealthCheck))  # each example has a key of its own
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
