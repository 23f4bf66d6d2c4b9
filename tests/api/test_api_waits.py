"""How long a call waits between its attempts, and when it gives up."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_rotor import RecordingMeter, Says

from rotor_import.api import RetryPolicy, RotorClient
from rotor_import.api.interpret import seconds_of_retry_after
from rotor_import.errors import QuotaExhausted, RetriableApiError

KEYED = {"phone": "+17635550100"}
UPDATED = Says(200, {"id": "c1", "message": "Customer updated successfully"})
GOOD_PAGE = {"data": [{"id": "c1"}], "pagination": {"total": 1, "has_more": False}}


def test_retries_stop_when_the_next_would_be_too_late(rotor, connect, clock):
    rotor.script(Says(503))
    with pytest.raises(RetriableApiError):
        connect(retry=RetryPolicy(attempts=99, base=1.0, cap=30.0, total=20.0)).customers_page(1)
    assert clock.slept == [1.0, 2.0, 4.0, 8.0]


def test_a_single_attempt_is_allowed(rotor, connect, clock):
    rotor.script(Says(503))
    with pytest.raises(RetriableApiError, match="1 attempt"):
        connect(retry=RetryPolicy(attempts=1)).customers_page(1)
    assert clock.slept == []


def test_waiting_for_quota_does_not_use_up_the_retries(rotor, connect, clock, meter):
    rotor.script(Says(503), Says(503), Says(200, GOOD_PAGE))
    admit = meter.admit

    def slow_admit(*args):
        clock.time += 900.0
        return admit(*args)

    meter.admit = slow_admit
    assert connect().customers_page(1).total == 1


@pytest.mark.parametrize("header", ["7", "Mon, 09 Nov 2026 12:00:07 GMT"])
def test_retry_after_is_the_least_wait(header, rotor, client, clock):
    rotor.script(Says(503, headers=(("Retry-After", header),)), Says(200, GOOD_PAGE))
    client.customers_page(1)
    assert clock.slept == [7.0]


@pytest.mark.parametrize("header", ["0", "Mon, 09 Nov 2020 12:00:00 GMT", "nonsense"])
def test_a_short_retry_after_does_not_shorten_the_wait(header, rotor, client, clock):
    rotor.script(Says(503, headers=(("Retry-After", header),)), Says(200, GOOD_PAGE))
    client.customers_page(1)
    assert clock.slept == [1.0]


def test_a_retry_after_beyond_the_total_gives_up_at_once(rotor, client, clock):
    rotor.script(Says(503, headers=(("Retry-After", "301"),)))
    with pytest.raises(RetriableApiError) as caught:
        client.customers_page(1)
    assert caught.value.retry_after == 301.0
    assert clock.slept == []


def test_a_short_429_is_slept_through(rotor, connect, clock, meter):
    rotor.script(Says(429, headers=(("Retry-After", "900"),)), UPDATED)
    done = connect(patience=900.0).upsert(KEYED, change="ch1")
    assert (done.attempts, done.lost_reply) == (2, False)
    assert clock.slept == [900.0]
    assert meter.results == ["429", "200"]


def test_a_429_counts_as_an_attempt(rotor, connect, clock, meter):
    rotor.script(Says(429, headers=(("Retry-After", "10"),)))
    with pytest.raises(QuotaExhausted) as caught:
        connect(patience=10.0).upsert(KEYED, change="ch1")
    assert caught.value.until == datetime(2026, 11, 9, 12, 0, 10, tzinfo=UTC)
    assert meter.results == ["429"] * 3
    assert clock.slept == [10.0, 10.0]


def test_sleeping_through_a_429_does_not_use_up_the_retries(rotor, connect, clock):
    rotor.script(Says(429, headers=(("Retry-After", "900"),)), Says(503), UPDATED)
    assert connect(patience=900.0).upsert(KEYED, change="ch1").attempts == 3


def test_a_429_longer_than_patience_ends_the_call(rotor, connect, clock):
    rotor.script(Says(429, headers=(("Retry-After", "11"),)))
    with pytest.raises(QuotaExhausted):
        connect(patience=10.0).upsert(KEYED, change="ch1")
    assert clock.slept == []


@given(
    jitters=st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=80),
    base=st.floats(0, 10),
    cap=st.floats(0, 60),
    total=st.floats(0, 1000),
)
def test_waits_keep_within_jitter_attempts_and_total(jitters, base, cap, total):
    slept = []
    chance = iter(jitters)
    policy = RetryPolicy(len(jitters), base, cap, total)
    transport = httpx.MockTransport(lambda _: httpx.Response(503))
    with (
        RotorClient(
            "https://rotor.example",
            "k",
            meter=RecordingMeter(),
            transport=transport,
            retry=policy,
            sleep=slept.append,
            now=lambda: sum(slept),
            jitter=lambda: next(chance),
        ) as client,
        pytest.raises(RetriableApiError),
    ):
        client.customers_page(1)
    assert len(slept) < max(2, policy.attempts)
    assert sum(slept) <= total
    for n, wait in enumerate(slept):
        assert wait == pytest.approx(jitters[n] * min(cap, base * 2**n))


@given(st.text() | st.from_regex(r"\w+, \d+ \w{3} \d+ [\d:]+ [-+]?\w+"))
def test_any_retry_after_is_a_bounded_wait_or_none(header):
    seconds = seconds_of_retry_after(header, datetime(2026, 11, 9, tzinfo=UTC))
    assert seconds is None or 0 <= seconds <= 86_400
