"""Texts as the XML of an .xlsx escapes them → the texts themselves."""

from __future__ import annotations

import re

import polars as pl

from rotor_import.source.cell_text import changed

_ENTITY = re.compile(r"&(?:#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6})|([a-z]+));|&")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


XML_SPACE = " \t\r\n"
"""What XML calls white space; a no-break space is none."""


def unescaped(texts: pl.Series) -> pl.Series:
    """Raises ValueError if an entity is unknown, so that it is no XML."""
    return changed(texts, texts.str.contains("&", literal=True), _without_entities)


def excel_unescaped(texts: pl.Series) -> pl.Series:
    """Excel writes characters that XML does not allow as `_x000D_`, and `_x005F_` for an underscore before the like."""
    return changed(texts, texts.str.contains("_x", literal=True), excel_text)


def excel_text(text: str) -> str:
    return _ESCAPED.sub(lambda found: _character(int(found[1], 16), found[0]), text)


def _without_entities(text: str) -> str:
    def character(found: re.Match[str]) -> str:
        if found[3]:
            return _NAMED[found[3]]
        return _character(int(found[1] or found[2], 10 if found[1] else 16), "\ufffd")

    try:
        return _ENTITY.sub(character, text)
    except (KeyError, TypeError):
        raise ValueError(text) from None


def _character(number: int, otherwise: str) -> str:
    is_none = 0xD800 <= number < 0xE000 or number in (0xFFFE, 0xFFFF)  # noqa: PLR2004 - halves of a pair, and no letters
    return otherwise if is_none or number > 0x10FFFF else chr(number)  # noqa: PLR2004 - the last one of Unicode
