"""Loads a mapping from its file; errors name the line, the column and the nearest valid name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rotor_import.config import preset_files
from rotor_import.errors import MappingError
from rotor_import.mapping.rules import ColumnRule, FieldRule, IgnoreBlock, RegionRule, SourceBlock
from rotor_import.mapping.schema import TARGETS, Mapping
from rotor_import.mapping.yaml_document import Document, KeyPath, parse_document
from rotor_import.model.fields import UNIT_FIELDS

_LARGEST = 256_000
_BLOCKS: dict[str, type[BaseModel]] = {
    "fields": FieldRule,
    "source": SourceBlock,
    "key": ColumnRule,
    "region": RegionRule,
    "ignore": IgnoreBlock,
}
_EXPECTED = {
    "string_type": "it must be text",
    "tuple_type": "it must be a list, such as [A, B]",
    "dict_type": "it must be a block of `key: value` lines",
    "model_type": "it must be a column's name or a block of `key: value` lines",
    "int_type": "it must be a whole number",
    "int_parsing": "it must be a whole number",
    "bool_type": "it must be true or false",
    "bool_parsing": "it must be true or false",
    "too_short": "it must not be empty",
    "string_too_short": "it must not be empty",
    "greater_than_equal": "it must be 1 or more",
}
_ALLOWED = {
    "delimiter": "it must be auto or one character (not a quote)",
    "header_row": "it must be auto or a row number, 1 or more",
    "sheet": "it must be a sheet's name or its number, 1 or more",
}


def load_mapping(name: str) -> Mapping:
    """Load a mapping by its file's path or a preset's name. Raises MappingError."""
    path = Path(name)
    if path.is_file() or path.suffix in (".yaml", ".yml"):
        return parse_mapping(_read(path), str(path), path.stem)
    presets = preset_files()
    if name in presets:
        return parse_mapping(presets[name].read_text(encoding="utf-8"), f"{name}.yaml", name)
    raise MappingError(
        f"There is no mapping file or preset called {name}.{_nearest(name, presets)} "
        f"The presets are: {', '.join(sorted(presets))}."
    )


def parse_mapping(text: str, name: str, feed: str) -> Mapping:
    """Parse a mapping's YAML: errors call it `name`; `feed` is the feed if the text names none. Raises MappingError."""
    document = parse_document(text, name)
    _check_targets(document)
    try:
        mapping = Mapping.model_validate(document.value)
    except ValidationError as error:
        # An unknown key often explains why another is missing, so it is reported first.
        first = min(error.errors(), key=lambda details: details["type"] != "extra_forbidden")
        raise MappingError(_message(first, document)) from None
    return mapping.placed(document, feed)


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise MappingError(f"{path} is too large to be a mapping. Check its name.")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise MappingError(f"There is no mapping file {path}. Check the name and the folder.") from None
    except (OSError, UnicodeDecodeError):
        raise MappingError(f"{path} can't be read as text. Save it as UTF-8.") from None


def _check_targets(document: Document) -> None:
    """Raise MappingError for the name of a customer field that does not exist."""
    for block, extra in (("fields", ()), ("write", ()), ("survivor", tuple(UNIT_FIELDS))):
        known = (*TARGETS, *extra)
        section = document.value.get(block)
        for field in section if isinstance(section, dict) else ():
            if field not in known:
                where = document.at((block, field))
                raise MappingError(f"{where}: Rotor has no customer field called {field}.{_nearest(field, known)}")


def _message(error: ErrorDetails, document: Document) -> str:
    path = _path_in_file(error["loc"], document.value)
    where, kind = document.at(path), error["type"]
    last = str(path[-1]) if path else "the mapping"
    if kind == "extra_forbidden":
        return f"{where}: there is no setting called {last} here.{_nearest(last, _known_keys(path))}"
    if kind == "missing":
        return f"{where}: {error['loc'][-1]} is missing."
    if path and path[0] == "region":
        return f"{where}: region must be two capital letters, such as US or CA, or a block that names a column."
    if kind == "literal_error" and last not in _ALLOWED:
        expected = error.get("ctx", {}).get("expected", "")
        nearest = _nearest(str(error["input"]), re.findall("'([^']*)'", expected))
        return f"{where}: {last} can't be {error['input']!r}. It must be {expected}.{nearest}"
    what = _ALLOWED.get(last) or _EXPECTED.get(kind) or error["msg"].removeprefix("Value error, ")
    return f"{where}: {last}: {what}."


def _path_in_file(path: Sequence[str | int], value: Any) -> KeyPath:
    """The path as the file has it, without the branches of unions that pydantic adds."""
    written: list[str | int] = []
    for part in path:
        inside = dict(enumerate(value)) if isinstance(value, list) else value
        if isinstance(inside, dict) and part in inside:
            value = inside[part]
            written.append(part)
    return tuple(written)


def _known_keys(path: KeyPath) -> list[str]:
    """The keys that are allowed in the place of this one."""
    top = path[0] if len(path) > 1 else ""
    return list(_BLOCKS.get(str(top), Mapping).model_fields)


def _nearest(word: str, known: Iterable[str]) -> str:
    from rapidfuzz import process  # noqa: PLC0415 - only an error needs it

    nearest = process.extractOne(word, list(known), score_cutoff=60)
    return f" Did you mean {nearest[0]}?" if nearest else ""
