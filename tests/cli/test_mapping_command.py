"""Mappings proposed, tried and listed, as a person does it."""

import json

import pytest
from test_command_line import FILE, ROOT, Desk

WORKIZ = ROOT / "sample_data" / "workiz_clients.csv"


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_a_suggestion_is_written_once_tried_and_imported(desk):
    done = desk.start("mapping", "suggest", "people.csv", "-o", "new.yaml")
    assert done.returncode == 0, done.stderr
    assert (done.stdout, "mapping check new.yaml people.csv" in done.stderr) == ("", True)
    again = desk.start("mapping", "suggest", "people.csv", "-o", "new.yaml")
    assert (again.returncode, "new.yaml already exists" in again.stderr, "--force" in again.stderr) == (2, True, True)
    assert desk.start("mapping", "suggest", "people.csv", "-o", "new.yaml", "--force").returncode == 0
    checked = desk.start("mapping", "check", "new.yaml", "people.csv", "--json")
    assert checked.returncode == 0, checked.stderr
    fields = json.loads(checked.stdout)["fields"]
    assert fields["phone"]["samples"] == ["+17635550100"]
    planned = json.loads(desk.start("plan", "people.csv", "-m", "new.yaml", "--sandbox", "--json").stdout)
    assert planned["changes"]["create"] == 2


def test_without_a_place_it_is_printed_with_its_reasons(desk):
    text = desk.start("mapping", "suggest", "people.csv").stdout
    assert "first_name: First" in text
    assert "# emails: 100% of 2 in 'Email'" in text


def test_a_known_systems_export_is_named(desk):
    assert "its preset may fit better: -m workiz" in desk.start("mapping", "suggest", WORKIZ).stdout


def test_check_says_what_each_field_gets_and_what_is_wrong(desk):
    desk.put("people.csv", FILE + "Cy,Orr,7.64E+09,cy@example.com\n")
    done = desk.start("mapping", "check", "map.yaml", "people.csv")
    assert done.returncode == 3
    assert "map.yaml on 3 rows: 0 left out, 1 rejected" in done.stdout
    assert "Excel dropped some of its digits" in done.stdout
    assert "  Last: 3 not imported\n    no field uses it (3): rows 2, 3, 4, such as " in done.stdout
    assert '→ notes: {template: "Last: {Last}"}' in done.stdout
    found = json.loads(desk.start("mapping", "check", "map.yaml", "people.csv", "--json").stdout)
    assert (found["rows"], found["rejected"], found["unused_columns"]) == (3, 1, ["Last"])
    assert found["fields"]["first_name"]["distinct"] == 2
    assert found["sample_rows"][1] == {"row": 3, "first_name": "Bo", "email": "bo@example.com"}
    assert "  3: first_name: Bo, email: bo@example.com" in done.stdout


def fixes(desk, mapping, text):
    """The lines that `mapping check` proposes, by column."""
    desk.put("own.yaml", f"version: 1\n{mapping}\n")
    desk.put("own.csv", text)
    found = json.loads(desk.start("mapping", "check", "own.yaml", "own.csv", "--json").stdout)
    return {one["column"]: [problem["fix"] for problem in one["problems"]] for one in found["columns"]}


def test_a_line_that_would_fix_a_column_keeps_what_the_mapping_says_and_loads(desk):
    source = 'source: {null_values: ["", "0/0/00"], where: Email IS NOT NULL}'
    mapping = """\
fields:
  first_name: First
  phone: {first_of: [Phone], when: {"Type: kind": ["a, b", c]}}
  email: Email"""
    header = "First,Phone,Type: kind,Email\n"
    rows = "\\N,763-555-0100; 763-555-0101,c,a@example.com\nN/A,763-555-0102,c,b@example.com\n"
    found = fixes(desk, f"{source}\n{mapping}", header + rows)
    lines = [found["First"][0], next(fix for fix in found["Phone"] if fix)]
    assert lines[0] == 'source: {null_values: ["", "0/0/00", "\\\\N", "N/A"], where: Email IS NOT NULL}'
    again = mapping.replace(mapping.splitlines()[2], f"  {lines[1]}")
    assert fixes(desk, f"{lines[0]}\n{again}", header + rows)["First"] == []


def test_no_area_code_is_made_up(desk):
    fix = fixes(desk, "fields: {phone: P, email: E}", "P,E\n555-0100,a@example.com\n")["P"][0]
    assert fix == 'area_code: "___"'
    found = fixes(desk, "region: GB\nfields: {phone: P, email: E}", "P,E\n555-0100,a@example.com\n")["P"]
    assert not any("area_code" in fix for fix in found)


