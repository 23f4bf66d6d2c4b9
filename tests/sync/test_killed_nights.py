"""A sync that dies between any two of its steps takes each file once all the same."""

from contextlib import suppress

import pytest
from boundaries import Killed, watched
from drops import Box
from rotor import opened

from rotor_import.errors import AccountBusy
from rotor_import.ledger.accounts import Accounts
from rotor_import.ledger.store import Ledger

OLD = [{"key": str(at), "phone": f"763-555-01{at:02}", "first_name": f"Old{at}"} for at in range(3)]
NEW = [{"key": str(at), "phone": f"763-555-01{at:02}", "first_name": f"New{at}"} for at in range(2)]
DELTA = [{"key": "9", "phone": "763-555-0109", "first_name": "Delta"}]


def night_that_dies(at, more, expected):
    """Whether it got so far as to die there."""
    with opened(more=more) as office:
        box = Box(office)
        box.put("1.csv", OLD)
        box.put("2.csv", NEW)
        if "delta" in more:
            box.put("3.csv", DELTA)
        with watched(office) as boundaries:
            boundaries.arm(at)
            with suppress(Killed):
                box.night(concurrency=1)
            died = len(boundaries.kinds) == at
        for _ in range(2):
            assert box.night().report.error is None
        found = {one["first_name"] for one in office.rotor.customers()}
        assert found == expected, f"died at {at}"
        assert box.names() == []
        assert len(box.names("processed")) == (3 if "delta" in more else 2)
        box.night()
        assert box.night().posts == 0
    return died


@pytest.mark.parametrize(
    ("more", "expected"),
    [("drop: full", {"New0", "New1"}), ("drop: delta", {"New0", "New1", "Old2", "Delta"})],
)
def test_wherever_it_dies_every_file_is_taken_once(more, expected):
    at = 1
    while night_that_dies(at, more, expected):
        at += 1
    assert at > 40


def test_a_second_sync_at_the_same_time_is_told_to_wait(box):
    box.put("1.csv", OLD)
    box.night()
    with Ledger(box.office.settings.ledger) as ledger:
        accounts = Accounts(ledger)
        digest = accounts.key_hash(box.office.settings.base_url, box.office.settings.key)
        with ledger.hold(accounts.find(digest).id), pytest.raises(AccountBusy):
            box.night()
