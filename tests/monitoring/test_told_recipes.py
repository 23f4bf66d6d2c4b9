"""The documents' recipes of who is told, as far as this machine can try them."""

import re
from pathlib import Path

import pytest
from receivers import mail_server, receiver

from rotor_import.monitoring.channels import Channels
from rotor_import.monitoring.figures import GAUGES
from rotor_import.monitoring.message import Message

DOCUMENT = (Path(__file__).parents[2] / "rotor_import" / "sync" / "README.md").read_text(encoding="utf-8")
ALARM = Message("alarm", "Alarm: feed clients: it failed\nWhat to do.", {"text": "Alarm"})


def addresses(option="NOTIFY"):
    return re.findall(rf"^export ROTOR_IMPORT_{option}='(.+?)'", DOCUMENT, re.MULTILINE)


def test_the_webhook_and_the_mail_of_the_recipes_arrive():
    slack, mail, _ = addresses()
    with receiver(200) as (url, taken), mail_server() as (port, mails):
        here = [slack.replace("https://hooks.slack.com", url), mail.replace("mail.example.com:25", f"127.0.0.1:{port}")]
        assert Channels(here, pytest.fail).tell(ALARM)
    assert (taken[0].path, taken[0].json) == ("/services/T000/B000/token", {"text": "Alarm"})
    assert len(mails) == 1


def test_each_recipe_is_an_address_that_can_be_used():
    assert len(addresses()) == 3
    Channels(addresses(), pytest.fail)
    assert addresses("PING") == ["https://hc-ping.com/your-uuid"]


def test_the_document_names_every_gauge_and_its_rules_no_other():
    named = set(re.findall(r"\brotor_import_[a-z_]+", re.sub(r"(?m)^.*(rotor_import/|tests/).*$", "", DOCUMENT)))
    assert named == set(GAUGES)
