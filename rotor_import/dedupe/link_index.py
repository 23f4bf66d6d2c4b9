"""Finds each row's link: which customer it belonged to when it was last seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar, assert_never

from rotor_import.model.change import RowRef
from rotor_import.model.independent import newly_seen
from rotor_import.model.policy import MatchingPolicy
from rotor_import.model.row_link import RowKey, RowLink
from rotor_import.model.rows import Record

_GROUPED = ("held", "refused")
_Key = TypeVar("_Key", bound=Hashable)


class LinkIndex:
    """The links of one feed, matched to the rows of an import."""

    def __init__(
        self, links: Iterable[RowLink], records: Sequence[Record], matching: MatchingPolicy, last_seen: int = 0
    ) -> None:
        """`last_seen` is the order of the feed's row that was first seen last."""
        self.links = tuple(links)
        self._last_seen = last_seen
        self._matching = matching.to_text()
        self._own = self._by_natural_key(records)
        self._owners = self._agreed(
            (link.natural_key, link.customer) for link in self.links if link.customer and link.fate == "kept"
        )
        self._by_cells = self._agreed(
            (link.cells, link.customer)
            for link in self.links
            if link.customer and link.natural_key.startswith("h:") and any(link.cells)
        )
        self._seen_by_cells = self._seen_before(records)
        self._whole = self._whole_groups(records)

    def stored(self, record: Record) -> RowLink | None:
        """The row's own link, by source key or content."""
        return self._own.get(record.ref)

    def find(self, record: Record) -> RowLink | None:
        """The link that says whose the row is; one without a source key is also known by its keys."""
        link = self.stored(record)
        if link is not None and link.customer:
            return link
        cells = (record.id, record.phone, record.email)
        customer = None if record.source_key else self._by_cells.get(cells)
        if not customer:
            return None
        return RowLink(record.natural_key, record.occurrence, customer, record.digest, *cells)

    def used(self) -> set[RowKey]:
        """Where the links of the rows that are here stand."""
        return {link.row_key for link in self._own.values()}

    def first_seen(self, record: Record) -> int:
        """The row's place in the order in which the feed's rows were first seen; new ones come last, in file order."""
        stored = self.stored(record)
        if stored is not None:
            return stored.seen
        return self._seen_by_cells.get(record.ref) or newly_seen(record.ref, self._last_seen)

    def owner(self, source_key: str) -> str | None:
        """The customer of a source key, where all its rows agree."""
        return self._owners.get(f"k:{source_key}")

    def keeps(self, record: Record) -> RowLink | None:
        """The link of a row that stays held, refused or decided as long as nothing that it depends on changes."""
        link = self.stored(record)
        return link if link is not None and self._stands(link, record) else None

    def _stands(self, link: RowLink, record: Record) -> bool:
        as_it_was = link.digest == record.digest
        match link.fate:
            case "kept":
                if link.decision in ("separate", "ignore", "same"):  # it has its place, and lost a key on the way
                    return False
                return bool(link.unmoved) and (as_it_was or link.asks_the_same(record.cells))
            case "refused":
                return as_it_was and link.group in self._whole
            case "held":
                whole = not link.group or bool(link.named) or link.group in self._whole
                return as_it_was and whole and link.matching == self._matching
            case "skipped":
                return as_it_was and link.matching == self._matching
            case unhandled:
                assert_never(unhandled)

    def _by_natural_key(self, records: Sequence[Record]) -> dict[RowRef, RowLink]:
        """Each row's link; where a source key repeats, content counts before occurrence."""
        links: dict[str, list[RowLink]] = defaultdict(list)
        for link in sorted(self.links, key=lambda link: link.row_key):
            if link.digest or link.seen:
                links[link.natural_key].append(link)
        rows: dict[str, list[Record]] = defaultdict(list)
        for record in records:
            if record.natural_key in links:
                rows[record.natural_key].append(record)
        found: dict[RowRef, RowLink] = {}
        for natural_key, same_natural_key in rows.items():
            left = links[natural_key]
            rest: list[Record] = []
            for record in same_natural_key:
                alike = next((link for link in left if link.digest == record.digest), None)
                if alike is None:
                    rest.append(record)
                else:
                    left.remove(alike)
                    found[record.ref] = alike
            found.update((record.ref, link) for record, link in zip(rest, left, strict=False))
        return found

    def _seen_before(self, records: Sequence[Record]) -> dict[RowRef, int]:
        """When rows that are known by their cells alone were first seen: as rows that have these cells no more.

        The link of a row that was edited stays behind; its place is taken while the edited row is here.
        """
        here = {link.row_key for link in self._own.values()}
        taken = {link.seen for link in self._own.values()}
        left: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for link in sorted(self.links, key=lambda link: link.seen, reverse=True):
            known = link.cells in self._by_cells and link.natural_key.startswith("h:")
            if known and link.row_key not in here and link.seen not in taken:
                left[link.cells].append(link.seen)
        found: dict[RowRef, int] = {}
        for record in records:
            cells = (record.id, record.phone, record.email)
            if record.ref not in self._own and not record.source_key and left.get(cells):
                found[record.ref] = left[cells].pop()
        return found

    def _whole_groups(self, records: Sequence[Record]) -> frozenset[str]:
        """The refused changes, and the shared keys that rows are held for, whose rows are all here, unchanged.

        Rows that are alike count once.
        """
        every, here = defaultdict(set), defaultdict(set)
        for link in self.links:
            if link.group and link.fate in _GROUPED:
                every[link.group].add((link.natural_key, link.digest))
        for record in records:
            own = self.stored(record)
            if own is not None and own.fate in _GROUPED:
                here[own.group].add((record.natural_key, record.digest))
        return frozenset(group for group, rows in every.items() if rows <= here[group])

    @staticmethod
    def _agreed(pairs: Iterable[tuple[_Key, str]]) -> dict[_Key, str]:
        """Those of the pairs' keys that all lead to one customer."""
        found: dict[_Key, set[str]] = defaultdict(set)
        for key, customer in pairs:
            found[key].add(customer)
        return {key: next(iter(customers)) for key, customers in found.items() if len(customers) == 1}
