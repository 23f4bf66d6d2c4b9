"""Likely typos in the domains of the big email providers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from string import ascii_lowercase

import polars as pl

_COM = (
    "con",
    "cmo",
    "cm",
    "om",
    "vom",
    "xom",
    "cpm",
    "comm",
    "coom",
    "ccom",
    "ocm",
    "c0m",
    "coml",
    "cim",
    "cum",
    "clm",
)
_NET = ("ner", "nte", "ent", "nt", "ne", "met", "bet", "nett", "neet", "nrt", "nwt", "et", "het")
_PROVIDERS = (
    *("gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "ymail.com", "rocketmail.com"),
    *("googlemail.com", "protonmail.com", "aol.com", "msn.com", "live.com", "juno.com", "roadrunner.com"),
    *("comcast.net", "verizon.net", "sbcglobal.net", "bellsouth.net", "charter.net", "earthlink.net", "optonline.net"),
    *("windstream.net", "centurylink.net", "frontiernet.net", "suddenlink.net", "att.net", "cox.net"),
)
_COUNTRIES = ("ca", "co.uk", "com.au", "com.br", "com.mx", "co.in", "de", "es", "fr", "ie", "in", "it", "nl")
_INTERNATIONAL = ("yahoo", "hotmail", "outlook")
"""Providers with domains in many countries."""
_BIGGEST = ("gmail", "yahoo", "hotmail", "outlook", "icloud")
"""Providers that have no other domain with these endings, whatever their name is under a country's."""
_ALSO = ("aol", "msn", "ymail")
"""Providers that have no domain with the first of the endings below."""
_NEVER = ("co", "net", "org", "com.com", "comcom", "edu")
_LEAST = 5
"""Letters from which a name with one wrong letter is still recognized; a shorter one is soon another word."""
_REAL = frozenset(
    ("mail", "email", "fmail", "hmail", "vmail", "bmail", "tmail", "grail", "cloud", "chapter", "charger", "chatter")
)
"""Names of other services, and words, that are one letter away from a provider's."""
_LAST = pl.Series([""])
_PART = 1 << 20
"""Emails that are searched at once."""
_FEW = 1_000
"""Emails up to which it is quicker to look at each domain than to prepare the search."""
_NONE = pl.DataFrame(schema={"at": pl.UInt32, "likely": pl.String})
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def typo_words(likely: str) -> str:
    return f"the domain is probably a typo of {likely}; `fix_typos: true` in the mapping fixes it"


def fixed_words(likely: str) -> str:
    return f"the domain looked like a typo of {likely} and was fixed"


def likely_domain(domain: str) -> str:
    """The provider's domain that this one is a typo of, '' where it is none."""
    exact = _endings().get(domain)
    if exact:
        return exact
    name, _, ending = domain.partition(".")
    provider = _names().get(name)
    if provider is None:
        return ""
    own, _, right = provider.partition(".")
    if ending == right or ending in _wrong(right) or (right, ending) == ("com", "co"):
        return provider
    return f"{own}.{ending}" if own in _INTERNATIONAL and ending in _COUNTRIES else ""


def with_typos(emails: pl.Series) -> pl.DataFrame:
    """The emails, in normal form, whose domain is a likely typo: `at` and the domain that is `likely`."""
    found = [_NONE]
    for start in range(0, len(emails), _PART):
        part = emails.slice(start, _PART)
        # Hardly any part has one, and one text is searched in half the time of many.
        if len(part) <= _FEW or pl.concat([part, _LAST]).str.join("\n").str.contains_any(_marks()).item():
            found.append(_in_part(part).with_columns(pl.col("at") + start))
    return pl.concat(found)


def _in_part(emails: pl.Series) -> pl.DataFrame:
    domains = emails.str.split("@").list.last()
    likely = {domain: likely_domain(domain) for domain in domains.unique().drop_nulls().to_list()}
    known = {domain: right for domain, right in likely.items() if right}
    if not known:
        return _NONE
    at = domains.is_in(list(known)).fill_null(value=False).arg_true()
    right = domains.gather(at).replace_strict(known, return_dtype=pl.String)
    return pl.DataFrame({"at": at.cast(pl.UInt32), "likely": right})


@lru_cache(maxsize=1)
def _marks() -> list[str]:
    """What stands in lines of emails of which any has a typo."""
    return [*(f"@{name}." for name in _names()), *(f"@{domain}\n" for domain in _endings())]


@lru_cache(maxsize=1)
def _endings() -> Mapping[str, str]:
    """Right names with wrong endings."""
    table = {}
    for provider in _PROVIDERS:
        name, _, right = provider.partition(".")
        wrong = (*_wrong(right), *(_NEVER if name in _BIGGEST else _NEVER[:1] if name in _ALSO else ()))
        table.update({f"{name}.{ending}": provider for ending in wrong})
    return table


def _wrong(right: str) -> tuple[str, ...]:
    return _COM if right == "com" else _NET


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    """Names with one slip in them, and the provider's domain that each stands for; the first provider counts."""
    right = {provider.partition(".")[0] for provider in _PROVIDERS}
    table: dict[str, str] = {}
    for provider in _PROVIDERS:
        name = provider.partition(".")[0]
        if len(name) >= _LEAST:
            for slip in _slips(name):
                if slip not in right and slip not in _REAL:
                    table.setdefault(slip, provider)
    return table


def _slips(name: str) -> Iterator[str]:
    """A letter left out, swapped with the next, another in its place, or one too many.

    Only a neighboring key counts in place of a first letter, since any other makes another name of it; of smaller
    providers it does everywhere.
    """
    for at, letter in enumerate(name):
        before, after = name[:at], name[at + 1 :]
        yield before + after
        if after:
            yield before + after[0] + letter + after[1:]
        for other in ascii_lowercase if at and name in _BIGGEST else _near(letter):
            yield before + other + after
        for other in ascii_lowercase if name in _BIGGEST else letter + _near(letter):
            yield before + letter + other + after


def _near(letter: str) -> str:
    """The keys around a letter's."""
    row = next(index for index, keys in enumerate(_ROWS) if letter in keys)
    column = _ROWS[row].index(letter)
    beside = [_ROWS[row][max(column - 1, 0) : column + 2].replace(letter, "")]
    beside += [_ROWS[row - 1][column : column + 2]] if row else []
    beside += [_ROWS[row + 1][max(column - 1, 0) : column + 1]] if row + 1 < len(_ROWS) else []
    return "".join(beside)
