"""Merges people whom no key joins, because a person said that they are one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from rotor_import.dedupe.lost_keys import Loss
from rotor_import.dedupe.shared_keys import SharedKeys
from rotor_import.model.change import RowRef
from rotor_import.model.customer import Directory
from rotor_import.model.decision import Merge
from rotor_import.model.rows import Record
from rotor_import.people import JoinedBy

_KEYS: tuple[JoinedBy, ...] = ("phone", "email")


def merge_people(merges: Iterable[Merge], records: Sequence[Record], shared: SharedKeys, directory: Directory) -> None:
    """Let the rows of each merge join its others.

    A phone or email of the rows that those before them have otherwise is lost to the notes: they are known by their
    own. Before them are not the others alone, but all whom a chain of merges makes one with them.
    """
    merges = list(merges)
    by_ref = {record.ref: record for record in records} if merges else {}
    for merge in merges:
        for ref in merge.rows:
            if ref in by_ref:
                shared.words[ref] = "same"
                shared.mates[ref].append(merge.others)
                if merge.customer in directory.customers:
                    shared.customers[ref] = merge.customer
    for together in _chains(merges):
        _lose_keys(together, by_ref, shared, directory)


def _chains(merges: Iterable[Merge]) -> list[list[Merge]]:
    """The merges, together with those that concern the same people."""
    chain_of: dict[RowRef | str, int] = {}
    chains: dict[int, list[Merge]] = {}
    for number, merge in enumerate(merges):
        met = {chain_of[one] for one in _people(merge) if one in chain_of}
        chains[number] = [*chain(*(chains.pop(other) for other in sorted(met))), merge]
        chain_of.update((one, number) for joined in chains[number] for one in _people(joined))
    return list(chains.values())


def _people(merge: Merge) -> Iterator[RowRef | str]:
    yield from merge.rows
    yield from merge.others
    if merge.customer:
        yield merge.customer


def _lose_keys(
    merges: Iterable[Merge], by_ref: Mapping[RowRef, Record], shared: SharedKeys, directory: Directory
) -> None:
    """Let the rows lose the keys that people before them have otherwise, person by person in the order of the file."""
    joining = sorted({merge.rows for merge in merges})
    later = set(chain(*joining))
    first = [ref for merge in merges for ref in merge.others if ref in by_ref and ref not in later]
    known = [directory.customers[merge.customer] for merge in merges if merge.customer in directory.customers]
    for name in _KEYS:
        having = {shared.lost.without(by_ref[ref]).key(name) for ref in first} | {one.key(name) for one in known}
        having -= {""}
        for rows in joining:
            own = [by_ref[ref] for ref in rows if ref in by_ref and by_ref[ref].key(name)]
            for record in own if having else ():
                if record.key(name) not in having:
                    shared.lost.lose(record, (name, record.key(name)), Loss(record.key(name), "same", new=True))
            having |= {shared.lost.without(record).key(name) for record in own} - {""}
