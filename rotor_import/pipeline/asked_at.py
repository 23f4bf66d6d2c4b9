"""How long somebody took to answer whether a plan is to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from rotor_import.model.clock import Clock
from rotor_import.pipeline.session import Session

_FRESH = 300.0
"""Seconds that a person may take to answer before Rotor's list is read again: somebody may have edited it."""


@dataclass(frozen=True)
class AskedAt:
    """When it was asked, by both clocks: one stands still while the computer sleeps, and the other may be set."""

    clock: Clock
    monotonic: float
    wall: float

    @classmethod
    def now(cls, session: Session) -> Self:
        clock = session.world.clock
        return cls(clock, clock.monotonic(), clock.now())

    def is_fresh(self) -> bool:
        """Whether Rotor's list may be taken as it was read before."""
        passed = (self.clock.monotonic() - self.monotonic, self.clock.now() - self.wall)
        return all(0 <= seconds < _FRESH for seconds in passed)
