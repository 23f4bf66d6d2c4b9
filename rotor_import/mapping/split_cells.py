"""Splits cells that hold several values: candidates for phones and emails, tags, and labeled values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

import polars as pl

from rotor_import.mapping.rules import FieldRule
from rotor_import.mapping.whitespace import stripped

_LIST = pl.List(pl.String)
_LABEL = re.compile(r"(?:^|(?<=[\s,;]))([^\W\d_]+(?:[ \t-][^\W\d_]+)*)[ \t]*:(?!//)\s*")
_EDGES = " \t\r\n,;"


def candidates(rule: FieldRule, cells: Sequence[pl.Expr], *, clean: bool) -> pl.Expr:
    """The values of all cells in one list, without blanks. `clean` says that no cell has anything to strip."""
    if not cells:
        return pl.lit(None, dtype=_LIST)
    if not rule.split and not rule.labels:
        return _without_nulls(_listed([cell if clean else stripped(cell, rule.strip or "") for cell in cells]))
    lists = [split_cell(cell, rule, clean=clean) for cell in cells]
    return pl.concat_list(lists) if len(lists) > 1 else lists[0]


def tags(rule: FieldRule, cells: Sequence[pl.Expr], *, clean: bool) -> pl.Expr:
    """The tags of all cells and those that the mapping adds, each once; null if there are none."""
    values = candidates(rule, cells, clean=clean)
    added = [tag.strip() for tag in rule.add if tag.strip()]
    if added:
        values = pl.concat_list([values.fill_null(pl.lit([], dtype=_LIST)), pl.lit(added, dtype=_LIST)])
    unique = values.list.unique(maintain_order=True)
    return pl.when(unique.list.len() > 0).then(unique)


def split_cell(cell: pl.Expr, rule: FieldRule, *, clean: bool) -> pl.Expr:
    """The values of one cell, stripped and without blanks; an empty list for a blank cell."""
    if rule.labels:
        values = _labeled_values(cell, rule.labels)
        if rule.split:
            split = pl.element().str.split(rule.split).list.explode(keep_nulls=False, empty_as_null=False)
            values = values.list.eval(split)
        return _stripped(values, rule).fill_null(pl.lit([], dtype=_LIST))
    if rule.split:
        split_all = partial(_split_column, rule=rule, clean=clean)
        return cell.map_batches(split_all, return_dtype=_LIST, is_elementwise=True)
    return _without_nulls(_listed([cell if clean else stripped(cell, rule.strip or "")]))


def _split_column(cells: pl.Series, rule: FieldRule, *, clean: bool) -> pl.Series:
    """Only cells that contain the separator are split: most hold one value."""
    frame = cells.alias("cell").to_frame()
    cell = pl.col("cell")
    single = frame.select(_without_nulls(_listed([cell if clean else stripped(cell, rule.strip or "")]))).to_series()
    has_several = cells.str.contains(rule.split or "", literal=True)
    if not has_several.any():
        return single
    has_several = has_several.fill_null(value=False)
    several = frame.filter(has_several).select(_stripped(cell.str.split(rule.split or ""), rule)).to_series()
    rows = pl.int_range(len(cells), dtype=pl.UInt32, eager=True)
    appended = pl.int_range(len(cells), len(cells) + len(several), dtype=pl.UInt32, eager=True)
    return single.append(several).rechunk().gather(rows.scatter(has_several.arg_true(), appended))


def _stripped(lists: pl.Expr, rule: FieldRule) -> pl.Expr:
    return _without_nulls(lists.list.eval(stripped(pl.element(), rule.strip or "")))


def _listed(cells: Sequence[pl.Expr]) -> pl.Expr:
    """A list of each row's cells. Several cells become an array first, because concat_list works row by row."""
    return pl.concat_list(cells) if len(cells) == 1 else pl.concat_arr(cells).arr.to_list()


def _without_nulls(lists: pl.Expr) -> pl.Expr:
    """A filter, because drop_nulls works list by list."""
    return lists.list.filter(pl.element().is_not_null())


def _labeled_values(cell: pl.Expr, labels: Sequence[str]) -> pl.Expr:
    """The values under `labels`; each distinct cell is split once."""

    def split_all(column: pl.Series) -> pl.Series:
        distinct = column.drop_nulls().unique()
        values = pl.Series([labeled_values(text, labels) for text in distinct.to_list()], dtype=_LIST)
        table = pl.DataFrame({"cell": distinct, "values": values})
        cells = column.rename("cell").to_frame()
        return cells.join(table, on="cell", how="left", maintain_order="left").get_column("values")

    return cell.map_batches(split_all, return_dtype=_LIST, is_elementwise=True)


def labeled_values(cell: str, labels: Sequence[str]) -> list[str]:
    """Split a cell such as `Phone:(555) 010-1234 Mobile:(555) 010-9999`.

    The values come in the order of `labels`, then any text before the first label. A cell without labels is one value.
    """
    marks = list(_LABEL.finditer(cell))
    if not marks:
        return [cell]
    ends = [*(mark.start() for mark in marks[1:]), len(cell)]
    values = [(mark[1].casefold(), cell[mark.end() : end].strip(_EDGES)) for mark, end in zip(marks, ends, strict=True)]
    chosen = [text for label in labels for own, text in values if own == label.strip().strip(":").casefold()]
    before = cell[: marks[0].start()].strip(_EDGES)
    return [text for text in (*chosen, before) if text]
