"""Whose change of a field counts, case by case."""

import pytest

from rotor_import.model.three_way import Baseline, Verdict, decide, decide_again, missing_tags

SYNCED = Baseline("old", "Old")


@pytest.mark.parametrize(
    ("value", "held", "baseline", "verdict"),
    [
        ("new", "new", None, Verdict.EQUAL),
        ("new", " new", SYNCED, Verdict.EQUAL),
        ("new", "other", None, Verdict.SEND),
        ("new", None, None, Verdict.SEND),
        ("old", "other", SYNCED, Verdict.LEAVE),
        ("new", "Old", SYNCED, Verdict.SEND),
        ("new", None, SYNCED, Verdict.SEND),
        ("new", "other", SYNCED, Verdict.HOLD),
    ],
)
def test_the_file_wins_unless_only_rotor_changed_or_both_did(value, held, baseline, verdict):
    assert decide(value, held, baseline) is verdict


@pytest.mark.parametrize(
    ("on_both", "verdict"), [("hold", Verdict.HOLD), ("file", Verdict.SEND), ("rotor", Verdict.LEAVE)]
)
def test_the_mapping_says_who_wins_where_both_changed(on_both, verdict):
    assert decide("new", "other", SYNCED, on_both=on_both) is verdict


@pytest.mark.parametrize(("held", "verdict"), [("", Verdict.SEND), ("other", Verdict.LEAVE), (None, Verdict.LEAVE)])
def test_a_field_for_blanks_is_written_only_where_rotor_has_nothing(held, verdict):
    assert decide("new", held, None, write="if_empty") is verdict


def test_a_field_for_blanks_is_left_even_where_the_file_wins_over_an_edit():
    assert decide("new", "other", SYNCED, write="if_empty", on_both="file") is Verdict.LEAVE


@pytest.mark.parametrize(
    ("held", "before", "verdict"),
    [
        ("new ", "old", Verdict.EQUAL),
        ("old\n", "old", Verdict.SEND),
        (None, "old", Verdict.SEND),
        ("other", None, Verdict.SEND),
        ("other", "old", Verdict.HOLD),
    ],
)
def test_a_planned_field_is_held_if_somebody_edited_it_while_it_waited(held, before, verdict):
    assert decide_again("new", held, before) is verdict


def test_a_tag_that_somebody_took_away_is_not_added_again():
    assert missing_tags(("vip", "new"), ("old",), Baseline(("vip",), ("vip",))) == ("new",)
    assert missing_tags(("vip", "new"), ("new",), None) == ("vip",)
