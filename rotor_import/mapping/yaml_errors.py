"""What is wrong with a file that is no YAML, in words for people who never heard of YAML."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError

_REMEDIES = [
    (re.compile(pattern), words)
    for pattern, words in {
        r"found character '([@`%&*!|>])'": "text that begins with {} needs quotes",
        r"found character '\\t'": "indent it with spaces instead of a tab",
        "undefined alias": "text that begins with * needs quotes",
        "escape character": "use single quotes around text that contains a backslash",
        "another document": "a mapping can't contain a line that is only ---",
    }.items()
]
_COLON = re.compile("mapping values are not allowed|got ':'")
_KEY_BEFORE = re.compile(r":(\s|$)")
_QUOTE_COLON = "a column name that contains a colon needs quotes"
_CLOSED_BEFORE = "text goes on after a closing quote or bracket; put quotes around all of it"
_UNCLOSED = {
    "while parsing a flow mapping": "a { is never closed; close it with }",
    "while parsing a flow sequence": "a [ is never closed; close it with ]",
}


def explained(error: MarkedYAMLError, text: str) -> tuple[int, int, str]:
    """The line and column, from 1, of what can't be read, and what to do about it."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return 1, 1, str(error.problem or error.context)
    lines = text.splitlines()
    before = lines[mark.line][: mark.column] if mark.line < len(lines) else ""
    opened = error.context_mark
    if "scalar" in (error.context or "") and "end of stream" in (error.problem or "") and opened is not None:
        return opened.line + 1, opened.column + 1, "a quote is opened and never closed"
    if error.context in _UNCLOSED and opened is not None and (opened.line != mark.line or "got ':'" not in _of(error)):
        comment = "; a column name that contains # needs quotes" if " #" in lines[opened.line] else ""
        return opened.line + 1, opened.column + 1, _UNCLOSED[error.context] + comment
    return mark.line + 1, mark.column + 1, _words(error, before)


def _of(error: MarkedYAMLError) -> str:
    return error.problem or error.context or ""


def _words(error: MarkedYAMLError, before: str) -> str:
    problem = _of(error)
    for pattern, words in _REMEDIES:
        if found := pattern.search(problem):
            return words.format(*found.groups())
    if _COLON.search(problem):
        return _QUOTE_COLON if _KEY_BEFORE.search(before) else "it is indented too far, or the line above has no colon"
    if "expected <block end>" in problem:
        is_inside = bool(before.strip())
        return _CLOSED_BEFORE if is_inside else "it isn't indented like the lines above it"
    return f"it isn't valid YAML ({problem})"
