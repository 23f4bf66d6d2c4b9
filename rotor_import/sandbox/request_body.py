"""What `POST /customers` takes, as the API's document lists it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

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

_ATOM = r"[^\s@.,;:<>()\[\]\\\"\x00-\x1f\x7f-\x9f\ufeff]"
# The last two are spaces in some dialects of regular expressions and none in others.
EMAIL_PATTERN = rf"^({_ATOM}+(\.{_ATOM}+)*@({_ATOM}+\.)+{_ATOM}{{2,}})?$"
"""Words with dots between them, an at sign, and a host of two parts or more; or nothing, which clears."""

_EMAIL = re.compile(EMAIL_PATTERN)
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")

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
        fits = isinstance(value, list) and all(isinstance(tag, str) and _is_text(tag) for tag in value)
        return "" if fits else "Expected an array of strings"
    if name != "id" and name not in STRINGS:
        return "Unknown field"
    if not isinstance(value, str):
        return "Expected a string"
    return _text_problem(name, value)


def _text_problem(name: str, value: str) -> str:
    if name == "id":
        return "" if is_uuid(value) else "Invalid uuid"
    if not _is_text(value):
        return "Expected text"
    if name == "email":
        return "" if _EMAIL.fullmatch(value) else "Invalid email format"
    if name == "status" and value not in STATUSES:
        return "Expected active or inactive"
    return ""


def is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _is_text(value: str) -> bool:
    """JSON can escape half of a character, which is none."""
    return not _HALF_A_CHARACTER.search(value)
