"""The fields of a Rotor customer, as `POST /customers` documents them."""

from __future__ import annotations

from collections.abc import Mapping

TEXT_FIELDS = (
    "billing_city",
    "billing_country",
    "billing_state",
    "billing_street1",
    "billing_street2",
    "billing_zip",
    "company_name",
    "email",
    "first_name",
    "last_name",
    "notes",
    "phone",
    "property_city",
    "property_country",
    "property_state",
    "property_street1",
    "property_street2",
    "property_zip",
    "service_frequency",
    "service_type",
    "source",
    "status",
)
BOOLEAN_FIELD = "billing_same_as_property"
NOTES_FIELD = "notes"
TAGS_FIELD = "tags"
ID_FIELD = "id"
KEY_FIELDS = ("phone", "email")
"""In the order in which Rotor looks for an existing customer."""

FIELDS = tuple(sorted((*TEXT_FIELDS, BOOLEAN_FIELD, TAGS_FIELD)))
"""The fields that a change may send beside the id."""

UNREADABLE_FIELDS = frozenset(field for field in FIELDS if field.startswith(("billing_", "service_")))
"""Fields that `GET /customers` does not return; they are known only as Rotor last acknowledged them."""

ADDRESSES = {
    unit: tuple(
        f"{unit.removesuffix('_address')}_{part}" for part in ("street1", "street2", "city", "state", "zip", "country")
    )
    for unit in ("property_address", "billing_address")
}
UNIT_FIELDS = {"name": ("first_name", "last_name"), **ADDRESSES}
"""Fields that survive a merge as one unit, so that two names or two addresses are never mixed."""

UNIT_OF = {name: unit for unit, names in UNIT_FIELDS.items() for name in names}

NAMING = frozenset((*UNIT_FIELDS["name"], "company_name", *KEY_FIELDS))
"""Fields by which a person finds somebody in a list."""

STATUS_FIELD = "status"
ACTIVE, INACTIVE = STATUSES = ("active", "inactive")
"""A customer without a status is active."""

Value = str | tuple[str, ...]
"""A clean value: text, `true`/`false` for the boolean field, a tuple of strings for the tags."""

Values = Mapping[str, Value]
"""Fields with something in them; a blank field is absent."""


def blank(name: str) -> Value:
    """What a field without anything in it holds."""
    return () if name == TAGS_FIELD else ""


def value_from(cell: str | list[str]) -> Value:
    """A frame's cell as a value: tags are lists there."""
    return tuple(cell) if isinstance(cell, list) else cell


def one_text(value: Value) -> str:
    """A field's value as one text: its tags with commas between them."""
    return ", ".join(value) if isinstance(value, tuple) else value
