"""A column's header as the concepts that its words name, in whatever language."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz

from rotor_import.suggest.words import LANGUAGES

_FILLERS = frozenset(word for language in LANGUAGES for word in language.fillers.split())
"""Words between the others that change nothing."""
_TOKEN = re.compile(r"#|[0-9]+|[^\W\d_]+")
_INITIALS = re.compile(r"\b(?:[A-Za-z]\.){2,}[A-Za-z]?(?![^\W_])")
_POSSESSIVE = re.compile(r"\b(\w+)['\u2019]s\b")
_PREFIX = re.compile(r"^\s*(\S.*?)(?:\s*[:/|>.]\s*|\s+-\s+)(?=\S)")
_SIMILAR = 90
"""The lowest of rapidfuzz's ratios at which a header counts as a misspelling."""
_LONG = 4
_BARE = frozenset({("first",), ("last",)})
"""They mean names at the end of a header alone: Client First, but not Last Contact."""
_SHORTEST_HALF = 3
_SHARED = 3
"""The fewest headers of which a prefix before a separator says nothing."""

FIELD_CONCEPTS = frozenset(
    (
        "firstname lastname secondlastname nameprefix name fullname company source tags notes status servicetype "
        "frequency"
    ).split()
)
"""Concepts that a header must name alone, but for words that only say that it is the customer's."""


def _plain(text: str) -> str:
    """The text in lower case and without accents, so that one spelling of a word is enough."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold().replace("\u0142", "l")


def _said(name: str) -> list[str]:
    """The words of a name; CamelCase is separated, `E-Mail` is one word, and so are initials such as `S.S.N.`."""
    text = _INITIALS.sub(lambda initials: initials[0].replace(".", ""), name)
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    text = re.sub(r"\be[\s_-]*(?=mail)", "e", _plain(text))
    words = ["number" if word == "#" else word for word in _TOKEN.findall(text)]
    return [word for word in words if word not in _FILLERS] or words


def _phrases() -> dict[tuple[str, ...], tuple[str, ...]]:
    """The concepts of each phrase of each language; the first language that knows a phrase decides."""
    phrases: dict[tuple[str, ...], tuple[str, ...]] = {}
    for language in LANGUAGES:
        for concept, texts in language.concepts.items():
            for text in texts.split(","):
                phrases.setdefault(tuple(_said(text.strip())), tuple(concept.split()))
    return phrases


PHRASES = _phrases()
_LONGEST = max(map(len, PHRASES))
_WORDS = frozenset(phrase[0] for phrase in PHRASES if len(phrase) == 1)
HEADERS = tuple(
    " ".join(phrase)
    for phrase, concepts in PHRASES.items()
    if FIELD_CONCEPTS.union(("email", "phone", "mobile", "street", "address", "city", "state", "zip", "country"))
    & set(concepts)
)
"""Usual names of columns, by which the header is found when other lines stand above it."""
_FIELD_PHRASES = {
    " ".join(phrase): concepts[0]
    for phrase, concepts in PHRASES.items()
    if len(concepts) == 1 and concepts[0] in FIELD_CONCEPTS and len(" ".join(phrase)) > _LONG
}


@dataclass(frozen=True)
class Header:
    """`said` are its words as they stand, `words` the concepts that they name; a word that names none stays."""

    name: str
    said: tuple[str, ...]
    words: tuple[str, ...]
    possessor: str = ""
    """Whose it says it is: `bob` in `Bob's Mobile`."""

    @classmethod
    def of(cls, name: str, prefix: str = "") -> Header:
        """`prefix` is the beginning of the name that says nothing."""
        own = name.removeprefix(prefix) or name
        said = tuple(_said(own))
        possessive = _POSSESSIVE.search(own)
        words = tuple(_concepts(said))
        if field := _misspelled(said):
            words = (field,)
        return cls(name, said, words, _plain(possessive[1]) if possessive else "")

    @property
    def word_set(self) -> frozenset[str]:
        return frozenset(word for word in self.words if not word.isdigit())

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(int(word) for word in self.words if word.isdecimal() and len(word) < _LONG)

    @property
    def unknown(self) -> frozenset[str]:
        """Its words that no language knows."""
        return frozenset(word for word in self.words if word in self.said and not word.isdigit()) - _WORDS

    @property
    def is_about_others(self) -> bool:
        """Whether it is about somebody else, or about a fact such as when a value was changed."""
        whose = PHRASES.get((self.possessor,), ())
        return bool(self.word_set & {"else", "fact"}) or bool(self.possessor and whose != ("customer",))


def headers(names: Sequence[str]) -> list[Header]:
    """The header of each name, without the prefixes that say nothing."""
    prefixes = silent_prefixes(names)
    found = [Header.of(name, next((prefix for prefix in prefixes if name.startswith(prefix)), "")) for name in names]
    return [
        replace(header, words=("housenumber",)) if header.words == ("number",) and _is_street(before) else header
        for before, header in zip([None, *found], found, strict=False)
    ]


def _is_street(header: Header | None) -> bool:
    """Whether it is a street: a column called Number right behind it is the house number."""
    return header is not None and bool(header.word_set) and header.word_set <= {"street", "address"}


def silent_prefixes(names: Sequence[str]) -> list[str]:
    """Beginnings of names that say nothing: all names share it, or many do before a separator, or it means a customer.

    `Person - ` in `Person - Name`, `client_` in `client_phone`.
    """
    spoken = [name for name in names if name.strip()]
    if len(spoken) > 1 and (shared := _shared_by_all(spoken)):
        return [shared]
    counted = Counter(match[0] for name in spoken if (match := _PREFIX.match(name)))
    return sorted(
        (
            prefix
            for prefix, count in counted.items()
            if _says_nothing(prefix) and (_is_the_customers(prefix) or count >= max(_SHARED, len(spoken) / 2))
        ),
        key=len,
        reverse=True,
    )


def _shared_by_all(names: Sequence[str]) -> str:
    """The longest beginning that all names share, that ends where a word does, and that says nothing; '' if none."""
    first, last = min(names), max(names)
    length = next(
        (at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last))
    )
    ends = [match.end() for match in re.finditer(r"[\s:./|>_-]+|(?<=[a-z])(?=[A-Z])", first[:length])]
    for end in reversed(ends):
        prefix = first[:end]
        if _says_nothing(prefix) and all(_TOKEN.search(name[end:]) for name in names):
            return prefix
    return ""


def _says_nothing(prefix: str) -> bool:
    """Whether no word of it means anything in a header but that it is the customer's."""
    concepts = set(_concepts(_said(prefix)))
    return not any(word.isdigit() for word in concepts) and concepts & _ALL_CONCEPTS <= {"customer", "main"}


