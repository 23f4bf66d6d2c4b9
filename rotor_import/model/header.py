"""Keeps customers out of messages about a file's header, since messages go to logs and chats."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DATA = re.compile(r"@|(?:\d\D{0,2}){7}")
NO_HEADER = "column names that look like a customer's data, so the first line may not be the header"


def is_customer(columns: Iterable[str]) -> bool:
    """Whether a header looks like a customer's data: an email address, or as many digits as a phone has."""
    return any(_DATA.search(name) for name in columns)
