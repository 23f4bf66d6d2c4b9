"""What a header says that its column holds: a field, a phone, an email, a part of an address, a refusal."""

from __future__ import annotations

from dataclasses import dataclass

from rotor_import.suggest.header import FIELD_CONCEPTS, Header

OTHER_LINES = frozenset({"fax"})
"""Lines on which nobody answers a call."""
_OWN = frozenset(
    "customer main home personal other work company address day night evening car number value best landline".split()
)
"""Words of a phone's or email's header that can be about the customer."""
_PAYER = frozenset({"billing", "shipping", "mailing"})
_PLACES = frozenset("billing shipping mailing service property site job location home physical".split())
_CUSTOMERS = frozenset({"customer", "main"})
PAYERS = 6
"""The rank of the phone or email of whoever pays, or gets what is sent."""
_LAST_RANK = 9
_DIGITS = 3


@dataclass(frozen=True)
class FieldMeaning:
    """The concept of a field that a header names; `rank` is 0 for the customer's own, more for less certain ones."""

    concept: str
    rank: int = 0


def field_meaning(header: Header) -> FieldMeaning | None:
    words = header.word_set
    if words & {"else", "fact"} or header.is_about_others:
        return None
    own = words - _CUSTOMERS - {"number"} or words - {"number"}
    own = own - {"account"} or own
    rank = max((number for number in header.numbers), default=0) > 1
    if {"firstname", "lastname"} == own:
        return FieldMeaning("fullname", rank)
    if own and own <= _CUSTOMERS and "number" not in words:
        return FieldMeaning("customer", rank + len(own) - 1)
    for less, known in enumerate((own, own - _PLACES)):
        if len(known) == 1 and (concept := next(iter(known))) in FIELD_CONCEPTS and "number" not in words:
            return FieldMeaning(concept, rank + 2 * less)
    return None


@dataclass(frozen=True)
class KeyMeaning:
    """What a header says about a phone or an email; the lowest `rank` is the likeliest to be the customer's.

    `certain` is false where it names a place or something unknown: then it counts only if nothing better is there.
    """

    rank: int
    certain: bool = True


def phone_meaning(header: Header) -> KeyMeaning | None:
    """None if the header names no phone, or somebody else's."""
    words = header.word_set
    if words & OTHER_LINES or header.is_about_others:
        return None
    if "number" in words and "phone" not in words and words & {"customer", "work", "home", "main", "personal"}:
        words = words | {"phone"}  # Home Number, Contact No.: the cells must agree
        if "customer" in words:
            return KeyMeaning(2) if words == {"customer", "number", "phone"} else None
    if not words & {"phone", "mobile", "landline"} and not _names_a_line(words):
        return None
    return _rated(header, words - {"phone", "mobile", "landline", "number"}, _phone_rank(words))


def _names_a_line(words: frozenset[str]) -> bool:
    """Whether it is only `Home`, `Work` or `Other`: the cells say of what."""
    return bool(words) and words <= {"home", "work", "personal", "other"}


def _phone_rank(words: frozenset[str]) -> int:
    if "main" in words and not words & {"work", "company"}:
        return 0
    if "mobile" in words:
        return 1 + 4 * ("other" in words)
    if words & {"work", "company"}:
        return 4
    if words & {"other", "car"}:
        return 5
    return 3 if words & {"home", "landline"} else 2


def email_meaning(header: Header) -> KeyMeaning | None:
    words = header.word_set
    if ("email" not in words and not _names_a_line(words)) or header.is_about_others:
        return None
    rank = 1 if "other" in words or max(header.numbers, default=0) > 1 else 0
    return _rated(header, words - {"email", "id", "number"}, rank)


def _rated(header: Header, others: frozenset[str], rank: int) -> KeyMeaning | None:
    """`others` are the words beside phone or email: of the customer, of who pays, of a place, or unknown ones."""
    if others <= _OWN:
        return KeyMeaning(rank)
    if others <= _OWN | _PAYER:
        return KeyMeaning(PAYERS)
    if others <= _OWN | _PLACES | header.unknown:
        return KeyMeaning(_LAST_RANK if others & _PLACES else _LAST_RANK - 1, certain=False)
    return None


