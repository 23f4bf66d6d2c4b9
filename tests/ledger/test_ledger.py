import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.sql.compiler import SQLCompiler
from version_1 import write_version_1

from rotor_import.errors import AccountBusy, LedgerError
from rotor_import.ledger import migrations, schema
from rotor_import.ledger.accounts import Accounts
from rotor_import.ledger.feeds import Feed
from rotor_import.ledger.file_history import FileHistory, Visit
from rotor_import.ledger.outbox import Outbox
from rotor_import.ledger.pending import PendingChange, PendingRow
from rotor_import.ledger.quota_usage import Request, Usage
from rotor_import.ledger.requests import Requests
from rotor_import.ledger.runs import Commitment, Drop, Run, Runs
from rotor_import.ledger.store import Ledger
from rotor_import.model.change import FieldChange, LinkUpdate, Outcome
from rotor_import.model.quota_window import DAY, QuotaWindow
from rotor_import.model.row_link import Named, RowLink
from rotor_import.model.three_way import Baseline

BLANK = {"phone": "", "email": ""}
NOW = schema.VERSION


@pytest.fixture
def ledger(location):
    with Ledger(location) as opened:
        yield opened


@pytest.fixture
def account(ledger):
    accounts = Accounts(ledger)
    accounts.remember("hash", "https://rotor.test", "a-company", ["customers:read"])
    return accounts.find("hash").id


def link(natural_key="k:7", customer="new:1", **more):
    return RowLink(natural_key, 0, customer, "digest", "", "P1", "E1", **more)


def pending(customer="new:1", number=1, **more):
    settings = {
        "feed": "nightly",
        "run": "r1",
        "kind": "create",
        "unknown": False,
        "fields": (FieldChange("phone", "", "P1", "P1"),),
        "keys": {"phone": "P1", "email": ""},
        "before_keys": BLANK,
        "rows": (PendingRow((0, 2), ("k:7", 0), ("cell", None)),),
    }
    return PendingChange(customer=customer, number=number, **(settings | more))


def run_of(account, run="r1"):
    return Run(run, account, "nightly", "run", "print", "hold,0,0", "US", "paused", 1.0, "")


def commit(ledger, account, *, run="r1", links=(), changes=(), equal=None, drops=()):
    Runs(ledger).commit(Commitment(run_of(account, run), list(links), list(changes), equal or {}, [], drops=drops))


def outcome(state, customer="new:1", **more):
    return Outcome(customer, 1, "create", state, **more)


def mirrored(ledger, account):
    lines = Accounts(ledger).mirror_frame(account).iter_rows(named=True)
    return {line.pop("customer"): {name: cell for name, cell in line.items() if cell is not None} for line in lines}


def test_a_file_is_readable_by_its_owner_only(tmp_path):
    with Ledger(str(tmp_path / "ledger.sqlite")):
        pass
    assert stat.S_IMODE((tmp_path / "ledger.sqlite").stat().st_mode) == 0o600


def test_a_ledger_of_a_newer_version_is_refused_in_words(location, ledger):
    with ledger.atomic() as tx:
        tx.execute(sa.update(schema.meta).where(schema.meta.c.name == "version").values(value="99"))
    with pytest.raises(LedgerError, match=r"newer version .* 99"):
        Ledger(location)


def test_a_file_that_is_no_ledger_is_refused_in_words(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be looked at as one" * 10)
    with pytest.raises(LedgerError, match=r"notes\.txt"):
        Ledger(str(path))


def test_a_place_that_cannot_be_written_is_refused_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="--ledger"):
        Ledger(str(tmp_path / "file" / "ledger.sqlite"))


