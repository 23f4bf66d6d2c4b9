"""What the ledger may forget, and that no later night can tell."""

import random
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest
import sqlalchemy as sa
from firewall import behind, people, poison, sent
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rotor import opened

from rotor_import.errors import SettingsError
from rotor_import.ledger import schema
from rotor_import.ledger.prune import KEPT_WITH_RUN, prune
from rotor_import.ledger.store import Ledger
from rotor_import.model.quota_window import DAY
from rotor_import.pipeline.history import runs, show
from rotor_import.pipeline.upkeep import check_ledger, prune_ledger, seconds_of
from rotor_import.sync import DropSettings

SYNC = DropSettings(settle=0)
FULL = "drop: full\nmissing: inactive\n"
DONE = {"phone": "763-555-0199", "key": "K9", "first_name": "Zoe"}


def person(number, note=""):
    return {"key": f"K{number}", "phone": f"763-555-{1000 + number}", "first_name": f"N{number}", "last_name": note}


def night(office, name, rows, **more):
    folder = office.folder / "drop"
    folder.mkdir(exist_ok=True)
    office.write(rows, folder / name)
    outcome = office.sync(folder, SYNC, **more)
    office.hands.at += DAY
    return outcome


def rows_of(office, query):
    with closing(connect(office.settings.ledger)) as ledger:
        return ledger.execute(query).fetchall()


def counts(office):
    return {name: rows_of(office, f"SELECT count(*) FROM {name}")[0][0] for name in schema.metadata.tables}  # noqa: S608


def test_finished_runs_go_with_all_that_is_theirs_and_the_last_ones_stay():
    with opened(more=FULL) as office:
        for number in range(6):
            night(office, f"{number}.csv", [person(1, f"note {number}"), {**DONE, "phone": "1"}])
        before = counts(office)
        done = prune_ledger(office.settings, "3d", world=office.world)
        after = counts(office)
        assert done["removed"]["runs"] == 3
        assert [run["files"] for run in runs(office.settings, 0, office.world)["runs"]] == [
            ["3.csv"],
            ["4.csv"],
            ["5.csv"],
        ]
        for name in ("requests", "outcomes", "rejects"):
            assert 0 < after[name] < before[name]
        for name in ("row_links", "baselines", "mirror", "drops", "named", "keys", "snapshots", "visits"):
            assert after[name] == before[name]
        assert check_ledger(office.settings)["problems"] == []
        assert show("last", office.settings, office.world)["requests"]["post"] == 1


def test_of_a_feed_that_has_slept_for_years_the_last_run_stays_to_be_compared_with():
    with opened(more=FULL) as office:
        night(office, "1.csv", [person(1)])
        night(office, "2.csv", [person(1, "edit")])
        office.hands.at += 3 * 365 * DAY
        assert prune_ledger(office.settings, "400d", world=office.world)["removed"]["runs"] == 1
        assert [run["files"] for run in runs(office.settings, 0, office.world)["runs"]] == [["2.csv"]]


def test_what_is_pending_and_its_attempts_stay_however_old():
    with opened(more=FULL) as office:
        night(office, "1.csv", [person(number) for number in range(5)], daily_limit=4, patience=0.0)
        office.hands.at += 900 * DAY
        before, posts = counts(office), rows_of(office, "SELECT id FROM requests WHERE method = 'POST'")
        prune_ledger(office.settings, world=office.world)
        assert rows_of(office, "SELECT id FROM requests WHERE method = 'POST'") == posts != []
        after = counts(office)
        assert all(after[name] == count for name, count in before.items() if name != "requests")
        assert night(office, "1.csv", [person(number) for number in range(5)]).summary["state"] == "complete"
        assert len(office.rotor.customers()) == 5


