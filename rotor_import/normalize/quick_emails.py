"""E-mails of the ordinary shape, decided as columns just as email-validator decides them one by one."""

from __future__ import annotations

from functools import lru_cache

import email_validator
import polars as pl
from email_validator.rfc_constants import DNS_LABEL_LENGTH_LIMIT, DOT_ATOM_TEXT, HOSTNAME_LABEL

from rotor_import.normalize.emails import normal_email
from rotor_import.normalize.numbering import compiles

_VALUE = pl.col("value")


def decided_emails(values: pl.Series) -> pl.DataFrame:
    """`value`, `normal` and `reason` of those of the distinct values that are valid for certain."""
    frame = values.alias("value").to_frame()
    plain, odd = _patterns()
    if not compiles([plain, odd]):
        frame = frame.clear()
    # No longer than a label may be, so that none of its parts is too long.
    short = _VALUE.str.len_bytes() <= DNS_LABEL_LENGTH_LIMIT
    frame = frame.filter(short & _VALUE.str.contains(plain) & ~_VALUE.str.contains(odd))
    return frame.select("value", _VALUE.str.to_lowercase().alias("normal"), pl.lit("").alias("reason"))


@lru_cache(maxsize=1)
def _patterns() -> tuple[str, str]:
    """A dot-atom at a host name whose last label ends with a letter; two hyphens or a reserved name in it are odd."""
    atom = "".join(f"\\x{number:02x}" for number in range(0x80) if DOT_ATOM_TEXT.match(chr(number)))
    plain = rf"^[{atom}]+(?:\.[{atom}]+)*@(?:{HOSTNAME_LABEL}\.)+{HOSTNAME_LABEL}$"
    reserved = [name for name in email_validator.SPECIAL_USE_DOMAIN_NAMES if not normal_email(f"a@b.{name}").value]
    names = "|".join(name.replace(".", r"\.") for name in reserved)
    return plain, rf"--|[^A-Za-z]$|[.@](?i:{names})$" if names else "--|[^A-Za-z]$"
