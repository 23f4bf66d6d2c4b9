"""Which changes go first, by the mapping's `order`."""

import csv

import pytest

from rotor_import.mapping import parse_mapping
from rotor_import.normalize.order import ranked
from rotor_import.pipeline.reading import read_inputs

MORE = "  notes: last_service\n  source: {column: company_name}\norder: ['-last_service', company_name]\n"


def inputs(folder, rows, order):
    path = folder / "customers.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["phone", "When", "Status"])
        writer.writerows(rows)
    text = (
        f"version: 1\nfields: {{phone: phone, status: {{column: Status, values: {{A: active, I: inactive}}}}}}\n{order}"
    )
    mapping = parse_mapping(text, "m.yaml", "m")
    return read_inputs([path], mapping, mapping.policy())


def ranks(folder, values, *, order="order: [When]"):
    records = inputs(folder, [(f"763-555-01{at:02}", value, "A") for at, value in enumerate(values)], order).records
    return [values[at] for at, _ in sorted(enumerate(records), key=lambda one: one[1].rank)]


@pytest.mark.parametrize(
    ("values", "up", "down"),
    [
        (["10", "9", "", "$1,200.50", "-3"], ["-3", "9", "10", "$1,200.50", ""], ["$1,200.50", "10", "9", "-3", ""]),
        (
            ["3/1/2026", "2026-02-28", "Mar 2, 2026", "2025-12-31 23:59"],
            ["2025-12-31 23:59", "2026-02-28", "3/1/2026", "Mar 2, 2026"],
            ["Mar 2, 2026", "3/1/2026", "2026-02-28", "2025-12-31 23:59"],
        ),
        (["25/12/2025", "1/1/2026"], ["25/12/2025", "1/1/2026"], ["1/1/2026", "25/12/2025"]),
        (["b", "A", "", "c"], ["A", "b", "c", ""], ["c", "b", "A", ""]),
    ],
)
def test_numbers_are_numbers_dates_are_dates_texts_have_no_case_and_blanks_are_last(tmp_path, values, up, down):
    assert ranks(tmp_path, values) == up
    assert ranks(tmp_path, values, order="order: [-When]") == down


def test_the_first_field_decides_then_the_next(tmp_path):
    rows = [("763-555-0100", "1", "I"), ("763-555-0101", "1", "A"), ("763-555-0102", "2", "A")]
    found = inputs(tmp_path, rows, "order: [status, -When]").records
    assert [one.place[1] for one in sorted(found, key=lambda one: one.rank)] == [4, 3, 2]


def test_the_order_is_in_the_mappings_fingerprint_and_not_in_the_rows_digest(tmp_path):
    rows = [("763-555-0100", "1", "A"), ("763-555-0101", "2", "A")]
    plain, ordered = inputs(tmp_path, rows, ""), inputs(tmp_path, rows, "order: [-When]")
    assert plain.mapping.fingerprint != ordered.mapping.fingerprint
    assert [one.digest for one in plain.records] == [one.digest for one in ordered.records]
    assert [one.rank for one in plain.records] == [0, 0]


def test_no_tables_have_no_ranks():
    assert ranked([], []) == []
