"""Keys that the mapping clears."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rotor_import.dedupe.replay import Replay
from rotor_import.model.three_way import Baseline, Verdict, decide


def clear_keys(replay: Replay, names: Iterable[str], baselines: Callable[[str, str], Baseline | None]) -> None:
    """Where the mapping clears a key, take it from customers whose rows all leave it blank."""
    for customer, member in replay.members.items():
        for name in names:
            blank = not any(record.key(name) for record in member.records)
            held = replay.key_index.key(customer, name)
            if blank and held and decide("", held, baselines(customer, name)) is Verdict.SEND:
                replay.key_index.move(customer, name, "")
                member.key_baselines[name] = ""
