"""What people's files call their columns, in seven languages and by habit, and what a suggestion makes of them."""

import csv
from pathlib import Path

import pytest

from rotor_import.mapping import parse_mapping
from rotor_import.pipeline.cleaning import clean_table
from rotor_import.pipeline.suggesting import suggest_mapping
from rotor_import.source import read_sources

PEOPLE = [
    ("Nora", "Vance", "763-555-0101", "nora@example.com", "12 Elm Street, Blaine, MN 55434"),
    ("Omar", "Reyes", "763-555-0102", "omar@example.com", "40 Oak Avenue N, Anoka, MN 55303"),
    ("Pia", "Strand", "763-555-0103", "pia@example.com", "7 Birch Lane, Fridley, MN 55432"),
]
NAMES = [f"{first} {last}" for first, last, *_ in PEOPLE]
FIRST, LAST, PHONES, EMAILS, ADDRESSES = (list(cells) for cells in zip(*PEOPLE, strict=True))
ALL_FOUR = {"first_name": FIRST, "last_name": LAST, "phone": [f"+1763555010{at}" for at in (1, 2, 3)], "email": EMAILS}


def suggested(folder, columns):
    """The suggested mapping of a file with these columns, and its text."""
    path = Path(folder) / "people.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    text = suggest_mapping(path)
    return parse_mapping(text, "suggested.yaml", "suggested"), text, path


def arrives(folder, columns):
    """What each field gets, row by row."""
    mapping, _, path = suggested(folder, columns)
    [source] = read_sources([path], mapping.source_options)
    frame = clean_table(mapping, source, 0).frame
    return {name: frame.get_column(name).to_list() for name in mapping.mapped_fields}


def notes(folder, columns):
    return "\n".join(filter(None, arrives(folder, columns).get("notes", [])))


@pytest.mark.parametrize(
    "headers",
    [
        "Client: First Name|Client: Last Name|Client: Mobile Phone|Client: E-mail",
        "Contact.FirstName|Contact.LastName|Contact.MobilePhone|Contact.Email",
        "client_first_name|client_last_name|client_phone|client_email",
        "Zenith First Name|Zenith Last Name|Zenith Phone|Zenith Email",
        "Nombre|Apellidos|Celular|Correo electrónico",
        "Nombre|Primer apellido|Teléfono móvil|Correo",
        "NOMBRES|APELLIDO PATERNO|NÚMERO DE TELÉFONO|DIRECCIÓN DE CORREO ELECTRÓNICO",
        "Prénom|Nom de famille|Numéro de portable|Courriel",
        "Prénom|Nom|Tél. portable|Adresse e-mail",
        "Vorname|Nachname|Handynummer|E-Mail-Adresse",
        "Vorname|Familienname|Rufnummer|Mailadresse",
        "Vorname|Name|Telefon (mobil)|E-Mail",
        "Nome|Sobrenome|Telemóvel|Correio eletrónico",
        "Primeiro nome|Apelido|Nº de telefone|Endereço de e-mail",
        "Nome|Cognome|Cellulare|Posta elettronica",
        "Nome|Cognome|Numero di telefono|Indirizzo e-mail",
        "Voornaam|Achternaam|Telefoonnummer|E-mailadres",
        "Voornaam|Naam|Mobiel nummer|Mailadres",
        "Fname|Lname|Cell #|Email ID",
        "firstname|lastname|phonenumber|emailaddress",
        "Name|Surname|Contact No|Email",
        "billing_first_name|billing_last_name|billing_phone|billing_email",
        "First|Last|Number|Login",
        "First|Last|Billing Phone|Email",
        "First|Last|Site Phone|Email",
        "First|Last|Reach at|Where to write",
    ],
)
def test_all_four_are_found(tmp_path, headers):
    columns = dict(zip(headers.split("|"), (FIRST, LAST, PHONES, EMAILS), strict=True))
    assert arrives(tmp_path, columns) == ALL_FOUR


@pytest.mark.parametrize("header", ["Number", "Reach at", "Site Phone", "Billing Phone", "Telefon komórkowy", "電話"])
def test_a_phone_that_the_cells_alone_say_is_taken_with_a_remark(tmp_path, header):
    _, text, _ = suggested(tmp_path, {"First": FIRST, header: PHONES})
    assert f"# '{header}' was used as the phone because 100% of its cells are valid" in text


