"""What `rotor-import.toml` may say, and the words for what it may not."""

from pathlib import Path

import pytest

from rotor_import.errors import SettingsError
from rotor_import.profiles import Known, ProfileFile, check_name, check_variable

KNOWN = {
    "mapping": Known(str),
    "folder": Known(str),
    "ledger": Known(str),
    "notify": Known(str),
    "base_url": Known(str),
    "report_dir": Known(Path),
    "decisions": Known(Path),
    "daily_limit": Known(int),
    "timeout": Known(float),
    "leave": Known(bool),
    "order": Known(str, choices=("name", "time")),
    "pattern": Known(str, many=True),
    "tolerate": Known(str, many=True),
    "force": Known(bool, by_hand=True),
}
CANARY = "sk-canary-secret"


@pytest.fixture
def file(tmp_path):
    def write(text):
        (tmp_path / "rotor-import.toml").write_text(text)
        return ProfileFile(tmp_path / "rotor-import.toml")

    return write


def profile(file, text, environment=None, name="acme"):
    return file(text).profile(name, KNOWN, environment or {})


def test_a_profile_outranks_the_defaults(file):
    found = profile(file, "[defaults]\ndaily_limit = 1\ntimeout = 2\n[profiles.acme]\ndaily_limit = 3\n")
    assert (found.options["daily_limit"], found.options["timeout"]) == (3, 2)


def test_paths_are_relative_to_the_files_own_folder(file, tmp_path):
    found = profile(
        file,
        "[profiles.acme]\nmapping = 'maps/a.yaml'\nfolder = 'in'\nkey_file = 'a.key'\nledger = 'l.sqlite'\n"
        "report_dir = '../r'\ndecisions = '/abs/d.csv'\n",
    )
    assert found.options == {
        "mapping": str(tmp_path / "maps/a.yaml"),
        "folder": str(tmp_path / "in"),
        "ledger": str(tmp_path / "l.sqlite"),
        "report_dir": str(tmp_path.parent / "r"),
        "decisions": "/abs/d.csv",
    }
    assert found.own_key == tmp_path / "a.key"


def test_a_path_that_comes_from_a_variable_is_relative_to_the_files_own_folder_too(file, tmp_path):
    text = "[profiles.acme]\nfolder_env = 'PLACE'\nledger_env = 'LEDGER'\n"
    options = profile(file, text, {"PLACE": "in", "LEDGER": "postgresql://host/db"}).options
    assert (options["folder"], options["ledger"]) == (str(tmp_path / "in"), "postgresql://host/db")


def test_a_variable_of_the_programs_own_is_no_companys(file):
    with pytest.raises(SettingsError, match="those that begin with ROTOR_IMPORT_ count for all"):
        profile(file, "[profiles.acme]\nnotify_env = 'ROTOR_IMPORT_NOTIFY'\n", {"ROTOR_IMPORT_NOTIFY": "https://h"})


def test_presets_and_urls_are_no_paths(file):
    text = "[profiles.acme]\nmapping = 'jobber'\nfolder = 'sftp://host/in'\nledger = 'postgresql://host/db'\n"
    options = profile(file, text).options
    assert (options["mapping"], options["folder"], options["ledger"]) == (
        "jobber",
        "sftp://host/in",
        "postgresql://host/db",
    )


def test_reports_go_to_a_folder_of_the_profiles_own_unless_it_says_otherwise(file, tmp_path):
    assert profile(file, "[profiles.acme]\n").options["report_dir"] == str(tmp_path / "rotor-import-reports" / "acme")
    said = profile(file, "[defaults]\nreport_dir = 'r'\n[profiles.acme]\n")
    assert said.options["report_dir"] == str(tmp_path / "r")


def test_secrets_come_from_the_environment(file):
    text = (
        "[defaults]\nledger_env = 'LEDGER'\nstorage = {endpoint_url = 'https://s3.example.com'}\n"
        "[profiles.acme]\nnotify_env = 'HOOK'\nkey_env = 'ACME_KEY'\n"
        "storage_env = {key = 'S3_KEY', secret = 'S3_SECRET'}\n"
    )
    given = {"LEDGER": "postgresql://u:p@h/d", "HOOK": "https://h", "ACME_KEY": "k", "S3_KEY": "a", "S3_SECRET": "b"}
    found = profile(file, text, given)
    assert found.options["ledger"] == "postgresql://u:p@h/d"
    assert found.options["notify"] == "https://h"
    assert found.storage == {"endpoint_url": "https://s3.example.com", "key": "a", "secret": "b"}
    assert found.key(given) == "k"
    assert not any(secret in repr(found) for secret in ("u:p@h", "https://h", "'a'", "'b'"))


