"""Values as people have them, from a file to the report."""

import csv
import json

import pytest

from rotor_import import Settings, plan_import

MAPPING = """\
version: 1
feed: cases
fields:
  first_name: {column: First, optional: true%CASE}
  last_name: {column: Last, optional: true%CASE}
  company_name: {column: Company, optional: true%CASE}
  phone: {column: Phone, optional: true%REST}
  email: {column: Email, optional: true}
  property_street1: {column: Street, optional: true}
  property_city: {column: City, optional: true}
  property_state: {column: State, optional: true%STATE}
  property_zip: {column: Zip, optional: true}
  tags: {column: Tags, split: ",", optional: true}
  notes: {column: Notes, optional: true}
"""


def told(cell):
    return cell.removeprefix("'")


class Planned:
    def __init__(self, summary, folder):
        self.summary = summary
        self._folder = folder / summary["run"]

    def table(self, name):
        with (self._folder / f"{name}.csv").open(newline="", encoding="utf-8-sig") as file:
            return list(csv.DictReader(file))

    def created(self, *fields):
        lines = [tuple(told(line[field]) for field in fields) for line in self.table("creates")]
        return [line[0] for line in lines] if len(fields) == 1 else lines

    def warned(self):
        return {told(line["value"]): line["reason"] for line in self.table("warnings")}

    def advice(self):
        """What each column's line of the quality table says of the mapping's lines that would fix it."""
        fixes = ("case: title", "null_values", "state: US", "area_code", "split:")
        found = {line["column"]: line["reasons"] for line in self.table("quality")}
        return {column: said for column, said in found.items() if any(fix in said for fix in fixes)}


@pytest.fixture
def plan(tmp_path):
    def go(lines, more="", **marks):
        text = MAPPING + more
        for mark in ("CASE", "REST", "STATE"):
            text = text.replace(f"%{mark}", marks.get(mark.lower(), ""))
        (tmp_path / "map.yaml").write_text(text)
        (tmp_path / "f.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        settings = Settings(
            sandbox=True,
            sandbox_state=tmp_path / "rotor.sqlite",
            ledger=str(tmp_path / "ledger.sqlite"),
            report_dir=tmp_path / "reports",
        )
        return Planned(plan_import([tmp_path / "f.csv"], tmp_path / "map.yaml", settings).summary, tmp_path / "reports")

    return go


PHONES = "First,Last,Phone,Email"
CROWDED = [
    PHONES,
    "Nora,Vance,763-555-0101 (cell),",
    "Omar,Reyes,763-555-0102 / 763-555-0103,",
    "Pia,Strand,1-888-GUTTERS-NOW,",
    "Quinn,Abel,763-GUTTERS,",
]


def test_phones_are_found_in_their_cells_and_the_rest_is_told(plan):
    planned = plan(CROWDED)
    assert planned.created("phone") == ["+17635550101", "+17635550102", "+18884888377", "+17634888377"]
    assert list(planned.warned()) == ["763-555-0101 (cell)", "763-555-0102 / 763-555-0103", "1-888-GUTTERS-NOW"]
    assert planned.created("notes") == ["", "", "", ""]
    quality = [line for line in planned.table("quality") if line["column"] == "Phone"]
    assert {(line["invalid"], line["mended"]) for line in quality} == {("0", "3")}


def test_the_rest_goes_into_the_notes_if_the_mapping_says_so(plan):
    planned = plan(CROWDED, rest=", rest: notes")
    assert planned.created("notes") == ["Phone: (cell)", "Phone: 763-555-0103", "Phone: NOW", ""]


def test_a_name_behind_a_number_is_not_dialed_and_makes_nobody_somebody_else(plan):
    planned = plan([PHONES, "Nora,Vance,(763) 255-4269,", "Zeb,Moss,763-2554 Amy,", "Yan,Pell,612-2557 (Kim),"])
    assert planned.created("first_name", "phone") == [("Nora", "+17632554269")]
    assert planned.summary["rows"]["rejected"] == 2
    assert set(planned.warned().values()) == {"no area code; `area_code` in the mapping adds one"}


SEVEN = [PHONES, "Nora,Vance,255-0142,", "Omar,Reyes,2550143,omar@example.com"]


def test_seven_digits_become_whole_with_the_mapping_s_area_code_which_the_reason_names(plan):
    assert plan(SEVEN, 'area_code: "763"\n').created("phone") == ["+17632550142", "+17632550143"]
    without = plan(SEVEN)
    assert without.created("phone") == [""]
    assert all("area_code" in reason for reason in without.warned().values())


