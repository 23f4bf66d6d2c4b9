"""Answers `GET /customers`: pages, search and filters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rotor_import.sandbox.customer_fields import ADDRESS, LISTED, STATUSES
from rotor_import.sandbox.store import Store

MOST = 1000
LAST_PAGE = 10**9
PARAMETERS = ("limit", "page", "archived", "search", "status", "tags")
_NUMBER = re.compile(r"[0-9]{1,20}")
_SEARCHED = ("first_name", "last_name", "company_name", "email", "phone")


class BadQuery(ValueError):
    """A query parameter with a value that it cannot have."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__(f"{name}: {words}")
        self.name = name
        self.words = words


def listing(store: Store, query: Mapping[str, str], *, late: int = 0) -> dict[str, Any]:
    """One page. With `late`, it begins that many customers early and misses as many at its end. Raises BadQuery."""
    for name in query:
        if name not in PARAMETERS:
            raise BadQuery(name, "Unknown parameter")
    limit = _number(query, "limit", default=50, most=MOST)
    page = _number(query, "page", default=1, most=LAST_PAGE)
    archived = query.get("archived", "false")
    if archived not in ("true", "false"):
        raise BadQuery("archived", "Expected true or false")
    if query.get("status", "active") not in STATUSES:
        raise BadQuery("status", "Expected active or inactive")
    start = max(0, (page - 1) * limit - late)
    if any(query.get(name) for name in ("search", "status", "tags")):
        matches = [customer for customer in store.all(archived=archived == "true") if _fits(customer, query)]
        items, total = matches[start : start + limit], len(matches)
    else:
        items, total = store.slice(start, limit, archived=archived == "true")
    if late and start + len(items) == total:
        items = items[:-late]  # somebody was edited, and is now on a page that was read before
    return {
        "data": [listed_customer(customer) for customer in items],
        "pagination": {"has_more": page * limit < total, "limit": limit, "page": page, "total": total},
        "status": "success",
    }


def listed_customer(customer: Mapping[str, Any]) -> dict[str, Any]:
    """A customer as the list shows it."""
    return {
        **{name: customer[name] for name in LISTED},
        "status": customer["status"] or "active",
        "tags": customer["tags"],
        "address": {part: customer[f"property_{part}"] for part in ADDRESS},
        "location": None,
        "has_payment_method": False,
    }


def _number(query: Mapping[str, str], name: str, *, default: int, most: int) -> int:
    text = query.get(name, str(default))
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
        raise BadQuery(name, f"Expected a whole number from 1 to {most}")
    return int(text)


def _fits(customer: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    search = query.get("search", "").casefold()
    if search and not any(search in (customer[name] or "").casefold() for name in _SEARCHED):
        return False
    status = query.get("status")
    if status and (customer["status"] or "active") != status:
        return False
    tags = [tag.strip() for tag in query.get("tags", "").split(",") if tag.strip()]
    return not tags or any(tag in customer["tags"] for tag in tags)
