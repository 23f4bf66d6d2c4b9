"""vCards that would exhaust memory or patience, or that are in several encodings: nothing ends the program."""

import pytest
from makers import NORA

from rotor_import.errors import SourceError
from rotor_import.model.rows import SourceOptions
from rotor_import.source import read_source

NORA_ROW = {"Full Name": "Nora Vance", "Mobile Phone": "763-555-0101", "Email": "nora@example.com"}
STRAYS = ["a stray line"] * 20_000
LATIN = "FN;CHARSET=ISO-8859-1:José"


@pytest.fixture
def read(tmp_path):
    def go(text):
        path = tmp_path / "contacts.vcf"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_source(path, SourceOptions())

    return go


def cards(table):
    return [{name: cell for name, cell in row.items() if cell} for row in table.frame.iter_rows(named=True)]


def card(*lines, version="3.0"):
    return "\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))


def test_thousands_of_stray_lines_are_joined_once(read):
    table = read(card("NOTE:x", *STRAYS, "TITLE:Owner", "and more"))
    assert cards(table) == [{"Notes": "\n".join(("x", *STRAYS)), "Job Title": "Owner\nand more"}]
    assert len(table.findings) == len(STRAYS) + 1


@pytest.mark.parametrize("after", [[], ["TEL:1", "and more"]])
def test_a_line_is_limited_together_with_the_stray_lines_below_it(read, after):
    table = read(card("TEL:1", "one more", "NOTE:x", *STRAYS * 5, *after) + NORA)
    assert cards(table) == [{}, NORA_ROW]
    reasons = [one.reason for one in table.findings if one.row == 1]
    assert reasons[0] == "line 4: not a line of a vCard; read as part of the line above"
    assert reasons[1].startswith("line 5: the line is longer than 1,048,576 characters")
    assert len(reasons) == 2


def test_stray_lines_of_one_letter_count_with_the_line_breaks_that_join_them(read):
    short = ["s"] * 400_000
    assert "longer than 1,048,576" in read(card("NOTE:x", *short)).findings[-1].reason


def test_stray_lines_below_a_picture_are_left_out_with_it(read):
    table = read(card("PHOTO;ENCODING=b:AA", "", "a stray line", "TEL:1"))
    assert cards(table) == [{"Other Phone": "1"}]
    assert [one.reason for one in table.findings] == ["line 5: not a line of a vCard; left out"]


def test_of_many_lists_of_contacts_and_lines_outside_cards_a_few_are_named_and_the_others_counted(read):
    table = read(NORA + card("KIND:group") * 1_007 + "stray line\n" * 7)
    named = [
        note
        for note in table.notes
        if "list of contacts, which" in note or "was skipped, as it isn't a customer" in note
    ]
    assert len(named) == 10
    assert {"and 1,002 more lists of contacts", "and 2 more lines outside cards"} <= set(table.notes)


def test_a_few_lists_of_contacts_are_all_named(read):
    table = read(NORA + card("KIND:group") * 5 + "stray line\n" * 5)
    assert sum("line " in note or "row " in note for note in table.notes) == 10
    assert not any("more" in note for note in table.notes)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe" + card("FN;CHARSET=ISO-8859-1:x", "NOTE:a", version="2.1").encode(),
        card(LATIN, *["NOTE:" + "é\0" * 900] * 2, version="2.1").encode("latin-1"),
        card(LATIN, "NOTE:" + "\0é" * 900, "TEL:1", version="2.1").encode("latin-1"),
    ],
    ids=["a mark of UTF-16", "UTF-16-LE", "UTF-16-BE"],
)
def test_lines_that_decode_to_another_number_of_lines_are_refused_in_words(read, data):
    with pytest.raises(SourceError, match=r"contacts\.vcf.*(several encodings|UTF-16)"):
        read(data)


def test_the_line_whose_letters_are_guessed_is_named_by_its_number_in_the_file(read):
    data = card(LATIN, "ORG:Acme", "NOTE:Café", version="2.1").encode("cp1252")
    assert cards(read(data)) == [{"Full Name": "José", "Company": "Acme", "Notes": "Café"}]
    assert "if the letters in line 5 look wrong" in read(data).notes[0]


@pytest.mark.parametrize("named", ["windows-1251:", '"windows-1251":', "WINDOWS-1251;LANGUAGE=ru:"])
def test_each_line_is_read_in_the_character_set_that_it_names(read, named):
    data = "\n".join(["BEGIN:VCARD", "VERSION:2.1", f"FN;CHARSET={named}Иван", "NOTE:"]).encode("cp1251")
    data += "Café".encode("cp1252") + b"\nORG;CHARSET=UTF-16:\xc9t\xe9\nEND:VCARD\n"
    assert cards(read(data)) == [{"Full Name": "Иван", "Company": "Été", "Notes": "Café"}]


@pytest.mark.parametrize("charset", ["utf-7", "punycode", "idna", "unicode_escape", "rot13", "none"])
def test_a_character_set_that_is_none_or_holds_half_letters_ends_nothing_and_takes_no_time(read, charset):
    line = f"NOTE;CHARSET={charset};ENCODING=QUOTED-PRINTABLE:a+2AA-" + "aaab" * 200_000
    assert cards(read(card("TEL:1", line, version="2.1")))[0]["Notes"].startswith("a+2AA-")
