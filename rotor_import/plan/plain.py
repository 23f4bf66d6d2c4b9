"""Plain customers as changes and pins, one by one: for those that are sent and remembered."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from rotor_import.model.change import Change, FieldChange, PinUpdate
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD, Value
from rotor_import.model.pin import Pin
from rotor_import.model.plain import Plain
from rotor_import.plan.numbers import keys_before


def new_changes(plain: Plain, *, complete: bool) -> Iterator[Change]:
    """A change for each customer whom Rotor does not hold."""
    groups = plain.groups.filter(~pl.col("known"))
    rows = plain.rows.join(groups.select("group"), on="group", how="semi")
    places = rows.group_by("group", maintain_order=True).agg("file", "row", "source_key")
    for line in groups.join(places, on="group", how="left", suffix="s", maintain_order="left").iter_rows(named=True):
        values = {name: _value(line[name]) for name in (*KEY_FIELDS, *_others(plain)) if line.get(name)}
        yield Change(
            customer=line["customer"],
            number=line["number"],
            kind="create" if complete else "undecided",
            id="",
            fields=tuple(
                FieldChange(name, () if name == TAGS_FIELD else "", value, value) for name, value in values.items()
            ),
            places=tuple(zip(line["files"], line["rows"], strict=True)),
            source_keys=tuple(dict.fromkeys(key or "" for key in line["source_key"])),
            keys={name: line[name] or "" for name in KEY_FIELDS},
            before_keys=keys_before(None),
        )


def pins(plain: Plain) -> Iterator[PinUpdate]:
    """Each row's pin; the rows are identified."""
    customers = plain.groups.select("group", "customer")
    cells = (pl.col(name).fill_null("") for name in KEY_FIELDS)
    rows = plain.rows.join(customers, on="group", how="left", maintain_order="left")
    for ident, ordinal, customer, digest, phone, email in rows.select(
        "ident", "ordinal", "customer", "digest", *cells
    ).iter_rows():
        yield PinUpdate(Pin(ident, ordinal, customer, digest, "", phone, email))


def _others(plain: Plain) -> Iterator[str]:
    return (name for name in plain.fields if name not in KEY_FIELDS)


def _value(cell: str | list[str]) -> Value:
    return tuple(cell) if isinstance(cell, list) else cell
