"""Phones in normal form: E.164 of a number that phonenumbers calls valid."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

TOO_SHORT = "too short for a phone number"
TOO_LONG = "too long for a phone number"
NO_NUMBER = "not a valid phone number"
LACKS_AREA_CODE = "no area code"
LACKS_AREA = f"{LACKS_AREA_CODE}; `area_code` in the mapping adds one"
_NO_COUNTRY = "there is no such country code"
_POSSIBLE = {
    ValidationResult.TOO_SHORT: TOO_SHORT,
    ValidationResult.TOO_LONG: TOO_LONG,
    ValidationResult.INVALID_COUNTRY_CODE: _NO_COUNTRY,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: LACKS_AREA_CODE,
    ValidationResult.INVALID_LENGTH: "not a valid phone number: wrong number of digits",
}
_UNREADABLE = {
    NumberParseException.INVALID_COUNTRY_CODE: _NO_COUNTRY,
    NumberParseException.TOO_SHORT_AFTER_IDD: TOO_SHORT,
    NumberParseException.TOO_SHORT_NSN: TOO_SHORT,
    NumberParseException.TOO_LONG: TOO_LONG,
}
EXTENSION_DROPPED = "the extension {} was dropped"
AREA_ADDED = "no area code, so {} was added"
AREA_FAILED = f"{LACKS_AREA_CODE}, and with {{}} it isn't a valid number"
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
    """What the library makes of the text."""
    if len(text) > _LONGEST:
        return Normal("", TOO_LONG)
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        return Normal("", _UNREADABLE.get(error.error_type, NO_NUMBER))
    if not phonenumbers.is_valid_number(number):
        return Normal("", _fault(number, region))
    return Normal(phonenumbers.format_number(number, PhoneNumberFormat.E164), dropped_extension(number.extension))


def _fault(number: PhoneNumber, region: str) -> str:
    fault = _POSSIBLE.get(phonenumbers.is_possible_number_with_reason(number), "")
    home = number.country_code == phonenumbers.country_code_for_region(region)
    if fault == LACKS_AREA_CODE:
        return LACKS_AREA if home else fault
    where = f"in {region}" if home else f"with the country code +{number.country_code}"
    return fault or f"not a valid number {where}"


def dropped_extension(extension: str | None) -> str:
    return EXTENSION_DROPPED.format(extension) if extension else ""


def whole_phone(text: str, region: str, area_code: str) -> Normal:
    """What the library makes of the text, or of a local number in it with the area code in front."""
    alone = normal_phone(text, region)
    if not area_code or alone.reason != LACKS_AREA:
        return alone
    number = phonenumbers.parse(text, region)
    # The + keeps an area code that begins like a country code from being read as one.
    local = phonenumbers.national_significant_number(number)
    longer = normal_phone(f"+{number.country_code}{area_code}{local}", region)
    if not longer.value:
        return Normal("", AREA_FAILED.format(area_code))
    told = (AREA_ADDED.format(area_code), dropped_extension(number.extension))
    return Normal(longer.value, "; ".join(filter(None, told)))
