"""Plain customers as changes and pins, one by one: for those that are sent and remembered."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from rotor_import.model.change import Change, FieldChange, PinUpdate
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD, Value
from rotor_import.model.pin import Pin
from rotor_import.model.plain import Plain
from rotor_import.model.rows import Policy
from rotor_import.model.threeway import Memory
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
    """The pin of each row that is not as its own says already; the rows are identified."""
    customers = plain.groups.select("group", "customer")
    cells = (pl.col(name).fill_null("") for name in KEY_FIELDS)
    rows = plain.rows.filter(~pl.col("pinned")).join(customers, on="group", how="left", maintain_order="left")
    for ident, ordinal, customer, digest, phone, email in rows.select(
        "ident", "ordinal", "customer", "digest", *cells
    ).iter_rows():
        yield PinUpdate(Pin(ident, ordinal, customer, digest, "", phone, email))


def equal_fields(plain: Plain, directory: pl.DataFrame, policy: Policy) -> Iterator[tuple[str, dict[str, Memory]]]:
    """Of each customer whom Rotor holds, the fields that it agrees about, as they are to be remembered.

    `directory` is in `model.listed.SCHEMA`. The keys of rows that are known already were remembered before.
    """
    known = plain.groups.filter("known")
    held = directory.select(pl.col(name).alias(f"held {name}") for name in _others(plain))
    lines = known.hstack(held[known.get_column("who")])
    for line in lines.iter_rows(named=True):
        found = {} if line["pinned"] else {name: Memory(line[name], line[name]) for name in KEY_FIELDS if line[name]}
        for name in _others(plain):
            mine, theirs = line[name], line[f"held {name}"]
            if mine and not (name == TAGS_FIELD and policy.write.get(name) == "if_empty" and theirs):
                found[name] = Memory(_value(mine), _value(theirs))
            elif not mine and policy.write.get(name) == "clear":
                found[name] = Memory("", "")
        if found:
            yield line["customer"], found


def _others(plain: Plain) -> Iterator[str]:
    return (name for name in plain.fields if name not in KEY_FIELDS)


def _value(cell: str | list[str]) -> Value:
    return tuple(cell) if isinstance(cell, list) else cell
