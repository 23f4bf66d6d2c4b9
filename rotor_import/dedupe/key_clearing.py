"""Clears phones and emails that the file leaves blank, where the mapping asks for that."""

from __future__ import annotations

from collections.abc import Iterable

from rotor_import.dedupe.replay import Replay
from rotor_import.model.three_way import BaselineOf, Verdict, decide


def clear_keys(replay: Replay, names: Iterable[str], baseline: BaselineOf) -> None:
    """Take the keys with these names from customers whose rows all leave them blank."""
    lost = replay.strangers.shared.lost
    for customer, member in replay.members.items():
        for name in names:
            blank = not any(record.key(name) or name in lost.of(record) for record in member.records)
            held = replay.key_index.key(customer, name)
            if blank and held and decide("", held, baseline(customer, name)) is Verdict.SEND:
                replay.key_index.move(customer, name, "")
                member.key_baselines[name] = ""
