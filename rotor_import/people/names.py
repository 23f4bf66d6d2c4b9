"""A person's name as people write it, in all the ways in which it can be read."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from rotor_import.model.null_words import is_null_word
from rotor_import.people.spelling import is_initial, plain, words_of

Words = tuple[str, ...]

_TITLES = frozenset("mr mrs ms miss mx dr prof rev sir fr sr sra senor senora herr frau mme".split())  # noqa: SIM905 - reads better as text
_CREDENTIALS = frozenset({"md", "phd", "dds", "dvm", "cpa", "esq", "rn", "do"})
_GENERATIONS = {"jr": "2", "junior": "2", "ii": "2", "2nd": "2", "sr": "1", "senior": "1"} | {
    "iii": "3",
    "3rd": "3",
    "iv": "4",
    "4th": "4",
}
PARTICLES = frozenset(
    {"de", "del", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "las", "los", "el", "al"}
) | {
    "van",
    "von",
    "der",
    "den",
    "ter",
    "ten",
    "zu",
    "y",
    "bin",
    "ibn",
    "abu",
    "st",
    "saint",
}
_NOBODY = frozenset({"unknown", "none", "null", "resident", "occupant", "tenant", "customer"})
_BOTH = re.compile(r"[&+/]|\b(?:and|y|und|et)\b", re.IGNORECASE)
_LONGEST = 200


class Name(NamedTuple):
    """`given` are the words of each person's given names: two of them in `Bob & Mary`.

    `whole` says that the words may be a whole name in one cell: then all of them must be found on the other side.
    `lone` marks a single word that is read as the other part than the one it stands in.
    """

    given: tuple[Words, ...]
    family: Words
    generation: str = ""
    whole: bool = False
    lone: bool = False


def _says_nothing(text: str) -> bool:
    """Blank, or `N/A`, `-` and the like; `Na` and `Nan` are names."""
    return not text or (is_null_word(text) and not text.strip().isalpha())


@lru_cache(maxsize=1 << 16)
def readings(first: str, last: str) -> tuple[Name, ...]:
    """The ways to read a name, the plainest first; none where nobody is named."""
    if not {*words_of(first), *words_of(last)} - _NOBODY or (_says_nothing(first) and _says_nothing(last)):
        return ()
    first, last = (normalize("NFC", text) for text in (first, last))  # so that `Ý` is no `y` between two people
    people = [side for part in _BOTH.split(first[:_LONGEST]) if (side := _person(words_of(part)))]
    family, generation = _without_generation(_person(words_of(_BOTH.sub(" ", last[:_LONGEST]))))
    for at, side in enumerate(people):
        people[at], named = _without_generation(side)
        generation = generation or named
    if people and family:
        return (Name(_without_family(people, family), _without_given(people, family), generation),)
    if people:
        return tuple(_first_alone(people, first, generation))
    return tuple(_last_alone(family, last, generation)) if family else ()


def _person(words: Words) -> Words:
    """Without titles before and degrees behind; a name that is nothing else says nothing."""
    start, end = 0, len(words)
    while start < end and words[start] in _TITLES:
        start += 1
    while end > start + 1 and words[end - 1] in _CREDENTIALS:
        end -= 1
    return words[start:end]


def _without_generation(words: Words) -> tuple[Words, str]:
    if len(words) > 1 and words[-1] in _GENERATIONS:
        return words[:-1], _GENERATIONS[words[-1]]
    return words, ""


def _without_family(people: list[Words], family: Words) -> tuple[Words, ...]:
    """`Nora Vance` in the first name beside `Vance` in the last."""
    size = len(family)
    return tuple(side[:-size] if len(side) > size and side[-size:] == family else side for side in people)


def _without_given(people: list[Words], family: Words) -> Words:
    """`Nora Vance` in the last name beside `Nora` in the first."""
    for side in people:
        if len(family) > len(side) and family[: len(side)] == side:
            return family[len(side) :]
    return family


def _first_alone(people: list[Words], text: str, generation: str) -> list[Name]:
    """First names, or a whole name in one cell."""
    size = max(len(side) for side in people)
    found = [Name(tuple(people), (), generation, whole=_full(people[-1]) > 1)]
    if comma := _comma(text):
        return [comma, *found]
    if size == 1:
        return [*found, Name((), people[-1], generation, lone=True)] if len(people) == 1 else found
    *others, last = people
    for cut in _cuts(last):
        family = last[cut:]
        found.append(Name(_without_family([*others, last[:cut]], family), family, generation))
    return found


def _last_alone(family: Words, text: str, generation: str) -> list[Name]:
    """A last name, perhaps a double one, or a whole name in one cell."""
    found = [Name((), family, generation, whole=_full(family) > 1)]
    if comma := _comma(text):
        return [comma, *found]
    if len(family) == 1:
        return [*found, Name((family,), (), generation, lone=True)]
    people = [side for part in _BOTH.split(text[:_LONGEST]) if (side := _person(words_of(part)))]
    return [*found, *(name for name in _first_alone(people, "", generation) if name.given and name.family)]


def _comma(text: str) -> Name | None:
    """`Vance, Nora`."""
    before, comma, after = text[:_LONGEST].partition(",")
    family, generation = _without_generation(words_of(before))
    people = [side for part in _BOTH.split(after) if (side := _person(words_of(part)))]
    if not (comma and family and people) or people[-1][-1] in {*_GENERATIONS, *_CREDENTIALS}:
        return None
    return Name(tuple(people), family, generation)


def _cuts(words: Words) -> list[int]:
    """Where the family name may begin: at the last word with its particles, or at the one before it."""
    cut = len(words) - 1
    cuts = []
    for _ in range(2):
        while cut > 1 and words[cut - 1] in PARTICLES:
            cut -= 1
        if cut < 1:
            break
        cuts.append(cut)
        cut -= 1
    return cuts


def _full(words: Words) -> int:
    return sum(not is_initial(word) for word in words)


def joined(words: Words) -> str:
    return plain("".join(words))