@pytest.mark.parametrize(
    "headers", ["Imię|Nazwisko|Telefon komórkowy|Adres e-mail", "Förnamn|Efternamn|Mobilnr|E-post", "姓|名|電話|メール"]
)
def test_the_cells_are_enough_for_phone_and_email_in_any_other_language(tmp_path, headers):
    found = arrives(tmp_path, dict(zip(headers.split("|"), (FIRST, LAST, PHONES, EMAILS), strict=True)))
    assert (found["phone"], found["email"]) == (ALL_FOUR["phone"], EMAILS)


@pytest.mark.parametrize(
    "header",
    [
        *(
            "Lead Owner",
            "Assigned To",
            "Sold By",
            "Estimator",
            "Técnico",
            "Vendedor asignado",
            "Betreuer",
            "Technicien",
        ),
        *("Responsável", "Proprietario", "Medewerker", "Account Manager", "Emergency Contact", "Created By"),
    ],
)
def test_staff_and_owners_of_leads_are_nobody(tmp_path, header):
    columns = {header: NAMES, f"{header} phone": PHONES, f"{header} email": EMAILS, "City": ["Blaine"] * 3}
    found = arrives(tmp_path, columns)
    assert not found.keys() & {"first_name", "last_name", "phone", "email", "company_name"}


def test_the_phone_of_a_few_people_in_many_rows_is_not_the_customers(tmp_path):
    columns = {"First": FIRST * 4, "Last": LAST * 4, "Reach at": [PHONES[0]] * 12}
    assert "phone" not in arrives(tmp_path, columns)


def test_several_phones_and_emails_are_taken_by_likelihood_and_all_are_in_the_notes(tmp_path):
    columns = {
        "First": FIRST,
        "Other Phone": ["763-555-0141"] * 3,
        "Work Phone": ["", "763-555-0132", "763-555-0133"],
        "Home Phone": ["763-555-0121", "", "763-555-0123"],
        "Mobile": ["763-555-0111", "", ""],
        "Email 2": ["x@example.com", "", ""],
        "Email": ["nora@example.com", "omar@example.com", ""],
    }
    mapping, _, _ = suggested(tmp_path, columns)
    assert mapping.fields["phone"].first_of == ("Mobile", "Home Phone", "Work Phone", "Other Phone")
    assert mapping.fields["email"].first_of == ("Email", "Email 2")
    for value in ("763-555-0121", "763-555-0132", "763-555-0141", "x@example.com"):
        assert value in notes(tmp_path, columns)


@pytest.mark.parametrize("between", [" / ", ", ", "; ", " or ", "\n"])
def test_further_phones_of_a_cell_are_in_the_notes(tmp_path, between):
    columns = {"First": FIRST, "Last": LAST, "Phone": [f"{phone}{between}612-555-0188" for phone in PHONES]}
    assert "612-555-0188" in notes(tmp_path, columns)


@pytest.mark.parametrize("header", ["Nombre", "Name", "Nom", "Kunde", "Customer", "Person - Name", "Nombre completo"])
def test_whole_names_are_told_by_their_cells(tmp_path, header):
    columns = {header: NAMES, "Phone": PHONES}
    found = arrives(tmp_path, columns)
    assert (found["first_name"], found["last_name"]) == (FIRST, LAST)


@pytest.mark.parametrize("header", ["Name", "Nombre", "Customer Name", "Client"])
def test_companies_are_told_by_their_cells(tmp_path, header):
    names = ["Northside Plumbing LLC", "Strand Dental Group", "Reyes & Sons Roofing Inc."]
    found = arrives(tmp_path, {header: names, "Phone": PHONES, "City": ["Blaine", "Anoka", "Fridley"]})
    assert found["company_name"] == names
    assert found["property_city"] == ["Blaine", "Anoka", "Fridley"]
    assert not found.keys() & {"first_name", "last_name"}


def test_persons_and_companies_of_one_column_go_where_they_belong(tmp_path):
    found = arrives(tmp_path, {"Name": [*NAMES, "Strand Dental Group LLC"], "Phone": [*PHONES, "763-555-0104"]})
    assert found["first_name"] == [*FIRST, None]
    assert found["last_name"] == [*LAST, None]
    assert found["company_name"] == [None, None, None, "Strand Dental Group LLC"]


