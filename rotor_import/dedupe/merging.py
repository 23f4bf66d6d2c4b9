"""Merges people whom no key joins, because a person said that they are one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rotor_import.dedupe.lost_keys import Loss
from rotor_import.dedupe.shared_keys import SharedKeys
from rotor_import.model.customer import Directory
from rotor_import.model.decision import Merge
from rotor_import.model.rows import Record
from rotor_import.people import JoinedBy

_KEYS: tuple[JoinedBy, ...] = ("phone", "email")


def merge_people(merges: Iterable[Merge], records: Sequence[Record], shared: SharedKeys, directory: Directory) -> None:
    """Let the rows of each merge join its others.

    A phone or email of the rows that the others have otherwise is lost to the notes: they are known by their own.
    """
    by_ref = {record.ref: record for record in records} if merges else {}
    for merge in merges:
        others = [by_ref[ref] for ref in merge.others if ref in by_ref]
        known = directory.customers.get(merge.customer)
        for record in (by_ref[ref] for ref in merge.rows if ref in by_ref):
            shared.words[record.ref] = "same"
            shared.mates[record.ref].append(merge.others)
            if known is not None:
                shared.customers[record.ref] = merge.customer
            for name in _KEYS:
                theirs = {known.key(name) if known is not None else "", *(other.key(name) for other in others)} - {""}
                if theirs and record.key(name) and record.key(name) not in theirs:
                    shared.lost.lose(record, (name, record.key(name)), Loss(record.key(name), "same", new=True))
