"""States and countries as codes, in whatever way the file writes them."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from rotor_import.mapping.countries import UNITED_STATES, country_codes
from rotor_import.mapping.field_values import FieldValue
from rotor_import.model.us_states import state_codes

_NO_STATE = "not a US state, so left as it is"
_NO_COUNTRY = "not a known country, so left as it is"


def state_value(own: FieldValue, country: pl.Expr | None) -> FieldValue:
    """Postal codes of the states of the United States; what is no state, or in another country, stays as it is."""
    code = state_codes(own.value)
    at_home = pl.lit(value=True)
    if country is not None:
        at_home = country.is_null() | country_codes(country).is_in(UNITED_STATES).fill_null(value=False)
    value = pl.when(at_home).then(pl.coalesce(code, own.value)).otherwise(own.value)
    unknown = pl.when(at_home & code.is_null() & own.value.is_not_null()).then(pl.lit(_NO_STATE))
    return replace(own, value=value, remark=unknown)


def country_value(own: FieldValue) -> FieldValue:
    code = country_codes(own.value)
    unknown = pl.when(code.is_null() & own.value.is_not_null()).then(pl.lit(_NO_COUNTRY))
    return replace(own, value=pl.coalesce(code, own.value), remark=unknown)
