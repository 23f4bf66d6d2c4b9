"""How much of what a preset finds in its sample a suggestion finds too: by the values, not by the mapping's words."""

import re
from dataclasses import dataclass
from pathlib import Path

from rotor_import.mapping import load_mapping, parse_mapping
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.us_states import STATE_CODES, state_code
from rotor_import.pipeline.cleaning import clean_table
from rotor_import.pipeline.suggesting import suggest_mapping
from rotor_import.source import read_sources

ENOUGH = 0.9
"""Of the rows in which the preset gives a value."""
STATES = {word for name in STATE_CODES for word in name.split()}
"""Words that a suggestion may have written as a code."""
NAMES = ("first_name", "last_name")
CASES = Path(__file__).parents[1] / "presets" / "cases"
SAMPLES = Path(__file__).parents[2] / "sample_data"


def pairs():
    """Each sample and its preset."""
    found = {
        path.stem: re.search(r"^preset: (\w+)", path.read_text(), re.MULTILINE)[1]
        for path in sorted(CASES.glob("*.yaml"))
    }
    return {"jobber_clients": "jobber", **found}


@dataclass(frozen=True)
class Likeness:
    sample: str
    preset: str
    found: tuple[str, ...]
    missed: tuple[str, ...]
    wrong: tuple[str, ...]
    """What a suggestion says of a phone, an email, a name or a customer's key and the preset does not."""

    @property
    def share(self):
        return len(self.found) / len(self.found + self.missed)


def drawn(mapping, sample):
    """Each row's fields, phones and emails in normal form; tags without those that the mapping adds of itself."""
    source = read_sources([sample], mapping.source_options)[0]
    frame = clean_table(mapping, source, 0).frame
    own = set(mapping.fields["tags"].add) if "tags" in mapping.fields else set()
    cells = {
        number: set().union(*(words(cell) for cell in row if cell))
        for number, row in zip(source.numbers, source.frame.iter_rows(), strict=True)
    }
    rows = {}
    for row in frame.iter_rows(named=True):
        tags = [tag for tag in row.pop("tags", None) or [] if tag not in own]
        number = row.pop("row")
        rows[number] = {**row, "tags": ", ".join(tags) or None, "cells": cells[number]}
    return rows


def compare(sample, preset):
    path = next(SAMPLES.glob(f"{sample}.*"))
    wanted = drawn(load_mapping(preset), path)
    given = drawn(parse_mapping(suggest_mapping(path), "suggested.yaml", "suggested"), path)
    fields = [name for name in load_mapping(preset).mapped_fields if any(row.get(name) for row in wanted.values())]
    found = [name for name in fields if share(name, wanted, given) >= ENOUGH]
    wrong = [
        f"row {number}: {name} {row[name]!r}"
        for number, row in given.items()
        for name in (*KEY_FIELDS, *NAMES)
        if row.get(name) and number in wanted and is_wrong(name, row[name], wanted[number])
    ]
    wrong += wrong_keys(wanted, given)
    missed = [name for name in fields if name not in found]
    return Likeness(sample, preset, tuple(found), tuple(missed), tuple(wrong))


def wrong_keys(wanted, given):
    """Rows that the suggested key joins or parts where the preset's does not; where either has no key, nothing."""
    both = [(wanted[row]["source_key"], given[row]["source_key"]) for row in given if row in wanted]
    if not all(own and other for own, other in both):
        return []
    pairs = set(both)
    return [
        f"key {other!r} for {own!r}"
        for own, other in sorted(pairs)
        if sum(one == own for one, _ in pairs) > 1 or sum(one == other for _, one in pairs) > 1
    ]


def share(name, wanted, given):
    asked = [number for number, row in wanted.items() if row.get(name)]
    same = [number for number in asked if agrees(name, wanted[number][name], given.get(number, {}))]
    return len(same) / len(asked)


def agrees(name, value, row):
    """Notes are found where no word of theirs that the file says is missing from the whole of the suggestion's row."""
    if name == "notes":
        whole = plain(" ".join(str(one) for one in row.values() if one and not isinstance(one, set)))
        coded = STATES if row.get("property_state") else set()
        return all(word in whole for word in words(value) & row.get("cells", set()) - coded)
    if name.endswith("_state"):
        given = str(row.get(name) or "")
        return (state_code(value) or plain(value)) == (state_code(given) or plain(given))
    return plain(row.get(name)) == plain(value)


def words(text):
    return {
        word for word in re.findall(r"\w+", plain(text)) if any(letter.isdigit() for letter in word) or len(word) > 3
    }


def plain(value):
    return " ".join(str(value or "").split()).casefold().replace("e-mail", "email")


def is_wrong(name, value, wanted):
    """A phone or email that is nowhere in what the preset says of the row; a name that it does not give."""
    whole = " ".join(str(one) for one in wanted.values() if one and not isinstance(one, set))
    if name == "phone":
        return re.sub(r"\D", "", value)[-10:] not in re.sub(r"[^\d\n]", "", whole)
    if name == "email":
        return value not in whole.casefold()
    return plain(wanted.get(name)) != plain(value)
