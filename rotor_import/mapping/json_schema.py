"""The mapping's JSON Schema, by which editors complete and check it."""

from __future__ import annotations

from typing import Any

from rotor_import.mapping.schema import TARGETS, Mapping
from rotor_import.model.fields import UNIT_FIELDS


def mapping_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a mapping. What only the file can tell, such as its columns, is not in it."""
    schema = Mapping.model_json_schema()
    blocks = schema["properties"]
    blocks["fields"] = _named(blocks["fields"], TARGETS) | {"minProperties": 1}
    blocks["write"] = _named(blocks["write"], TARGETS)
    blocks["survivor"] = _named(blocks["survivor"], (*TARGETS, *UNIT_FIELDS))
    blocks["invalid"] = _named(blocks["invalid"], ("phone", "email"))
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A mapping of rotor-import"}
    return head | {key: value for key, value in schema.items() if key not in head}


def _named(block: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """An object whose keys are known, so that an editor can offer them."""
    properties = dict.fromkeys(names, block["additionalProperties"])
    return {"type": "object", "properties": properties, "additionalProperties": False}
