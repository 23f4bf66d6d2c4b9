"""Brings texts into one Unicode form, so that a file whose program writes accents in another way says the same."""

from __future__ import annotations

import polars as pl

from rotor_import.model.fields import TAGS_FIELD
from rotor_import.model.sameness import composed_texts


def composed_frame(frame: pl.DataFrame, foreign: pl.DataFrame) -> pl.DataFrame:
    """The frame with its texts in Unicode form C.

    `foreign` has a column for each column of texts, which marks the cells with letters beyond ASCII: no others have
    more than one form.
    """
    columns = [_composed(frame.get_column(name), foreign.get_column(name)) for name in foreign.columns]
    if TAGS_FIELD in frame.columns:
        columns.append(_composed_lists(frame.get_column(TAGS_FIELD)))
    return frame.with_columns(column for column in columns if column is not None)


def _composed(cells: pl.Series, foreign: pl.Series) -> pl.Series | None:
    """The column in one form, None where it is already."""
    if not foreign.any():
        return None
    at = foreign.arg_true()
    some = cells.gather(at)
    forms = some.to_frame().select(composed_texts(pl.first())).to_series()
    changed = some != forms
    return cells.scatter(at.filter(changed), forms.filter(changed)) if changed.any() else None


def _composed_lists(cells: pl.Series) -> pl.Series | None:
    texts = cells.list.explode(keep_nulls=False, empty_as_null=False)
    foreign = texts.filter(texts.str.len_bytes() != texts.str.len_chars()).unique()
    if foreign.to_frame().select((composed_texts(pl.first()) == pl.first()).all()).item():
        return None
    return cells.list.eval(composed_texts(pl.element()))
