"""The words of headers, and what they usually mean in customer lists, in a few languages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

OTHER_PEOPLE = frozenset(
    (
        "owner assistant assistants manager managers spouse partner emergency created modified updated by "
        "referred referrer reporting reports agent rep salesperson sales user vendor supplier parent staff "
        "employee technician secondary phonetic nickname opt opted bounced bounce ip enabled receives "
        "marketing label type kind status reason confirm verified consent unsubscribed landlord tenant wife "
        "husband mother father son daughter brother sister kin neighbor neighbour realtor "
        "accountant guarantor"
    ).split()
)
"""Words that make a phone, email or name somebody else's, or say something about it instead of giving it."""

OTHER_LINES = frozenset("fax telefax pager telex isdn tty tdd radio callback extension ext txt sms text".split())
_EMAIL = frozenset("email mail emails courriel correo".split())
_PHONE = frozenset(
    "phone phones telephone tel mobile cell cellphone telefon handy telefono movil portable phonenumber".split()
)
_MOBILE = frozenset("mobile cell cellphone handy movil portable".split())
_WORK = frozenset("work business office company firma trabajo travail".split())
_NUMBER = frozenset("number numbers no nr num".split())
_OWN = _WORK | frozenset(
    (
        "# s main primary home personal private other alt alternate alternative additional more second secondary car "
        "customer client contact company day daytime night evening preferred best value address addresses us line my"
    ).split()
)
_STREET = frozenset("street streets address addr address1 street1 strasse rue calle line".split())
_CITY = frozenset("city town suburb ort stadt ville ciudad locality".split())
_STATE = frozenset("state province region bundesland provincia".split())
_ZIP = frozenset("zip post postal postcode zipcode plz postleitzahl postalcode cp".split())
_COUNTRY = frozenset("country land pays pais".split())
_NO_ADDRESS = frozenset(
    "box formatted web website url ip email label type count latitude longitude lat lng notes".split()
)

_EXACT = {
    "first_name": "first name,firstname,given name,fname,forename,first,vorname,prenom,nombre,contact first name",
    "last_name": "last name,lastname,surname,family name,lname,last,nachname,nom,apellido,apellidos,contact last name",
    "full_name": (
        "name,full name,fullname,customer name,client name,contact name,display name,customer,client,contact,kunde,"
        "nom complet,nombre completo"
    ),
    "company_name": (
        "company,company name,organization,organization name,organisation,organisation name,business name,business,"
        "account name,firma,firmenname,entreprise,societe,empresa,employer"
    ),
    "source": (
        "lead source,source,referral source,how did you hear,original source,marketing source,origin,quelle,referred by"
    ),
    "tags": (
        "tags,tag,labels,categories,category,groups,"
        "group,keywords,segments,schlagworte,etiquetas,customer type,client type"
    ),
    "notes": "notes,note,comments,comment,remarks,description,memo,bemerkungen,notizen,notas,remarques",
    "status": (
        "status,active,active status,is active,inactive,is inactive,archived,is archived,do not service,disabled,aktiv"
    ),
    "service_type": "service type,job type,type of service,last service type",
    "service_frequency": "service frequency,frequency,recurrence,visit frequency",
}
EXACT = {name: field for field, names in _EXACT.items() for name in names.split(",")}
"""The field that each usual name of a column means."""
HEADERS = (*EXACT, *_EMAIL, *_PHONE, *_STREET, *_CITY, *_STATE, *_ZIP, *_COUNTRY)
"""Usual names of columns, by which the header is found when other lines stand above it."""
_SIMILAR = 90
"""The lowest of rapidfuzz's ratios at which a header counts as a misspelling."""
_LONG = 4


@dataclass(frozen=True)
class Header:
    """A column's name as words in lower case, with CamelCase separated, and the numbers among them."""

    name: str
    words: tuple[str, ...]
    numbers: tuple[int, ...] = ()

    @classmethod
    def of(cls, name: str) -> Header:
        text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
        text = re.sub(r"\be[\s_-]*mail", "email", _without_accents(text).casefold())
        words = tuple(re.findall(r"#|[0-9]+|[a-z]+", text))
        return cls(name, words, tuple(int(word) for word in words if word.isdigit() and len(word) < _LONG))

    @property
    def word_set(self) -> frozenset[str]:
        return frozenset(self.words)

    @property
    def text(self) -> str:
        return " ".join(word for word in self.words if not word.isdigit() and word not in ("#", "s"))

    @property
    def is_about_others(self) -> bool:
        """Whether it is about somebody else, or about a fact such as when a value was changed."""
        return bool(self.word_set & OTHER_PEOPLE)


