"""CSV and similar: polars reads regular files, Python's csv reads the others; both give the same cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import polars as pl

from rotor_import.errors import SourceError
from rotor_import.model.rows import Finding, SourceOptions, SourceTable
from rotor_import.source import bounds, dialect, encoding, shape
from rotor_import.source.cells import Cells, table
from rotor_import.source.grammar import Count, Form, Grammar, Look
from rotor_import.source.payload import Payload
from rotor_import.source.records import head, records
from rotor_import.source.stray_quotes import cells_of

SHORT = "fewer cells than the header has; the missing ones are blank"
BROKEN = "this line and the one next to it look like one line that was split in two: join them"
SURPLUS = "more cells than the header has; put quotes around a cell that contains the delimiter"
STRAY_QUOTE = "a quote inside a cell isn't doubled; the row was read in the only way that fits the header"
UNREADABLE_QUOTES = (
    "a quote inside a cell isn't doubled, so it's unclear where cells end; double each quote inside a cell"
)
PIECE = 2**19
"""How many bytes are checked at a time; a larger file is checked while polars parses it."""


@dataclass(frozen=True)
class Layout:
    """A text and its delimiter. `is_sure` means that it was decoded, not just assumed to be UTF-8."""

    text: encoding.Text
    delimiter: str
    notes: tuple[str, ...] = ()
    is_sure: bool = True

    @classmethod
    def of(cls, text: encoding.Text, options: SourceOptions, *, is_sure: bool) -> Layout:
        sep, line = dialect.sep_line(text.top)
        text = text.below(line) if line else text
        delimiter = sep if sep and options.delimiter == "auto" else dialect.find_delimiter(text.top, options)
        words = () if delimiter == "," else (dialect.words(delimiter),)
        return cls(text, delimiter, (*text.notes, *words), is_sure)


def read_delimited(payload: Payload, options: SourceOptions) -> SourceTable:
    """Raises SourceError with file, place and remedy."""
    bounds.refuse_lines(payload.path, payload.data)
    cells, seen = None, None
    if presumed := encoding.presumed(payload, options.encoding):
        with suppress(SourceError):
            layout = Layout.of(presumed, options, is_sure=False)
            cells, seen = quick(payload, layout, options), layout.text.plain
    if cells is None:
        layout = Layout.of(encoding.decode(payload, options.encoding), options, is_sure=True)
        cells = None if layout.text.plain is seen else quick(payload, layout, options)
    cells = cells or careful(payload, layout, options)
    bounds.refuse_long_cells(payload.path, cells.frame, cells.numbers)
    return table(payload, replace(cells, notes=(*layout.notes, *cells.notes)), options, text=True)


def quick(payload: Payload, layout: Layout, options: SourceOptions, *, piece: int = PIECE) -> Cells | None:
    """The cells as polars reads them, or None if anything is unusual and each line needs a look."""
    plain = layout.text.plain
    if layout.is_sure and b"\r" in plain and plain.count(b"\r") != plain.count(b"\r\n"):
        return None
    rows = [[cell.strip() for cell in row] for row in head(layout.text.top, layout.delimiter, shape.LOOKED_AT)]
    if options.header_row not in (None, 1) or not rows or shape.find_header(payload.path, rows, options) != 0:
        return None
    width = len(rows[0])
    is_cut = len(rows) == 1 and plain.count(b"\n") > 1  # the header alone is longer than what was looked at
    if is_cut or width < 2 or not layout.delimiter.isascii():  # noqa: PLR2004 - one column has no delimiter to check
        return None
    look = Look(plain, Grammar(layout.delimiter, width, is_sure=layout.is_sure), piece)
    frame, form = None, Form.ODD
    if look.grammar.best is not Form.LOOSE or _is_even(look):  # a wide header and short lines take polars long
        frame, form = _at_once(payload, look) if len(plain) > piece else _in_turn(look)
    if frame is None or frame.width != width or form is Form.ODD:
        return None
    if form is Form.LOOSE and not Count.of(plain, layout.delimiter, piece).fits(frame):
        return None
    frame = frame.slice(1)
    tail = [[(cell or "").strip() for cell in row] for row in frame.tail(shape.LOOKED_AT).rows()]
    if shape.footers(tail):
        return None
    numbers = pl.int_range(2, frame.height + 2, dtype=pl.UInt32, eager=True)
    return Cells(rows[0], frame, numbers, is_tidy=form is Form.TIDY)


def _is_even(look: Look) -> bool:
    grammar = look.grammar
    try:
        return Count.of(look.data, grammar.delimiter, PIECE).is_even(grammar.width)
    except pl.exceptions.PolarsError:  # it was presumed to be UTF-8, and is not
        return False


def _parsed(look: Look) -> pl.DataFrame | None:
    """The frame that polars reads. Lines that are too short were ruled out before; polars refuses those too long."""
    try:
        return pl.read_csv(look.data, separator=look.grammar.delimiter, infer_schema=False, has_header=False)
    except pl.exceptions.PolarsError:
        return None


def _in_turn(look: Look) -> tuple[pl.DataFrame | None, Form]:
    form = look.form()
    return None if form is Form.ODD else _parsed(look), form


def _at_once(payload: Payload, look: Look) -> tuple[pl.DataFrame | None, Form]:
    """Parse, check and hash at the same time: polars does not keep all threads busy."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - a small file needs none

    with ThreadPoolExecutor(pl.thread_pool_size() + 1) as pool:
        parsing = pool.submit(_parsed, look)
        pool.submit(getattr, payload, "sha256")
        form = look.form(pool.map)
        return parsing.result(), form


