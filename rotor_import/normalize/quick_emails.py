"""E-mails of the ordinary shape, decided as columns just as email-validator decides them one by one."""

from __future__ import annotations

from functools import lru_cache

import email_validator
import polars as pl
from email_validator.rfc_constants import DNS_LABEL_LENGTH_LIMIT, DOT_ATOM_TEXT, HOSTNAME_LABEL

from rotor_import.normalize.emails import normal_email


def decided_emails(values: pl.Series) -> pl.DataFrame:
    """`at` (the place among the values, UInt32), `normal` and `reason` of those that are valid for certain."""
    frame = values.str.to_lowercase().alias("normal").to_frame().with_row_index("at")
    normal = pl.col("normal")
    # It is no longer than one label may be, so that none of its parts is too long.
    fits = (values.str.len_bytes() <= DNS_LABEL_LENGTH_LIMIT) & values.str.contains(_pattern())
    # Two hyphens may stand for letters that are not ASCII, or be none that a domain may have.
    frame = frame.filter(fits, ~normal.str.contains("--", literal=True))
    reserved = [normal.str.ends_with(end + name) for name in _reserved() for end in "@."]
    return frame.filter(~pl.any_horizontal(pl.lit(value=False), *reserved)).with_columns(pl.lit("").alias("reason"))


@lru_cache(maxsize=1)
def _pattern() -> str:
    """A dot-atom at a host name whose last label ends with a letter."""
    atom = "".join(f"\\x{number:02x}" for number in range(0x80) if DOT_ATOM_TEXT.match(chr(number)))
    return rf"^[{atom}]+(?:\.[{atom}]+)*@(?:{HOSTNAME_LABEL}\.)+(?:[a-zA-Z0-9][a-zA-Z0-9-]*)?[a-zA-Z]$"


@lru_cache(maxsize=1)
def _reserved() -> tuple[str, ...]:
    """The names at which the library knows no address."""
    names = email_validator.SPECIAL_USE_DOMAIN_NAMES
    return tuple(name.lower() for name in names if not normal_email(f"a@b.{name}").value)
