"""Headers that nothing was tuned to: what they say, and above all what they do not."""

import csv

import pytest

from rotor_import.model.rows import SourceOptions
from rotor_import.pipeline.suggesting import judges
from rotor_import.source import read_source
from rotor_import.suggest import choose_fields, profile_columns

JUDGES = judges()
PEOPLE = [("Ann", "Ray"), ("Bo", "Roe"), ("Cy", "Lee"), ("Di", "Fox"), ("Ed", "Orr"), ("Fay", "Hill")]


def chosen(tmp_path, columns):
    """What is chosen for a file whose columns hold these, each a function of the row's number."""
    path = tmp_path / "people.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for at in range(len(PEOPLE)):
            writer.writerow([cell(at) for cell in columns.values()])
    found = choose_fields(profile_columns(read_source(path, SourceOptions()).frame, JUDGES))
    return {choice.field: choice.rule for choice in found.choices}, found


def first(at):
    return PEOPLE[at][0]


def last(at):
    return PEOPLE[at][1]


def phone(area):
    return lambda at: f"({area}) 555-01{at:02}"


def email(name):
    return lambda at: f"{name}{at}@example.com"


def text(value):
    return lambda at: f"{value} {at}"


def same(value):
    return lambda _at: value


STREET = text("Maple St")
ZIP = lambda at: f"0770{at}"  # noqa: E731 - one of many small columns


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        pytest.param(
            {"customer_id": text("c"), "given_name": first, "surname": last, "cell_phone": phone(763)}
            | {"e_mail": email("a"), "addr_line_1": STREET, "addr_line_2": text("Apt"), "town": same("Red Bank")}
            | {"province": same("NJ"), "post_code": ZIP, "how_did_you_hear": same("Web")},
            {"first_name": "given_name", "last_name": "surname", "phone": "cell_phone", "email": "e_mail"}
            | {"property_street1": "addr_line_1", "property_street2": "addr_line_2", "property_city": "town"}
            | {"property_state": "province", "property_zip": "post_code", "source": "how_did_you_hear"},
            id="snake_case",
        ),
        pytest.param(
            {"FNAME": first, "LNAME": last, "TELEPHONE": phone(763), "EMAIL ADDRESS": email("a")}
            | {"BILL ADDRESS": STREET, "BILL CITY": same("Red Bank"), "BILL ZIP": ZIP},
            {"first_name": "FNAME", "last_name": "LNAME", "phone": "TELEPHONE", "email": "EMAIL ADDRESS"}
            | {"billing_street1": "BILL ADDRESS", "billing_city": "BILL CITY", "billing_zip": "BILL ZIP"},
            id="capitals",
        ),
        pytest.param(
            {"Vorname": first, "Nachname": last, "Telefon": phone(763), "E-Mail": email("a"), "Straße": STREET}
            | {"PLZ": ZIP, "Ort": same("Red Bank"), "Firma": text("Firma"), "Bemerkungen": text("x")},
            {"first_name": "Vorname", "last_name": "Nachname", "phone": "Telefon", "email": "E-Mail"}
            | {"property_street1": "Straße", "property_city": "Ort", "property_zip": "PLZ", "company_name": "Firma"},
            id="German",
        ),
        pytest.param(
            {"Prénom": first, "Nom": last, "Téléphone": phone(763), "Courriel": email("a"), "Ville": same("Nice")}
            | {"Rue": STREET, "Code postal": ZIP},
            {"first_name": "Prénom", "last_name": "Nom", "phone": "Téléphone", "email": "Courriel"}
            | {"property_street1": "Rue", "property_city": "Ville", "property_zip": "Code postal"},
            id="French",
        ),
        pytest.param(
            {"Fist Name": first, "Last Namme": last, "Phone": phone(763)},
            {"first_name": "Fist Name", "last_name": "Last Namme", "phone": "Phone"},
            id="misspelled",
        ),
        pytest.param(
            {"Client": lambda at: " ".join(PEOPLE[at]), "Contact info": phone(763), "Reach at": email("a")},
            {"first_name": {"name": "first", "of": "Client"}, "last_name": {"name": "last", "of": "Client"}}
            | {"phone": "Contact info", "email": "Reach at"},
            id="by their values alone",
        ),
        pytest.param(
            {"Full Name": lambda at: " ".join(PEOPLE[at]), "Phone": lambda at: f"763-555-01{at:02}; 732-555-01{at:02}"},
            {"first_name": {"name": "first", "of": "Full Name"}, "last_name": {"name": "last", "of": "Full Name"}},
            id="several in a cell",
        ),
        pytest.param(
            {"Name": text("Bakery"), "Is Active": lambda at: "yes" if at % 2 else "no"},
            {"status": {"column": "Is Active", "values": {"yes": "active", "no": "inactive"}}},
            id="status",
        ),
    ],
)
def test_what_headers_and_cells_say(tmp_path, columns, expected):
    rules, _ = chosen(tmp_path, columns)
    assert {name: rules.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    "header",
    [
        *("Fax", "Assistant's Phone", "Spouse Phone", "Emergency Contact Phone", "Manager Phone", "Owner Phone"),
        *(
            "Technician Mobile",
            "Sales Rep Phone",
            "Pager",
            "Vendor Phone",
            "Home Fax",
            "Wife's Mobile",
            "Bob's Mobile",
        ),
    ],
)
def test_somebody_elses_phone_is_never_the_customers(tmp_path, header):
    rules, _ = chosen(tmp_path, {"First Name": first, header: phone(763)})
    assert "phone" not in rules


