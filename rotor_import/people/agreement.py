"""Whether two names are one person's: first and last names apart, in whatever order they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple, TypeVar

from rotor_import.people.names import PARTICLES, Name, Words, readings
from rotor_import.people.nicknames import are_two_names, is_nickname
from rotor_import.people.spelling import are_near, is_initial, plain, sound

T = TypeVar("T")

State = bool | None
"""Whether both sides agree; None where one is blank, which says nothing."""


class Names(NamedTuple):
    first: State
    last: State


IDENTICAL = Names(first=True, last=True)
UNNAMED = Names(first=None, last=None)


@lru_cache(maxsize=1 << 16)
def compare_names(first: str, last: str, other_first: str, other_last: str) -> tuple[Names, ...]:
    """What each way to read the two names says; nothing where a side names nobody."""
    ours, theirs = readings(first, last), readings(other_first, other_last)
    if not ours or not theirs:
        return ()
    ours_plain, theirs_plain = (plain(first), plain(last)), (plain(other_first), plain(other_last))
    if ours_plain in (theirs_plain, theirs_plain[::-1]) or _is_swapped(ours[0], theirs[0]):
        return (IDENTICAL,)
    return tuple(dict.fromkeys(_pairs(ours, theirs)))


def _pairs(ours: Sequence[Name], theirs: Sequence[Name]) -> Iterator[Names]:
    """A lone word is read as the other part only beside somebody whose other part it agrees with."""
    for one, other in product(ours, theirs):
        names = _compare(one, other)
        if not (one.lone or other.lone) or (one.lone != other.lone and names != UNNAMED and False not in names):
            yield names


def _compare(one: Name, other: Name) -> Names:
    whole = one.whole or other.whole
    first = _same_people(one.given, other.given, whole=whole)
    if first and one.generation and other.generation and one.generation != other.generation:
        first = False
    return Names(first, _same_family(one.family, other.family, whole=whole, likely=bool(first)))


def _is_swapped(one: Name, other: Name) -> bool:
    """First and last name in each other's place, all of both; also a name whose script puts no space between them."""
    if len(one.given) > 1 or len(other.given) > 1:
        return False
    ours, theirs = sum(one.given, ()), sum(other.given, ())
    if ours and theirs and one.family and other.family:
        return _are_crossed(ours, one.family, theirs, other.family) or _are_crossed(
            theirs, other.family, ours, one.family
        )
    runs = {"".join(ours + one.family), "".join(one.family + ours)}
    return not any(run.isascii() for run in runs) and not runs.isdisjoint(
        {"".join(theirs + other.family), "".join(other.family + theirs)}
    )


def _are_crossed(given: Words, family: Words, other_given: Words, other_family: Words) -> bool:
    """Whether the other has the given name as its family name, and the other way round.

    Nobody knows which side is the wrong way round, so that two well-known given names are never a typo: `Mark Vance`
    is not `Vance Mary`.
    """
    names = "".join(family), "".join(other_given)
    named = _same_given(given, other_family, whole=False)
    return named and are_near(*names, likely=True) and not are_two_names(*names)


def _same_people(ours: Sequence[Words], theirs: Sequence[Words], *, whole: bool) -> State:
    """Each of the fewer people is among the others: `Bob` is one of `Bob & Mary`, who are not `Bob & Sue`."""
    if not ours or not theirs:
        return None
    return _contains(ours, theirs, lambda one, other: _same_given(one, other, whole=whole))


def _same_given(one: Words, other: Words, *, whole: bool) -> bool:
    """A middle name that only one side has says nothing; where both have one, it counts."""
    if "".join(one) == "".join(other):
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) == 1 < len(longer) and shorter[0] == "".join(word[0] for word in longer):
        return True
    if len(shorter) == len(longer):
        return all(_same_word(*pair) for pair in zip(shorter, longer, strict=True))
    if whole:
        return False
    if _same_word(shorter[0], longer[0]) and _are_among(shorter[1:], longer[1:]):
        return True
    full = tuple(word for word in longer[1:] if not is_initial(word))
    return not any(is_initial(word) for word in shorter) and _are_among(shorter, full)


def _are_among(words: Words, others: Words) -> bool:
    """All of them, in their order."""
    rest = iter(others)
    return all(any(_same_word(word, other) for other in rest) for word in words)


def _same_word(one: str, other: str) -> bool:
    if one == other or (one[0] == other[0] and (is_initial(one) or is_initial(other))):
        return True
    if is_nickname(one, other) or sound(one) == sound(other):
        return True
    return are_near(one, other) and not _is_other_gender(sound(one), sound(other)) and not are_two_names(one, other)


def _is_other_gender(one: str, other: str) -> bool:
    """Robert and Roberta, Daniel and Danielle, Mario and Maria: one letter apart, and no typo."""
    shorter, longer = sorted((one, other), key=len)
    if longer in (f"{shorter}a", f"{shorter}e"):
        return longer[-1] == "a" or shorter[-1] in "ls"
    return shorter[:-1] == longer[:-1] and {shorter[-1], longer[-1]} == {"a", "o"}


def _same_family(one: Words, other: Words, *, whole: bool, likely: bool) -> State:
    """A double name contains each of its parts. An initial agrees only where the first names do (`likely`)."""
    if not one or not other:
        return None
    for word, name in ((one, other), (other, one)):
        if len(word) == 1 and is_initial(word[0]) and any(part[0] == word[0] for part in name):
            return True if likely else None
    if are_near("".join(one), "".join(other), likely=likely):
        return True
    if whole and len(one) != len(other):
        return False
    return _contains(_core(one), _core(other), lambda word, another: are_near(word, another, likely=likely))


def _contains(ones: Sequence[T], others: Sequence[T], alike: Callable[[T, T], bool]) -> bool:
    """Whether each of the fewer is among the others; of as many, each of both."""
    fewer, more = sorted((ones, others), key=len)
    if not all(any(alike(one, other) for other in more) for one in fewer):
        return False
    return len(fewer) < len(more) or all(any(alike(one, other) for one in fewer) for other in more)


def _core(family: Words) -> Words:
    """The name without its particles, which people leave out: Cruz for de la Cruz."""
    return tuple(word for word in family if word not in PARTICLES) or family
