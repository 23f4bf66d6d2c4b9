"""A folder with a file and its mapping, in which commands are typed."""

import pytest
from inside import Inside
from test_command_line import FILE, MAPPING


@pytest.fixture
def desk(tmp_path, monkeypatch, capsys):
    found = Inside(tmp_path, monkeypatch, capsys)
    found.put("people.csv", FILE)
    found.put("map.yaml", MAPPING)
    return found