def test_a_doubtful_attempt_stays():
    with opened(more=FULL) as office:
        night(office, "1.csv", [person(1)])
        night(office, "2.csv", [person(1, "edit")])
        with closing(connect(office.settings.ledger)) as ledger, ledger:
            [[one]] = ledger.execute("SELECT min(id) FROM requests WHERE method = 'POST'").fetchall()
            ledger.execute("UPDATE requests SET result = 'unknown' WHERE id = ?", [one])
        office.hands.at += 900 * DAY
        prune_ledger(office.settings, world=office.world)
        assert (one,) in rows_of(office, "SELECT id FROM requests")


def test_nothing_of_the_last_day_goes_so_the_quota_counts_as_before():
    with opened(more=FULL) as office:
        for number in range(3):
            night(office, f"{number}.csv", [person(1, f"note {number}")])
            office.hands.at -= DAY - 60
        with Ledger(office.settings.ledger) as ledger:
            before = counts(office)
            prune(ledger, 1, office.hands.at, office.hands.at)
        assert counts(office) == before


def test_a_lone_record_that_a_firewall_refuses_is_rejected_as_before():
    with opened() as office:
        office.write(people(3))
        for _ in range(2):
            office.run()
            office.hands.at += 900 * DAY
        prune_ledger(office.settings, world=office.world)
        office.write(people(4, {4}))
        behind(office, poison)
        assert sent(office.run().check()) == {"failed": 1}


def test_a_file_that_was_taken_is_not_taken_again():
    with opened(more="drop: delta\n") as office:
        for number in range(4):
            night(office, f"{number}.csv", [person(1, f"note {number}")])
        office.hands.at += 900 * DAY
        prune_ledger(office.settings, world=office.world)
        outcome = night(office, "9.csv", [person(1, "note 0")])
        assert outcome.summary["drop"]["known"] == ["9.csv"]
        assert outcome.posts == 0
        [customer] = office.rotor.customers()
        assert customer["last_name"] == "note 3"


def test_every_table_that_belongs_to_a_run_goes_with_it_or_was_decided_to_stay():
    """Whoever adds a table decides: one that refers to runs goes with them unless it is named here."""
    of_runs = {
        table.name
        for table in schema.metadata.tables.values()
        if any(key.column.table is schema.runs for key in table.foreign_keys)
    }
    assert of_runs >= {*KEPT_WITH_RUN}
    assert of_runs - {*KEPT_WITH_RUN} >= {"outcomes", "rejects", "told"}


def test_old_reports_go_and_files_of_a_persons_own_stay():
    with opened(more=FULL) as office:
        folders = [night(office, f"{number}.csv", [person(1, f"note {number}")]).folder for number in range(4)]
        dry = office.file
        office.write([person(1)])
        plan = office.plan().folder
        assert dry.exists()
        (folders[1] / "my notes.txt").write_text("mine")
        (office.settings.report_dir / "20200101T000000-abcdef").mkdir()
        office.hands.at += 900 * DAY
        done = prune_ledger(office.settings, "400d", office.settings.report_dir, office.world)
        assert done["reports"] == {"removed": 3, "left": [folders[1].name]}
        assert [folder.exists() for folder in (*folders, plan)] == [False, True, False, True, False]
        assert (folders[1] / "summary.json").exists()
        assert (office.settings.report_dir / "20200101T000000-abcdef").is_dir(), "not a report's"


def test_the_file_gets_smaller(tmp_path):
    with opened(more=FULL) as office:
        rows = [person(number) for number in range(60)]
        for number in range(5):
            night(office, f"{number}.csv", [{**row, "last_name": f"note {number}"} for row in rows])
        office.hands.at += 900 * DAY
        done = prune_ledger(office.settings, world=office.world)
        assert done["not_compacted"] == ""
        assert done["bytes"]["after"] < done["bytes"]["before"]
        assert done["bytes"]["after"] == Path(office.settings.ledger).stat().st_size


