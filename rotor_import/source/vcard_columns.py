"""A card's properties as the columns of a table. Which columns there are does not depend on the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from rotor_import.source.vcard_lines import ContentLine, pieces, unescaped
from rotor_import.source.vcard_words import (
    ADDRESS,
    ADDRESSES,
    EMAILS,
    KINDS,
    LABEL,
    MESSENGERS,
    NO_PHONES,
    PHONES,
    RELATED,
    TOLD,
    UNUSED,
    numbered,
)


@dataclass(frozen=True)
class Entry:
    """A phone, an email or an address, with what the card calls it."""

    line: ContentLine
    text: str
    label: str = ""

    @property
    def is_preferred(self) -> bool:
        return self.line.is_preferred

    @property
    def marked(self) -> str:
        """The text with its label before it."""
        return f"{self.label}: {self.text}" if self.label else self.text


Read = Callable[[ContentLine, str], str]
"""Decodes a part of a line's value."""


class CardColumns:
    """Fills the columns from the properties of one card."""

    def __init__(self, lines: Sequence[ContentLine], read: Read) -> None:
        self._read = read
        self._labels = {line.group: self._text(line) for line in lines if line.name == "X-ABLABEL" and line.group}
        self._lines = lines
        self._by_name: dict[str, list[ContentLine]] = {}
        for line in lines:
            self._by_name.setdefault(line.name, []).append(line)
        self._taken: set[int] = set()
        self._marked: list[str] = []
        self.cells: dict[str, str] = {}

    def fill(self) -> dict[str, str]:
        """The filled columns."""
        self._names()
        self._phones()
        self._emails()
        self._addresses()
        for column, names, join in (
            ("Job Title", ("TITLE", "ROLE"), ", "),
            ("Website", ("URL",), ", "),
            ("Notes", ("NOTE",), "\n"),
            ("Birthday", ("BDAY",), ", "),
            ("UID", ("UID",), ", "),
        ):
            self._put(column, join.join(dict.fromkeys(filter(None, map(self._text, self._all(*names))))))
        self._put("Categories", ", ".join(text for line in self._all("CATEGORIES") for text in self._items(line)))
        self._put("Related Names", self._marked_texts(self._all("X-ABRELATEDNAMES", "RELATED", "X-SPOUSE")))
        dates = self._all("ANNIVERSARY", "X-ANNIVERSARY", "X-EVOLUTION-ANNIVERSARY", "X-MS-ANNIVERSARY", "X-ABDATE")
        self._put("Anniversary", self._marked_texts(dates))
        self._put("Social Profiles", self._marked_texts(self._all("X-SOCIALPROFILE", "SOCIALPROFILE", "X-TWITTER")))
        messengers = [line for line in self._lines if MESSENGERS.fullmatch(line.name)]
        self._put("Instant Messages", self._marked_texts(self._take(messengers)))
        self._put("Marked As", "; ".join(self._marked))
        self._others()
        return self.cells

    def _all(self, *names: str) -> list[ContentLine]:
        return self._take([line for name in names for line in self._by_name.get(name, ())])

    def _take(self, lines: list[ContentLine]) -> list[ContentLine]:
        self._taken.update(map(id, lines))
        return lines

    def _text(self, line: ContentLine) -> str:
        return unescaped(self._read(line, line.raw))

    def _items(self, line: ContentLine, separator: str = ",") -> list[str]:
        texts = (unescaped(self._read(line, part)) for part in pieces(line.raw, separator))
        return [text for text in texts if text]

    def _parts(self, line: ContentLine, join: str) -> list[str]:
        """The parts of a name or an address; one that holds several values has `join` between them."""
        return [
            join.join(filter(None, (unescaped(self._read(line, one)) for one in pieces(part, ","))))
            for part in pieces(line.raw, ";")
        ]

    def _put(self, column: str, text: str) -> None:
        if text.strip():
            self.cells[column] = text.strip()

    def _label(self, line: ContentLine) -> str:
        """What the owner calls a value, else its type: `Shop`, `work`."""
        own = self._own_label(line)
        return own or ", ".join(one.removeprefix("X-").capitalize() for one in sorted(line.types - TOLD))

    def _own_label(self, line: ContentLine) -> str:
        own = self._labels.get(line.group, "") if line.group else ""
        found = LABEL.match(own)
        return found[1] if found else own

    def _marked_texts(self, lines: Iterable[ContentLine]) -> str:
        found = []
        for line in lines:
            text, label = self._text(line), self._label(line) or line.parameters.get("X-SERVICE-TYPE", "")
            own = line.name.removeprefix("X-").capitalize() if MESSENGERS.fullmatch(line.name) else ""
            label = label or ("" if own == "Impp" else own)
            if text:
                found.append(f"{label}: {text}" if label else text)
        return "; ".join(dict.fromkeys(found))

    def _names(self) -> None:
        self._put("Full Name", next(filter(None, map(self._text, self._all("FN"))), ""))
        for line in self._all("N")[:1]:
            columns = ("Last Name", "First Name", "Middle Name", "Prefix", "Suffix")
            for column, text in zip(columns, self._parts(line, " "), strict=False):
                self._put(column, text)
        for line in self._all("ORG")[:1]:
            company, *units = [*self._parts(line, ", "), ""]
            self._put("Company", company)
            self._put("Department", ", ".join(filter(None, units)))
        self._put(
            "Nickname", ", ".join(text for line in self._all("NICKNAME", "X-NICKNAME") for text in self._items(line))
        )

    def _phones(self) -> None:
        by_kind: dict[str, list[Entry]] = {}
        for line in self._all("TEL"):
            entry = Entry(line, _phone(self._text(line)), self._label(line))
            if entry.text and not line.types & NO_PHONES:
                by_kind.setdefault(_phone_kind(line, self._own_label(line)), []).append(entry)
            elif entry.text:
                self._taken.discard(id(line))
        more = []
        for kind, entries in by_kind.items():
            entries.sort(key=lambda entry: not entry.is_preferred)
            if kind == "Related Phones":
                self._put(kind, "; ".join(entry.marked for entry in entries))
                continue
            for column, entry in zip(numbered(kind, PHONES[kind]), entries, strict=False):
                self._put(column, entry.text)
                self._mark(column, entry)
            more += [f"{_further(kind, entry.label)}: {entry.text}" for entry in entries[PHONES[kind] :]]
        self._put("More Phones", "; ".join(more))

    def _mark(self, column: str, entry: Entry) -> None:
        """Keep a label that says more than the column does."""
        if entry.label and entry.label.casefold() not in column.casefold():
            self._marked.append(f"{column}: {entry.label}")

    def _emails(self) -> None:
        entries = [Entry(line, self._text(line), self._label(line)) for line in self._all("EMAIL")]
        entries = [Entry(one.line, one.text.removeprefix("mailto:"), one.label) for one in entries if one.text]
        entries.sort(key=lambda entry: not entry.is_preferred)
        for column, entry in zip(numbered("Email", EMAILS), entries, strict=False):
            self._put(column, entry.text)
            self._mark(column, entry)
        self._put("More Emails", "; ".join(entry.marked for entry in entries[EMAILS:]))

    def _addresses(self) -> None:
        """The home's first: that is where the work is done."""
        found = [(line, self._address(line)) for line in self._all("ADR")]
        found = [(line, parts) for line, parts in found if any(parts.values())]
        found.sort(key=lambda pair: ("HOME" not in pair[0].types, not pair[0].is_preferred))
        for prefix, (line, parts) in zip(ADDRESSES, found, strict=False):
            for part, text in parts.items():
                self._put(prefix + part, text)
            label = self._label(line)
            if prefix or label != "Home":
                self._mark(prefix.strip() or "Address", Entry(line, "", label))
        more = [
            Entry(line, ", ".join(filter(None, parts.values())), self._label(line)).marked
            for line, parts in found[len(ADDRESSES) :]
        ]
        self._put("More Addresses", "; ".join(more))
        if not found:
            self._put("Street", next(filter(None, map(self._text, self._all("LABEL"))), "").replace("\n", ", "))

    def _address(self, line: ContentLine) -> dict[str, str]:
        box, extended, street, city, state, code, country = [*self._parts(line, ", "), *[""] * 7][:7]
        first, *further = [text.strip(" ,") for text in re.split(r"[\r\n]+", street) if text.strip(" ,")] or [""]
        lines = [
            first,
            ", ".join(filter(None, (*further, extended.replace("\n", ", "), box and f"PO Box {_box(box)}"))),
        ]
        if not first:
            lines = [lines[1], ""]
        return dict(zip(ADDRESS, (*lines, city, state, code, country), strict=True))

    def _others(self) -> None:
        """What no column is for: each with its name."""
        found = []
        for line in self._lines:
            if id(line) in self._taken or line.name in UNUSED or not line.name:
                continue
            text = "; ".join(self._items(line, ";"))
            label = self._label(line) or line.name.removeprefix("X-").replace("-", " ").capitalize()
            if text:
                found.append(f"{label}: {text}")
        self._put("Other Details", "\n".join(found))


def _further(kind: str, label: str) -> str:
    """What a phone beyond the columns of its kind is called."""
    own = kind.removesuffix(" Phone")
    if kind == "Other Phone" and label:
        return label
    return own if label.casefold() in own.casefold() else f"{own}, {label}"


def _box(text: str) -> str:
    return re.sub(r"^(?:p\.?\s*o\.?\s*)?box\s+", "", text, flags=re.IGNORECASE)


def _phone(text: str) -> str:
    """The number of a `tel:` address; other text as it is."""
    if not text.lower().startswith("tel:"):
        return text
    number, *parameters = unquote(text[4:]).split(";")
    extension = next((one[4:] for one in parameters if one.lower().startswith("ext=")), "")
    return f"{number} ext. {extension}" if extension else number


def _phone_kind(line: ContentLine, label: str) -> str:
    """The column for a phone: its owner's own label counts first, then the card's types."""
    if RELATED.search(label):
        return "Related Phones"
    words = " ".join(sorted(line.types))
    for text in (label, words):
        for kind, pattern in KINDS:
            if pattern.search(text):
                return kind
    return "Other Phone"
