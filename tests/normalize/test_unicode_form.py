"""Files that differ only in how their program writes accents are one file."""

import unicodedata

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from rotor_import.model.rows import MappedTable
from rotor_import.normalize import identified, normalize, rows

WORLDS = settings.get_profile("worlds")
TEXTS = st.sampled_from([None, "Ann", "Renée Núñez", "Zoë", "Łucja", "한글", "Ångström", "ﬁn", "né à Nîmes", "BjÃ¶rn"])
ROWS = st.lists(st.tuples(TEXTS, TEXTS, st.none() | st.lists(TEXTS.filter(bool), max_size=2)), min_size=1, max_size=6)


def table(lines):
    kinds = {"source_key": pl.String, "first_name": pl.String, "tags": pl.List(pl.String)}
    frame = pl.DataFrame(lines, schema=kinds, orient="row").with_columns(
        pl.int_range(2, 2 + len(lines), dtype=pl.UInt32).alias("row"),
        pl.lit("US").alias("region"),
        pl.lit(None, dtype=pl.String).alias("id"),
    )
    return normalize(MappedTable(0, frame), invalid={})


def decomposed(cell):
    if isinstance(cell, list):
        return [decomposed(text) for text in cell]
    return cell and unicodedata.normalize("NFD", cell)


@settings(WORLDS)
@given(ROWS)
def test_rows_have_the_same_natural_keys_and_values_in_either_form(lines):
    one = identified(rows([table(lines)]))
    other = identified(rows([table([tuple(map(decomposed, line)) for line in lines])]))
    assert one.equals(other)


def test_letters_stay_what_they_are_and_only_their_form_changes():
    found = table([("k\u0308", "ﬁn", ["cafe\u0301"]), ("k\u0308", "Zoe\u0308 ½", None)]).frame
    assert found.get_column("first_name").to_list() == ["ﬁn", "Zoë ½"]
    assert found.get_column("tags").to_list() == [["café"], None]
    assert found.get_column("source_key").to_list() == ["k\u0308", "k\u0308"]
