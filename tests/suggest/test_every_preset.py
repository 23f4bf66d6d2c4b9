"""Without the presets, a suggestion finds nearly all that they map, and nothing wrong."""

import pytest
from likeness import ENOUGH, compare, pairs

ALTOGETHER = 0.97
"""Of all fields that the presets map."""


@pytest.mark.parametrize(("sample", "preset"), pairs().items())
def test_a_suggestion_finds_what_the_preset_maps_and_nothing_wrong(sample, preset):
    found = compare(sample, preset)
    assert found.wrong == ()
    assert found.share >= ENOUGH, f"missed: {found.missed}"


def test_altogether_nearly_every_field_is_found():
    every = [compare(sample, preset) for sample, preset in pairs().items()]
    found, missed = (sum(len(getattr(one, name)) for one in every) for name in ("found", "missed"))
    assert found >= ALTOGETHER * (found + missed)
