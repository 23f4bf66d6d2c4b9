"""Many pairs of people at once: equal names as columns, the others one by one."""

from __future__ import annotations

import polars as pl

from rotor_import.people.compare import compare
from rotor_import.people.person import ADDRESS_PARTS, ADDRESSES, Person, person_from
from rotor_import.people.wording import JoinedBy

VERDICTS = pl.Enum(["same", "household", "stranger"])
_KEYS = ("phone", "email")
_COLUMNS = (
    *("first_name", "last_name", "company_name", *_KEYS),
    *(f"{kind}_{part}" for kind in ADDRESSES for part in ADDRESS_PARTS),
)


def compare_columns(rows: pl.DataFrame, others: pl.DataFrame, joined_by: JoinedBy) -> pl.Series:
    """The verdict on each pair of lines, as `compare` gives it; columns that a frame lacks are blank."""
    pairs = pl.concat([_side(rows, "row"), _side(others, "other")], how="horizontal")
    rest = (
        pairs.with_row_index("line")
        .filter(~_certain())
        .with_columns(*(expression for key in _KEYS for expression in _compared(key)))
    )
    verdicts = pl.repeat("same", pairs.height, dtype=VERDICTS, eager=True).alias("verdict")
    if rest.is_empty():
        return verdicts
    return verdicts.scatter(rest.get_column("line"), _one_by_one(rest.drop("line"), joined_by))


def _side(frame: pl.DataFrame, side: str) -> pl.DataFrame:
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None, pl.String)).alias(f"{side}:{name}")
        for name in _COLUMNS
    )


def _certain() -> pl.Expr:
    """Whether both have one name, and no company that could tell them apart where the name says nothing."""
    first, other_first = pl.col("row:first_name"), pl.col("other:first_name")
    last, other_last = pl.col("row:last_name"), pl.col("other:last_name")
    company, other_company = pl.col("row:company_name"), pl.col("other:company_name")
    equal = _equal(first, other_first) & _equal(last, other_last)
    return equal & (company == other_company).fill_null(value=True)


def _equal(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    return one.eq_missing(other) | _small(one).eq_missing(_small(other))


def _small(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase()


def _compared(key: str) -> list[pl.Expr]:
    """A sign in place of each key, equal where the keys are: only that counts, and more pairs become alike."""
    row, other = pl.col(f"row:{key}"), pl.col(f"other:{key}")
    both = row.is_not_null() & other.is_not_null()
    agree = row.str.to_lowercase() == other.str.to_lowercase()
    return [
        pl.when(both).then(pl.lit("1")).alias(f"row:{key}"),
        pl.when(both & agree).then(pl.lit("1")).when(both).then(pl.lit("2")).alias(f"other:{key}"),
    ]


def _one_by_one(pairs: pl.DataFrame, joined_by: JoinedBy) -> pl.Series:
    """Each distinct pair is compared once."""
    distinct = pairs.unique(maintain_order=True)
    found = distinct.with_columns(
        pl.Series("verdict", [_verdict(line, joined_by) for line in distinct.iter_rows()], dtype=VERDICTS)
    )
    return pairs.join(found, on=pairs.columns, how="left", nulls_equal=True, maintain_order="left").get_column(
        "verdict"
    )


def _verdict(line: tuple[str | None, ...], joined_by: JoinedBy) -> str:
    size = len(_COLUMNS)
    row, other = dict(zip(_COLUMNS, line[:size], strict=True)), dict(zip(_COLUMNS, line[size:], strict=True))
    return compare(_person(row), _person(other), joined_by).verdict


def _person(values: dict[str, str | None]) -> Person:
    return person_from(values, values["phone"] or "", values["email"] or "")
