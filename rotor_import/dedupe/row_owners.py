"""Tells whose a row is known to be before its keys are looked at, and which of its keys count."""

from __future__ import annotations

from rotor_import.dedupe.link_index import LinkIndex
from rotor_import.dedupe.shared_keys import SharedKeys
from rotor_import.model.change import RowRef
from rotor_import.model.key_index import KeyIndex
from rotor_import.model.row_link import RowLink, is_planned
from rotor_import.model.rows import Record


class RowOwners:
    """The rows' links, and the source keys that customers got during a replay."""

    def __init__(self, links: LinkIndex, shared: SharedKeys, key_index: KeyIndex) -> None:
        self._links = links
        self._shared = shared
        self._key_index = key_index
        self._source_keys: dict[str, str] = {}
        self._placed: dict[RowRef, str] = {}

    def link(self, record: Record) -> RowLink | None:
        """The link that says whose the row is; none of a row that is to leave its customer."""
        return None if record.ref in self._shared.leaving else self._links.find(record)

    def owner(self, record: Record) -> str:
        """Whose the row is known to be, '' if that is open. A planned customer that was forgotten owns none."""
        link = self.link(record)
        candidates = [*self._said(record), link.customer if link else None]
        if record.source_key and "source_key" not in self._shared.lost.of(record):
            candidates.append(self._source_keys.get(record.source_key))
            if record.ref not in self._shared.leaving:
                candidates.append(self._links.owner(record.source_key))
        for customer in candidates:
            if customer and (customer in self._key_index or not is_planned(customer)):
                return customer
        return ""

    def is_said(self, record: Record, customer: str) -> bool:
        """Whether a person said that the row is this customer's."""
        return customer in self._said(record)

    def _said(self, record: Record) -> list[str]:
        """Whose the row is by a person's word: a customer in Rotor, or that of rows that are the same."""
        said = [self._shared.customers[record.ref]] if record.ref in self._shared.customers else []
        groups = self._shared.mates.get(record.ref, ())
        return said + [self._placed[mate] for mates in groups for mate in mates if mate in self._placed]

    def of_source_key(self, source_key: str) -> str:
        """The customer that further rows with a source key belong to, '' where there is none."""
        return self._source_keys.get(source_key) or self._links.owner(source_key) or ""

    def changed(self, record: Record, owner: str) -> dict[str, str]:
        """The row's keys that count: all of a new row, else those that changed since they were applied."""
        link = self.link(record)
        if link is None or link.customer != owner or owner in self._shared.left:
            return {name: value for name, value in record.cells.items() if value}
        return {name: value for name, value in record.cells.items() if value and value != link.cell(name)}

    def is_as_applied(self, record: Record) -> bool:
        """Whether the row is as it was when it was last applied."""
        link = self._links.stored(record)
        return bool(
            link is not None
            and link.fate == "kept"
            and link.customer
            and link.digest == record.digest
            and record.ref not in self._shared.leaving
        )

    def join(self, record: Record, customer: str) -> None:
        """Let further rows with the row's source key, and those said to be the same, be the customer's."""
        self._placed[record.ref] = customer
        if record.source_key and "source_key" not in self._shared.lost.of(record):
            self._source_keys[record.source_key] = customer
