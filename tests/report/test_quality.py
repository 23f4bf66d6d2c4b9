"""quality.csv: what becomes of each column's cells, in fixed cases; the promise's test has random ones."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from rotor_import import Settings, plan_import
from rotor_import.report.quality import COLUMNS

A, B, C = "763-555-0100", "763-555-0101", "763-555-0102"


@pytest.fixture
def quality(tmp_path):
    """Plans files under a mapping; each is (header, rows)."""

    def planned(mapping, *files, **more):
        (tmp_path / "map.yaml").write_text(f"version: 1\n{mapping}\n")
        paths = []
        for number, (header, *rows) in enumerate(files):
            paths.append(tmp_path / f"{number}.csv")
            with paths[-1].open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([header.split(","), *rows])
        settings = Settings(ledger=str(tmp_path / "l.sqlite"), report_dir=tmp_path / "reports", directory="none")
        summary = plan_import(paths, str(tmp_path / "map.yaml"), replace(settings, **more)).summary
        with (Path(summary["report"]) / "quality.csv").open(newline="", encoding="utf-8-sig") as file:
            lines = list(csv.DictReader(file))
        assert list(lines[0]) == list(COLUMNS)
        assert [line["column"] for line in lines if int(line["filled"]) == int(line["not_imported"]) > 0] == [
            one["column"] for one in summary["not_imported"]
        ]
        return lines if len(files) > 1 else {line["column"]: line for line in lines}

    return planned


def counts(line):
    """Filled, arrived, changed, dropped, not imported."""
    return [int(line[name]) for name in ("filled", "arrived", "changed", "dropped", "not_imported")]


def test_a_column_in_two_fields_arrives_if_it_is_in_one_of_them(quality):
    mapping = 'fields: {phone: P, notes: {template: "Phone as written: {P}"}}'
    found = quality(mapping, ("P,Q", [A, "x"], ["call me, please", "y"]))
    assert counts(found["P"]) == [2, 1, 0, 1, 0]  # the second row has no key
    assert counts(found["Q"]) == [2, 0, 0, 0, 2]
    assert found["Q"]["example"] == "x"


def test_columns_that_only_decide_are_not_imported_and_the_report_says_what_reads_them(quality):
    mapping = """\
region: {column: Country}
source: {where: "Kind = 'x'"}
order: [Since]
fields: {phone: {column: P, when: {Use: "yes"}}, email: M}"""
    found = quality(mapping, ("P,M,Country,Kind,Since,Use", [A, "a@example.com", "US", "x", "2024", "no"]))
    assert counts(found["P"]) == [1, 0, 0, 1, 0]
    for name, part in (("Country", "region"), ("Kind", "where"), ("Since", "order"), ("Use", "when or prefer")):
        assert counts(found[name]) == [1, 0, 0, 0, 1]
        assert found[name]["reasons"] == f"the mapping only looks at it: {part} (1)"


def test_the_second_phone_is_dropped_unless_it_is_the_same_number(quality):
    rows = ([A, B], ["", B.replace("01", "02")], [C, "1 (763) 555 0102"], ["nobody", "763-555-0103 x4"])
    found = quality("fields: {phone: {first_of: [M, H]}}", ("M,H", *rows))
    assert counts(found["M"]) == [3, 0, 2, 1, 0]
    assert counts(found["H"]) == [4, 0, 3, 1, 0]
    assert "another column was used (1)" in found["H"]["reasons"]
    assert (found["M"]["invalid"], found["H"]["mended"]) == ("1", "1")
    assert found["M"]["example"] == "nobody"


def test_a_part_of_a_cell_arrives_changed(quality):
    mapping = (
        'fields: {email: {column: M, split: ";"}, first_name: {name: first, of: N}, tags: {column: T, split: ","}}'
    )
    found = quality(mapping, ("M,N,T", ["a@example.com; b@example.com", "Dr. Ann Ray", "vip,, new"], ["", "", ",,"]))
    assert [counts(found[name]) for name in "MN"] == [[1, 0, 1, 0, 0]] * 2
    assert counts(found["T"]) == [2, 1, 0, 1, 0]


def test_a_whole_name_that_stands_undivided_in_a_field_arrives(quality):
    mapping = "fields: {email: M, first_name: {name: first, of: N}, company_name: N}"
    found = quality(mapping, ("M,N", ["a@example.com", "Ray Roofing LLC"]))
    assert counts(found["N"]) == [1, 1, 0, 0, 0]


def test_sql_takes_the_cells_without_which_it_would_say_something_else(quality):
    mapping = """fields: {phone: P, company_name: {sql: "CASE WHEN T = 'b' THEN COALESCE(X, Y) ELSE UPPER(Y) END"}}"""
    found = quality(mapping, ("P,T,X,Y", [A, "b", "Acme", "Blue"], [B, "h", "Acme", "Blue"]))
    assert counts(found["X"]) == [2, 1, 0, 1, 0]
    assert counts(found["Y"]) == [2, 0, 1, 1, 0]


def test_keys_and_tags_may_come_from_any_origin(quality):
    mapping = """\
