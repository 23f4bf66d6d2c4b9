"""Pairs of people who are probably one, as they are asked about and remembered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class AskedPair:
    """`a` and `b` name the people as the next import finds them: `id:` and Rotor's id, or `row:` and a natural key.

    It is settled once a person has said that they are different.
    """

    question: str
    a: str
    b: str
    is_settled: bool = False


class PairsByName:
    """Pairs that can be found by any name of the two people."""

    def __init__(self, pairs: Iterable[AskedPair]) -> None:
        self._others: dict[str, set[str]] = defaultdict(set)
        for pair in pairs:
            self._others[pair.a].add(pair.b)
            self._others[pair.b].add(pair.a)

    def have(self, mine: Collection[str], theirs: Collection[str]) -> bool:
        """Whether two people who have these names are one of the pairs."""
        return any(not self._others[name].isdisjoint(theirs) for name in mine if name in self._others)
