"""Whether all customers of a page have the documented shape, asked column by column, which is faster than one by one.

It never believes what `answers` would refuse. Of what it doesn't believe, `answers` says what is wrong, if anything is.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any

from rotor_import.model.fields import BOOLEAN_FIELD, ID_FIELD, TAGS_FIELD, TEXT_FIELDS
from rotor_import.model.row_link import PLANNED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rotor_import.api.contract import Page

ADDRESS = "address"
ID = re.compile(r"[!-~]{1,200}")
"""Rotor's ids are UUIDs. What no URL and no ledger can hold is none."""
_IDS = re.compile(rf"\n(?:{ID.pattern}\n)+")
_TEXT, _FLAG, _LIST, _OBJECT = ({kind, type(None)} for kind in (str, bool, list, dict))


def all_documented(page: Page) -> bool:
    if not page.items:
        return True
    if not _are(page.items, {dict}):
        return False
    columns = page.columns
    return (
        _are_ids(columns.get(ID_FIELD, ()))
        and all(_are(columns.get(name, ()), _TEXT) for name in TEXT_FIELDS)
        and _are(columns.get(BOOLEAN_FIELD, ()), _FLAG)
        and _are_tags(columns.get(TAGS_FIELD, ()))
        and _are_addresses(columns.get(ADDRESS, ()))
    )


def _are(cells: Iterable[object], kinds: set[type]) -> bool:
    return set(map(type, cells)) <= kinds


def _are_ids(cells: Sequence[Any]) -> bool:
    """The ids are looked at as one text, with a line for each."""
    if not cells or not _are(cells, {str}):
        return False
    ids = "\n".join(("", *cells, ""))
    return _IDS.fullmatch(ids) is not None and ids.count("\n") == len(cells) + 1 and f"\n{PLANNED}" not in ids


def _are_tags(cells: Sequence[Any]) -> bool:
    return _are(cells, _LIST) and _are(chain.from_iterable(filter(None, cells)), {str})


def _are_addresses(cells: Sequence[Any]) -> bool:
    if not _are(cells, _OBJECT):
        return False
    return _are(chain.from_iterable(cell.values() for cell in cells if cell), _TEXT)