fields:
  phone: {sql: "COALESCE(P, Q)"}
  email: {template: "{M}"}
  tags: {sql: "T", split: ","}
  first_name: {name: first, of: [N, L]}"""
    found = quality(mapping, ("P,Q,M,T,N,L", [A, B, "a@example.com", "vip,new", "Ann", "Ray"]))
    assert [counts(found[name]) for name in "PQMT"] == [
        [1, 0, 1, 0, 0],
        [1, 0, 0, 1, 0],
        [1, 1, 0, 0, 0],
        [1, 0, 1, 0, 0],
    ]
    assert [counts(found[name]) for name in "NL"] == [[1, 1, 0, 0, 0], [1, 0, 0, 1, 0]]


def test_of_an_address_in_several_rows_one_rows_parts_arrive(quality):
    mapping = "fields: {phone: P, property_street1: S, property_city: C}"
    found = quality(mapping, ("P,S,C", [A, "1 Elm St", "Blaine"], [A, "2 Oak Rd", ""], [B, "3 Fir Ln", "Anoka"]))
    assert counts(found["S"]) == [3, 2, 0, 1, 0]
    assert counts(found["C"]) == [2, 1, 0, 1, 0]
    assert found["S"]["reasons"] == "dropped when rows were merged (1)"


def test_each_file_has_its_own_lines_and_values_that_lose_to_another_file_are_its_own(quality):
    mapping = "on_stranger: merge\nfields: {phone: P, company_name: {column: C, optional: true}}"
    lines = quality(mapping, ("P,C", [A, "Old"], [B, "Same"]), ("P,C", [A, "New"], [B, "Same"]), ("P,D", [C, "z"]))
    assert [(line["file"][-5:], line["column"], *counts(line)) for line in lines] == [
        ("0.csv", "P", 2, 0, 2, 0, 0),
        ("0.csv", "C", 2, 1, 0, 1, 0),
        ("1.csv", "P", 2, 0, 2, 0, 0),
        ("1.csv", "C", 2, 2, 0, 0, 0),
        ("2.csv", "P", 1, 0, 1, 0, 0),
        ("2.csv", "D", 1, 0, 0, 0, 1),
    ]


def test_null_words_of_the_mapping_are_blank_and_others_are_named_with_the_line_that_makes_them_so(quality):
    table = ("P,C,S", [A, "NULL", "MN"], [B, "N/A", "Minnesota"], ["-", "Acme", "MN"])
    found = quality("fields: {phone: P, company_name: C, property_state: S}", table)
    line = 'source: {null_values: ["", "NULL", "N/A"]}'
    assert found["C"]["reasons"].endswith(f"means blank: {line} (2)")
    assert "property_state: {column: S, state: US} (1)" in found["S"]["reasons"]
    assert counts(found["P"]) == [3, 0, 2, 1, 0]
    found = quality(f"{line}\nfields: {{phone: P, company_name: C, property_state: S}}", table)
    assert counts(found["C"]) == [1, 0, 0, 1, 0]


@pytest.mark.parametrize("rows", [3, 40_000])
def test_columns_in_capitals_are_named_with_the_line_that_writes_them_otherwise(quality, rows):
    people = [[f"763-{200 + at % 700}-{at // 700:04}", "MCALLEN", "Blue"] for at in range(rows)]
    found = quality("fields: {phone: P, last_name: L, company_name: C}", ("P,L,C", *people))
    assert "last_name: {column: L, case: title}" in found["L"]["reasons"]
    assert "case: title" not in found["C"]["reasons"]


def test_what_rotor_holds_already_arrives_and_what_it_keeps_instead_is_dropped(office):
    office.rotor.seed([{"phone": A, "first_name": "Ada", "last_name": "Ray", "company_name": "Blue"}])
    office.mapping.write_text(office.mapping.read_text() + "write: {company_name: if_empty}\n")
    office.write([{"key": "1", "phone": A, "first_name": "Ada", "last_name": "Rae", "company_name": "Red"}])
    found = {line["column"]: line for line in office.plan().table("quality.csv")}
    assert counts(found["key"]) == counts(found["first_name"]) == counts(found["last_name"]) == [1, 1, 0, 0, 0]
    assert counts(found["phone"]) == [1, 0, 1, 0, 0]
    assert counts(found["company_name"]) == [1, 0, 0, 1, 0]
    assert found["company_name"]["reasons"] == "Rotor's own value is kept (1)"


def test_a_field_that_both_sides_changed_is_dropped_until_somebody_decides(office):
    row = {"key": "1", "phone": A, "first_name": "Ada", "company_name": "Blue"}
    office.write([row])
    office.run()
    [customer] = office.rotor.customers()
    office.rotor.sandbox.store.update(customer["id"], {"company_name": "Green"})
    office.write([row | {"company_name": "Red"}])
    found = {line["column"]: line for line in office.plan().table("quality.csv")}
    assert counts(found["company_name"]) == [1, 0, 0, 1, 0]
    assert found["company_name"]["reasons"] == "on hold: see review.csv (1)"


def test_a_key_that_others_keep_arrives_in_the_notes(office):
    office.mapping.write_text(office.mapping.read_text().replace("on_stranger: merge", "on_stranger: separate"))
    office.write(
        [
            {"phone": A, "email": "ann@example.com", "first_name": "Ann", "last_name": "Ray"},
            {"phone": A, "email": "omar@example.com", "first_name": "Omar", "last_name": "Fox"},
        ]
    )
    outcome = office.run()
    found = {line["column"]: line for line in outcome.table("quality.csv")}
    assert counts(found["phone"]) == [2, 0, 2, 0, 0]
    assert found["phone"]["reasons"] == "others share it, so it is in the notes (1)"


def test_the_summary_names_the_columns_that_no_field_takes(office):
    office.file.write_text("phone,email,Card,first_name,last_name,company_name,tags\n" + A + ",,4111,,,,\n")
    office.mapping.write_text(office.mapping.read_text().replace("key: key", ""))
    outcome = office.plan()
    assert outcome.summary["not_imported"] == [{"file": str(office.file), "column": "Card", "filled": 1}]
    saved = json.loads((outcome.folder / "summary.json").read_text())
    assert saved["not_imported"] == outcome.summary["not_imported"]


def test_one_reason_is_counted_once_whatever_the_values(quality):
    rows = ["763-555-0101 (cell)", "José"], ["763-555-0102 Bob", "ZoÃ«"], ["763-555-0103 x5", "RenÃ©e"], [A, "JosÃ©"]
    found = quality("fields: {phone: P, first_name: F}", ("P,F", *rows))
    assert "text around the number was removed (2)" in found["P"]["reasons"]
    assert "the extension was dropped (1)" in found["P"]["reasons"]
    assert found["F"]["reasons"] == "letters garbled by a wrong encoding were fixed (3)"
