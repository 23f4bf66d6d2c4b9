"""Bytes → text, with a note about the encoding."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from rotor_import.errors import SourceError
from rotor_import.source.payload import Payload
from rotor_import.source.records import TOP

_MARKED_UTF8 = "UTF-8 with a byte order mark"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8", _MARKED_UTF8),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_FOREIGN_BYTES = re.compile(rb"[\x80-\xff]+")
_UTF8_RUN = re.compile(rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2})+")
_PARTLY = 0.25
_PADDING = re.compile(r"(?:(?<=[,;\t|\r\n \"])|^)\0+|\0+(?=[,;\t|\r\n \"]|$)")
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1f]")
_CONTROL_BYTES = bytes([*range(0x09), *range(0x0E, 0x20)])
PIECE = 2**16
"""How many bytes are checked at a time."""
_WIDEST = 4
"""The most bytes that one character takes in UTF-8."""
_MOST_CONTROLS = 0.005
_REMEDY = "Save it as CSV UTF-8, or set its encoding in the mapping: `source: {encoding: …}`."


@dataclass(frozen=True)
class Text:
    """A text as UTF-8 in `plain`. A str may take four times as much memory, so it is made on demand."""

    plain: bytes
    notes: tuple[str, ...] = ()

    @cached_property
    def whole(self) -> str:
        return self.plain.decode()

    @cached_property
    def top(self) -> str:
        """The first characters."""
        return self.plain[: TOP * _WIDEST].decode("utf-8", "ignore")[:TOP]

    def below(self, opening: str) -> Text:
        """The rest after the opening."""
        return Text(self.plain[len(opening.encode()) :], self.notes)


def presumed(payload: Payload, encoding: str) -> Text | None:
    """What `decode` returns if all of it is UTF-8 without control characters, which is not checked here."""
    data = payload.data
    notes: tuple[str, ...] = ()
    if encoding == "auto" and data.startswith(codecs.BOM_UTF8):
        data, notes = data[len(codecs.BOM_UTF8) :], (f"read as {_MARKED_UTF8}",)
    is_other = encoding not in ("auto", "utf-8") or data.startswith(tuple(mark for mark, _, _ in _BOMS)) or _wide(data)
    return None if is_other else Text(data, notes)


def decode(payload: Payload, encoding: str) -> Text:
    """Raises SourceError with the first line that cannot be decoded."""
    data = payload.data
    for mark, codec, words in _BOMS:
        if data.startswith(mark) and encoding == "auto":
            rest, note = data[len(mark) :], f"read as {words}"
            if codec == "utf-8" and _is_clean(rest):
                return Text(rest, (note,))
            return _finished(payload, _strict(payload, rest, codec), note)
    if encoding != "auto":
        return _named(payload, encoding)
    if wide := _wide(data):
        return _finished(payload, _strict(payload, data, wide), "read as UTF-16 without a byte order mark")
    if _is_clean(data):
        return Text(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _finished(payload, *_guessed(payload, error))
    return _finished(payload, text, "")


def _is_clean(data: bytes) -> bool:
    """Whether it is UTF-8 without a byte order mark or control characters; checked in pieces to save memory."""
    reader = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(data), PIECE):
            piece = data[at : at + PIECE]
            if len(piece.translate(None, _CONTROL_BYTES)) != len(piece):
                return False
            reader.decode(piece)
        reader.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return not data.startswith(codecs.BOM_UTF8)


def _named(payload: Payload, encoding: str) -> Text:
    try:
        codec = codecs.lookup(encoding).name
        "".encode(codec)
    except LookupError:
        raise SourceError(
            f"{payload.path}: there is no encoding called {encoding!r}. Try utf-8, cp1252 or utf-16."
        ) from None
    data = payload.data
    for mark, known, _ in _BOMS:
        if data.startswith(mark) and codec in (known, known[:6]):
            return _finished(payload, _strict(payload, data[len(mark) :], known), "")
    return _finished(payload, _strict(payload, data, codec), "")


def _strict(payload: Payload, data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(codec, "replace").count("\n") + 1
        raise SourceError(f"{payload.path}, line {line}: this can't be read as {codec.upper()}. {_REMEDY}") from None
    except UnicodeError:
        raise SourceError(f"{payload.path}: this can't be read as {codec.upper()}. {_REMEDY}") from None


def _wide(data: bytes) -> str | None:
    """The UTF-16 codec if NUL bytes stand at every other position."""
    sample = data[: 2**16 & ~1]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = max(len(sample) // 2, 1)
    if odd > half * 0.4 and even < odd * 0.1:
        return "utf-16-le"
    if even > half * 0.4 and odd < even * 0.1:
        return "utf-16-be"
    return None


def _guessed(payload: Payload, error: UnicodeDecodeError) -> tuple[str, str]:
    data = payload.data
    line = data.count(b"\n", 0, error.start) + 1
    if _is_partly_utf8(data):
        raise SourceError(
            f"{payload.path}, line {line}: this can't be read as UTF-8, though other letters in the file can. {_REMEDY}"
        )
    from rotor_import.source.guess import guess  # noqa: PLC0415 - rare, and slow to load

    found = guess(data)
    if found is None:
        raise SourceError(f"{payload.path}, line {line}: this is neither UTF-8 nor another known encoding. {_REMEDY}")
    codec, name = found
    return _strict(payload, data, codec), (
        f"read as {name}, which is a guess: if the letters in line {line} look wrong, "
        "name the encoding in the mapping: `source: {encoding: …}`"
    )


def _is_partly_utf8(data: bytes) -> bool:
    """Whether many letters beyond ASCII are UTF-8. In another encoding two letters rarely look like one of UTF-8."""
    runs = known = 0
    for run in _FOREIGN_BYTES.finditer(data):  # there may be as many as letters
        runs += 1
        known += bool(_UTF8_RUN.fullmatch(run[0]))
    return known >= runs * _PARTLY


def _finished(payload: Payload, text: str, words: str) -> Text:
    """The text without NUL bytes that pad a cell or the file; a NUL within a word means that it is not text."""
    notes = [words] if words else []
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        cleaned = _PADDING.sub("", text)
        if "\0" in cleaned:
            line = cleaned.count("\n", 0, cleaned.index("\0")) + 1
            raise SourceError(f"{payload.path}, line {line}: this isn't text (it contains a NUL byte). {_REMEDY}")
        notes.append(f"{len(text) - len(cleaned)} NUL bytes used as padding were left out")
        text = cleaned
    if next(islice(_CONTROL.finditer(text), int(_MOST_CONTROLS * len(text)), None), None):
        raise SourceError(f"{payload.path} isn't text: it contains control characters. Export it as CSV or XLSX.")
    try:
        return Text(text.encode(), tuple(notes))
    except UnicodeEncodeError:
        raise SourceError(f"{payload.path}: this can't be read as text in that encoding. {_REMEDY}") from None
