"""Takes a customer apart that strangers made together, where nothing else of the replay rests on it.

Another pass would come to the same; most strangers are a few rows that share one key and nothing with anybody else.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rotor_import.dedupe.lost_keys import Key, cell
from rotor_import.dedupe.meetings import Apart
from rotor_import.model.fields import KEY_FIELDS

if TYPE_CHECKING:
    from rotor_import.dedupe.replay import Replay


def dissolve(replay: Replay, customer: str, key: Key) -> bool:
    """Hold all rows of a new customer for the key that strangers have too; False where another pass is needed."""
    name, value = key
    member, strangers = replay.members.get(customer), replay.strangers
    if member is None or name not in KEY_FIELDS or not _stands_alone(replay, customer, key):
        return False
    if any(cell(record, name) != value or strangers.is_settled(record) for record in member.records):
        return False
    del replay.members[customer]
    replay.key_index.add(customer)
    for record in member.records:
        del replay.owners[record.ref]
        replay.unapplied.discard((record.ref, name))
    strangers.joined = [joined for joined in strangers.joined if joined.customer != customer]
    strangers.apart = [replace(one, customer="") if one.customer == customer else one for one in strangers.apart]
    strangers.apart += [Apart(record, key) for record in member.records]
    return True


def _stands_alone(replay: Replay, customer: str, key: Key) -> bool:
    """Whether nobody met the customer but those who have the key."""
    strangers = replay.strangers
    return (
        replay.key_index.holders(*key) == {customer}
        and customer not in replay.sealed
        and not strangers.everybody.is_split(customer)
        and not any(customer in hold.named for hold in replay.holds)
        and all(one.key == key for one in strangers.apart if one.customer == customer)
    )