def _is_the_customers(prefix: str) -> bool:
    return set(_concepts(_said(prefix))) == {"customer"}


_ALL_CONCEPTS = {concept for concepts in PHRASES.values() for concept in concepts}


def _concepts(said: Sequence[str]) -> Iterator[str]:
    """The concepts of the words, the longest phrases first."""
    at = 0
    while at < len(said):
        for length in range(min(_LONGEST, len(said) - at), 0, -1):
            phrase = tuple(said[at : at + length])
            is_bare = phrase in _BARE and at + length < len(said)
            if not is_bare and (found := PHRASES.get(phrase)) is not None:
                yield from found
                at += length
                break
        else:
            yield from _compound(said[at])
            at += 1


@lru_cache(maxsize=1 << 12)
def _compound(word: str) -> tuple[str, ...]:
    """The concepts of a compound of two known words, such as Kundennummer or homephone; else the word itself."""
    for at in range(len(word) - _SHORTEST_HALF, _SHORTEST_HALF - 1, -1):
        left, right = word[:at], word[at:]
        if left in _WORDS and right in _WORDS:
            return PHRASES.get((left, right)) or (*PHRASES[left,], *PHRASES[right,])
    return (word,)


@lru_cache(maxsize=1 << 12)
def _misspelled(said: tuple[str, ...]) -> str:
    """The field that a slight misspelling names, '' if it is none."""
    text = " ".join(word for word in said if not word.isdigit())
    if not set(said) - _WORDS:
        return ""  # all of its words are words
    best, score = "", 0.0
    for phrase, field in _FIELD_PHRASES.items():
        if (ratio := fuzz.ratio(text, phrase)) > score:
            best, score = field, ratio
    return best if score >= _SIMILAR else ""