def test_a_first_name_of_two_words_beside_a_last_name_stays_whole(tmp_path):
    found = arrives(tmp_path, {"Nombre": ["María José", "Juan Carlos", "Ana"], "Apellidos": ["Ruiz", "Vega", "Luna"]})
    assert found["first_name"] == ["María José", "Juan Carlos", "Ana"]


def test_both_last_names_are_one(tmp_path):
    columns = {"Nombre": FIRST, "Primer apellido": LAST, "Segundo apellido": ["Soto", "", "Luna"]}
    assert arrives(tmp_path, columns)["last_name"] == ["Vance Soto", "Reyes", "Strand Luna"]


@pytest.mark.parametrize(
    "header",
    [
        *("Postal Address", "Full Address", "Location", "Job Site", "Address", "Mailing Address", "Site", "Home"),
        *("Service Location", "Property Address", "Dirección completa", "Adresse complète", "Anschrift", "Where"),
        *("Endereço", "Indirizzo", "Adres", "Service Address", "Physical Address"),
    ],
)
def test_an_address_in_one_cell_is_found_under_any_name(tmp_path, header):
    found = arrives(tmp_path, {"First": FIRST, "Last": LAST, "Phone": PHONES, header: ADDRESSES})
    assert found["property_street1"] == ["12 Elm Street", "40 Oak Avenue N", "7 Birch Lane"]
    assert found["property_city"] == ["Blaine", "Anoka", "Fridley"]
    assert found["property_state"] == ["MN"] * 3
    assert found["property_zip"] == ["55434", "55303", "55432"]


@pytest.mark.parametrize("header", ["Billing Address", "Bill To", "Rechnungsadresse", "Adresse de facturation"])
def test_an_address_that_bills_is_the_billing_address(tmp_path, header):
    found = arrives(tmp_path, {"First": FIRST, "Phone": PHONES, header: ADDRESSES})
    assert found["billing_city"] == ["Blaine", "Anoka", "Fridley"]
    assert "property_city" not in found


@pytest.mark.parametrize(
    ("headers", "street"),
    [
        ("House Number|Street Name|City|Zip", "12 Elm"),
        ("Hausnummer|Straße|Ort|PLZ", "Elm 12"),
        ("Huisnummer|Straat|Plaats|Postcode", "Elm 12"),
    ],
)
def test_a_house_number_of_its_own_column_is_in_the_street(tmp_path, headers, street):
    columns = dict(zip(headers.split("|"), (["12"] * 3, ["Elm"] * 3, ["Blaine"] * 3, ["55434"] * 3), strict=True))
    assert arrives(tmp_path, {"First": FIRST, **columns})["property_street1"] == [street] * 3


def test_a_street_with_a_name_of_its_own_goes_with_the_only_city(tmp_path):
    columns = {"First": FIRST, "Service Address": ["12 Elm St"] * 3, "City": ["Blaine"] * 3, "Zip": ["55434"] * 3}
    found = arrives(tmp_path, columns)
    assert (found["property_street1"][0], found["property_city"][0]) == ("12 Elm St", "Blaine")


SECRETS = {
    "Credit Card": ["4242424242424242", "5555555555554444", "4111111111111111"],
    "Card No.": ["4242 4242 4242 4242", "5555 5555 5555 4444", "4111 1111 1111 1111"],
    "Field 7": ["4242-4242-4242-4242", "5555-5555-5555-4444", "4111-1111-1111-1111"],
    "CVV": ["123", "456", "789"],
    "SSN": ["900-12-3456", "900-12-3457", "900-12-3458"],
    "Field 8": ["900-12-3456", "900-12-3457", "900-12-3458"],
    "Date of Birth": ["1980-02-01", "1979-07-12", "1991-11-30"],
    "DOB": ["2/1/1980", "7/12/1979", "11/30/1991"],
    "Geburtsdatum": ["01.02.1980", "12.07.1979", "30.11.1991"],
    "Fecha de nacimiento": ["01/02/1980", "12/07/1979", "30/11/1991"],
    "Gate Code": ["4471", "9902", "1138"],
    "Lockbox": ["4471", "9902", "1138"],
    "Alarm Code #": ["4471", "9902", "1138"],
    "CFT[Gate code]": ["4471", "9902", "1138"],
    "Code porte": ["4471B", "9902A", "1138C"],
    "Portal Password": ["hunter-2", "blue-sky-7", "rain9"],
    "Contraseña": ["hunter-2", "blue-sky-7", "rain9"],
    "Passwort": ["hunter-2", "blue-sky-7", "rain9"],
    "Soc Sec No": ["900-12-3456", "900-12-3457", "900-12-3458"],
    "Routing Number": ["091000019", "091000020", "091000021"],
    "Driver's License": ["V123-456", "R123-457", "S123-458"],
    "Last 4 of SSN": ["3456", "3457", "3458"],
    "S.S.N.": ["900123456", "900123457", "900123458"],
    "D.O.B.": ["2/1/1980", "7/12/1979", "11/30/1991"],
    "dateofbirth": ["2/1/1980", "7/12/1979", "11/30/1991"],
    "VAT number": ["DE123456788", "DE123456789", "DE123456790"],
    "wifi pw": ["hunter-2", "blue-sky-7", "rain9"],
    "Door combo": ["4471", "9902", "1138"],
    "Field 9": ["2223000048400011", "2223 0000 4841 0010", "2223003122003222"],
}


