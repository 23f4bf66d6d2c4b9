"""Every preset and every suggestion can be shown as columns and targets, and changed there."""

import random
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from rotor_import.errors import MappingError
from rotor_import.mapping import TARGETS, column_uses, parse_mapping, places
from rotor_import.pipeline.cleaning import clean_table
from rotor_import.pipeline.column_draft import Draft, assignment, checked
from rotor_import.pipeline.column_table import ColumnTable
from rotor_import.pipeline.file_found import proposed_mapping
from rotor_import.pipeline.suggesting import preset_for, read_table, suggest_mapping

SAMPLES = sorted(path for path in (Path(__file__).parents[2] / "sample_data").iterdir() if path.suffix != ".md")
ROWS = 25
MANY = 100


@cache
def sample(path):
    source = read_table(path)
    return replace(source, frame=source.frame.head(ROWS), numbers=source.numbers.head(ROWS))


def texts(path):
    preset = preset_for(sample(path).frame.columns)
    return {suggest_mapping(path), *([proposed_mapping(path, preset)] if preset else [])}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_each_column_has_one_target_and_any_other_one_makes_a_mapping_that_works(path):
    source = sample(path)
    table = ColumnTable(source, {})
    for text in texts(path):
        mapping = parse_mapping(text, "x", "x")
        found = places(mapping, table.names)
        assert list(found) == table.names
        assert {place.target for place in found.values()} <= set(TARGETS)
        used = column_uses(mapping, source, clean_table(mapping, source, 0)).by_column
        assert {name for name, place in found.items() if place.target} == set(used)
        tries = 1 if len(table.names) > MANY else 3
        some = random.Random(path.name)
        for column, target in zip(some.sample(table.names, tries), some.sample(TARGETS, tries), strict=True):
            try:
                draft = Draft(text, text).edited(assignment(table, column, target), table.names)
            except MappingError as error:
                assert "YAML" in str(error) or "Rename" in str(error)  # noqa: PT017 - refused in words, or made
                continue
            changed = parse_mapping(draft.text, "x", "x")
            checked(draft.text, "x.yaml", table, mapping)
            assert places(changed, table.names)[column].target == target
            back = draft.edited(assignment(table, column, found[column].target), table.names)
            assert back.text == text
