"""Each preset makes of its sample, under the system's real header, the customers that an office would expect."""

import csv
import re
from pathlib import Path

import polars as pl
import pytest
from arrival import arrival
from preset_samples import HERE, read_cases, read_header
from ruamel.yaml import YAML

from rotor_import import Settings, plan_import
from rotor_import.mapping import load_mapping
from rotor_import.model.column_names import loose_name
from rotor_import.model.formulas import restored_frame

CASES = {case.name: case for case in read_cases()}
MAPPINGS = HERE.parents[1] / "mappings"
EACH_CASE = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


class Planned:
    """A dry run's report, read back."""

    def __init__(self, file, preset, folder):
        settings = Settings(
            sandbox=True,
            sandbox_state=folder / "sandbox.sqlite",
            ledger=str(folder / "ledger.sqlite"),
            report_dir=folder / "reports",
        )
        self.folder = Path(plan_import([file], preset, settings).summary["report"])
        self.rows = {int(row["row"]): row for row in self.table("rows.csv")}
        self.customers = {row["customer"]: row for row in self.table("creates.csv")}
        self.warnings = [(int(row["row"]), row["field"]) for row in self.table("warnings.csv")]

    def table(self, name):
        frame = pl.read_csv(self.folder / name, infer_schema=False)
        return restored_frame(frame.fill_null("")).to_dicts()

    def fate(self, number):
        """What a case says of a row."""
        row = self.rows[number]
        if row["disposition"] == "create":
            customer = self.customers[row["customer"]]
            return {name: value for name, value in customer.items() if value and name != "customer"}
        if row["disposition"] == "merged":
            return f"merged into {row['merged_into']}"
        return f"{row['disposition']}: {row['reason']}"


def expected_fate(row, got):
    """`got` where it holds the reason that the case gives."""
    if "create" in row:
        return {name: ", ".join(one) if isinstance(one, list) else one for name, one in row["create"].items()}
    if "merged_into" in row:
        return f"merged into {row['merged_into']}"
    if "left_out" in row:
        return "left_out: left out by the mapping's where"
    (name,) = row.keys() & {"held", "rejected"}
    wanted = f"{name}: {row[name]}"
    return got if isinstance(got, str) and got.startswith(f"{name}: ") and row[name] in got else wanted


@EACH_CASE
def test_each_row_of_the_sample_becomes_what_it_should_and_what_was_dropped_or_changed_is_told(case, tmp_path):
    plan = Planned(case.sample, case.preset, tmp_path)
    assert plan.rows.keys() == case.numbered().keys()
    got = {number: plan.fate(number) for number in plan.rows}
    assert got == {number: expected_fate(row, got[number]) for number, row in case.numbered().items()}
    wanted = [(number, field) for number, row in case.numbered().items() for field in row.get("warned", ())]
    assert sorted(plan.warnings) == sorted(wanted)


@EACH_CASE
def test_a_sample_is_what_its_case_says(case):
    assert case.sample.read_bytes() == case.bytes()
    assert 15 <= len(case.rows) <= 40


@EACH_CASE
def test_a_sample_is_invented(case):
    text = case.sample.read_text(encoding="utf-8-sig")
    assert all(
        re.search(r"(^|\.)example\.(com|org|net)$", domain.lower()) for domain in re.findall(r"@([\w.-]*\w)", text)
    )
    for row in case.rows:
        fate = row.get("create", {})
        assert re.fullmatch(r"(\+1\d{3}55501\d\d)?", fate.get("phone", "")), fate


# --- every column of the real header is accounted for -------------------------------------------------------------

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
QUOTED = re.compile(r'"([^"]+)"')


def ignored_columns(preset):
    """What the preset's comment says under `# Not imported:`, as `#   column, column: the reason`."""
    text = (MAPPINGS / f"{preset}.yaml").read_text(encoding="utf-8")
    block = re.search(r"^# Not imported:.*\n((?:#   .*\n)+)", text, re.MULTILINE)
    lines = block[1].splitlines() if block else []
    found = {}
    for line in lines:
        names, _, reason = line.removeprefix("#   ").partition(": ")
        for name in names.split(", "):
            found[name] = reason.strip()
    return found


