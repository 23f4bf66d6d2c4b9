"""The lines of a vCard file: folded ones joined, each with its group, name, parameters and decoded value."""

from __future__ import annotations

import codecs
import quopri
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import repeat
from types import MappingProxyType

_ENDS = re.compile(r"\r+\n?|\n")
"""One end of a line, or several that are carriage returns alone."""
_PARAMETER = r'(?:[^":;]|"[^"]*")*'
_LINE = re.compile(rf"(?:([\w-]+)\.)?([\w-]+)[ \t]*((?:;{_PARAMETER})*):(.*)", re.DOTALL)
_ODD_QUOTES = re.compile(r"(?:([\w-]+)\.)?([\w-]+)((?:;[^:]*)?):(.*)", re.DOTALL)
"""A line whose parameters open a quote and never close it."""
_PARAMETERS = re.compile(r';((?:[^";]|"[^"]*")*)')
_VALUES = re.compile(r'"([^"]*)"|([^,"]+)')
_QUOTED_PRINTABLE = re.compile(r"^[^:]*\bquoted-printable\b[^:]*:", re.IGNORECASE)
_HEX = re.compile(r"=[0-9A-Fa-f]{2}")
_BASE64 = re.compile(r"^[^:]*;(?:encoding=)?b(?:ase64)?(?:;[^:]*)?:", re.IGNORECASE)
_BINARY_NAME = re.compile(r"^(?:[\w-]+\.)?(?:photo|logo|sound|key)\b", re.IGNORECASE)
_NO_CHARSETS = frozenset(("punycode", "idna", "unicode_escape", "raw_unicode_escape"))
"""What Python decodes too, though no card is written in it; some takes time squared."""
_ENCODINGS = frozenset(("QUOTED-PRINTABLE", "BASE64", "B", "8BIT", "7BIT"))
_FULL_LINE = 73
"""Where vCard 3.0 folds: such a line may end within a word, a shorter one of vCard 2.1 ends between two."""
_SHORT = 200
"""How long parameters may be to be kept for the next card."""
MOST_CHARACTERS = 2**20
"""The longest line that is read, pictures aside."""


@dataclass(frozen=True, slots=True)
class ContentLine:
    """One property. `number` is its first line in the file, `name` is in capitals, '' if it is no property at all.

    `types` are in capitals: HOME, CELL and so on. `parameters` are the others, by their names in capitals. `raw` is
    the value with its escapes and its encoding.
    """

    number: int
    name: str
    raw: str
    group: str = ""
    types: frozenset[str] = frozenset()
    parameters: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""

    @property
    def whole(self) -> str:
        """The line without its group and parameters, for messages."""
        return f"{self.name}:{self.raw}" if self.name else self.raw

    @property
    def is_preferred(self) -> bool:
        return "PREF" in self.types or "PREF" in self.parameters

    def decoded(self, text: str) -> str:
        """A part of the raw value as text. Raises UnicodeError if its bytes don't fit its character set."""
        if self.encoding != "QUOTED-PRINTABLE":
            return text
        codec = known_codec(self.parameters.get("CHARSET", "")) or "utf-8"
        if not text.isascii():
            codec = "utf-8"  # the letters that stand as they are were decoded with the file
        decoded = _quoted_bytes(text).decode(codec)
        decoded.encode()  # UTF-7 may stand for half a letter, which is no text
        return decoded

    def guessed(self, text: str) -> str:
        """The text where its bytes don't fit: as Windows-1252."""
        return _quoted_bytes(text).decode("cp1252", "replace")


def _quoted_bytes(text: str) -> bytes:
    return quopri.decodestring(text.replace("=\n", "").encode("utf-8"))


def known_codec(name: str) -> str | None:
    """The codec that a CHARSET parameter names, None if there is none of that name."""
    try:
        codec = codecs.lookup(name.strip("\"' "))
        "".encode(codec.name)
    except (LookupError, ValueError):
        return None
    return None if codec.name.replace("-", "_") in _NO_CHARSETS else codec.name


def content_lines(text: str) -> Iterator[ContentLine]:
    """Every property of the file, in order. A picture's value is left out: it may be longer than all the rest."""
    for number, whole in _logical_lines(text):
        yield _parsed(number, whole)