def test_it_works_on_each_database(location):
    with Ledger(location) as ledger:
        with ledger.atomic() as tx:
            tx.execute(sa.insert(schema.accounts).values(id=1, base_url="u", company="c"))
            runs_ = [
                {"id": f"r{number}", "account": 1, "feed": "f", "state": "complete", "started_at": number * DAY}
                for number in range(4)
            ]
            tx.execute(sa.insert(schema.runs), runs_)
            tx.execute(sa.insert(schema.keys).values(hash="h", account=1))
            attempts = [
                *({"run": "r0", "key_hash": "h"}, {"run": "r3", "key_hash": "h"}, {"run": "r0", "key_hash": "other"}),
                {"run": "r0", "key_hash": "h", "result": "unknown"},
            ]
            for attempt in attempts:
                times = {"started_at": 1.0, "expires_at": 2.0, "finished_at": 2.0}
                tx.execute(sa.insert(schema.requests).values({"result": "201", **times, **attempt}))
            tx.execute(sa.insert(schema.drops).values(account=1, feed="f", sha256="s", state="taken", run="r1"))
        assert prune(ledger, 1, 500 * DAY, 500 * DAY) == {
            "before_images": 0,
            "undone": 0,
            "told": 0,
            "outcomes": 0,
            "rejects": 0,
            "drops": 0,
            "runs": 3,
            "requests": 2,
        }
        with ledger.atomic() as tx:
            assert sorted(tx.execute(sa.select(schema.runs.c.id, schema.runs.c.state)).all()) == [
                ("r1", "pruned"),
                ("r3", "complete"),
            ]


def nights(seed, *, pruned):
    """What each of the later nights does, after a past that is pruned or not."""
    chance = random.Random(seed)
    more = FULL if chance.random() < 0.7 else "drop: delta\n"
    with opened(more=more, strangers=chance.choice(("merge", "hold"))) as office:
        people = [person(number, "first") for number in range(8)]
        told = []
        earlier = []
        for number in range(9):
            if number == 6:
                office.hands.at += 500 * DAY
                if pruned:
                    # Where each night's run still has something pending, or is the last, there is nothing to take away.
                    assume(prune_ledger(office.settings, world=office.world)["removed"]["runs"] > 0)
                    assert check_ledger(office.settings)["problems"] == []
            for one in chance.sample(people, 3):
                one["last_name"] = f"edit {number}"
            if chance.random() < 0.4:
                people[chance.randrange(8)]["phone"] = f"763-555-{1000 + chance.randrange(12)}"
            rows = [dict(one) for one in people if chance.random() < 0.9]
            if earlier and chance.random() < 0.3:
                rows = chance.choice(earlier)
            earlier.append(rows)
            found = {one["phone"]: one["id"] for one in office.rotor.customers()}
            if found and chance.random() < 0.5:
                office.rotor.sandbox.edit(found[min(found)], first_name=f"edited {number}")
            limit = {"daily_limit": 8, "patience": 0.0} if chance.random() < 0.3 else {}
            outcome = night(office, f"{number}.csv", rows, force=True, concurrency=1, **limit)  # in one order
            told.append((outcome.posts, outcome.summary["state"], outcome.summary["changes"], outcome.summary["drop"]))
            told.append((outcome.folder / "rows.csv").exists() and list(outcome.fates().values()))
        there = sorted(
            tuple(str(value) for name, value in one.items() if name not in ("id", "created_at"))
            for one in office.rotor.customers()
        )
        gets = sum(one.method == "GET" for one in office.rotor.requests())
        return told, there, gets


@settings(settings.get_profile("long"))
@given(seed=st.integers(0, 10**9))
def test_no_later_night_can_tell_that_the_ledger_was_pruned(seed):
    assert nights(seed, pruned=True) == nights(seed, pruned=False)


def test_an_age_that_is_none_is_refused():
    assert (seconds_of("400d"), seconds_of(" 2W ")) == (400 * DAY, 14 * DAY)
    for age in ("", "0d", "d", "400", "-1d", "1.5d", "1y", "999999d"):
        with pytest.raises(SettingsError, match="--older-than"):
            seconds_of(age)