def test_a_variable_of_the_defaults_is_not_needed_where_the_profile_has_its_own_value(file):
    text = "[defaults]\nledger_env = 'NOT_SET'\n[profiles.acme]\nledger = 'own.sqlite'\n"
    assert profile(file, text).options["ledger"].endswith("own.sqlite")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[profiles.acme\n", [":1:", "TOML"]),
        ("[profiles.acme]\nfolder = in\n", [":2:", "TOML", "quotes"]),
        ("[profile.acme]\n", ["Did you mean profiles?"]),
        ("folder = 'in'\n[profiles.acme]\n", [":1:", "[profiles.NAME]"]),
        ("profiles = 3\n", [":1:", "table"]),
        ("[profiles]\nacme = 3\n", [":2:", "[profiles.acme]"]),
        ("[profiles.acne]\n", ["no profile acme", "Did you mean acne?"]),
        ("[profiles.other]\n", ["no profile acme", "other"]),
        ("", ["no profile acme", "rotor-import init"]),
        ("[profiles.acme]\nfoldr = 'in'\n", [":2:", "profile acme", "foldr", "Did you mean folder?"]),
        ("[profiles.acme]\nreport-dir = 'in'\n", [":2:", "Did you mean report_dir?"]),
        ("[defaults]\ntimeot = 3\n[profiles.acme]\n", [":2:", "[defaults]", "Did you mean timeout?"]),
        (f"[profiles.acme]\nkey = '{CANARY}'\n", [":2:", "Never put a key", "key_file", "key_env"]),
        (f"[profiles.acme]\napi_key = '{CANARY}'\n", [":2:", "Never put a key"]),
        (f"[profiles.acme]\nkey_env = '{CANARY}'\n", [":2:", "name of an environment variable"]),
        ("[profiles.acme]\nkey_env = 'A'\nkey_file = 'b'\n", [":3:", "Keep one"]),
        ("[profiles.acme]\nledger = 'a'\nledger_env = 'B'\n", [":3:", "Keep one"]),
        (f"[profiles.acme]\ndaily_limit = '{CANARY}'\n", [":2:", "profile acme", "daily_limit", "a whole number"]),
        ("[profiles.acme]\ndaily_limit = 1.5\n", ["a whole number"]),
        ("[profiles.acme]\ndaily_limit = true\n", ["a whole number"]),
        ("[profiles.acme]\ntimeout = 'long'\n", ["a number"]),
        ("[profiles.acme]\nleave = 1\n", ["true or false"]),
        ("[profiles.acme]\nfolder = ''\n", ["text in quotes"]),
        ("[profiles.acme]\nfolder = ['a']\n", ["text in quotes"]),
        ("[profiles.acme]\norder = 'size'\n", ["order", "name, time"]),
        ("[profiles.acme]\npattern = [['*']]\n", ["pattern", "list"]),
        ("[profiles.acme]\nforce = true\n", ["command line"]),
        ("[profiles.acme]\nstorage = {key = 1}\n", ["storage", "table of texts"]),
        ("[profiles.acme]\nstorage_env = 'S3'\n", ["storage_env", "table of texts"]),
        ("[profiles.acme]\nledger_env = 'UNSET_ONE'\n", ["profile acme", "UNSET_ONE", "isn't set"]),
        ("[profiles.acme.com]\nfolder = 'in'\n", ["needs quotes"]),
        ("[profiles.'a b']\n", ["no profile acme"]),
    ],
)
def test_a_wrong_file_is_refused_in_words_that_name_the_place_and_no_value(file, text, words):
    with pytest.raises(SettingsError) as refused:
        profile(file, text)
    for word in words:
        assert word in str(refused.value)
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize("name", ["a b", "../a", "..", "-a", "a/b", "é", ""])
def test_a_name_that_could_be_a_path_or_an_option_is_refused(file, name):
    with pytest.raises(SettingsError):
        check_name(name)
    with pytest.raises(SettingsError):
        profile(file, f"[profiles.'{name}']\n", name=name)


def test_a_file_that_is_not_there_or_not_text_is_refused_in_words(tmp_path):
    with pytest.raises(SettingsError, match="There is no profile file"):
        ProfileFile(tmp_path / "none.toml")
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe\x00")
    for unreadable in ("odd.toml", "."):
        with pytest.raises(SettingsError, match="can't be read"):
            ProfileFile(tmp_path / unreadable)


def test_what_is_wrong_in_one_profile_is_nothing_to_another(file):
    text = "[profiles.beta]\nkey = 'x'\n[profiles.acme]\nfolder = 'in'\n"
    assert profile(file, text).name == "acme"


def test_lists_and_numbers_are_taken_where_an_option_may_be_repeated(file):
    options = profile(file, "[profiles.acme]\npattern = ['*.csv', '*.xlsx']\ntolerate = 5\n").options
    assert options["pattern"] == ["*.csv", "*.xlsx"]
    assert options["tolerate"] == "5"


def test_a_key_in_place_of_a_variables_name_is_not_repeated():
    with pytest.raises(SettingsError) as refused:
        check_variable("abcdef123canary")
    assert "canary" not in str(refused.value)
    assert check_variable("ACME_KEY") == "ACME_KEY"


def test_variables_are_told_apart_by_who_names_them(file):
    found = file("[defaults]\nledger_env = 'L'\n[profiles.acme]\nkey_env = 'K'\nstorage_env = {key = 'S'}\n")
    assert found.variables("acme") == {"K", "S"}
    assert found.common_variables == {"L"}
