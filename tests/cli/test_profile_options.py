"""--profile: which of command line, environment, profile and defaults counts, and whose key."""

import itertools

import pytest
from test_command_line import FILE, MAPPING

from rotor_import.sandbox import Options, Sandbox, serve

FROM = ("command line", "environment", "profile", "defaults")
READ, WRITE = "customers:read", "customers:write"
HOLDS_NO = "canary-key"


def given(desk, sources, key, value_of):
    """The command line and the environment that give `key` these values; the file is written."""
    tables = {"defaults": "[defaults]\n", "profile": "[profiles.acme]\nsandbox = true\n"}
    for source in tables.keys() & set(sources):
        tables[source] += f"{key} = {value_of[source]}\n"
    desk.put("rotor-import.toml", "".join(tables.values()))
    option = f"--{key.replace('_', '-')}"
    words = [option, value_of["command line"]] if "command line" in sources else []
    variable = f"ROTOR_IMPORT_{key.upper()}"
    return words, {variable: str(value_of["environment"])} if "environment" in sources else {}


@pytest.mark.parametrize("sources", list(itertools.combinations(FROM, 2)))
def test_the_first_of_command_line_environment_profile_and_defaults_counts(desk, sources):
    limits = dict(zip(FROM, (101, 102, 103, 104), strict=True))
    words, environment = given(desk, sources, "daily_limit", limits)
    done = desk("status", "--profile", "acme", "--json", *words, **environment)
    assert done.code == 0, done.err
    assert done.json["requests"]["limit"] == limits[sources[0]]


def test_without_a_profile_nothing_of_the_file_is_used(desk):
    desk.put("rotor-import.toml", "[defaults]\ndaily_limit = 7\n[profiles.acme]\n")
    assert desk("status", "--sandbox", "--json").json["requests"]["limit"] == 1000


def test_the_environment_may_name_the_profile_and_the_file(desk):
    (desk.folder / "elsewhere").mkdir()
    desk.put("elsewhere/all.toml", "[profiles.acme]\nsandbox = true\ndaily_limit = 7\n")
    named = {"ROTOR_IMPORT_PROFILE": "acme", "ROTOR_IMPORT_CONFIG": "elsewhere/all.toml"}
    assert desk("status", "--json", **named).json["requests"]["limit"] == 7


KEYS = ("--key-file", "profile", "ROTOR_IMPORT_KEY_FILE", "ROTOR_API_KEY", "defaults")
NAMES = ("option", "profile", "variable", "environment", "defaults")


def keys_given(desk, sources, url):
    for name in ("option", "variable", "profile", "defaults"):
        desk.put(f"{name}.key", f"{HOLDS_NO}-{name}")
        (desk.folder / f"{name}.key").chmod(0o600)
    defaults = "key_file = 'defaults.key'\n" if "defaults" in sources else ""
    own = "key_env = 'ACME_KEY'\n" if "profile" in sources else ""
    desk.put("rotor-import.toml", f"[defaults]\n{defaults}base_url = '{url}'\n[profiles.acme]\n{own}")
    environment = {"ACME_KEY": f"{HOLDS_NO}-profile"}
    if "ROTOR_IMPORT_KEY_FILE" in sources:
        environment["ROTOR_IMPORT_KEY_FILE"] = "variable.key"
    if "ROTOR_API_KEY" in sources:
        environment["ROTOR_API_KEY"] = f"{HOLDS_NO}-environment"
    return ["--key-file", "option.key"] if "--key-file" in sources else [], environment


@pytest.mark.parametrize("sources", list(itertools.combinations(KEYS, 2)))
def test_a_profiles_key_outranks_the_environments(desk, sources):
    """Rotor knows the right key alone."""
    right = f"{HOLDS_NO}-{NAMES[KEYS.index(sources[0])]}"
    with Sandbox(options=Options(keys={right: frozenset({READ, WRITE})})) as sandbox, serve(sandbox) as url:
        words, environment = keys_given(desk, sources, url)
        done = desk("check", "--profile", "acme", "--json", *words, **environment)
    assert done.code == 0, done.err
    assert HOLDS_NO not in done.out + done.err


@pytest.mark.parametrize("sources", list(itertools.combinations(KEYS, 2)))
def test_doctor_names_the_key_that_is_used(desk, sources):
    words, environment = keys_given(desk, sources, "http://127.0.0.1:9")
    done = desk("doctor", "--profile", "acme", "--json", *words, **environment)
    named = ("option.key", "variable ACME_KEY.", "variable.key", "variable ROTOR_API_KEY.", "defaults.key")
    message = done.json["checks"][0]["message"]
    assert [words for words in named if words in message] == [named[KEYS.index(sources[0])]]


