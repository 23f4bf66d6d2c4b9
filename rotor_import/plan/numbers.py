"""Numbers an import's customers in the order in which they are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from rotor_import.model.change import Group
from rotor_import.model.customer import Customer
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.independent import Independent, numbers_of, ref_numbers

_ORDER = {"rank": pl.Int64, "file": pl.UInt32, "row": pl.UInt32}
_AFTER_ALL_RANKS, _AFTER_ALL_FILES = 2**62, 2**32 - 1


def numbered(
    independent: Independent,
    groups: Sequence[Group],
    absent: Sequence[str] = (),
    *,
    complete: bool,
    waiting: Sequence[str] = (),
) -> tuple[Independent, list[int], list[int]]:
    """The independent customers with their numbers, and the numbers of the `groups` and of the `absent` customers.

    All are counted from 1 together, in the order of their first rows; absent customers have no rows and come last.
    Where the whole directory is known (`complete`), those who are `waiting` come first, in the order in which they
    began to wait, so that low-priority customers are not starved, and then the others by the best rank of their rows.
    Without it two customers may be one of Rotor's, so that their order matters and must stay that of the file.
    """
    if not complete or (not waiting and _have_one_rank(independent, groups)):
        return _by_ref(independent, groups, absent)
    turns = {customer: at - len(waiting) for at, customer in enumerate(waiting)}
    ranks = zip(_ranks(groups, turns), groups, strict=True)
    refs = [(rank, *group.records[0].ref) for rank, group in ranks]
    refs += [(turns.get(customer, _AFTER_ALL_RANKS), _AFTER_ALL_FILES, at) for at, customer in enumerate(absent)]
    own_refs = independent.groups.select(pl.col(name).cast(kind) for name, kind in _ORDER.items())
    all_refs = pl.concat([own_refs, pl.DataFrame(refs, schema=_ORDER, orient="row")]).with_row_index("at")
    ordered = all_refs.sort(list(_ORDER) if complete else ["file", "row"])
    numbers = ordered.with_row_index("number", offset=1).sort("at").get_column("number")
    own, rest = numbers.head(independent.groups.height), numbers.slice(independent.groups.height).to_list()
    found = replace(independent, groups=independent.groups.with_columns(own))
    return found, rest[: len(groups)], rest[len(groups) :]


def _have_one_rank(independent: Independent, groups: Sequence[Group]) -> bool:
    ranks = {record.rank for group in groups for record in group.records}
    return len(ranks | set(independent.groups.get_column("rank").unique())) <= 1


def _by_ref(
    independent: Independent, groups: Sequence[Group], absent: Sequence[str]
) -> tuple[Independent, list[int], list[int]]:
    """Number all in the order of their first rows, in which the independent customers are already."""
    own, others = numbers_of(independent.groups), ref_numbers(group.records[0].ref for group in groups)
    order = others.arg_sort()
    before = others.gather(order).search_sorted(own).cast(pl.UInt32) if groups else 0
    numbers = pl.int_range(1, len(own) + 1, dtype=pl.UInt32, eager=True) + before
    rest = [0] * len(others)
    for turn, (at, earlier) in enumerate(zip(order, own.search_sorted(others.gather(order)), strict=True), start=1):
        rest[at] = turn + earlier
    first = len(own) + len(others) + 1
    found = replace(independent, groups=independent.groups.with_columns(numbers.alias("number")))
    return found, rest, list(range(first, first + len(absent)))


def _ranks(groups: Sequence[Group], turns: Mapping[str, int]) -> list[int]:
    """Each group's rank: its turn, which is negative, if it has one, else the best rank of its rows.

    Groups that share a key, or are one customer in steps, stay in file order: to let one go early, those before it
    that share something with it go early too.
    """
    ranks = [turns.get(group.customer, min(record.rank for record in group.records)) for group in groups]
    if len(set(ranks)) <= 1:
        return ranks
    needed: dict[tuple[str, str], int] = {}
    for at in reversed(range(len(groups))):
        shared = _keys_and_customers(groups[at])
        ranks[at] = min(ranks[at], *(needed.get(key, ranks[at]) for key in shared))
        needed |= dict.fromkeys(shared, ranks[at])
    return ranks


def _keys_and_customers(group: Group) -> set[tuple[str, str]]:
    """The keys that a group has before or after, and the customers that it is."""
    keys = {(name, value) for of in (group.keys, keys_before(group.before)) for name, value in of.items() if value}
    return keys | {("", group.customer), ("", group.succeeds or group.customer)}


def keys_before(before: Customer | None) -> dict[str, str]:
    """The keys of a customer as Rotor holds them, blank where it holds nobody."""
    return before.keys if before else dict.fromkeys(KEY_FIELDS, "")
