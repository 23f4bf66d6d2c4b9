"""What has changed since a plan was approved, in words for a message and in a table for the values.

The words name customers by their id and fields by their name; what the fields held is in the table alone, for a
message may end up in a log.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from rotor_import.mapping import Mapping as CustomerMapping
from rotor_import.model.customer import Directory
from rotor_import.model.fields import KEY_FIELDS, Value, Values
from rotor_import.pipeline.plan_snapshot import PlanSnapshot
from rotor_import.pipeline.saved import SavedPlan

COLUMNS = ("what", "name", "field", "before", "now")
_SHOWN = 5
_NOTHING = "not there"


@dataclass(frozen=True)
class Difference:
    """`what` is customer or row, `name` which one."""

    what: str
    name: str
    field: str
    before: str
    now: str

    @property
    def cells(self) -> tuple[str, ...]:
        return self.what, self.name, self.field, self.before, self.now


def mapping_drift(saved: SavedPlan, mapping: CustomerMapping) -> list[str]:
    """Each part of the mapping that says something else now, with its place."""
    old, new = (dict(_leaves(one, ())) for one in (saved.manifest.mapping, mapping.model_dump(mode="json")))
    return [
        f"{mapping.at(*path)}: {'.'.join(map(str, path))} was {_said(old, path)} and is now {_said(new, path)}"
        for path in dict.fromkeys((*old, *new))
        if old.get(path) != new.get(path)
    ]


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """What is not said at all is the same as nothing."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif value is not None:
        yield path, value


def _said(leaves: Mapping[tuple[str, ...], Any], path: tuple[str, ...]) -> str:
    return json.dumps(leaves[path], ensure_ascii=False) if path in leaves else _NOTHING


def customer_drift(saved: SavedPlan, now: PlanSnapshot, directory: Directory) -> list[Difference]:
    """Customers whom the plan is, or would now be, about, and who are not as they were."""
    found: list[Difference] = []
    for id_, before in sorted(saved.customers.items()):
        customer = directory.customers.get(id_)
        if customer is None:
            found.append(Difference("customer", id_, "", "in Rotor", "gone"))
        else:
            found += _fields(id_, before, customer.values)
    for id_, values in sorted(now.customers.items()):
        if id_ not in saved.customers:
            keys = {name: values[name] for name in KEY_FIELDS if name in values}
            found += _fields(id_, {}, keys) or [Difference("customer", id_, "", _NOTHING, "in Rotor")]
    return found


def _fields(id_: str, before: Values, now: Values) -> list[Difference]:
    return [
        Difference("customer", id_, name, _text(before.get(name, "")), _text(now.get(name, "")))
        for name in sorted({*before, *now})
        if before.get(name, "") != now.get(name, "")
    ]


def _text(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else value


def customer_words(saved: SavedPlan, differences: Sequence[Difference]) -> list[str]:
    fields: dict[str, list[Difference]] = {}
    for one in differences:
        fields.setdefault(one.name, []).append(one)
    return [_customer(id_, many, known=id_ in saved.customers) for id_, many in fields.items()]


def _customer(id_: str, differences: Sequence[Difference], *, known: bool) -> str:
    names = " and ".join(filter(None, [one.field for one in differences]))
    if not known:
        return f"customer {id_} has a {names or 'key'} of these rows, and had it not, or was not there, before"
    if any(one.now == "gone" and not one.field for one in differences):
        return f"customer {id_} is gone from Rotor"
    return f"customer {id_}: {names}"


def plan_drift(saved: SavedPlan, now: PlanSnapshot, names: Sequence[str]) -> list[Difference]:
    """Rows and fields whose fate would be another."""
    found: list[Difference] = []
    for table, key in (
        ("rows", ("file", "row")),
        ("updates", ("customer", "field")),
        ("held", ("file", "row", "field")),
    ):
        found += _lines(table, key, saved.tables[table], now.tables[table], names)
    for table in ("creates", "undecided"):
        found += _lines(table, ("customer",), saved.tables[table], now.tables[table], names)
    return found


def _lines(
    table: str, key: Sequence[str], before: pl.DataFrame, now: pl.DataFrame, names: Sequence[str]
) -> Iterator[Difference]:
    if before.equals(now):
        return
    old, new = _by(key, before), _by(key, now)
    for line in dict.fromkeys((*old, *new)):
        one, other = old.get(line, {}), new.get(line, {})
        for column in dict.fromkeys((*one, *other)):
            if one.get(column, "") != other.get(column, ""):
                yield Difference(table, _name(key, line, names), column, one.get(column, ""), other.get(column, ""))


def _by(key: Sequence[str], table: pl.DataFrame) -> dict[tuple[str, ...], dict[str, str]]:
    return {tuple(line[name] for name in key): line for line in table.iter_rows(named=True)}


def _name(key: Sequence[str], line: Sequence[str], names: Sequence[str]) -> str:
    cells = [names[int(cell)] if part == "file" else cell for part, cell in zip(key, line, strict=True)]
    return ":".join(filter(None, cells))


def plan_words(differences: Sequence[Difference]) -> list[str]:
    """Of rows with another disposition first; values stay in the table."""
    fates = [one for one in differences if one.what == "rows" and one.field == "disposition"]
    if fates:
        return [f"{one.name} was {one.before or _NOTHING} and would now be {one.now or _NOTHING}" for one in fates]
    return [f"{one.name} ({one.what}.csv): {one.field}" for one in differences]


def listed(words: Sequence[str]) -> str:
    """Some of them, and how many more there are."""
    more = [f"and {len(words) - _SHOWN} more"] if len(words) > _SHOWN else []
    return "; ".join([*words[:_SHOWN], *more])
