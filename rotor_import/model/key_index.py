"""Tells which customers hold a phone or an email, while rows move keys from one customer to another."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Self

from rotor_import.model.fields import KEY_FIELDS

if TYPE_CHECKING:
    from rotor_import.model.customer import Customer

_NOBODY: frozenset[str] = frozenset()


class KeyIndex:
    """The keys of customers, those in Rotor and those that an import will create, in normal form."""

    def __init__(self) -> None:
        self._keys: dict[str, dict[str, str]] = {}
        self._holders: dict[str, dict[str, set[str]]] = {name: {} for name in KEY_FIELDS}

    @classmethod
    def holding(cls, customers: Iterable[Customer]) -> Self:
        index = cls()
        for customer in customers:
            index.add(customer.id, customer.phone, customer.email)
        return index

    def __contains__(self, customer: str) -> bool:
        return customer in self._keys

    def add(self, customer: str, phone: str = "", email: str = "") -> None:
        """The customer, new or known, has these keys from now on and no others."""
        if customer not in self._keys:
            self._keys[customer] = dict.fromkeys(KEY_FIELDS, "")
        self.move(customer, "phone", phone)
        self.move(customer, "email", email)

    def key(self, customer: str, name: str) -> str:
        keys = self._keys.get(customer)
        return keys[name] if keys else ""

    def keys(self, customer: str) -> dict[str, str]:
        return dict(self._keys.get(customer) or dict.fromkeys(KEY_FIELDS, ""))

    def holders(self, name: str, value: str) -> AbstractSet[str]:
        """A view that later moves change; nobody holds a blank."""
        return self._holders[name].get(value, _NOBODY)

    def move(self, customer: str, name: str, value: str) -> None:
        """Give `value` to the customer, whoever else holds it, in place of the key that it had before."""
        keys, holders = self._keys[customer], self._holders[name]
        old = keys[name]
        if old == value:
            return
        if old:
            holders[old].discard(customer)
            if not holders[old]:
                del holders[old]
        if value:
            holders.setdefault(value, set()).add(customer)
        keys[name] = value

    def rivals(self, customer: str, cells: Iterable[tuple[str, str]]) -> frozenset[str]:
        """Others who hold one of these keys where the customer itself does not."""
        holders = [self.holders(name, value) for name, value in cells]
        return frozenset().union(*(some for some in holders if customer not in some))
