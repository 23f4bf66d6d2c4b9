"""Each rule for sameness says of two values what its twin says of two columns."""

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rotor_import.model.sameness import lacking_tags, lacks_no_tags, same, same_texts

WORLDS = settings.get_profile("worlds")
SPACES = st.text(st.sampled_from(" \t\r\n\x1c\x1f\x85\xa0\u2003\u2028\u200b"), max_size=3)
TEXTS = st.builds(
    "{}{}{}{}".format,
    SPACES,
    st.sampled_from(["", "Ada", "ada", "1 Elm", "Zo\u00eb", "Zoe\u0308"]),
    SPACES,
    st.text(max_size=1),
)
TAGS = st.lists(st.sampled_from(["vip", "new", "VIP", "caf\u00e9", "cafe\u0301"]), max_size=3)


@settings(WORLDS)
@given(pairs=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=8))
@example(pairs=[("\x1cAda", "Ada"), ("a\r\nb", "a\nb"), ("\u200bAda", "Ada"), ("", " ")])
def test_texts_are_the_same_in_columns_and_as_values(pairs):
    frame = pl.DataFrame(pairs, schema={"said": pl.String, "held": pl.String}, orient="row")
    columns = same_texts(frame["said"], frame["held"]).to_list()
    assert columns == [same(said, held) for said, held in pairs]


@settings(WORLDS)
@given(pairs=st.lists(st.tuples(TAGS, TAGS | st.none()), min_size=1, max_size=8))
def test_tags_are_lacking_in_columns_and_as_values(pairs):
    kind = pl.List(pl.String)
    frame = pl.DataFrame(pairs, schema={"said": kind, "held": kind}, orient="row")
    columns = lacks_no_tags(frame["said"], frame["held"]).to_list()
    assert columns == [not lacking_tags(tuple(said), tuple(held or ())) for said, held in pairs]


@pytest.mark.parametrize(
    ("value", "other", "alike"),
    [
        ("Ada", " Ada\n", True),
        ("one\r\ntwo", "one\ntwo", True),
        ("Ada", "ada", False),
        ("1 Elm", "1  Elm", False),
        ("Zo\u00eb", "Zoe\u0308 ", True),
        ("Zo\u00eb", "Zoe", False),
        ("\ufb01", "fi", False),
        (("vip",), ("vip",), True),
        (("caf\u00e9",), ("cafe\u0301",), True),
        (("vip", "new"), ("new", "vip"), False),
    ],
)
def test_only_white_space_at_the_ends_line_ends_and_the_unicode_form_do_not_count(value, other, alike):
    assert same(value, other) is alike


@pytest.mark.parametrize(
    ("said", "held"),
    [("Ada", " Ada\n"), ("one\r\ntwo", "one\ntwo"), ("\x1cAda", "Ada"), ("Zo\u00eb", "Zoe\u0308")],
    ids=["space", "line end", "separator", "unicode form"],
)
def test_what_does_not_count_in_values_does_not_in_columns(said, held):
    frame = pl.DataFrame({"said": [said], "held": [held]})
    assert same(said, held)
    assert same_texts(frame["said"], frame["held"]).item() is True


def test_no_text_is_the_same_as_an_unknown_one():
    frame = pl.DataFrame({"said": ["Ada"], "held": [None]}, schema={"said": pl.String, "held": pl.String})
    assert same_texts(frame["said"], frame["held"]).item() is None
