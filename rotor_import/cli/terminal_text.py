"""Makes text safe for a terminal, and measures and cuts it by its width on the screen.

Customer data, file names, headers and Rotor's messages may contain escape sequences that move the cursor or rename the
window, and marks that reverse the text's direction. Each such character is shown by its number instead.
"""

from __future__ import annotations

import re

_HARMFUL = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters, including the 8-bit ones
    "\xad\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb"  # invisible characters
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # marks of direction
    "\u2028\u2029"  # line and paragraph separators
    "\ud800-\udfff"  # lone surrogates, from file names that are not UTF-8: no stream can encode them
    "\U000e0000-\U000e007f"  # tags
    "]"
)
_AS_WIDE_AS_LONG = re.compile("[ -~\xa0-\xac\xae-\u02ff–—‘’“”…→]*")  # noqa: RUF001 - the signs themselves
_CUT = "…"


def plain(text: str) -> str:
    """Safe text in one line: line breaks and tabs become spaces."""
    return _HARMFUL.sub(_shown, text)


def plain_lines(text: str) -> str:
    """Safe text that keeps its lines."""
    return "\n".join(plain(line) for line in text.split("\n"))


def harmless_json(text: str) -> str:
    """The same JSON, with harmful characters as JSON escapes."""
    return "\n".join(_HARMFUL.sub(_escaped, line) for line in text.split("\n"))


def width(text: str) -> int:
    """The columns that a text takes: two for wide characters, none for combining marks."""
    if _AS_WIDE_AS_LONG.fullmatch(text):
        return len(text)
    import wcwidth  # noqa: PLC0415 - most text needs no tables

    return wcwidth.width(text, control_codes="ignore")


def fitted(text: str, columns: int) -> str:
    """The text cut to a number of columns, never within a character and its marks."""
    if width(text) <= columns:
        return text
    import wcwidth  # noqa: PLC0415 - most text needs no tables

    return wcwidth.clip(text, 0, max(0, columns - 1), control_codes="ignore").rstrip() + _CUT


def padded(text: str, columns: int, *, right: bool = False) -> str:
    blank = " " * (columns - width(text))
    return blank + text if right else text + blank


def folded(text: str, columns: int, *, whole_words: bool = True) -> list[str]:
    """The text in lines of at most `columns`; a longer path or command stays in one piece, to be copied."""
    if width(text) <= columns:
        return [text]
    if _AS_WIDE_AS_LONG.fullmatch(text):
        import textwrap  # noqa: PLC0415 - most text is short

        return textwrap.wrap(text, columns, break_on_hyphens=False, break_long_words=not whole_words) or [""]
    import wcwidth  # noqa: PLC0415 - most text needs no tables

    long = not whole_words
    return wcwidth.wrap(text, columns, control_codes="ignore", break_on_hyphens=False, break_long_words=long) or [""]


def _shown(match: re.Match[str]) -> str:
    return " " if match[0] in "\t\n\r\v\f\x85\u2028\u2029" else _escaped(match)


def _escaped(match: re.Match[str]) -> str:
    """A character as JSON escapes it: two escapes for one beyond 16 bits."""
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
