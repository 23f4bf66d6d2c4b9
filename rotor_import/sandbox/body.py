"""What `POST /customers` takes, as the API's document lists it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email

STRINGS = (
    *(
        "billing_city",
        "billing_country",
        "billing_state",
        "billing_street1",
        "billing_street2",
        "billing_zip",
    ),
    *("company_name", "email", "first_name", "last_name", "notes", "phone"),
    *("property_city", "property_country", "property_state"),
    *("property_street1", "property_street2", "property_zip"),
    *("service_frequency", "service_type", "source", "status"),
)
BOOLEAN = "billing_same_as_property"
TAGS = "tags"
FIELDS = (*STRINGS, BOOLEAN, TAGS)
STATUSES = ("active", "inactive")

Problem = tuple[str, str]
"""A field, and what is wrong with it."""


def problems(body: Mapping[str, Any]) -> Iterator[Problem]:
    """Everything that is wrong with a body."""
    for name, value in body.items():
        words = _problem(name, value)
        if words:
            yield name, words


def _problem(name: str, value: Any) -> str:
    if name == BOOLEAN:
        return "" if isinstance(value, bool) else "Expected a boolean"
    if name == TAGS:
        fits = isinstance(value, list) and all(isinstance(tag, str) for tag in value)
        return "" if fits else "Expected an array of strings"
    if name != "id" and name not in STRINGS:
        return "Unknown field"
    if not isinstance(value, str):
        return "Expected a string"
    return _text_problem(name, value)


def _text_problem(name: str, value: str) -> str:
    if name == "id":
        return "" if is_uuid(value) else "Invalid uuid"
    if name == "email" and value:
        return "" if _is_email(value) else "Invalid email format"
    if name == "status" and value not in STATUSES:
        return "Expected active or inactive"
    return ""


def is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _is_email(text: str) -> bool:
    try:
        validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