def careful(payload: Payload, layout: Layout, options: SourceOptions) -> Cells:
    stray: dict[int, str] = {}
    found = records(payload.path, layout.text.whole, layout.delimiter, stray)
    rows = [[cell.strip() for cell in cells] for cells in found]
    at = shape.find_header(payload.path, rows, options)
    width = len(rows[at])
    bounds.refuse_wide(payload.path, at + 1, rows[at])
    body = rows[at + 1 :]
    bounds.refuse_padding(payload.path, width, body)
    lines = {number: line for number, line in stray.items() if number > at + 1}
    unclear = list(_stray(lines, at + 2, layout.delimiter, width, body))
    padded = [row + [""] * (width - len(row)) for row in body[-shape.LOOKED_AT :]]
    first = len(body) - len(padded)
    ends = [first + index for index in shape.footers(padded)]
    skipped = [*enumerate(rows[:at], start=1), *((index + at + 2, body[index]) for index in ends)]
    notes = [shape.skipped(number, row) for number, row in skipped if any(row)]
    if at:
        notes.insert(0, f"the header is in row {at + 1}")
    for index in ends:
        body[index] = []
    rejected = {one.row for one in unclear if one.rejected}
    findings = [*unclear, *(one for one in _ragged(body, at + 2, width) if one.row not in rejected)]
    columns = list(zip(*((row[:width] + [""] * (width - len(row))) for row in body), strict=True))
    frame = pl.DataFrame(
        [pl.Series(f"c{index}", columns[index] if columns else [], dtype=pl.String) for index in range(width)]
    )
    numbers = pl.int_range(at + 2, at + 2 + len(body), dtype=pl.UInt32, eager=True)
    return Cells(rows[at], frame, numbers, tuple(notes), tuple(findings))


def _stray(
    lines: Mapping[int, str], start: int, delimiter: str, width: int, body: list[list[str]]
) -> Iterator[Finding]:
    """Findings about lines with stray quotes; their cells in `body` are replaced by the only ones they can be.

    A line that can't be read in just one way is rejected, with its own text. `start` is the number of the first line.
    """
    for number, line in lines.items():
        cells = cells_of(line, delimiter, width)
        reason = UNREADABLE_QUOTES if cells is None else STRAY_QUOTE
        yield Finding(number, "", line, reason, rejected=cells is None)
        own = line.split(delimiter)[:width] if cells is None else cells
        body[number - start] = [cell.strip() for cell in own]


def _ragged(body: Sequence[Sequence[str]], start: int, width: int) -> list[Finding]:
    """Findings about lines that do not fit the header; `start` is the number of the first line."""
    lengths = {len(row) for row in body if any(row)}
    enough = min(width, *lengths) if len(lengths) == 1 else width
    found: list[Finding] = []
    before = 0
    for number, row in enumerate(body, start=start):
        short = any(row) and len(row) < enough
        if any(row[width:]):
            found.append(Finding(number, "", " | ".join(filter(None, row[width:])), SURPLUS, rejected=True))
        elif short and before and before + len(row) == width + 1:
            found[-1:] = [Finding(one, "", "", BROKEN, rejected=True) for one in (number - 1, number)]
            short = False
        elif short:
            found.append(Finding(number, "", "", SHORT, rejected=False))
        before = len(row) if short else 0
    return found
