"""What a phone cell says besides its number: words, further numbers, letters in place of digits."""

import pytest

from rotor_import.normalize.phone_cells import AROUND, read_cell
from rotor_import.normalize.phones import LACKS_AREA, NO_NUMBER, TOO_LONG, TOO_SHORT, normal_phone

FIRST = "+17635550101"

WORDS = {
    "763-555-0101 (cell)": "(cell)",
    "763-555-0101 cell": "cell",
    "763-555-0101 (home)": "(home)",
    "763-555-0101 no texts": "no texts",
    "763-555-0101 - wife": "wife",
    "(763) 555-0101 (Sam)": "(Sam)",
    "763-555-0101cell": "cell",
    "763-555-0101 H": "H",
    "763-555-0101 (2nd)": "(2nd)",
    "Bob 763-555-0101": "Bob",
    "Bob: +1 763 555 0101 (cell)": "Bob (cell)",
    "apt 5 763-555-0101": "apt 5",
    "763-555-0101 call after 5pm": "call after 5pm",
    "763.555.0101\nask for José": "ask for José",
    "763-555-0101/0102": "0102",
}


@pytest.mark.parametrize(("cell", "rest"), WORDS.items())
def test_what_is_around_a_number_is_taken_off_and_told(cell, rest):
    assert read_cell(cell, "US") == ((FIRST, AROUND.format(rest), False), rest)


@pytest.mark.parametrize(
    ("cell", "hint", "rest"),
    [
        ("763-555-0101 / 763-555-0102", 'split: "/"', "763-555-0102"),
        ("763-555-0101, 763-555-0102", 'split: ","', "763-555-0102"),
        ("763-555-0101 or 763-555-0102", 'split: " or "', "763-555-0102"),
        ("763-555-0101; 763-555-0102", 'split: ";"', "763-555-0102"),
        ("763-555-0101 & 763-555-0102", 'split: "&"', "763-555-0102"),
        ("763-555-0101|763-555-0102", 'split: "|"', "763-555-0102"),
        ("763-555-0101\n763-555-0102", r'split: "\n"', "763-555-0102"),
        ("763-555-0101 763-555-0102", "rest: notes", "763-555-0102"),
        ("7635550101 7635550102", "rest: notes", "7635550102"),
        ("763 555 0101 763 555 0102", "rest: notes", "763 555 0102"),
        ("763-555-0101 - 763-555-0102", "rest: notes", "763-555-0102"),
        ("(763)555-0101(763)555-0102", "rest: notes", "(763)555-0102"),
        ("763-555-0101-763-555-0102", "rest: notes", "763-555-0102"),
        ("763.555.0101.763.555.0102", "rest: notes", "763.555.0102"),
        ("763-555-0101:763-555-0102", "rest: notes", "763-555-0102"),
        ("763-555-0101\\763-555-0102", "rest: notes", "763-555-0102"),
        ("763-555-0101*763-555-0102", "rest: notes", "763-555-0102"),
        ("+17635550101+17635550102", "rest: notes", "+17635550102"),
        ("763-555-0101 <763-555-0102>", "rest: notes", "<763-555-0102>"),
        ("Home 763-555-0101 Work 763-555-0102", "rest: notes", "Home Work 763-555-0102"),
        ("763-555-0101 mom, 763-555-0102 dad", "rest: notes", "mom, 763-555-0102 dad"),
    ],
)
def test_several_numbers_are_found_whatever_separates_them(cell, hint, rest):
    normal, left = read_cell(cell, "US")
    assert (normal.value, left) == (FIRST, rest)
    assert normal.reason.startswith("several numbers")
    assert hint in normal.reason
    assert normal.reason.endswith(f"left out: {rest}")