@pytest.mark.parametrize("header", SECRETS)
def test_secrets_are_imported_nowhere_and_named_with_the_reason(tmp_path, header):
    columns = {"Name": NAMES, "Email": EMAILS, header: SECRETS[header]}
    mapping, text, _ = suggested(tmp_path, columns)
    assert mapping.key is None
    assert header not in mapping.columns_used
    left_out = text.partition("# Left out on purpose:")[2]
    assert f"{header!r}: " in left_out.replace('"', "'") or header in left_out
    assert "never imported" in left_out


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Has Gate", ["yes", "no", "no"]),
        ("Card Type", ["Visa", "Amex", "Visa"]),
        ("Birthday Card Sent", ["yes", "no", "yes"]),
        ("Gate", ["yes", "no", "no"]),
        ("Member Since", ["2019-01-01", "2020-01-01", "2021-01-01"]),
    ],
)
def test_what_is_no_secret_is_in_the_notes(tmp_path, header, cells):
    assert cells[0] in notes(tmp_path, {"Name": NAMES, "Email": EMAILS, header: cells})


def test_a_card_number_among_other_words_is_pointed_at(tmp_path):
    columns = {"Name": NAMES, "Email": EMAILS, "Notes": ["pays with 4242 4242 4242 4242", "nice dog", "big yard"]}
    _, text, _ = suggested(tmp_path, columns)
    assert "'Notes': some cells contain what looks like a card number" in text


def test_a_long_customer_number_is_no_card(tmp_path):
    ids = [str(4_000_000_000_000_000 + 7919 * at) for at in range(60)]
    columns = {"Customer ID": ids, "Email": [f"a{at}@example.com" for at in range(60)]}
    mapping, text, _ = suggested(tmp_path, columns)
    assert mapping.key is not None
    assert "card number" not in text


@pytest.mark.parametrize(
    ("columns", "key"),
    [
        ({"Invoice No": ["88120", "88121", "88122"], "Customer No": ["C-1", "C-2", "C-3"]}, "Customer No"),
        ({"No.": ["1", "2", "3"], "Account": ["A-731", "A-107", "A-522"]}, "Account"),
        ({"#": ["1", "2", "3"]}, None),
        ({"ID": ["1", "2", "3"]}, None),
        ({"Row": ["17", "18", "19"]}, None),
        ({"Order Number": ["17", "28", "19"]}, None),
        ({"Rechnungsnummer": ["17", "28", "19"], "Kundennummer": ["K7", "K8", "K9"]}, "Kundennummer"),
        ({"Código": ["17", "28", "19"], "Nº de factura": ["1", "2", "4"]}, "Código"),
        ({"Customer ID": ["1", "2", "3"], "ID": ["81", "92", "73"]}, "Customer ID"),
        ({"Owner ID": ["17", "28", "19"]}, None),
        ({"Zip Code": ["55434", "55303", "55432"]}, None),
    ],
)
def test_the_key_is_the_customers_number_and_no_other(tmp_path, columns, key):
    mapping, text, _ = suggested(tmp_path, {"Name": NAMES, "Phone": PHONES, **columns})
    assert (mapping.key.column if mapping.key else None) == key
    refused = key is None and not columns.keys() & {"Owner ID", "Zip Code", "Row"}
    assert ("# No key was chosen: " in text) == refused


