"""How a mapping and its file compare the names of columns."""

from __future__ import annotations


def loose_name(name: str) -> str:
    """The letters and digits of a column's name, without case: what is left is compared."""
    return "".join(filter(str.isalnum, name.casefold()))