def test_nothing_private_is_proposed_for_the_notes_and_no_notes_are_replaced(desk):
    header, row = "E,Lockbox,Geburtsdatum,Floor 2+,Dog\n", "a@example.com,4471,01.02.1980,x,Rex\n"
    found = fixes(desk, "fields: {email: E}", header + row)
    assert [found[name] for name in ("Lockbox", "Geburtsdatum", "Floor 2+")] == [[""], [""], [""]]
    assert found["Dog"] == ['notes: {template: "Dog: {Dog}"}']
    found = fixes(desk, 'fields: {email: E, notes: {template: "Email: {E}"}}', header + row)
    assert found["Dog"] == ["add this line to the template of the notes: Dog: {Dog}"]
    assert fixes(desk, "fields: {email: E, notes: Lockbox}", header + row)["Dog"] == [""]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "nope", "people.csv"), "There is no mapping file or preset called nope"),
        (("check", "map.yaml", "gone.csv"), "There is no file gone.csv"),
        (("suggest", "gone.csv"), "There is no file gone.csv"),
        (("suggest", "people.csv", "-o", "no/folder.yaml"), "write no/folder.yaml"),
    ],
)
def test_what_is_not_there_is_told_in_words(desk, arguments, words):
    done = desk.start("mapping", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_the_list_names_every_preset(desk):
    listed = json.loads(desk.start("mapping", "list", "--json").stdout)["presets"]
    assert [one["name"] for one in listed] == sorted(path.stem for path in (ROOT / "mappings").glob("*.yaml"))
    assert all(one["about"] and "schema" not in one["about"] for one in listed)
    assert "workiz" in desk.start("mapping", "list").stdout


def test_the_schema_is_the_one_beside_the_presets(desk):
    schema = json.loads(desk.start("mapping", "schema").stdout)
    assert schema == json.loads((ROOT / "mappings" / "mapping.schema.json").read_text(encoding="utf-8"))


def test_check_rejects_what_a_first_plan_rejects(desk):
    """A row without a key is kept where its legacy id stands in a row with one."""
    desk.put("map.yaml", "version: 1\nkey: Id\nfields: {first_name: First, phone: Phone, email: Email}\n")
    rows = "1,Ann,763-555-0100,\n1,Ann,,\n2,Bo,,bo@nowhere\n3,Cy,,\n3,Cy,763-555-0103,\n,Di,,\n"
    desk.put("people.csv", "Id,First,Phone,Email\n" + rows)
    done = desk.start("mapping", "check", "map.yaml", "people.csv", "--json")
    checked = json.loads(done.stdout)
    planned = json.loads(desk.start("plan", "people.csv", "-m", "map.yaml", "--sandbox", "--json").stdout)
    assert (done.returncode, checked["rejected"]) == (3, planned["rows"]["rejected"]) == (3, 2)
    assert checked["problems"].items() >= planned["reject_reasons"].items()


@pytest.mark.parametrize("padding", ["", ",,,"])
def test_a_header_below_titles_is_found_by_its_usual_words(desk, padding):
    title = f"Kundenliste{padding}\nStand November{padding}\n"
    desk.put("people.csv", title + "Nr,Kunde,Handy,Mail\n17,Ann Lee,763-555-0100,ann@example.com\n")
    assert desk.start("mapping", "suggest", "people.csv", "-o", "new.yaml").returncode == 0
    text = (desk.folder / "new.yaml").read_text(encoding="utf-8")
    assert "# The file: the header is in row 3." in text
    planned = json.loads(desk.start("plan", "people.csv", "-m", "new.yaml", "--sandbox", "--json").stdout)
    assert (planned["rows"]["read"], planned["changes"]["create"]) == (1, 1)


def test_where_neither_phones_nor_emails_are_found_it_is_said(desk):
    words = "No phones or emails were found. If the header is in another row: `source: {header_row: NUMBER}`"
    assert words not in desk.start("mapping", "suggest", "people.csv").stdout
    desk.put("people.csv", "Colour,Size\nred,large\nblue,small\n")
    desk.start("mapping", "suggest", "people.csv", "-o", "new.yaml")
    assert words in (desk.folder / "new.yaml").read_text(encoding="utf-8")
    assert desk.start("mapping", "check", "new.yaml", "people.csv").returncode == 3


@pytest.mark.parametrize(
    ("name", "feed"),
    [
        ("clients.csv", "clients"),
        ("clients (1).csv", "clients_1"),
        ("clients2.csv", "clients2"),
        ("clients-2026-11-28.csv", "clients"),
        ("clients_20261128T183000.csv", "clients"),
        ("Jobber Clients 11-28-2026.csv", "jobber_clients"),
        ("2026-11-28.csv", "customers"),
    ],
)
def test_a_feed_is_named_for_its_file_without_dates_and_files_with_other_numbers_are_apart(desk, name, feed):
    desk.put(name, FILE)
    assert f"\nfeed: {feed}\n" in desk.start("mapping", "suggest", name).stdout
