"""Customers as Rotor holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rotor_import.model.fields import Values

DirectorySource = Literal["api", "ledger", "none"]


@dataclass(frozen=True)
class Customer:
    """A customer that Rotor holds.

    `values` are the fields as Rotor stores them, blank ones absent. `phone` and `email` are their normal forms, ''
    where there is none. Fields that cannot be read back are known only if Rotor has acknowledged them to this ledger.
    """

    id: str
    values: Values
    phone: str = ""
    email: str = ""

    @property
    def keys(self) -> dict[str, str]:
        """The normal forms of the phone and the email, by name."""
        return {"phone": self.phone, "email": self.email}

    def key(self, name: str) -> str:
        """A key's normal form; what is stored, where it has none, so that it still counts as filled."""
        return self.keys[name] or str(self.values.get(name, ""))


@dataclass(frozen=True)
class Directory:
    """The customers that Rotor is known to hold; if it is `complete`, Rotor holds no others."""

    customers: Mapping[str, Customer] = field(default_factory=dict)
    source: DirectorySource = "none"
    complete: bool = False
    note: str = ""
    """Says why it holds less than was asked for, or what is odd about Rotor's list; '' if there is nothing to say."""
