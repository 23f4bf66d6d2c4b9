"""The JSON Schema of a mapping, with which editors complete and check it."""

from __future__ import annotations

from typing import Any

from rotor_import.mapping.schema import TARGETS, Mapping
from rotor_import.model.fields import UNIT_FIELDS


def mapping_schema() -> dict[str, Any]:
    """A JSON Schema (2020-12) of a mapping. It can't check what depends on the file, such as names of columns."""
    schema = Mapping.model_json_schema()
    blocks = schema["properties"]
    blocks["fields"] = _with_known_keys(blocks["fields"], TARGETS) | {"minProperties": 1}
    blocks["write"] = _with_known_keys(blocks["write"], TARGETS)
    blocks["survivor"] = _with_known_keys(blocks["survivor"], (*TARGETS, *UNIT_FIELDS))
    blocks["invalid"] = _with_known_keys(blocks["invalid"], ("phone", "email"))
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A mapping of rotor-import"}
    return head | {key: value for key, value in schema.items() if key not in head}


def _with_known_keys(block: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """An object with these keys only, so that an editor can offer them."""
    properties = dict.fromkeys(names, block["additionalProperties"])
    return {"type": "object", "properties": properties, "additionalProperties": False}
