"""One field's rule as polars expressions over a sheet's rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from rotor_import.mapping.rules import FieldRule
from rotor_import.mapping.split_cells import pieces
from rotor_import.mapping.whitespace import stripped
from rotor_import.model.fields import BOOLEAN_FIELD, ID_FIELD, STATUSES

TRUE = ("true", "yes", "1", "y")
FALSE = ("false", "no", "0", "n")
_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
NOTHING = pl.lit(None, dtype=pl.String)


@dataclass(frozen=True)
class Compiled:
    """`raw` is what the file says; `fault` says why the row is rejected, `remark` what was mended, else null.

    Without an expression there is never any: a column of nulls for each would cost as much as the value.
    """

    value: pl.Expr
    raw: pl.Expr
    fault: pl.Expr | None = None
    remark: pl.Expr | None = None


def compile_text(name: str, rule: FieldRule, cells: Sequence[pl.Expr], *, clean: bool) -> Compiled:
    """`cells` are texts, the wanted one first; blank is null. `clean` where no cell has anything to strip."""
    raw = value = _first(rule, cells, clean=clean)
    faults = []
    if rule.values is not None:
        value, unknown = _translated(rule, raw)
        faults.append(unknown)
    if rule.case:
        value = {
            "title": value.str.to_titlecase,
            "upper": value.str.to_uppercase,
            "lower": value.str.to_lowercase,
        }[rule.case]()
    value, wrong = _typed(name, value)
    return Compiled(value, raw, either(*faults, wrong, _too_long(rule, value)))


def either(*faults: pl.Expr | None) -> pl.Expr | None:
    """The first that there is."""
    found = [fault for fault in faults if fault is not None]
    return pl.coalesce(found) if found else None


def _too_long(rule: FieldRule, value: pl.Expr) -> pl.Expr | None:
    if rule.max_length is None:
        return None
    return pl.when(value.str.len_chars() > rule.max_length).then(
        pl.lit(f"it is longer than {rule.max_length} characters")
    )


def listed(value: pl.Expr) -> Compiled:
    return Compiled(value, value.list.join(", "))


def _first(rule: FieldRule, cells: Sequence[pl.Expr], *, clean: bool) -> pl.Expr:
    if not cells:
        return NOTHING
    if rule.split is not None:
        texts = [pieces(cell, rule, clean=clean).list.first() for cell in cells]
    else:
        texts = [cell if clean else stripped(cell, rule.strip or "") for cell in cells]
    return pl.coalesce(texts) if len(texts) > 1 else texts[0]


def _translated(rule: FieldRule, raw: pl.Expr) -> tuple[pl.Expr, pl.Expr | None]:
    """A blank stays blank: `otherwise` is for other values."""
    table = {old.casefold().strip(): new for old, new in (rule.values or {}).items()}
    low = raw.str.to_lowercase()
    value = low.replace_strict(list(table), list(table.values()), default=rule.otherwise, return_dtype=pl.String)
    value = pl.when(raw.is_not_null()).then(value)
    if rule.otherwise is not None:
        return value, None
    # A value may be translated into a blank on purpose; one that is not listed is a mistake.
    known = ", ".join(sorted(table))
    return value, _where(~low.is_in(list(table)), f"the mapping translates only: {known}")


def _where(wrong: pl.Expr, reason: str) -> pl.Expr:
    return pl.when(wrong).then(pl.lit(reason))


def _typed(name: str, value: pl.Expr) -> tuple[pl.Expr, pl.Expr | None]:
    low = value.str.to_lowercase()
    if name == BOOLEAN_FIELD:
        truth = pl.when(low.is_in(TRUE)).then(pl.lit("true")).when(low.is_in(FALSE)).then(pl.lit("false"))
        words = "it is neither true nor false (true/false, yes/no, 1/0, Y/N)"
        return truth, _where(~low.is_in([*TRUE, *FALSE]), words)
    if name == "status":
        return low, _where(~low.is_in(STATUSES), "a status is active or inactive")
    if name == ID_FIELD:
        return low, _where(~low.str.contains(_UUID), "an id of Rotor's is a uuid")
    return value, None
