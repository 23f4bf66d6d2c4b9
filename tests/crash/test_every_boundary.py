"""Killed at any instant and started again, nothing is lost, sent twice as a create, or over the quota.

By default some boundaries of each kind, and some of some recoveries; `--all-boundaries` tries all, and each pair.
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

FAULTS = (Fault.parse("drop after upsert #2"), Fault.parse("500 before upsert #4"), Fault.parse("400:last_name=Poison"))
IN_ROTOR = [
    {"phone": "(763) 555-0100", "email": "ann@example.com", "first_name": "Ann"},
    {"email": "dan@example.com", "first_name": "Dan", "company_name": "Same"},
]
FILE = [
    {"key": "1", "phone": "763-555-0100", "email": "bob@example.com", "first_name": "Ann"},
    {"key": "2", "email": "ann@example.com", "first_name": "Takes what Ann gave up"},
    {"key": "3", "phone": "763-555-0101", "first_name": "New", "tags": ["vip"]},
    {"key": "3", "phone": "763-555-0101", "company_name": "Merged"},
    {"key": "4", "phone": "763-555-0102", "last_name": "Poison"},
    {"key": "5", "email": "dan@example.com", "first_name": "Dan"},
    {"key": "6", "phone": "nothing", "first_name": "Keyless"},
]
LIMIT = 40
LATER = 600
"""Seconds after which no answer can come any more."""
DAY = 24 * 60 * 60


EXPECTED = picture(
    [
        {"id": "", "phone": "(763) 555-0100", "email": "bob@example.com", "first_name": "Ann"},
        {"id": "", "email": "dan@example.com", "first_name": "Dan", "company_name": "Same"},
        {"id": "", "email": "ann@example.com", "first_name": "Takes what Ann gave up"},
        {"id": "", "phone": "+17635550101", "first_name": "New", "company_name": "Merged", "tags": ["vip"]},
        {"id": "", "first_name": "Keyless"},
    ]
)
FATES = Counter(update=1, create=3, merged=1, rejected=1, unchanged=1)
FATES_AGAIN = Counter(unchanged=5, merged=1, rejected=1)


@contextmanager
def office_with(location):
    """None is a file of its own."""
    with opened(settings=Settings(daily_limit=LIMIT), faults=FAULTS) as office:
        if location is not None:
            office.settings = replace(office.settings, ledger=location)
        office.rotor.seed(IN_ROTOR)
        office.write(FILE)
        yield office


def run(office):
    return office.run(concurrency=1, allow_keyless=True)


def trial(location, *deaths):
    """Die at these boundaries, each in a run of its own, then go on; the boundaries that the last one met."""
    with office_with(location) as office, watched(office) as boundaries:
        for at in deaths:
            boundaries.arm(at)
            with suppress(Killed):
                run(office)
        met = list(boundaries.kinds)
        boundaries.arm()
        check(office)
    return met


def check(office):
    office.hands.at += LATER
    outcome = run(office).check()
    assert outcome.summary["state"] == "complete"
    assert outcome.summary["sent"]["pending"] == outcome.summary["sent"]["unknown"] == 0
    assert picture(office.rotor.customers()) == EXPECTED
    assert Counter(outcome.fates().values()) in (FATES, FATES_AGAIN)
    requests = office.rotor.requests()
    assert max(sum(one.at <= other.at < one.at + DAY for other in requests) for one in requests) <= LIMIT
    assert run(office).check().posts == 0


@pytest.fixture
def stride(request, every):
    """The distance between two boundaries that are tried, of a run and of a recovery; PostgreSQL takes longer."""
    of_run, of_recovery = (19, 27) if "sqlite" in request.node.name else (31, 31)
    return every(of_run), every(of_recovery)


def test_a_run_may_end_at_each_of_its_boundaries(place, stride):
    met = trial(place(), NEVER)
    chosen = spread(met, stride[0])
    assert [len(trial(place(), at)) for at in chosen] == chosen
    print(f"{len(met)} boundaries, a run ended at {len(chosen)}: {dict(Counter(met))}")  # noqa: T201 - -rP shows it
    assert len(met) > 60
    assert set(met) == {"commit", "send", "receive", "open", "os.rename", "os.mkdir"}


def test_a_recovery_may_end_at_each_of_its_boundaries_too(place, stride):
    ended = 0
    for first in range(1, len(trial(place(), NEVER)) + 1, stride[1]):
        second = 1
        while len(trial(place(), first, second)) == second:
            second += stride[1]
            ended += 1
    print(f"{ended} recoveries ended at one of theirs")  # noqa: T201 - -rP shows it
    assert ended > 10
