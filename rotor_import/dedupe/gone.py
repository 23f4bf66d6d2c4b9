"""Customers of the feed who are gone from Rotor: their phones and emails stay known, so that no row revives one unseen.

A key counts as a gone customer's as long as no row of a living customer has it. If somebody merged the customer into
another one in Rotor, that one is likely to have a key of the two: it is offered to the person who decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from rotor_import.model.change import Hold
from rotor_import.model.customer import Directory
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.key_index import KeyIndex
from rotor_import.model.row_link import RowLink, is_planned
from rotor_import.model.rows import Record

_Key = tuple[str, str]
"""The name of a key field and a value in normal form."""


class GoneCustomers:
    """Whom the feed's links lead to and a complete directory no longer has."""

    def __init__(self, links: Iterable[RowLink], directory: Directory, key_index: KeyIndex) -> None:
        self._directory = directory
        self._key_index = key_index
        self._keys: dict[str, set[_Key]] = defaultdict(set)
        self._former: dict[_Key, str] = {}
        """By key, the gone customer who had it."""
        self._created: dict[str, str] = {}
        living: set[_Key] = set()
        for link in links:
            keys = {(name, value) for name in KEY_FIELDS if (value := link.cell(name))}
            if link.customer in self:
                self._keys[link.customer] |= keys
            elif link.customer in key_index:
                living |= keys
        for customer in sorted(self._keys, reverse=True):
            self._former.update(dict.fromkeys(self._keys[customer] - living, customer))

    def __contains__(self, customer: str) -> bool:
        """Whether Rotor is known to lack the customer, who had an id there."""
        known = bool(customer) and not is_planned(customer)
        return known and self._directory.complete and customer not in self._directory.customers

    def hold(self, record: Record, customer: str, cells: Mapping[str, str], *, by_id: bool) -> Hold | None:
        """The hold of a row that would join `customer`, who is gone, or whose new `cells` were a gone one's."""
        if customer in self:
            return self._of_row(record, customer, by_id=by_id)
        return self._by_key(record, cells, customer)

    def _of_row(self, record: Record, customer: str, *, by_id: bool) -> Hold:
        """The hold of a row whose customer is gone."""
        reason = "Rotor has no customer with this id" if by_id else "its customer is gone from Rotor"
        return self._hold(record, reason, "id", self._offered(record, customer))

    def _by_key(self, record: Record, cells: Mapping[str, str], customer: str) -> Hold | None:
        """The hold of a row one of whose new keys was a gone customer's, though the row would join `customer`."""
        name = next((name for name in KEY_FIELDS if (name, cells.get(name, "")) in self._former), None)
        if name is None:
            return None
        offered = self._offered(record, self._former[name, cells[name]])
        if customer and not is_planned(customer) and (offered is None or offered[0] != customer):
            offered = customer, ""
        return self._hold(record, f"the customer who had this {name} is gone from Rotor", name, offered)

    def created_for(self, gone: str) -> str:
        """The customer that a person had created for another row of the one who is gone, '' where there is none."""
        return self._created.get(gone, "")

    def settle(self, cells: Mapping[str, str], owner: str, created: str) -> None:
        """A person has said whose a row with these keys is, so they are no gone customer's any more.

        `created` is the new customer that the row of `owner` made, '' where it joined another.
        """
        if owner in self and created:
            self._created[owner] = created
        for key in cells.items():
            self._former.pop(key, None)

    def _offered(self, record: Record, gone: str) -> tuple[str, str] | None:
        """The customer in Rotor who has a key of the row or of the gone customer, and the words for that key."""
        for (name, value), whose in self._candidates(record, gone):
            holders = self._key_index.holders(name, value)
            if len(holders) == 1 and not is_planned(holder := next(iter(holders))):
                return holder, f"{whose} {name}"
        return None

    def _candidates(self, record: Record, gone: str) -> Iterator[tuple[_Key, str]]:
        for name in KEY_FIELDS:
            yield (name, record.key(name)), "its"
        for name in KEY_FIELDS:
            for key in sorted(self._keys.get(gone, ())):
                if key[0] == name:
                    yield key, "that customer's"

    @staticmethod
    def _hold(record: Record, reason: str, field: str, offered: tuple[str, str] | None) -> Hold:
        if offered is None:
            return Hold(record, reason, (), field, sticky=False, kind="gone")
        customer, key = offered
        reason = f"{reason}; another customer has {key} now" if key else reason
        return Hold(record, reason, (customer,), field, sticky=False, kind="gone")
