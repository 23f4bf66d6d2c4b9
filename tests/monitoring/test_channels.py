"""The ways to people: apprise's kinds of address over real sockets, wrong addresses, and those who never answer."""

import logging
import subprocess
import sys
import threading
from email import message_from_string
from io import StringIO

import pytest
from program import clean
from receivers import mail_server, receiver
from spent_nights import told

from rotor_import.errors import SettingsError
from rotor_import.monitoring.bounded import carried_out
from rotor_import.monitoring.channels import Channels
from rotor_import.monitoring.message import Message
from rotor_import.monitoring.pings import Pings
from rotor_import.sandbox import Fault

ALARM = Message("alarm", "Alarm: feed clients: it failed\nWhat to do.", {"text": "Alarm", "code": 5})


def json_of_apprise(url):
    return url.replace("http://", "json://")


def test_a_message_goes_through_apprise_to_a_service():
    with receiver(200) as (url, taken):
        assert Channels([f"{json_of_apprise(url)}/token"], pytest.fail).tell(ALARM)
    assert taken[0].path == "/token"
    assert (taken[0].json["title"], taken[0].json["message"]) == ("Alarm: feed clients: it failed", "What to do.")
    assert taken[0].json["type"] == "warning"


def test_a_message_goes_through_apprise_as_a_mail():
    with mail_server() as (port, mails):
        address = f"mailto://127.0.0.1:{port}?from=rotor@example.com&to=office@example.com&mode=insecure&format=text"
        assert Channels([address], pytest.fail).tell(ALARM)
    [mail] = map(message_from_string, mails)
    assert (mail["subject"], mail["to"]) == ("Alarm: feed clients: it failed", "office@example.com")
    assert mail.get_payload(decode=True).decode().strip() == "What to do."


def test_every_address_is_told_and_one_that_takes_it_is_enough():
    said = []
    with receiver(200) as (good, taken), receiver(404) as (bad, refused):
        assert Channels([f"{bad}/canary-token", json_of_apprise(bad), good], said.append).tell(ALARM)
        assert not Channels([bad], said.append).tell(ALARM)
    assert (len(taken), len(refused)) == (1, 3)
    assert [words.partition(" of ")[0] for words in said] == ["Address 1", "Address 2", "The address"]
    assert "canary" not in "".join(said)


def test_addresses_in_the_environment_are_separated_by_semicolons(nights):
    nights.rotor.sandbox.suffer(Fault.parse("401"))
    with receiver(200) as (one, taken), receiver(200) as (two, again):
        nights.night(ROTOR_IMPORT_NOTIFY=f"{one}/a; {json_of_apprise(two)}/b")
    assert told(taken) == [("alarm", 5)]
    assert again[0].json["title"].startswith("Alarm: rotor-import sync, feed clients: Rotor refused the API key")


@pytest.mark.parametrize("command", ["sync", "run"])
@pytest.mark.parametrize(
    ("option", "address", "words"),
    [
        ("--notify", "http://canary-token.example.com/hook", "https://"),
        ("--notify", "https://", "https://"),
        ("--notify", "canarytoken://x", "apprise"),
        ("--notify", "canary-token", "apprise"),
        ("--notify", "slack://canary-token", "apprise"),
        ("--ping", "http://example.com/canary-token", "https://"),
        ("--ping", "canary-token", "https://"),
    ],
)
def test_a_wrong_address_is_refused_before_anything_is_sent_and_never_repeated(nights, command, option, address, words):
    nights.drop_rows("a.csv")
    what = "drop" if command == "sync" else "drop/a.csv"
    done = nights.start(command, what, "-m", "map.yaml", option, address)
    assert done.returncode == 2
    assert option in done.stderr
    assert words in done.stderr
    assert "canary" not in done.stdout + done.stderr
    assert nights.rotor.requests() == []


def test_no_address_is_in_a_log_at_any_level():
    root, text = logging.getLogger(), StringIO()
    handler, level = logging.StreamHandler(text), root.level
    root.addHandler(handler)
    root.setLevel(1)
    try:
        with receiver(500, 200) as (url, taken):
            channels = [f"{url}/canary-token", f"{json_of_apprise(url)}/canary-token"]
            Channels(channels, lambda _: None, lambda _: None).tell(ALARM)
            Pings(f"{url}/canary-token", "sync", pytest.fail).began()
            with pytest.raises(SettingsError):
                Channels(["slack://canary-token"], pytest.fail)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert len(taken) >= 3
    assert "canary" not in text.getvalue()


def test_whoever_never_answers_is_given_up():
    never = threading.Event()
    assert carried_out([never.wait, lambda: True, lambda: 1 / 0], 0.05) == [False, True, False]
    never.set()


@pytest.mark.parametrize(
    ("option", "value", "library", "extra"),
    [("--notify", "json://localhost", "apprise", "notify"), ("--metrics", "m.prom", "prometheus_client", "metrics")],
)
def test_without_its_extra_an_option_says_what_to_install_before_anything_is_sent(
    nights, option, value, library, extra
):
    nights.drop_rows("a.csv")
    script = (
        f"import sys\nsys.modules[{library!r}] = None\nfrom rotor_import.cli import main\n"
        f"main(['sync', 'drop', '-m', 'map.yaml', '--sandbox', {option!r}, {value!r}])\n"
    )
    environment = clean(XDG_DATA_HOME=str(nights.folder / "data"))
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=nights.folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"{option} needs an extra package" in done.stderr
    assert f"pip install 'rotor-import[{extra}]'" in done.stderr
    assert not (nights.folder / "data").exists()
