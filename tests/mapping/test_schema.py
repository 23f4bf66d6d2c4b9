import json
import re
from pathlib import Path

import jsonschema_rs
import pytest
from ruamel.yaml import YAML

from rotor_import.mapping import mapping_schema

MAPPINGS = Path(__file__).parents[2] / "mappings"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", (MAPPINGS / "README.md").read_text(encoding="utf-8"), re.DOTALL)
SCHEMA = jsonschema_rs.validator_for(mapping_schema())


def valid(text):
    return SCHEMA.is_valid(YAML(typ="safe", pure=True).load(text))


def test_the_schema_says_what_it_is_and_the_file_beside_the_presets_is_the_same():
    schema = mapping_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"]
    assert json.loads((MAPPINGS / "mapping.schema.json").read_text(encoding="utf-8")) == json.loads(json.dumps(schema))


@pytest.mark.parametrize("preset", sorted(MAPPINGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_preset_fits_the_schema(preset):
    assert valid(preset.read_text(encoding="utf-8"))


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_reference_fits_the_schema(example):
    text = example if "fields:" in example else f"{example}\nfields: {{notes: A}}\n"
    assert valid(text if "version:" in text else f"version: 1\n{text}")


@pytest.mark.parametrize(
    "text",
    [
        "fields: {frist_name: A}",
        "feilds: {notes: A}",
        "fields: {}",
        "fields: {notes: {colum: A}}",
        "fields: {notes: {column: A, value: B}}",
        "fields: {notes: {name: first}}",
        "fields: {notes: {column: A, otherwise: B}}",
        "fields: {notes: {optional: true}}",
        "fields: {notes: A}\nwrite: {notse: clear}",
        "fields: {notes: A}\nwrite: {notes: clera}",
        "fields: {notes: A}\nsource: {sheets: A}",
        "fields: {notes: A}\nregion: usa",
        "fields: {notes: A}\norder: status",
    ],
)
def test_a_typo_does_not(text):
    assert not valid(f"version: 1\n{text}")
    assert valid("version: 1\nfields: {notes: A}")
