"""The promises under each Rotor that would fit its document, where that is silent.

Pairs of unknowns are covered by default; `pytest tests/promises/test_under_unknowns.py --all-unknowns` tries every
combination.
"""

import itertools
from contextlib import suppress

import pytest
from allpairspy import AllPairs
from hypothesis import given, settings
from hypothesis import strategies as st
from plain import lost, picture, replay
from rotor import opened
from worlds import KEYED_ROWS, ROWS, edits, fields

from rotor_import import Settings
from rotor_import import directory as directory_module
from rotor_import.directory import pages_of
from rotor_import.errors import QuotaSpent, RetriableApiError
from rotor_import.sandbox import Fault

UNKNOWNS = {
    "phones": ("normal", "exact"),
    "emails": ("normal", "exact"),
    "created_status": (201, 200),
    "quota_reset": ("rolling", "America/New_York"),
    "count_failed": (True, False),
    "empty": ("clears", "ignored"),
    "archived": ("match", "ignored"),
    "unknown_id": (404, 400),
    "shift_pages": (0, 1),
}
EACH = settings.get_profile("unknowns")
DAY = 24 * 60 * 60
PAGE = 3
"""Customers a page instead of Rotor's 1000, so that lists of a few have pages that can shift."""
IN_ROTOR = st.lists(st.fixed_dictionaries({"archived": st.booleans(), **fields()}), max_size=7)


def combinations(config):
    if config.getoption("--all-unknowns"):
        chosen = itertools.product(*UNKNOWNS.values())
    else:
        chosen = AllPairs(list(UNKNOWNS.values()))
    return [dict(zip(UNKNOWNS, values, strict=True)) for values in chosen]


def pytest_generate_tests(metafunc):
    chosen = combinations(metafunc.config)
    metafunc.parametrize("unknowns", chosen, ids=lambda one: "-".join(str(value) for value in one.values()))


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr(directory_module, "PAGE", PAGE)


def kept(rows, outcome):
    fates = outcome.fates()
    return [row for at, row in enumerate(rows, start=2) if fates.get(at) not in ("held", "rejected", None)]


@settings(EACH)
@given(customers=IN_ROTOR, rows=st.one_of(ROWS, KEYED_ROWS))
def test_one_run_leaves_what_sending_every_row_would_in_the_fewest_requests(unknowns, customers, rows):
    with opened(**unknowns) as office:
        known = office.rotor.seed(customers)
        before = office.rotor.customers()
        office.write(rows)
        planned = office.plan().check()
        outcome = office.run().check()
        expected = replay(before, kept(rows, outcome))
        assert picture(office.rotor.customers(), known=known) == picture(expected, known=known)
        assert outcome.fates() == planned.fates()
        old = {one["id"]: picture([one], known={one["id"]}) for one in before}
        changed = sum(old.get(one["id"]) != picture([one], known={one["id"]}) for one in expected)
        assert outcome.posts == changed
        pages = pages_of(len(customers))
        readings = 3 if unknowns["shift_pages"] and pages > 1 else 2
        assert len(office.rotor.requests()) == 1 + readings * pages + changed
        sent = outcome.summary["sent"]
        assert (sent["created"], sent["updated"]) == tuple(planned.summary["changes"][k] for k in ("create", "update"))
        assert office.run().check().posts == 0


@settings(EACH)
@given(data=st.data(), customers=IN_ROTOR, rows=KEYED_ROWS)
def test_run_after_run_the_plan_is_true_and_again_is_nothing(unknowns, data, customers, rows):
    """Cells change, are cleared, and customers vanish from Rotor, between the runs."""
    with opened(more="write: {company_name: clear}", **unknowns) as office:
        office.rotor.seed(customers)
        for directory in ("api", "api", "ledger"):
            office.write(rows)
            planned = office.plan().check()
            outcome = office.run(directory=directory).check()
            if directory == "api":
                assert outcome.fates() == planned.fates()
            assert office.run(directory=directory).check().posts == 0
            assert outcome.summary["sent"]["failed"] == 0
            for at, name, value in data.draw(edits(rows)):
                rows[at] = {**rows[at], name: value}
            there = [one["id"] for one in office.rotor.customers()]
            if there and data.draw(st.booleans()):
                office.rotor.sandbox.store.delete(data.draw(st.sampled_from(there)))


@settings(EACH)
@given(seed=st.integers(0, 1000), start=st.integers(0, 30 * DAY))
def test_the_quota_is_never_overdrawn_and_everything_is_sent_in_the_end(unknowns, seed, start):
    """Ten customers at seven requests a day, with every fifth request failing."""
    faults = (Fault.parse("500 before 10%"), Fault.parse("drop after 10%"))
    with opened(settings=Settings(daily_limit=7), daily_limit=7, faults=faults, seed=seed, **unknowns) as office:
        office.hands.at += start
        office.write([{"key": str(at), "email": f"person{at}@example.com"} for at in range(10)])
        for _ in range(20):
            with suppress(QuotaSpent, RetriableApiError):
                outcome = office.run()
                if outcome.summary["state"] == "complete":
                    break
            office.hands.at += DAY
        assert outcome.check().summary["sent"]["created"] == 10
        assert len(office.rotor.customers()) == 10
        times = [request.at for request in office.rotor.requests()]
        assert max(sum(first <= at < first + DAY for at in times) for first in times) <= 7
        assert 429 not in {request.status for request in office.rotor.requests()}


@settings(EACH)
@given(customers=IN_ROTOR, rows=st.one_of(ROWS, KEYED_ROWS), directory=st.sampled_from(["ledger", "none"]))
def test_without_a_whole_directory_no_row_is_lost(unknowns, customers, rows, directory):
    with opened(**unknowns) as office:
        office.rotor.seed(customers)
        before = office.rotor.customers()
        office.write(rows)
        planned = office.plan(directory=directory).check()
        outcome = office.run(directory=directory).check()
        assert outcome.fates() == planned.fates()
        sent = outcome.summary["sent"]
        undecided = planned.summary["changes"]["undecided"]
        assert sent["created"] + sent["updated"] == undecided
        # In a ring of keys a create goes without the one that is still another's, and gets it by id: one POST more.
        assert undecided <= outcome.posts <= undecided + sent["created"]
        assert lost(before, office.rotor.customers(), kept(rows, outcome)) == []