def test_all_is_not_about_a_profile_that_only_the_environment_names(desk):
    desk.put("rotor-import.toml", "[profiles.acme]\nsandbox = true\nquiet = true\n[profiles.beta]\nsandbox = true\n")
    for name in ("acme", "nobody"):
        done = desk("status", "--all", ROTOR_IMPORT_PROFILE=name)
        assert (done.code, [line.split()[0] for line in done.out.splitlines()]) == (0, ["profile", "acme", "beta"])
        looked = desk("doctor", "--all", "--json", ROTOR_IMPORT_PROFILE=name)
        assert (looked.code, set(looked.json["profiles"])) == (0, {"acme", "beta"})
    assert desk("status", ROTOR_IMPORT_PROFILE="nobody").code == 2
    assert desk("status", ROTOR_IMPORT_PROFILE="nobody", ROTOR_IMPORT_ALL="1").code == 0
    assert desk("status", "--all", "--profile", "nobody").code == 2


def test_plan_run_and_sync_take_mapping_key_and_folder_from_the_profile(desk):
    (desk.folder / "drop").mkdir()
    desk.put("drop/people.csv", FILE)
    desk.put("maps.yaml", MAPPING)
    with Sandbox() as sandbox, serve(sandbox) as url:
        desk.put(
            "rotor-import.toml",
            f"[profiles.acme]\nmapping = 'maps.yaml'\nfolder = 'drop'\nkey_env = 'K'\nbase_url = '{url}'\nsettle = 0\n",
        )
        assert desk("plan", "people.csv", "--profile", "acme", K="k").code == 0
        done = desk("sync", "--profile", "acme", "--json", K="k")
        assert done.code == 0, done.err
        assert done.json["report"].startswith(str(desk.folder / "rotor-import-reports" / "acme"))
        assert desk("run", "people.csv", "--profile", "acme", "--json", K="k").json["requests"]["post"] == 0
        assert len(sandbox.store.all()) == 2


@pytest.mark.parametrize(
    ("text", "arguments", "words"),
    [
        ("[profiles.acme]\n", ["status", "--profile", "acmee"], ["no profile acmee", "Did you mean acme?"]),
        ("[profiles.acme]\n", ["status", "--profile", "acme"], ["no API key", "key_env", "acme"]),
        ("[profiles.acme]\nkey_env = 'NOT_SET'\n", ["status", "--profile", "acme"], ["NOT_SET", "isn't set"]),
        ("[profiles.acme]\nkey_file = 'no'\n", ["status", "--profile", "acme"], ["key file", "no"]),
        ("[profiles.acme]\nconcurrency = 0\nsandbox = true\n", ["resume", "--profile", "acme"], ["--concurrency"]),
        ("[profiles.acme]\nsettle = -1\n", ["sync", "--profile", "acme"], ["acme", "settle"]),
        ("[profiles.acme]\nsandbox = true\n", ["sync", "--profile", "acme"], ["FOLDER", "--profile"]),
        ("[profiles.acme]\nsandbox = true\nfolder = '.'\n", ["sync", "--profile", "acme"], ["--mapping"]),
        ("[profiles.acme]\n", ["status", "--config", "rotor-import.toml"], ["--profile NAME"]),
        ("[profiles.acme]\n", ["status", "--profile", "acme", "--config", "no.toml"], ["no.toml", "init"]),
        ("[profiles.acme]\njson = true\n", ["status", "--profile", "acme"], ["json", "command line"]),
        ("", ["sync", "--all"], ["No profile", "folder"]),
        ("", ["status", "--all"], ["no profiles", "init"]),
        ("[profiles.a]\nfolder = '.'\n", ["sync", "--all", "drop"], ["FOLDER"]),
        ("[profiles.a]\nfolder = '.'\n", ["sync", "--all", "--key-file", "k"], ["--key-file"]),
        ("[profiles.a]\nfolder = '.'\nsandbox = true\n", ["sync", "--all", "--profile", "a"], ["--profile"]),
    ],
)
def test_wrong_usage_of_profiles_is_refused_in_words(desk, text, arguments, words):
    desk.put("rotor-import.toml", text)
    done = desk(*arguments)
    assert done.code == 2
    assert "Traceback" not in done.err
    for word in words:
        assert word in done.err


def test_reports_are_never_pruned_because_of_a_profile(desk):
    desk.put("rotor-import.toml", "[profiles.acme]\nsandbox = true\nreport_dir = 'reports-that-are-not-there'\n")
    assert desk("plan", "people.csv", "-m", "map.yaml", "--sandbox").code == 0
    desk("run", "people.csv", "-m", "map.yaml", "--sandbox")
    done = desk("ledger", "prune", "--profile", "acme", "--json")
    assert done.code == 0, done.err
    assert done.json["reports"] == {"removed": 0, "left": []}


def test_a_shell_completes_profiles(desk):
    desk.put("rotor-import.toml", "[profiles.acme]\n[profiles.beta]\n")
    environment = {"_ROTOR_IMPORT_COMPLETE": "bash_complete", "COMP_WORDS": "rotor-import status --profile a"}
    done = desk(**environment, COMP_CWORD="3")
    assert done.out.splitlines() == ["plain,acme"]
