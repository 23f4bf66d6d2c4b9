"""An undo that is killed at any instant and started again takes back all of it, nothing twice, within the quota.

By default some boundaries of each kind; `--all-boundaries` tries all.
"""

from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
from boundaries import NEVER, Killed, spread, watched
from plain import picture
from rotor import opened

from rotor_import import Settings
from rotor_import.sandbox import Fault

FAULTS = (Fault.parse("drop after upsert #8"), Fault.parse("500 before upsert #10"))
IN_ROTOR = [
    {"phone": "(763) 555-0100", "email": "ann@example.com", "first_name": "Ann"},
    {"email": "dan@example.com", "first_name": "Dan", "company_name": "Same"},
    {"phone": "(763) 555-0103", "first_name": "Cy", "last_name": "Before"},
]
FILE = [
    {"key": "1", "phone": "763-555-0100", "email": "bob@example.com", "first_name": "Ann"},
    {"key": "2", "email": "ann@example.com", "first_name": "Takes what Ann gave up"},
    {"key": "3", "phone": "763-555-0101", "first_name": "New"},
    {"key": "3", "phone": "763-555-0101", "company_name": "Merged"},
    {"key": "5", "email": "dan@example.com", "first_name": "Dan"},
    {"key": "6", "phone": "nothing", "first_name": "Keyless"},
    {"key": "7", "phone": "763-555-0103", "last_name": "After"},
]
LIMIT = 40
LATER = 600
"""Seconds after which no answer can come any more."""
DAY = 24 * 60 * 60


@contextmanager
def imported(location):
    """An office whose import is complete; None is a ledger of its own."""
    with opened(settings=Settings(daily_limit=LIMIT), faults=FAULTS) as office:
        if location is not None:
            office.settings = replace(office.settings, ledger=location)
        known = set(office.rotor.seed(IN_ROTOR))
        office.write(FILE)
        run(office)
        office.hands.at += 1
        yield office, known


def run(office):
    return office.run(concurrency=1, allow_keyless=True)


def undo(office):
    return office.undo(concurrency=1)


def trial(location, *deaths):
    """Die at these boundaries, each in an undo of its own, then go on; the boundaries that the last one met."""
    with imported(location) as (office, known), watched(office) as boundaries:
        after = picture(office.rotor.customers(), known=known)
        for at in deaths:
            boundaries.arm(at)
            with suppress(Killed):
                undo(office)
        met = list(boundaries.kinds)
        boundaries.arm()
        check(office, known, after)
    return met


def check(office, known, after):
    office.hands.at += LATER
    outcome = undo(office)
    assert outcome.summary["state"] == "complete"
    assert outcome.summary["sent"]["pending"] == outcome.summary["sent"]["unknown"] == 0
    assert outcome.summary["undone"] == {"restored": 2, "deactivated": 3, "kept": 0, "impossible": 0}
    customers = office.rotor.customers()
    assert picture([one for one in customers if one["id"] in known]) == picture([one | {"id": ""} for one in IN_ROTOR])
    assert [one["status"] for one in customers if one["id"] not in known] == ["inactive"] * 3
    requests = office.rotor.requests()
    assert max(sum(one.at <= other.at < one.at + DAY for other in requests) for one in requests) <= LIMIT
    assert undo(office).posts == 0
    office.hands.at += DAY
    assert run(office).check().summary["state"] == "complete"
    assert picture(office.rotor.customers(), known=known) == after
    assert all(one["status"] in (None, "active") for one in office.rotor.customers())
    assert run(office).check().posts == 0


@pytest.fixture
def stride(request, every):
    """The distance between two boundaries that are tried; PostgreSQL takes longer."""
    return every(13 if "sqlite" in request.node.name else 31)


def test_an_undo_may_end_at_each_of_its_boundaries(place, stride):
    met = trial(place(), NEVER)
    chosen = spread(met, stride)
    assert [len(trial(place(), at)) for at in chosen] == chosen
    print(f"{len(met)} boundaries, an undo ended at {len(chosen)}: {dict(Counter(met))}")  # noqa: T201 - -rP shows it
    assert len(met) > 30
    assert set(met) >= {"commit", "send", "receive", "open", "os.rename"}
