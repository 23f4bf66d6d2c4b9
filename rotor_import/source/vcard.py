"""vCards (.vcf) → tables, a row for each card: versions 2.1, 3.0 and 4.0, as address books really write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import polars as pl

from rotor_import.errors import SourceError
from rotor_import.model.rows import Finding, SourceOptions, SourceTable
from rotor_import.source import encoding
from rotor_import.source.cells import Cells, table
from rotor_import.source.marks import MOST_CELLS
from rotor_import.source.payload import Payload
from rotor_import.source.shape import skipped
from rotor_import.source.vcard_columns import CardColumns
from rotor_import.source.vcard_lines import MOST_CHARACTERS, ContentLine, content_lines, known_codec
from rotor_import.source.vcard_words import COLUMNS, UNUSED

_CHARSET = re.compile(rb"^[^:\r\n]*;charset=\"?([\w.-]+)", re.IGNORECASE)
_NAME = "NOTE;CHARSET=:"
_MOST_NAMED = 5
_JOINT = r"\n"
"""What a card writes for the line break between a line and one that is joined to it."""


@dataclass
class _Some:
    """The first few of many notes; the others are counted, in `more`."""

    words: str
    named: list[str] = field(default_factory=list)
    more: int = 0

    def add(self, note: str) -> None:
        if len(self.named) < _MOST_NAMED:
            self.named.append(note)
        else:
            self.more += 1

    @property
    def notes(self) -> list[str]:
        return [*self.named, f"and {self.more:,} more {self.words}"] if self.more else self.named


@dataclass
class _Card:
    """`number` is the line of its BEGIN; `problems` are lines with something wrong, and what.

    `added` are the lines below the last of `lines` that are no property, and so part of it, and `size` is its length
    with them.
    """

    number: int
    lines: list[ContentLine] = field(default_factory=list)
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    is_unreadable: bool = False
    added: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, line: ContentLine) -> None:
        """Take in a line, unless it is too long, or part of a line that is."""
        joined = bool(self.lines) and not line.name
        self.size = len(line.raw) + (self.size + len(_JOINT) if joined else 0)
        if self.is_unreadable and not line.name:
            return
        name = self.lines[-1].name if joined else line.name
        if self.size > MOST_CHARACTERS and name not in UNUSED:
            self._refuse(self.lines[-1].number if joined else line.number, name)
        elif line.name:
            self.join()
            self.lines.append(line)
        else:
            self._add_stray(line.number, line.raw.strip())

    def join(self) -> None:
        """Make the last line what it is together with `added`, once for all of them: it may be thousands."""
        if self.added:
            self.lines[-1] = replace(self.lines[-1], raw=_JOINT.join((self.lines[-1].raw, *self.added)))
            self.added = []

    def _add_stray(self, number: int, text: str) -> None:
        words = "left out"
        if self.lines and self.lines[-1].name not in UNUSED:
            words = "read as part of the line above"
            self.added.append(text)
        self.problems.append((number, text, f"not a line of a vCard; {words}"))

    def _refuse(self, number: int, name: str) -> None:
        """The card is left out, so what else is wrong with the line doesn't matter."""
        self.problems = [problem for problem in self.problems if problem[0] < number]
        self.problems.append(
            (number, name, f"the line is longer than {MOST_CHARACTERS:,} characters, so the card was not read")
        )
        self.added = []
        self.is_unreadable = True

    @property
    def is_group(self) -> bool:
        """Whether it is a list of contacts, and no contact."""
        kinds = ("KIND", "X-ADDRESSBOOKSERVER-KIND")
        return any(line.name in kinds and line.raw.strip().lower() == "group" for line in self.lines)


