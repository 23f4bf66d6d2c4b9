"""Real processes: one is killed, stopped, asked to end; another goes on."""

import json
import signal
import sqlite3
from contextlib import closing, contextmanager

import pytest
from processes import PEOPLE, Gate, Machine, ended

from rotor_import.ledger.store import Ledger
from rotor_import.sandbox import Sandbox, serve

HELD = (11, 14)
"""Four POSTs, as many as go at the same time."""


@contextmanager
def rotor():
    with Sandbox() as sandbox:
        gate = Gate(sandbox, *HELD)
        with serve(gate) as url:
            sandbox.gate, sandbox.url = gate, url
            try:
                yield sandbox
            finally:
                gate.open()


@pytest.fixture
def one():
    with rotor() as sandbox:
        yield sandbox


def posts(sandbox):
    return sum(request.method == "POST" for request in sandbox.store.requests())


def everybody_once(sandbox):
    emails = [customer["email"] for customer in sandbox.store.all()]
    return sorted(emails) == sorted(f"person{at}@example.com" for at in range(PEOPLE))


def test_a_killed_process_leaves_the_account_to_the_next_which_loses_and_doubles_nobody(one, tmp_path, location):
    first, second = (Machine(tmp_path / name, one.url, location) for name in ("first", "second"))
    process = first.start()
    assert one.gate.full.wait(60)
    code, out, _ = second.run()
    assert code == 6
    assert "Another run is sending to this account" in json.loads(out)["error"]["message"]
    process.kill()
    assert ended(process)[0] == -signal.SIGKILL
    code, out, error = second.run()
    assert code == 0, error
    assert json.loads(out)["sent"] == {"created": PEOPLE, "updated": 0, "failed": 0, "unknown": 0, "pending": 0}
    one.gate.open()
    assert everybody_once(one)
    assert json.loads(second.run()[1])["requests"]["post"] == 0


def test_a_process_that_sleeps_past_the_loss_of_its_lock_sends_nothing_more(one, tmp_path, server):
    """Only the requests that were under way when it fell asleep escape: as many as --concurrency."""
    location = server.database()
    first, second = (Machine(tmp_path / name, one.url, location) for name in ("first", "second"))
    process = first.start()
    assert one.gate.full.wait(60)
    process.send_signal(signal.SIGSTOP)
    end_sessions_that_hold_an_account(location)
    code, out, error = second.run()
    assert code == 0, error
    assert json.loads(out)["sent"]["created"] == PEOPLE
    sent = posts(one)
    one.gate.open()
    process.send_signal(signal.SIGCONT)
    code, out, error = ended(process)
    assert code == 6, error
    assert "took over this account" in json.loads(out)["error"]["message"]
    assert posts(one) - sent <= 4
    assert everybody_once(one)
    assert json.loads(second.run()[1])["requests"]["post"] == 0


def answered(path):
    """POSTs that Rotor answered, by the ledger."""
    with closing(sqlite3.connect(path)) as ledger:
        return ledger.execute("SELECT count(*) FROM requests WHERE method = 'POST' AND result = '201'").fetchone()[0]


def end_sessions_that_hold_an_account(location):
    with Ledger(location) as ledger, ledger.atomic() as tx:
        tx.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted"
        )


def test_two_accounts_of_one_ledger_are_sent_to_at_the_same_time(tmp_path, location):
    with rotor() as one, rotor() as other:
        first, second = (
            Machine(tmp_path / "first", one.url, location),
            Machine(tmp_path / "second", other.url, location),
        )
        process = first.start()
        assert one.gate.full.wait(60)
        other.gate.open()
        assert second.run()[0] == 0
        assert everybody_once(other)
        one.gate.open()
        assert ended(process)[0] == 0
        assert everybody_once(one)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_finishes_what_is_in_flight_saves_and_exits_4(number, one, tmp_path):
    machine = Machine(tmp_path / "first", one.url, str(tmp_path / "ledger.sqlite"))
    process = machine.start()
    assert one.gate.full.wait(60)
    process.send_signal(number)
    assert process.stderr.readline().startswith("Stopping")
    one.gate.open()
    code, out, error = ended(process)
    assert code == 4, error
    summary = json.loads(out)
    assert summary["state"] == "paused"
    sent = summary["sent"]
    assert sent["created"] == answered(tmp_path / "ledger.sqlite")
    assert sent["created"] + sent["unknown"] == HELD[1] == posts(one)
    assert sent["pending"] == PEOPLE - HELD[1]
    assert json.loads(machine.run()[1])["sent"]["created"] == PEOPLE
    assert everybody_once(one)


def test_a_second_signal_ends_at_once_and_loses_nothing(one, tmp_path):
    machine = Machine(tmp_path / "first", one.url, str(tmp_path / "ledger.sqlite"))
    process = machine.start()
    assert one.gate.full.wait(60)
    process.send_signal(signal.SIGINT)
    process.stderr.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 4
    ended(process)
    one.gate.open()
    assert json.loads(machine.run()[1])["sent"]["created"] == PEOPLE
    assert everybody_once(one)


def test_a_signal_before_anything_is_sent_stops_at_once(one, tmp_path):
    machine = Machine(tmp_path / "first", one.url, str(tmp_path / "ledger.sqlite"))
    process = machine.start("--max-requests", "2")
    process.send_signal(signal.SIGTERM)
    code, _, error = ended(process)
    assert code in (4, -signal.SIGTERM), error
    assert "Traceback" not in error
    assert posts(one) == 0
