"""An older copy of the ledger, restored from a backup: whom Rotor's list proves to be there is not created again."""

import sqlite3
from contextlib import closing

import pytest

ADA = {"key": "1", "first_name": "Ada", "last_name": "Byron"}
BEN = {"key": "2", "first_name": "Ben", "email": "ben@example.com", "company_name": "Harbor"}
KEYLESS = [{"key": f"k{at}", "first_name": "Ada", "last_name": f"Byron{at}"} for at in range(3)]
KEYED = [{"key": f"p{at}", "first_name": f"P{at}", "email": f"person{at}@example.com"} for at in range(3)]
OLDER = "The ledger may have been restored from an older backup"


def backup_of(office, rows):
    """A copy of the ledger in which these rows are planned and none is sent."""
    office.write(rows)
    outcome = office.run(allow_keyless=True, max_requests=2)
    assert outcome.summary["sent"]["pending"] == len(rows)
    copy = office.folder / "backup.sqlite"
    with closing(sqlite3.connect(office.settings.ledger)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    return copy


def restore(office, copy):
    with closing(sqlite3.connect(copy)) as old, closing(sqlite3.connect(office.settings.ledger)) as new:
        old.backup(new)


def test_nobody_is_doubled_keyless_or_not_and_the_rows_are_linked_again(office):
    rows = [*KEYLESS, *KEYED]
    copy = backup_of(office, rows)
    office.run(allow_keyless=True).check()
    restore(office, copy)
    outcome = office.run(allow_keyless=True).check()
    assert (outcome.posts, len(office.rotor.customers())) == (0, 6)
    [note] = outcome.summary["notes"]
    assert note.startswith("6 customers that this ledger still had to create are in Rotor already")
    assert OLDER in note
    ids = {one["id"] for one in office.rotor.customers()}
    assert {line["id"] for line in outcome.table("results.csv")} == ids
    edited = [{**row, "company_name": "Engines"} for row in rows]
    office.write(edited)
    assert office.run(allow_keyless=True).check().summary["changes"]["update"] == 6
    assert {one["company_name"] for one in office.rotor.customers()} == {"Engines"}
    assert len(office.rotor.customers()) == 6


def test_those_who_were_not_sent_are_sent_and_the_note_counts_the_others(office):
    copy = backup_of(office, [*KEYLESS, *KEYED])
    office.run(allow_keyless=True, max_requests=4, concurrency=1)
    assert len(office.rotor.customers()) == 3
    restore(office, copy)
    outcome = office.run(allow_keyless=True).check()
    assert (outcome.posts, len(office.rotor.customers())) == (3, 6)
    assert outcome.summary["notes"][0].startswith("3 customers that this ledger still had to create")


def test_one_that_somebody_edited_since_is_unknown_and_not_sent(office):
    copy = backup_of(office, [ADA])
    office.run(allow_keyless=True)
    restore(office, copy)
    [one] = office.rotor.customers()
    office.rotor.sandbox.edit(one["id"], first_name="ADA")
    for _ in range(2):
        outcome = office.run(allow_keyless=True).check()
        assert outcome.summary["sent"]["unknown"] == 1
        assert len(office.rotor.customers()) == 1
    assert outcome.report.troubled == 1
    restore(office, copy)
    assert "this is uncertain" in office.run(allow_keyless=True).summary["notes"][0]


def test_somebody_who_was_there_before_proves_nothing(office):
    office.rotor.seed([{"first_name": "Ada", "last_name": "Byron"}])
    backup_of(office, [ADA])
    outcome = office.run(allow_keyless=True).check()
    assert (outcome.posts, outcome.summary["notes"]) == (1, [])
    assert len(office.rotor.customers()) == 2


def test_a_new_file_after_the_restore_doubles_nobody_either(office):
    copy = backup_of(office, [ADA, BEN])
    office.run(allow_keyless=True)
    restore(office, copy)
    office.write([ADA, BEN, *KEYED])
    outcome = office.run(allow_keyless=True).check()
    assert (outcome.posts, len(office.rotor.customers())) == (3, 5)


@pytest.mark.parametrize("more", [{"company_name": "Engines"}, {"last_name": "Lovelace"}, {"email": "a@example.com"}])
def test_a_new_file_that_says_more_updates_whom_the_older_one_created(more, office):
    copy = backup_of(office, [ADA])
    office.run(allow_keyless=True)
    restore(office, copy)
    office.write([ADA | more])
    outcome = office.run(allow_keyless=True).check()
    assert outcome.posts == 1
    [one] = office.rotor.customers()
    assert {name: one[name] for name in more} == more
    assert office.run(allow_keyless=True).check().posts == 0
