"""How many random worlds a property test tries: `--examples N`, for a long run by hand."""

import pytest
from hypothesis import HealthCheck, settings
from rotor import opened

EXAMPLES = 500


def pytest_addoption(parser):
    parser.addoption("--examples", type=int, default=EXAMPLES, help="random worlds for each property test")


def pytest_configure(config):
    settings.register_profile(
        "worlds",
        max_examples=config.getoption("--examples"),
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    settings.load_profile("worlds")


@pytest.fixture
def office():
    with opened() as one:
        yield one
