import pytest

from rotor_import.errors import MappingError


def column(mapped, name):
    return mapped.frame.get_column(name).to_list()


ZIPS = "fields: {property_zip: {column: Z, zip: US}, property_state: S, property_country: C}"


@pytest.mark.parametrize(
    ("cell", "state", "mended"),
    [
        ("7725", "NJ", "07725"),
        ("7725.0", "n.j.", "07725"),
        ("2139", "Massachusetts", "02139"),
        ("2139", "Mass.", "02139"),
        ("7725", "N J", "07725"),
        ("725", "PR", "00725"),
        ("801", "Virgin Islands", "00801"),
        ("77251234", "NJ", "07725-1234"),
        ("7251234", "PR", "00725-1234"),
        ("7725-1234", "NJ", "07725-1234"),
    ],
)
def test_a_zip_gets_its_zeros_back_where_the_state_leaves_no_doubt_and_it_is_told(apply, cell, state, mended):
    mapped = apply(ZIPS, {"Z": [cell], "S": [state], "C": [""]})
    assert column(mapped, "property_zip") == [mended]
    assert [(one.row, one.value) for one in mapped.notices] == [(2, cell)]


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("7725", "MN"),
        ("7725", ""),
        ("725", "NJ"),
        ("1234", "NJ"),
        ("9", "PR"),
        ("55401999", "MN"),
        ("1234567890", "NJ"),
    ],
)
def test_a_zip_that_may_be_anything_rejects_its_row(apply, cell, state):
    mapped = apply(ZIPS, {"Z": [cell], "S": [state], "C": [""]})
    assert mapped.frame.is_empty()
    assert [(one.field, one.value) for one in mapped.rejects] == [("property_zip", cell)]


@pytest.mark.parametrize(
    ("cell", "country"), [("07725", ""), ("07725-1234", "USA"), ("H2X 1Y4", "Canada"), ("3000", "Australia"), ("", "")]
)
def test_whole_zips_letters_and_other_countries_stay(apply, cell, country):
    mapped = apply(ZIPS, {"Z": [cell], "S": ["NJ"], "C": [country]})
    assert column(mapped, "property_zip") == [cell or None]
    assert not mapped.notices


NAMES = "fields: {first_name: {name: first, of: N}, last_name: {name: last, of: N}, company_name: C}"


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("Ann Lee", "Ann", "Lee"),
        ("Lee, Ann", "Ann", "Lee"),
        ("Bob and Mary Lee", "Bob and Mary", "Lee"),
        ("Lee, Bob & Mary", "Bob & Mary", "Lee"),
        ("Vincent van Gogh", "Vincent", "van Gogh"),
        ("José Muñoz", "José", "Muñoz"),
    ],
)
def test_a_name_that_is_certain_is_taken_apart(apply, cell, first, last):
    mapped = apply(NAMES, {"N": [cell], "C": [""]})
    assert (column(mapped, "first_name"), column(mapped, "last_name")) == ([first], [last])
    assert not mapped.notices


UNCERTAIN = [
    "Acme LLC",
    "J & J Plumbing",
    "Johnson & Johnson",
    "Bob Lee and Mary Ray",
    "ann@example.com",
    "763-555-0100",
    "Madonna",
    "Mr. Lee",
    "Oak Street Apartments",
]


@pytest.mark.parametrize("cell", UNCERTAIN)
def test_a_name_that_is_not_certain_is_not_and_is_told_unless_another_field_holds_it(apply, cell):
    mapped = apply(NAMES, {"N": [cell, cell], "C": ["", cell.upper()]})
    assert column(mapped, "first_name") == column(mapped, "last_name") == [None, None]
    assert [(one.row, one.value) for one in mapped.notices] == [(2, cell)]


