"""The letters beyond ASCII of languages, and the encodings in which files of each are written."""

from __future__ import annotations

_WESTERN = {
    "es": "áéíóúüñ",
    "ca": "àéèíïóòúüç",
    "pt": "áàâãéêíóôõúüç",
    "fr": "àâæçéèêëîïôœùûü",
    "it": "àèéìíîòóùú",
    "de": "äöüßé",
    "nl": "éëïóöüèêáí",
    "sv": "åäöéàüá",
    "da": "æøåéüäöáóô",
    "is": "áéíóúýðþæö",
    "et": "õäöüšž",
}
_CENTRAL = {
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýžöü",
    "sk": "áäčďéíľňóôšťúýžěřö",
    "hu": "áéíóöőúüű",
    "ro": "ăâîșşțţ",
    "hr": "čćđšž",
    "de": _WESTERN["de"],
}
_BALTIC = {"lt": "ąčęėįšųūž", "lv": "āčēģīķļņšūž", "et": _WESTERN["et"]}
_TURKISH = {"tr": "çğıöşüâîû\u0307"}
_CYRILLIC = {"": "".join(map(chr, range(0x0400, 0x0530)))}
_GREEK = {"": "".join(map(chr, range(0x0370, 0x0400)))}
_HEBREW = {"": "".join(map(chr, range(0x0590, 0x0600)))}
_ARABIC = {"": "".join(map(chr, range(0x0600, 0x0700)))}
_THAI = {"": "".join(map(chr, range(0x0E00, 0x0E80)))}

ALPHABETS = {
    **dict.fromkeys(("cp1252", "mac-roman", "cp850", "cp437", "cp858", "iso8859-15"), _WESTERN),
    **dict.fromkeys(("cp1250", "iso8859-2", "cp852", "mac-latin2"), _CENTRAL),
    **dict.fromkeys(("cp1257", "iso8859-13", "cp775"), _BALTIC),
    **dict.fromkeys(("cp1254", "cp857"), _TURKISH),
    **dict.fromkeys(("cp1251", "koi8-r", "koi8-u", "cp866", "iso8859-5", "mac-cyrillic", "cp855"), _CYRILLIC),
    **dict.fromkeys(("cp1253", "iso8859-7", "cp737"), _GREEK),
    "cp1255": _HEBREW,
    "cp1256": _ARABIC,
    "cp874": _THAI,
}
"""By Python's name of an encoding: its languages, each with its letters. For other scripts any language will do."""

LETTER_BY_LETTER = ("cp932", "euc_jis_2004", "gb18030", "big5hkscs", "cp949")
"""Encodings of East Asia: two bytes a letter, and words without spaces."""
