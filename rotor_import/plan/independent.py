"""Makes the changes that are sent for independent customers, one by one."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from rotor_import.model.change import Change
from rotor_import.model.fields import KEY_FIELDS, value_from
from rotor_import.model.independent import Independent
from rotor_import.plan.changes import first_value
from rotor_import.plan.numbers import keys_before


def new_changes(independent: Independent, *, complete: bool) -> Iterator[Change]:
    """A change for each customer whom Rotor does not hold."""
    groups = independent.groups.filter(~pl.col("known"))
    if groups.is_empty():
        return
    rows = independent.rows.join(groups.select("group"), on="group", how="semi")
    refs = rows.group_by("group", maintain_order=True).agg("file", "row", "source_key")
    for line in groups.join(refs, on="group", how="left", suffix="s", maintain_order="left").iter_rows(named=True):
        values = {name: value_from(line[name]) for name in (*KEY_FIELDS, *_other_fields(independent)) if line.get(name)}
        yield Change(
            customer=line["customer"],
            number=line["number"],
            kind="create" if complete else "undecided",
            id="",
            fields=tuple(first_value(name, value) for name, value in values.items()),
            refs=tuple(zip(line["files"], line["rows"], strict=True)),
            source_keys=tuple(dict.fromkeys(key or "" for key in line["source_key"])),
            keys={name: line[name] or "" for name in KEY_FIELDS},
            before_keys=keys_before(None),
        )


def _other_fields(independent: Independent) -> Iterator[str]:
    return (name for name in independent.fields if name not in KEY_FIELDS)
