"""What a cell is to the value that its row has: the same, a part of it, or the same in other signs."""

from __future__ import annotations

import polars as pl

CELL, VALUE = "\0cell", "\0value"
_ENDS = 7
"""The least digits that a phone number is known by."""


def cell() -> pl.Expr:
    return pl.col(CELL)


def value() -> pl.Expr:
    return pl.col(VALUE)


def holds_cell() -> pl.Expr:
    return value().str.contains(cell(), literal=True)


def holds_value() -> pl.Expr:
    return cell().str.contains(value(), literal=True)


def may_be_same_number() -> pl.Expr:
    """A quick look at the last two digits, if they stand side by side at the end and are no extension's."""
    return (cell().str.tail(2) == value().str.tail(2)) | ~cell().str.contains(r"^[^xX]*[0-9]{2}$")


def _same_number() -> pl.Expr:
    """Whether the value ends with the cell's digits: the same phone, written otherwise."""
    number = cell().str.replace(r"(?i)e?xt?\W*[0-9]+\W*$", "")
    digits = number.str.replace_all(r"[^0-9]", "").str.strip_chars_start("0")
    return (digits.str.len_bytes() >= _ENDS) & value().str.ends_with(digits)


SAME = {"phone": _same_number(), "email": cell().str.to_lowercase().str.contains(value(), literal=True)}
