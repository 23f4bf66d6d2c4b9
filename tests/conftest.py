"""How many random worlds each promise is tried in: `--examples N`, for a long run by hand."""

import pytest
from hypothesis import HealthCheck, settings
from rotor import opened

EXAMPLES = 500


def pytest_addoption(parser):
    parser.addoption("--examples", type=int, default=EXAMPLES, help="random worlds for each property test")


def pytest_configure(config):
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    settings.register_profile("usual", deadline=None, print_blob=True, suppress_health_check=slow)
    settings.load_profile("usual")
    settings.register_profile("worlds", settings.get_profile("usual"), max_examples=config.getoption("--examples"))


@pytest.fixture
def office():
    with opened() as one:
        yield one
