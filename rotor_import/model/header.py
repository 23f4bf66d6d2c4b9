"""A file's header in messages, which go to logs and chats: a customer is named in none."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DATA = re.compile(r"@|(?:\d\D{0,2}){7}")
NO_HEADER = "names that look like a customer's data, so its first line may be no header"


def is_customer(columns: Iterable[str]) -> bool:
    """Whether a header looks like the data of somebody: an e-mail, or as many digits as a phone has."""
    return any(_DATA.search(name) for name in columns)
