"""Checks the body of `POST /customers`."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from rotor_import.sandbox.customer_fields import BOOLEAN, STATUSES, STRINGS, TAGS

_ATOM = r"[^\s@.,;:<>()\[\]\\\"\x00-\x1f\x7f-\x9f\ufeff]"
# Dialects of regular expressions differ in whether the last two are spaces.
EMAIL_PATTERN = rf"^({_ATOM}+(\.{_ATOM}+)*@({_ATOM}+\.)+{_ATOM}{{2,}})?$"
"""Words with dots between them, an at sign, and a host of two or more parts; or nothing, which clears the email."""

_EMAIL = re.compile(EMAIL_PATTERN)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

Problem = tuple[str, str]
"""A field, and what is wrong with it."""


def problems(body: Mapping[str, Any]) -> Iterator[Problem]:
    """Everything that is wrong with a body."""
    for name, value in body.items():
        if words := _problem(name, value):
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
    """Whether a string can be encoded: JSON can escape half of a surrogate pair."""
    return not _LONE_SURROGATE.search(value)
