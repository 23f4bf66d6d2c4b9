import polars as pl
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import assume, example, given
from hypothesis import strategies as st
from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_valid_number, parse
from writings import Emails, Phones

from rotor_import.model.rows import MappedTable
from rotor_import.normalize import identified, key_forms, normalize, records, rows
from rotor_import.normalize.damage import key_damage


def table(phones=(), emails=(), region="US"):
    count = max(len(phones), len(emails))
    lists = pl.List(pl.String)
    frame = pl.DataFrame(
        {
            "row": pl.Series(range(2, 2 + count), dtype=pl.UInt32),
            "source_key": pl.Series([None] * count, dtype=pl.String),
            "region": pl.Series([region] * count, dtype=pl.String),
            "id": pl.Series([None] * count, dtype=pl.String),
            "phone": pl.Series(list(phones) or [None] * count, dtype=lists),
            "email": pl.Series(list(emails) or [None] * count, dtype=lists),
        }
    )
    return MappedTable(0, frame)


def test_the_first_valid_candidate_counts_and_those_before_it_are_noticed():
    found = normalize(table(phones=[["123", "(763) 555-0100", "999"]]), invalid={})
    assert found.frame.get_column("phone").to_list() == ["+17635550100"]
    assert [(notice.field, notice.value) for notice in found.notices] == [("phone", "123")]


def test_an_extension_is_dropped_with_a_notice():
    found = normalize(table(phones=[["763-555-0100 ext. 12"]]), invalid={})
    assert found.frame.get_column("phone").to_list() == ["+17635550100"]
    assert "extension 12" in found.notices[0].reason


def test_a_row_without_a_valid_one_goes_on_or_not_as_the_mapping_says():
    emails = [["nobody"], ["Ann@Example.COM"], None]
    dropped = normalize(table(emails=emails), invalid={"email": "drop"})
    assert dropped.frame.get_column("email").to_list() == [None, "ann@example.com", None]
    assert [notice.row for notice in dropped.notices] == [2]
    rejected = normalize(table(emails=emails), invalid={"email": "reject"})
    assert [reject.row for reject in rejected.rejects] == [2]
    assert rejected.frame.get_column("row").to_list() == [3, 4]
    assert not rejected.notices


def test_a_table_of_no_rows_stays_one():
    assert normalize(table(), invalid={}).frame.is_empty()


@pytest.mark.parametrize("invalid", ["drop", "reject"])
def test_phones_and_emails_judged_side_by_side_come_out_as_one_after_the_other(invalid, monkeypatch):
    phones, emails = Phones("US", 8), Emails(8)
    lists = [[[writer.one() for _ in range(number % 4)] for number in range(900)] for writer in (phones, emails)]
    alone = normalize(table(*lists), invalid={"phone": invalid})
    monkeypatch.setattr("rotor_import.normalize.columns._MANY", 1)
    beside = normalize(table(*lists), invalid={"phone": invalid})
    assert beside.frame.equals(alone.frame)
    assert (beside.rejects, beside.notices) == (alone.rejects, alone.notices)
    assert alone.rejects
    assert alone.notices


def test_records_hold_what_is_not_blank_and_the_same_content_has_the_same_digest():
    table_ = normalize(table(phones=[["(763) 555-0100"], ["7635550100"], None]), invalid={})
    found = list(records(identified(rows([table_]))))
    assert [one.phone for one in found] == ["+17635550100", "+17635550100", ""]
    assert found[0].digest == found[1].digest != found[2].digest
    assert [one.occurrence for one in found] == [0, 1, 0]


@pytest.mark.parametrize("region", ["US", "CA", "GB", "AU", "MX", "DE"])
@given(
    text=st.one_of(st.from_regex(r"\+?[0-9 ().-]{3,16}( ?(x|ext\.?) ?\d{1,4})?", fullmatch=True), st.text(max_size=12))
)
@example(text="+.30000ext0")
@example(text="+.4930000ext0")
@example(text="2012000000(0")
@example(text="+9512000000(0ext0")
def test_a_phone_comes_out_as_the_library_says(region, text):
    assume(key_damage("phone", text).value == text)
    try:
        parsed = parse(text, region)
        expected = format_number(parsed, PhoneNumberFormat.E164) if is_valid_number(parsed) else ""
    except NumberParseException:
        expected = ""
    phones, _ = key_forms(region)
    assert phones([text]) == {text: expected}
    mapped = normalize(table(phones=[[text]], region=region), invalid={})
    if not mapped.rejects:  # a spreadsheet's damage: tests/normalize/test_damage.py
        assert mapped.frame.get_column("phone").to_list() == [expected or None]


@given(
    text=st.one_of(
        st.emails(), st.from_regex(r"[a-zA-Z.é+]{1,8}@[a-zA-Z.-]{1,12}", fullmatch=True), st.text(max_size=12)
    )
)
def test_an_email_comes_out_as_the_library_says(text):
    assume(key_damage("email", text).value == text)
    try:
        expected = validate_email(text, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        expected = ""
    mapped = normalize(table(emails=[[text]]), invalid={})
    assert mapped.frame.get_column("email").to_list() == [expected or None]


@pytest.mark.parametrize("region", ["US", "GB", "IT"])
@given(text=st.from_regex(r"\+?[0-9]{5,15}", fullmatch=True))
@example(text="+390612345678")
@example(text="+17635550100")
def test_a_phones_normal_form_is_its_own_normal_form(region, text):
    phones, _ = key_forms(region)
    normal = phones([text])[text]
    assert not normal or phones([normal])[normal] == normal


@given(text=st.emails())
def test_a_normal_form_is_its_own_normal_form(text):
    _, emails = key_forms("US")
    normal = emails([text])[text]
    assert not normal or emails([normal])[normal] == normal
