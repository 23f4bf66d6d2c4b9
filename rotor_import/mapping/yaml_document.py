"""Parses YAML into plain values that know their place in the file.

It is safe: no tag creates an object, and no alias expands without bounds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from rotor_import.errors import MappingError
from rotor_import.mapping.yaml_errors import explained

LineAndColumn = tuple[int, int]
KeyPath = tuple[str | int, ...]

_DEEPEST = 12
_MOST = 20_000
_TAG = "tag:yaml.org,2002:"
_KINDS = {"str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge", "value"}
_CONTROL_CHARACTERS = frozenset(range(0x20)) - {0x09, 0x0A, 0x0D}


@dataclass(frozen=True)
class Document:
    """A parsed file: `value` holds dictionaries with text keys, lists, text, whole numbers, booleans and None.

    `places` gives the line and column, from 1, of each key and item.
    """

    name: str
    value: dict[str, Any]
    places: dict[KeyPath, LineAndColumn] = field(default_factory=dict)

    def at(self, path: KeyPath) -> str:
        """The place of a part as `file:line:column`; of the nearest part around it, if its own is unknown."""
        for end in range(len(path), 0, -1):
            if place := self.places.get(path[:end]):
                return f"{self.name}:{place[0]}:{place[1]}"
        return self.name


def parse_document(text: str, name: str) -> Document:
    """Raises MappingError."""
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        line, column, words = explained(error, text)
        raise MappingError(f"{name}:{line}:{column}: line {line} can't be read: {words}.") from None
    except RecursionError:
        raise MappingError(f"{name} is nested too deeply. Remove some of its brackets.") from None
    except (YAMLError, ValueError):
        raise MappingError(f"{name} can't be read as YAML.{_control_character(text)}") from None
    if not isinstance(root, MappingNode):
        raise MappingError(f"{name} is not a mapping: it needs `version: 1` and `fields:`.")
    converter = _Converter(name)
    value = converter.convert(root, ())
    return Document(name, value, converter.places)


def _control_character(text: str) -> str:
    """A sentence that says which line has a character that no text has, '' if none has."""
    for number, line in enumerate(text.splitlines(), start=1):
        if any(ord(character) in _CONTROL_CHARACTERS for character in line):
            return f" Line {number} contains an invisible control character. Delete it."
    return ""


class _Converter:
    """Converts nodes to values. It counts them, because an alias may stand for very many."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._seen = 0
        self.places: dict[KeyPath, LineAndColumn] = {}

    def convert(self, node: Node, path: KeyPath) -> Any:
        self._check(node, path)
        if isinstance(node, MappingNode):
            return {key: self.convert(value, (*path, key)) for key, value in self._entries(node, path)}
        if isinstance(node, SequenceNode):
            items = []
            for index, item in enumerate(node.value):
                self.places[*path, index] = _place(item)
                items.append(self.convert(item, (*path, index)))
            return items
        return _scalar(node)

    def _entries(self, node: MappingNode, path: KeyPath) -> list[tuple[str, Node]]:
        entries: dict[str, Node] = {}
        for key, value in node.value:
            self._check(key, path)
            where = f"{self._name}:{_place(key)[0]}:{_place(key)[1]}"
            if not isinstance(key, ScalarNode) or _kind(key) == "null":
                raise MappingError(f"{where}: what stands before a colon must be text, not a list, a block or nothing.")
            if _kind(key) == "merge":
                raise MappingError(f"{where}: << isn't supported. Write the lines out instead.")
            name = str(_text_key(key))
            if name in entries:
                raise MappingError(f"{where}: {name} is here twice. Remove one of them.")
            entries[name] = value
            self.places[*path, name] = _place(key)
        return list(entries.items())

    def _check(self, node: Node, path: KeyPath) -> None:
        self._seen += 1
        line, column = _place(node)
        where = f"{self._name}:{line}:{column}"
        if len(path) > _DEEPEST:
            raise MappingError(f"{where}: this is nested too deeply. Remove some of its brackets.")
        if self._seen > _MOST:
            raise MappingError(f"{where}: the mapping is too long. Does an alias (*name) repeat too much?")
        if _kind(node) not in _KINDS:
            raise MappingError(
                f"{where}: YAML tags such as {node.tag} aren't supported. Remove it, or put quotes around the text."
            )


def _place(node: Node) -> LineAndColumn:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _kind(node: Node) -> str:
    return str(node.tag).removeprefix(_TAG)


def _text_key(node: ScalarNode) -> str:
    value = _scalar(node)
    return ("true" if value else "false") if isinstance(value, bool) else str(node.value)


def _scalar(node: Node) -> str | int | bool | None:
    """The value of a scalar. A number whose text would change, such as 007 or 1.50, stays text."""
    text, kind = str(node.value), _kind(node)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int" and text.isascii() and text.isdigit() and str(int(text[:18])) == text:
        return int(text)
    return text
