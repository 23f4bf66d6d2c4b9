"""Given names that people use for one another: Bob for Robert."""

from __future__ import annotations

from functools import lru_cache

_WRONG = frozenset({("robert", "bill"), ("robert", "billy"), ("bill", "fred"), ("louis", "louise")})
"""What the list says and nobody does: the name, then its nickname."""


def is_nickname(one: str, other: str) -> bool:
    """Whether one is short for the other, or both are short for one name and begin alike (Jim and Jimmy).

    Two names that share a nickname are two names: Alan and Alfred are both called Al.
    """
    formal = _formal_names()
    ones, others = formal.get(one, frozenset()), formal.get(other, frozenset())
    return one in others or other in ones or (one[:1] == other[:1] and not ones.isdisjoint(others))


def are_two_names(one: str, other: str) -> bool:
    """Whether both are well known and share no nickname: a typo seldom makes another name, as Marian of Marvin."""
    short = _nicknames()
    known = one in short and other in short
    return known and one != other and short[one].isdisjoint(short[other])


@lru_cache(maxsize=1)
def _nicknames() -> dict[str, frozenset[str]]:
    """For each name that is known, what it is shortened to."""
    found: dict[str, set[str]] = {}
    for nickname, names in _formal_names().items():
        found.setdefault(nickname, set())
        for name in names:
            found.setdefault(name, set()).add(nickname)
    return {name: frozenset(nicknames) for name, nicknames in found.items()}


@lru_cache(maxsize=1)
def _formal_names() -> dict[str, frozenset[str]]:
    """For each nickname, the names that it is short for."""
    from nicknames import name_triplets  # noqa: PLC0415 - only names that differ need the list

    found: dict[str, set[str]] = {}
    for name, _, nickname in name_triplets():
        if (name, nickname) not in _WRONG and (nickname, name) not in _WRONG:
            found.setdefault(nickname, set()).add(name)
    return {nickname: frozenset(names) for nickname, names in found.items()}
