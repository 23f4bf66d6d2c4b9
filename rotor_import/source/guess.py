"""Guesses the encoding of a text that is not UTF-8: Windows-1252, unless its words are better ones in another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from rotor_import.source.alphabets import ALPHABETS, LETTER_BY_LETTER

WESTERN = "cp1252"
_CODECS = (*ALPHABETS, *LETTER_BY_LETTER)
_NAMES = {
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp1257": "Windows-1257 (Baltic)",
    "mac-roman": "Mac Roman",
    "cp932": "Shift JIS",
    "euc_jis_2004": "EUC-JP",
    "gb18030": "GB 18030",
    "big5hkscs": "Big5",
    "cp949": "Korean (cp949)",
}
_MOST_LINES = 4000
_MOST_BYTES = 150_000
_MOST_OF_A_LINE = 8000
_WORD_ENDS = (b" ", b",", b";", b"\t", b'"')
"""Bytes that end a word and are part of no letter in any encoding."""
_LINE_ENDS = (b"\n", b"\r")
_FOREIGN = re.compile(rb"[\x80-\xff][^\r\n]*")
"""The rest of a line from its first letter beyond ASCII on."""
_HOLDS = 0.8
"""The least share of words that have to be words under an encoding."""
_CERTAIN = 0.1
"""A likelihood that texts reach only in scripts other than Latin."""
_UNITED = 0.9
"""The least share of words that one language has to explain, if Windows-1252 holds too: lists of names of many
languages are common, but all of them are Western then."""
_BETTER = 0.1
"""By how much more of the words one language has to explain to be the better explanation."""
_ONE_WORD, _WORDS, _BETTER_WORDS = 2.5, 1.6, 1.05
"""How much likelier another encoding has to be: by one word alone, by several, by several that it explains better."""
_PREFERRED = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("iso8859-15", "iso8859-2", "iso8859-5", "iso8859-7", "iso8859-13", "koi8-r", "koi8-u"),
)
"""The encodings of Windows and Unix. Those of DOS and of old Macs are for texts that make no sense in these."""
_WITHIN = "’´‘'`·-–—\u00a0\u00ad"  # noqa: RUF001 - the apostrophes and dashes that stand in names
_AFTER = "”…™®©ªº»²³°%"
_BEFORE = "“„«¿¡#"
_ALONE = "½¼¾\u00d7€£¢¥§•±¹÷¬¦"
_NO_LETTERS = "ªºµƒˆ"
_NO_WORD = frozenset("\0")
_LATIN = re.compile(r"[A-Za-z]")
_UNUSED = re.compile(r"[\x80-\x9f\ue000-\uf8ff]")
_OTHER_SCRIPT = re.compile("[\u0370-\u1dff]")
_SPLIT = re.compile(r"[\s\x00-\x26\x28-\x2c\x2e-\x40\[-`{-\x7f\u00a0–—-]+")  # noqa: RUF001 - dashes part words


@dataclass(frozen=True)
class _Reading:
    """The text as one encoding shows it; `likelihood` is what chardet says of it."""

    codec: str
    likelihood: float
    text: str

    @cached_property
    def words(self) -> set[str]:
        return {word for word in _SPLIT.split(self.text) if not word.isascii()}

    @cached_property
    def sound(self) -> float:
        """The share of words that some language of the encoding may have."""
        if self.codec in LETTER_BY_LETTER:
            return _share([_is_east_asian(word) for word in self.words])
        return _share([any(letters <= own for own in self._alphabets) for letters in self._letters])

    @cached_property
    def united(self) -> float:
        """The share of words that one and the same language may have."""
        return max((_share([letters <= own for letters in self._letters]) for own in self._alphabets), default=0)

    @property
    def _alphabets(self) -> list[frozenset[str]]:
        return [frozenset(letters) for letters in ALPHABETS.get(self.codec, {}).values()]

    @cached_property
    def _letters(self) -> list[frozenset[str]]:
        return [_foreign_letters(word) for word in self.words]


def _share(words: Sequence[bool]) -> float:
    return sum(words) / max(len(words), 1)


def guess(data: bytes) -> tuple[str, str] | None:
    """The codec and its name in words; None if the text makes no sense in any."""
    readings = _readings(_sample(data))
    western = next((one for one in readings if one.codec == WESTERN), None)
    others = [one for one in readings if western is None or one.text != western.text]
    if western and western.sound >= _HOLDS:
        rivals = [one for one in others if one.sound >= _HOLDS and one.codec in _PREFERRED]
        best: _Reading | None = _likeliest([one for one in rivals if _is_better(one, western)]) or western
    else:
        sound = [one for one in readings if one.sound >= _HOLDS]
        certain = [one for one in others if one.likelihood > _CERTAIN and one.sound > 0]
        best = _likeliest(sound) or _likeliest(certain) or western
    if best is None or best.sound <= 0:
        return None
    same = next(one for one in readings if one.text == best.text)
    return same.codec, _NAMES.get(same.codec, same.codec)


def _likeliest(readings: Sequence[_Reading]) -> _Reading | None:
    return max(readings, key=lambda one: one.likelihood * one.sound**4, default=None)


def _is_better(other: _Reading, western: _Reading) -> bool:
    if other.united < _UNITED:
        return False
    ratio = other.likelihood / max(western.likelihood, 1e-9)
    differing = [word for word in other.words - western.words if len(word) > 1]
    if len(differing) <= 1:
        ratio *= len(differing)
        return ratio >= _ONE_WORD and other.united >= western.united
    if other.united - western.united >= _BETTER:
        return ratio >= _BETTER_WORDS
    return ratio >= _WORDS and other.united >= western.united


def _sample(data: bytes) -> bytes:
    """Distinct lines with letters beyond ASCII, from all of the file; none is cut, except a long one between words."""
    count = sum(1 for _ in _FOREIGN.finditer(data))
    some: dict[bytes, None] = {}
    left = _MOST_BYTES
    for found in islice(_FOREIGN.finditer(data), 0, None, -(-count // _MOST_LINES)):
        line = _line(data, *found.span())
        if line not in some:
            left -= len(line)
            if left < 0:
                break
            some[line] = None
    return b"\n".join(some)


def _line(data: bytes, at: int, end: int) -> bytes:
    """The line whose letters beyond ASCII begin at `at`; of a long one as many words as a sample needs."""
    least, most = max(0, at - _MOST_OF_A_LINE), at + _MOST_OF_A_LINE
    start = max(data.rfind(mark, least, at) for mark in _LINE_ENDS)
    if start < 0 < least:
        start = max(data.rfind(mark, least, at) for mark in _WORD_ENDS)
        start = least - 1 if start < 0 else start
    if end > most:
        end = max(data.rfind(mark, at, most) for mark in _WORD_ENDS)
        end = most if end < 0 else end
    return data[start + 1 : end]


def _readings(sample: bytes) -> list[_Reading]:
    from chardet import detect_all  # noqa: PLC0415 - rare, and slow to load

    answers = detect_all(sample, ignore_threshold=True, compat_names=False, include_encodings=_CODECS)
    likely = {str(one["encoding"]): float(one["confidence"]) for one in answers}
    found = []
    for codec in _CODECS:
        with suppress(UnicodeDecodeError):
            found.append(_Reading(codec, likely.get(codec, 0), sample.decode(codec)))
    return found


def _is_east_asian(word: str) -> bool:
    return not _LATIN.search(word) and not _UNUSED.search(word)


def _foreign_letters(word: str) -> frozenset[str]:
    """The letters beyond ASCII, with a sign that no language has if they stand as in no word.

    That is where signs are within a word, a capital is within small letters, or letters of two scripts are mixed.
    """
    letters: set[str] = set()
    around = f" {word} "
    if _OTHER_SCRIPT.search(word) and _LATIN.search(word):
        return _NO_WORD
    for before, sign, after in zip(around, around[1:], around[2:], strict=False):
        if sign.isascii():
            continue
        if sign.isalpha() and sign not in _NO_LETTERS:
            if sign.isupper() and before.isalpha() and (after.islower() or (before.islower() and not after.isupper())):
                return _NO_WORD
            letters.update(sign.lower())
        elif not _fits(before, sign, after):
            return _NO_WORD
    return frozenset(letters)


def _fits(before: str, sign: str, after: str) -> bool:
    if sign in _WITHIN:
        return True
    if sign in _AFTER:
        return not after.isalpha()
    return not before.isalpha() and (sign in _BEFORE or (sign in _ALONE and not after.isalpha()))
