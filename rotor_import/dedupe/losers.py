"""The customers that lost a key: a further row that loses it may be one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

_MANY = 150
"""So many customers are all looked at; of more, those that have a word, key or number in common with the row."""

Trait = tuple[str, str]


class Losers:
    """The customers that lost one key, in the order in which they did."""

    def __init__(self) -> None:
        self._customers: dict[str, int] = {}
        self._by_trait: dict[Trait, dict[str, None]] = defaultdict(dict)

    def add(self, customer: str, traits: Iterable[Trait]) -> None:
        """Take in a customer, or what else can relate a row to one that is here."""
        self._customers.setdefault(customer, len(self._customers))
        for trait in traits:
            self._by_trait[trait][customer] = None

    def near(self, traits: Iterable[Trait]) -> Sequence[str]:
        if len(self._customers) <= _MANY:
            return list(self._customers)
        found = {customer for trait in traits for customer in self._by_trait.get(trait, ())}
        return sorted(found, key=self._customers.__getitem__)
