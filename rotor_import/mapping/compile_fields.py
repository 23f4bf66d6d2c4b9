"""The mapping's rules → columns of a sheet: finds what each field is drawn from."""

from __future__ import annotations

from collections.abc import Mapping as Named
from collections.abc import Sequence
from functools import partial

import polars as pl

from rotor_import.mapping.columns import Slot
from rotor_import.mapping.field_values import NOTHING, Compiled, compile_text, either, listed
from rotor_import.mapping.repair_zip import is_odd, judge_zip
from rotor_import.mapping.rules import ADDRESS_PARTS, NAME_PARTS, FieldRule
from rotor_import.mapping.schema import Mapping
from rotor_import.mapping.source_cells import Cells, complete, find_cells, is_grouped
from rotor_import.mapping.split_address import judge_address
from rotor_import.mapping.split_cells import candidates, tags
from rotor_import.mapping.split_name import judge_name
from rotor_import.mapping.templates import template
from rotor_import.mapping.whitespace import stripped_columns
from rotor_import.mapping.working_frame import Sheet
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD, UNIT_FIELDS

FIELD = "field\0"
"""What a field's drawn column begins with: no column of a file, and no part of a name, is called so."""
NAME_FIELDS = (*NAME_PARTS, "doubt")
ADDRESS_FIELDS = (*ADDRESS_PARTS, "recipient", "doubt")
_ZIP_FIELDS = ("value", "fault", "remark")
_UNIT_OF = {name: unit for unit, names in UNIT_FIELDS.items() for name in names}


def whole(of: Sequence[str]) -> str:
    """The name of the column that holds what names or addresses are parsed from."""
    return "\0".join(("whole", *of))


def parsed(kind: str, of: Sequence[str]) -> str:
    return "\0".join((kind, *of))


class Draw:
    """Compiles the fields of one mapping over one sheet."""

    def __init__(self, mapping: Mapping, sheet: Sheet) -> None:
        self._mapping = mapping
        self._sheet = sheet
        self._columns = sheet.columns

    def fields(self) -> dict[str, Compiled]:
        """Raises MappingError."""
        rules = self._mapping.fields
        cells = {name: self._cells(name, rule) for name, rule in rules.items()}
        clean = self._clean(cells)
        compiled = {name: self._compiled(name, rule, cells[name], clean=name in clean) for name, rule in rules.items()}
        for name, rule in rules.items():
            if rule.zip is not None:
                compiled[name] = self._mended_zip(name, compiled)
        return compiled

    def _clean(self, cells: Named[str, Sequence[pl.Expr]]) -> set[str]:
        """Fields whose cells have nothing to strip."""
        roots = {
            name: {column for cell in cells[name] for column in cell.meta.root_names()}
            for name, rule in self._mapping.fields.items()
            if rule.columns and rule.strip is None
        }
        clean = stripped_columns(self._sheet.frame, [column for found in roots.values() for column in found])
        return {name for name, found in roots.items() if found <= clean}

    def _compiled(self, name: str, rule: FieldRule, cells: Sequence[pl.Expr], *, clean: bool) -> Compiled:
        """Candidates for phone and e-mail, a list for tags."""
        if name in KEY_FIELDS:
            return listed(candidates(rule, cells, clean=clean))
        if name == TAGS_FIELD:
            draw = partial(tags, rule, clean=clean)
            return listed(self._sheet.draw(name, cells, draw) if cells and rule.columns else draw(cells))
        return compile_text(name, rule, cells, clean=clean)

    def _cells(self, name: str, rule: FieldRule) -> Sequence[pl.Expr]:
        at = partial(self._mapping.at, "fields", name)
        if rule.value is not None:
            return [pl.lit(rule.value.strip() or None, dtype=pl.String)]
        if rule.template is not None:
            return [template(rule.template, self._columns, at("template"), optional=rule.optional)]
        if rule.sql is not None:
            return [self._sheet.draw_sql(name, rule.sql, at("sql"), optional=rule.optional)]
        if rule.name is not None:
            return [self._parsed(name, "name", rule.name, rule)]
        if rule.address is not None:
            return [self._parsed(name, "address", rule.address, rule)]
        cells = find_cells(rule, self._columns, at)
        if name in _UNIT_OF and is_grouped(rule):
            return [self._of_one_address(name, rule, cells)]
        return cells.masked

    def _of_one_address(self, name: str, rule: FieldRule, cells: Cells) -> pl.Expr:
        """All fields of an address that are drawn alike take the same group: the first one with anything in it."""
        filled: dict[Slot, pl.Expr] = {}
        for sibling in UNIT_FIELDS[_UNIT_OF[name]]:
            other = self._mapping.fields.get(sibling)
            if other is None or not is_grouped(other) or (other.when, other.prefer) != (rule.when, rule.prefer):
                continue
            for cell in find_cells(other, self._columns, partial(self._mapping.at, "fields", sibling)).cells:
                has = cell.value.is_not_null()
                filled[cell.slot] = filled[cell.slot] | has if cell.slot in filled else has
        slots = sorted(filled, key=lambda slot: slot or 0)
        at = partial(self._mapping.at, "fields", name)
        every = complete(cells, slots, rule, self._columns, at)
        return every.of_one_slot({slot: filled[slot] for slot in slots})

    def _parsed(self, name: str, kind: str, part: str, rule: FieldRule) -> pl.Expr:
        of = rule.of or ()
        at = partial(self._mapping.at, "fields", name)
        found: list[str] = []
        for number, one in enumerate(of):
            path = ("of", number) if len(of) > 1 else ("of",)
            found += self._columns.group(one, at(*path), optional=rule.optional).values()
        if not found:
            return NOTHING
        separator = " " if kind == "name" else "\n"
        text = pl.concat_str([pl.col(one) for one in found], separator=separator, ignore_nulls=True)
        if whole(of) not in self._sheet.frame.columns:
            self._sheet.frame = self._sheet.frame.with_columns(pl.when(text != "").then(text).alias(whole(of)))
        judge, fields = (judge_name, NAME_FIELDS) if kind == "name" else (judge_address, ADDRESS_FIELDS)
        return self._sheet.judge(parsed(kind, of), [pl.col(whole(of))], judge, fields).struct.field(part)

    def _mended_zip(self, name: str, compiled: Named[str, Compiled]) -> Compiled:
        plain, unit = compiled[name], name.removesuffix("zip")
        odd = self._sheet.frame.select(is_odd(plain.value).alias(f"odd\0{name}")).to_series()
        if not odd.any():
            return plain
        self._sheet.frame = self._sheet.frame.with_columns(odd)
        cells = [
            compiled[part].value if part in compiled else NOTHING for part in (name, f"{unit}state", f"{unit}country")
        ]
        verdict = self._sheet.judge(f"zip\0{name}", cells, judge_zip, _ZIP_FIELDS, only=odd)
        return Compiled(
            pl.when(odd.name).then(verdict.struct.field("value")).otherwise(plain.value),
            plain.raw,
            either(plain.fault, verdict.struct.field("fault")),
            verdict.struct.field("remark"),
        )
