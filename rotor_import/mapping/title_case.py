"""Names in title case: what no rule of spelling says (LLC, HVAC, McAllen, J&K, 2nd) is known word by word."""

from __future__ import annotations

import re

import polars as pl

_ALWAYS = ("LLC", "LLP", "PLLC", "HVAC", "HVACR", "HOA", "CPA", "DDS", "DVM", "YMCA", "YWCA", "VFW", "BBQ", "II", "III")
_CAPITALS = (
    *("PLC", "PC", "LP", "LC", "DBA", "FBO", "POA", "COA", "USA", "UK", "AC", "AAA", "ABC", "DMD", "MD", "RN", "RV"),
    *("TV", "ATV", "UPS", "IBM", "CVS", "KFC", "BMW", "GMC", "NAPA", "IHOP", "LED", "CCTV", "GPS", "UV", "PVC", "NGO"),
    *("IV", "VII", "VIII", "IX", "XII", "NW", "NE", "SW", "SE", "PO", "RR", "HC", "CR", "APO", "FPO", "DPO"),
    *("MN", "WI", "TX", "FL", "CA", "NY", "NJ", "NV", "AZ", "NC", "SC", "ND", "SD", "TN", "KY", "WV", "WY", "VT"),
    *("RI", "NH", "GA", "UT", "WA", "KS", "IL", "IA", "DC"),
)
"""Written in capitals unless the text itself writes them otherwise, as in `Il Fornaio`.

Those that are also common words or names (CO, OR, AL, ED, IT, US) are none of them.
"""
_MAC = (
    *("Arthur", "Donald", "Dougall", "Dowell", "Farlane", "Gregor", "Intosh", "Intyre", "Kay", "Kenzie", "Lachlan"),
    *("Laren", "Lean", "Leod", "Millan", "Namara", "Neil", "Neill", "Pherson", "Queen"),
)
"""Other names that begin like these, such as Mack, Macy and Machado, have one capital."""
_KNOWN = {
    **{word.lower(): word for word in _ALWAYS},
    **{f"mac{name.lower()}": f"Mac{name}" for name in _MAC},
    "d/b/a": "d/b/a",
    "a/c": "A/C",
    "c/o": "c/o",
    "phd": "PhD",
    "ph.d": "Ph.D",
}
_SOMETIMES = {word.lower(): word for word in _CAPITALS}
_VOWELS = frozenset("aeiouy")
_WORD = re.compile(r"[^\W_]+(?:(?:['\u2019&.]|/(?=[^\W_](?![^\W_])))[^\W_]+)*")
_PARTS = re.compile(r"(['\u2019&./])")
_ORDINAL = re.compile(r"[0-9]+(?:st|nd|rd|th)", re.IGNORECASE)
_ABBREVIATED = frozenset(
    (
        *("st", "dr", "mr", "mrs", "ms", "jr", "sr", "ltd", "bro", "bros", "mfg", "mgmt", "svc", "svcs"),
        *("srvcs", "dept", "blvd", "rd", "ln", "ct", "pkwy", "hwy", "mt", "ft", "pl", "sq", "trl", "cv", "plz"),
        *("tr", "ctr", "cntr", "grp", "hts", "vly", "crk", "brg", "bldg", "flr", "rm", "msgr", "sgt", "cpl"),
        *("pvt", "lt", "ng"),
    )
)
"""Words without a vowel that are no initials."""
_ODD = (
    r"[0-9]\p{L}|\p{L}[0-9]|['/]|[A-Za-z]&|&[A-Za-z]|\.[A-Za-z]|[a-z][A-Z]|[A-Z]{2}[a-z]|[^\x00-\x7f]|\b(?i:mc)|\b(?i:"
    + "|".join(sorted(word for word in (*_KNOWN, *_SOMETIMES) if word.isalpha()))
    + r")\b"
)
"""What a text has if it may need more than a capital at the beginning of each word."""
_INITIALS_ALONE = r"\b(?i:[b-df-hj-np-tv-xz]{2,4})\b"
_ABBREVIATION = rf"\b(?i:{'|'.join(sorted(_ABBREVIATED))})\b"
_SHORTEST_MC = 5
_INITIALS = 4


def title_case(texts: pl.Expr) -> pl.Expr:
    """Columns in title case; words that are in mixed case already, such as DeShawn, stay as they are."""
    return texts.map_batches(_titled, return_dtype=pl.String, is_elementwise=True)


def _titled(texts: pl.Series) -> pl.Series:
    usual = texts.str.to_titlecase()
    initials = texts.str.replace_all(_ABBREVIATION, "").str.contains(_INITIALS_ALONE)
    at = (texts.str.contains(_ODD) | initials).fill_null(value=False).arg_true()
    if not len(at):
        return usual
    odd = texts.gather(at)
    distinct = odd.unique().to_list()
    return usual.scatter(at, odd.replace_strict(distinct, [titled(text) for text in distinct], return_dtype=pl.String))


def titled(text: str) -> str:
    """One text in title case."""
    mixed = any(map(str.islower, text)) and any(map(str.isupper, text))
    return _WORD.sub(lambda word: _word(word[0], mixed=mixed), text)


def _word(word: str, *, mixed: bool) -> str:
    lower = word.lower()
    known = _known(word, mixed=mixed)
    if known:
        return known
    if _ORDINAL.fullmatch(word):
        return lower
    inner = word[1:]
    if mixed and any(map(str.isupper, inner)) and any(map(str.islower, inner)):  # DeShawn, iPhone
        return word
    parts = _PARTS.split(word)
    return "".join(_part(parts, at, mixed=mixed) for at in range(len(parts)))


def _known(word: str, *, mixed: bool) -> str:
    """The word as it is always written, '' if nothing says so."""
    lower = word.lower()
    if lower in _KNOWN:
        return _KNOWN[lower]
    return _SOMETIMES.get(lower, "") if word.isupper() or not mixed else ""


def _part(parts: list[str], at: int, *, mixed: bool) -> str:
    """A part of a word that may have signs in it: O'Reyes, Joe's, J&K, U.S.A."""
    part, sign = parts[at], parts[at - 1] if at else ""
    if sign in ("'", "\u2019") and (len(part) == 1 or len(parts[at - 2]) > 1):
        return part.lower()
    if "&" in parts and max(map(len, parts)) <= 2:  # noqa: PLR2004 - A&W, AT&T
        return part.upper()
    return _plain(part, mixed=mixed)


def _plain(word: str, *, mixed: bool) -> str:
    lower = word.lower()
    known = _known(word, mixed=mixed)
    if known:
        return known
    if lower.startswith("mc") and len(lower) >= _SHORTEST_MC and lower.isalpha():
        return "Mc" + lower[2:].capitalize()
    if any(map(str.isdigit, word)) or (word.isupper() and _are_initials(lower)):
        return word
    return word[:1].upper() + lower[1:]


def _are_initials(lower: str) -> bool:
    """Whether nobody can speak it as a word."""
    speakable = _VOWELS.intersection(lower) or lower in _ABBREVIATED or not lower.isascii()
    return not speakable and 1 < len(lower) <= _INITIALS
