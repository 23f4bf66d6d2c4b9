"""What was approved is what is done: saved plans over random files and random Rotors."""

import csv
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from plain import normal
from rotor import opened
from worlds import CUSTOMERS, KEYED_ROWS, ROWS, edits

from rotor_import import plan_import, run_import
from rotor_import.errors import PlanError
from rotor_import.model.question import CHOICES

TABLES = ("rows.csv", "creates.csv", "updates.csv", "review.csv", "rejects.csv", "merges.csv")


def approve(office, **more):
    chosen = replace(office.settings, **more)
    plan = office.folder / "plan.rotor"
    return plan_import([office.file], office.mapping, chosen, office.world, save=plan).summary


def carry_out(office):
    return run_import([office.folder / "plan.rotor"], None, office.settings, office.world).summary


def read(summary, name):
    return (Path(summary["report"]) / name).read_text(encoding="utf-8-sig")


def fates(summary):
    """Each row's own number and disposition: the id of a created customer is known only afterwards."""
    return [line.split(",")[1:3] for line in read(summary, "rows.csv").splitlines()]


@settings(settings.get_profile("long"))
@given(data=st.data(), customers=CUSTOMERS, rows=st.one_of(ROWS, KEYED_ROWS), keyless=st.booleans())
def test_the_run_of_a_saved_plan_has_every_fate_and_request_of_it(data, customers, rows, keyless):
    """Whatever was imported before, and whatever waits."""
    with opened() as office:
        office.rotor.seed(customers)
        office.write(rows)
        if data.draw(st.booleans()):
            office.run(max_requests=data.draw(st.sampled_from([3, 4, 100])))
            for at, name, value in data.draw(edits(rows)):
                rows[at] = {**rows[at], name: value}
            office.write(rows)
        approved, before = approve(office, allow_keyless=keyless), office.rotor.posts()
        done = carry_out(office)
        assert done["state"] == "complete"
        assert office.rotor.posts() - before == approved["changes"]["create"] + approved["changes"]["update"]
        for name in ("changes", "rows"):
            assert done[name] == approved[name]
        for name in TABLES[1:]:
            assert read(done, name) == read(approved, name)
        assert fates(done) == fates(approved)
        assert "already carried out" in carry_out(office)["notes"][0]


@settings(settings.get_profile("long"))
@given(data=st.data(), customers=CUSTOMERS, rows=st.one_of(ROWS, KEYED_ROWS))
def test_what_is_refused_has_sent_nothing_and_what_goes_on_is_the_plan(data, customers, rows):
    """Somebody edits any customer, or adds one, between the plan and its run."""
    with opened() as office:
        office.rotor.seed(customers)
        office.write(rows)
        approved = approve(office)
        known = office.rotor.customers()
        if known and data.draw(st.booleans()):
            one = data.draw(st.sampled_from([customer["id"] for customer in known]))
            office.rotor.sandbox.edit(one, phone=data.draw(st.sampled_from(["", "7635550101", "7635550103"])))
        else:
            office.rotor.seed(data.draw(CUSTOMERS))
        before = office.rotor.posts()
        try:
            done = carry_out(office)
        except PlanError:
            assert office.rotor.posts() == before
            assert office.pending() == {}
        else:
            assert done["changes"] == approved["changes"]
            assert fates(done) == fates(approved)


def decide(data, office, outcome):
    """review.csv of the outcome, given back with whatever words."""
    lines = outcome.table("review.csv")
    for line in lines:
        line["decision"] = data.draw(st.sampled_from(["", *CHOICES[line["kind"]]]))
    path = office.folder / "decided.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    return path


def keys(office):
    """Who holds which phone and email, as numbers and in lower case."""
    found = {}
    for one in office.rotor.customers():
        for name in ("phone", "email"):
            value = normal(name, one.get(name))
            if value:
                found.setdefault((name, value), set()).add(one["id"])
    return found


def keys_of_separated(path, rows):
    """The phones and emails of the rows that the decisions separate."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines = [line for line in csv.DictReader(file) if line["decision"] == "separate"]
    separated = [rows[int(row) - 2] for line in lines for row in line["rows"].split(",")]
    return {(name, normal(name, row[name])) for row in separated for name in ("phone", "email")}


def same_again(office, outcome):
    again = office.run().check()
    assert again.posts == 0
    expected = {row: "unchanged" if fate in ("create", "update") else fate for row, fate in outcome.fates().items()}
    assert again.fates() == expected


@settings(settings.get_profile("long"))
@given(data=st.data(), customers=CUSTOMERS, rows=KEYED_ROWS)
def test_decisions_take_no_key_from_anybody_and_are_remembered(data, customers, rows):
    """The other rows were imported before, so that whatever moves now, a decision moved it.

    Rows that a decision separates from a household take their own keys with them.
    """
    with opened() as office:
        office.rotor.seed(customers)
        office.write(rows)
        first = office.run().check()
        if not first.table("review.csv"):
            return
        given = decide(data, office, first)
        before = keys(office)
        planned = office.plan(decisions=given).check()
        outcome = office.run(decisions=given).check()
        assert outcome.fates() == planned.fates()
        assert outcome.table("updates.csv") == planned.table("updates.csv")
        assert outcome.posts == planned.summary["changes"]["create"] + planned.summary["changes"]["update"]
        own = keys_of_separated(given, rows)
        for key, holders in keys(office).items():
            assert holders <= before.get(key, holders) or key in own
            assert len(holders) <= max(1, len(before.get(key, ())))
        same_again(office, outcome)


@settings(settings.get_profile("long"))
@given(data=st.data(), customers=CUSTOMERS, rows=st.one_of(ROWS, KEYED_ROWS))
def test_decisions_about_a_dry_run_are_carried_out_as_planned_and_the_next_run_sends_nothing(data, customers, rows):
    """Then rows are edited: what is decided anew, and what is forgotten, is the same in plan and run."""
    with opened() as office:
        office.rotor.seed(customers)
        office.write(rows)
        dry = office.plan().check()
        if not dry.table("review.csv"):
            return
        given = decide(data, office, dry)
        planned = office.plan(decisions=given).check()
        outcome = office.run(decisions=given).check()
        assert outcome.fates() == planned.fates()
        assert outcome.posts == planned.summary["changes"]["create"] + planned.summary["changes"]["update"]
        assert planned.table("review.csv") == outcome.table("review.csv")
        same_again(office, outcome)
        for at, name, value in data.draw(edits(rows)):
            rows[at] = {**rows[at], name: value}
        office.write(rows)
        planned = office.plan().check()
        outcome = office.run().check()
        assert outcome.fates() == planned.fates()
        same_again(office, outcome)
