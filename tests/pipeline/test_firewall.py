"""Refusals that are not Rotor's own: of one record where others come through, and of everything where none does."""

import httpx
import pytest
from firewall import PAGE, behind, code_of, everything, people, poison, sent
from rotor import opened
from transports import direct

from rotor_import.cli import exit_codes
from rotor_import.errors import DoubtfulRefusal, KeyRefused
from rotor_import.sandbox import Fault


@pytest.mark.parametrize("status", [400, 403, 404, 406, 409, 413, 418, 422, 451, 302])
@pytest.mark.parametrize("at", [1, 4, 8])
def test_a_record_that_a_firewall_refuses_is_rejected_while_others_come_through(status, at, office):
    office.write(people(8, {at}))
    wall = behind(office, poison, status)
    outcome = office.run(concurrency=1).check()
    assert sent(outcome) == {"created": 7, "failed": 1}
    assert code_of(outcome) == exit_codes.TROUBLED
    [reject] = outcome.table("rejects.csv")
    assert reject["key"] == str(at)
    assert f"a firewall or proxy between this computer and Rotor blocked it ({status})" in reject["_reason"]
    assert wall.number == (9 if at == 1 else 8), "the first one goes again once another came through"
    assert (office.run().check().posts, wall.number) == (0, 9 if at == 1 else 8)


def test_it_is_sent_again_once_it_changes(office):
    office.write(people(8, {4}))
    behind(office, poison)
    office.run()
    office.write(people(8))
    assert sent(office.run().check()) == {"created": 1}


def test_the_first_one_goes_last_and_may_come_through_then(office):
    office.write(people(3))
    wall = behind(office, lambda _body, number: number == 1)
    assert sent(office.run(concurrency=1).check()) == {"created": 3}
    assert wall.number == 4


@pytest.mark.parametrize(("count", "tried"), [(1, 1), (8, 8), (12, 10), (100, 10)])
@pytest.mark.parametrize("concurrency", [1, 4])
def test_where_everything_is_refused_the_run_stops_and_nothing_is_rejected(count, tried, concurrency, office):
    office.write(people(count))
    wall = behind(office, everything)
    outcome = office.run(concurrency=concurrency).check()
    assert isinstance(outcome.report.error, DoubtfulRefusal)
    assert str(outcome.report.error).startswith("A firewall or proxy between this computer and Rotor blocked POST")
    assert (code_of(outcome), outcome.summary["state"]) == (exit_codes.DOWN, "stopped")
    assert sent(outcome) == {"pending": count}
    assert outcome.table("rejects.csv") == []
    assert wall.number == tried
    direct(office)
    assert sent(office.run().check()) == {"created": count}


def test_a_firewall_that_is_switched_on_meanwhile_stops_the_run_and_rejects_nothing(office):
    office.write(people(40))
    wall = behind(office, lambda _body, number: number > 20)
    outcome = office.run(concurrency=1).check()
    assert isinstance(outcome.report.error, DoubtfulRefusal)
    assert sent(outcome) == {"created": 20, "pending": 20}
    assert wall.number == 30


def test_what_was_refused_after_a_success_is_rejected_though_the_run_pauses_then(office):
    office.write(people(8, {2}))
    wall = behind(office, poison)
    outcome = office.run(concurrency=1, max_requests=2 + 2)
    assert sent(outcome) == {"created": 1, "failed": 1, "pending": 6}
    assert sent(office.run(concurrency=1).check()) == {"created": 7, "failed": 1}
    assert wall.number == 8


def test_a_lone_record_is_rejected_if_the_key_was_ever_good_for_another(office):
    office.write(people(8))
    office.run()
    office.write(people(9, {9}))
    behind(office, poison)
    outcome = office.run().check()
    assert sent(outcome) == {"failed": 1}
    assert outcome.report.error is None