def test_nothing_of_a_transaction_that_fails_is_kept(ledger):
    def half():
        with ledger.atomic() as tx:
            tx.execute(sa.insert(schema.meta).values(name="half", value="done"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    with ledger.atomic() as tx:
        assert tx.scalar(sa.select(schema.meta.c.value).where(schema.meta.c.name == "half")) is None


def test_the_key_is_nowhere_in_the_file(tmp_path):
    with Ledger(str(tmp_path / "ledger.sqlite")) as ledger:
        accounts = Accounts(ledger)
        digest = accounts.key_hash("https://rotor.test", "canary-key")
        accounts.remember(digest, "https://rotor.test", "a-company", [])
    for path in tmp_path.iterdir():
        assert b"canary-key" not in path.read_bytes()


def test_the_salt_makes_the_same_key_another_in_another_ledger(ledger, tmp_path):
    with Ledger(str(tmp_path / "other.sqlite")) as other:
        assert Accounts(ledger).key_hash("u", "k") != Accounts(other).key_hash("u", "k")


def test_a_commit_survives_a_new_start(ledger, account, location):
    commit(ledger, account, links=[LinkUpdate(link(), link(customer="X"))], changes=[pending()])
    ledger.close()
    with Ledger(location) as again:
        assert Outbox(again, account).pending() == [pending()]
        assert Feed(again, account, "nightly").links() == [LinkUpdate(link(), link(customer="X"))]
        assert [run.id for run in Runs(again).unfinished(account)] == ["r1"]


def test_an_acknowledged_create_is_known_by_its_id_everywhere(ledger, account):
    hold = link("k:8", "", fate="held", named=(Named("new:1", "P1", ""),))
    commit(ledger, account, links=[LinkUpdate(link()), LinkUpdate(hold)], changes=[pending()])
    baselines = {"phone": Baseline("P1", "P1")}
    Outbox(ledger, account).acknowledge(
        pending(), {"phone": "P1"}, {"phone": "P1", "email": ""}, baselines, outcome("created", id="X")
    )
    feed = Feed(ledger, account, "nightly")
    found = {update.link.natural_key: update.link for update in feed.links()}
    assert found["k:7"].customer == "X"
    assert found["k:8"].named == (Named("X", "P1", ""),)
    assert feed.baselines() == {"X": baselines}
    assert mirrored(ledger, account) == {"X": {"phone": "P1"}}
    assert Outbox(ledger, account).pending() == []
    assert Outbox(ledger, account).outcomes("r1") == [outcome("created", id="X")]


def test_a_refused_change_leaves_its_rows_what_they_were(ledger, account):
    before = link(customer="X")
    change = pending("X", before_keys={"phone": "P0", "email": ""})
    update = LinkUpdate(RowLink("k:7", 0, "X", "new digest", "", "P2", "E1"), before)
    hold = LinkUpdate(link("k:8", "", fate="held", named=(Named("X", "P1", ""),)))
    commit(ledger, account, links=[update, hold], changes=[change])
    Outbox(ledger, account).give_up(change, outcome("refused", "X", message="no"), "no")
    found = {update.link.natural_key: update.link for update in Feed(ledger, account, "nightly").links()}
    refused = found["k:7"]
    assert (refused.customer, refused.phone, refused.digest) == ("X", "P1", "new digest")
    assert (refused.fate, refused.reason) == ("refused", "no")
    assert found["k:8"].named == (Named("X", "P0", ""),)


def test_a_new_plan_replaces_what_the_feed_had_pending(ledger, account):
    commit(ledger, account, links=[LinkUpdate(link())], changes=[pending()])
    other = pending("new:2", rows=(PendingRow((0, 2), ("k:9", 0), ()),), run="r2")
    commit(ledger, account, run="r2", links=[LinkUpdate(link("k:9", "new:2"))], changes=[other])
    assert [change.customer for change in Outbox(ledger, account).pending()] == ["new:2"]
    assert [update.link.natural_key for update in Feed(ledger, account, "nightly").links()] == ["k:9"]


def test_a_baseline_of_one_field_leaves_the_others(ledger, account):
    commit(ledger, account, equal={"X": {"notes": Baseline("a", "A")}})
    commit(ledger, account, run="r2", equal={"X": {"tags": Baseline(("x",), ("x", "y"))}})
    assert Feed(ledger, account, "nightly").baselines() == {
        "X": {"notes": Baseline("a", "A"), "tags": Baseline(("x",), ("x", "y"))}
    }


class TestRequests:
    request = Request("hash", "r1", "POST", "/customers", "new:1")

    def reserve(self, ledger, now, limit=2):
        return Requests(ledger).reserve([self.request], now, timeout=30, windows=(QuotaWindow(limit, DAY),))[0]

    def test_a_slot_is_free_again_a_day_after_its_outcome(self, ledger):
        ticket = self.reserve(ledger, 100.0, limit=1)
        Requests(ledger).settle(ticket, 110.0, "200")
        assert isinstance(self.reserve(ledger, 100.0 + DAY, limit=1), Usage)
        assert isinstance(self.reserve(ledger, 110.0 + DAY, limit=1), int)

    def test_one_that_never_ended_counts_until_its_timeout_is_a_day_past(self, ledger):
        self.reserve(ledger, 100.0, limit=1)
        assert isinstance(self.reserve(ledger, 129.0 + DAY, limit=1), Usage)
        assert isinstance(self.reserve(ledger, 130.0 + DAY, limit=1), int)

    def test_a_clock_set_back_frees_nothing(self, ledger):
        ticket = self.reserve(ledger, 100_000.0, limit=1)
        Requests(ledger).settle(ticket, 50_000.0, "200")
        assert isinstance(self.reserve(ledger, 50_000.0, limit=1), Usage)

    def test_a_clock_set_back_during_a_request_frees_its_slot_a_day_after_it_began(self, ledger):
        ticket = self.reserve(ledger, 100_000.0, limit=1)
        Requests(ledger).settle(ticket, 50_000.0, "200")
        assert isinstance(self.reserve(ledger, 99_999.0 + DAY, limit=1), Usage)
        assert isinstance(self.reserve(ledger, 100_000.0 + DAY, limit=1), int)

    @pytest.mark.parametrize("result", ["timeout", "dropped", "unreadable", "interrupted", "500", "503"])
    def test_a_change_that_may_have_been_written_is_marked(self, ledger, account, result):
        commit(ledger, account, changes=[pending()])
        Requests(ledger).settle(self.reserve(ledger, 1.0), 2.0, result)
        assert Outbox(ledger, account).pending()[0].unknown

    @pytest.mark.parametrize("result", ["200", "400", "429", "not sent"])
    def test_a_change_that_was_not_written_is_not(self, ledger, account, result):
        commit(ledger, account, changes=[pending()])
        Requests(ledger).settle(self.reserve(ledger, 1.0), 2.0, result)
        assert not Outbox(ledger, account).pending()[0].unknown

    def test_one_without_an_outcome_may_have_been_written(self, ledger, account):
        commit(ledger, account, changes=[pending()])
        self.reserve(ledger, 1.0)
        Requests(ledger).settle_lost(account, 1.0, DAY)
        assert Outbox(ledger, account).pending()[0].unknown


def test_a_statement_is_compiled_once_for_all_files_of_a_process_and_each_keeps_its_own_rows(tmp_path, monkeypatch):
    compiled, compile_ = [], SQLCompiler.__init__

    def counted(self, *arguments, **more):
        compiled.append(arguments)
        compile_(self, *arguments, **more)

    with Ledger(str(tmp_path / "a.sqlite")) as one, Ledger(str(tmp_path / "b.sqlite")) as other:
        for number, ledger in enumerate((one, other)):
            monkeypatch.setattr(SQLCompiler, "__init__", counted)
            compiled.clear()
            Accounts(ledger).remember("hash", "https://rotor.test", f"company-{number}", ["customers:read"])
            found = Accounts(ledger).find("hash")
            assert (found.company, found.scopes) == (f"company-{number}", frozenset({"customers:read"}))
            assert [len(Requests(ledger).usage("hash", 0.0, DAY).ends), found.pulled_at] == [0, None]
    assert compiled == []


def test_the_file_is_a_plain_sqlite_database(tmp_path):
    with Ledger(str(tmp_path / "ledger.sqlite")), closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.fixture
def next_version(monkeypatch):
    """This program as a later version of it, whose accounts have one column more."""

    def raised(*more):
        add = "ALTER TABLE accounts ADD COLUMN label TEXT"
        monkeypatch.setattr(migrations, "STEPS", {**migrations.STEPS, NOW: (add, *more)})
        monkeypatch.setattr(schema, "VERSION", NOW + 1)

    return raised


def version_of(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT value FROM meta WHERE name = 'version'").fetchone()[0]


def test_an_old_ledger_is_migrated_and_a_copy_kept(ledger, account, location, next_version):
    commit(ledger, account, changes=[pending()])
    ledger.close()
    next_version()
    with Ledger(location) as again:
        assert Outbox(again, account).pending() == [pending()]
        with again.hold(account), again.atomic() as tx:
            assert tx.scalar(sa.text("SELECT label FROM accounts")) is None
    if "://" not in location:
        copy = Path(f"{location}.v{NOW}")
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        assert [version_of(copy), version_of(location)] == [str(NOW), str(NOW + 1)]
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("SELECT count(*) FROM outbox").fetchone() == (1,)


def test_the_copy_is_of_the_old_version_though_another_program_migrates_at_once(tmp_path, next_version):
    """Whoever waited for the other to migrate keeps no copy of what that one made."""
    location = str(tmp_path / "ledger.sqlite")
    Ledger(location).close()
    next_version()
    with ThreadPoolExecutor(4) as pool:
        for opened in pool.map(lambda _: Ledger(location), range(4)):
            opened.close()
    assert version_of(f"{location}.v{NOW}") == str(NOW)


def test_tables_of_a_later_version_are_made_by_the_migration(ledger, account, location, next_version):
    commit(ledger, account, drops=[Drop("aa", "people.csv", "taken")])
    with ledger.atomic() as tx:
        tx.exec_driver_sql("DROP TABLE visits")
    ledger.close()
    next_version()
    with Ledger(location) as again:
        [known] = FileHistory(again, account).known("nightly")
        assert (known.sha256, known.name, known.state, known.written_at) == ("aa", "people.csv", "taken", None)
        visit = Visit("nightly", 5.0, "complete", 6.0)
        FileHistory(again, account).save(visit)
        assert FileHistory(again, account).visits() == [visit]


OF_VERSION_2 = (("requests", "recounted_at"), ("keys", "recounted_at"), ("outbox", "attempted"))


def as_version_1(ledger):
    """The ledger as version 1 left it: without these columns, and no attempt says whose it is."""
    with ledger.atomic() as tx:
        for table, column in OF_VERSION_2:
            tx.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
        tx.exec_driver_sql("DROP INDEX requests_by_run")
        tx.exec_driver_sql("DROP TABLE told")
        tx.exec_driver_sql("UPDATE requests SET account = NULL")
        tx.execute(sa.update(schema.meta).where(schema.meta.c.name == "version").values(value="1"))
    ledger.close()


def test_a_ledger_of_version_1_keeps_its_attempts_which_then_are_their_accounts(ledger, account, location):
    commit(ledger, account, changes=[pending()])
    requests, windows = Requests(ledger), (QuotaWindow(5, DAY),)
    requests.reserve([Request("hash", "r1", "POST", "/customers", "new:1")], 100.0, timeout=30, windows=windows)
    requests.reserve([Request("a key never seen", "", "GET", "/auth/test")], 100.0, timeout=30, windows=windows)
    as_version_1(ledger)
    with Ledger(location) as again:
        with again.atomic() as tx:
            assert tx.scalars(sa.select(schema.requests.c.account).order_by(schema.requests.c.id)).all() == [
                account,
                None,
            ]
        assert Outbox(again, account).pending() == [pending()]
        assert Requests(again).doubtful(account) == {("new:1", "r1")}
        assert Requests(again).usage("hash", 100.0, DAY) == Usage((130.0,), None)


def test_a_file_that_version_1_wrote_is_migrated(tmp_path):
    """Its tables as that program made them, with a change pending whose attempt has no outcome."""
    path = tmp_path / "ledger.sqlite"
    write_version_1(path)
    with Ledger(str(path)) as ledger:
        account = Accounts(ledger).find("a-hash").id
        [change] = Outbox(ledger, account).pending()
        assert (change.customer, change.unknown, change.attempted) == ("new:r1:1", False, None)
        Requests(ledger).settle_lost(account, 2_000_000_000.0, DAY)
        assert Outbox(ledger, account).pending()[0].unknown
        with ledger.atomic() as tx:
            assert sa.inspect(tx).get_table_names() == sorted(schema.metadata.tables)
            for table in schema.metadata.tables.values():
                columns = {column["name"] for column in sa.inspect(tx).get_columns(table.name)}
                assert columns == {column.name for column in table.columns}
    assert version_of(f"{path}.v1") == "1"


def test_a_migration_that_fails_leaves_the_old_ledger(ledger, account, location, monkeypatch, next_version):
    commit(ledger, account, changes=[pending()])
    ledger.close()
    with monkeypatch.context() as patch:
        patch.setattr(schema, "VERSION", NOW + 1)
        patch.setattr(migrations, "STEPS", {NOW: ("ALTER TABLE nothing ADD COLUMN more TEXT",)})
        with pytest.raises(LedgerError, match="nothing"):
            Ledger(location)
    next_version()
    with Ledger(location) as again:
        assert Outbox(again, account).pending() == [pending()]


def test_one_drainer_holds_an_account_and_others_another(location, ledger, account):
    Accounts(ledger).remember("hash-2", "https://rotor.test", "another-company", [])
    other = Accounts(ledger).find("hash-2").id
    with Ledger(location) as second:
        with ledger.hold(account):
            with pytest.raises(AccountBusy), second.hold(account):
                pass
            with second.hold(other):
                pass
        with second.hold(account):
            pass


def test_who_lost_the_account_can_write_nothing_more(server):
    """Its session ends while it stands still; another takes over; then it wakes."""
    url = server.database()
    with Ledger(url) as sleeper, Ledger(url) as other:
        Accounts(sleeper).remember("hash", "https://rotor.test", "a-company", [])
        account = Accounts(sleeper).find("hash").id
        held = sleeper.hold(account)
        held.__enter__()
        requests, windows = Requests(sleeper), (QuotaWindow(5, DAY),)
        request = Request("hash", "run", "POST", "/customers")
        assert requests.reserve([request], 1.0, timeout=30.0, windows=windows) == [1]
        with other.atomic() as tx:
            tx.execute(
                sa.text("SELECT pg_terminate_backend(pid, 60000) FROM pg_locks WHERE locktype = 'advisory' AND granted")
            )
        with other.hold(account):
            with pytest.raises(AccountBusy, match="took over this account"):
                requests.reserve([request], 2.0, timeout=30.0, windows=windows)
            with pytest.raises(AccountBusy, match="took over this account"):
                requests.settle(1, 2.0, "500")
            assert Requests(other).reserve([request], 2.0, timeout=30.0, windows=windows) == [2]
        requests.settle(1, 3.0, "200")
        with pytest.raises(AccountBusy, match="took over this account"):
            held.__exit__(None, None, None)


def noted(name):
    return lambda tx: tx.execute(sa.insert(schema.meta).values(name=name, value="written"))


def has(ledger, name):
    with ledger.atomic() as tx:
        return tx.scalar(sa.select(schema.meta.c.value).where(schema.meta.c.name == name)) is not None


def test_what_is_due_goes_with_the_next_transaction_or_not_at_all(ledger, account, location):
    with Ledger(location) as reader, ledger.hold(account):
        ledger.soon(noted("due"))
        assert not has(reader, "due")
        with suppress(ZeroDivisionError), ledger.atomic():
            raise ZeroDivisionError
        assert not has(reader, "due")
        with ledger.atomic():
            pass
        assert has(reader, "due")
        ledger.soon(noted("at the end"))
    assert has(ledger, "at the end")


def test_what_is_due_is_written_at_once_where_nobody_holds_the_account(ledger, location):
    ledger.soon(noted("at once"))
    with Ledger(location) as reader:
        assert has(reader, "at once")


def test_what_is_due_when_a_run_breaks_off_is_left_to_the_next_one(ledger, account):
    with suppress(ZeroDivisionError), ledger.hold(account):
        ledger.soon(noted("lost"))
        raise ZeroDivisionError
    assert not has(ledger, "lost")


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("mysql://somewhere/ledger", "begins with postgresql://"),
        ("postgresql://user:secret@host:port/ledger", "can't be read"),
        ("postgresql://user:secret@127.0.0.1:1/ledger", r"ledger postgresql://user:\*\*\*@127.0.0.1:1/ledger"),
    ],
)
def test_a_url_that_leads_nowhere_is_refused_without_its_password(location, words):
    with pytest.raises(LedgerError, match=words) as error:
        Ledger(location)
    assert "secret" not in str(error.value)
