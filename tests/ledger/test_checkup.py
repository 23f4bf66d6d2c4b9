"""A ledger is looked through: what is damaged is named, and nothing else."""

import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from rotor import opened
from version_1 import write_version_1

from rotor_import.errors import LedgerError
from rotor_import.ledger import schema, snapshots
from rotor_import.ledger.checkup import check
from rotor_import.ledger.store import Ledger

PEOPLE = [{"key": f"K{number}", "phone": f"763-555-{1000 + number}", "first_name": "Ann"} for number in range(4)]


@pytest.fixture
def damaged(tmp_path, monkeypatch):
    """Runs one statement on the ledger of an office that has imported; what a checkup then finds comes back."""
    monkeypatch.setattr(snapshots, "MANY", 2)
    with opened(strangers="hold") as office:
        office.write([*PEOPLE, {"key": "K9", "phone": "763-555-1000", "first_name": "Zoe"}])
        office.run()
        office.run()

        def change(statement="", *values):
            with closing(sqlite3.connect(office.settings.ledger)) as ledger, ledger:
                assert not statement or ledger.execute(statement, values).rowcount > 0
            return check(office.settings.ledger)

        yield change


def test_a_sound_ledger_with_snapshots_is_found_sound(damaged):
    found = damaged()
    assert (found.problems, found.warnings, found.version) == ([], [], schema.VERSION)
    assert found.rows["snapshots"] >= 2
    assert found.rows["runs"] == 2


def test_an_empty_ledger_is_sound_on_each_database(location):
    with Ledger(location):
        assert check(location).problems == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE runs SET summary = '{'", "2 of the values in runs.summary can't be read"),
        ("UPDATE runs SET files = '{}'", "runs.files can't be read"),
        ("INSERT INTO mirror VALUES (1, 'a', '[1]')", "mirror.fields"),
        ("UPDATE outcomes SET rows = '[[1]]'", "outcomes.rows"),
        ("UPDATE keys SET scopes = 'customers'", "keys.scopes"),
        ("UPDATE keys SET account = 99", "rows of keys belong to a row of accounts that is missing"),
        ("DELETE FROM runs", "rows of outcomes belong to a row of runs that is missing"),
        ("UPDATE row_links SET customer = 'new:7'", "waiting for a new customer that isn't in the outbox"),
        ("UPDATE snapshots SET content = zeroblob(99)", "is damaged"),
        ("UPDATE snapshots SET lines = lines + 1", "that were written"),
        ("UPDATE snapshots SET first = 'x'", "that were written"),
        ("DELETE FROM meta WHERE name = 'version'", "this program knows versions up to"),
        ("UPDATE meta SET value = '99' WHERE name = 'version'", "99; this program knows versions up to"),
    ],
)
def test_damage_is_named(damaged, statement, words):
    found = damaged(statement)
    assert any(words in line for line in found.problems), found.problems


def test_damage_is_named_on_each_database(location):
    with Ledger(location) as ledger, ledger.atomic() as tx:
        tx.execute(sa.insert(schema.accounts).values(id=1, base_url="u", company="c"))
        tx.execute(sa.insert(schema.mirror).values(account=1, customer="a", fields=[1]))
        part = {"account": 1, "feed": "f", "kind": "links", "part": 1, "first": "k", "lines": 1, "content": b"none"}
        tx.execute(sa.insert(schema.snapshots).values(part))
    found = check(location)
    assert found.problems == [
        "1 of the values in mirror.fields can't be read.",
        "Part 1 of the rows that were imported is damaged.",
    ]


def test_what_may_have_been_sent_is_read_too(damaged):
    pending = (
        "INSERT INTO outbox SELECT 1, 'new:1', 'f', id, 1, 'create', 'pending', '[]', '{}', '{}', '[]', '', NULL, ? "
        "FROM runs LIMIT 1"
    )
    assert damaged(pending, None).problems == []
    found = damaged("UPDATE outbox SET attempted = '[[1]]'")
    assert found.problems == ["1 of the values in outbox.attempted can't be read."]


def test_an_earlier_version_is_no_damage_and_stays_as_it_is(damaged):
    found = damaged("UPDATE meta SET value = '1' WHERE name = 'version'")
    assert (found.version, found.problems) == (1, [])
    assert ["earlier version" in line for line in found.warnings] == [True]
    assert damaged().version == 1


def test_a_file_that_others_can_read_is_warned_about(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with Ledger(str(path)):
        path.chmod(0o640)
    found = check(str(path))
    assert (found.problems, ["chmod 600" in line for line in found.warnings]) == ([], [True])


@pytest.mark.parametrize("start", [0, 4096 * 5])
def test_pages_that_are_overwritten_are_found(tmp_path, start):
    path = tmp_path / "ledger.sqlite"
    with Ledger(str(path)):
        pass
    content = bytearray(path.read_bytes())
    content[start : start + 9000] = b"\xff" * 9000
    path.write_bytes(content)
    assert check(str(path)).problems != []


def test_another_file_and_none_are_told_in_words(tmp_path):
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as other:
        other.execute("CREATE TABLE customers (id)")
    assert check(str(tmp_path / "other.sqlite")).problems == ["It isn't a ledger: the table meta is missing."]
    (tmp_path / "text").write_text("no database, but long enough to be looked at as one" * 20)
    assert "not a database" in check(str(tmp_path / "text")).problems[0]
    with pytest.raises(LedgerError, match="There is no ledger"):
        check(str(tmp_path / "none.sqlite"))
    assert not (tmp_path / "none.sqlite").exists()


def test_it_keeps_nobody_from_writing_meanwhile(tmp_path):
    location = str(tmp_path / "ledger.sqlite")
    with Ledger(location) as ledger, ledger.atomic() as tx:
        tx.execute(sa.insert(schema.accounts).values(id=1, base_url="u", company="c"))
        assert check(location).problems == []


def test_an_earlier_ledger_is_migrated_with_the_index_that_a_year_of_nights_needs(tmp_path):
    path = tmp_path / "ledger.sqlite"
    write_version_1(path)
    with Ledger(str(path)), closing(sqlite3.connect(path)) as new:
        plan = new.execute("EXPLAIN QUERY PLAN SELECT method, count(*) FROM requests WHERE run = 'r' GROUP BY method")
        assert "requests_by_run" in str(plan.fetchall())