def test_several_that_are_all_refused_stop_the_first_night_and_are_rejected_the_next(office):
    office.write(people(8))
    office.run()
    office.write(people(11, {9, 10, 11}))
    wall = behind(office, poison)
    for _ in range(2):
        assert isinstance(office.run().check().report.error, DoubtfulRefusal)
    office.hands.at += 24 * 60 * 60
    outcome = office.run().check()
    assert sent(outcome) == {"failed": 3}
    assert wall.number == 3 * 3, "the decision holds for all of them at once"


@pytest.mark.parametrize(("count", "nights"), [(10, 2), (25, 3)])
def test_however_many_are_refused_in_a_row_the_others_come_through_within_nights(count, nights, office):
    office.write(people(count + 20, set(range(5, 5 + count))))
    behind(office, poison)
    for _ in range(nights - 1):
        assert isinstance(office.run(concurrency=1).check().report.error, DoubtfulRefusal)
        office.hands.at += 24 * 60 * 60
    outcome = office.run(concurrency=1).check()
    assert outcome.report.error is None
    assert sent(outcome)["failed"] == count
    assert len(office.rotor.customers()) == 20


def test_a_record_that_waits_for_a_refused_one_is_held(office):
    office.rotor.seed([{"email": "old@example.com", "first_name": "Old"}])
    office.write([{"key": "1", "email": "old@example.com", "first_name": "Old"}])
    office.run()
    office.write(
        [
            {"key": "1", "email": "new@example.com", "first_name": "Poison"},
            {"key": "2", "email": "old@example.com", "first_name": "Next"},
            {"key": "3", "email": "other@example.com", "first_name": "Other"},
        ]
    )
    behind(office, poison)
    outcome = office.run(concurrency=1).check()
    assert sent(outcome) == {"created": 1, "failed": 1}
    assert outcome.fates() == {2: "rejected", 3: "held", 4: "create"}


@pytest.mark.parametrize("answer", [{"message": "Forbidden"}, {"error": "blocked"}, {}])
def test_a_firewall_may_answer_403_in_json(answer, office):
    office.write(people(8, {4}))
    behind(office, poison, answer=lambda: httpx.Response(403, json=answer))
    assert sent(office.run(concurrency=1).check()) == {"created": 7, "failed": 1}


def test_an_undocumented_refusal_in_rotors_words_is_told_in_them(office):
    office.write(people(8, {4}))
    behind(office, poison, answer=lambda: httpx.Response(451, json={"message": "Not in this country"}))
    [reject] = office.run(concurrency=1).check().table("rejects.csv")
    assert reject["_reason"] == "Rotor refused it (451): Not in this country"


@pytest.mark.parametrize("error_code", [None, "INSUFFICIENT_SCOPE"])
def test_rotors_own_403_and_any_401_stop_whatever_came_through_before(error_code, office):
    office.write(people(8, {4}))
    message = "Forbidden: required scope 'customers:write' not granted for this API key"
    own = {"message": message} if error_code is None else {"error_code": error_code}
    wall = behind(office, poison, answer=lambda: httpx.Response(403, json=own))
    assert code_of(office.run(concurrency=1)) == exit_codes.KEY_REFUSED
    wall.answer = lambda: httpx.Response(401, html=PAGE)
    outcome = office.run(concurrency=1)
    assert isinstance(outcome.report.error, KeyRefused)
    assert "proxy" in str(outcome.report.error)
    assert sent(outcome) == {"created": 7, "pending": 1}, "what was refused before goes last"


def test_a_list_that_a_firewall_refuses_stops_in_words_and_no_scope_is_forgotten(office):
    office.write(people(3))
    behind(office, everything, method="GET")
    with pytest.raises(DoubtfulRefusal, match=r"A firewall or proxy .* blocked GET"):
        office.run()
    direct(office)
    assert office.run().check().summary["directory"]["complete"]


def test_the_local_rotor_can_stand_behind_a_firewall():
    with opened(faults=(Fault.parse("firewall:first_name=Poison"),)) as office:
        office.write(people(8, {4}))
        assert sent(office.run(concurrency=1).check()) == {"created": 7, "failed": 1}
