"""How many random worlds each promise is tried in: `--examples N`, for a long run by hand."""

import gc
import shutil
import tempfile

import pytest
from hypothesis import HealthCheck, settings
from postgres import postgres
from rotor import MEMORY, opened

EXAMPLES = 30
ROOM = 2 << 30
"""Bytes that have to be free in memory before all temporary files go there; a container may have very few."""


def pytest_addoption(parser):
    parser.addoption(
        "--examples",
        type=int,
        default=EXAMPLES,
        help="random worlds for each property test; where each takes several runs, a fifth of them",
    )
    parser.addoption("--all-samples", action="store_true", help="every sample through the page, not one of four")
    parser.addoption("--all-unknowns", action="store_true", help="every combination of the API's unknowns, not pairs")
    parser.addoption(
        "--all-boundaries",
        action="store_true",
        help="end every run, and let each fault strike, everywhere, not at some",
    )
    parser.addoption("--kills", type=int, default=5, help="how many times a real process is killed")


def pytest_configure(config):
    # The tests end programs, never the machine, so no file of theirs need reach a disk, nor wait for one.
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM:
        tempfile.tempdir = str(MEMORY)
    examples = config.getoption("--examples")
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    settings.register_profile(
        "worlds", deadline=None, print_blob=True, suppress_health_check=slow, max_examples=examples
    )
    settings.load_profile("worlds")
    # For tests of which each world takes several runs.
    settings.register_profile("long", settings.get_profile("worlds"), max_examples=max(1, examples // 5))
    # For each combination of the API's unknowns, of which there are eight or more.
    settings.register_profile("unknowns", settings.get_profile("worlds"), max_examples=max(1, examples // 50))


LONGEST = (
    "test_sixty_nights",
    "test_fifty_accounts",
    "test_kills",
    "test_every_boundary",
    "test_killed_nights",
    "test_promises",
    "test_cut_connections",
)


def pytest_collection_modifyitems(items):
    """The longest tests first: begun last, one of them would keep a single worker busy while the others rest."""
    place = {name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (place.get(item.path.stem, len(place)), "promises" not in item.path.parts))


def pytest_collection_finish():
    """What is loaded by now stays, so the collector need not go through it again and again, nor so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture(scope="session")
def server():
    with postgres() as one:
        yield one


@pytest.fixture(scope="session")
def ssh(tmp_path_factory):
    from file_servers import ssh_server  # noqa: PLC0415 - few tests need it

    with ssh_server(tmp_path_factory.mktemp("ssh")) as one:
        yield one


@pytest.fixture(scope="session")
def s3():
    from file_servers import s3_server  # noqa: PLC0415 - few tests need it

    with s3_server() as one:
        yield one


@pytest.fixture(scope="session")
def chromium():
    """One for all tests of a worker."""
    from browser import browser  # noqa: PLC0415 - few tests need it

    with browser() as one:
        yield one


@pytest.fixture(params=["sqlite", "postgres"])
def location(request, tmp_path):
    """An empty ledger's path or URL."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.sqlite")
    return request.getfixturevalue("server").database()


@pytest.fixture
def office():
    with opened() as one:
        yield one


@pytest.fixture
def every(request):
    """How far it is from one boundary that is tried to the next: this number, or 1 where all are wanted."""
    return lambda usual: 1 if request.config.getoption("--all-boundaries") else usual