TYPOS = ["First,Last,Phone,Email", *(f"Nora,Vance,,n@{domain}" for domain in ("gmial.com", "yaho.com", "gmail.com"))]


def test_likely_typos_of_domains_are_told_and_fixed_if_the_mapping_says_so(plan):
    planned = plan(TYPOS)
    assert planned.created("email") == ["n@gmial.com", "n@yaho.com", "n@gmail.com"]
    assert [("gmail.com" in said, "yahoo.com" in said) for said in planned.warned().values()] == [
        (True, False),
        (False, True),
    ]
    fixed = plan(TYPOS, "fix_typos: true\non_stranger: merge\n")
    assert sorted(fixed.created("email")) == ["n@gmail.com", "n@yahoo.com"]
    assert len(fixed.warned()) == 2


def test_null_words_are_named_with_their_columns_by_a_plan(plan):
    header = "First,Last,Company,Phone,Street,City,Tags,Notes"
    lines = [f"Nora{at},Vance{at},NULL,763-555-010{at},NULL,NULL,NULL,0" for at in range(5)]
    planned = plan([header, *lines, "Omar,Reyes,Reyes Roofing,763-555-0111,1 Elm St,Blaine,vip,0"])
    [note] = [note for note in planned.summary["notes"] if "null_values" in note]
    assert all(name in note for name in ("Company", "Street", "City", "Tags", "'NULL'"))
    advice = planned.advice()
    assert set(advice) == {"Company", "Street", "City", "Tags"}
    assert advice["City"] == 'probably means blank: source: {null_values: ["", "NULL"]} (5)'
    assert not plan([header, *lines], 'source: {null_values: ["NULL"]}\n').advice()


def test_error_words_are_blank_and_the_others_are_named(plan):
    lines = ["Nora,Vance,763-555-0101,#REF!,Blaine,#N/A", "Omar,N/A,763-555-0102,4 Elm St,none,-"]
    planned = plan(["First,Last,Phone,Street,City,Notes", *lines])
    assert planned.created("property_street1", "notes") == [("", ""), ("4 Elm St", "-")]
    assert set(planned.warned()) == {"#REF!", "#N/A"}
    assert set(planned.advice()) == {"Last", "City", "Notes"}
    assert all('["", "N/A", none, "-"]' in said for said in planned.advice().values())


STATES = ["First,Last,Phone,Street,City,State,Zip"]
STATES += [
    f"Nora{at},Vance{at},763-555-010{at},{at} Elm St,Blaine,{state},55434"
    for at, state in enumerate(("MN", "Minnesota", "mn", "Minn."))
]


def test_a_column_s_several_spellings_of_a_state_are_named_and_become_one(plan):
    planned = plan(STATES)
    assert planned.created("property_state") == ["MN", "Minnesota", "mn", "Minn."]
    said = planned.advice()["State"]
    assert all(part in said for part in ("(MN, Minnesota, mn, Minn.)", "state: US", "(3)"))
    one = plan(STATES, state=", state: US")
    assert one.created("property_state") == ["MN"] * 4
    assert not one.advice()


CAPITALS = [
    "First,Last,Company,Phone",
    "NORA,MCALLEN,ACME ROOFING LLC,763-555-0101",
    "omar,o'reyes,reyes & sons,763-555-0102",
    "PIA,DE LA STRAND,J&K HVAC INC,763-555-0103",
    "QUINN,ABEL-FORD,,763-555-0104",
]


def test_columns_in_capitals_are_named_and_written_as_names(plan):
    planned = plan(CAPITALS)
    assert planned.created("last_name")[0] == "MCALLEN"
    assert set(planned.advice()) == {"First", "Last", "Company"}
    assert all("case: title" in said for said in planned.advice().values())
    names = plan(CAPITALS, case=", case: title")
    assert not names.advice()
    assert names.created("first_name", "last_name", "company_name") == [
        ("Nora", "McAllen", "Acme Roofing LLC"),
        ("Omar", "O'Reyes", "Reyes & Sons"),
        ("Pia", "De La Strand", "J&K HVAC Inc"),
        ("Quinn", "Abel-Ford", ""),
    ]


def test_a_file_without_any_of_this_has_no_advice(plan):
    planned = plan(["First,Last,Phone,State", "Nora,Vance,763-555-0101,MN", "Omar,Na,763-555-0102,WI"])
    assert not planned.advice()
    assert "null_values" not in json.dumps(planned.summary["notes"])
