"""The file for Prometheus: right, whole, readable by its collector, and shared by profiles."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from spent_nights import DAY, MAPPING

from rotor_import.config import Settings
from rotor_import.monitoring import Ending, Job
from rotor_import.monitoring.figures import GAUGES
from rotor_import.monitoring.metrics_file import MetricsFile
from rotor_import.pipeline import World
from rotor_import.sandbox import Fault

BAD_ROW = "9000,Canaryname,Wyatt,123,\n"


def samples(path):
    """Values by name without its prefix, profile, feed and result."""
    return {
        (
            sample.name.removeprefix("rotor_import_"),
            *(sample.labels.get(name, "") for name in ("profile", "feed", "result")),
        ): sample.value
        for family in text_string_to_metric_families(path.read_text())
        for sample in family.samples
    }


def figures(path, feed="clients", profile=""):
    found = samples(path)
    return {
        f"{name} {result}".strip(): value for (name, *who, result), value in found.items() if who == [profile, feed]
    }


def test_the_figures_of_a_night_are_in_the_file(nights):
    file = nights.folder / "rotor.prom"
    nights.drop_rows("a.csv", BAD_ROW)
    nights.rotor.hands.at += 0.5
    assert nights.night("--metrics", "rotor.prom", "--max-requests", "12").returncode == 4
    first = figures(file)
    assert first["customers_sent created"] + first["changes_pending"] == 30
    assert nights.night("--metrics", "rotor.prom").returncode == 3
    now = nights.rotor.hands.at
    found = figures(file)
    assert found == {
        "exit_code": 3,
        "last_run_timestamp_seconds": now,
        "last_success_timestamp_seconds": now,
        "last_file_timestamp_seconds": now - DAY,
        "last_file_age_seconds": DAY,
        "rows_read": 31,
        "rows_rejected": 1,
        "rows_held": 0,
        "changes_pending": 0,
        "customers_sent created": 30,
        "customers_sent updated": 0,
        "customers_sent failed": 0,
        "requests_remaining": found["requests_remaining"],
        "requests_limit": 1000,
    }
    assert 900 < found["requests_remaining"] < 1000
    assert "Canaryname" not in file.read_text()
    assert {f"# TYPE {name} gauge" for name in GAUGES} <= set(file.read_text().splitlines())


def test_a_night_without_a_file_leaves_the_figures_of_the_last_file(nights):
    file = nights.folder / "rotor.prom"
    nights.drop_rows("a.csv", BAD_ROW)
    nights.night("--metrics", file)
    before = figures(file)
    assert nights.night("--metrics", file).returncode == 0
    after = figures(file)
    changed = {name for name in before if before[name] != after[name]} - {"requests_remaining"}
    assert changed == {
        *("exit_code", "last_run_timestamp_seconds", "last_success_timestamp_seconds", "last_file_age_seconds"),
        "customers_sent created",
    }


@pytest.mark.parametrize("broken", ["key", "mapping"])
def test_a_night_that_failed_early_changes_its_exit_code_and_time_alone(nights, broken):
    file = nights.folder / "rotor.prom"
    nights.drop_rows("a.csv")
    nights.night("--metrics", file)
    before = figures(file)
    nights.drop_rows("b.csv", first="Bea")
    if broken == "key":
        nights.rotor.sandbox.suffer(Fault.parse("401"))
    else:
        nights.put("map.yaml", "version: [")
    code = nights.night("--metrics", file).returncode
    assert code == {"key": 5, "mapping": 2}[broken]
    feed = {"key": "clients", "mapping": "map"}[broken]
    after = figures(file, feed)
    assert (after["exit_code"], after["last_run_timestamp_seconds"]) == (code, nights.rotor.hands.at)
    assert {name: value for name, value in figures(file).items() if name in before and name.startswith("rows")} == {
        name: value for name, value in before.items() if name.startswith("rows")
    }
    nights.rotor.sandbox.suffer()
    nights.put("map.yaml", MAPPING)
    assert nights.night("--metrics", file).returncode == 0
    assert {key[2] for key in samples(file)} == {"clients"}, "what was told under the mapping's name is gone"


def test_a_run_writes_it_too(nights):
    nights.drop_rows("a.csv")
    nights.start("run", "drop/a.csv", "-m", "map.yaml", "--metrics", "r.prom", "--dry-run")
    assert not (nights.folder / "r.prom").exists()
    nights.start("run", "drop/a.csv", "-m", "map.yaml", "--metrics", "r.prom")
    found = figures(nights.folder / "r.prom")
    assert (found["rows_read"], found["last_file_age_seconds"], found["exit_code"]) == (30, 0, 0)


def test_the_collector_can_read_it_whatever_the_umask_and_nothing_else_is_left(nights):
    nights.drop_rows("a.csv")
    folder = nights.folder / "collected"
    folder.mkdir()
    before = os.umask(0o077)
    try:
        nights.night("--metrics", folder / "rotor.prom")
        nights.night("--metrics", folder / "rotor.prom")
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "rotor.prom").stat().st_mode) == 0o644
    assert [path.name for path in folder.iterdir() if path.suffix == ".prom"] == ["rotor.prom"]
    assert {path.suffix for path in folder.iterdir()} <= {".prom", ".lock"}


@pytest.mark.parametrize(
    ("place", "words"), [("nowhere/rotor.prom", "its folder doesn't exist"), ("map.yaml", "isn't Prometheus text")]
)
def test_a_file_that_cannot_be_written_or_is_another_is_a_warning_and_stays(nights, place, words):
    nights.drop_rows("a.csv")
    done = nights.night("--metrics", place)
    assert done.returncode == 0
    assert words in done.stderr
    assert (nights.folder / "map.yaml").read_text() == MAPPING


def test_profiles_that_write_at_once_share_the_file_with_what_others_wrote(nights):
    file = nights.folder / "shared.prom"
    file.write_text('# HELP backup_ok Is it.\n# TYPE backup_ok gauge\nbackup_ok{host="a"} 1.0\n')
    job = Job("sync", str(nights.folder / "map.yaml"), World(), Settings(ledger=str(nights.folder / "l.sqlite")))
    profiles = [f"p{number}" for number in range(8)]

    def write(profile):
        settings = replace(job.settings, profile=profile)
        ending = Ending(7, {"state": "stopped", "error": {"message": ""}})
        return MetricsFile(file).update(ending, replace(job, settings=settings))

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(write, profiles)) == {""}
    found = samples(file)
    assert {profile for name, profile, *_ in found if name == "exit_code"} == set(profiles)
    assert ("backup_ok", "", "", "") in found
    assert "# HELP backup_ok Is it." in Path(file).read_text()
