"""Turns a mapping's rules into one expression for each field, over the rows of a file."""

from __future__ import annotations

from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from functools import partial
from typing import assert_never

import polars as pl

from rotor_import.mapping.address_parts import AddressParts, split_address
from rotor_import.mapping.columns import GroupNumber
from rotor_import.mapping.field_values import BLANK, FieldValue, first_fault, list_value, text_value
from rotor_import.mapping.repair_zip import ZipRepair, needs_repair, repair_zip
from rotor_import.mapping.rules import FieldRule, Splittable
from rotor_import.mapping.schema import Mapping
from rotor_import.mapping.source_cells import At, SourceCells, find_cells, is_grouped, only_when
from rotor_import.mapping.split_cells import candidates, tags
from rotor_import.mapping.split_name import NameParts, split_name
from rotor_import.mapping.states_and_countries import country_value, state_value
from rotor_import.mapping.templates import fill_template
from rotor_import.mapping.whitespace import stripped_columns
from rotor_import.mapping.working_frame import WorkingFrame
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD, UNIT_FIELDS, UNIT_OF


def whole_column(sources: Sequence[str]) -> str:
    """The computed column with the whole text of a name or address, before it is split."""
    return "\0".join(("whole", *sources))


def parts_column(kind: Splittable, sources: Sequence[str]) -> str:
    """The computed column with the parts of a name or address."""
    return "\0".join((kind, *sources))


class FieldCompiler:
    """Compiles the fields of one mapping over one file's rows."""

    def __init__(self, mapping: Mapping, working: WorkingFrame) -> None:
        self._mapping = mapping
        self._working = working
        self._columns = working.columns

    def compile(self) -> dict[str, FieldValue]:
        """Raises MappingError."""
        rules = self._mapping.fields
        cells = {name: self.cells(name, rule) for name, rule in rules.items()}
        clean = self._clean_fields(cells)
        values = {name: self._value(name, rule, cells[name], clean=name in clean) for name, rule in rules.items()}
        values = {name: self._as_code(name, values) for name in values}
        for name, rule in rules.items():
            if rule.zip is not None:
                values[name] = self._with_repaired_zip(name, values)
        return values

    def _at(self, name: str) -> At:
        return partial(self._mapping.at, "fields", name)

    def _clean_fields(self, cells: ReadOnly[str, Sequence[pl.Expr]]) -> set[str]:
        """The fields whose cells have nothing to strip."""
        roots = {
            name: {column for cell in cells[name] for column in cell.meta.root_names()}
            for name, rule in self._mapping.fields.items()
            if rule.columns and rule.strip is None
        }
        clean = stripped_columns(self._working.frame, [column for columns in roots.values() for column in columns])
        return {name for name, columns in roots.items() if columns <= clean}

    def _value(self, name: str, rule: FieldRule, cells: Sequence[pl.Expr], *, clean: bool) -> FieldValue:
        """Lists for phones, emails and tags, else text."""
        if name in KEY_FIELDS:
            return list_value(candidates(rule, cells, clean=clean))
        if name == TAGS_FIELD:
            compute = partial(tags, rule, clean=clean)
            may_repeat = cells and rule.columns
            return list_value(self._working.compute_once(name, cells, compute) if may_repeat else compute(cells))
        return text_value(name, rule, cells, clean=clean)

    def cells(self, name: str, rule: FieldRule) -> Sequence[pl.Expr]:
        """What the rule takes its value from, the cells that come first at first."""
        at, optional = self._at(name), rule.optional
        match rule.origin:
            case "value":
                return [pl.lit((rule.value or "").strip() or None, dtype=pl.String)]
            case "template":
                return [fill_template(rule.template or "", self._columns, at("template"), optional=optional)]
            case "sql":
                return [self._working.add_sql(name, rule.sql or "", at("sql"), optional=optional)]
            case "name":
                return [self._split(name, "name", rule.name or "", rule)]
            case "address":
                return [self._split(name, "address", rule.address or "", rule)]
            case "column" | "first_of" | None:
                cells = find_cells(rule, self._columns, at)
                if name in UNIT_OF and is_grouped(rule):
                    return [self._of_one_group(name, rule, cells)]
                return cells.counting
            case _:
                assert_never(rule.origin)

    def _of_one_group(self, name: str, rule: FieldRule, cells: SourceCells) -> pl.Expr:
        """The cell of the first group in which any part of the name or address is filled.

        All parts of it with the same conditions take this group, so that no name or address is made of two.
        """
        filled: dict[GroupNumber, pl.Expr] = {}
        for sibling in UNIT_FIELDS[UNIT_OF[name]]:
            other = self._mapping.fields.get(sibling)
            if other is None or not is_grouped(other) or (other.when, other.prefer) != (rule.when, rule.prefer):
                continue
            for number, value in find_cells(other, self._columns, self._at(sibling)).cells:
                is_filled = value.is_not_null()
                filled[number] = filled[number] | is_filled if number in filled else is_filled
        return cells.of_one_group({number: filled[number] for number in sorted(filled, key=lambda group: group or 0)})

    def _split(self, name: str, kind: Splittable, part: str, rule: FieldRule) -> pl.Expr:
        """One part of the names or addresses in the columns that `of` names."""
        sources, at = rule.of or (), self._at(name)
        columns: list[str] = []
        for index, source in enumerate(sources):
            where = at("of", index) if len(sources) > 1 else at("of")
            columns += self._columns.group(source, where, optional=rule.optional).values()
        if not columns:
            return BLANK
        whole = whole_column(sources)
        if whole not in self._working.frame.columns:
            separator = " " if kind == "name" else "\n"
            text = pl.concat_str([pl.col(column) for column in columns], separator=separator, ignore_nulls=True)
            self._working.frame = self._working.frame.with_columns(pl.when(text != "").then(text).alias(whole))
        split, parts = (split_name, NameParts) if kind == "name" else (split_address, AddressParts)
        column = parts_column(kind, sources)
        value = self._working.add_parts(column, [pl.col(whole)], split, parts._fields).struct.field(part)
        return only_when(value, rule, self._columns, at)

    def _with_repaired_zip(self, name: str, values: ReadOnly[str, FieldValue]) -> FieldValue:
        own, unit = values[name], name.removesuffix("zip")
        broken = self._working.frame.select(needs_repair(own.value).alias(f"broken\0{name}")).to_series()
        if not broken.any():
            return own
        self._working.frame = self._working.frame.with_columns(broken)
        fields = (name, f"{unit}state", f"{unit}country")
        cells = [values[field].value if field in values else BLANK for field in fields]
        repair = self._working.add_parts(f"zip\0{name}", cells, repair_zip, ZipRepair._fields, only=broken).struct
        return FieldValue(
            pl.when(broken.name).then(repair.field("value")).otherwise(own.value),
            own.raw,
            first_fault(own.fault, repair.field("fault")),
            repair.field("remark"),
        )

    def _as_code(self, name: str, values: ReadOnly[str, FieldValue]) -> FieldValue:
        """The value with a state's or a country's code in place of its name, if its rule asks for it."""
        own, rule = values[name], self._mapping.fields[name]
        if rule.state is not None:
            country = values.get(name.removesuffix("state") + "country")
            return state_value(own, None if country is None else country.value)
        return own if rule.country is None else country_value(own)
