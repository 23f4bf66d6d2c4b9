"""Rotor's rule for an upsert: which customer it finds, and what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import phonenumbers

from rotor_import.sandbox.options import Options
from rotor_import.sandbox.store import Keys, Store


class UnknownCustomer(LookupError):
    """No customer has the ID."""


def keys_of(options: Options) -> Keys:
    """The keys by which the server compares phones and emails; how Rotor does it is not documented."""

    def keys(customer: Mapping[str, Any]) -> tuple[str, str]:
        phone, email = customer.get("phone") or "", customer.get("email") or ""
        return (
            _e164(phone.strip(), options.region) if options.phones == "normal" else phone,
            email.strip().lower() if options.emails == "normal" else email,
        )

    return keys


def upsert(
    store: Store, body: Mapping[str, Any], keys: Keys, created_at: str, *, empty_clears: bool
) -> tuple[dict[str, Any], bool]:
    """Upsert a customer; return the customer, and whether it is new. Raises UnknownCustomer."""
    if not empty_clears:
        body = {name: value for name, value in body.items() if value != ""}
    existing = _find(store, body, keys)
    if existing is None:
        fields = {name: value for name, value in body.items() if name != "id"}
        [id_] = store.insert([fields | {"created_at": created_at}])
    else:
        id_ = existing["id"]
        store.update(id_, _merge(existing, body))
    customer = store.get(id_)
    if customer is None:
        raise UnknownCustomer(id_)
    return customer, existing is None


def _find(store: Store, body: Mapping[str, Any], keys: Keys) -> dict[str, Any] | None:
    if "id" in body:
        existing = store.get(body["id"])
        if existing is None:
            raise UnknownCustomer(body["id"])
        return existing
    phone, email = keys(body)
    return store.by_phone(phone) or store.by_email(email)


def _merge(customer: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """The customer with the fields of the body; tags are united."""
    have = customer["tags"]
    tags = have + [tag for tag in dict.fromkeys(body.get("tags", ())) if tag not in have]
    return {**customer, **body, "tags": tags}


def _e164(phone: str, region: str) -> str:
    try:
        number = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        return phone
    if not phonenumbers.is_valid_number(number):
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
