"""Keys that the mapping clears."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rotor_import.dedupe.replay import Replay
from rotor_import.model.threeway import Memory, Verdict, decide


def clear_keys(replay: Replay, names: Iterable[str], memories: Callable[[str, str], Memory | None]) -> None:
    """Where the mapping clears a key, take it from customers whose rows all leave it blank."""
    for customer, member in replay.members.items():
        for name in names:
            blank = not any(record.key(name) for record in member.records)
            held = replay.picture.key(customer, name)
            if blank and held and decide("", held, memories(customer, name)) is Verdict.SEND:
                replay.picture.move(customer, name, "")
                member.remember[name] = ""
