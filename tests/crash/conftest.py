"""The two kinds of ledger that runs end on."""

import pytest


@pytest.fixture(params=["sqlite", "postgres"])
def place(request):
    """A way to an empty ledger."""
    if request.param == "sqlite":
        return lambda: None
    return request.getfixturevalue("server").database
