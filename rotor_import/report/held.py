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
from rotor_import.report.cells import person, table, text

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
    """The customers that a held row may belong to, as the cells of one side."""

    known: Mapping[str, Customer]
    planned: Mapping[str, Change]

    def cells(self, name: str) -> list[str]:
        if not is_planned(name):
            customer = self.known.get(name)
            return ["", name, *person(customer.values if customer else {})]
        change = self.planned.get(name)
        values: Mapping[str, Value] = {field.field: field.after for field in change.fields} if change else {}
        return [change.label if change else "", "", *person(values)]


def held_table(plan: Plan) -> pl.DataFrame:
    sides = Sides(
        some(plan.directory, {name for hold in plan.holds for name in hold.named}),
        {change.customer: change for change in plan.changes if is_planned(change.customer)},
    )
    fields = [(change, held) for change in plan.changes for held in change.held_fields]
    return table(
        HELD,
        [
            *(_held_row(hold, plan, sides) for hold in plan.holds),
            *(held_field_row(held, change.label, plan.files[held.ref[0]].path) for change, held in fields),
        ],
    )


def _held_row(hold: Hold, plan: Plan, sides: Sides) -> list[str]:
    file, row = hold.record.ref
    value = hold.record.id if hold.field == "id" else hold.record.key(hold.field) if hold.field else ""
    blank = [""] * len(_SIDE)
    named = [sides.cells(name) for name in hold.named[:2]] + [blank, blank]
    return [
        plan.files[file].path,
        str(row),
        hold.reason,
        hold.field,
        value,
        *named[0],
        *named[1],
        "",
        "",
        question(plan.feed, hold.record),
    ]


def held_field_row(held: HeldField, label: str, path: str) -> list[str]:
    """The line for a field that was changed both in the file and in Rotor."""
    reason = "changed both in the file and in Rotor since the last sync; the row's other fields go on"
    id_ = "" if is_planned(held.customer) else held.customer
    side = [label, id_, "", "", ""]
    return [
        *(path, str(held.ref[1]), reason, held.field, text(held.file_value)),
        *side,
        *([""] * len(_SIDE)),
        *(text(held.rotor_value), "", ""),
    ]
