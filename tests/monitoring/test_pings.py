"""A watch hears when a run begins and how it ended, and never holds it up."""

import pytest
from receivers import receiver

from rotor_import.monitoring.pings import Pings
from rotor_import.sandbox import Fault

BAD_ROW = "9000,Zoe,Wyatt,123,\n"


def paths(taken):
    return [one.path for one in taken]


@pytest.mark.parametrize(
    ("more", "faults", "code", "step"),
    [
        ((), [], 0, ""),
        (("--tolerate", "0"), ["bad row"], 3, ""),
        (("--max-requests", "4"), [], 4, ""),
        ((), ["401"], 5, "/fail"),
        ((), ["503"], 7, "/fail"),
        (("--key-file", "nowhere"), [], 2, "/fail"),
    ],
)
def test_a_night_that_did_its_work_is_told_from_one_that_failed(nights, more, faults, code, step):
    nights.drop_rows("a.csv", *([BAD_ROW] if "bad row" in faults else []))
    nights.rotor.sandbox.suffer(*(Fault.parse(fault) for fault in faults if fault != "bad row"))
    with receiver(200) as (url, taken):
        assert nights.night("--ping", f"{url}/uuid?create=1", *more).returncode == code
    assert paths(taken) == ["/uuid/start?create=1", f"/uuid{step}?create=1"]
    assert taken[0].body == b"rotor-import sync: started"
    assert taken[1].body.decode().endswith(f"(exit code {code})")


def test_a_run_pings_too_but_not_a_dry_one(nights):
    nights.drop_rows("a.csv")
    with receiver(200) as (url, taken):
        command = ("run", "drop/a.csv", "-m", "map.yaml", "--ping", f"{url}/uuid/")
        assert nights.start(*command, "--dry-run").returncode == 0
        assert nights.start(*command).returncode == 0
        assert nights.start("run", "nowhere.csv", *command[2:]).returncode == 2
    assert paths(taken) == ["/uuid/start", "/uuid/", "/uuid/start", "/uuid/fail"]


def test_a_watch_that_cannot_be_reached_is_a_warning(nights):
    nights.drop_rows("a.csv")
    with receiver(404) as (url, taken):
        done = nights.night("--ping", f"{url}/canary-uuid")
    assert (done.returncode, len(taken)) == (0, 2)
    assert done.stderr.count("The address of --ping didn't accept the ping") == 2
    assert "canary" not in done.stdout + done.stderr


def test_the_first_ping_is_tried_twice_and_the_last_one_four_times():
    slept, said = [], []
    with receiver(500) as (url, taken):
        pings = Pings(url, "sync", said.append, slept.append)
        pings.began()
        assert len(taken) == 2
        pings.ended(0)
        assert len(taken) == 6
    assert sum(slept[:1]) <= 2
    assert len(said) == 2


def test_percent_signs_in_an_address_stay_as_they_are():
    with receiver(200) as (url, taken):
        Pings(f"{url}/a%2Fb/c%20d?x=%26", "sync", pytest.fail).began()
    assert paths(taken) == ["/a%2Fb/c%20d/start?x=%26"]
