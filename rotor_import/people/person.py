"""What tells people apart: names, company, keys and address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rotor_import.model.customer import Customer
from rotor_import.model.fields import Value
from rotor_import.model.rows import Record

ADDRESS_PARTS = ("street1", "street2", "city", "state", "zip")
ADDRESSES = ("property", "billing")
"""In the order in which they say where somebody lives."""


@dataclass(frozen=True)
class Person:
    """A row or a customer, as far as it says who somebody is.

    Everything is text as written, '' where blank; phone and email are in normal form where they have one.
    """

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    phone: str = ""
    email: str = ""
    street1: str = ""
    street2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""


def person_of(source: Record | Customer) -> Person:
    return person_from(source.values, source.key("phone"), source.key("email"))


def person_from(values: Mapping[str, Value | None], phone: str, email: str) -> Person:
    """The billing address counts only where there is no property address: a landlord's is shared by strangers."""
    address: dict[str, str] = {}
    for kind in ADDRESSES:
        address = {part: str(values.get(f"{kind}_{part}") or "") for part in ADDRESS_PARTS}
        if address["street1"]:
            break
    return Person(
        str(values.get("first_name") or ""),
        str(values.get("last_name") or ""),
        str(values.get("company_name") or ""),
        phone,
        email,
        **address,
    )
