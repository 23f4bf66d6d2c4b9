"""YAML → Mapping, with errors that say line, column and the nearest right name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import process
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from rotor_import.errors import MappingError
from rotor_import.mapping.schema import (
    LATER,
    TARGETS,
    ColumnRule,
    FieldRule,
    Mapping,
    Place,
    RegionRule,
    SourceBlock,
)
from rotor_import.model.fields import UNIT_FIELDS

_LARGEST = 1_000_000
_NOT_YET = {"order", "sheet"}
Path_ = tuple[str | int, ...]


def load_mapping(name: str) -> Mapping:
    """A file's path, or a preset's name. Raises MappingError."""
    path = Path(name)
    if path.is_file() or path.suffix in (".yaml", ".yml"):
        return _parse(_read(path), str(path), path.stem)
    presets = _presets()
    if name in presets:
        return _parse(presets[name].read_text(encoding="utf-8"), f"{name}.yaml", name)
    raise MappingError(
        f"There is no mapping {name}: neither a file nor a preset.{_nearest(name, presets)} "
        f"The presets are: {', '.join(sorted(presets))}."
    )


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise MappingError(f"{path} is too large for a mapping.")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MappingError(f"There is no mapping file {path}. Check the name and the folder.") from None
    except (OSError, UnicodeDecodeError):
        raise MappingError(f"{path} cannot be read as UTF-8 text.") from None


def _presets() -> dict[str, Any]:
    """In an installed package they lie inside it, in a checkout beside it."""
    package = resources.files("rotor_import")
    for folder in (package / "mappings", Path(str(package)).parent / "mappings"):
        if folder.is_dir():
            return {one.name.removesuffix(".yaml"): one for one in folder.iterdir() if one.name.endswith(".yaml")}
    return {}


def _parse(text: str, name: str, feed: str) -> Mapping:
    document = _document(text, name)
    places = dict(_places(document, ()))
    _check_targets(document, name, places)
    try:
        mapping = Mapping.model_validate(_plain(document))
    except ValidationError as error:
        # A name that is wrong explains what is missing, so it is said first.
        worst = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        raise MappingError(_words(worst, name, places)) from None
    return mapping.placed(name, feed, places)


def _document(text: str, name: str) -> CommentedMap:
    try:
        document = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise MappingError(f"{where}: this is no YAML: {error.problem}.") from None
    except (YAMLError, ValueError, RecursionError):
        raise MappingError(f"{name}: this is no YAML.") from None
    if not isinstance(document, CommentedMap):
        raise MappingError(f"{name}: a mapping begins with `version: 1` and has `fields:`.")
    return document


def _places(node: Any, path: Path_) -> Iterator[tuple[Path_, Place]]:
    """Where each key and item stands, counted from 1."""
    if isinstance(node, CommentedMap):
        for key, value in node.items():
            line, column = node.lc.key(key)
            yield (*path, str(key)), (line + 1, column + 1)
            yield from _places(value, (*path, str(key)))
    elif isinstance(node, CommentedSeq):
        for at, value in enumerate(node):
            line, column = node.lc.item(at)
            yield (*path, at), (line + 1, column + 1)
            yield from _places(value, (*path, at))


def _plain(node: Any) -> Any:
    """Dictionaries, lists and scalars, without the parser's own types."""
    if isinstance(node, CommentedMap):
        return {_scalar(key): _plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(value) for value in node]
    return _scalar(node)


def _scalar(value: Any) -> Any:
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return None if value is None else str(value)


def _check_targets(document: CommentedMap, name: str, places: dict[Path_, Place]) -> None:
    """Names of customer fields, wherever the mapping uses them."""
    for block, extra in (("fields", ()), ("write", ()), ("survivor", tuple(UNIT_FIELDS))):
        known = (*TARGETS, *extra)
        section = document.get(block)
        for field in section if isinstance(section, CommentedMap) else ():
            if field not in known:
                where = _where(name, places, (block, str(field)))
                raise MappingError(f"{where}: {field} is no field of a Rotor customer.{_nearest(str(field), known)}")


def _words(error: ErrorDetails, name: str, places: dict[Path_, Place]) -> str:
    path = tuple(part for part in error["loc"] if not _is_tag(part))
    where = _where(name, places, path)
    last = str(path[-1]) if path else ""
    if error["type"] == "extra_forbidden":
        if last in LATER or last in _NOT_YET:
            return f"{where}: {last} is not supported yet."
        return f"{where}: the mapping knows no {last} here.{_nearest(last, _siblings(path))}"
    if error["type"] == "missing":
        return f"{where}: {last} is missing."
    if error["type"] == "string_pattern_mismatch" and "region" in path:
        return f"{where}: a region is two capital letters, such as US or CA."
    if error["type"] == "literal_error":
        expected = error.get("ctx", {}).get("expected", "")
        nearest = _nearest(str(error["input"]), re.findall("'([^']*)'", expected))
        return f"{where}: {last} cannot be {error['input']!r}; it is {expected}.{nearest}"
    return f"{where}: {last}: {error['msg'].removeprefix('Value error, ')}."


def _is_tag(part: str | int) -> bool:
    """Pydantic names the branches of a union in its paths; the file does not."""
    return isinstance(part, str) and (part in ("RegionRule", "[key]") or part.startswith("constrained-str"))


def _siblings(path: Sequence[str | int]) -> list[str]:
    """The names that would be right where this one is wrong."""
    top = path[0] if len(path) > 1 else ""
    models: dict[str, type[BaseModel]] = {
        "fields": FieldRule,
        "source": SourceBlock,
        "key": ColumnRule,
        "region": RegionRule,
    }
    return list(models.get(str(top), Mapping).model_fields)


def _where(name: str, places: dict[Path_, Place], path: Path_) -> str:
    for end in range(len(path), 0, -1):
        if place := places.get(path[:end]):
            return f"{name}:{place[0]}:{place[1]}"
    return name


def _nearest(word: str, known: Any) -> str:
    found = process.extractOne(word, list(known), score_cutoff=60)
    return f" Did you mean {found[0]}?" if found else ""
