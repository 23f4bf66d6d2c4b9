"""Countries by the names that files give them, as codes of two letters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import polars as pl

_MARKS = r"[.,\s]+"
_USUAL = {
    "US": "u s, u s a, america, united states of america, estados unidos, etats unis, états unis, vereinigte staaten, "
    "eeuu, ee uu, stati uniti",
    "GB": "uk, u k, great britain, britain, england, scotland, wales, northern ireland",
    "CA": "kanada, canadá",
    "MX": "méxico, mexique, mexiko",
    "DE": "deutschland, alemania, allemagne, germania",
    "FR": "francia, frankreich",
    "ES": "españa, espagne, spanien",
    "IT": "italia, italie, italien",
    "PT": "portugal",
    "NL": "holland, the netherlands, nederland, niederlande",
    "BE": "belgië, belgique, belgien",
    "AT": "österreich",
    "CH": "schweiz, suisse, svizzera",
    "BR": "brasil",
    "IE": "republic of ireland, éire",
    "PL": "polska",
    "SE": "sverige",
    "NO": "norge",
    "DK": "danmark",
    "KR": "south korea, korea",
    "KP": "north korea",
    "RU": "russia",
    "VN": "vietnam",
    "CZ": "czech republic",
    "TR": "turkey",
    "TW": "taiwan",
    "IR": "iran",
    "SY": "syria",
    "LA": "laos",
    "VE": "venezuela",
    "BO": "bolivia",
    "TZ": "tanzania",
    "MD": "moldova",
    "CI": "ivory coast",
    "CV": "cape verde",
    "BN": "brunei",
    "PS": "palestine",
    "VG": "british virgin islands",
    "VI": "us virgin islands, u s virgin islands",
    "MO": "macau",
}

UNITED_STATES = ("US", "PR", "VI", "GU", "AS", "MP")
"""The United States, and its territories, whose codes may stand for the country too."""


def is_in_united_states(country: str) -> bool:
    """Whether this is the United States or a territory of theirs; a blank is taken for it."""
    plain = _plain(country)
    return not plain or country_names().get(plain) in UNITED_STATES


def country_codes(texts: pl.Expr) -> pl.Expr:
    """The code of each country in a column of texts; null for what is no country."""
    table = country_names()
    plain = texts.str.to_lowercase().str.replace_all(_MARKS, " ").str.strip_chars()
    return plain.replace_strict(list(table), list(table.values()), default=None, return_dtype=pl.String)


@lru_cache(maxsize=1)
def country_names() -> Mapping[str, str]:
    """The code of each country by its codes and names, in lower case and with one space for signs and spaces."""
    import pycountry  # noqa: PLC0415 - few mappings need it

    table = {}
    for country in pycountry.countries:
        keys = ("alpha_2", "alpha_3", "name", "official_name", "common_name")
        for text in (getattr(country, key, None) for key in keys):
            if text:
                table[_plain(text)] = str(country.alpha_2)
    return table | {name: code for code, names in _USUAL.items() for name in names.split(", ")}


def _plain(text: str) -> str:
    return re.sub(_MARKS, " ", text.lower()).strip()
