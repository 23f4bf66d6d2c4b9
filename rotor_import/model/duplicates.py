"""Pairs of people who are probably one, as they are asked about and remembered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PairWord = Literal["", "same", "different"]
"""What a person said about a pair, `''` for nothing."""


@dataclass(frozen=True)
class AskedPair:
    """`a` and `b` name the people as the next import finds them: `id:` and Rotor's id, or `row:` and a natural key."""

    question: str
    a: str
    b: str
    word: PairWord = ""
