"""A profile that can't be used is told to whoever listens, as far as it can be read who that is."""

import pytest
from receivers import receiver, webhook
from test_command_line import FILE, MAPPING

CANARY = "canary-secret"


@pytest.fixture
def company(desk):
    (desk.folder / "drop").mkdir()
    desk.put("drop/people.csv", FILE)
    desk.put("my.yaml", MAPPING)
    return desk


def acme(company, lines, defaults="", **values):
    common = {"mapping": "'my.yaml'", "folder": "'drop'", "sandbox": "true", "settle": "0"}
    common |= {"ledger": "'l.sqlite'"} | values
    text = "".join(f"{key} = {value}\n" for key, value in common.items() if value)
    company.put("rotor-import.toml", f"[defaults]\n{defaults}\n[profiles.acme]\n{text}{lines}\n")


BROKEN = [
    ("ledger_env = 'NOT_SET'", "NOT_SET", {"ledger": ""}),
    ("storage_env = {key = 'NOT_SET'}", "NOT_SET", {}),
    ("key_env = 'NOT_SET'", "NOT_SET", {"sandbox": ""}),
    ("daly_limit = 5", "daily_limit", {}),
    ("daily_limit = 'many'", "daily_limit", {}),
    ("order = 'size'", "order", {}),
    ("leave =", "TOML", {}),
    ("", "FOLDER", {"folder": ""}),
    ("", "--mapping", {"mapping": ""}),
]


@pytest.mark.parametrize(("line", "words", "values"), BROKEN)
def test_whoever_the_environment_or_the_command_line_names_is_told(company, line, words, values):
    acme(company, line, **values)
    silent = company("sync", "--profile", "acme")
    assert silent.code == 2
    assert words in silent.err
    with webhook(200) as (url, taken), receiver(200) as (watch, pings):
        done = company("sync", "--profile", "acme", "--ping", watch, ROTOR_IMPORT_NOTIFY=url)
        assert (done.code, [(one["event"], one["code"]) for one in taken]) == (2, [("alarm", 2)])
        assert words in taken[0]["error"]["message"]
        assert taken[0]["profile"] == "acme"
        assert "saved plan" not in taken[0]["text"]
        assert len(pings) == 2
    assert [line for line in done.err.splitlines() if line.startswith("Error")] == [
        line for line in silent.err.splitlines() if line.startswith("Error")
    ]


@pytest.mark.parametrize(("line", "words", "values"), [one for one in BROKEN if one[0] != "leave ="])
@pytest.mark.parametrize("section", ["profile", "defaults"])
def test_whoever_can_be_read_in_the_file_is_told(company, line, words, values, section):
    with webhook(200) as (url, taken):
        listens = f"notify = '{url}'"
        acme(company, f"{line}\n{listens if section == 'profile' else ''}", listens * (section != "profile"), **values)
        assert company("sync", "--profile", "acme").code == 2
        assert words in taken[0]["error"]["message"]


def test_an_unset_notify_leaves_it_to_those_of_the_defaults(company):
    with webhook(200) as (url, taken):
        acme(company, "notify_env = 'NOT_SET'", f"notify = '{url}'")
        assert company("sync", "--profile", "acme").code == 2
        assert "NOT_SET" in taken[0]["error"]["message"]


def test_where_the_ledger_is_known_it_is_told_once_and_so_is_the_all_clear(company):
    with webhook(200) as (url, taken):
        acme(company, f"daly_limit = 5\nnotify = '{url}'")
        assert [company("sync", "--profile", "acme").code for _ in range(2)] == [2, 2]
        acme(company, f"notify = '{url}'")
        assert [company("sync", "--profile", "acme").code for _ in range(2)] == [0, 0]
        assert [one["event"] for one in taken] == ["alarm", "all_clear"]


def test_where_the_ledger_is_not_known_it_is_told_each_time_and_no_other_ledger_is_made(company):
    with webhook(200) as (url, taken):
        acme(company, f"ledger_env = 'NOT_SET'\nnotify = '{url}'", ledger="")
        done = [company("sync", "--profile", "acme") for _ in range(2)]
        assert [one["event"] for one in taken] == ["alarm", "alarm"]
    assert "isn't known which ledger" in done[0].err
    assert not (company.folder / "data" / "rotor-import").exists()


def test_a_run_tells_it_too_and_sends_nothing(company):
    with webhook(200) as (url, taken):
        acme(company, f"daly_limit = 5\nnotify = '{url}'")
        done = company("run", "people.csv", "--profile", "acme", "--json")
        assert (done.code, done.json["error"]["code"], taken[0]["code"]) == (2, 2, 2)
        assert taken[0]["profile"] == "acme"
    assert "daily_limit" in done.err


def test_a_file_that_stops_sync_all_is_told(company):
    company.put("rotor-import.toml", "[profiles.acme\n")
    with webhook(200) as (url, taken):
        assert company("sync", "--all", "--notify", url).code == 2
        assert "TOML" in taken[0]["error"]["message"]


def test_several_addresses_in_one_variable_are_all_told(company):
    with webhook(200) as (one, taken), webhook(200) as (other, more):
        acme(company, "daly_limit = 5\nnotify_env = 'ADDRESSES'")
        done = company("sync", "--profile", "acme", ADDRESSES=f"{one}?{CANARY}; {other}?{CANARY};")
        assert (len(taken), len(more)) == (1, 1)
    assert CANARY not in done.out + done.err


def test_figures_of_a_profile_that_could_not_be_used_go_once_it_can(company):
    acme(company, "daly_limit = 5", mapping="", metrics="'m.prom'")
    assert company("sync", "--profile", "acme").code == 2
    assert 'profile="acme"' in (company.folder / "m.prom").read_text()
    acme(company, "", metrics="'m.prom'")
    assert company("sync", "--profile", "acme").code == 0
    text = (company.folder / "m.prom").read_text()
    assert 'feed=""' not in text
    assert 'feed="my",profile="acme"' in text
