"""Writes changed values into the text of a mapping: only the lines of what changed are other ones afterwards.

So comments, order and spelling of everything else stay as somebody wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node

from rotor_import.errors import MappingError
from rotor_import.mapping.yaml_document import parse_document

_FIELDS = "fields"
_PLAIN = re.compile(r"[^\W\d_][\w()/+$€.-]*(?: [\w()/+$€.-]+)*")
_RESERVED = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))
_FIRST = ("version", "feed", "source", "key", "region", "area_code")
"""Blocks that stand before the fields."""
_STEP = "  "
_LAST_OF_FOUR = 0xFFFF
"""The last character whose number has four digits."""
_END = re.compile(r"[ \t]*(#.*)?(\r?\n|$)")


def rewritten(text: str, value: dict[str, Any]) -> str:
    """The text of a mapping that says `value`. `text` is one that can be parsed.

    Raises MappingError where other lines can't say it, as where an alias (`*name`) would stand for nothing.
    """
    root = _compose(text)
    with suppress(MappingError, YAMLError):
        changed = _anew(value) if root.flow_style else _in_place(text, root, value)
        if parse_document(changed, "").value == value:
            return changed
    raise MappingError("This can't be written into the mapping as it is. To change that, edit the YAML.")


def _anew(value: dict[str, Any]) -> str:
    return "".join(line for name, one in value.items() for line in _entry(name, one, ""))


def _in_place(text: str, root: MappingNode, value: dict[str, Any]) -> str:
    before = parse_document(text, "").value
    top = _changes(before, value, but=_FIELDS)
    own: Any = before.get(_FIELDS)
    wanted: Any = value.get(_FIELDS)
    fields = _node_of(root, _FIELDS)
    in_lines = isinstance(own, dict) and isinstance(wanted, dict) and wanted
    if own != wanted and in_lines and isinstance(fields, MappingNode) and not fields.flow_style:
        text = _with(text, fields, _changes(own, wanted), own)
    elif own != wanted:
        top[_FIELDS] = wanted
    return _with(text, _compose(text), top, before)


def _compose(text: str) -> MappingNode:
    return cast("MappingNode", YAML(typ="safe", pure=True).compose(text))


def _node_of(node: MappingNode, name: str) -> Node | None:
    return next((value for key, value in node.value if key.value == name), None)


_GONE = object()


def _changes(before: dict[str, Any], after: dict[str, Any], but: str = "") -> dict[str, Any]:
    """What each changed entry is afterwards."""
    gone = {name: _GONE for name in before if name not in after}
    other = {name: one for name, one in after.items() if name not in before or before[name] != one}
    return {name: one for name, one in (gone | other).items() if name != but}


def _with(text: str, node: MappingNode, changes: dict[str, Any], before: dict[str, Any]) -> str:
    """The text with the entries of a block changed, the last one first, so that places before it stay."""
    indent = " " * node.start_mark.column
    spans = {str(key.value): _span(text, key, value) for key, value in node.value}
    names = list(before)
    new: dict[int, str] = {}
    for name in [name for name in changes if name not in spans]:
        lines = "".join(_entry(name, changes[name], indent))
        at = _place_of_new(name, names, spans)
        new[at] = new.get(at, "") + lines
    edits = [
        (start, end, "" if changes[name] is _GONE else "".join(_entry(name, changes[name], indent)), name)
        for name, (start, end) in spans.items()
        if name in changes
    ]
    edits += [(at, at, lines, "") for at, lines in new.items()]
    for start, end, lines, name in sorted(edits, reverse=True):
        comment = _comment_of(text[start:end]) if name and lines and _same_columns(before[name], changes[name]) else ""
        written = lines[:-1] + f"  {comment}\n" if comment and lines.count("\n") == 1 else lines
        between = "\n" if start and text[start - 1] != "\n" else ""
        text = text[:start] + between + written + text[end:]
    return text


def _place_of_new(name: str, names: list[str], spans: dict[str, tuple[int, int]]) -> int:
    """Before the fields for what describes the file, else at the end of the block."""
    if name in _FIRST and _FIELDS in spans:
        later = [other for other in names if other not in _FIRST or _FIRST.index(other) > _FIRST.index(name)]
        earlier = [other for other in names if other not in later]
        return spans[earlier[-1]][1] if earlier else spans[later[0]][0]
    return max(end for _, end in spans.values())


def _span(text: str, key: Node, value: Node) -> tuple[int, int]:
    """From the beginning of the entry's line to the end of its last line; comments below it are not its own."""
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    last = _last(value)
    written = text[start : max(last.end_mark.index, key.end_mark.index)]
    # What has no text of its own ends where something else begins; all other text ends by itself, whatever is in it.
    kept = written.rstrip() if last.value else _without_comments(written)
    end = start + len(kept)
    rest = _END.match(text, end)
    return start, rest.end() if rest else end


