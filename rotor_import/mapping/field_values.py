"""What a field's rule makes of its cells, as polars expressions: its value, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

import polars as pl

from rotor_import.mapping.rules import FieldRule, LetterCase
from rotor_import.mapping.split_cells import split_cell
from rotor_import.mapping.title_case import title_case
from rotor_import.mapping.whitespace import stripped
from rotor_import.model.fields import BOOLEAN_FIELD, ID_FIELD, STATUSES
from rotor_import.model.null_words import without_null_words

_TRUE = ("true", "yes", "1", "y")
_FALSE = ("false", "no", "0", "n")
_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
BLANK = pl.lit(None, dtype=pl.String)


@dataclass(frozen=True)
class FieldValue:
    """`raw` is what the file says; `fault` says why the row is rejected, `remark` what was repaired.

    They are null for rows without a fault or remark. A field that can't have any has no expression for it, because a
    column of nulls would cost as much time as the value.
    """

    value: pl.Expr
    raw: pl.Expr
    fault: pl.Expr | None = None
    remark: pl.Expr | None = None


def text_value(name: str, rule: FieldRule, cells: Sequence[pl.Expr], *, clean: bool) -> FieldValue:
    """The first of the cells that is filled. `clean` says that no cell has anything to strip."""
    if name == ID_FIELD:
        cells = [without_null_words(cell) for cell in cells]
    raw = value = first_text(rule, cells, clean=clean)
    unknown = None
    if rule.values is not None:
        value, unknown = _translate(rule, raw)
    if rule.case:
        value = _in_case(value, rule.case)
    value, wrong = _typed(name, value)
    return FieldValue(value, raw, first_fault(unknown, wrong, _too_long(rule, value)))


def list_value(value: pl.Expr) -> FieldValue:
    return FieldValue(value, value.list.join(", "))


def first_fault(*faults: pl.Expr | None) -> pl.Expr | None:
    possible = [fault for fault in faults if fault is not None]
    return pl.coalesce(possible) if possible else None


def first_text(rule: FieldRule, cells: Sequence[pl.Expr], *, clean: bool = False) -> pl.Expr:
    """What the file says: the first of the cells that is filled."""
    if not cells:
        return BLANK
    if rule.split is not None:
        texts = [split_cell(cell, rule, clean=clean).list.first() for cell in cells]
    else:
        texts = [cell if clean else stripped(cell, rule.strip or "") for cell in cells]
    return pl.coalesce(texts) if len(texts) > 1 else texts[0]


def _translate(rule: FieldRule, raw: pl.Expr) -> tuple[pl.Expr, pl.Expr | None]:
    """The value that `values` gives for the file's value, and the fault if it gives none. Blank stays blank."""
    table = {old.casefold().strip(): new for old, new in (rule.values or {}).items()}
    lower = raw.str.to_lowercase()
    value = lower.replace_strict(list(table), list(table.values()), default=rule.otherwise, return_dtype=pl.String)
    value = pl.when(raw.is_not_null()).then(value)
    if rule.otherwise is not None:
        return value, None
    # A value may be translated to blank on purpose, but a value that is not in the table is a mistake.
    known = ", ".join(sorted(table))
    return value, _fault(~lower.is_in(list(table)), f"not one of the values in the mapping: {known}")


def _in_case(value: pl.Expr, case: LetterCase) -> pl.Expr:
    match case:
        case "title":
            return title_case(value)
        case "upper":
            return value.str.to_uppercase()
        case "lower":
            return value.str.to_lowercase()
        case _:
            assert_never(case)


def _typed(name: str, value: pl.Expr) -> tuple[pl.Expr, pl.Expr | None]:
    """The value as the field's type has it, and the fault if it can't be."""
    lower = value.str.to_lowercase()
    if name == BOOLEAN_FIELD:
        truth = pl.when(lower.is_in(_TRUE)).then(pl.lit("true")).when(lower.is_in(_FALSE)).then(pl.lit("false"))
        reason = "must be yes or no (or true/false, 1/0, Y/N)"
        return truth, _fault(~lower.is_in([*_TRUE, *_FALSE]), reason)
    if name == "status":
        return lower, _fault(~lower.is_in(STATUSES), "must be active or inactive")
    if name == ID_FIELD:
        return lower, _fault(
            ~lower.str.contains(_UUID), "not a Rotor ID (a UUID, such as 123e4567-e89b-12d3-a456-426614174000)"
        )
    return value, None


def _too_long(rule: FieldRule, value: pl.Expr) -> pl.Expr | None:
    if rule.max_length is None:
        return None
    return _fault(value.str.len_chars() > rule.max_length, f"longer than {rule.max_length} characters")


def _fault(wrong: pl.Expr, reason: str) -> pl.Expr:
    return pl.when(wrong).then(pl.lit(reason))
