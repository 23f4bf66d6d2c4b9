"""Chooses the legacy system's own ID of a customer, by which later imports know the same customer."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from rotor_import.suggest.cell_evidence import CERTAIN, LIKELY
from rotor_import.suggest.column_profile import ColumnProfile
from rotor_import.suggest.suggestion import FieldChoice, Suggestion

_ID = frozenset({"id", "number"})
_NOT_THE_CUSTOMERS = frozenset(
    "email phone mobile landline fax tax else fact property site job location unit zip".split()
)
_OTHER_THINGS = frozenset({"invoice", "row", "service", "company", "address", "source", "status", "notes", "billing"})
_CODE = "code"


def choose_key(columns: Sequence[ColumnProfile], suggestion: Suggestion) -> None:
    """`columns` are those with anything in them that may be imported. The best kind of header is tried first."""
    if (joined := joined_key(columns)) is not None:
        suggestion.key = joined
        return
    refused = []
    for column in sorted(filter(_is_called_an_id, columns), key=_rank):
        doubt = _doubt(column, suggestion, columns)
        if not doubt:
            why = f"{column.filled} cells, {column.distinct} different; rows with the same value are one customer"
            mark = optional_mark(column)
            rule = {"column": column.name, "after": mark} if mark else column.name
            suggestion.key = FieldChoice("key", rule, (column.name,), why)
            return
        refused.append(f"{column.name!r} {doubt}")
    if refused:
        suggestion.remarks.append(f"No key was chosen: {'; '.join(refused)}.")


def joined_key(columns: Sequence[ColumnProfile]) -> FieldChoice | None:
    """An ID such as `12_34`, which is the customer's and the property's in one."""
    for column in columns:
        halves = [value.partition("_") for value in column.values]
        joined = all(before.isdigit() and after.isdigit() for before, _, after in halves)
        if "id" in column.header.word_set and column.filled == column.rows and joined:
            rule = {"column": column.name, "before": "_"}
            why = "the part before _ is the customer, the part after it the property"
            return FieldChoice("key", rule, (column.name,), why)
    return None


def optional_mark(column: ColumnProfile) -> str:
    """What some IDs begin with and others do not, as `zcrm_`; '' if they are all alike."""
    marked = {match[1] for value in column.values if (match := re.fullmatch(r"([A-Za-z]+_)\d+", value))}
    plain = any(value.isdigit() for value in column.values)
    return marked.pop() if len(marked) == 1 and plain else ""


def _is_called_an_id(column: ColumnProfile) -> bool:
    header = column.header
    words = header.word_set
    is_id = words & _ID or _CODE in words or words == {"account"} or (header.said and header.said[-1].endswith("id"))
    if not is_id or header.is_about_others or words & _NOT_THE_CUSTOMERS:
        return False
    return max(column.share("phone"), column.share("email"), column.share("date")) < LIKELY


def _rank(column: ColumnProfile) -> int:
    """Customer No before ID, ID before Account, and what numbers other things last."""
    words = column.header.word_set
    if words & _OTHER_THINGS:
        return 5
    if "customer" in words:
        return 0
    if words <= {"id", "record"}:
        return 1
    return 3 if "account" in words or _CODE in words else 2 + 2 * ("number" in words)


def _doubt(column: ColumnProfile, suggestion: Suggestion, columns: Sequence[ColumnProfile]) -> str:
    """Why the column is no key; '' if it is one."""
    words = column.header.word_set
    if words & _OTHER_THINGS or ("number" in words and column.header.unknown and not words & {"customer", "account"}):
        return "numbers something other than customers"
    if column.filled < CERTAIN * column.rows or column.rows <= 1:
        return "is blank in some rows"
    if "customer" not in words and _counts_rows(column):
        return "is only the row number"
    if column.distinct >= CERTAIN * column.rows:
        return ""
    if not words & {"customer", "account"} and not words <= {"id", "record"}:
        return "repeats"
    return "" if _repeats_with_its_customer(column, suggestion, columns) else "has the same value for different people"


def _counts_rows(column: ColumnProfile) -> bool:
    """Whether the cells are 1, 2, 3 in the order of the rows."""
    numbers = column.cells.cast(pl.Int64, strict=False)
    if numbers.null_count() or numbers[0] not in (0, 1):
        return False
    return bool((numbers.diff().drop_nulls() == 1).all())


def _repeats_with_its_customer(column: ColumnProfile, suggestion: Suggestion, columns: Sequence[ColumnProfile]) -> bool:
    """Whether rows with the same ID agree on a phone, an email or a name."""
    named = {"phone", "email", "last_name", "company_name"}
    telling = {name for choice in suggestion.choices if choice.field in named for name in choice.columns}
    cells = [other.cells.alias(f"{at}") for at, other in enumerate(columns) if other.name in telling]
    if not cells:
        return False
    frame = pl.DataFrame([column.cells.alias("key"), *cells]).drop_nulls("key")
    most = frame.group_by("key").agg(
        pl.len().alias("rows"),
        pl.max_horizontal(pl.col(cell.name).drop_nulls().unique_counts().max().fill_null(0) for cell in cells).alias(
            "alike"
        ),
    )
    several = most.filter(pl.col("rows") > 1)
    return int(several["alike"].sum()) >= CERTAIN * int(several["rows"].sum())
