"""vCards as address books write them: each card is a row, and nothing of it is lost."""

import codecs
import gzip

import makers
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import BO, NORA

from rotor_import import Settings, plan_import
from rotor_import.errors import SourceError
from rotor_import.model.rows import SourceOptions
from rotor_import.source import read_source, read_sources
from rotor_import.source.payload import Payload
from rotor_import.source.vcard import read_vcards
from rotor_import.source.vcard_words import COLUMNS

NORA_ROW = {"Full Name": "Nora Vance", "Mobile Phone": "763-555-0101", "Email": "nora@example.com"}
BO_ROW = {"Full Name": "Bo Roe", "First Name": "Bo", "Last Name": "Roe", "Work Phone": "763-555-0102"}


@pytest.fixture
def read(tmp_path):
    def go(text, name="contacts.vcf", **options):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_source(path, SourceOptions(**options))

    return go


def cards(table):
    return [{name: cell for name, cell in row.items() if cell} for row in table.frame.iter_rows(named=True)]


def card(*lines, version="3.0"):
    return "\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))


def test_each_card_is_a_row_that_is_numbered_by_its_first_line(read):
    table = read(NORA + "\n" + BO)
    assert cards(table) == [NORA_ROW, BO_ROW]
    assert table.numbers.to_list() == [1, 8]
    assert table.findings == ()


def test_the_columns_do_not_depend_on_the_cards(read):
    assert tuple(read(NORA).frame.columns) == tuple(read(BO).frame.columns) == COLUMNS


