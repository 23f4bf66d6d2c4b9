"""The key and the customers' data stay where they belong."""

import logging
import stat
from dataclasses import replace
from io import StringIO

import pytest
from rotor import opened

from rotor_import.config import read_key_file
from rotor_import.errors import KeyRefused, SettingsError
from rotor_import.sandbox import Fault, serve

KEY = "canary-key-0f6c2d"
PHONE, EMAIL, NAME = "763-555-0199", "canary.person@example.com", "Canaryname"
ROWS = [
    {"key": "1", "phone": PHONE, "email": EMAIL, "first_name": NAME},
    {"key": "2", "email": "bad canary", "first_name": NAME},
    {"key": "3", "phone": PHONE, "email": "second.canary@example.com"},
]
FAULTS = [
    "500 after upsert #1",
    "400:email",
    "drop #2",
    "429 upsert #1",
    "401 upsert",
    "html list #1",
    "truncated list #1",
]


@pytest.fixture
def log():
    """Everything that any logger says, at any level."""
    root, text = logging.getLogger(), StringIO()
    handler = logging.StreamHandler(text)
    level = root.level
    root.addHandler(handler)
    root.setLevel(1)
    yield text
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.mark.parametrize("fault", ["", *FAULTS])
def test_the_key_is_in_no_file_and_no_customer_in_a_log(fault, log):
    faults = (Fault.parse(fault),) if fault else ()
    with opened(faults=faults) as office, serve(office.rotor.sandbox) as url:
        office.write(ROWS)
        office.settings = replace(office.settings, key=KEY, base_url=url, retry_base=0.0)
        office.rotor.transport = lambda: None
        office.run(max_attempts=2, allow_keyless=True)
        for path in office.folder.rglob("*"):
            assert KEY not in path.name
            if path.is_file():
                assert KEY.encode() not in path.read_bytes(), path
    for canary in (KEY, PHONE, EMAIL, NAME, "canary"):
        assert canary not in log.getvalue()


def test_what_holds_customers_is_readable_by_its_owner_only(office):
    office.write(ROWS)
    office.run()
    for path in office.folder.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        if path not in (office.file, office.mapping):
            assert mode == (0o700 if path.is_dir() else 0o600), path


def test_a_key_file_that_others_can_read_is_refused_without_showing_it(tmp_path):
    path = tmp_path / "key"
    path.write_text(KEY)
    for mode in (0o644, 0o640, 0o606):
        path.chmod(mode)
        with pytest.raises(SettingsError, match="chmod 600") as error:
            read_key_file(path)
        assert KEY not in str(error.value)
    path.chmod(0o600)
    assert read_key_file(path) == KEY


def test_a_credential_of_systemds_is_taken_as_it_is_and_no_other_file_beside(tmp_path, monkeypatch):
    """Its access list makes the mode show a group, since version 254; only the service can enter the folder."""
    handed, beside = tmp_path / "credentials", tmp_path / "credentials-of-others"
    for folder in (handed, beside):
        folder.mkdir()
        (folder / "key").write_text(KEY)
        (folder / "key").chmod(0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed))
    assert read_key_file(handed / "key") == KEY
    for path in (beside / "key", handed / ".." / beside.name / "key"):
        with pytest.raises(SettingsError, match="Other users can read the key file"):
            read_key_file(path)


def test_an_error_about_the_key_does_not_show_it():
    with opened(keys={}) as office:
        office.write(ROWS)
        with pytest.raises(KeyRefused) as error:
            office.run()
    assert "a-key" not in str(error.value)
