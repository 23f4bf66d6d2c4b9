"""Requests that are counted in one transaction: each before it is sent, none if the transaction fails."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from unittest.mock import patch

import pytest
from rotor import opened
from sqlalchemy.engine.default import DefaultDialect
from transports import Between

from rotor_import.errors import LedgerError, QuotaSpent
from rotor_import.ledger.requests import Requests
from rotor_import.ledger.store import Ledger
from rotor_import.model.clock import Clock
from rotor_import.model.quota_window import DAY, QuotaWindow
from rotor_import.quota import Limits, Quota

MANY = 6


class Held(Requests):
    """The first transaction waits until the others have asked, so that they share the second."""

    def __init__(self, ledger):
        super().__init__(ledger)
        self.groups = []
        self.began, self.go_on = threading.Event(), threading.Event()

    def reserve(self, requests, now, **more):
        self.groups.append(len(requests))
        if len(self.groups) == 1:
            self.began.set()
            assert self.go_on.wait(60)
        return super().reserve(requests, now, **more)


def admitted(location, limit=1000, **limits):
    """What became of a first request, and of the others that are counted together after it."""
    with Ledger(location) as ledger, ThreadPoolExecutor(MANY) as threads:
        held = Held(ledger)
        quota = Quota(held, "hash", Limits((QuotaWindow(limit, DAY),), patience=0, **limits), Clock(lambda: 1e9), "run")
        futures = [threads.submit(quota.admit, "POST", "/customers", "new:0")]
        assert held.began.wait(60)
        for at in range(1, MANY):
            futures.append(threads.submit(quota.admit, "POST", "/customers", f"new:{at}"))
            while len(quota._group._waiting) < at:  # noqa: SLF001 - else the order would be chance
                pass
        held.go_on.set()
        errors = [future.exception(60) for future in futures]
        assert held.groups[:2] in ([1, MANY - 1], [1, limits.get("max_requests", MANY) - 1])
        return errors, quota.state().used, Requests(ledger).log("run")


def test_each_of_a_group_has_an_attempt_of_its_own(location):
    errors, used, log = admitted(location)
    assert errors == [None] * MANY
    assert used == MANY
    assert [change for _, _, change, _ in log] == [f"new:{at}" for at in range(MANY)]


def test_a_group_that_does_not_fit_is_counted_as_far_as_it_does(location):
    errors, used, log = admitted(location, limit=4)
    assert [type(error) for error in errors] == [type(None)] * 4 + [QuotaSpent] * 2
    assert (used, len(log)) == (4, 4)


def test_a_group_keeps_to_the_runs_own_bound(location):
    errors, used, _ = admitted(location, max_requests=3)
    assert [type(error) for error in errors] == [type(None)] * 3 + [QuotaSpent] * 3
    assert "--max-requests" in str(errors[-1])
    assert used == 3


def test_a_commit_that_fails_fails_every_request_of_its_group_and_counts_none(location):
    usual, commits = DefaultDialect.do_commit, []

    def second_fails(dialect, connection):
        commits.append(1)
        if len(commits) == 2:
            connection.rollback()
            raise dialect.loaded_dbapi.OperationalError("database or disk is full")
        usual(dialect, connection)

    with Ledger(location):
        pass
    with patch.object(Held, "reserve", counting_commits_from_here(second_fails)):
        errors, used, log = admitted(location)
    assert errors[0] is None
    assert {type(error) for error in errors[1:]} == {LedgerError}
    assert used == len(log) == 1


def counting_commits_from_here(do_commit):
    usual = Held.reserve

    def reserve(self, requests, now, **more):
        with patch.object(DefaultDialect, "do_commit", do_commit):
            return usual(self, requests, now, **more)

    return reserve


class Counted(Between):
    """As a request goes out, another connection to the ledger sees that it, and each before it, is counted."""

    sent = 0
    lock = threading.Lock()

    def __init__(self, transport, ledger, missing):
        super().__init__(transport)
        self._ledger, self._missing = ledger, missing

    def handle_request(self, request):
        if request.method == "POST":
            with self.lock:
                Counted.sent += 1
                with closing(sqlite3.connect(self._ledger)) as ledger:
                    counted = ledger.execute("SELECT count(*) FROM requests WHERE method = 'POST'").fetchone()[0]
                if counted < self.sent:
                    self._missing.append((self.sent, counted))
        return super().handle_request(request)


def test_every_request_of_a_group_is_in_the_ledger_before_it_goes_out():
    with opened() as office:
        missing, transport, Counted.sent = [], office.rotor.transport, 0
        office.rotor.transport = lambda: Counted(transport(), office.settings.ledger, missing)
        office.write([{"key": str(at), "email": f"person{at}@example.com"} for at in range(60)])
        assert office.run(concurrency=8).summary["sent"]["created"] == 60
        assert (Counted.sent, missing) == (60, [])


@pytest.mark.parametrize("limit", [1, 7, 20])
def test_many_at_a_time_never_exceed_the_quota(limit):
    with opened() as office:
        office.write([{"key": str(at), "email": f"person{at}@example.com"} for at in range(30)])
        outcome = office.run(concurrency=8, daily_limit=limit + 2, patience=0)
        assert len(office.rotor.requests()) <= limit + 2
        assert outcome.summary["sent"]["created"] == outcome.posts == limit
