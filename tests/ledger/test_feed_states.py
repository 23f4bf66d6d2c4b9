"""The states of feeds that people were told, on SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

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


def found(states):
    return states.change(lambda state: state)


def save(states, state):
    assert states.change(lambda _: state) == state


def test_a_state_is_remembered_for_each_feed_until_it_is_well(ledger, account):
    down, refused = FeedState("down", "", 1.0, 1.0), FeedState("key", "key", 2.0, 3.0)
    one, other = (FeedStates(ledger, "job", account, feed) for feed in ("clients", "leads"))
    save(one, down)
    save(other, refused)
    assert (found(one), found(other)) == (down, refused)
    save(one, None)
    assert (found(one), found(other)) == (None, refused)


def test_what_a_job_was_told_goes_over_to_its_feed_once_that_is_known(ledger, account):
    job, feed = FeedStates(ledger, "job", None, "clients"), FeedStates(ledger, "job", account, "clients")
    save(feed, FeedState("rows", "rows", 1.0, 1.0))
    save(job, FeedState("input", "input", 5.0, 5.0))
    assert found(feed) == FeedState("rows,input", "rows,input", 1.0, 5.0), "all of it, since the first trouble"
    save(feed, FeedState("input", "input", 1.0, 6.0))
    assert found(job) is None
    save(feed, None)
    assert found(feed) is None


def test_what_is_known_of_an_account_is_forgotten_with_it(ledger, account):
    states = FeedStates(ledger, "job", account, "clients")
    save(states, FeedState("down", "down", 1.0, 1.0))
    Accounts(ledger).forget(account)
    assert found(states) is None


def test_of_many_that_change_a_state_at_once_none_undoes_what_another_did(location, ledger, account):
    """Each adds one to what it found, on a connection of its own, as another machine has."""

    def add(state):
        return FeedState("down", "down", state.since + 1, 1.0) if state else FeedState("down", "down", 1.0, 1.0)

    def add_often(_):
        with Ledger(location) as own:
            for _ in range(20):
                FeedStates(own, "job", account, "clients").change(add)

    with ThreadPoolExecutor(4) as machines:
        list(machines.map(add_often, range(4)))
    assert found(FeedStates(ledger, "job", account, "clients")).since == 80
