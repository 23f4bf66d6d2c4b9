"""Emails of the ordinary shape, decided as columns exactly as email-validator decides them one by one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import email_validator
import polars as pl
from email_validator.rfc_constants import DNS_LABEL_LENGTH_LIMIT, DOT_ATOM_TEXT

from rotor_import.normalize.damage import may_be_date
from rotor_import.normalize.emails import normal_email
from rotor_import.normalize.garbled import MOJIBAKE_OR_LOST

_VALUE = pl.col("value")
_WITHOUT_AT = r"^[ -;=?A-~]+$"
_MANY = 64
"""Values of one kind from which its expressions pay."""
_NOTHING = pl.DataFrame(schema={"at": pl.UInt32, "normal": pl.String, "reason": pl.String})


def email_parts(values: pl.Series) -> Iterator[pl.DataFrame]:
    """The values that columns decide, in parts, each by its own steps: `at`, `normal` and `reason`."""
    frame = values.alias("value").to_frame().with_row_index("at")
    usual = frame.select(_is_usual()).to_series()
    yield frame.filter(usual).select("at", _VALUE.str.to_lowercase().alias("normal"), pl.lit("").alias("reason"))
    unusual = frame.filter(~usual).filter(_is_short())
    for kind in (_VALUE.str.contains(_WITHOUT_AT) & ~may_be_date(_VALUE), _VALUE.str.contains(_two_periods())):
        yield _alike(unusual.filter(kind))
    yield _by_domain(unusual)


def _is_short() -> pl.Expr:
    """Whether it is no longer than one label of a domain may be: then no part of it is too long."""
    return _VALUE.str.len_bytes() <= DNS_LABEL_LENGTH_LIMIT


def _is_usual() -> pl.Expr:
    """Whether it is a dot-atom at a host name whose last label ends with a letter."""
    fits = _is_short() & _VALUE.str.contains(_pattern())
    reserved = _VALUE.str.contains(_reserved()) if _reserved() else pl.lit(value=False)
    return (fits & ~reserved).fill_null(value=False)


def _alike(values: pl.DataFrame) -> pl.DataFrame:
    """Values that are invalid for the same reason: the library is asked about one of them."""
    if values.height < _MANY:
        return _NOTHING
    reason = normal_email(values.item(0, "value")).reason
    return values.select("at", pl.lit("").alias("normal"), pl.lit(reason).alias("reason"))


def _by_domain(values: pl.DataFrame) -> pl.DataFrame:
    """Values with an ordinary local part, which is always valid: the library is asked once for each domain."""
    split = values.select(
        "at",
        _VALUE.str.extract(_at_any_domain(), 1).str.to_lowercase().alias("local"),
        _VALUE.str.extract(_at_any_domain(), 2).alias("domain"),
    ).filter(pl.col("domain").is_not_null(), ~pl.col("domain").str.contains(MOJIBAKE_OR_LOST))
    domains = split.get_column("domain").unique()
    if split.height < max(_MANY, 2 * len(domains)):
        return _NOTHING
    told = [normal_email(f"a@{domain}") for domain in domains.to_list()]
    table = pl.DataFrame(
        {"domain": domains, "end": [normal.value[1:] for normal in told], "reason": [normal.reason for normal in told]},
        schema_overrides={"end": pl.String, "reason": pl.String},
    )
    whole = pl.when(pl.col("end") != "").then(pl.concat_str("local", "end")).otherwise(pl.lit(""))
    joined = split.join(table, on="domain", maintain_order="left")
    return joined.select("at", whole.alias("normal"), "reason")


@lru_cache(maxsize=1)
def _atom() -> str:
    return "".join(f"\\x{number:02x}" for number in range(0x80) if DOT_ATOM_TEXT.match(chr(number)))


@lru_cache(maxsize=1)
def _local() -> str:
    return rf"[{_atom()}]+(?:\.[{_atom()}]+)*"


@lru_cache(maxsize=1)
def _pattern() -> str:
    # Two hyphens may encode letters that are not ASCII, or may be invalid in a domain.
    label = "[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*"
    return rf"^{_local()}@(?:{label}\.)+(?:[a-zA-Z0-9]+-)*[a-zA-Z0-9]*[a-zA-Z]$"


@lru_cache(maxsize=1)
def _two_periods() -> str:
    """A pattern of two periods between other characters before the only @ of an ASCII text."""
    atom = _atom()
    return rf"^[{atom}][.{atom}]*\.\.[.{atom}]*[{atom}]@[!#-;=?A-~]*$"


@lru_cache(maxsize=1)
def _at_any_domain() -> str:
    """A pattern of an email whose domain has only letters, digits, hyphens, periods and non-ASCII characters."""
    return rf"^({_local()})@([^\x00-,/:-@\[-`{{-\x7f]+)$"


@lru_cache(maxsize=1)
def _reserved() -> str:
    """A pattern of the domains that the library refuses, '' where there are none."""
    names = [name.lower() for name in email_validator.SPECIAL_USE_DOMAIN_NAMES]
    reserved = [name for name in names if not normal_email(f"a@b.{name}").value]
    return rf"(?i-u)[@.](?:{'|'.join(map(_escaped, reserved))})$" if reserved else ""


def _escaped(name: str) -> str:
    return name.replace(".", r"\.")
