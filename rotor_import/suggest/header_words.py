"""What a header says: its words, and what they usually mean in customer lists, in a few languages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rapidfuzz import fuzz

STRANGERS = frozenset(
    (
        "owner assistant assistants manager managers spouse partner emergency created modified updated by "
        "referred referrer reporting reports agent rep salesperson sales user vendor supplier parent staff "
        "employee technician secondary phonetic nickname opt opted bounced bounce ip enabled receives "
        "marketing label type kind status reason confirm verified consent unsubscribed landlord tenant wife "
        "husband mother father son daughter brother sister kin neighbor neighbour realtor "
        "accountant guarantor"
    ).split()
)
"""Words by which a phone, e-mail or name is somebody else's, or is about it and not itself."""

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
_SECOND = frozenset("2 3 street2 address2 unit apt apartment suite extended".split())
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
EXACT = {name: meaning for meaning, names in _EXACT.items() for name in names.split(",")}
HEADERS = (*EXACT, *_EMAIL, *_PHONE, *_STREET, *_CITY, *_STATE, *_ZIP, *_COUNTRY)
"""What a line that names columns is known by, where others stand above it."""
NEAR = 90
"""rapidfuzz's ratio from which a misspelled header counts."""


@dataclass(frozen=True)
class Header:
    """`words` are the header's own in lower case, CamelCase parted; `numbers` those in it."""

    name: str
    words: tuple[str, ...]
    numbers: tuple[int, ...] = ()

    @classmethod
    def of(cls, name: str) -> Header:
        text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
        text = re.sub(r"\be[\s_-]*mail", "email", _plain(text).casefold())
        words = tuple(word for word in re.split(r"[^a-z0-9#]+", text) if word)
        parts = tuple(part for word in words for part in re.findall(r"#|\d+|[a-z]+", word))
        return cls(name, parts, tuple(int(part) for part in parts if part.isdigit() and len(part) < _LONG))

    @property
    def said(self) -> frozenset[str]:
        return frozenset(self.words)

    @property
    def text(self) -> str:
        return " ".join(word for word in self.words if not word.isdigit() and word not in ("#", "s"))

    @property
    def is_strange(self) -> bool:
        """About somebody else, or about a fact of the value's."""
        return bool(self.said & STRANGERS)


_LONG = 4


@dataclass(frozen=True)
class PhoneMeaning:
    """`rank`: the one that is asked first has the lowest."""

    rank: int


@dataclass(frozen=True)
class AddressMeaning:
    """`block` are the words that tell one address of a row from another; `second` is a street's further line."""

    part: str
    block: str
    number: int = 0
    flags: frozenset[str] = field(default_factory=frozenset)


def plain_meaning(header: Header) -> str:
    """The field that a header names, '' where it names none; a misspelling counts where it is near."""
    text = header.text
    if text in EXACT:
        return EXACT[text]
    if header.is_strange:
        return ""
    best, score = "", 0.0
    for name, meaning in EXACT.items():
        if len(name) > _LONG and (found := fuzz.ratio(text, name)) > score:
            best, score = meaning, found
    return best if score >= NEAR else ""


def phone_meaning(header: Header) -> PhoneMeaning | None:
    said = header.said
    if said & _NUMBER and said & (_WORK | {"home", "main", "primary"}):
        said = said | {"phone"}  # Home Number, Work No.: the cells must agree
    if not said & _PHONE or said & OTHER_LINES or not _is_the_customers(said - _PHONE - _NUMBER):
        return None
    if said & {"main", "primary"} and not said & _WORK:
        rank = 0
    elif said & _MOBILE:
        rank = 1
    elif said & _WORK:
        rank = 4
    elif said & {"other", "alt", "alternate", "car", "additional"}:
        rank = 5
    else:
        rank = 3 if "home" in said else 2
    return PhoneMeaning(rank)


def mentions(header: Header, kind: str) -> bool:
    """Whether a header speaks of phones or e-mails at all, be they somebody else's."""
    return bool(header.said & (_PHONE if kind == "phone" else _EMAIL))


def is_email(header: Header) -> bool:
    return bool(header.said & _EMAIL) and _is_the_customers(header.said - _EMAIL)


def _is_the_customers(words: frozenset[str]) -> bool:
    """Whether all other words of a phone's or e-mail's header may be about the customer: a name may be anybody's."""
    return all(word in _OWN or word.isdigit() for word in words)


def address_meaning(header: Header) -> AddressMeaning | None:
    said = header.said - {"code", "line", "name", "value", "s"}
    if said & (_NO_ADDRESS - {"box"}) or "box" in said or said & _EMAIL:
        return None
    for part, words in (("zip", _ZIP), ("city", _CITY), ("country", _COUNTRY), ("state", _STATE), ("street", _STREET)):
        if said & words or (part == "street" and said & {"unit", "apt", "apartment", "suite"}):
            rest = [word for word in header.words if word in said and word not in words | _ALL_PARTS]
            return _address(header, part, rest)
    return None


_ALL_PARTS = _ZIP | _CITY | _COUNTRY | _STATE | _STREET | {"unit", "apt", "apartment", "suite", "extended"}


def _address(header: Header, part: str, rest: list[str]) -> AddressMeaning:
    """Numbers before the part number an address, those behind it its lines: `Address 2 City`, `Street 2`."""
    block = " ".join(word for word in rest if not word.isdigit())
    numbered = re.match(r"^[a-z ]*?(\d+)\b.+", " ".join(header.words))
    number = 0
    line = 1
    ends = header.words[-1].isdigit()
    if numbered and not (ends and len(header.numbers) == 1):
        number = header.numbers[0]
    if part == "street":
        if ends and (number == 0 or len(header.numbers) > 1):
            line = header.numbers[-1]
        if header.said & {"unit", "apt", "apartment", "suite", "extended"}:
            line = 2
        part = "street1" if line <= 1 else "street2" if line == 2 else "street3"  # noqa: PLR2004 - lines of a street
    return AddressMeaning(part, block, number)


def _plain(text: str) -> str:
    """Without accents, so that one spelling serves all."""
    import unicodedata  # noqa: PLC0415 - used here alone

    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def phone_says_mobile(label: str) -> bool:
    return bool(Header.of(label).said & _MOBILE)


def refusal_tag(header: Header) -> str:
    """The tag for people who do not want something, where the header is of such a flag."""
    said = header.said
    if "call" in said and said & {"not", "no"}:
        return "Do not call"
    if not said & {"opt", "opted", "optout", "unsubscribed"} or said & {"in", "time", "date"}:
        return ""
    if said & {"fax"}:
        return "No fax"
    return "No text messages" if said & {"sms", "text", "texts"} else "No e-mail"