@pytest.mark.parametrize(
    ("lines", "version", "cells"),
    [
        pytest.param(["N:Lee;Ann;Marie,Jo;Dr.;Jr."], "3.0", {"First Name": "Ann", "Last Name": "Lee"}
                     | {"Middle Name": "Marie Jo", "Prefix": "Dr.", "Suffix": "Jr."}, id="name"),
        pytest.param([r"ORG:Acme\, Inc.;Sales;East"], "3.0", {"Company": "Acme, Inc.", "Department": "Sales, East"},
                     id="company"),
        pytest.param(["NOTE:one", " two", "\tthree"], "3.0", {"Notes": "onetwothree"}, id="folded"),
        pytest.param(["NOTE:one", " two"], "2.1", {"Notes": "one two"}, id="2.1 folds between words"),
        pytest.param([r"NOTE:a\nb\;c \"d\" C:\\x"], "3.0", {"Notes": 'a\nb;c "d" C:\\x'}, id="escapes"),
        pytest.param(["NOTE:one", "NOTE:two"], "3.0", {"Notes": "one\ntwo"}, id="several notes"),
        pytest.param(["CATEGORIES:A,B", "CATEGORIES:C"], "4.0", {"Categories": "A, B, C"}, id="categories"),
        pytest.param(["N;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:N=C3=BA=C3=B1ez;Ana;;;"], "2.1",
                     {"First Name": "Ana", "Last Name": "Núñez"}, id="quoted-printable"),
        pytest.param(["N;CHARSET=UTF-8;encoding=quoted-printable:N=C3=BA=", "=C3=B1ez;A=3Bna;;;"], "2.1",
                     {"First Name": "A;na", "Last Name": "Núñez"}, id="quoted-printable, folded"),
        pytest.param(["FN;QUOTED-PRINTABLE;CHARSET=UTF-8:Jos=C3", "=A9"], "2.1", {"Full Name": "José"},
                     id="quoted-printable, broken in two"),
        pytest.param(["FN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Jos=E9"], "2.1", {"Full Name": "José"},
                     id="charset"),
        pytest.param(["FN;CHARSET=windows-1251;ENCODING=QUOTED-PRINTABLE:=C8=E2=E0=ED"], "2.1", {"Full Name": "Иван"},
                     id="Cyrillic"),
        pytest.param(["TEL;HOME:1", "TEL;WORK;VOICE:2", "TEL;CELL;PREF:3", "TEL;WORK;FAX:4", "TEL;PAGER:5"], "2.1",
                     {"Home Phone": "1", "Work Phone": "2", "Mobile Phone": "3", "Fax": "4", "Pager": "5"}
                     | {"Marked As": "Fax: Work"}, id="kinds of phones, 2.1"),
        pytest.param(['TEL;TYPE="cell,voice";VALUE=uri:tel:+1-763-555-0101;ext=12'], "4.0",
                     {"Mobile Phone": "+1-763-555-0101 ext. 12"}, id="a phone as an address"),
        pytest.param(["TEL;TYPE=CELL:1", "TEL;TYPE=CELL,PREF:2", "TEL;TYPE=CELL:3"], "3.0",
                     {"Mobile Phone": "2", "Mobile Phone 2": "1", "More Phones": "Mobile: 3"}, id="several mobiles"),
        pytest.param(["item1.TEL;type=pref:1", "item1.X-ABLabel:Shop", "item2.TEL:2", "item2.X-ABLabel:Work mobile"],
                     "3.0", {"Other Phone": "1", "Mobile Phone": "2"}
                     | {"Marked As": "Other Phone: Shop; Mobile Phone: Work mobile"}, id="labels"),
        pytest.param(["item1.TEL:1", "item1.X-ABLabel:Wife's cell", "item2.TEL:2", "item2.X-ABLabel:_$!<Assistant>!$_"],
                     "3.0", {"Related Phones": "Wife's cell: 1; Assistant: 2"}, id="somebody else's phones"),
        pytest.param(["EMAIL;TYPE=HOME:a@example.com", "EMAIL;TYPE=WORK,PREF:b@example.com"], "3.0",
                     {"Email": "b@example.com", "Email 2": "a@example.com"}
                     | {"Marked As": "Email: Work; Email 2: Home"}, id="emails, the preferred first"),
        pytest.param(["ADR;TYPE=WORK,PREF:;;1 Work Way\\nSuite 5;Blaine;MN;55434;USA",
                      "item1.ADR;TYPE=HOME:7;Apt 3;12 Elm St;Fridley;MN;55432;"], "3.0",
                     {"Street": "12 Elm St", "Street 2": "Apt 3, PO Box 7", "City": "Fridley", "State": "MN"}
                     | {"ZIP": "55432", "Address 2 Street": "1 Work Way", "Address 2 Street 2": "Suite 5"}
                     | {"Address 2 City": "Blaine", "Address 2 State": "MN", "Address 2 ZIP": "55434"}
                     | {"Address 2 Country": "USA", "Marked As": "Address 2: Work"}, id="the home's address first"),
        pytest.param(["ADR:;;12 Elm St, Apt 4;Blaine;MN;55434"], "2.1", {"Street": "12 Elm St, Apt 4"}
                     | {"City": "Blaine", "State": "MN", "ZIP": "55434"}, id="a short address"),
        pytest.param(["X-GATE:4411;left", "item1.X-FOO:bar", "item1.X-ABLabel:Gate code"], "3.0",
                     {"Other Details": "Gate: 4411; left\nGate code: bar"}, id="unknown properties"),
        pytest.param(["PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AA", " QSkZJRg==", "NOTE:x"], "3.0", {"Notes": "x"}, id="photo"),
        pytest.param(["PHOTO;BASE64:", "  /9j/4AA", "", "NOTE:x"], "2.1", {"Notes": "x"}, id="photo, 2.1"),
        pytest.param(["AGENT:", "BEGIN:VCARD", "FN:Else", "TEL:9", "END:VCARD", "NOTE:x"], "2.1", {"Notes": "x"},
                     id="a card in a card"),
    ],
)  # fmt: skip
def test_what_a_card_says(read, lines, version, cells):
    found = read(card(*lines, version=version))
    assert cards(found) == [cells]
    assert found.findings == ()