def test_a_customers_number_may_repeat_with_its_customer_but_not_with_others(tmp_path):
    columns = {"Name": [*NAMES, NAMES[0]], "Phone": [*PHONES, PHONES[0]], "Invoice No": ["1", "5", "3", "9"]}
    mapping, _, _ = suggested(tmp_path, {**columns, "Customer No": ["C-1", "C-2", "C-3", "C-1"]})
    assert mapping.key.column == "Customer No"
    mapping, text, _ = suggested(tmp_path, {**columns, "Customer No": ["C-1", "C-1", "C-3", "C-3"]})
    assert mapping.key is None
    assert "'Customer No' has the same value for different people" in text


def test_what_only_some_ids_begin_with_is_no_part_of_them(tmp_path):
    mapping, _, _ = suggested(tmp_path, {"First": FIRST, "Phone": PHONES, "Record Id": ["zcrm_17", "28", "zcrm_19"]})
    assert (mapping.key.column, mapping.key.after) == ("Record Id", "zcrm_")


@pytest.mark.parametrize("header", ["Parcel Number", "Last Invoice #", "Quote No", "Location ID", "Serial Number"])
def test_the_number_of_something_else_is_no_key(tmp_path, header):
    mapping, _, _ = suggested(tmp_path, {"First": FIRST, "Phone": PHONES, header: ["17", "28", "19"]})
    assert mapping.key is None


@pytest.mark.parametrize("headers", ["Last Contact|First Contact", "Last Visit|First Order", "First Service|Last Tech"])
def test_what_was_first_or_last_is_no_name(tmp_path, headers):
    found = arrives(tmp_path, dict(zip(["Phone", *headers.split("|")], [PHONES, FIRST, LAST], strict=True)))
    assert not found.keys() & {"first_name", "last_name"}


def test_all_columns_of_tags_are_tags(tmp_path):
    columns = {"First": FIRST, "Phone": PHONES, "Customer Tags": ["vip, hoa", "", "vip"], "Location Tags": ["dog"] * 3}
    columns |= {"Do Not Mail": ["true", "false", "false"], "Email Status": ["Active", "Unsubscribed", "Active"]}
    found = arrives(tmp_path, columns)
    assert found["tags"] == [["vip", "hoa", "dog", "No mail"], ["dog", "No email"], ["vip", "dog"]]


def test_both_properties_of_a_client_are_kept(tmp_path):
    columns = {
        "Client #": ["7", "7", "9"],
        "First": ["Nora", "Nora", "Omar"],
        "Phone": [PHONES[0], PHONES[0], PHONES[1]],
        "Street": ["12 Elm St", "7 Lake Rd", "40 Oak Ave"],
        "City": ["Blaine", "Hudson", "Anoka"],
        "Zip": ["55434", "54016", "55303"],
    }
    mapping, _, _ = suggested(tmp_path, columns)
    assert mapping.survivor == {"notes": "join", "property_address": "first"}
    assert "Property: 7 Lake Rd, Hudson, 54016" in notes(tmp_path, columns)


def test_a_second_address_of_a_row_is_one_line_of_the_notes(tmp_path):
    columns = {"First": FIRST, "Address 1 Street": ["12 Elm St"] * 3, "Address 1 City": ["Blaine"] * 3}
    columns |= {"Address 2 Street": ["7 Lake Rd"] * 3, "Address 2 City": ["Hudson"] * 3}
    assert arrives(tmp_path, columns)["property_city"] == ["Blaine"] * 3
    assert "Other address: 7 Lake Rd, Hudson" in notes(tmp_path, columns)


def test_null_words_are_proposed_with_their_columns_and_are_blank(tmp_path):
    columns = {"First": FIRST, "Last": ["Vance", "N/A", "Strand"], "Company": ["NULL", "NULL", "Acme"]}
    columns |= {"Phone": PHONES, "Street": ["n/a", "4 Elm St", "5 Elm St"], "City": ["Blaine", "-", "Anoka"]}
    _, text, _ = suggested(tmp_path, columns)
    assert "# These mean a blank cell: N/A in Last; NULL in Company; n/a in Street; - in City" in text
    found = arrives(tmp_path, columns)
    assert found["last_name"] == ["Vance", None, "Strand"]
    assert found["company_name"] == [None, None, "Acme"]


