"""Finds lines by what they say: every word has to be in one of the customer's values or its rows' cells.

Accents and capitals don't matter, nor how a phone is written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from rotor_import.model.summary import Summary
from rotor_import.report.lookup.lines import Lines, searched_columns

_LONGEST = 200
"""The most characters of a query that count."""
_PHONE = re.compile(r"\+?[\d\s().\/-]+")
_ROW = re.compile(r"(?:row\s*|#\s*)?(\d{1,9})", re.IGNORECASE)
_FEWEST_DIGITS = 4
_NATIONAL = 11
_BETWEEN = "\n"


class Search:
    """What each line says, in a form that is searched fast."""

    def __init__(self, lines: Lines, summary: Summary) -> None:
        self._lines = lines
        texts = pl.concat([_of_rows(lines, summary), _of_new(lines), _of_changed(lines), _of_known(lines)])
        joined = _joined(texts)
        numbers = lines.frame.select("line").join(joined, on="line", how="left", maintain_order="left")
        self._text = numbers.get_column("text").fill_null("")
        self._digits = numbers.get_column("digits").fill_null("")

    def lines(self, query: str, fate: str = "") -> pl.Series:
        """The numbers of all lines found, in the file's order; the row that the query names comes first.

        A fate that is none stands for all.
        """
        wanted, first = self._lines.of_fate(fate), None
        query = query[:_LONGEST].strip()
        if query:
            fits = self._has_words(query) | self._has_phone(query)
            if number := _ROW.fullmatch(query):
                first = self._of_row(int(number[1]))
                fits |= first
            wanted &= fits
        numbers = self._lines.frame.get_column("line")
        if first is None:
            return numbers.filter(wanted)
        return pl.concat([numbers.filter(wanted & first), numbers.filter(wanted & ~first)])

    def _has_words(self, query: str) -> pl.Series:
        fits = pl.repeat(value=True, n=self._text.len(), dtype=pl.Boolean, eager=True)
        for word in plain(pl.Series([query])).item().split():
            fits &= self._text.str.contains(word, literal=True)
        return fits

    def _has_phone(self, query: str) -> pl.Series:
        digits = national(re.sub(r"\D", "", query))
        if len(digits) < _FEWEST_DIGITS or not _PHONE.fullmatch(query):
            return pl.repeat(value=False, n=self._text.len(), dtype=pl.Boolean, eager=True)
        return self._digits.str.contains(digits, literal=True)

    def _of_row(self, number: int) -> pl.Series:
        lines = self._lines.rows.filter(pl.col("row") == number).get_column("line")
        return self._lines.frame.get_column("line").is_in(lines.implode())


def plain(texts: pl.Series) -> pl.Series:
    """Texts without accents and capitals."""
    # Most texts have nothing but ASCII, and need none of the slow steps.
    simple = texts.str.len_bytes() == texts.str.len_chars()
    if simple.all():
        return texts.str.to_lowercase()
    rest = texts.filter(~simple).str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
    return texts.str.to_lowercase().scatter((~simple).arg_true(), rest)


def national(digits: str) -> str:
    """The digits of a phone without the country code of the US and Canada."""
    return digits[1:] if len(digits) == _NATIONAL and digits.startswith("1") else digits


def _joined(texts: pl.DataFrame) -> pl.DataFrame:
    """Each line's texts as one, plain, and the digits of its phones."""
    texts = texts.filter(pl.col("text").is_not_null() & (pl.col("text") != ""))
    joined = texts.group_by("line").agg(
        pl.col("text").unique(maintain_order=True).str.join(_BETWEEN),
        pl.col("phones").drop_nulls().unique(maintain_order=True).str.join(_BETWEEN),
    )
    return joined.select(
        "line",
        plain(joined.get_column("text")),
        joined.get_column("phones").str.replace_all(r"[^\d\n]", "").alias("digits"),
    )


def _of_rows(lines: Lines, summary: Summary) -> pl.DataFrame:
    """What each row's own cells say."""
    parts = []
    for file, cells in lines.cells.items():
        names = [name for name in searched_columns(summary, file) if name in cells.columns]
        phones = [name for name in names if name in _phone_columns(summary, file)]
        parts.append(
            cells.select(pl.col("\0row").alias("row"), _told(names).alias("text"), _told(phones).alias("phones")).join(
                lines.rows.filter(pl.col("file") == file).select("row", "line"), on="row"
            )
        )
    if not lines.kept_cells.is_empty():
        kept = lines.kept_cells.with_columns(pl.col("row").cast(pl.UInt32), pl.col("file").cast(pl.Categorical))
        by_row = kept.group_by("file", "row").agg(pl.col("value").str.join(_BETWEEN).alias("text"))
        told = by_row.with_columns(pl.col("text").alias("phones"))
        parts.append(told.join(lines.rows.select("file", "row", "line"), on=["file", "row"]).drop("file"))
    return _whole(parts)


def _of_new(lines: Lines) -> pl.DataFrame:
    names = [name for name in lines.new.columns if name != "customer"]
    phones = [name for name in names if name == "phone"]
    told = lines.new.select("customer", _told(names).alias("text"), _told(phones).alias("phones"))
    return _whole([told.join(lines.frame.select("line", "customer"), on="customer")])


def _of_changed(lines: Lines) -> pl.DataFrame:
    is_phone = pl.col("field") == "phone"
    told = lines.changed.select(
        "customer",
        _told(["before", "after"]).alias("text"),
        pl.when(is_phone).then(_told(["before", "after"])).alias("phones"),
    )
    return _whole([told.join(lines.frame.select("line", "customer"), on="customer")])


def _of_known(lines: Lines) -> pl.DataFrame:
    told = lines.known.select("id", _told(["name", "phone", "email"]).alias("text"), pl.col("phone").alias("phones"))
    return _whole([told.join(lines.frame.select("line", "id"), on="id")])


def _told(names: Sequence[str]) -> pl.Expr:
    if not names:
        return pl.lit(None, pl.String)
    return pl.concat_str(*(pl.col(name) for name in names), separator=_BETWEEN, ignore_nulls=True)


def _phone_columns(summary: Summary, file: str) -> set[str]:
    return {one["column"] for one in summary.get("columns", []) if one["file"] == file and "phone" in one["fields"]}


def _whole(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    empty = pl.DataFrame(schema={"line": pl.UInt32, "text": pl.String, "phones": pl.String})
    return pl.concat([empty, *(part.select("line", "text", "phones") for part in parts)])