def read_vcards(payload: Payload, options: SourceOptions) -> SourceTable:
    """A row's number is the line on which its card begins. Raises SourceError with file, place and remedy."""
    text, notes = _decoded(payload, options)
    cells: list[dict[str, str]] = []
    numbers: list[int] = []
    groups = _Some("lists of contacts")
    findings: list[Finding] = []
    outside = _Some("lines outside cards")
    for card in _cards(text, outside):
        card.join()
        if card.is_group:
            groups.add(f"line {card.number} begins a list of contacts, which was left out")
            continue
        if (len(numbers) + 1) * len(COLUMNS) > MOST_CELLS:
            most = MOST_CELLS // len(COLUMNS)
            raise SourceError(f"{payload.path} has more than {most:,} cards. Split it into several files.")
        cells.append(_cells(card))
        numbers.append(card.number)
        findings += [_finding(card, *problem) for problem in card.problems]
    if not numbers:
        raise SourceError(f"{payload.path} contains no contacts: there is no line BEGIN:VCARD. Export it again.")
    frame = pl.DataFrame([pl.Series(name, [row.get(name) for row in cells], dtype=pl.String) for name in COLUMNS])
    notes += [f"read as vCards: {len(numbers)}"]
    notes += [*groups.notes, *outside.notes]
    rows = pl.Series("row", numbers, dtype=pl.UInt32)
    return table(payload, Cells(COLUMNS, frame, rows, tuple(notes), tuple(findings)), options, text=False)


def _cards(text: str, outside: _Some) -> Iterator[_Card]:
    """The cards; `outside` gets the lines that stand in none."""
    card: _Card | None = None
    nested = 0
    for line in content_lines(text):
        is_card = line.raw.strip().upper() == "VCARD"
        if line.name == "BEGIN" and is_card and card and card.lines and card.lines[-1].name == "AGENT":
            nested += 1
        elif line.name == "BEGIN" and is_card:
            if card is not None:
                card.problems.append((line.number, "", "the card has no END:VCARD before the next one begins"))
                yield card
            card, nested = _Card(line.number), 0
        elif line.name == "END" and is_card and card is not None and not nested:
            yield card
            card = None
        elif line.name == "END" and is_card and card is not None:
            nested -= 1
        elif card is None:
            outside.add(skipped(line.number, [line.whole]))
        elif not nested:
            card.add(line)
    if card is not None:
        card.problems.append((text.count("\n") + 1, "", "the file ends before the card's END:VCARD"))
        yield card


def _cells(card: _Card) -> dict[str, str]:
    def read(line: ContentLine, text: str) -> str:
        try:
            return line.decoded(text)
        except UnicodeError:
            value = line.guessed(text)
            card.problems.append(
                (
                    line.number,
                    value,
                    "some letters don't fit its character set, so it was read as Windows-1252; check the accents",
                )
            )
            return value

    return {} if card.is_unreadable else CardColumns(card.lines, read).fill()


def _finding(card: _Card, number: int, value: str, words: str) -> Finding:
    return Finding(card.number, "", value[:200], f"line {number}: {words}", rejected=card.is_unreadable)


def _decoded(payload: Payload, options: SourceOptions) -> tuple[str, list[str]]:
    """The text and how it was decoded. A line's own CHARSET counts where the file as a whole is not UTF-8."""
    if options.encoding != "auto" or b"charset=" not in payload.data.lower() or _is_utf8(payload.data):
        text = encoding.decode(payload, options.encoding)
        return text.whole, list(text.notes)
    lines = list(_recoded_lines(payload.data))
    unknown = [b"" if _is_utf8(line) else line for line in lines]  # the others are blank, so that line numbers stay
    notes: list[str] = []
    if any(unknown):
        text = encoding.decode(replace(payload, data=b"\n".join(unknown)), "auto")
        notes += [f"lines that don't name their character set were {note}" for note in text.notes]
        decoded = text.plain.split(b"\n")
        if len(decoded) != len(lines):
            raise SourceError(f"{payload.path}: its lines use several encodings. Export it again as UTF-8.")
        lines = [read or line for line, read in zip(lines, decoded, strict=True)]
    return b"\n".join(lines).decode(), notes


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _recoded_lines(data: bytes) -> Iterator[bytes]:
    """Each line as UTF-8 if it says what it is; a folded line is what its first one is."""
    codec: str | None = None
    for line in data.split(b"\n"):
        if not line.startswith((b" ", b"\t")):
            named = _CHARSET.match(line)
            codec = known_codec(named[1].decode("ascii")) if named else None
            if codec and _NAME.encode(codec) != _NAME.encode():  # UTF-16 and the like: the line's name is not in it
                codec = None
        if codec is None or line.isascii():
            yield line
            continue
        try:
            yield line.decode(codec).encode()
        except UnicodeError:
            yield line