@dataclass(frozen=True)
class AddressMeaning:
    """The part of an address that a header names; `block` and `number` tell the addresses of a row apart."""

    part: str
    block: str
    number: int = 0


def field_named(header: Header) -> str:
    """The field that a header names, '' if it names none; a slight misspelling counts."""
    text = header.text
    if text in EXACT:
        return EXACT[text]
    if header.is_about_others:
        return ""
    best, score = "", 0.0
    for name, field in EXACT.items():
        if len(name) > _LONG and (ratio := fuzz.ratio(text, name)) > score:
            best, score = field, ratio
    return best if score >= _SIMILAR else ""


def phone_rank(header: Header) -> int | None:
    """The rank of a phone's column, the best is 0; None if the header names no phone of the customer."""
    words = header.word_set
    if words & _NUMBER and words & (_WORK | {"home", "main", "primary"}):
        words = words | {"phone"}  # Home Number, Work No.: the cells must agree
    if not words & _PHONE or words & OTHER_LINES or not _may_be_the_customers(words - _PHONE - _NUMBER):
        return None
    if words & {"main", "primary"} and not words & _WORK:
        return 0
    if words & _MOBILE:
        return 1
    if words & _WORK:
        return 4
    if words & {"other", "alt", "alternate", "car", "additional"}:
        return 5
    return 3 if "home" in words else 2


def mentions(header: Header, kind: str) -> bool:
    """Whether a header mentions phones or emails at all, even somebody else's."""
    return bool(header.word_set & (_PHONE if kind == "phone" else _EMAIL))


def is_email(header: Header) -> bool:
    return bool(header.word_set & _EMAIL) and _may_be_the_customers(header.word_set - _EMAIL)


def _may_be_the_customers(words: frozenset[str]) -> bool:
    """Whether the other words of a phone's or email's header can be about the customer: a name can be anybody's."""
    return all(word in _OWN or word.isdigit() for word in words)


def address_meaning(header: Header) -> AddressMeaning | None:
    words = header.word_set - {"code", "line", "name", "value", "s"}
    if words & (_NO_ADDRESS | _EMAIL):
        return None
    for part, names in _PARTS.items():
        if words & names:
            block = " ".join(
                word for word in header.words if word in words - _ALL_PARTS - {"extended"} and not word.isdigit()
            )
            return _address(header, part, block)
    return None


_UNIT = frozenset(("unit", "apt", "apartment", "suite"))
_PARTS = {"zip": _ZIP, "city": _CITY, "country": _COUNTRY, "state": _STATE, "street": _STREET | _UNIT}
_ALL_PARTS = frozenset().union(*_PARTS.values())


def _address(header: Header, part: str, block: str) -> AddressMeaning:
    """Numbers before the part number the address, those after it number its lines: `Address 2 City`, `Street 2`."""
    numbered = re.match(r"^[a-z ]*?(\d+)\b.+", " ".join(header.words))
    ends_in_number = header.words[-1].isdigit()
    number = header.numbers[0] if numbered and not (ends_in_number and len(header.numbers) == 1) else 0
    if part == "street":
        line = 1
        if ends_in_number and (number == 0 or len(header.numbers) > 1):
            line = header.numbers[-1]
        if header.word_set & (_UNIT | {"extended"}):
            line = 2
        part = f"street{min(max(line, 1), 3)}"
    return AddressMeaning(part, block, number)


def _without_accents(text: str) -> str:
    """The text without accents, so that one spelling of a word is enough."""
    import unicodedata  # noqa: PLC0415 - used here alone

    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def phone_says_mobile(label: str) -> bool:
    return bool(Header.of(label).word_set & _MOBILE)


def refusal_tag(header: Header) -> str:
    """The tag for customers who refuse something, if the header names such a flag; else ''."""
    words = header.word_set
    if "call" in words and words & {"not", "no"}:
        return "Do not call"
    if not words & {"opt", "opted", "optout", "unsubscribed"} or words & {"in", "time", "date"}:
        return ""
    if "fax" in words:
        return "No fax"
    return "No text messages" if words & {"sms", "text", "texts"} else "No e-mail"
