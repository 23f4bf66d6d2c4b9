"""Phones in normal form: E.164 of a number that phonenumbers calls valid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

_POSSIBLE = {
    ValidationResult.TOO_SHORT: "it is too short for a phone number",
    ValidationResult.TOO_LONG: "it is too long for a phone number",
    ValidationResult.INVALID_COUNTRY_CODE: "its country code does not exist",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "it lacks the area code",
    ValidationResult.INVALID_LENGTH: "no phone number has that length",
}
EXTENSION_DROPPED = "its extension {} was dropped"
_LONGEST = 250


@dataclass(frozen=True)
class Normal:
    """`value` is '' where the value is invalid; then, or where something was dropped or mended, `reason` says why.

    `damaged` rejects the row whatever the mapping says of invalid ones: nobody can know what the cell held.
    """

    value: str
    reason: str = ""
    damaged: bool = False


@lru_cache(maxsize=1 << 16)
def normal_phone(text: str, region: str) -> Normal:
    if len(text) > _LONGEST:
        return Normal("", "it is too long for a phone number")
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return Normal("", "it is not a phone number")
    if not phonenumbers.is_valid_number(number):
        possible = phonenumbers.is_possible_number_with_reason(number)
        return Normal("", _POSSIBLE.get(possible, f"no such number exists in {region}"))
    dropped = EXTENSION_DROPPED.format(number.extension) if number.extension else ""
    return Normal(phonenumbers.format_number(number, PhoneNumberFormat.E164), dropped)
