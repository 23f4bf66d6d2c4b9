"""Phones and emails that people have beside their keys: in the notes, and in columns that were not chosen."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from rotor_import.model.fields import KEY_FIELDS, NOTES_FIELD
from rotor_import.model.independent import numbers_of
from rotor_import.pipeline.reading import Inputs

_FOUND = {
    "other_phones": r"\+?[0-9][0-9()./ \u{2010}-\u{2015}-]{5,}[0-9]",
    "other_emails": r"[\p{L}0-9._%+'-]+@[\p{L}0-9-]+(?:\.[\p{L}0-9-]+)+",
}
_MAY_HAVE = r"[0-9][^\p{L}]{5}|@"


def contacts_in(texts: pl.Series) -> pl.DataFrame:
    """`at`, the position of each text that has any, with its `other_phones` and `other_emails`."""
    at = texts.str.contains(_MAY_HAVE).fill_null(value=False).arg_true()
    found = pl.DataFrame([at.alias("at"), texts.gather(at).alias("text")])
    found = found.select("at", *(pl.col("text").str.extract_all(form).alias(name) for name, form in _FOUND.items()))
    return found.filter(pl.any_horizontal(pl.col(name).list.len() > 0 for name in _FOUND))


def other_contacts(inputs: Inputs) -> pl.DataFrame:
    """What the rows of an import have: `ref`, the row's number, with `other_phones` and `other_emails`."""
    parts = [_with_contacts(refs, texts) for refs, texts in _texts(inputs)]
    return pl.concat([pl.DataFrame(schema=_SCHEMA), *parts])


_SCHEMA = pl.Schema({"ref": pl.UInt64(), **{name: pl.List(pl.String) for name in _FOUND}})


def _with_contacts(refs: pl.Series, texts: pl.Series) -> pl.DataFrame:
    found = contacts_in(texts)
    return found.select(refs.gather(found.get_column("at")).alias("ref"), *_FOUND)


def _texts(inputs: Inputs) -> Iterator[tuple[pl.Series, pl.Series]]:
    """Texts in which contacts may stand, and the numbers of their rows."""
    rows = inputs.rows
    if NOTES_FIELD in rows.columns:
        yield numbers_of(rows), rows.get_column(NOTES_FIELD)
    for file, (source, uses) in enumerate(zip(inputs.sources, inputs.uses, strict=False)):
        columns = [uses.used_by(name) for name in KEY_FIELDS]
        numbers = pl.DataFrame([source.numbers.alias("row")]).select(pl.lit(file).alias("file"), "row")
        for column in (name for named in columns if len(named) > 1 for name in named):
            yield numbers_of(numbers), source.frame.get_column(column)