def mentions_key(header: Header) -> bool:
    """Whether a header mentions phones or emails at all, even somebody else's."""
    return bool(header.word_set & {"phone", "mobile", "email", "landline"})


@dataclass(frozen=True)
class AddressMeaning:
    """The part of an address that a header names; `block` and `number` tell the addresses of a row apart."""

    part: str
    block: str
    number: int = 0


_STREET = frozenset(("street", "address"))
_PARTS = {
    "zip": frozenset({"zip"}),
    "city": frozenset({"city"}),
    "country": frozenset({"country"}),
    "state": frozenset({"state"}),
    "housenumber": frozenset({"housenumber"}),
    "street": _STREET | {"unit"},
}
_ALL_PARTS = frozenset().union(*_PARTS.values())
_NO_ADDRESS = frozenset("box email web website latitude longitude lat lng notes phone mobile fax else fact".split())


def address_meaning(header: Header) -> AddressMeaning | None:
    words = header.word_set - {"id", "name", "value", "number", "code"}
    if header.word_set & _NO_ADDRESS or header.is_about_others:
        return None
    for part, names in _PARTS.items():
        if words & names:
            left = words - _ALL_PARTS - {"extended"} - _CUSTOMERS
            block = " ".join(dict.fromkeys(word for word in header.words if word in left))
            return _address(header, part, block)
    return None


def place_named(header: Header) -> str | None:
    """The block of a column that may hold whole addresses by its header: `Job Site`, `Location`, `Billing`."""
    words = header.word_set - {"name", "number", *_CUSTOMERS}
    if words and words <= _PLACES and not header.is_about_others:
        return " ".join(dict.fromkeys(word for word in header.words if word in words))
    return None


def _address(header: Header, part: str, block: str) -> AddressMeaning:
    """A number behind street numbers its lines, as one behind address does at the end; any other one the address.

    `Street 2`, `Address 2`; `Address 2 City`, `City - Home 2`.
    """
    number, line = 0, 1
    for at, word in enumerate(header.words):
        if not word.isdecimal() or len(word) > _DIGITS:
            continue
        before = header.words[at - 1] if at else ""
        if before in ("street", "unit") or (before == "address" and at == len(header.words) - 1):
            line = int(word)
        else:
            number = number or int(word)
    if part == "street":
        if header.word_set & {"unit", "extended"} and "street" not in header.word_set:
            line = 2
        part = f"street{min(max(line, 1), 3)}"
    return AddressMeaning(part, block, number)


def says_mobile(label: str) -> bool:
    return "mobile" in Header.of(label).word_set


@dataclass(frozen=True)
class Refusal:
    """What customers refuse who give one of the answers; the lowest ranks come first."""

    rank: int
    tag: str
    answers: tuple[str, ...] = ("true", "yes", "1")
    """What the cells of those say who refuse, in lower case."""


def refusal(header: Header) -> Refusal | None:
    words = frozenset(header.said)
    if "call" in words and words & {"not", "no"}:
        return Refusal(0, "Do not call")
    if "notifications" in words and words & {"enabled", "allowed"}:
        return Refusal(1, "No notifications", ("false", "no", "0"))
    if "email" in header.word_set and words & {"no", "not"}:
        return Refusal(3, "No mail" if "mail" in words else "No email")
    if "email" in header.word_set and words & {"status", "subscription"}:
        return Refusal(3, "No email", ("unsubscribed", "opted out", "opt out", "optout"))
    if not words & {"opt", "opted", "optout", "unsubscribed"} or words & {"in", "time", "date"}:
        return None
    if "fax" in words:
        return Refusal(4, "No fax")
    return Refusal(2, "No text messages") if words & {"sms", "text", "texts"} else Refusal(3, "No email")
