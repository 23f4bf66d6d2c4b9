"""What is left over of phone and email cells, in the notes."""

import random

import polars as pl
import pytest
from test_normalize import table
from writings import Phones

from rotor_import.model.null_words import is_null_word
from rotor_import.normalize import KeyRules, Unwanted, normalize
from rotor_import.normalize.damage import key_damage
from rotor_import.normalize.phone_cells import read_cell
from rotor_import.normalize.slow_path import Question, checked

REST = KeyRules(rest=("phone",))


def notes(phones, texts=None, rules=REST, **more):
    made = table(phones=phones, **more)
    if texts is not None:
        made = type(made)(0, made.frame.with_columns(pl.Series("notes", texts, dtype=pl.String)))
    return normalize(made, invalid={}, rules=rules).frame.get_column("notes").to_list()


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (["763-555-0101 (cell)"], "Phone: (cell)"),
        (["763-555-0101 / 763-555-0102"], "Phone: 763-555-0102"),
        (["763-555-0101 x5"], "Phone: x5"),
        (["763-555-0101", "763-555-0102"], "Phone: 763-555-0102"),
        (["763-2554 Amy", "763-555-0102 wife"], "Phone: 763-2554 Amy; wife"),
        (["763-2554 Amy"], "Phone: 763-2554 Amy"),
        (["N/A", "763-555-0102", "none"], None),
        (["763-555-0101"], None),
        (None, None),
    ],
)
def test_what_is_not_used_is_a_line(cells, line):
    assert notes([cells]) == [line]
    assert notes([cells], ["Gate on the left"]) == ["\n".join(filter(None, ("Gate on the left", line)))]


def test_notes_that_hold_the_cell_already_stay_as_they_are():
    assert notes([["763-555-0101 (cell)"]], ["Phones: 763-555-0101 (cell)"]) == ["Phones: 763-555-0101 (cell)"]


def test_it_stays_out_of_the_notes_unless_the_mapping_asks_for_it():
    assert "notes" not in normalize(table(phones=[["763-555-0101 (cell)"]]), invalid={}).frame.columns


def test_each_field_has_a_line_of_its_own():
    rules = KeyRules(rest=("phone", "email"))
    made = table(phones=[["763-555-0101 cell"]], emails=[["nora@example.com", "vance@example.com"]])
    found = normalize(made, invalid={}, rules=rules)
    assert found.frame.get_column("notes").to_list() == ["Phone: cell\nEmail: vance@example.com"]


def test_of_a_placeholder_what_is_around_it_is_kept():
    made = table(phones=[["763-555-0000 (office) / 763-555-0102"]])
    unwanted = Unwanted.of({"phone": ["763-555-0000"]}, "US")
    found = normalize(made, invalid={}, unwanted=unwanted, rules=REST)
    assert found.frame.select("phone", "notes").row(0) == (None, "Phone: (office) / 763-555-0102")


def expected(cells):
    """Candidate after candidate, as the rule says."""
    pieces, used = [], False
    for cell in cells:
        if used:
            pieces += [] if is_null_word(cell) else [cell]
            continue
        normal = checked(Question("phone", "US"), cell)
        used = bool(normal.value)
        if used:
            pieces.append(read_cell(key_damage("phone", cell).value, "US").rest if normal.reason else "")
        elif not is_null_word(cell):
            pieces.append(cell)
    return "; ".join(dict.fromkeys(filter(None, pieces)))


def test_few_rows_and_many_agree_with_the_plain_rule(request):
    chance, writer = random.Random(7), Phones("US", 7)
    for count in (40, 60 * request.config.getoption("--examples")):
        phones = []
        while len(phones) < count:
            cells = [
                chance.choice((writer.crowded, writer.spaced_number, lambda: "N/A"))()
                for _ in range(chance.randrange(4))
            ]
            if not any(checked(Question("phone", "US"), cell).damaged for cell in cells):
                phones.append(cells)
        found = notes(phones)
        assert found == [f"Phone: {line}" if line else None for line in map(expected, phones)]
