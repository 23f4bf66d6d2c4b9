"""The fields of a customer, as the API's document lists them for `POST /customers` and `GET /customers`."""

from __future__ import annotations

STRINGS = (
    *("billing_city", "billing_country", "billing_state", "billing_street1", "billing_street2", "billing_zip"),
    *("company_name", "email", "first_name", "last_name", "notes", "phone"),
    *("property_city", "property_country", "property_state"),
    *("property_street1", "property_street2", "property_zip"),
    *("service_frequency", "service_type", "source", "status"),
)
BOOLEAN = "billing_same_as_property"
TAGS = "tags"
FIELDS = (*STRINGS, BOOLEAN, TAGS)
STATUSES = ("active", "inactive")

_PROPERTY, _BILLING, _SERVICE = "property_", "billing_", "service_"
ADDRESS = tuple(name.removeprefix(_PROPERTY) for name in STRINGS if name.startswith(_PROPERTY))
"""What the address of a listed customer holds."""
LISTED = (
    *("id", "created_at"),
    *(name for name in STRINGS if name != "status" and not name.startswith((_PROPERTY, _BILLING, _SERVICE))),
)
"""The fields that a listed customer has as they are; billing and service fields can't be read back."""
