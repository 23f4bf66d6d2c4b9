"""Phones in normal form: E.164 of a number that phonenumbers calls valid."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

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


class Normal(NamedTuple):
    """The normal form of a phone or an email, '' where it is invalid.

    `reason` says why it is invalid, or what was dropped or repaired. `damaged` rejects the row whatever the mapping
    says about invalid values: nobody can know what the cell held.
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
