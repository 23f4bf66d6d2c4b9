"""The survivor rules: what a merged record keeps where its rows say several things, as values and as columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

import polars as pl

from rotor_import.model.fields import Value, Values
from rotor_import.model.policy import Survivor


def surviving_value(values: Sequence[Value], survivor: Survivor) -> Value:
    """What is kept of a field's values, which are in the order in which their rows were first seen, and not blank."""
    match survivor:
        case "last":
            return values[-1]
        case "first":
            return values[0]
        case "join":
            return "\n".join(dict.fromkeys(line for value in values for line in str(value).splitlines()))
        case unhandled:
            assert_never(unhandled)


def surviving_cell(cells: pl.Expr, survivor: Survivor) -> pl.Expr:
    """`surviving_value` for each group's cells; where a rule makes a new value of several, they are all alike here."""
    match survivor:
        case "last" | "join":
            return cells.last()
        case "first":
            return cells.first()
        case unhandled:
            assert_never(unhandled)


def surviving_row(units: Sequence[Values], survivor: Survivor) -> Values:
    """What is kept of what rows say of a unit; a rule that makes a new value cannot be set for units."""
    match survivor:
        case "last" | "join":
            return units[-1]
        case "first":
            return units[0]
        case unhandled:
            assert_never(unhandled)
