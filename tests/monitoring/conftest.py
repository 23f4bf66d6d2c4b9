import pytest
from rotor import Rotor
from spent_nights import Nights


@pytest.fixture
def nights(tmp_path, monkeypatch):
    rotor = Rotor(daily_limit=1000)
    with rotor.sandbox:
        yield Nights(tmp_path, rotor, monkeypatch)
