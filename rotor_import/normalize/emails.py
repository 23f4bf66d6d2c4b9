"""Emails in normal form: email-validator's, in lower case. Only the syntax is checked; no server is asked."""

from __future__ import annotations

from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from rotor_import.normalize.phones import Normal

_LONGEST = 320


@lru_cache(maxsize=1 << 16)
def normal_email(text: str) -> Normal:
    if len(text) > _LONGEST:
        return Normal("", "too long for an email address")
    try:
        # Whether a reserved domain such as .test can receive mail is a question of delivery, not of syntax.
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        return Normal("", f"not a valid email address: {error}")
    return Normal(found.normalized.lower())
