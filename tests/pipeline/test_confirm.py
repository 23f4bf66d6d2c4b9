"""A run that asks somebody between planning and sending."""

import json
import sys
from dataclasses import replace

import pytest

from rotor_import import run_import
from rotor_import.pipeline import run
from rotor_import.pipeline.history import show

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


def test_after_a_yes_no_report_says_that_nothing_was_sent_even_if_the_run_is_killed(office, monkeypatch):
    office.write([ANN])
    monkeypatch.setattr(run, "carry_out", lambda *_: sys.exit("killed"))
    with pytest.raises(SystemExit):
        asked(office, answer=True)
    [folder] = office.settings.report_dir.iterdir()
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert (summary["mode"], summary["state"], summary["sent"]["pending"]) == ("run", "paused", 1)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "nothing was sent" not in page
    assert "rotor-import resume" in page
    shown = show(folder.name[:-3], office.settings, office.world)
    assert (shown["state"], shown["sent"]["pending"]) == ("paused", 1)


def test_a_run_whose_dry_run_was_shown_too_has_one_name(office):
    office.write([ANN])
    report = office.run()
    (report.folder / "summary.json").write_text(json.dumps(report.summary | {"mode": "plan"}), encoding="utf-8")
    assert show(report.folder.name[:-3], office.settings, office.world)["mode"] == "run"
