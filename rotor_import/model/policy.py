"""What a mapping and the options decide about matching, merging and overwriting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, assert_never, cast, get_args

from rotor_import.model.fields import UNIT_OF

Write = Literal["always", "if_empty", "clear"]
"""When a field is written: `if_empty` only where Rotor has nothing, `clear` also where the file's cell is blank."""

Survivor = Literal["last", "first", "join"]
"""Which value a merged record keeps where its rows have several."""


def picks_one(survivor: Survivor) -> bool:
    """Whether a rule keeps one of the values as it is, as units and fields of fixed words need it."""
    match survivor:
        case "last" | "first":
            return True
        case "join":
            return False
        case unhandled:
            assert_never(unhandled)


OnConflict = Literal["hold", "server"]
"""What happens to a row whose keys lead to two customers: a person decides, or Rotor's own rule does."""

OnStranger = Literal["hold", "merge", "separate"]
"""What happens to two people whom one key joins, and nothing else: a person decides, Rotor's rule does, or they part.

Apart, the key is given to the one who has it in Rotor, or who was seen first; the others keep it in their notes.
"""

OnPartial = Literal["hold", "send"]
"""What happens to an address that differs from Rotor's and is blank where Rotor's is not: a blank cannot be sent."""

OnBoth = Literal["hold", "file", "rotor"]
"""Who wins where the file and somebody in Rotor both changed a field."""


@dataclass(frozen=True)
class MatchingPolicy:
    """What the matching of rows depends on beside the data; a held row is looked at again when it changes."""

    on_conflict: OnConflict = "hold"
    on_stranger: OnStranger = "hold"
    hold_suspicious: bool = False
    allow_keyless: bool = False

    @property
    def holds_conflicts(self) -> bool:
        """Whether a row or change waits for a person where its keys are several customers'."""
        match self.on_conflict:
            case "hold":
                return True
            case "server":
                return False
            case unhandled:
                assert_never(unhandled)

    def to_text(self) -> str:
        """As the ledger stores it beside runs and held rows."""
        return f"{self.on_conflict},{self.on_stranger},{self.hold_suspicious:d},{self.allow_keyless:d}"

    @classmethod
    def from_text(cls, text: str) -> MatchingPolicy:
        on_conflict, on_stranger, hold_suspicious, allow_keyless = text.split(",")
        if on_conflict not in get_args(OnConflict):
            raise ValueError(f"there is no on_conflict policy called {on_conflict!r}")
        if on_stranger not in get_args(OnStranger):
            raise ValueError(f"there is no on_stranger policy called {on_stranger!r}")
        return cls(
            cast("OnConflict", on_conflict),
            cast("OnStranger", on_stranger),
            hold_suspicious == "1",
            allow_keyless == "1",
        )


@dataclass(frozen=True)
class Policy:
    """All of an import's rules; a field that `write` or `survivor` does not name has the first of their members."""

    write: Mapping[str, Write] = field(default_factory=dict)
    survivor: Mapping[str, Survivor] = field(default_factory=dict)
    on_both: OnBoth = "hold"
    on_partial: OnPartial = "hold"
    matching: MatchingPolicy = field(default_factory=MatchingPolicy)

    def write_of(self, name: str) -> Write:
        return self.write.get(name, "always")

    def survivor_of(self, name: str) -> Survivor:
        """The rule of a unit of fields, or of a field; one that is part of a unit has the unit's."""
        return self.survivor.get(UNIT_OF.get(name, name), "last")

    def clears(self, name: str) -> bool:
        """Whether a blank cell of the file empties the field in Rotor."""
        match self.write_of(name):
            case "clear":
                return True
            case "always" | "if_empty":
                return False
            case unhandled:
                assert_never(unhandled)