def named_columns(rule):
    """The columns that a rule names: a bare name, or where an origin, `when`, a template or SQL names them."""
    if isinstance(rule, str):
        yield rule
        return
    for key in ("column", "of", "first_of"):
        names = rule.get(key, [])
        yield from [names] if isinstance(names, str) else names
    yield from rule.get("when", {})
    yield from rule.get("prefer", {})
    yield from PLACEHOLDER.findall(rule.get("template", ""))
    sql = rule.get("sql", rule.get("where", ""))
    yield from QUOTED.findall(sql)
    yield from re.findall(r"\w+", QUOTED.sub("", sql))


def used_columns(preset):
    mapping = YAML(typ="base", pure=True).load((MAPPINGS / f"{preset}.yaml").read_text(encoding="utf-8"))
    rules = [mapping.get("key", {}), mapping.get("source", {}), *mapping["fields"].values()]
    return {name for rule in rules for name in named_columns(rule)}


def matches(column, names):
    """Whether one of them means the column: loosely, `*` any number, `2+` the numbers from 2 on."""
    for name in names:
        if loose_name(name) == loose_name(column):
            return True
        parts = re.split(r"(\*|\b2\+|(?<=_)2\+)", name)
        numbers = {"*": r"\d+", "2+": r"(?:[2-9]|\d\d+)"}
        pattern = "".join(numbers.get(part) or re.escape(loose_name(part)) for part in parts)
        if len(parts) > 1 and re.fullmatch(pattern, loose_name(column)):
            return True
    return False


@EACH_CASE
def test_no_column_vanishes_unseen(case):
    ignored = ignored_columns(case.preset)
    used = used_columns(case.preset)
    unseen = [name for name in case.header if name and not matches(name, used) and not matches(name, ignored)]
    assert unseen == []
    assert all(ignored.values())


@EACH_CASE
def test_every_cell_of_a_column_that_is_imported_arrives(case):
    ignored = ignored_columns(case.preset)
    found = arrival(load_mapping(case.preset), case.sample, lambda name: matches(name, ignored))
    googles_own = [cell for cell in found.lost if re.search(r"\* (myContacts|starred)", cell)]
    assert list(found.lost) == googles_own
    assert found.filled > 50


@EACH_CASE
def test_what_a_preset_says_it_does_not_import_is_there_and_is_not_imported(case):
    named = [name for name in ignored_columns(case.preset) if "*" not in name]
    assert [name for name in named if name not in case.header or matches(name, used_columns(case.preset))] == []


@pytest.mark.parametrize("preset", sorted(path.stem for path in MAPPINGS.glob("*.yaml")))
def test_a_preset_says_what_it_is_for_and_has_a_sample(preset):
    text = (MAPPINGS / f"{preset}.yaml").read_text(encoding="utf-8")
    schema, title, *_ = text.splitlines()
    assert schema == "# yaml-language-server: $schema=mapping.schema.json"
    assert re.match(r"# \w[^:]*: .{10,}|# The preset jobber, ", title)
    load_mapping(preset)
    assert preset == "jobber" or preset in {case.preset for case in CASES.values()}


def test_jobber_with_custom_fields_is_jobber_but_for_the_notes():
    plain, custom = load_mapping("jobber"), load_mapping("jobber_custom_fields")
    lines = custom.fields["notes"].template.splitlines()
    own = [re.sub(r",? \{PFT\[[^}]*\}", "", line) for line in lines if not re.search(r"\{CF[TS]\[", line)]
    notes = custom.fields["notes"].model_copy(update={"template": "\n".join(own) + "\n"})
    same = custom.model_copy(update={"fields": custom.fields | {"notes": notes}})
    assert same.model_dump() == plain.model_dump()


@EACH_CASE
def test_a_header_is_carried_whole(case):
    carried = case.header if case.is_vcards else read_header(case.name)
    assert len(case.header) == len(set(case.header)) == len(carried)


# --- the same systems, as other accounts export ---------------------------------------------------------------------


def planned_rows(folder, preset, header, *rows):
    file = folder / "other.csv"
    lines = [header, *([row.get(name, "") for name in header] for row in rows)]
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows(lines)
    return Planned(file, preset, folder)