@pytest.mark.parametrize(("header", "cells"), [("Last", ["Nan", "Reyes", "Na"]), ("Balance", ["0", "0", "5"])])
def test_what_may_be_an_answer_is_no_null_word(tmp_path, header, cells):
    _, text, _ = suggested(tmp_path, {"First": FIRST, "Phone": PHONES, header: cells})
    assert "null_values" not in text


def test_phones_of_seven_digits_ask_for_the_area_code(tmp_path):
    columns = {"First": FIRST, "Phone": ["555-0101", "5550102", "763-555-0103"]}
    _, text, _ = suggested(tmp_path, columns)
    assert '# area_code: "763"' in text
    assert "67% of the phones have seven digits; most others begin with 763. Enter your area code here:" in text
    _, text, _ = suggested(tmp_path, {"First": FIRST, "Phone": PHONES})
    assert "area_code" not in text


def test_what_stands_around_a_phone_is_in_the_notes(tmp_path):
    columns = {"First": FIRST, "Phone": ["763-555-0101 (cell)", "763-555-0102 ask for Bob", "763-555-0103"]}
    found = arrives(tmp_path, columns)
    assert found["phone"] == ALL_FOUR["phone"]
    assert "ask for Bob" in found["notes"][1]


@pytest.mark.parametrize(
    ("states", "rule"),
    [
        (["MN", "Minnesota", "mn", "Minn."], "US"),
        (["MN", "WI", "mn", "IA"], "US"),
        (["MN", "WI", "MN", "IA"], None),
        (["Minnesota", "Iowa", "Iowa", "Ohio"], None),
        (["Bayern", "Hessen", "BY", "Bayern"], None),
    ],
)
def test_states_in_several_spellings_become_codes(tmp_path, states, rule):
    columns = {"Street": ["1 Elm St"] * 4, "City": ["Blaine"] * 4, "State": states}
    mapping, _, _ = suggested(tmp_path, {"First": [*FIRST, "Quinn"], **columns})
    assert mapping.fields["property_state"].state == rule


def test_names_in_capitals_are_asked_for_in_title_case(tmp_path):
    columns = {"First": ["NORA", "omar", "PIA"], "Last": LAST, "Company": ["ACME LLC", "", "J&K HVAC"], "Phone": PHONES}
    mapping, _, _ = suggested(tmp_path, columns)
    cases = {name: mapping.fields[name].case for name in ("first_name", "last_name", "company_name")}
    assert cases == {"first_name": "title", "last_name": None, "company_name": "title"}


def test_whole_names_in_capitals_are_split_and_lowered(tmp_path):
    found = arrives(tmp_path, {"NAME": ["VANCE, NORA", "REYES, OMAR", "STRAND, PIA"], "PHONE": PHONES})
    assert (found["first_name"], found["last_name"]) == (FIRST, LAST)


def test_a_company_and_whom_to_ask_there_are_both_found(tmp_path):
    companies = ["Strand GmbH", "Abel LLC", "Vance Inc"]
    found = arrives(tmp_path, {"Kunde": companies, "Ansprechpartner": NAMES, "Telefon": PHONES})
    assert (found["first_name"], found["company_name"]) == (FIRST, companies)


def test_a_phone_column_that_is_only_called_home_or_work_is_one(tmp_path):
    columns = {"First": FIRST, "Mobile": ["763-555-0111", "", ""], "Work": ["", "763-555-0132", ""], "Home": PHONES}
    mapping, _, _ = suggested(tmp_path, columns)
    assert mapping.fields["phone"].first_of == ("Mobile", "Home", "Work")


@pytest.mark.parametrize(("header", "yes", "no"), [("Estado", "Activo", "Inactivo"), ("Aktiv", "Ja", "Nein")])
def test_a_status_is_found_in_other_languages(tmp_path, header, yes, no):
    found = arrives(tmp_path, {"First": FIRST, "Phone": PHONES, header: [yes, no, yes]})
    assert found["status"] == ["active", "inactive", "active"]
    assert "property_state" not in found


def test_whatever_tells_a_company_in_a_column_of_both_makes_it_one(tmp_path):
    names = ["Nora Vance", "Omar Reyes", "Green Lawn Landscaping", "Blaine Storage", "City of Anoka", "Pia Strand"]
    emails = [f"a{at}@example.com" for at in range(len(names))]
    got = arrives(tmp_path, {"Name": names, "Email": emails})
    assert got["company_name"] == [None, None, *names[2:5], None]
