"""Fifty companies in one night on one PostgreSQL ledger: three go wrong, and the others don't notice."""

import json
import re
from pathlib import Path

import pytest
from companies import companies, people

FULL, KEYLESS, BROKEN = "acme-07", "acme-19", "acme-33"
NAMES = [f"acme-{number:02}" for number in range(1, 51)]


class Hooks:
    """Takes what is posted to /hooks/NAME."""

    def __init__(self):
        self.taken = {}

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        self.taken.setdefault(environ["PATH_INFO"].strip("/"), []).append(body)
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]


@pytest.fixture
def night(server, tmp_path):
    """The companies after their night, what the program printed, and what was posted."""
    with companies(tmp_path) as many:
        hooks = many.apps["hooks"] = Hooks()
        many.defaults = "ledger_env = 'LEDGER'\nduplicates = 'off'\nretry_base = 0"
        many.variables["LEDGER"] = server.database()
        for name in NAMES:
            more = f"notify = '{many.url}/hooks/{name}'"
            many.add(name, people(name)[0], more, **({"daily_limit": 2} if name == FULL else {}))
        many.variables["KEY_OF_ACME_19"] = "secret-key-that-is-wrong"
        many.drop(BROKEN, "people.csv", 'First,Phone,Email\n"Canary,never closed\n')
        done = many.start("sync", "--all", "--jobs", "4", "--json", "--log-format", "json")
        yield many, done, hooks.taken


def canary(name):
    return people(name)[1][0][0]


def good():
    return [name for name in NAMES if name not in (FULL, KEYLESS, BROKEN)]


def every_other_rotor_ends_as_when_its_company_is_synced_alone(night):
    many, done, _ = night
    for name in good():
        assert many.customers(name) == people(name)[1], done.stderr
        assert sum(one.method == "POST" for one in many.rotors[name].store.requests()) == 2
    assert not any(many.customers(name) for name in (FULL, KEYLESS, BROKEN))


def the_exit_code_is_the_worst_of_theirs_and_each_has_its_own(night):
    _, done, _ = night
    told = json.loads(done.stdout)
    expected = dict.fromkeys(NAMES, 0) | {FULL: 4, KEYLESS: 5, BROKEN: 2}
    assert {name: result["code"] for name, result in told["profiles"].items()} == expected
    assert (done.returncode, told["code"]) == (2, 2)


def nothing_of_a_company_is_in_anothers_report_log_or_alarm_and_no_key_is_anywhere(night):
    many, done, alarms = night
    profile_of = {canary(name): name for name in NAMES}
    reports = many.folder / "rotor-import-reports"
    assert {path.name for path in reports.iterdir()} >= set(good())
    for name in NAMES:
        texts = [
            path.read_text("utf-8") for path in (reports / name).rglob("*") if path.suffix in (".csv", ".json", ".html")
        ]
        found = {each for text in texts for each in re.findall(r"CanaryAcme\d\d", text)}
        assert {profile_of[each] for each in found} <= {name}
        assert name not in good() or found
    assert "CanaryAcme" not in done.stdout + done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    for name in NAMES:
        told = json.dumps([line for line in lines if line["profile"] == name]) + "".join(alarms.get(name, []))
        assert (name in alarms) == (name in (KEYLESS, BROKEN)), "a pause for the quota is no alarm"
        assert set(re.findall(r"acme-\d\d", told)) <= {name}
        assert "CanaryAcme" not in told
    everything = done.stdout + done.stderr + json.dumps(alarms)
    everything += "".join(path.read_text("utf-8", "replace") for path in many.folder.rglob("*") if path.is_file())
    assert "secret-key-" not in everything


def status_has_a_line_for_each(night):
    many, _, _ = night
    done = many.start("status", "--all")
    lines = {line.split()[0]: line for line in done.stdout.splitlines()[1:] if line.startswith("  acme-")}
    assert list(lines) == NAMES
    assert re.search(r"complete +0 +0 +996$", lines["acme-01"]), lines["acme-01"]
    assert re.search(r"paused +2 +0 ", lines[FULL]), lines[FULL]
    assert "stopped" in lines[BROKEN]
    assert "never" in lines[KEYLESS]
    assert "CanaryAcme" not in done.stdout
    as_json = json.loads(many.start("status", "--all", "--json").stdout)
    assert as_json["profiles"][FULL]["pending"] == 2
    assert set(as_json["profiles"]) == set(NAMES)


def the_next_night_sends_only_what_is_left(night):
    many, _, _ = night
    before = {name: len(many.rotors[name].store.requests()) for name in good()}
    for rotor in ("acme-01", FULL):
        many.drop(rotor, "next.csv", [*people(rotor)[0], f"New,+17635550199,new@{rotor}.example.com\n"])
    text = (many.folder / "rotor-import.toml").read_text()
    two = "".join(part for part in re.split(r"(?=^\[)", text, flags=re.MULTILINE) if re.match(r"\[(?:def|.*-01)", part))
    Path(many.folder / "one.toml").write_text(two)
    done = many.start("sync", "--all", "--config", "one.toml", "--json")
    assert done.returncode == 0, done.stderr
    assert list(json.loads(done.stdout)["profiles"]) == ["acme-01"]
    assert len(many.customers("acme-01")) == 3
    assert all(len(many.rotors[name].store.requests()) == before[name] for name in good() if name != "acme-01")


def test_fifty_companies_dont_notice_each_other(night):
    """One test, since the night takes long, and each worker would need one of its own."""
    every_other_rotor_ends_as_when_its_company_is_synced_alone(night)
    the_exit_code_is_the_worst_of_theirs_and_each_has_its_own(night)
    nothing_of_a_company_is_in_anothers_report_log_or_alarm_and_no_key_is_anywhere(night)
    status_has_a_line_for_each(night)
    the_next_night_sends_only_what_is_left(night)