def test_housecall_pro_has_as_many_addresses_as_the_account_needs(tmp_path):
    case = CASES["housecall_pro_customers_legacy"]
    header = [name for name in case.header if not re.match(r"Address_([4-9]|\d\d)", name)]
    file = tmp_path / "other.csv"
    file.write_bytes(case.bytes(header))
    plan = Planned(file, case.preset, tmp_path)
    got = {number: plan.fate(number) for number in plan.rows}
    assert got == {number: expected_fate(row, got[number]) for number, row in case.numbered().items()}


def test_google_numbers_its_columns_as_far_as_the_data_needs(tmp_path):
    more = ["Phone 3 - Label", "Phone 3 - Value", "Address 2 - Label", "Address 2 - Formatted", "Address 2 - City"]
    more += ["Custom Field 1 - Label", "Custom Field 1 - Value"]
    row = {
        "First Name": "Ada",
        "Phone 1 - Label": "Home",
        "Phone 1 - Value": "732-555-0101",
        "Phone 3 - Label": "Mobile",
        "Phone 3 - Value": "732-555-0103",
        "Address 2 - Label": "Cabin",
        "Address 2 - Formatted": "5 Elm Ct\nPlymouth, MN 55447",
        "Custom Field 1 - Label": "Gate code",
        "Custom Field 1 - Value": "4411",
    }
    plan = planned_rows(tmp_path, "google_contacts", [*CASES["google_contacts_2024"].header, *more], row)
    assert plan.fate(2) == {
        "first_name": "Ada",
        "phone": "+17325550103",
        "tags": "google",
        "notes": "Phone: 732-555-0101 Home\nPhone: 732-555-0103 Mobile\nAddress: Cabin 5 Elm Ct, Plymouth, MN 55447\n"
        "Gate code: 4411",
    }


def test_hubspot_exports_the_columns_of_the_view(tmp_path):
    row = {
        "Record ID": "51",
        "First Name": "Ada",
        "Last Name": "Bauer",
        "Email": "ada@example.com",
        "Phone Number": "732-555-0101",
        "Mobile Phone Number": "732-555-0102",
        "Street Address": "12 Maple St",
        "City": "Eatontown",
    }
    assert planned_rows(tmp_path, "hubspot", list(row), row).fate(2) == {
        "first_name": "Ada",
        "last_name": "Bauer",
        "phone": "+17325550102",
        "email": "ada@example.com",
        "property_street1": "12 Maple St",
        "property_city": "Eatontown",
        "tags": "hubspot",
        "notes": "Phones: 732-555-0101\nMobile phones: 732-555-0102\nEmails: ada@example.com\nHubSpot contact: 51",
    }


def test_zoho_and_mailchimp_take_an_address_and_a_phone_where_an_export_has_them(tmp_path):
    zoho = {"Record Id": "51", "Last Name": "Bauer", "Mobile": "732-555-0101", "Mailing Street": "12 Maple St"}
    fate = planned_rows(tmp_path, "zoho", [*CASES["zoho_crm_contacts"].header, "Mailing Street"], zoho).fate(2)
    assert fate["property_street1"] == "12 Maple St"
    other = tmp_path / "mailchimp"
    other.mkdir()
    header = [*CASES["mailchimp_audience"].header, "Phone Number", "Address"]
    cells = {"EUID": "a", "Email Address": "ada@example.com", "Phone Number": "732-555-0101", "Address": "12 Maple St"}
    fate = planned_rows(other, "mailchimp", header, cells).fate(2)
    assert fate["phone"] == "+17325550101"
    assert "Address: 12 Maple St" in fate["notes"].splitlines()


def test_jobber_spells_its_columns_in_several_ways(tmp_path):
    case = CASES["jobber_clients_with_custom_fields"]
    other = {"Service Zip code": "Service ZIP code", "Billing Zip code": "Billing ZIP code", "J-ID": "J ID"}
    text = case.bytes().decode()
    for spelled, otherwise in other.items():
        text = text.replace(spelled, otherwise, 1)
    file = tmp_path / "other.csv"
    file.write_text(text, encoding="utf-8")
    plan = Planned(file, "jobber_custom_fields", tmp_path)
    got = {number: plan.fate(number) for number in plan.rows}
    assert got == {number: expected_fate(row, got[number]) for number, row in case.numbered().items()}


