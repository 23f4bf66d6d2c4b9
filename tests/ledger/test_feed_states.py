"""The states of feeds that people were told, on SQLite and PostgreSQL."""

import pytest

from rotor_import.ledger.accounts import Accounts
from rotor_import.ledger.feed_states import FeedState, FeedStates
from rotor_import.ledger.store import Ledger


@pytest.fixture
def ledger(location):
    with Ledger(location) as one:
        yield one


@pytest.fixture
def account(ledger):
    accounts = Accounts(ledger)
    accounts.remember("hash", "https://rotor.example", "company", [])
    return accounts.find("hash").id


def test_a_state_is_remembered_for_each_feed_until_it_is_well(ledger, account):
    down, refused = FeedState("down", "", 1.0, 1.0), FeedState("key", "key", 2.0, 3.0)
    one, other = (FeedStates(ledger, "job", account, feed) for feed in ("clients", "leads"))
    one.save(down)
    other.save(refused)
    assert (one.find(), other.find()) == (down, refused)
    one.save(None)
    assert (one.find(), other.find()) == (None, refused)


def test_what_a_job_was_told_goes_over_to_its_feed_once_that_is_known(ledger, account):
    job, feed = FeedStates(ledger, "job", None, "clients"), FeedStates(ledger, "job", account, "clients")
    feed.save(FeedState("rows", "rows", 1.0, 1.0))
    job.save(FeedState("input", "input", 5.0, 5.0))
    assert feed.find() == FeedState("input", "input", 1.0, 5.0), "the last word, since the first trouble"
    feed.save(FeedState("input", "input", 1.0, 6.0))
    assert job.find() is None
    feed.save(None)
    assert feed.find() is None


def test_what_is_known_of_an_account_is_forgotten_with_it(ledger, account):
    states = FeedStates(ledger, "job", account, "clients")
    states.save(FeedState("down", "down", 1.0, 1.0))
    Accounts(ledger).forget(account)
    assert states.find() is None
