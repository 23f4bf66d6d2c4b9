"""A run that asks somebody between planning and sending."""

from dataclasses import replace

import pytest

from rotor_import import run_import

ANN = {"key": "k1", "first_name": "Ann", "phone": "763-555-0100"}


def asked(office, *, answer, waits=0.0, meanwhile=lambda: None):
    """A run of which somebody takes so many seconds to decide, and what was proposed."""
    proposals, at = [], [0.0]

    def confirm(proposal):
        proposals.append(proposal)
        at[0] += waits
        meanwhile()
        return answer

    clock = replace(office.world.clock, monotonic=lambda: at[0])
    world = replace(office.world, clock=clock, confirm=confirm)
    return run_import([office.file], str(office.mapping), office.settings, world), proposals


def test_it_asks_once_and_sends_what_it_proposed(office):
    office.write([ANN])
    report, [proposal] = asked(office, answer=True)
    assert (proposal.customers, proposal.goes_on) == (1, False)
    assert report.summary["changes"] == proposal.summary["changes"]
    assert (report.summary["sent"]["created"], office.rotor.posts()) == (1, 1)
    again, proposals = asked(office, answer=True)
    assert (again.summary["changes"]["unchanged"], proposals) == (1, [])


def test_after_a_no_the_ledger_is_as_it_was_and_the_report_a_dry_runs(office):
    office.write([ANN])
    report, _ = asked(office, answer=False)
    assert (report.is_declined, report.summary["mode"], office.rotor.posts()) == (True, "plan", 0)
    assert office.pending() == {}
    assert (report.folder / "report.html").exists()
    assert office.run().summary["sent"]["created"] == 1


@pytest.mark.parametrize(("waits", "gets"), [(10.0, 0), (3600.0, 1)])
def test_rotors_list_is_read_again_only_after_a_long_wait(office, waits, gets):
    office.write([ANN])
    office.run()
    office.write([ANN | {"first_name": "Anna"}])
    lists = sum(request.method == "GET" for request in office.rotor.requests())
    report, _ = asked(office, answer=True, waits=waits)
    now = sum(request.method == "GET" for request in office.rotor.requests())
    assert (now - lists, report.summary["sent"]["updated"]) == (1 + gets, 1)


@pytest.mark.parametrize(("waits", "sleeps"), [(3600.0, 0.0), (3600.0, 3600.0), (1.0, 3600.0)])
def test_an_edit_in_rotor_during_a_long_wait_is_not_overwritten_even_if_the_computer_slept(office, waits, sleeps):
    office.write([ANN])
    office.run()
    office.write([ANN | {"first_name": "Anna"}])
    [ann] = office.rotor.customers()

    def sleep():
        office.hands.at += sleeps
        office.rotor.sandbox.edit(ann["id"], first_name="Annie")

    report, _ = asked(office, answer=True, waits=waits, meanwhile=sleep)
    assert [one["first_name"] for one in office.rotor.customers()] == ["Annie"]
    assert report.summary["held_fields"] == 1


def test_a_run_that_goes_on_asks_about_what_is_left_and_a_no_leaves_it_so(office):
    office.write([ANN | {"key": str(at), "phone": f"763-555-01{at:02}"} for at in range(4)])
    assert office.run(max_requests=3).summary["sent"]["pending"] == 3
    report, [proposal] = asked(office, answer=False)
    assert (proposal.customers, proposal.goes_on) == (3, True)
    assert (report.is_declined, report.summary["state"], len(office.pending())) == (True, "paused", 3)
    report, [proposal] = asked(office, answer=True)
    assert (proposal.customers, report.summary["sent"]["created"], office.pending()) == (3, 4, {})