def test_google_needs_no_column_beyond_the_names(tmp_path):
    header = ["First Name", "Last Name", "E-mail 1 - Value"]
    named = [name for name in CASES["google_contacts_2024"].header if not re.search(r"\d", name)]
    row = dict(zip(header, ["Ada", "Bauer", "ada@example.com"], strict=True))
    fate = planned_rows(tmp_path, "google_contacts", [*named, "E-mail 1 - Value"], row).fate(2)
    assert fate == {
        "first_name": "Ada",
        "last_name": "Bauer",
        "email": "ada@example.com",
        "tags": "google",
        "notes": "Email: ada@example.com",
    }


def test_pipedrive_names_its_columns_with_and_without_person(tmp_path):
    case = CASES["pipedrive_people"]
    file = tmp_path / "other.csv"
    file.write_bytes(case.bytes().replace(b"Person - ", b""))
    plan = Planned(file, case.preset, tmp_path)
    got = {number: plan.fate(number) for number in plan.rows}
    assert got == {number: expected_fate(row, got[number]) for number, row in case.numbered().items()}


def test_servicetitan_reports_customers_without_locations_and_emails_that_offices_invent(tmp_path):
    header = [name for name in CASES["servicetitan_locations"].header if name != "Location ID"]
    rows = [
        {"Customer ID": str(at), "Customer Name": name, "Phone Number": f"763-555-010{at}", "Email": "no@email.com"}
        for at, name in enumerate(("Ann Ray", "Bo Roe"))
    ]
    plan = planned_rows(tmp_path, "servicetitan", [*header, "Last Job Completed"], *rows)
    fates = [plan.fate(number) for number in (2, 3)]
    assert [(fate["first_name"], fate["phone"], "email" in fate) for fate in fates] == [
        ("Ann", "+17635550100", False),
        ("Bo", "+17635550101", False),
    ]


def test_stripe_exports_its_default_columns_or_more(tmp_path):
    header = "id,Description,Email,Name,Created (UTC),Delinquent,Plan,Status,Total Spend,Payment Count,Refunded Volume"
    cells = {"id": "cus_1", "Email": "ada@example.com", "Name": "Ada Bauer", "Address Line1": "12 Maple St"}
    cells |= {"Address City": "Eatontown", "Address State": "NJ", "Address Postal Code": "7724"}
    fate = planned_rows(tmp_path, "stripe", [*header.split(","), *list(cells)[3:]], cells).fate(2)
    assert fate["billing_zip"] == "07724"
    other = tmp_path / "default"
    other.mkdir()
    assert planned_rows(other, "stripe", header.split(","), {"id": "c", "Email": "a@example.com"}).fate(2)["email"]


def test_constant_contact_exports_the_columns_that_the_contacts_need(tmp_path):
    cells = {"Email address": "ada@example.com", "First name": "Ada", "Last name": "Bauer", "Email status": "Active"}
    fate = planned_rows(tmp_path, "constant_contact", list(cells), cells).fate(2)
    assert (fate["email"], fate["first_name"], fate["tags"]) == ("ada@example.com", "Ada", "constant_contact")


NEW = ("pipedrive", "servicetitan", "gorilladesk", "square", "stripe", "constant_contact", "vcard")


@pytest.mark.parametrize("preset", NEW)
def test_no_card_no_birthday_and_nobody_of_the_staff_is_mapped(preset):
    words = r"\b(card|last4|cvc|birthday|birth|owner|salesperson|technician|password|ssn)\b"
    assert [name for name in used_columns(preset) if re.search(words, name, re.IGNORECASE)] == []


@pytest.mark.parametrize(
    ("preset", "addresses"),
    [
        ("constant_contact", ["12 Maple St", "5 Elm Ct"]),
        ("servicetitan", ["12 Maple St", "5 Elm Ct"]),
        ("gorilladesk", ["100 Harbor Blvd", "200 Dock St"]),
        ("vcard", ["12 Maple St", "5 Elm Ct"]),
    ],
)
def test_the_second_property_of_a_customer_is_kept(tmp_path, preset, addresses):
    (case,) = (case for case in CASES.values() if case.preset == preset)
    plan = Planned(case.sample, preset, tmp_path)
    (customer,) = (one for one in plan.customers.values() if one["property_street1"] == addresses[0])
    assert addresses[1] in customer["notes"]
