"""How fast an import goes is told once it can be known, in words of people."""

import pytest

from rotor_import.web.steps.pace import in_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "about 10 seconds"),
        (38, "about 40 seconds"),
        (61, "about 1 minute"),
        (125, "about 2 minutes"),
        (3_700, "about 1 hour"),
        (7 * 3_600, "about 7 hours"),
    ],
)
def test_time_left_is_rounded_as_people_say_it(seconds, words):
    assert in_words(seconds) == words
