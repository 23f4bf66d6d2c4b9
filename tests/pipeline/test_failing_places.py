"""Disk full, ledger locked, broken, or out of reach; reports that cannot be written; a clock that is set back."""

import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa

from rotor_import.errors import LedgerError, QuotaExhausted, ReportError, Unfinished
from rotor_import.report import files

DAY = 24 * 60 * 60


def people(count):
    return [{"key": str(at), "email": f"person{at}@example.com", "first_name": "P" * 200} for at in range(count)]


def emails(office):
    return sorted(one["email"] for one in office.rotor.customers())


@pytest.fixture
def full_after():
    """From so many commits on the ledger's disk is full: SQLite may add no page more."""
    listeners = []

    def arm(commits):
        seen = []

        def begin(connection):
            seen.append(None)
            if len(seen) > commits:
                [pages] = connection.exec_driver_sql("PRAGMA page_count").fetchone()
                connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

        sa.event.listen(sa.Engine, "begin", begin)
        listeners.append(begin)

    def mend():
        while listeners:
            sa.event.remove(sa.Engine, "begin", listeners.pop())

    arm.mend = mend
    yield arm
    mend()


def test_a_disk_that_is_full_at_any_moment_is_told_and_nothing_is_lost(office, full_after):
    office.write(people(12))
    told = []
    for commits in range(1, 60, 2):
        full_after(commits)
        try:
            office.run(concurrency=1)
        except (LedgerError, Unfinished) as error:
            told.append(error)
        full_after.mend()
    assert {type(error) for error in told} == {LedgerError, Unfinished}
    assert all("full" in str(error) for error in told)
    office.run().check()
    assert emails(office) == sorted(f"person{at}@example.com" for at in range(12))


def test_a_ledger_that_another_program_keeps_locked_is_told(office, monkeypatch):
    office.write(people(2))
    office.run()
    monkeypatch.setattr("rotor_import.ledger.sqlite_file.PATIENCE", 0.01)
    with closing(sqlite3.connect(office.folder / "ledger.sqlite")) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerError, match="locked"):
            office.run()


def test_a_ledger_that_is_broken_is_told_and_left_as_it_is(office):
    office.write(people(20))
    office.run()
    path = office.folder / "ledger.sqlite"
    whole = path.read_bytes()
    for broken in (b"rubbish" * 1000, whole[:5000], whole[:4096] + b"x" * (len(whole) - 4096)):
        for name in ("ledger.sqlite-wal", "ledger.sqlite-shm"):
            (office.folder / name).unlink(missing_ok=True)
        path.write_bytes(broken)
        sent = len(office.rotor.requests())
        with pytest.raises(LedgerError, match=r"ledger .*ledger\.sqlite can't be"):
            office.run()
        assert len(office.rotor.requests()) == sent


def test_a_report_that_cannot_be_written_stops_before_anything_is_sent(office, monkeypatch):
    office.write(people(3))

    def full(path, _text):
        raise ReportError(f"The report {path} cannot be written (No space left on device).")

    with monkeypatch.context() as patch:
        patch.setattr(files, "write_file", full)
        with pytest.raises(ReportError, match="No space left"):
            office.run()
    assert office.rotor.posts() == 0
    assert office.run().check().summary["sent"]["created"] == 3


def test_a_disk_without_room_for_a_report_is_told(tmp_path):
    (tmp_path / "rows.csv.part").mkdir()
    with pytest.raises(ReportError, match=r"rows\.csv can't be written .*--report-dir"):
        files.write_text(tmp_path / "rows.csv", "text")


def test_after_a_clock_is_set_back_each_slot_is_used_for_a_day_from_then_and_no_longer(office):
    office.write(people(10))
    office.run(daily_limit=6)
    start = office.hands.at
    office.hands.at -= 2 * DAY
    with pytest.raises(QuotaExhausted) as error:
        office.run(daily_limit=6)
    assert error.value.until.timestamp() == start - 2 * DAY + DAY
    office.hands.at = start - DAY - 1000  # more than its patience
    with pytest.raises(QuotaExhausted):
        office.run(daily_limit=6)
    office.hands.at = start - DAY + 1
    assert office.run(daily_limit=6).summary["sent"]["created"] > 4