@dataclass
class _Folded:
    """A line as far as it has been read. `is_old` is vCard 2.1, which folds only between words."""

    number: int
    parts: list[str]
    is_old: bool
    is_quoted: bool
    is_binary: bool

    @classmethod
    def begun(cls, number: int, line: str, *, is_old: bool) -> _Folded:
        if ":" not in line:  # the patterns would look for it again from each semicolon
            return cls(number, [line], is_old, is_quoted=False, is_binary=False)
        binary = bool(_BASE64.match(line)) or bool(_BINARY_NAME.match(line) and "," in line)
        start = line[: line.index(":") + 1] if binary else line
        return cls(number, [start], is_old, bool(_QUOTED_PRINTABLE.match(line)), binary)

    def goes_on_with(self, line: str) -> bool:
        """Whether the next line of the file belongs to this one; if so, it is added."""
        is_indented = line[:1] in (" ", "\t") and bool(line.strip())
        if self.is_binary:
            return bool(line.strip()) and (is_indented or ":" not in line)
        if self.is_quoted and self.parts[-1].endswith("="):
            self.parts.append("\n" + line)
        elif self.is_quoted and _HEX.match(line):
            self.parts.append(line)
        elif not is_indented:
            return False
        elif self.is_old and not self.is_quoted and len(self.parts[-1]) < _FULL_LINE:
            self.parts.append(" " + line.lstrip(" \t"))
        else:
            self.parts.append(line[1:])
        return True


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Unfolded lines, each with the number of its first line."""
    open_line: _Folded | None = None
    is_old = False
    for number, line in enumerate(_physical_lines(text), start=1):
        if open_line is not None and open_line.goes_on_with(line):
            continue
        if open_line is not None:
            yield open_line.number, "".join(open_line.parts)
        open_line = None
        if line[:8].upper() == "VERSION:":
            is_old = line[8:].strip().startswith("2")
        if line.strip():
            open_line = _Folded.begun(number, line, is_old=is_old)
    if open_line is not None:
        yield open_line.number, "".join(open_line.parts)


def _physical_lines(text: str) -> Iterator[str]:
    at = 0
    for ends in _ENDS.finditer(text):
        yield text[at : ends.start()]
        if ends[0][-1] == "\r":
            yield from repeat("", len(ends[0]) - 1)
        at = ends.end()
    yield text[at:]


def _parsed(number: int, whole: str) -> ContentLine:
    match = _LINE.fullmatch(whole) or _ODD_QUOTES.fullmatch(whole)
    if match is None:
        return ContentLine(number, "", whole)
    group, name, parameters, value = match.groups()
    read = _parameters if len(parameters) < _SHORT else _parameters.__wrapped__
    types, others, encoding = read(parameters)
    return ContentLine(number, name.upper(), value, (group or "").upper(), types, others, encoding)


@lru_cache(maxsize=1 << 12)
def _parameters(text: str) -> tuple[frozenset[str], Mapping[str, str], str]:
    """The types, the other parameters and the encoding. Cards repeat a few hundred of these, so they are cached."""
    types: set[str] = set()
    others: dict[str, str] = {}
    encoding = ""
    for parameter in _PARAMETERS.findall(text):
        key, equals, given = parameter.partition("=")
        values = [quoted or plain for quoted, plain in _VALUES.findall(given if equals else key)]
        key = key.strip().upper() if equals else "TYPE"
        words = [word.strip() for one in values for word in (one.split(",") if key == "TYPE" else [one])]
        if key == "ENCODING" or (key == "TYPE" and not equals and words and words[0].upper() in _ENCODINGS):
            encoding = words[0].upper() if words else ""
        elif key == "TYPE":
            types.update(word.upper() for word in words if word)
        else:
            others[key] = ",".join(words)
    return frozenset(types), MappingProxyType(others), encoding


_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def unescaped(text: str) -> str:
    r"""The text without the backslashes before commas, semicolons, colons and quotes; `\n` is a line break."""
    text = text.replace("\r\n", "\n")
    if "\\" not in text:
        return text.strip()
    return _ESCAPED.sub(
        lambda found: "\n" if found[1] in "nN" else found[1] if found[1] in '\\,;:"' else found[0], text
    ).strip()


def pieces(text: str, separator: str) -> list[str]:
    """The text split at each separator that has no backslash before it."""
    if "\\" not in text:
        return text.split(separator)
    return list(re.findall(rf"(?:^|{separator})((?:\\.|[^\\{separator}])*\\?)", text, re.DOTALL))