def test_a_name_is_split_only_where_another_column_says_so(apply):
    rule = 'fields: {last_name: {name: last, of: N, when: {Type: [residential, ""]}}, notes: N}'
    mapped = apply(rule, {"N": ["Ann Ray", "Bo Roe", "Cy Lee"], "Type": ["Residential", "Commercial", ""]})
    assert column(mapped, "last_name") == ["Ray", None, "Lee"]
    absent = apply(rule.replace("]}}", "]}, optional: true}"), {"N": ["Ann Ray"]})
    assert column(absent, "last_name") == ["Ray"]


def test_a_day_care_is_no_person(apply):
    mapped = apply("fields: {last_name: {name: last, of: N}, company_name: N}", {"N": ["Cedar Day Care"]})
    assert column(mapped, "last_name") == [None]


def test_a_part_of_a_name_that_no_field_takes_is_told(apply):
    mapped = apply(NAMES, {"N": ["Dr. Ann M. Lee Jr."], "C": [""]})
    assert column(mapped, "last_name") == ["Lee"]
    assert {one.value for one in mapped.notices} == {"Dr.", "M.", "Jr."}


PARTS = ("street1", "street2", "city", "state", "zip", "country")


def addressed(apply, lines, name=""):
    fields = ", ".join(f"property_{part}: {{address: {part}, of: [A, B, C]}}" for part in PARTS)
    cells = [*lines, "", ""][:3]
    columns = {key: [cell] for key, cell in zip("ABC", cells, strict=True)} | {"N": [name]}
    mapped = apply(f"fields: {{{fields}, last_name: N}}", columns)
    return [column(mapped, f"property_{part}")[0] for part in PARTS], mapped.notices


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (["123 Main St • Fort Worth, Texas 76102"], ["123 Main St", None, "Fort Worth", "Texas", "76102", None]),
        (["123 Main St\nSuite 4\nFargo, ND 58102"], ["123 Main St", "Suite 4", "Fargo", "ND", "58102", None]),
        (["12 Oak Ave Apt 2B", "Fargo, ND 58102-1234"], ["12 Oak Ave", "Apt 2B", "Fargo", "ND", "58102-1234", None]),
        (["PO Box 12", "Fargo ND 58102", "USA"], ["PO Box 12", None, "Fargo", "ND", "58102", "USA"]),
    ],
)
def test_an_address_that_is_certain_is_taken_apart(apply, lines, parts):
    found, notices = addressed(apply, lines)
    assert found == parts
    assert not notices


@pytest.mark.parametrize(
    "lines",
    [
        ["10 Rue Example", "Montreal QC H2X 1Y4"],
        ["12 Oak Ave, 14 Elm Ave, Fargo, ND 58102"],
        ["ring the bell"],
        ["12 Oak Ave"],
        ["12 Oak Ave", "Fargo", "58102"],
    ],
)
def test_an_address_that_is_not_certain_stands_whole_in_the_street_and_is_told(apply, lines):
    found, notices = addressed(apply, lines)
    assert found == [", ".join(lines), None, None, None, None, None]
    assert [(one.field, one.value) for one in notices] == [("property_street1", "\n".join(lines))]


def test_a_recipient_is_left_out_and_told_unless_another_field_holds_it(apply):
    lines = ["Ann Lee", "12 Oak Ave", "Fargo, ND 58102"]
    found, notices = addressed(apply, lines, name="Ann Lee")
    assert found[0] == "12 Oak Ave"
    assert not notices
    _, notices = addressed(apply, lines)
    assert [one.value for one in notices] == ["Ann Lee"]


def test_labelled_values_are_candidates_in_the_labels_order_and_others_are_none(apply):
    cells = ["Phone:(763) 555-0100 Mobile:(763) 555-0101 Fax:(763) 555-0102", "763-555-0103", "Fax: 1", ""]
    mapped = apply("fields: {phone: {column: P, labels: [mobile, Phone]}}", {"P": cells})
    assert column(mapped, "phone") == [["(763) 555-0101", "(763) 555-0100"], ["763-555-0103"], [], []]


def test_marks_are_stripped_from_each_piece(apply):
    mapped = apply("""fields: {tags: {column: T, split: ",", strip: '"*'}}""", {"T": ['"VIP","Blog"', "* New", '""']})
    assert column(mapped, "tags") == [["VIP", "Blog"], ["New"], None]


