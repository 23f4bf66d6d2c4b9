import csv
import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotor_import.model.formulas import defused, defused_frame, restored, restored_frame


def each(function, *cells):
    return (
        pl.DataFrame({"cell": cells}, schema={"cell": pl.String}).select(function(pl.col("cell"))).to_series().to_list()
    )


SIGNS = tuple("=+-@＝＋－＠")  # noqa: RUF001 - the wide signs are tried too
AT_START = (*SIGNS, "\t", "\r", "\n")


@given(st.text(alphabet="'\"=+-@\t\r\n＝；;|a1 ", max_size=10))  # noqa: RUF001
def test_what_was_defused_comes_back_unharmed_and_nothing_runs(cell):
    (harmless,) = each(defused, cell)
    assert not harmless.startswith(AT_START)
    for part in re.split("[;；|\t\r\n]", harmless):  # noqa: RUF001 - the wide semicolon
        assert not part.strip(' "').startswith(SIGNS)
    assert each(restored, harmless) == [cell]


@pytest.mark.parametrize(
    ("cell", "harmless"),
    [
        ("a;=1+1", "a;'=1+1"),
        (";=1+1", ";'=1+1"),
        ("a; =1+1;@b", "a;' =1+1;'@b"),
        ('a;"=1+1', "a;'\"=1+1"),
        ("a\t=1", "a\t'=1"),
        ("a\n+1", "a\n'+1"),
        ("a;＝1", "a;'＝1"),  # noqa: RUF001
        ("\t=1", "'\t'=1"),
        ("a;'=1", "a;''=1"),
    ],
)
def test_what_another_locale_would_split_off_is_defused_too(cell, harmless):
    assert each(defused, cell) == [harmless]
    assert each(restored, harmless) == [cell]


def test_a_line_of_a_file_runs_nothing_where_semicolons_separate():
    frame = pl.DataFrame({"a": ["Ann"], "b": ['x;"=1+1;y'], "c": ["z\n=2"]})
    lines = defused_frame(frame).write_csv().splitlines()
    cells = [cell for line in lines for cell in next(csv.reader([line], delimiter=";"))]
    assert not [cell for cell in cells if cell.startswith(SIGNS)]


@pytest.mark.parametrize("cell", ["Ann", "'tis", "763-555-0100", "a=b", "a;b-c", "a, -b", "1;2", "", None])
def test_harmless_cells_stay_as_they_are(cell):
    assert each(defused, cell) == [cell]


@pytest.mark.parametrize("lines", [1, 40])
@given(st.lists(st.none() | st.text(alphabet="'\"=+-@\t\r\n＝；;|\u00a0a1 ", max_size=6), min_size=1, max_size=4))  # noqa: RUF001
def test_short_and_long_tables_are_defused_as_their_cells_are(lines, cells):
    frame = pl.DataFrame({"a": cells * lines, "b": ["x"] * len(cells) * lines}, schema={"a": pl.String, "b": pl.String})
    harmless = frame.select(defused(pl.all()).name.keep())
    assert defused_frame(frame).equals(harmless)
    assert restored_frame(harmless).equals(frame)


def test_headers_are_defused_too():
    frame = pl.DataFrame({"=cmd()": ["+17635550100"], "Name": ["Ann"]})
    assert defused_frame(frame).to_dict(as_series=False) == {"'=cmd()": ["'+17635550100"], "Name": ["Ann"]}
    assert restored_frame(defused_frame(frame)).equals(frame)
