"""undo.csv: each field of each customer that an undo is about, what becomes of it, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from rotor_import.model.before_image import UndoneCustomer
from rotor_import.model.change import label_of
from rotor_import.model.customer import Customer
from rotor_import.report.cells import person, table, text
from rotor_import.report.files import make_folder, save

UNDO = "undo.csv"
COLUMNS = ("customer", "id", "name", "field", "left", "before", "outcome", "reason")
NOT_SENT = "not sent"
"""The outcome of a field that is to be taken back and was not yet."""
_PLANNED = ("restored", "deactivated")


def write_undo(
    folder: Path, customers: Sequence[UndoneCustomer], waiting: Collection[str], known: Mapping[str, Customer]
) -> pl.DataFrame:
    """Write the table; those `waiting` are still to be sent. `known` are the customers as Rotor holds them."""
    frame = table(
        COLUMNS, [line for one in customers for line in _lines(one, known, is_waiting=one.customer in waiting)]
    )
    save(make_folder(folder) / UNDO, frame)
    return frame


def _lines(one: UndoneCustomer, known: Mapping[str, Customer], *, is_waiting: bool) -> Iterator[tuple[str, ...]]:
    name, _, _ = person(known[one.customer].values if one.customer in known else {})
    for field in one.fields:
        outcome = NOT_SENT if is_waiting and field.fate in _PLANNED else field.fate
        values = text(field.left), text(field.before)
        yield label_of(one.number), one.customer, name, field.field, *values, outcome, field.reason
