"""One field's rule as polars expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from rotor_import.mapping.schema import FieldRule
from rotor_import.mapping.template import write_line
from rotor_import.model.fields import BOOLEAN_FIELD, ID_FIELD, KEY_FIELDS, STATUSES, TAGS_FIELD

TRUE = ("true", "yes", "1", "y")
FALSE = ("false", "no", "0", "n")
_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")

Find = Callable[[str], str | None]
"""The file's spelling of a column, None for an optional one that is absent."""


@dataclass(frozen=True)
class Compiled:
    """`raw` is what the file says, `wrong` marks values that `reason` rejects."""

    value: pl.Expr
    raw: pl.Expr
    wrong: pl.Expr
    reason: str


def compile_field(name: str, rule: FieldRule, find: Find) -> Compiled:
    """Blank is null. For phone and e-mail the value is a list of candidates, for tags a list."""
    columns = [pl.col(found) for column in rule.columns if (found := find(column)) is not None]
    if name in KEY_FIELDS:
        return _sure(_candidates(rule, columns))
    if name == TAGS_FIELD:
        return _sure(_tags(rule, columns))
    raw = _raw(rule, columns, find)
    value, wrong, reason = raw, pl.lit(value=False), ""
    if rule.values is not None:
        value, wrong, reason = _translated(rule, raw)
    if rule.case:
        value = {
            "title": value.str.to_titlecase,
            "upper": value.str.to_uppercase,
            "lower": value.str.to_lowercase,
        }[rule.case]()
    value, bad, why = _typed(name, value)
    if rule.max_length is not None:
        too_long = value.str.len_chars() > rule.max_length
        bad, why = bad | too_long, why or f"it is longer than {rule.max_length} characters"
    return Compiled(value, raw, (wrong | bad).fill_null(value=False), reason or why)


def _sure(value: pl.Expr) -> Compiled:
    return Compiled(value, value.list.join(", "), pl.lit(value=False), "")


def _pieces(column: pl.Expr, split: str | None) -> pl.Expr:
    """A cell's parts, stripped, blank ones dropped; null for a blank cell."""
    parts = column.str.split(split) if split else pl.concat_list(column)
    clean = parts.list.eval(pl.element().str.strip_chars())
    return clean.list.eval(pl.element().filter(pl.element().is_not_null() & (pl.element() != "")))


def _candidates(rule: FieldRule, columns: Sequence[pl.Expr]) -> pl.Expr:
    if rule.value is not None:
        return pl.concat_list(pl.lit(rule.value))
    if not columns:
        return pl.lit(None, dtype=pl.List(pl.String))
    empty = pl.lit([], dtype=pl.List(pl.String))
    return pl.concat_list([_pieces(column, rule.split).fill_null(empty) for column in columns])


def _tags(rule: FieldRule, columns: Sequence[pl.Expr]) -> pl.Expr:
    tags = _candidates(rule, columns)
    empty = pl.lit([], dtype=pl.List(pl.String))
    added = pl.lit([tag.strip() for tag in rule.add if tag.strip()], dtype=pl.List(pl.String))
    union = pl.concat_list([tags.fill_null(empty), added]).list.unique(maintain_order=True)
    return pl.when(union.list.len() > 0).then(union)


def _raw(rule: FieldRule, columns: Sequence[pl.Expr], find: Find) -> pl.Expr:
    if rule.value is not None:
        return pl.lit(rule.value.strip() or None, dtype=pl.String)
    if rule.template is not None:
        return _template(rule.template, find)
    if not columns:
        return pl.lit(None, dtype=pl.String)
    if rule.split is None:
        return pl.coalesce(columns)
    return pl.coalesce([_pieces(column, rule.split).list.first() for column in columns])


def _template(template: str, find: Find) -> pl.Expr:
    """A line all of whose columns are blank is left out."""
    lines = [_line(line, find) for line in template.splitlines()]
    joined = pl.concat_str(lines, separator="\n", ignore_nulls=True).str.strip_chars()
    return pl.when(joined != "").then(joined)


def _line(line: str, find: Find) -> pl.Expr:
    parts: list[str | pl.Expr] = []
    at = 0
    for token in _TOKEN.finditer(line):
        parts.append(line[at : token.start()])
        at = token.end()
        if token[1] is None:
            parts.append(token[0][0])
        else:
            found = find(token[1])
            parts.append(pl.lit(None, dtype=pl.String) if found is None else pl.col(found))
    parts.append(line[at:])
    return write_line([part for part in parts if isinstance(part, pl.Expr) or part])


def placeholders(template: str) -> list[str]:
    return [token[1] for token in _TOKEN.finditer(template) if token[1] is not None]


def _translated(rule: FieldRule, raw: pl.Expr) -> tuple[pl.Expr, pl.Expr, str]:
    """A blank stays blank: `otherwise` is for other values."""
    table = {old.casefold().strip(): new for old, new in (rule.values or {}).items()}
    low = raw.str.to_lowercase()
    value = low.replace_strict(list(table), list(table.values()), default=rule.otherwise, return_dtype=pl.String)
    value = pl.when(raw.is_not_null()).then(value)
    if rule.otherwise is not None:
        return value, pl.lit(value=False), ""
    known = ", ".join(sorted(table))
    return value, raw.is_not_null() & value.is_null(), f"the mapping translates only: {known}"


def _typed(name: str, value: pl.Expr) -> tuple[pl.Expr, pl.Expr, str]:
    low = value.str.to_lowercase()
    if name == BOOLEAN_FIELD:
        truth = pl.when(low.is_in(TRUE)).then(pl.lit("true")).when(low.is_in(FALSE)).then(pl.lit("false"))
        words = "it is neither true nor false (true/false, yes/no, 1/0, Y/N)"
        return truth, value.is_not_null() & ~low.is_in([*TRUE, *FALSE]), words
    if name == "status":
        return low, value.is_not_null() & ~low.is_in(STATUSES), "a status is active or inactive"
    if name == ID_FIELD:
        return low, value.is_not_null() & ~low.str.contains(_UUID), "an id of Rotor's is a uuid"
    return value, pl.lit(value=False), ""