def test_odd_quotes_lose_nothing_and_take_no_time(read):
    table = read(card('X-A;X-TITLE=\\"a\\" b:geo', "X-B;X=a" + "," * 60 + '"', "NOTE:x"))
    assert cards(table) == [{"Notes": "x", "Other Details": "A: geo\nX-B; X=a" + "," * 60 + '"'}]
    assert [(one.row, one.reason[:7]) for one in table.findings] == [(1, "line 4:")]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("X" + ";b" * 500_000, {"Notes": "x\nX" + ";b" * 500_000}),
        ("X" + " quoted-printable" * 50_000, {"Notes": "x\nX" + " quoted-printable" * 50_000}),
        ("N;" + " " * 900_000 + "x", {"Notes": "x\nN;" + " " * 900_000 + "x"}),
        ("PHOTO,of,Nora", {"Notes": "x\nPHOTO,of,Nora"}),
        ("\r" * 1_000_000 + "TITLE:Owner", {"Notes": "x", "Job Title": "Owner"}),
        ("TITLE" + " " * 900_000 + ";X=y:Owner", {"Notes": "x", "Job Title": "Owner"}),
    ],
    ids=["base64", "quoted-printable", "spaces", "picture", "carriage returns", "spaces before a parameter"],
)
def test_a_line_of_any_length_takes_no_longer_than_its_length(read, line, cells):
    table = read(card("NOTE:x", line))
    assert cards(table) == [cells]
    assert len(table.findings) == ("Job Title" not in cells)


def test_carriage_returns_alone_are_counted_as_lines(read):
    assert read("\r\r\r" + NORA.replace("\n", "\r")).numbers.to_list() == [4]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\r\r\n"])
def test_line_ends_of_every_kind_are_read(read, end):
    text = card("NOTE:one", " two", "PHOTO;ENCODING=b:AA", " BB", "TEL:1").replace("\n", end)
    assert cards(read(text)) == [{"Notes": "onetwo", "Other Phone": "1"}]


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + NORA.encode(),
        codecs.BOM_UTF16_LE + NORA.encode("utf-16-le"),
        NORA.lower().replace("nora vance", "Nora Vance").encode(),
        b"\n\n" + NORA.encode(),
    ],
)
def test_however_the_file_begins_it_is_known_by_its_content(read, data):
    assert cards(read(data, "contacts.txt")) == [NORA_ROW]


def test_letters_are_decoded_by_the_line_then_by_the_file(read):
    latin = card("FN;CHARSET=ISO-8859-1:José", "ORG:Café", "NOTE;CHARSET=UTF-8:é", version="2.1")
    data = b"\n".join(line.encode("utf-8" if b"UTF-8" in line.encode() else "cp1252") for line in latin.split("\n"))
    assert cards(read(data))[0]["Full Name"] == "José"
    one = cards(read(card("FN:José", "ORG:Café", version="2.1").encode("cp1252")))
    assert one == [{"Full Name": "José", "Company": "Café"}]


def test_letters_that_do_not_fit_are_guessed_and_named(read):
    table = read(card("FN;ENCODING=QUOTED-PRINTABLE:Jos=E9", version="2.1"))
    assert cards(table) == [{"Full Name": "José"}]
    (finding,) = table.findings
    assert (finding.row, finding.rejected) == (1, False)
    assert finding.reason.startswith("line 3: ")


def test_a_broken_card_is_named_with_its_line_and_costs_no_other(read):
    long = card("FN:Long", "NOTE:" + "x" * (2**20 + 1))
    table = read(NORA + long + "stray line\n" + card("FN:Stray", "TEL:1", "and more") + "BEGIN:VCARD\nFN:Open\n" + BO)
    assert [row.get("Full Name") for row in cards(table)] == ["Nora Vance", None, "Stray", "Open", "Bo Roe"]
    assert cards(table)[2] == {"Full Name": "Stray", "Other Phone": "1\nand more"}
    assert [(one.row, one.reason[:8].strip(), one.rejected) for one in table.findings] == [
        (7, "line 10:", True),
        (13, "line 17:", False),
        (19, "line 21:", False),
    ]
    assert any("row 12 was skipped, as it isn't a customer: 'stray line'" in note for note in table.notes)


