"""Tells, after a mapping was applied, what of each column's cells is in the fields of their rows.

A column with a single rule that changes nothing costs one comparison; cells are looked into only where the rule could
have taken another one, or only a part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from rotor_import.errors import MappingError
from rotor_import.mapping import cell_beside_value as beside
from rotor_import.mapping.columns import Columns
from rotor_import.mapping.compile_fields import FieldCompiler
from rotor_import.mapping.field_values import first_text
from rotor_import.mapping.hints import hints
from rotor_import.mapping.rules import GROUP, FieldRule, RegionRule
from rotor_import.mapping.schema import Mapping, placeholders
from rotor_import.mapping.split_cells import candidates
from rotor_import.mapping.sql import as_text, named_columns, row_expression
from rotor_import.mapping.templates import LINE_BREAKS
from rotor_import.mapping.working_frame import WorkingFrame
from rotor_import.model.column_uses import KEY, ColumnUses, Use
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD
from rotor_import.model.rows import MappedTable, SourceTable

_WORD = r"[\p{L}\p{N}]+"
_NOT_PLAIN = r"[^ -~]"


def column_uses(mapping: Mapping, source: SourceTable, table: MappedTable) -> ColumnUses:
    """The uses of the columns of `source` for the rows of `table`, which was mapped from it and normalized."""
    rows = table.frame.get_column("row")
    whole_file = len(rows) == source.frame.height
    cells = source.frame if whole_file else source.frame.filter(source.numbers.is_in(rows.implode()))
    taking = _Taking(mapping, cells, table, Columns(source.frame.columns, str(source.path)))
    uses: dict[str, list[Use]] = defaultdict(list)
    for name, rule in mapping.fields.items():
        for column, (taken, whole) in taking.of_field(name, rule):
            uses[column].append(Use(name, taken, whole))
    for column, (taken, whole) in taking.of_key():
        uses[column].append(Use(KEY, taken, whole))
    asked = {name: words for name, words in taking.asked() if name not in uses}
    found = tuple(hints(mapping, cells, table.frame, uses))
    for column, use in taking.rest():
        uses[column].append(use)
    return ColumnUses(rows, {name: tuple(uses[name]) for name in source.frame.columns if name in uses}, asked, found)


_Raw = Callable[[], pl.Series]
_Marks = tuple[pl.Series, pl.Series]
"""What `Use` calls taken and whole."""


@dataclass(frozen=True)
class _Taking:
    """The cells and values of the rows that were mapped, side by side."""

    mapping: Mapping
    cells: pl.DataFrame
    table: MappedTable
    columns: Columns

    def of_field(self, name: str, rule: FieldRule) -> Iterator[tuple[str, _Marks]]:
        value = self.table.frame.get_column(name)
        if value.dtype != pl.String and rule.origin not in ("column", "first_of"):
            value = value.list.join("\n")
        match rule.origin:
            case "value" | None:
                return
            case "template":
                yield from self._of_template(rule, value)
            case "sql":
                yield from self._of_sql(rule, value)
            case "name" | "address":
                named = self._groups(rule.of or ())
                for column in named:
                    yield column, self._of_whole_text(column, value, alone=len(named) == 1)
            case "column" | "first_of":
                named = self._groups(rule.columns)
                is_text = len(named) > 1 and name not in (TAGS_FIELD, *KEY_FIELDS)
                raw = cache(lambda: self._text(name, rule)) if is_text else None
                for column in named:
                    yield column, self._of_column(name, rule, column, value, raw)

    def rest(self) -> Iterator[tuple[str, Use]]:
        """What phones and emails did not take of their cells, where the mapping puts it into the notes."""
        for rule in self.mapping.fields.values():
            if rule.rest is None:
                continue
            value = self.table.frame.get_column(rule.rest)
            for column in self._groups(rule.columns):
                cell = self.cells.get_column(column)
                filled = cell.is_not_null() & value.is_not_null()
                held = self._marked(filled & False, filled, column, value, beside.holds_cell())
                yield column, Use(rule.rest, held, held)

    def of_key(self) -> Iterator[tuple[str, _Marks]]:
        rule, value = self.mapping.key, self.table.frame.get_column("source_key")
        named = self._groups(rule.columns) if rule is not None else []
        for column in named:
            if len(named) == 1:
                yield column, self._single(column, value)
            else:
                yield column, self._compared(column, value, beside.holds_value())

    def asked(self) -> Iterator[tuple[str, str]]:
        """Columns that the mapping names where no value is taken from them, and where that is."""
        mapping = self.mapping
        for rule in mapping.fields.values():
            for column in self._groups((*(rule.when or ()), *(rule.prefer or ()))):
                yield column, "when or prefer"
        parts: list[tuple[str, Sequence[str]]] = [
            ("order", [ordering.name for ordering in mapping.orderings if ordering.name not in mapping.fields]),
            ("where", named_columns(mapping.source.where or "")),
            ("region", [mapping.region.column] if isinstance(mapping.region, RegionRule) else []),
        ]
        for part, names in parts:
            for column in self._groups(names):
                yield column, part

    def _groups(self, names: Sequence[str]) -> list[str]:
        """The file's columns that these names stand for, each once."""
        found = [column for name in names for column in self.columns.group(name, "", optional=True).values()]
        return list(dict.fromkeys(found))

    def _of_column(self, name: str, rule: FieldRule, column: str, value: pl.Series, raw: _Raw | None) -> _Marks:
        """`raw` is the text that several columns come to, None where there is one, or where they are tags or keys."""
        if self.cells.get_column(column).null_count() == len(value):
            nothing = pl.repeat(value=False, n=len(value), eager=True)
            return nothing, nothing
        if name == TAGS_FIELD:
            return self._of_tags(rule, column, value)
        if raw is not None:
            return self._of_several(rule, column, value, raw)
        if name in KEY_FIELDS and len(self._groups(rule.columns)) > 1:
            return self._of_key_candidate(name, rule, column, value)
        return self._single(column, value)

    def _text(self, name: str, rule: FieldRule) -> pl.Series:
        """What the rule takes from each row. It is found out once, since a file may have hundreds of columns."""
        working = WorkingFrame(self.cells, self.columns)
        text = first_text(rule, FieldCompiler(self.mapping, working).cells(name, rule))
        return working.frame.select(text.alias(beside.VALUE)).to_series()

    def _of_several(self, rule: FieldRule, column: str, value: pl.Series, raw: _Raw) -> _Marks:
        """A cell is taken if it is what the rule took from its row."""
        cell = self.cells.get_column(column)
        whole = (cell == value).fill_null(value=False)
        at = (cell.is_not_null() & value.is_not_null() & ~whole).arg_true()
        if at.is_empty():
            return whole, whole
        rows = pl.DataFrame([cell.gather(at).alias(beside.CELL), raw().gather(at).alias(beside.VALUE)])
        found = rows.select((first_text(rule, [beside.cell()]) == beside.value()).fill_null(value=False)).to_series()
        return whole | pl.repeat(value=False, n=len(whole), eager=True).scatter(at.filter(found), values=True), whole

    def _single(self, column: str, value: pl.Series) -> _Marks:
        # In one step, which for a short file is quicker than a step for each operation.
        both = pl.DataFrame([self.cells.get_column(column).alias(beside.CELL), value.alias(beside.VALUE)])
        filled = beside.cell().is_not_null() & beside.value().is_not_null()
        same = (beside.cell() == beside.value()).fill_null(value=False)
        marks = both.select(filled.alias("taken"), same.alias("whole"))
        return marks.get_column("taken"), marks.get_column("whole")

    def _compared(self, column: str, value: pl.Series, taken: pl.Expr) -> _Marks:
        """`taken` is asked of the rows in which cell and value are filled and differ."""
        cell = self.cells.get_column(column)
        whole = (cell == value).fill_null(value=False)
        open_ = cell.is_not_null() & value.is_not_null() & ~whole
        return self._marked(whole, open_, column, value, taken), whole

    def _marked(self, sure: pl.Series, open_: pl.Series, column: str, value: pl.Series, test: pl.Expr) -> pl.Series:
        """`sure`, and those of the `open_` rows for which `test` holds."""
        if not open_.any():
            return sure
        at = open_.arg_true()
        there = self.cells.columns
        roots = dict.fromkeys(name for name in test.meta.root_names() if name in there)
        rows = self.cells.select(pl.col(column).alias(beside.CELL), *roots)[at].with_columns(
            value.gather(at).alias(beside.VALUE)
        )
        found = rows.select(test.fill_null(value=False).alias("found")).to_series()
        return sure | pl.repeat(value=False, n=len(sure), eager=True).scatter(at.filter(found), values=True)

    def _of_key_candidate(self, name: str, rule: FieldRule, column: str, value: pl.Series) -> _Marks:
        """A cell is taken if its text is the one that was chosen, or says the same in other signs."""
        cell, chosen = self.cells.get_column(column), self.table.chosen.get(name)
        taken, whole = self._single(column, value)
        if chosen is None:  # no row has more than one filled cell
            return taken, whole
        is_chosen = taken & (cell == chosen).fill_null(value=False)
        if rule.split or rule.labels or rule.strip:
            is_chosen = self._marked(is_chosen, taken & ~is_chosen, column, chosen, beside.holds_value())
        others = taken & ~is_chosen
        if name == "phone":
            others = self._marked(others & False, others, column, value, beside.may_be_same_number())
        return self._marked(is_chosen, others, column, value, beside.SAME[name]), whole

    def _of_tags(self, rule: FieldRule, column: str, value: pl.Series) -> _Marks:
        """All tags of a cell are taken; only odd cells are looked into."""
        own = pl.DataFrame([self.cells.get_column(column).alias(beside.CELL), value.is_not_null().alias(beside.VALUE)])
        odd_starts = sorted({*(rule.split or ""), *(rule.strip or "")} - {""})
        is_odd = pl.any_horizontal(
            beside.cell().str.len_bytes() != beside.cell().str.len_chars(),
            pl.lit(value=rule.when is not None or rule.prefer is not None),
            *(beside.cell().str.starts_with(sign) for sign in odd_starts),
        )
        is_filled = beside.cell().is_not_null() & beside.value()
        marks = own.select(is_filled.alias("filled"), (is_odd.fill_null(value=False) & is_filled).alias("odd"))
        filled, odd = marks.get_column("filled"), marks.get_column("odd")
        if not odd.any():
            return filled, filled
        parts = candidates(rule, [beside.cell()], clean=False)
        both = parts.list.set_intersection(beside.value()).list.len()
        sure = filled & ~odd
        taken = self._marked(sure, odd, column, value, both > 0)
        return taken, self._marked(sure, odd, column, value, (both > 0) & (both == parts.list.n_unique()))

    def _of_template(self, rule: FieldRule, value: pl.Series) -> Iterator[tuple[str, _Marks]]:
        """A line stands in the text if one of its columns is filled; a numbered line, if one with its number is."""
        as_it_is = rule.case is None and rule.values is None
        lines = [placeholders(line) for line in (rule.template or "").splitlines()]
        names = list(dict.fromkeys(name for line in lines for name in line))
        deciding = {name for line in lines for name in line if GROUP.search(name) or not any(map(GROUP.search, line))}
        for name in names:
            for column in self._groups([name]):
                cell = self.cells.get_column(column)
                filled = cell.is_not_null() & value.is_not_null()
                is_plain = filled & ~cell.str.contains(_NOT_PLAIN).fill_null(value=False)
                sure = is_plain if as_it_is and name in deciding else filled & False
                whole = self._marked(sure, filled & ~sure, column, value, beside.holds_cell())
                if name in deciding:
                    yield column, (filled, whole)
                    continue
                in_one_line = beside.cell().str.replace_all(LINE_BREAKS, ", ")
                test = beside.value().str.contains(in_one_line, literal=True)
                yield column, (self._marked(whole, filled & ~whole, column, value, test), whole)

    def _of_whole_text(self, column: str, value: pl.Series, *, alone: bool) -> _Marks:
        """A name or an address, of which the value is a part; if it is not `alone`, the part may be another cell's."""
        cell = self.cells.get_column(column)
        filled = cell.is_not_null() & value.is_not_null()
        whole = self._marked(filled & False, filled, column, value, beside.holds_cell())
        if alone:
            return filled, whole
        words, said = (text.str.to_lowercase().str.extract_all(_WORD) for text in (beside.cell(), beside.value()))
        shared = words.list.set_intersection(said).list.len() > 0
        return self._marked(whole, filled & ~whole, column, value, shared), whole

    def _of_sql(self, rule: FieldRule, value: pl.Series) -> Iterator[tuple[str, _Marks]]:
        """A cell is taken if the value would be another without it."""
        sql = rule.sql or ""
        named = {name: self._groups([name]) for name in named_columns(sql)}
        frame = self.cells.select(
            (pl.col(found[0]) if found else pl.lit(None, dtype=pl.String)).alias(name) for name, found in named.items()
        )
        said = _evaluated(frame, sql)
        for name, found in named.items():
            without = _evaluated(frame.with_columns(pl.lit(None, dtype=pl.String).alias(name)), sql)
            for column in found:
                cell = self.cells.get_column(column)
                filled = cell.is_not_null() & value.is_not_null()
                whole = self._marked(filled & False, filled, column, value, beside.holds_cell())
                matters = filled if said is None or without is None else filled & said.ne_missing(without)
                yield column, (matters, whole & matters)


def _evaluated(frame: pl.DataFrame, sql: str) -> pl.Series | None:
    """None if the expression can't be carried out on these cells."""
    try:
        rows = frame.with_columns(pl.int_range(pl.len()).alias("\0row"))
        return as_text(rows.select("\0row", row_expression(sql).alias(beside.VALUE)).get_column(beside.VALUE))
    except (MappingError, pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None