@pytest.mark.parametrize(
    ("cell", "number", "rest"),
    [
        ("1-800-FLOWERS", "+18003569377", ""),
        ("1 (800) FLOWERS", "+18003569377", ""),
        ("1-800-GOT-JUNK", "+18004685865", ""),
        ("1-800-flowers", "+18003569377", ""),
        ("(763) 555-ROOF", "+17635557663", ""),
        ("763.555.ROOF", "+17635557663", ""),
        ("763-GUTTERS", "+17634888377", ""),
        ("1-888-GUTTERS-NOW", "+18884888377", "NOW"),
        ("1-800-FLOWERSHOP", "+18003569377", "HOP"),
        ("call 1-800-FLOWERS (main)", "+18003569377", "call (main)"),
    ],
)
def test_letters_are_digits_in_a_number_that_is_spelled(cell, number, rest):
    normal, left = read_cell(cell, "US")
    assert (normal.value, left) == (number, rest)
    assert normal.reason == (AROUND.format(rest) if rest else "")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("763-2554 Amy", LACKS_AREA),
        ("763-2554-AMY", LACKS_AREA),
        ("7632554AMY", LACKS_AREA),
        ("763CALLBOB", TOO_SHORT),
        ("612-2557 (Kim)", LACKS_AREA),
        ("320-2559 cel", LACKS_AREA),
        ("612-2555 Bob", LACKS_AREA),
        ("763-255 home", TOO_SHORT),
        ("763-255-HOME", TOO_SHORT),
        ("763 255 cell", TOO_SHORT),
        ("763-255 MARY", TOO_SHORT),
        ("(763) 255 Mary", TOO_SHORT),
        ("888-2554 Amy", LACKS_AREA),
        ("763-555-01001 cell", TOO_LONG),
        ("ask Bob", NO_NUMBER),
        ("8_680(63.44007 Ext13", NO_NUMBER),
        ("763-555-0101-22-763-555-0102", TOO_LONG),
        ("44 20 7946 0958", TOO_LONG),
        ("44 207-946-0958", TOO_LONG),
        ("+44 1234 1", "no area code"),
        ("(763) 055-0100", "not a valid number in US"),
        ("+44 99 9999 9999", "not a valid number with the country code +44"),
        ("+999 1234567", "there is no such country code"),
        ("2" * 18, TOO_LONG),
    ],
)
def test_no_number_is_made_of_words_or_of_parts_and_the_reason_is_true(cell, reason):
    normal, rest = read_cell(cell, "US")
    assert (normal, rest) == (("", reason, False), "")


@pytest.mark.parametrize(
    ("cell", "number", "rest"),
    [
        ("020 7946 0958 (office)", "+442079460958", "(office)"),
        ("020 7946 0958 / 020 7946 0959", "+442079460958", "020 7946 0959"),
        ("0800 FLOWERS", "+448003569377", ""),
        ("020 7946 HOME", "", ""),
    ],
)
def test_it_is_so_in_other_regions(cell, number, rest):
    normal, left = read_cell(cell, "GB")
    assert (normal.value, left) == (number, rest)


@pytest.mark.parametrize(
    "text",
    [
        *("763-555-0101", "763-555-0101 x12", "763-555-0101 ext. 12", "(763) 555-0101 extension 7", "763-555-0101x"),
        *("763-555-0101 #2", "763-555-0101*", "- 763-555-0101 -", "tel:", "12", "", "0", "++1", "763-555-01011"),
    ],
)
def test_a_number_alone_is_what_the_library_says(text):
    assert read_cell(text, "US").normal == normal_phone(text, "US")


def test_an_extension_is_told_beside_the_words_and_kept_with_them():
    normal, rest = read_cell("Bob 763-555-0101 x12 (office)", "US")
    assert normal == (FIRST, f"the extension 12 was dropped; {AROUND.format('Bob (office)')}", False)
    assert rest == "Bob x12 (office)"


@pytest.mark.parametrize("cell", ["255-0142", "2550142", "255.0142", " 255-0142 "])
def test_seven_digits_become_whole_with_the_area_code(cell):
    normal, _ = read_cell(cell, "US", "763")
    assert (normal.value, normal.damaged) == ("+17632550142", False)
    assert "no area code" in normal.reason
    assert "763" in normal.reason
    assert "area_code" in read_cell(cell, "US").normal.reason


def test_seven_digits_among_words_become_whole_too():
    normal, rest = read_cell("255-0142 / 255-0143", "US", "763")
    assert (normal.value, rest) == ("+17632550142", "255-0143")
    assert read_cell("255-0142 Amy", "US", "763").normal.value == "+17632550142"


def test_an_area_code_is_no_part_of_other_numbers():
    assert read_cell("612-255-0142", "US", "763").normal == ("+16122550142", "", False)
    assert read_cell("+44 1234 1", "US", "763").normal == ("", "no area code", False)
    assert read_cell("055-0142", "US", "763").normal.reason.startswith("no area code, and with 763")
    assert read_cell("7946 0958", "GB", "20").normal.value == "+442079460958"