def test_a_card_that_the_file_cuts_off_is_read_as_far_as_it_goes(read):
    table = read(NORA + BO[: BO.index("END")])
    assert cards(table) == [NORA_ROW, BO_ROW]
    assert [(one.row, one.rejected) for one in table.findings] == [(7, False)]


def test_a_list_of_contacts_is_no_contact(read):
    table = read(NORA + card("FN:Customers", "X-ADDRESSBOOKSERVER-KIND:group", "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:1"))
    assert cards(table) == [NORA_ROW]
    assert "line 7 begins a list of contacts, which was left out" in table.notes


def test_cards_come_from_folders_and_archives_beside_other_files(tmp_path):
    (tmp_path / "a.vcf").write_text(NORA)
    (tmp_path / "b.vcf.gz").write_bytes(gzip.compress(BO.encode()))
    (tmp_path / "c.csv").write_text("Name,Phone\nAnn Ray,763-555-0100\nBo Roe,763-555-0101\n")
    (tmp_path / "d.zip").write_bytes(makers.zipped({"e.vcard": NORA}))
    names = [str(table.path.relative_to(tmp_path)) for table in read_sources([tmp_path], SourceOptions())]
    assert names == ["a.vcf", "b.vcf.gz", "c.csv", "d.zip/e.vcard"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n", "a calendar"),
        (card("X-ADDRESSBOOKSERVER-KIND:group"), "no contact"),
    ],
)
def test_what_holds_no_contact_is_refused(read, text, words):
    with pytest.raises(SourceError, match=words):
        read(text)


def test_more_cards_than_memory_is_for_are_refused(read, monkeypatch):
    monkeypatch.setattr("rotor_import.source.vcard.MOST_CELLS", 2 * len(COLUMNS))
    assert len(cards(read(NORA * 2))) == 2
    with pytest.raises(SourceError, match="more than 2 cards"):
        read(NORA * 3)


def test_a_picture_of_many_lines_takes_no_longer_than_its_length(read):
    photo = "PHOTO;ENCODING=b:" + "\n ".join(["A" * 74] * 60_000)
    assert cards(read(card(photo, "TEL:1"))) == [{"Other Phone": "1"}]


def test_the_preset_plans_the_cards_of_an_iphone(tmp_path):
    (tmp_path / "contacts.vcf").write_text(NORA + BO)
    options = Settings(directory="none", ledger=str(tmp_path / "ledger.sqlite"), report_dir=tmp_path / "reports")
    summary = plan_import([tmp_path / "contacts.vcf"], "vcard", options).summary
    assert summary["rows"]["read"] == summary["rows"]["kept"] == 2


# --- well-formed cards, as vobject reads them -----------------------------------------------------------------------

WORLDS = settings.get_profile("worlds")
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=90).map(str.strip)
SAFE = TEXTS.filter(lambda text: text and "\\" not in text)


@settings(WORLDS)
@given(parts=st.tuples(*[SAFE] * 6))
def test_it_reads_what_vobject_writes(parts):
    family, given_name, city, note, company, unit = parts
    one = vobject.vCard()
    one.add("n").value = vobject.vcard.Name(family=family, given=given_name)
    one.add("fn").value = note
    one.add("adr").value = vobject.vcard.Address(street="1 Elm St", city=city)
    one.add("note").value = note
    one.add("org").value = [company, unit]
    payload = Payload.of("v.vcf", one.serialize().encode())
    (row,) = cards(read_vcards(payload, SourceOptions()))
    got = [row.get(name) for name in ("Last Name", "First Name", "City", "Notes", "Company", "Department")]
    assert got == list(parts)