GROUPS = {
    "Address_1 City": ["a", "b", ""],
    "Address_2 City": ["c", "d", ""],
    "Address_1 Billing?": ["TRUE", "false", "true"],
    "Address_2 Billing?": ["false", "True", "true"],
    "Address_1 St": ["s1", "", ""],
    "Address_2 St": ["s3", "s4", "z"],
    "Address_10 St": ["", "", "q"],
}


def test_a_star_stands_for_all_numbers_in_their_order_and_n_plus_for_those_from_n_on(apply):
    mapped = apply('fields: {phone: {first_of: ["address_*_st"]}, email: {column: Address_2+ St}}', GROUPS)
    assert column(mapped, "phone") == [["s1", "s3"], ["s4"], ["z", "q"]]
    assert column(mapped, "email") == [["s3"], ["s4"], ["z", "q"]]


def test_when_takes_the_group_that_says_so_and_an_address_is_never_mixed_of_two(apply):
    text = """
fields:
  billing_city: {column: "Address_* City", when: {"Address_* Billing?": true}}
  billing_street1: {column: "Address_* St", when: {"Address_* Billing?": true}}
  property_city: {first_of: ["Address_* City"]}
  property_street1: {first_of: ["Address_* St"]}
"""
    mapped = apply(text, GROUPS)
    assert column(mapped, "billing_city") == ["a", "d", None]
    assert column(mapped, "billing_street1") == ["s1", "s4", "z"]
    assert column(mapped, "property_city") == ["a", "b", None]
    assert column(mapped, "property_street1") == ["s1", None, "z"]


def test_prefer_takes_the_groups_that_say_so_first(apply):
    text = 'fields: {phone: {first_of: ["Address_* City"], prefer: {"Address_* Billing?": ["no", "false"]}}}'
    assert column(apply(text, GROUPS), "phone") == [["c", "a"], ["b", "d"], []]


def test_a_line_with_a_star_is_repeated_for_each_number_and_left_out_where_it_is_blank(apply):
    text = 'fields: {notes: {template: "A {Address_* St}, {Address_* City}\\nB {Address_2+ St}\\nC {Address_1 City}"}}'
    mapped = apply(text, GROUPS)
    assert column(mapped, "notes")[0] == "A s1, a\nA s3, c\nB s3\nC a"
    assert column(mapped, "notes")[1] == "A b\nA s4, d\nB s4\nC b"


def test_columns_of_no_number_at_all_are_an_error_unless_optional(apply):
    with pytest.raises(MappingError, match=r"map\.yaml:2:.*Addres_\* St.*with any number"):
        apply('fields: {phone: {first_of: ["Addres_* St"]}}', GROUPS)
    text = 'fields: {phone: {first_of: ["X * Y"], optional: true}, notes: "Address_1 St"}'
    assert column(apply(text, GROUPS), "phone") == [None, None, None]


@pytest.mark.parametrize("origin", ['template: "{A}-{B}"', "sql: \"A || '-' || B\""])
def test_a_phone_may_come_from_any_origin(apply, origin):
    mapped = apply(f"fields: {{phone: {{{origin}}}}}", {"A": ["763", ""], "B": ["555-0100", ""]})
    assert column(mapped, "phone")[0] == ["763-555-0100"]


def test_the_reader_is_told_what_the_mapping_says_and_names(load):
    loaded = load(
        "key: J\nsource: {encoding: cp1252, sheet: 2, header_row: 3, where: \"W = 'x'\"}\norder: [-O]\n"
        'fields: {notes: {template: "{A} {B * C}"}, phone: {sql: "UPPER(P)"}, last_name: {name: last, of: [N, M]}}'
    )
    options = loaded.source_options
    assert (options.encoding, options.sheet, options.header_row) == ("cp1252", 2, 3)
    assert set(options.wanted) == {"J", "W", "O", "A", "P", "N", "M"}
