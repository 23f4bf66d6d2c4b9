"""Takes a customer apart that strangers made together, where nothing else of the replay rests on it.

Another pass would come to the same; most strangers are a few rows that share one key and nothing with anybody else.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rotor_import.dedupe.lost_keys import Key, carried, cell
from rotor_import.dedupe.meetings import Apart
from rotor_import.model.fields import KEY_FIELDS

if TYPE_CHECKING:
    from rotor_import.dedupe.replay import Replay


def dissolve(replay: Replay, customer: str, key: Key) -> bool:
    """Hold all rows of a new customer for the key that strangers have too; False where another pass is needed."""
    member, strangers = replay.members.get(customer), replay.strangers
    if member is None or key[0] not in KEY_FIELDS or not _stands_alone(replay, customer, key):
        return False
    records = sorted(member.records, key=lambda record: record.ref)
    held = [record for record in records if cell(record, key[0]) == key[1]]
    others = [record for record in records if cell(record, key[0]) != key[1]]
    if any(strangers.is_decided_or_applied(record) or not record.has_key for record in records):
        return False
    if {record.source_key for record in others if record.source_key} & {record.source_key for record in held}:
        return False
    del replay.members[customer]
    replay.key_index.add(customer)
    for record in records:
        del replay.owners[record.ref]
        replay.unapplied -= {(record.ref, name) for name in KEY_FIELDS}
    strangers.meetings.dissolve(customer)
    for record in held:
        strangers.meetings.keep_apart(Apart(record, key))
    return all(replay.place(record) for record in others)


def _stands_alone(replay: Replay, customer: str, key: Key) -> bool:
    """Whether nobody met the customer, or would without these rows, but those who have the key."""
    strangers = replay.strangers
    records = replay.members[customer].records
    kept_apart = strangers.meetings.apart_from(customer)
    having = Counter(
        other for record in (*records, *(apart.record for apart in kept_apart)) for other in carried(record)
    )
    theirs = {other for record in records for other in carried(record)}
    return (
        replay.key_index.holders(*key) == {customer}
        and customer not in replay.sealed
        and not strangers.everybody.is_split(customer)
        and customer not in replay.named
        and all(apart.key == key for apart in kept_apart)
        and not any(strangers.shared.lost.of(record) for record in records)
        and not any(other in strangers.shared.closed for other in having if other != key)
        and all(strangers.carried[other] == having[other] for other in theirs)
    )
