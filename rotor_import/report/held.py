"""Rows and fields that wait for a person's decision, as the lines of held.csv."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from rotor_import.model.change import Change, HeldField, Hold
from rotor_import.model.customer import Customer
from rotor_import.model.decision import question
from rotor_import.model.fields import Value
from rotor_import.model.listed import some
from rotor_import.model.plan import Plan
from rotor_import.model.row_link import is_planned
from rotor_import.report.cells import person, table_of, text

_SIDE = ("customer", "id", "name", "phone", "email")
HELD = (
    *("file", "row", "reason", "field", "value"),
    *(f"{side}_{part}" for side in ("a", "b") for part in _SIDE),
    "rotor_value",
    "decision",
    "question",
)


@dataclass(frozen=True)
class Sides:
    """The customers that a held row may belong to."""

    known: Mapping[str, Customer]
    planned: Mapping[str, Change]

    def cells(self, side: str, customer: str) -> dict[str, str]:
        """The cells about a customer on side `a` or `b`."""
        if is_planned(customer):
            change = self.planned.get(customer)
            values: Mapping[str, Value] = {field.field: field.after for field in change.fields} if change else {}
            cells = (change.label if change else "", "", *person(values))
        else:
            known = self.known.get(customer)
            cells = ("", customer, *person(known.values if known else {}))
        return {f"{side}_{part}": cell for part, cell in zip(_SIDE, cells, strict=True)}


def held_table(plan: Plan) -> pl.DataFrame:
    sides = Sides(
        some(plan.directory, {name for hold in plan.holds for name in hold.named}),
        {change.customer: change for change in plan.changes if is_planned(change.customer)},
    )
    rows = [_held_row(hold, plan, sides) for hold in plan.holds]
    fields = [
        held_field_row(held, plan.files[held.ref[0]].path) | {"a_customer": change.label}
        for change in plan.changes
        for held in change.held_fields
    ]
    return table_of(HELD, [*rows, *fields])


def _held_row(hold: Hold, plan: Plan, sides: Sides) -> dict[str, str]:
    file, row = hold.record.ref
    line = {
        "file": plan.files[file].path,
        "row": str(row),
        "reason": hold.reason,
        "field": hold.field,
        "value": hold.record.id if hold.field == "id" else hold.record.key(hold.field) if hold.field else "",
        "question": question(plan.feed, hold.record),
    }
    for side, customer in zip("ab", hold.named, strict=False):
        line |= sides.cells(side, customer)
    return line


def held_field_row(held: HeldField, path: str) -> dict[str, str]:
    """The line for a field that was changed both in the file and in Rotor."""
    return {
        "file": path,
        "row": str(held.ref[1]),
        "reason": "changed both in the file and in Rotor since the last sync; the row's other fields go on",
        "field": held.field,
        "value": text(held.file_value),
        "a_id": "" if is_planned(held.customer) else held.customer,
        "rotor_value": text(held.rotor_value),
    }
