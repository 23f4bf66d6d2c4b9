"""Words without case, accents and punctuation, and which of them are one word spelled in two ways."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LONGEST = 200
"""Signs of a text that are looked at, so that no cell makes a comparison slow."""
_MOST_WORDS = 8
_NO_DECOMPOSITION = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})  # noqa: RUF001
_APOSTROPHES = str.maketrans("", "", "'’‘ʼʻ`´")  # noqa: RUF001 - people type all of these
_WORDS = re.compile("[0-9a-z]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")
"""Accents of Latin, Greek and Cyrillic letters alone: in other scripts a mark may be a vowel."""

_SPELLINGS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"chr", "kr"),
        (r"ck|q", "k"),
        (r"c(?=[eiy])", "s"),
        (r"c(?!h)", "k"),
        (r"z", "s"),
        (r"x", "ks"),
        (r"(?<=[rtw])h", ""),
        (r"(?<=[aeiou])h(?![aeiou])", ""),
        (r"nne$", "n"),
        (r"(?<=..)(?:ie|ey)$", "i"),
        (r"(?<=[^aeiou])y", "i"),
        (r"(?<=[aou])e(?=.)", ""),
        (r"([^aeiou])\1+", r"\1"),
        (r"aa+", "a"),
    )
]
_TYPOS = ((5, 1),)
"""At least so many letters, at most so many typos: in a shorter name one letter makes another name."""
_LIKELY_TYPOS = ((7, 2), (4, 1))
"""The same where all else of the name agrees: Nora Hull beside Nora Hill."""
_SURE_START = 8
"""From so many letters on, the first may be a typo too."""


@lru_cache(maxsize=1 << 16)
def plain(text: str) -> str:
    """The text in small letters without accents, its words separated by single spaces."""
    low = text[:_LONGEST].translate(_APOSTROPHES).casefold()
    if low.isascii():
        return " ".join(_WORDS.findall(low)[:_MOST_WORDS])
    low = unicodedata.normalize("NFKD", low).casefold()
    low = _ACCENTS.sub("", low).translate(_NO_DECOMPOSITION).translate(_APOSTROPHES)
    return " ".join("".join(sign if _is_letter(sign) else " " for sign in low).split()[:_MOST_WORDS])


def _is_letter(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign).startswith("M")


def words_of(text: str) -> tuple[str, ...]:
    return tuple(plain(text).split())


def is_initial(word: str) -> bool:
    """A letter that stands for a name; a single sign of a script without capitals may be a whole name."""
    return len(word) == 1 and word.upper() != word


@lru_cache(maxsize=1 << 16)
def sound(word: str) -> str:
    """What is left of a word where its spellings differ although it sounds the same: Karl and Carl, Jon and John.

    Vowels stay: they alone tell Dan from Don.
    """
    if not word.isascii():
        return word
    for pattern, replacement in _SPELLINGS:
        word = pattern.sub(replacement, word)
    return word


def are_near(one: str, other: str, *, likely: bool = False) -> bool:
    """Whether two words are one name, spelled in another way or with a typo that a name of its length can bear.

    `likely` where everything else about the two names agrees.
    """
    ours, theirs = sound(one), sound(other)
    if ours == theirs:
        return True
    shorter = min(len(one), len(other)) if likely else min(len(ours), len(theirs))
    if not likely and shorter < _SURE_START and one[:1] != other[:1] and ours[:1] != theirs[:1]:
        return False
    most = next((typos for letters, typos in (_LIKELY_TYPOS if likely else _TYPOS) if shorter >= letters), 0)
    if not most or not f"{ours}{theirs}".isascii() or not f"{ours}{theirs}".isalpha():
        return False
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - only names that differ need it

    written = OSA.distance(one, other, score_cutoff=most + 1)
    return written <= most or (written == most + 1 and OSA.distance(ours, theirs, score_cutoff=most) <= most)
