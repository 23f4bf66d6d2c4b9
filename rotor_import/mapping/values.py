"""One field's rule as polars expressions over a sheet's rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from rotor_import.mapping.labels import labelled
from rotor_import.mapping.rules import FieldRule
from rotor_import.model.fields import BOOLEAN_FIELD, ID_FIELD, KEY_FIELDS, STATUSES, TAGS_FIELD

TRUE = ("true", "yes", "1", "y")
FALSE = ("false", "no", "0", "n")
_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_SPACE = " \t\r\n\v\f\u00a0\u200b\ufeff"
_TEXTS = pl.List(pl.String)
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


def compile_field(name: str, rule: FieldRule, cells: Sequence[pl.Expr]) -> Compiled:
    """`cells` are texts, the wanted one first; blank is null. Candidates for phone and e-mail, a list for tags."""
    if name in KEY_FIELDS:
        return _listed(_candidates(rule, cells))
    if name == TAGS_FIELD:
        return _listed(_tags(rule, cells))
    raw = value = _first(rule, cells)
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


def _listed(value: pl.Expr) -> Compiled:
    return Compiled(value, value.list.join(", "))


def _stripped(text: pl.Expr, rule: FieldRule) -> pl.Expr:
    clean = text.str.strip_chars(_SPACE + (rule.strip or ""))
    return pl.when(clean != "").then(clean)


def _pieces(cell: pl.Expr, rule: FieldRule) -> pl.Expr:
    """A cell's parts, stripped, blank ones dropped; an empty list for a blank cell."""
    if rule.labels and rule.split:
        each = pl.element().str.split(rule.split).list.explode(keep_nulls=False, empty_as_null=False)
        parts = _labelled(cell, rule.labels).list.eval(each)
    elif rule.labels:
        parts = _labelled(cell, rule.labels)
    else:
        parts = cell.str.split(rule.split) if rule.split else _side_by_side([cell])
    clean = parts.list.eval(_stripped(pl.element(), rule))
    return _filled(clean).fill_null(pl.lit([], dtype=_TEXTS))


def _side_by_side(cells: Sequence[pl.Expr]) -> pl.Expr:
    """A list of each row's cells. An array on the way, for concat_list goes row by row."""
    return pl.concat_arr(cells).arr.to_list()


def _filled(texts: pl.Expr) -> pl.Expr:
    """Without the nulls: drop_nulls would do it list by list."""
    return texts.list.filter(pl.element().is_not_null())


def _labelled(cell: pl.Expr, labels: Sequence[str]) -> pl.Expr:
    """Each distinct cell is looked at once."""

    def judge(column: pl.Series) -> pl.Series:
        distinct = column.drop_nulls().unique()
        found = pl.Series([labelled(text, labels) for text in distinct.to_list()], dtype=_TEXTS)
        table = pl.DataFrame({"cell": distinct, "found": found})
        cells = column.rename("cell").to_frame()
        return cells.join(table, on="cell", how="left", maintain_order="left").get_column("found")

    return cell.map_batches(judge, return_dtype=_TEXTS, is_elementwise=True)


def _candidates(rule: FieldRule, cells: Sequence[pl.Expr]) -> pl.Expr:
    if not cells:
        return pl.lit(None, dtype=_TEXTS)
    if not rule.split and not rule.labels:
        return _filled(_side_by_side([_stripped(cell, rule) for cell in cells]))
    pieces = [_pieces(cell, rule) for cell in cells]
    return pl.concat_list(pieces) if len(pieces) > 1 else pieces[0]


def _tags(rule: FieldRule, cells: Sequence[pl.Expr]) -> pl.Expr:
    tags = _candidates(rule, cells)
    added = [tag.strip() for tag in rule.add if tag.strip()]
    if added:
        tags = pl.concat_list([tags.fill_null(pl.lit([], dtype=_TEXTS)), pl.lit(added, dtype=_TEXTS)])
    union = tags.list.unique(maintain_order=True)
    return pl.when(union.list.len() > 0).then(union)


def _first(rule: FieldRule, cells: Sequence[pl.Expr]) -> pl.Expr:
    if not cells:
        return NOTHING
    texts = [_stripped(cell, rule) if rule.split is None else _pieces(cell, rule).list.first() for cell in cells]
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
