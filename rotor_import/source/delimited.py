"""CSV and its kin: polars where the file is plain, record by record where it is not; both give the same cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import polars as pl

from rotor_import.model.rows import Finding, SourceOptions, SourceTable
from rotor_import.source import dialect, encoding, shape
from rotor_import.source.cells import Cells, table
from rotor_import.source.payload import Payload
from rotor_import.source.records import head, records

SHORT = "the line has fewer cells than the header; those that lack are blank"
BROKEN = "this line and its neighbour look like one line that was broken in two: join them"
PIECE = 2**22
"""So many bytes are looked at together."""
SURPLUS = "the line has more cells than the header; put a cell that holds the delimiter into quotes"


def read_delimited(payload: Payload, options: SourceOptions) -> SourceTable:
    """Raises SourceError with file, place and remedy."""
    text = encoding.decode(payload, options.encoding)
    sep, line = dialect.sep_line(text.top)
    text = text.below(line) if line else text
    delimiter = sep if sep and options.delimiter == "auto" else dialect.find_delimiter(text.top, options)
    notes = [*text.notes]
    if delimiter != ",":
        notes.append(dialect.words(delimiter))
    cells = quick(payload, text.top, text.plain, delimiter, options)
    if cells is None:
        cells = careful(payload, text.whole, delimiter, options)
    whole = Cells(cells.header, cells.frame, cells.numbers, (*notes, *cells.notes), cells.findings)
    return table(payload, whole, options, text=True)


def quick(
    payload: Payload, top: str, plain: bytes, delimiter: str, options: SourceOptions, *, piece: int = PIECE
) -> Cells | None:
    """None where anything is out of the ordinary: then each line is looked at. `top` is how the text begins."""
    if b"\r" in plain and plain.count(b"\r") != plain.count(b"\r\n"):
        return None
    rows = [[cell.strip() for cell in row] for row in head(top, delimiter, shape.LOOKED_AT)]
    if options.header_row not in (None, 1) or not rows or shape.find_header(payload.path, rows, options) != 0:
        return None
    try:
        frame = pl.read_csv(
            plain, separator=delimiter, infer_schema=False, has_header=False, skip_rows=0, empty_string_is_null=False
        )
    except pl.exceptions.PolarsError:
        return None
    if frame.width != len(rows[0]) or frame.width < 2:  # noqa: PLR2004 - one column has no delimiter to check by
        return None
    if b'"' in plain and not _is_well_quoted(plain, frame, delimiter, piece):
        return None
    if not _is_even(plain, frame, delimiter):
        return None
    frame = frame.slice(1)
    tail = [[(cell or "").strip() for cell in row] for row in frame.tail(shape.LOOKED_AT).rows()]
    if shape.footers(tail):
        return None
    return Cells(rows[0], frame, pl.int_range(2, frame.height + 2, dtype=pl.UInt32, eager=True))


def _is_even(data: bytes, frame: pl.DataFrame, delimiter: str) -> bool:
    """Whether no line is short, which polars does not tell: all delimiters, less those within cells, are counted.

    Where the last column is filled throughout, none can be. A line that is too long, polars does tell.
    """
    if data.endswith(b"\n") and (frame.to_series(-1) != "").all():
        return True
    between = data.count(delimiter.encode())
    if b'"' in data:
        holding = frame.select(pl.all().str.contains(delimiter, literal=True).any()).row(0, named=True)
        within = pl.col(name for name, holds in holding.items() if holds).str.count_matches(delimiter, literal=True)
        between -= sum(frame.select(within.sum()).row(0)) if any(holding.values()) else 0
        return bool(between == (frame.width - 1) * frame.height)
    lines = frame.height
    if between != (frame.width - 1) * lines:
        lines -= data.removesuffix(b"\n").replace(b"\r\n", b"\n").split(b"\n").count(b"")
    return between == (frame.width - 1) * lines


def _is_well_quoted(data: bytes, frame: pl.DataFrame, delimiter: str, piece: int) -> bool:
    """Whether polars and Python's csv cannot but agree: quotes only around whole cells, or doubled within them.

    Where no cell that polars read has a quote left, each stood around a whole cell.
    """
    if data.count(b'"') % 2:
        return False
    if not any(frame.select(pl.all().str.contains('"', literal=True).any()).row(0)):
        return True
    mark = re.escape(delimiter)
    cell = rf'"(?:[^"]|"")*"|[^"\r\n{mark}]*'
    whole = rf"\A(?:(?:{cell})(?:{mark}|\r?\n))*(?:{cell})\z"
    pieces = (pl.Series([one], dtype=pl.Binary).cast(pl.String) for one in _pieces(data, piece))
    return all(one.str.contains(whole).item() for one in pieces)


def _pieces(data: bytes, least: int) -> Iterator[bytes]:
    """Whole lines, cut where no quote is open if all before are well placed."""
    start = 0
    while start < len(data):
        end, is_open, at = start, False, start + least
        while end == start or (is_open and end < len(data)):
            after = data.find(b"\n", at) + 1 or len(data)
            is_open ^= bool(data.count(b'"', end, after) % 2)
            end = at = after
        yield data[start:end]
        start = end


def careful(payload: Payload, text: str, delimiter: str, options: SourceOptions) -> Cells:
    rows = [[cell.strip() for cell in row] for row in records(payload.path, text, delimiter)]
    at = shape.find_header(payload.path, rows, options)
    width = len(rows[at])
    body = rows[at + 1 :]
    padded = [row + [""] * (width - len(row)) for row in body[-shape.LOOKED_AT :]]
    first = len(body) - len(padded)
    ends = [first + index for index in shape.footers(padded)]
    skipped = [*enumerate(rows[:at], start=1), *((index + at + 2, body[index]) for index in ends)]
    notes = [shape.skipped(number, row) for number, row in skipped if any(row)]
    if at:
        notes.insert(0, f"the header is in row {at + 1}")
    for index in ends:
        body[index] = []
    findings = _ragged(body, at + 2, width)
    columns = list(zip(*((row[:width] + [""] * (width - len(row))) for row in body), strict=True))
    frame = pl.DataFrame(
        [pl.Series(f"c{index}", columns[index] if columns else [], dtype=pl.String) for index in range(width)]
    )
    numbers = pl.int_range(at + 2, at + 2 + len(body), dtype=pl.UInt32, eager=True)
    return Cells(rows[at], frame, numbers, tuple(notes), tuple(findings))


def _ragged(body: Sequence[Sequence[str]], start: int, width: int) -> list[Finding]:
    """Lines that do not fit the header, by number; `start` is the first one's."""
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
