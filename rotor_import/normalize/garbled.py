"""Text that was UTF-8 and was read as another encoding, which makes `BjÃ¶rn` of Björn: found, and read again."""

from __future__ import annotations

import re
from contextlib import suppress


def _tails(codec: str) -> str:
    """The characters that an encoding shows for the continuation bytes of a UTF-8 letter, for a regular expression."""
    return re.escape(bytes(range(0x80, 0xC0)).decode(codec, "ignore"))


_TAIL = "\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
_CENTRAL, _MAC, _OLD_DOS = map(_tails, ("cp1250", "mac_roman", "cp437"))
_DOS = f"{_OLD_DOS}{_tails('cp850')}{_tails('cp852')}"
_CERTAIN = (
    *(rf"[ÂÃ][{_TAIL}]", rf"â[€„][{_TAIL}]", "ðŸ", "ï»¿", rf"[a-zß-ÿ][ÄÅ][{_TAIL}]", rf"(?:[À-ß][{_TAIL}]){{2}}"),
    *(r"[À-ÿĂĹ][\u0080-\u009f]", r"[a-z]Ã(?:$| )", r"Ã\?[A-Za-z]"),  # the last ones have lost a byte
    *(rf"[¬√ƒ≈][{_MAC}]", rf"\u201a[ÄÅÇ][{_MAC}]", rf"(?:[\u2013\u2014][{_MAC}]){{2}}"),
    *(rf"[┬├─┼][{_DOS}]", rf"[ÔΓ][ÇäÉ][{_DOS}]", rf"(?:[╨╤][{_OLD_DOS}]){{2}}"),
)
_POSSIBLE = (rf"[ĂÄĹ][{_CENTRAL}]", rf"[À-Þ][{_TAIL}][a-zß-ÿ]", rf"(?:[ĐŃ][{_CENTRAL}]){{2}}")
"""What may also be letters of Central Europe side by side."""
MOJIBAKE_OR_LOST = "|".join((*_CERTAIN, *_POSSIBLE, r"\x{FFFD}"))

_SUSPICIOUS = re.compile("|".join((*_CERTAIN, *_POSSIBLE)))
_GARBLED = re.compile("|".join(_CERTAIN))
_LETTER_WITHOUT_END = re.compile(r"(?<=[a-z])Ã$")
_CODECS = (
    *("sloppy-windows-1252", "latin-1", "mac_roman", "cp850", "cp437", "sloppy-windows-1250", "cp852", "iso-8859-2"),
)
_UNLIKELY = re.compile(
    "[\x7f-\x9f\u0180-\u0217\u021c-\u036f\ufffd]"  # control characters, phonetic letters, accents that stand alone
    "|[ĈĉĜĝĤĥĴĵŜŝŬŭĸŉſŦŧĦħŊŋ\u00d7\u00f7]"  # letters of small languages, and signs that stand in no name
    "|[A-Z][ß-öø-ÿ\u0101\u0103\u0105\u0107\u0119\u0142\u0144\u015b\u017a\u017c][A-Z]"  # a small letter among capitals
    "|[a-z][À-ÖØ-Þ](?:[a-z]|$)"  # a capital among small letters
)
_MOST_TIMES = 4


def ungarbled(text: str) -> str | None:
    """The text as it was, the same one where nothing is garbled; None if it is garbled and cannot be read again."""
    if not _SUSPICIOUS.search(text):
        return text
    import ftfy.bad_codecs  # noqa: PLC0415 - slow to load; it makes known the encodings whose names begin with sloppy

    was = text
    for _ in range(_MOST_TIMES):
        if not _SUSPICIOUS.search(was):
            return was
        whole = _LETTER_WITHOUT_END.sub("Ã\u00a0", was)
        found = _readings(whole)
        if len(found) > 1:
            found &= {ftfy.fix_encoding(whole)}
        elif not found and was == text and not _is_garbled(was):
            return was
        if not found:
            return None
        was = found.pop()
    return None


def _readings(text: str) -> set[str]:
    """What the text may have been: it is UTF-8 in some encoding, and what comes out may be text."""
    found = set()
    for codec in _CODECS:
        with suppress(UnicodeError):
            found.add(text.encode(codec).decode("utf-8"))
    return {one for one in found if one != text and not _UNLIKELY.search(one)}


def _is_garbled(text: str) -> bool:
    """Whether the signs of it are certain, or ftfy says so: Central European letters may stand side by side."""
    from ftfy.badness import is_bad  # noqa: PLC0415 - rare, and slow to load

    return bool(_GARBLED.search(text)) or bool(is_bad(text))
