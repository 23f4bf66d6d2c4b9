"""What has changed since a plan was approved, in words for a message and in a table for the values.

The words name customers by their id and fields by their name; what the fields held is in the table alone, for a
message may end up in a log.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from rotor_import.mapping import Mapping as CustomerMapping
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.pipeline.plan_snapshot import BETWEEN_TAGS, KEYS, Tables

_CELL = dict.fromkeys(("what", "name", "field", "before", "now"), pl.String)
_SHOWN = 5
_NOTHING = "missing"


def mapping_words(saved: Mapping[str, Any], mapping: CustomerMapping) -> list[str]:
    """Each part of the mapping that says something else now, with its line and column."""
    old, new = (dict(_leaves(each, ())) for each in (saved, mapping.model_dump(mode="json")))
    return [
        f"{mapping.at(*path)}: {'.'.join(map(str, path))} was {_said(old, path)} and is now {_said(new, path)}"
        for path in dict.fromkeys((*old, *new))
        if old.get(path) != new.get(path)
    ]


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """A part that is not there is the same as one that says nothing."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif value is not None:
        yield path, value


def _said(leaves: Mapping[tuple[str, ...], Any], path: tuple[str, ...]) -> str:
    return json.dumps(leaves[path], ensure_ascii=False) if path in leaves else _NOTHING


def differences(before: Tables, now: Tables, paths: Sequence[str]) -> pl.DataFrame:
    """A line for each cell that differs: `what` (its table), `name` (its line), `field`, `before` and `now`."""
    found = [pl.DataFrame(schema=_CELL)]
    for name in KEYS:
        if before[name].equals(now[name]):
            continue
        old, new = _cells(name, before[name], paths, "before"), _cells(name, now[name], paths, "now")
        both = old.join(new, on=["name", "field"], how="full", coalesce=True, maintain_order="left_right")
        changed = both.filter(pl.col("before").ne_missing(pl.col("now")))
        found.append(changed.select(pl.lit(name).alias("what"), *list(_CELL)[1:]))
    return pl.concat(found).with_columns(pl.col("before", "now").str.replace_all(BETWEEN_TAGS, ", ", literal=True))


def _cells(name: str, table: pl.DataFrame, paths: Sequence[str], value: str) -> pl.DataFrame:
    """The cells that are not blank, each with the name of its line; a file's number is its path in it."""
    numbers = {str(number): path for number, path in enumerate(paths)}
    parts = [pl.col(part).replace(numbers) if part == "file" else pl.col(part) for part in KEYS[name]]
    line = pl.concat_str(parts, separator=":", ignore_nulls=True).alias("in line")
    lines = table.select(line, pl.exclude(KEYS[name]))
    # No table has columns called that, as `updates` has a `before` and `review` a `name` of its own.
    cells = lines.unpivot(index="in line", variable_name="in field", value_name="in cell")
    cells.columns = ["name", "field", value]
    return cells.cast(pl.String).drop_nulls().unique(["name", "field"], keep="last", maintain_order=True)


def customer_words(before: pl.DataFrame, now: pl.DataFrame, changed: pl.DataFrame) -> list[str]:
    """`before` and `now` are the tables of customers that the plan met, and meets."""
    old, new = (set(each.get_column("customer")) for each in (before, now))
    fields: dict[str, list[str]] = {id_: [] for id_ in old ^ new}
    for id_, name in changed.filter(pl.col("what") == "customer").select("name", "field").iter_rows():
        fields.setdefault(id_, []).append(name)
    return [_customer(id_, sorted(names), old, new) for id_, names in sorted(fields.items())]


def _customer(id_: str, fields: Sequence[str], old: set[str], new: set[str]) -> str:
    if id_ not in new:
        return f"customer {id_} is gone from Rotor"
    if id_ not in old:
        keys = " and ".join(name for name in fields if name in KEY_FIELDS)
        return f"customer {id_} is new, or now has the {keys or 'key'} of these rows"
    return f"customer {id_}: {' and '.join(fields)}"


def plan_words(changed: pl.DataFrame) -> list[str]:
    """Rows with another disposition where there are any, else the lines and columns that differ."""
    fates = changed.filter(pl.col("what") == "rows", pl.col("field") == "disposition")
    if fates.height:
        return [
            f"{name} was {before or _NOTHING} and would now be {now or _NOTHING}"
            for name, before, now in fates.select("name", "before", "now").iter_rows()
        ]
    others = changed.filter(pl.col("what") != "customer").select("name", "what", "field")
    return [f"{name} ({what}.csv): {field}" for name, what, field in others.iter_rows()]


def listed(words: Sequence[str]) -> str:
    """The first few, and how many more there are."""
    more = [f"and {len(words) - _SHOWN} more"] if len(words) > _SHOWN else []
    return "; ".join([*words[:_SHOWN], *more])