@pytest.mark.parametrize(
    "header",
    [
        *(
            "Contact owner",
            "Account Owner Email",
            "Created By",
            "Assistant Email",
            "Spouse E-mail",
            "Modified by e-mail",
        ),
        *("Sales Rep", "Emergency Email", "Referred by e-mail"),
    ],
)
def test_somebody_elses_email_is_never_the_customers(tmp_path, header):
    rules, _ = chosen(tmp_path, {"First Name": first, header: email("x")})
    assert "email" not in rules


@pytest.mark.parametrize(
    "header", ["Contact owner", "Account Owner", "Created By", "Spouse", "Technician", "Sales Rep"]
)
def test_somebody_elses_name_is_never_the_customers(tmp_path, header):
    rules, _ = chosen(tmp_path, {header: lambda at: " ".join(PEOPLE[at]), "Phone": phone(763)})
    assert not rules.keys() & {"first_name", "last_name"}


def test_of_two_unnamed_phone_columns_none_is_chosen_and_both_are_named(tmp_path):
    rules, found = chosen(tmp_path, {"X": phone(763), "Y": phone(732)})
    assert "phone" not in rules
    [remark] = found.remarks
    assert "'X', 'Y'" in remark
    assert "could be the phone" in remark


def test_a_header_that_says_phone_does_not_count_where_the_cells_say_otherwise(tmp_path):
    rules, found = chosen(tmp_path, {"Phone": same("call the office"), "Email": same("none"), "First Name": first})
    assert not rules.keys() & {"phone", "email"}
    assert found.remarks == [
        "'Phone': the header says phone, but only 0% of its cells are valid.",
        "'Email': the header says email, but only 0% of its cells are valid.",
    ]


def test_a_phone_column_half_of_which_is_spoiled_is_taken_all_the_same(tmp_path):
    rules, found = chosen(
        tmp_path, {"Phone": lambda at: f"763-555-01{at:02}" if at % 2 else "7.64E+09", "First": first}
    )
    assert rules["phone"] == "Phone"
    assert [choice.why for choice in found.choices if choice.field == "phone"] == ["phones: 75% of 6 in 'Phone'"]


def test_names_of_companies_are_not_taken_apart(tmp_path):
    rules, _ = chosen(tmp_path, {"Customer": lambda at: f"Acme {at} Inc", "Phone": phone(763)})
    assert "last_name" not in rules
    assert rules["company_name"] == "Customer"


def test_what_is_neither_a_person_nor_a_company_is_not_taken_apart(tmp_path):
    rules, found = chosen(tmp_path, {"Customer": lambda at: f"Acct {at}/7", "Phone": phone(763)})
    assert not rules.keys() & {"first_name", "last_name", "company_name"}
    assert "not people's names" in found.remarks[0]


def test_zips_that_lost_their_zero_are_asked_for(tmp_path):
    rules, _ = chosen(tmp_path, {"Street": STREET, "City": same("Red Bank"), "Zip": lambda at: f"770{at}"})
    assert rules["property_zip"] == {"column": "Zip", "zip": "US"}
