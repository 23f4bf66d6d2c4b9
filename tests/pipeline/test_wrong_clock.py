"""A clock that was wrong, and a server's time that cannot be: what the user meets."""

import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from firewall import behind
from rotor import opened
from transports import direct, twisted

from rotor_import.errors import QuotaExhausted
from rotor_import.model.clock import moment
from rotor_import.pipeline.inspect import status

DAY = 24 * 60 * 60
ROWS = [{"key": str(at), "email": f"person{at}@example.com", "first_name": f"P{at}"} for at in range(8)]
ODD = {
    "epoch": "1800000060",
    "huge": "99999999999999",
    "year 2099": "Sun, 01 Nov 2099 20:00:00 GMT",
    "beyond any year": "9" * 400,
}


def asking(office, wait, refused):
    """From now on, Rotor refuses the POSTs of these numbers, and asks for that wait."""
    refusal = {"status_code": 429, "headers": {"Retry-After": wait}, "json": {"message": "Slow down"}}
    return behind(office, lambda _, number: number in refused, answer=lambda: httpx.Response(**refusal))


@pytest.mark.parametrize("wait", ODD.values(), ids=ODD)
def test_a_servers_wait_counts_for_a_day_at_most_then_one_careful_try_goes(wait, office):
    office.write(ROWS)
    rotor = asking(office, wait, (3, 4))
    assert isinstance(office.run(concurrency=1).report.error, QuotaExhausted)
    assert rotor.number == 3
    shown = status(office.settings, office.world)["requests"]
    assert shown["free_at"] == moment(office.hands.at + DAY).isoformat(timespec="seconds")
    office.hands.at += DAY - 1000
    with pytest.raises(QuotaExhausted, match="Run the same command after"):
        office.run()
    assert rotor.number == 3
    office.hands.at += 1000
    assert isinstance(office.run(concurrency=4).report.error, QuotaExhausted)
    assert rotor.number == 4
    office.hands.at += DAY
    office.run(concurrency=4).check()
    assert len(office.rotor.customers()) == len(ROWS)


def test_a_wait_of_nothing_again_and_again_does_not_spend_the_quota(office):
    office.write(ROWS)
    rotor = asking(office, "0", range(1000))
    assert isinstance(office.run(concurrency=1).report.error, QuotaExhausted)
    assert rotor.number == 2 * office.settings.max_attempts


def test_after_a_run_with_the_clock_a_year_ahead_imports_go_on_a_day_later_and_say_why():
    with opened() as office:
        office.write(ROWS[:4])
        office.hands.at += 365 * DAY
        office.run(daily_limit=7)
        office.hands.at -= 365 * DAY
        office.write(ROWS)
        outcome = office.run(daily_limit=7, patience=0)
        assert outcome.summary["state"] == "paused"
        assert "have a time in the future" in outcome.summary["notes"][0]
        shown = status(replace(office.settings, daily_limit=7), office.world)
        assert shown["requests"]["used"] == 7
        assert "have a time in the future" in shown["notes"][0]
        assert shown["forecast"]["finish"] == (moment(office.hands.at) + timedelta(days=1)).date().isoformat()
        json.dumps(shown)
        office.hands.at += DAY
        office.run(daily_limit=7).check()
        assert len(office.rotor.customers()) == 8
        assert status(office.settings, office.world)["notes"] == []


def test_a_keyless_attempt_of_the_future_is_over_once_no_answer_can_come(office):
    """Else its record would stay unknown until that year."""
    office.write([{"key": "1", "first_name": "Ada"}])
    twisted(office, lambda _: httpx.Response(500))
    office.hands.at += 365 * DAY
    assert office.run(allow_keyless=True).summary["sent"]["unknown"] == 1
    direct(office)
    office.hands.at -= 365 * DAY
    assert office.run(allow_keyless=True).summary["sent"]["unknown"] == 1
    office.hands.at += 600
    sent = office.run(allow_keyless=True).check().summary["sent"]
    assert (sent["created"], sent["unknown"]) == (1, 0)
    assert len(office.rotor.customers()) == 1
