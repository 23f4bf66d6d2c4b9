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

_CHARSET = re.compile(rb"^[^:\r\n]*;charset=\"?([\w.:-]+)", re.IGNORECASE)
_MOST_NAMED = 5


@dataclass
class _Card:
    """`number` is the line of its BEGIN; `problems` are lines with something wrong, and what."""

    number: int
    lines: list[ContentLine] = field(default_factory=list)
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    is_unreadable: bool = False

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
    groups: list[int] = []
    findings: list[Finding] = []
    outside: list[ContentLine] = []
    for card in _cards(text, outside):
        if card.is_group:
            groups.append(card.number)
            continue
        if (len(numbers) + 1) * len(COLUMNS) > MOST_CELLS:
            most = MOST_CELLS // len(COLUMNS)
            raise SourceError(f"{payload.path} has more than {most:,} cards. Split it into several files.")
        cells.append(_cells(card))
        numbers.append(card.number)
        findings += [_finding(card, *problem) for problem in card.problems]
    if not numbers:
        raise SourceError(f"{payload.path} has no contact in it: no card begins with BEGIN:VCARD. Export it again.")
    frame = pl.DataFrame([pl.Series(name, [row.get(name) for row in cells], dtype=pl.String) for name in COLUMNS])
    notes += [f"read as vCards: {len(numbers)}"]
    notes += [f"line {number} begins a list of contacts, which was left out" for number in groups[:_MOST_NAMED]]
    notes += [skipped(line.number, [line.whole]) for line in outside[:_MOST_NAMED]]
    rows = pl.Series("row", numbers, dtype=pl.UInt32)
    return table(payload, Cells(COLUMNS, frame, rows, tuple(notes), tuple(findings)), options, text=False)


def _cards(text: str, outside: list[ContentLine]) -> Iterator[_Card]:
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
            outside.append(line)
        elif not nested:
            _add(card, line)
    if card is not None:
        card.problems.append((text.count("\n") + 1, "", "the file ends before the card's END:VCARD"))
        yield card


def _add(card: _Card, line: ContentLine) -> None:
    if len(line.raw) > MOST_CHARACTERS and line.name not in UNUSED:
        words = f"the line is longer than {MOST_CHARACTERS:,} characters, so the card was not read"
        card.problems.append((line.number, line.name, words))
        card.is_unreadable = True
    elif line.name:
        card.lines.append(line)
    elif card.lines:
        before = card.lines[-1]
        card.lines[-1] = replace(before, raw=f"{before.raw}\\n{line.raw.strip()}")
        card.problems.append((line.number, line.raw.strip(), "no property of a card; read as part of the line before"))
    else:
        card.problems.append((line.number, line.raw.strip(), "no property of a card; left out"))


def _cells(card: _Card) -> dict[str, str]:
    def read(line: ContentLine, text: str) -> str:
        try:
            return line.decoded(text)
        except UnicodeError:
            value = line.guessed(text)
            card.problems.append(
                (line.number, value, "its letters don't fit its character set; read as Windows-1252: check the accents")
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
    unknown = [at for at, line in enumerate(lines) if not _is_utf8(line)]
    notes: list[str] = []
    if unknown:
        text = encoding.decode(replace(payload, data=b"\n".join(lines[at] for at in unknown)), "auto")
        notes += [f"lines that don't name their character set were {note}" for note in text.notes]
        for at, line in zip(unknown, text.whole.split("\n"), strict=True):
            lines[at] = line.encode()
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
            codec = known_codec(named[1].decode("ascii", "replace")) if named else None
        if codec is None or line.isascii():
            yield line
            continue
        try:
            yield line.decode(codec).encode()
        except UnicodeError:
            yield line
