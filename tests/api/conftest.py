from __future__ import annotations

from datetime import UTC, datetime

import pytest
from scripted_rotor import KEY, Clock, RecordingMeter, ScriptedRotor

from rotor_import.api import RetryPolicy, RotorClient


@pytest.fixture
def rotor():
    server = ScriptedRotor()
    yield server
    server.stop()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def meter():
    recording = RecordingMeter()
    yield recording
    recording.assert_each_attempt_was_settled_once()


@pytest.fixture
def connect(rotor, clock, meter):
    clients = []

    def open_client(**changes):
        options = {
            "meter": meter,
            "sleep": clock.sleep,
            "now": clock.now,
            "monotonic": clock.now,
            "jitter": lambda: 1.0,
            "wall": lambda: datetime(2026, 11, 9, 12, tzinfo=UTC),
            "retry": RetryPolicy(attempts=3, base=1.0, cap=30.0, total=300.0),
            "timeout": 5.0,
        }
        url = changes.pop("base_url", rotor.url)
        client = RotorClient(url, changes.pop("key", KEY), **(options | changes))
        clients.append(client)
        return client

    yield open_client
    for client in clients:
        client.close()


@pytest.fixture
def client(connect):
    return connect()
