"""Phones and emails that are dropped on purpose: the mapping's placeholders, and words that mean blank."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_normalize import table

from rotor_import.normalize import Unwanted, normalize
from rotor_import.normalize.unwanted import IGNORED, NULL_WORD

IGNORE = {"phone": ["763-555-0000", "000-000-0000"], "email": ["NoEmail@example.com", "nobody"]}
UNWANTED = Unwanted.of(IGNORE, "US")
REJECTING = {"phone": "reject", "email": "reject"}


def told(found):
    return [(notice.row, notice.field, notice.value, notice.reason) for notice in found.notices]


def test_a_placeholder_is_dropped_in_each_of_its_forms_and_the_next_candidate_counts():
    phones = [["(763) 555-0000", "7635550101"], ["+1 763 555 0000"], ["7635550000 x12"], ["763-555-0102", "7635550000"]]
    found = normalize(table(phones=phones), invalid={}, unwanted=UNWANTED)
    assert found.frame.get_column("phone").to_list() == ["+17635550101", None, None, "+17635550102"]
    assert told(found) == [(row, "phone", phones[row - 2][0], IGNORED) for row in (2, 3, 4)]


def test_a_placeholder_is_dropped_in_every_row():
    emails = [["noemail@example.com"]] * 40 + [["nora@example.com"]] + [["NOEMAIL@EXAMPLE.COM"]] * 40
    found = normalize(table(emails=emails), invalid=REJECTING, unwanted=UNWANTED)
    assert found.frame.get_column("email").to_list() == [*[None] * 40, "nora@example.com", *[None] * 40]
    assert len(found.notices) == 80
    assert not found.rejects


def test_a_placeholder_that_has_no_normal_form_is_known_by_its_digits_or_its_text():
    phones, emails = [["(000) 000 0000"], ["000"]], [["Nobody"], ["nobody else"]]
    found = normalize(table(phones, emails), invalid=REJECTING, unwanted=UNWANTED)
    assert found.frame.get_column("row").to_list() == [2]
    assert {reason for _, _, _, reason in told(found)} == {IGNORED}
    assert {reject.row for reject in found.rejects} == {3}


def test_a_phone_is_a_placeholder_by_its_own_country():
    unwanted = Unwanted.of({"phone": ["020 7946 0000"]}, "GB")
    found = normalize(table(phones=[["+44 20 7946 0000"]], region="US"), invalid={}, unwanted=unwanted)
    assert found.frame.get_column("phone").to_list() == [None]
    kept = normalize(table(phones=[["(763) 555-0000"]], region="US"), invalid={}, unwanted=unwanted)
    assert kept.frame.get_column("phone").to_list() == ["+17635550000"]


@pytest.mark.parametrize("word", ["N/A", "n/a", "#N/A", "None", "NULL", "nil", "0", "-", "--", "?", "unknown"])
def test_a_word_that_means_blank_never_rejects_its_row(word):
    found = normalize(table(phones=[[word]], emails=[[word]]), invalid=REJECTING)
    assert found.frame.select("phone", "email").row(0) == (None, None)
    assert told(found) == [(2, name, word, NULL_WORD) for name in ("phone", "email")]
    assert not found.rejects


def test_an_invalid_value_beside_one_that_means_blank_still_rejects_its_row():
    found = normalize(table(phones=[["N/A", "123"]]), invalid=REJECTING)
    assert [reject.value for reject in found.rejects] == ["123"]


PHONES = ("7635550000", "(763) 555-0000", "000-000-0000", "763-555-0101", "7635550102 ext. 3", "12", "N/A", "1/2/2026")
EMAILS = ("noemail@example.com", "NOEMAIL@example.com", "nobody", "nora@example.com", "someone", "-")


def candidates(values):
    return st.lists(st.lists(st.sampled_from(values), max_size=3), min_size=6, max_size=6)


@given(candidates(PHONES), candidates(EMAILS), st.sampled_from(["drop", "reject"]))
def test_a_file_with_placeholders_is_the_file_in_which_their_cells_are_blank(phones, emails, invalid):
    rules = {"phone": invalid, "email": invalid}
    blanked = table(
        [[value for value in cell if value not in PHONES[:3]] for cell in phones],
        [[value for value in cell if value not in EMAILS[:3]] for cell in emails],
    )
    found = normalize(table(phones, emails), invalid=rules, unwanted=UNWANTED)
    plain = normalize(blanked, invalid=rules)
    assert found.frame.equals(plain.frame)
    assert found.rejects == plain.rejects
    assert [line for line in told(found) if line[3] != IGNORED] == told(plain)


def test_a_long_column_is_cleaned_like_a_short_one():
    phones = [[PHONES[at % len(PHONES)]] for at in range(2000)]
    found = normalize(table(phones=phones), invalid={}, unwanted=UNWANTED).frame
    short = normalize(table(phones=phones[: len(PHONES)]), invalid={}, unwanted=UNWANTED).frame
    rows = short.get_column("row").to_list()
    kept = [row for row in range(2, 2002) if (row - 2) % len(PHONES) + 2 in rows]
    assert found.get_column("row").to_list() == kept
    values = dict(short.select("row", "phone").iter_rows())
    assert found.get_column("phone").to_list() == [values[(row - 2) % len(PHONES) + 2] for row in kept]
    assert isinstance(found.get_column("phone").dtype, pl.String)
