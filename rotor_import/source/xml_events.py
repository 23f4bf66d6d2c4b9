"""XML as the events of a parser."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

_Start = Callable[[str, dict[str, str]], None]
_End = Callable[[str], None]
_DEEPEST = 1000
"""The most elements within each other: the parser keeps them all."""


class OddXmlError(Exception):
    """XML that is none, or that is written in another way than was looked for."""


def parse(
    data: bytes,
    start: _Start,
    end: _End | None = None,
    text: Callable[[str], None] | None = None,
    *,
    with_spaces: bool = True,
) -> None:
    """Call back for each element that starts or ends, and for the text between. Raises OddXmlError if it is no XML.

    `with_spaces` puts the name space of an element or attribute before its name, with a blank between; otherwise names
    are as they are written, and a prefix may be unknown.
    """
    parser = expat.ParserCreate(namespace_separator=" " if with_spaces else None)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = _bounded(start, end or (lambda _: None))
    parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise OddXmlError from None


def _bounded(start: _Start, end: _End) -> tuple[_Start, _End]:
    """The same callbacks, with a limit to how deep an element may be."""
    depth = 0

    def deeper(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise OddXmlError
        start(tag, attributes)

    def higher(tag: str) -> None:
        nonlocal depth
        depth -= 1
        end(tag)

    return deeper, higher
