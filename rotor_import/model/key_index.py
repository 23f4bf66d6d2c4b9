"""Tells which customers hold a phone or an email, while rows move keys from one customer to another."""

from __future__ import annotations

from collections.abc import Iterable

from rotor_import.model.fields import KEY_FIELDS

_NOBODY: frozenset[str] = frozenset()


class KeyIndex:
    """The keys of Rotor's customers and of those that this import will create, in normal form."""

    def __init__(self) -> None:
        self._keys: dict[str, dict[str, str]] = {}
        self._holders: dict[str, dict[str, frozenset[str]]] = {name: {} for name in KEY_FIELDS}

    def __contains__(self, customer: str) -> bool:
        return customer in self._keys

    def add(self, customer: str, phone: str = "", email: str = "") -> None:
        self._keys.setdefault(customer, dict.fromkeys(KEY_FIELDS, ""))
        self.move(customer, "phone", phone)
        self.move(customer, "email", email)

    def key(self, customer: str, name: str) -> str:
        keys = self._keys.get(customer)
        return keys[name] if keys else ""

    def keys(self, customer: str) -> dict[str, str]:
        return dict(self._keys.get(customer) or dict.fromkeys(KEY_FIELDS, ""))

    def holders(self, name: str, value: str) -> frozenset[str]:
        return self._holders[name].get(value, _NOBODY) if value else _NOBODY

    def move(self, customer: str, name: str, value: str) -> None:
        """Give `value` to the customer, whoever else holds it, in place of the key that it had before."""
        keys, holders = self._keys[customer], self._holders[name]
        old = keys[name]
        if old == value:
            return
        if old:
            left = holders[old] - {customer}
            if left:
                holders[old] = left
            else:
                del holders[old]
        if value:
            holders[value] = holders.get(value, _NOBODY) | {customer}
        keys[name] = value

    def rivals(self, customer: str, cells: Iterable[tuple[str, str]]) -> frozenset[str]:
        """The other customers that hold a key of these which the customer itself does not hold."""
        found = [self.holders(name, value) for name, value in cells]
        return frozenset().union(*(holders for holders in found if customer not in holders))
