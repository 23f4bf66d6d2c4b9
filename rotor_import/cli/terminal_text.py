"""Text that a terminal may be given: able to do nothing but be read, and as wide as it is shown.

Customers' data, file names, a file's headers and Rotor's own words may hold escape sequences that move the cursor or
rename the window, and marks that turn the text around. Each such character is shown by its number instead.
"""

from __future__ import annotations

import re

_HARMFUL = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters, those of eight bits too
    "\xad\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb"  # what is not seen
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # what turns the direction around
    "\u2028\u2029"  # ends of lines
    "\ud800-\udfff"  # halves of a character, as in file names that are not UTF-8: no stream takes them
    "\U000e0000-\U000e007f"  # tags
    "]"
)
_AS_WIDE_AS_LONG = re.compile("[ -~\xa0-\xac\xae-\u02ff–—‘’“”…→]*")  # noqa: RUF001 - the signs themselves
_CUT = "…"


def plain(text: str) -> str:
    """One line: ends of lines and tabs are spaces."""
    return _HARMFUL.sub(_shown, text)


def plain_lines(text: str) -> str:
    """The same of several lines."""
    return "\n".join(plain(line) for line in text.split("\n"))


def harmless_json(text: str) -> str:
    """JSON that says the same, with each character that a terminal could act on as an escape of JSON's own."""
    return "\n".join(_HARMFUL.sub(_escaped, line) for line in text.split("\n"))


def width(text: str) -> int:
    """Columns on the terminal: wide characters take two, marks on another none."""
    if _AS_WIDE_AS_LONG.fullmatch(text):
        return len(text)
    import wcwidth  # noqa: PLC0415 - most text needs no tables

    return wcwidth.width(text, control_codes="ignore")


def fitted(text: str, columns: int) -> str:
    """`text`, cut where it is wider than so many columns; never in the midst of a character and its marks."""
    if width(text) <= columns:
        return text
    import wcwidth  # noqa: PLC0415 - most text needs no tables

    return wcwidth.clip(text, 0, max(0, columns - 1), control_codes="ignore").rstrip() + _CUT


def padded(text: str, columns: int, *, right: bool = False) -> str:
    blank = " " * (columns - width(text))
    return blank + text if right else text + blank


def folded(text: str, columns: int, *, whole_words: bool = True) -> list[str]:
    """Lines of at most so many columns, at least one; a path or a command that is longer stays one word to copy."""
    if width(text) <= columns:
        return [text]
    if _AS_WIDE_AS_LONG.fullmatch(text):
        import textwrap  # noqa: PLC0415 - most text is short

        return textwrap.wrap(text, columns, break_on_hyphens=False, break_long_words=not whole_words) or [""]
    import wcwidth  # noqa: PLC0415 - most text needs no tables

    long = not whole_words
    return wcwidth.wrap(text, columns, control_codes="ignore", break_on_hyphens=False, break_long_words=long) or [""]


def _shown(found: re.Match[str]) -> str:
    return " " if found[0] in "\t\n\r\v\f\x85\u2028\u2029" else _escaped(found)


def _escaped(found: re.Match[str]) -> str:
    """As JSON writes characters by number, so that a line of JSON stays one: in two halves where it is a large one."""
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
