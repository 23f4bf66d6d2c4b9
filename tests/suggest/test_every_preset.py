"""Without the presets, a suggestion finds nearly all that they map, and nothing wrong."""

from likeness import ENOUGH, compare, pairs

ALTOGETHER = 0.97
"""Of all fields that the presets map."""


def test_a_suggestion_finds_nearly_all_that_the_presets_map_and_nothing_wrong():
    every = [compare(sample, preset) for sample, preset in pairs().items()]
    assert {one.sample: one.wrong for one in every if one.wrong} == {}
    assert {one.sample: one.missed for one in every if one.share < ENOUGH} == {}
    found, missed = (sum(len(getattr(one, name)) for one in every) for name in ("found", "missed"))
    assert found >= ALTOGETHER * (found + missed)
