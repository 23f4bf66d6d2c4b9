"""Company names without what people leave out: legal forms, `The`, `and`."""

from __future__ import annotations

from functools import lru_cache

from rotor_import.people.spelling import are_near, plain

LEGAL_FORMS = frozenset(
    {"llc", "inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "llp", "lp", "lllp"}
    | {"plc", "pllc", "pc", "gmbh"}
)
_NO_NAMES = frozenset({"llc", "inc", "incorporated", "corp", "corporation", "ltd", "llp", "lllp", "pllc", "gmbh"})
_SPELLED = {"l l c": "llc", "p c": "pc", "l p": "lp", "l l p": "llp", "p l l c": "pllc"}
_FILLERS = frozenset({"the", "and"})


@lru_cache(maxsize=1 << 14)
def company_words(name: str) -> tuple[str, ...]:
    """A company that is called nothing but `The Company` keeps its words."""
    words = _spelled(name)
    return tuple(word for word in words if word not in LEGAL_FORMS | _FILLERS) or tuple(words)


def is_surely_company(name: str) -> bool:
    """`Co` and `Pc` are people's names, too."""
    words = plain(name).split()
    return len(words) > 1 and (words[-1] in _NO_NAMES or words[-3:] == ["l", "l", "c"])


def same_company(one: str, other: str) -> bool | None:
    """None where one of them is blank. A longer name may go on where the shorter ends: `Acme`, `Acme Plumbing`."""
    if not one or not other:
        return None
    ones, others = company_words(one), company_words(other)
    if not ones or not others:
        return None
    if ones == others or are_near("".join(ones), "".join(others)):
        return True
    shorter, longer = sorted((ones, others), key=len)
    return longer[: len(shorter)] == shorter


def _spelled(name: str) -> list[str]:
    text = f" {plain(name)} "
    for letters, word in _SPELLED.items():
        text = text.replace(f" {letters} ", f" {word} ")
    return text.split()
