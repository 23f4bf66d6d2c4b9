"""Where a ledger lies: the very file that is named, private, one lock for all of its names, and who holds it."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing, contextmanager

import pytest
import sqlalchemy as sa

from rotor_import.errors import AccountBusy, LedgerError
from rotor_import.ledger.accounts import Accounts
from rotor_import.ledger.holders import Holder
from rotor_import.ledger.store import Ledger, backend_of
from rotor_import.report import make_folder

HOLDING = """\
import sys
from rotor_import.ledger.store import Ledger
with Ledger(sys.argv[1]) as ledger, ledger.hold(1, 1_800_000_000.0):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def umask(value):
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)


def modes(folder):
    return {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file() or path.is_dir()
    }


def account_in(ledger):
    Accounts(ledger).remember("hash", "https://rotor.test", "a-company", [])
    return Accounts(ledger).find("hash").id


@pytest.mark.parametrize(
    "name",
    [
        *("my?ledger.sqlite", "a#b", "50%41.sqlite", "two words", 'it\'s "mine"', "line\nbreak", "Zoë", ":memory:"),
        *("ledger?mode=memory&cache=shared", "file:x"),
    ],
)
def test_the_very_file_that_is_named_is_opened(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with Ledger(name) as ledger:
        assert account_in(ledger) == 1
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with closing(sqlite3.connect(tmp_path / name)) as again:
        assert again.execute("SELECT company FROM accounts").fetchall() == [("a-company",)]


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o777])
def test_whatever_the_umask_all_files_are_the_owners_alone(tmp_path, mask):
    with umask(mask), Ledger(str(tmp_path / "new" / "deep" / "ledger.sqlite")) as ledger:
        account = account_in(ledger)
        with ledger.hold(account):
            assert modes(tmp_path) == {
                **dict.fromkeys(("new", "deep"), 0o700),
                **{f"ledger.sqlite{end}": 0o600 for end in ("", "-wal", "-shm", f".account-{account}.lock")},
            }
        backend_of(str(tmp_path / "new" / "deep" / "ledger.sqlite")).keep_copy(1)
        make_folder(tmp_path / "reports" / "of" / "mine")
    assert modes(tmp_path / "new")["ledger.sqlite.v1"] == 0o600
    assert modes(tmp_path / "reports") == {"of": 0o700, "mine": 0o700}


def test_a_folder_that_is_there_keeps_its_mode(tmp_path):
    tmp_path.chmod(0o755)
    with Ledger(str(tmp_path / "ledger.sqlite")):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


@pytest.mark.parametrize("links", [["link"], ["further", "link"]])
def test_two_names_of_one_file_share_its_lock(tmp_path, links):
    with Ledger(str(tmp_path / "ledger.sqlite")) as ledger:
        account = account_in(ledger)
        (tmp_path / "other").mkdir()
        target = tmp_path / "ledger.sqlite"
        for name in reversed(links):
            (tmp_path / "other" / name).symlink_to(target)
            target = tmp_path / "other" / name
        with Ledger(str(target)) as second, ledger.hold(account), pytest.raises(AccountBusy), second.hold(account):
            pass
    assert sorted(path.name for path in (tmp_path / "other").iterdir()) == sorted(links)


def test_a_link_to_a_file_that_is_not_there_makes_it_there(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "far" / "ledger.sqlite")
    with Ledger(str(tmp_path / "link")):
        assert (tmp_path / "far" / "ledger.sqlite").is_file()


def test_links_in_a_circle_are_told_in_words(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    for path in (tmp_path / "a", tmp_path / "a" / "ledger.sqlite"):
        with pytest.raises(LedgerError, match="links form a loop"):
            Ledger(str(path))


def test_a_file_with_two_hard_names_is_refused_for_sqlite_could_lose_what_is_in_it(tmp_path):
    with Ledger(str(tmp_path / "ledger.sqlite")):
        pass
    (tmp_path / "twin").hardlink_to(tmp_path / "ledger.sqlite")
    for name in ("ledger.sqlite", "twin"):
        with pytest.raises(LedgerError, match="2 names"):
            Ledger(str(tmp_path / name))


def test_who_comes_second_is_told_who_holds_the_account_and_since_when(location, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    with Ledger(location) as ledger, Ledger(location) as second:
        account = account_in(ledger)
        with ledger.hold(account, 1_800_000_000.0), pytest.raises(AccountBusy) as error, second.hold(account):
            pass
    words = str(error.value)
    assert (
        f"process {os.getpid()} on this computer, since Jan 15, 2027, 8:00 AM UTC. Wait until it has finished" in words
    )
    assert ("pg_terminate_backend(" in words) == ("://" in location)


def test_a_holder_on_another_machine_is_named_and_what_to_do_if_it_is_gone(location, monkeypatch):
    with Ledger(location) as ledger, Ledger(location) as second:
        account = account_in(ledger)
        with monkeypatch.context() as patch:
            patch.setattr("socket.gethostname", lambda: "night-server")
            held = ledger.hold(account)
            held.__enter__()
        with (
            pytest.raises(AccountBusy, match=r"on night-server\. Wait .* If (that computer|night-server) is off"),
            second.hold(account),
        ):
            pass
        held.__exit__(None, None, None)


def test_the_lock_of_a_process_that_died_is_gone_though_its_file_is_there(tmp_path):
    location = str(tmp_path / "ledger.sqlite")
    with Ledger(location) as ledger:
        account = account_in(ledger)
        command, pipe = [sys.executable, "-c", HOLDING, location], subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
            assert process.stdout.readline() == "held\n"
            with pytest.raises(AccountBusy, match=f"process {process.pid} on this computer"), ledger.hold(account):
                pass
            process.kill()
        with ledger.hold(account):
            assert (tmp_path / f"ledger.sqlite.account-{account}.lock").exists()


def test_a_lock_that_cannot_be_had_is_told_in_words(tmp_path):
    with Ledger(str(tmp_path / "ledger.sqlite")) as ledger:
        account = account_in(ledger)
        (tmp_path / f"ledger.sqlite.account-{account}.lock").mkdir()
        with pytest.raises(LedgerError, match="Can't lock the ledger"), ledger.hold(account):
            pass


def test_a_note_about_the_holder_that_cannot_be_read_is_no_note(location):
    with Ledger(location) as ledger, Ledger(location) as second:
        account = account_in(ledger)
        with ledger.hold(account):
            with ledger.atomic() as tx:
                tx.execute(sa.text("UPDATE meta SET value = 'nonsense' WHERE name LIKE 'holder-%'"))
            with pytest.raises(AccountBusy, match=r"to this account\. Wait"), second.hold(account):
                pass
    assert not Holder("elsewhere", 1, 0.0).is_here
