"""How far this computer's clock is ahead of Rotor's, by the date of its answers."""

from datetime import UTC, datetime

import pytest

from rotor_import.api.interpret import seconds_ahead

NOW = datetime(2026, 11, 28, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Sat, 28 Nov 2026 18:30:00 GMT", 0),
        ("Sat, 28 Nov 2026 18:25:00 GMT", 300),
        ("Sat, 28 Nov 2026 13:31:00 -0500", -60),
        ("Sat, 28 Nov 2026 18:30:00 -0000", 0),
        (None, None),
        ("", None),
        ("yesterday", None),
        ("Sat, 99 Nov 2026 18:30:00 GMT", None),
    ],
)
def test_a_date_says_it_and_anything_else_says_nothing(header, seconds):
    assert seconds_ahead(header, NOW) == seconds
