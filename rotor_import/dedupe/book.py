"""Finds each row's pin: which customer it belonged to when it was last seen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

from rotor_import.model.change import Place
from rotor_import.model.pin import Pin
from rotor_import.model.rows import Record

_Key = TypeVar("_Key", bound=Hashable)


class PinBook:
    """The pins of one feed, matched to the rows of an import."""

    def __init__(self, pins: Iterable[Pin], records: Sequence[Record], matching: str) -> None:
        self._pins = tuple(pins)
        self._matching = matching
        self._of = self._by_ident(records)
        self._owners = self._agreed(
            (pin.ident, pin.customer) for pin in self._pins if pin.customer and pin.fate == "kept"
        )
        self._by_cells = self._agreed(
            (pin.cells, pin.customer)
            for pin in self._pins
            if pin.customer and pin.ident.startswith("h:") and any(pin.cells)
        )
        self._whole = self._whole_refused_groups(records)

    def stored(self, record: Record) -> Pin | None:
        """The row's own pin, by source key or content."""
        return self._of.get(record.place)

    def find(self, record: Record) -> Pin | None:
        """The pin that says whose the row is; one without a source key is also known by its keys."""
        pin = self.stored(record)
        if pin is not None and pin.customer:
            return pin
        cells = (record.id, record.phone, record.email)
        customer = None if record.source_key else self._by_cells.get(cells)
        if not customer:
            return None
        return Pin(record.ident, record.ordinal, customer, record.digest, *cells)

    def owner(self, source_key: str) -> str | None:
        """The customer of a source key, where all its rows agree."""
        return self._owners.get(f"k:{source_key}")

    def keeps(self, record: Record) -> Pin | None:
        """The pin of a row that stays held, refused or decided as long as nothing that it depends on changes."""
        pin = self.stored(record)
        if pin is None:
            return None
        if pin.fate == "kept":
            cells = {"id": record.id, "phone": record.phone, "email": record.email}
            return pin if pin.unmoved and (pin.digest == record.digest or pin.asks_the_same(cells)) else None
        if pin.digest != record.digest:
            return None
        if pin.fate == "refused":
            return pin if pin.group in self._whole else None
        return pin if pin.matching == self._matching else None

    def _by_ident(self, records: Sequence[Record]) -> dict[Place, Pin]:
        """Content before ordinal where a source key repeats."""
        pins: dict[str, list[Pin]] = defaultdict(list)
        for pin in sorted(self._pins, key=lambda pin: pin.slot):
            pins[pin.ident].append(pin)
        rows: dict[str, list[Record]] = defaultdict(list)
        for record in records:
            if record.ident in pins:
                rows[record.ident].append(record)
        found: dict[Place, Pin] = {}
        for ident, same_ident in rows.items():
            left = pins[ident]
            rest: list[Record] = []
            for record in same_ident:
                alike = next((pin for pin in left if pin.digest == record.digest), None)
                if alike is None:
                    rest.append(record)
                else:
                    left.remove(alike)
                    found[record.place] = alike
            found.update((record.place, pin) for record, pin in zip(rest, left, strict=False))
        return found

    def _whole_refused_groups(self, records: Sequence[Record]) -> frozenset[str]:
        """Refused changes all of whose rows are here, unchanged."""
        size = Counter(pin.group for pin in self._pins if pin.fate == "refused")
        here = Counter(
            pin.group
            for record in records
            if (pin := self.stored(record)) and pin.fate == "refused" and pin.digest == record.digest
        )
        return frozenset(group for group, count in size.items() if here[group] == count)

    @staticmethod
    def _agreed(pairs: Iterable[tuple[_Key, str]]) -> dict[_Key, str]:
        found: dict[_Key, set[str]] = defaultdict(set)
        for key, customer in pairs:
            found[key].add(customer)
        return {key: next(iter(customers)) for key, customers in found.items() if len(customers) == 1}
