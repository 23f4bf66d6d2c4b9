import pytest
from drops import Box
from rotor import opened


@pytest.fixture
def box():
    with opened() as office:
        yield Box(office)


@pytest.fixture
def box_with():
    """A box whose mapping says more."""
    entered = []

    def make(more):
        context = opened(more=more)
        entered.append(context)
        return Box(context.__enter__())

    yield make
    for context in entered:
        context.__exit__(None, None, None)
