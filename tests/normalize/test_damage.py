"""What spreadsheets and wrong encodings did to a value is mended where it is certain, and else rejects its row."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotor_import.model.rows import MappedTable
from rotor_import.normalize import normalize


def table(**cells):
    """One row with these fields; phone and e-mail may be lists of candidates."""
    frame = {"row": [2], "source_key": [None], "region": ["US"], "id": [None]}
    schema = {"row": pl.UInt32, "source_key": pl.String, "region": pl.String, "id": pl.String}
    for name, value in cells.items():
        many = name in ("phone", "email", "tags")
        frame[name] = [[value] if many and isinstance(value, str) else value]
        schema[name] = pl.List(pl.String) if many else pl.String
    return MappedTable(0, pl.DataFrame(frame, schema=schema))


def outcome(**cells):
    found = normalize(table(**cells), invalid={})
    return found.frame.to_dicts(), [one.reason for one in found.rejects], [one.reason for one in found.notices]


@pytest.mark.parametrize("phone", ["7.64E+09", "7,64E+09", "1.4E+10", "7.635550100E+09", "7E9"])
def test_a_phone_with_an_exponent_rejects_its_row(phone):
    rows, [reason], _ = outcome(phone=phone, first_name="Ann")
    assert (rows, "digits are lost" in reason) == ([], True)


def test_it_does_so_though_another_phone_is_valid():
    rows, reasons, _ = outcome(phone=["7.64E+09", "763-555-0100"])
    assert (rows, len(reasons)) == ([], 1)


def test_a_phone_that_became_a_decimal_number_is_mended_and_told():
    [row], rejects, [note] = outcome(phone="7635550100.0")
    assert (row["phone"], rejects) == ("+17635550100", [])
    assert "'7635550100'" in note


@pytest.mark.parametrize("name", ["phone", "email"])
@pytest.mark.parametrize("date", ["2025-01-03", "2025-01-03 00:00:00", "1/3/2025", "12-Mar", "Mar-25", "3 Mar 2025"])
def test_a_date_where_a_phone_or_email_belongs_rejects_its_row(name, date):
    rows, [reason], _ = outcome(**{name: date})
    assert (rows, "made a date of it" in reason) == ([], True)


@pytest.mark.parametrize(
    "text", ["Café Zoë", "O\u2019Brien", "Łukasz", "naïve \u2013 so", "Ångström", "Nguyễn", "日本"]
)
def test_text_that_was_read_in_a_wrong_encoding_comes_back(text):
    [row], rejects, [note] = outcome(company_name=garbled(text), phone="763-555-0100")
    assert (row["company_name"], rejects) == (text, [])
    assert repr(text) in note


def test_tags_come_back_too():
    [row], _, notes = outcome(tags=["VIP", "CafÃ©"], phone="763-555-0100")
    assert (row["tags"], len(notes)) == (["VIP", "Café"], 1)


@pytest.mark.parametrize("text", ["Caf\ufffd", "Café CafÃ©"])
def test_letters_that_are_lost_reject_the_row(text):
    rows, [reason], _ = outcome(first_name=text, phone="763-555-0100")
    assert (rows, "lost or garbled" in reason) == ([], True)


def garbled(text):
    """UTF-8 that somebody read as Windows-1252."""
    read = text.encode().decode("cp1252", "surrogateescape")
    return "".join(chr(ord(one) - 0xDC00) if "\udc80" <= one <= "\udcff" else one for one in read)


@given(st.text(alphabet="aÃÂâ€™©é ž£\x81", max_size=8))
def test_a_mended_text_is_the_one_whose_garbling_it_was(text):
    rows, rejects, notices = outcome(first_name=text or None, phone="763-555-0100")
    if notices:
        assert garbled(rows[0]["first_name"]) == text
    elif not rejects:
        assert (rows[0]["first_name"] or "") == text


@given(st.text(alphabet=st.characters(codec="latin-1", exclude_categories=["Cc", "Po", "Sc", "So", "Sm", "Sk"])))
def test_a_text_that_was_garbled_comes_back_or_rejects_its_row(text):
    if garbled(text) != text:
        rows, rejects, _ = outcome(first_name=garbled(text), phone="763-555-0100")
        assert rejects or rows[0]["first_name"] == text


@pytest.mark.parametrize("text", ["Ângela", "São Paulo", "Été", "Ñuñoa", "DÉJÀ", "Ÿ", "3/4/25", "7.64E+09"])
def test_words_of_other_languages_are_not_damage(text):
    [row], rejects, notices = outcome(first_name=text, phone="763-555-0100")
    assert (row["first_name"], rejects, notices) == (text, [], [])