def _last(value: Node) -> Node:
    """The part of a value that is written last: a block ends where something else begins, with comments before that."""
    while isinstance(value, CollectionNode) and not value.flow_style and value.value:
        value = value.value[-1][1] if isinstance(value, MappingNode) else value.value[-1]
    return value


def _without_comments(written: str) -> str:
    """The entry's text without blank lines and lines of comments at its end, which belong to what follows."""
    lines = written.splitlines(keepends=True)
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    return "".join(lines).rstrip()


def _comment_of(written: str) -> str:
    """The comment at the end of an entry of one line."""
    lines = written.splitlines()
    found = re.search(r"\s(#[^\"'{}\[\]]*)$", lines[0]) if len(lines) == 1 else None
    return found[1].strip() if found else ""


def _same_columns(before: Any, after: Any) -> bool:
    """Whether only what is done to the cells changed, so that a comment about the columns is still right."""
    return bool(_columns(before) == _columns(after))


def _columns(rule: Any) -> Any:
    if not isinstance(rule, dict):
        return [rule] if isinstance(rule, str) else rule
    found = [rule[name] for name in ("column", "first_of", "of") if name in rule]
    return [one for some in found for one in (some if isinstance(some, list) else [some])]


def _entry(name: str, value: Any, indent: str) -> Iterator[str]:
    """The lines of an entry: in one line, but for blocks and texts of several lines."""
    if isinstance(value, dict) and name == _FIELDS and value:
        yield f"{indent}{_scalar(name)}:\n"
        for field, rule in value.items():
            yield from _entry(field, rule, indent + _STEP)
    elif isinstance(value, dict) and any(_is_block(one) for one in value.values()):
        yield f"{indent}{_scalar(name)}:\n"
        for key, one in value.items():
            yield from _entry(key, one, indent + _STEP)
    elif _is_block(value):
        yield f"{indent}{_scalar(name)}: |{'' if value.endswith(chr(10)) else '-'}\n"
        yield from (f"{indent}{_STEP}{line}\n" if line else "\n" for line in value.removesuffix("\n").split("\n"))
    else:
        yield f"{indent}{_scalar(name)}: {_flow(value)}\n"


def _is_block(value: object) -> bool:
    """Whether it is a text of several lines that can stand as it is."""
    if not isinstance(value, str) or "\n" not in value:
        return False
    lines = value.removesuffix("\n").split("\n")
    return not any(line == "" or line != line.strip() or not line.isprintable() for line in lines)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(str(name))}: {_flow(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return str(value) if isinstance(value, int) else _scalar(str(value))


def _scalar(text: str) -> str:
    """Without quotes only where nobody could read it as something else."""
    if _PLAIN.fullmatch(text) and text.isprintable() and text.lower() not in _RESERVED:
        return text
    escaped = "".join(_escaped(letter) for letter in text)
    return f'"{escaped}"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    if letter == "\n":
        return "\\n"
    if letter.isprintable():
        return letter
    code = ord(letter)
    return f"\\u{code:04x}" if code <= _LAST_OF_FOUR else f"\\U{code:08x}"
