"""Cells → lists of their pieces: candidates for phones and e-mails, and tags."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import polars as pl

from rotor_import.mapping.labels import labelled
from rotor_import.mapping.rules import FieldRule
from rotor_import.mapping.whitespace import stripped

_TEXTS = pl.List(pl.String)


def candidates(rule: FieldRule, cells: Sequence[pl.Expr], *, clean: bool) -> pl.Expr:
    """Of all cells in their order, without blank ones. `clean` where no cell has anything to strip."""
    if not cells:
        return pl.lit(None, dtype=_TEXTS)
    if not rule.split and not rule.labels:
        return _filled(_side_by_side([cell if clean else stripped(cell, rule.strip or "") for cell in cells]))
    found = [pieces(cell, rule, clean=clean) for cell in cells]
    return pl.concat_list(found) if len(found) > 1 else found[0]


def tags(rule: FieldRule, cells: Sequence[pl.Expr], *, clean: bool) -> pl.Expr:
    """Each once, with those that the mapping adds; null where there are none."""
    found = candidates(rule, cells, clean=clean)
    added = [tag.strip() for tag in rule.add if tag.strip()]
    if added:
        found = pl.concat_list([found.fill_null(pl.lit([], dtype=_TEXTS)), pl.lit(added, dtype=_TEXTS)])
    union = found.list.unique(maintain_order=True)
    return pl.when(union.list.len() > 0).then(union)


def pieces(cell: pl.Expr, rule: FieldRule, *, clean: bool) -> pl.Expr:
    """A cell's parts, stripped, blank ones dropped; an empty list for a blank cell."""
    if rule.labels:
        parts = _labelled(cell, rule.labels)
        if rule.split:
            each = pl.element().str.split(rule.split).list.explode(keep_nulls=False, empty_as_null=False)
            parts = parts.list.eval(each)
        return _cleaned(parts, rule).fill_null(pl.lit([], dtype=_TEXTS))
    if rule.split:
        parted = partial(_parted, rule=rule, clean=clean)
        return cell.map_batches(parted, return_dtype=_TEXTS, is_elementwise=True)
    return _filled(_side_by_side([cell if clean else stripped(cell, rule.strip or "")]))


def _parted(cells: pl.Series, rule: FieldRule, *, clean: bool) -> pl.Series:
    """Only cells with the separator in them are taken apart: most have one piece."""
    frame = cells.alias("cell").to_frame()
    cell = pl.col("cell")
    whole = cell if clean else stripped(cell, rule.strip or "")
    single = frame.select(_filled(_side_by_side([whole]))).to_series()
    several = cells.str.contains(rule.split or "", literal=True).fill_null(value=False)
    if not several.any():
        return single
    parts = frame.filter(several).select(_cleaned(cell.str.split(rule.split or ""), rule)).to_series()
    places = pl.int_range(len(cells), dtype=pl.UInt32, eager=True)
    behind = pl.int_range(len(cells), len(cells) + len(parts), dtype=pl.UInt32, eager=True)
    return single.append(parts).rechunk().gather(places.scatter(several.arg_true(), behind))


def _cleaned(parts: pl.Expr, rule: FieldRule) -> pl.Expr:
    return _filled(parts.list.eval(stripped(pl.element(), rule.strip or "")))


def _side_by_side(cells: Sequence[pl.Expr]) -> pl.Expr:
    """A list of each row's cells. Of several an array on the way, for concat_list goes row by row."""
    return pl.concat_list(cells) if len(cells) == 1 else pl.concat_arr(cells).arr.to_list()


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
