import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotor_import.model.formulas import defused, defused_frame, restored, restored_frame


def each(function, *cells):
    return (
        pl.DataFrame({"cell": cells}, schema={"cell": pl.String}).select(function(pl.col("cell"))).to_series().to_list()
    )


@given(st.text(alphabet="'=+-@\t\r\n＝a1 ", max_size=8))  # noqa: RUF001 - the wide sign is what is tried
def test_what_was_defused_comes_back_unharmed_and_nothing_runs(cell):
    (harmless,) = each(defused, cell)
    assert not harmless.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))  # noqa: RUF001
    assert each(restored, harmless) == [cell]


@pytest.mark.parametrize("cell", ["Ann", "'tis", "763-555-0100", "a=b", "", None])
def test_harmless_cells_stay_as_they_are(cell):
    assert each(defused, cell) == [cell]


def test_headers_are_defused_too():
    frame = pl.DataFrame({"=cmd()": ["+17635550100"], "Name": ["Ann"]})
    assert defused_frame(frame).to_dict(as_series=False) == {"'=cmd()": ["'+17635550100"], "Name": ["Ann"]}
    assert restored_frame(defused_frame(frame)).equals(frame)
