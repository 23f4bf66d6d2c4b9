"""Columns that are imported nowhere: card numbers, passwords, gate codes, and what else nobody should read in notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rotor_import.suggest.cell_evidence import CERTAIN, LIKELY
from rotor_import.suggest.column_profile import ColumnProfile
from rotor_import.suggest.header import Header

_REASONS = {
    "card": "card numbers and other payment card data are never imported",
    "cardcode": "payment card data is never imported",
    "ssn": "ID document numbers are never imported",
    "taxid": "tax numbers are never imported",
    "bank": "bank account numbers are never imported",
    "password": "passwords and secrets are never imported",
    "gatecode": "door and gate codes are never imported",
    "birthdate": "birth dates are never imported",
}
_CARD = re.compile(r"^[2-6](?:[ -]?\d){12,18}$")
_IBAN = re.compile(r"^[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?$")
_CARD_IN_TEXT = re.compile(r"(?<![\d-])[2-6](?:[ -]?\d){14,15}(?![\d-])")
_TEN = 10
_BIG = 9


def sensitive_columns(columns: Sequence[ColumnProfile]) -> dict[str, str]:
    """The names of the columns to leave out, each with the reason."""
    reasons = {column.name: reason for column in columns if (reason := _reason(column))}
    if any(reason == _REASONS["card"] for reason in reasons.values()):
        expiry = [column.name for column in columns if column.header.word_set == {"expiry"}]
        reasons |= dict.fromkeys(expiry, _REASONS["cardcode"])
    return reasons


def private_reason(header: Header) -> str:
    """Why a column with this header is imported nowhere, '' if it may be."""
    words = header.word_set - ({"card"} if "nocard" in header.word_set else set())
    return next((reason for concept, reason in _REASONS.items() if concept in words), "")


def is_private_header(name: str) -> bool:
    return bool(private_reason(Header.of(name)))


def cards_in_texts(columns: Sequence[ColumnProfile], *, but: Sequence[str] = ()) -> list[str]:
    """Columns some of whose cells hold a card number among other words, `but` those that hold numbers of their own."""
    return [
        column.name
        for column in columns
        if column.name not in but
        and any(_is_card(found[0]) for value in column.values for found in _CARD_IN_TEXT.finditer(value))
    ]


def _reason(column: ColumnProfile) -> str:
    if column.is_blank:
        return ""
    named = private_reason(column.header)
    if named and column.share("boolean") < CERTAIN and column.share("email") < LIKELY:
        return named
    if _share(column, _is_card) >= LIKELY / 2:
        return _REASONS["card"]
    if column.share("ssn") >= LIKELY:
        return _REASONS["ssn"]
    if _share(column, lambda value: bool(_IBAN.match(value)) and _is_iban(value)) >= LIKELY:
        return _REASONS["bank"]
    return ""


def _share(column: ColumnProfile, test: Callable[[str], bool]) -> float:
    return sum(map(test, column.values)) / max(len(column.values), 1)


def _is_card(value: str) -> bool:
    """Whether it is a card number by its length and its check digit."""
    if not _CARD.match(value.strip()):
        return False
    digits = [int(digit) for digit in value if digit.isdigit()]
    doubled = [2 * digit - _BIG * (2 * digit > _BIG) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % _TEN == 0


def _is_iban(value: str) -> bool:
    text = value.replace(" ", "")
    return int("".join(str(int(letter, 36)) for letter in text[4:] + text[:4])) % 97 == 1
