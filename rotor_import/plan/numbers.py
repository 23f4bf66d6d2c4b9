"""The order in which an import's customers are sent, and so their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from rotor_import.model.change import Group
from rotor_import.model.customer import Customer
from rotor_import.model.plain import Plain

_ORDER = {"rank": pl.Int64, "file": pl.UInt32, "row": pl.UInt32}


def numbered(
    plain: Plain, groups: Sequence[Group], *, complete: bool, waiting: Sequence[str] = ()
) -> tuple[Plain, list[int]]:
    """The plain customers with their numbers, and the numbers of the `groups`, all counted from 1 together.

    In the order of their first rows; where the whole directory is known (`complete`), those who are `waiting` (in
    the order in which they began to) come first, for else who is worth little would wait for ever, and the others
    by the best rank of their rows. Without it two customers may be one of Rotor's, and the order is meaning.
    """
    if not groups and (not complete or plain.groups.get_column("rank").n_unique() <= 1):
        numbers = pl.int_range(1, plain.groups.height + 1, dtype=pl.UInt32, eager=True).alias("number")
        return replace(plain, groups=plain.groups.with_columns(numbers)), []
    places = pl.DataFrame(
        [(rank, *group.records[0].place) for rank, group in zip(_ranks(groups, waiting), groups, strict=True)],
        schema=_ORDER,
        orient="row",
    )
    own_places = plain.groups.select(pl.col(name).cast(kind) for name, kind in _ORDER.items())
    every = pl.concat([own_places, places]).with_row_index("at")
    ordered = every.sort(list(_ORDER) if complete else ["file", "row"])
    numbers = ordered.with_row_index("number", offset=1).sort("at").get_column("number")
    own, rest = numbers.head(plain.groups.height), numbers.slice(plain.groups.height)
    return replace(plain, groups=plain.groups.with_columns(own)), rest.to_list()


def _ranks(groups: Sequence[Group], waiting: Sequence[str]) -> list[int]:
    """Negative for those who are waiting.

    Those that share a key, or are one customer in steps, stay in file order: to let a group go early, those
    before it that touch its keys go early with it.
    """
    turns = {customer: at - len(waiting) for at, customer in enumerate(waiting)}
    ranks = [turns.get(group.customer, min(record.rank for record in group.records)) for group in groups]
    if len(set(ranks)) <= 1:
        return ranks
    needed: dict[tuple[str, str], int] = {}
    for at in reversed(range(len(groups))):
        touched = _touched(groups[at])
        ranks[at] = min(ranks[at], *(needed.get(key, ranks[at]) for key in touched))
        needed |= dict.fromkeys(touched, ranks[at])
    return ranks


def _touched(group: Group) -> set[tuple[str, str]]:
    """The keys that it has before or after, and the customer that it is."""
    keys = {
        (name, value) for found in (group.keys, keys_before(group.before)) for name, value in found.items() if value
    }
    return keys | {("", group.customer), ("", group.follows or group.customer)}


def keys_before(before: Customer | None) -> dict[str, str]:
    return {"phone": before.phone if before else "", "email": before.email if before else ""}
