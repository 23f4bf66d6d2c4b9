"""Without the presets, a suggestion finds nearly all that they map, and nothing wrong."""

import pytest
from likeness import ENOUGH, compare, pairs


@pytest.mark.parametrize(("sample", "preset"), pairs().items())
def test_a_suggestion_finds_what_the_preset_maps_and_nothing_wrong(sample, preset):
    found = compare(sample, preset)
    assert found.wrong == ()
    assert found.share >= ENOUGH, f"missed: {found.missed}"
