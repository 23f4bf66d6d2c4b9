"""What is done once for a column, or once for each distinct cell, is what would be done for each row."""

import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotor_import.mapping.whitespace import stripped, stripped_columns

MAPPING = """
key: Id
fields:
  first_name: Name
  last_name: {column: Name, strip: "*"}
  company_name: {first_of: [Name, Tags]}
  phone: {first_of: [P, Q]}
  email: {first_of: [E, Q], split: ","}
  notes: {column: E, split: ","}
  tags: {column: Tags, split: ",", add: [new]}
  property_state: State
  property_zip: {column: Zip, zip: US}
"""
CELLS = {
    "Name": ["Ann", "*Bo*", "", "\u200bCy\u200b", "\ufeff", "Zoë"],
    "P": ["1", "", "\u200b2", "x"],
    "Q": ["", "3,4", "5"],
    "E": ["a", "a,b", " a , ,b", ",", "\u200b", "", "é"],
    "Tags": ["", "x", "x,y", "y,x,y", ", ,", "\u200bx"],
    "State": ["NJ", "", "MN"],
    "Zip": ["07725", "7725", "", "501", "12345-6789", "123456789", "7725.0", "H2X 1Y4", "1234567", "\u200b07725"],
}


@pytest.fixture
def columns():
    chance = random.Random(5)
    cells = {
        name: [text.strip(" ") for text in chance.choices(texts, k=5000)]  # a source's cells are stripped
        for name, texts in CELLS.items()
    }
    return {"Id": [str(number) for number in range(5000)]} | cells


def test_each_row_is_drawn_as_it_would_be_alone(apply, columns):
    whole = apply(MAPPING, columns)
    parts = [
        apply(MAPPING, {name: cells[at : at + 25] for name, cells in columns.items()}) for at in range(0, 5000, 25)
    ]
    assert whole.frame.drop("row").equals(pl.concat(part.frame.drop("row") for part in parts))
    for told in ("rejects", "notices"):
        each = [one for part in parts for one in getattr(part, told)]
        assert [(one.field, one.value, one.reason) for one in getattr(whole, told)] == [
            (one.field, one.value, one.reason) for one in each
        ]
    assert whole.rejects
    assert whole.notices


def test_tags_that_seldom_repeat_are_drawn_all_the_same(apply):
    tags = [f"{number % 3000},b" for number in range(5000)]
    mapped = apply("fields: {tags: {column: T, split: ','}}", {"T": tags})
    assert mapped.frame.get_column("tags").to_list() == [tag.split(",") for tag in tags]


@pytest.mark.parametrize("origin", ["value: 'x,y'", "sql: \"'x,y'\"", "template: 'x,y'"])
def test_a_value_of_all_rows_is_drawn_for_many_too(apply, origin):
    mapped = apply(
        f"fields: {{tags: {{{origin}, split: ','}}, phone: {{{origin}, split: ','}}}}", {"T": ["1", ""] * 2500}
    )
    for name in ("tags", "phone"):
        assert mapped.frame.get_column(name).to_list() == [["x", "y"]] * 5000


@given(st.lists(st.one_of(st.none(), st.text(alphabet="aé \u00a0\u200b\ufeff", min_size=1)), min_size=1))
def test_a_column_is_taken_as_it_is_only_where_nothing_would_be_stripped(texts):
    source = pl.DataFrame({"c": texts}, schema={"c": pl.String}).select(pl.col("c").str.strip_chars())
    source = source.select(pl.when(pl.col("c") != "").then("c"))
    same = source.equals(source.select(stripped(pl.col("c"))))
    assert (stripped_columns(source, ["c"]) == {"c"}) == same
