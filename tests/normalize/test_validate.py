"""What is decided as columns is what is said of each value alone: `--examples 50000` tries more than a million.

What is said of one is the library's, exactly, for a text that holds a number or an email alone.
"""

import re
import subprocess
import sys
from dataclasses import replace

import polars as pl
import pytest
from writings import ODD_DOMAINS, Emails, Phones

from rotor_import.normalize.damage import key_damage
from rotor_import.normalize.emails import normal_email
from rotor_import.normalize.fast_emails import email_parts
from rotor_import.normalize.fast_phones import phone_parts
from rotor_import.normalize.numbering import numbering_plan
from rotor_import.normalize.phone_cells import phone_in_cell
from rotor_import.normalize.phones import normal_phone
from rotor_import.normalize.slow_path import Normal, Question, checked_each
from rotor_import.normalize.validate import forms, validate_each

REGIONS = ("US", "CA", "GB", "AU", "MX", "DE")
OTHERS = ("IT", "BR", "AR", "NO", "RU", "KZ", "FI", "FR", "AG", "JM", "NZ", "IN", "CN", "ZZ")
BATCH = 20_000


def batches(writer, count):
    while count > 0:
        yield [writer.one() for _ in range(min(count, BATCH))]
        count -= BATCH


ALONE = re.compile(
    r"[^\w]*\d(?:[\d\s+x#*,;:~_\u2011\u2013\uff0d\u200b\[\]@.()/-]*\d)?"
    r"(?:\s*(?i:x|ext\.?|extension)\.?\s*\d{1,7})?[^\w]*",
)
"""Digits and signs, and the usual words for an extension."""


def said(name, value, region, area_code=""):
    """Of one value: by the library, unless it is a phone with something else around it."""
    damage = key_damage(name, value)
    if damage.fault:
        return "", damage.fault, True
    if name == "email":
        found = normal_email(damage.value)
    else:
        found = normal_phone(damage.value, region)
        told = phone_in_cell(damage.value, region, area_code)
        if found.value and ALONE.fullmatch(value):
            assert told == found, value
        if found.value and not re.search(r"[^\W\d_xX]", damage.value):
            assert told == found, value
        found = told
    return found.value, "; ".join(one for one in (damage.note, found.reason) if one), False


def judged(values, regions, name, **more):
    """A line for each distinct value and region, in their order."""
    regions = pl.lit(regions).alias("region") if isinstance(regions, str) else regions.alias("region")
    distinct = values.alias("value").to_frame().with_columns(regions).unique(maintain_order=True)
    found = validate_each(distinct.get_column("value"), distinct.get_column("region"), name, **more)
    told = distinct.with_row_index("at").join(found.remarks, on="at", how="left", maintain_order="left")
    return told.with_columns(
        found.normal.fill_null("").alias("normal"),
        pl.col("reason").fill_null(""),
        pl.col("damaged").fill_null(value=False),
    )


def differences(name, values, region, area_code=""):
    found = judged(pl.Series(values, dtype=pl.String), region, name, few=0, area_codes={region: area_code})
    assert found.height == len(set(values))
    rows = found.select("value", "normal", "reason", "damaged").iter_rows()
    expected = ((value, tuple(told), said(name, value, region, area_code)) for value, *told in rows)
    return [(value, told, own) for value, told, own in expected if told != own]


def decided(parts):
    return pl.concat(parts).sort("at")


@pytest.mark.parametrize("region", REGIONS)
def test_every_phone_is_judged_as_the_library_judges_it(region, request):
    for values in batches(Phones(region, 1), 4 * request.config.getoption("--examples")):
        assert not differences("phone", values, region)


@pytest.mark.parametrize("region", OTHERS)
def test_so_it_is_in_regions_with_other_rules(region):
    writer = Phones("US" if region == "ZZ" else region, 2)
    assert not differences("phone", [writer.one() for _ in range(800)], region)


@pytest.mark.parametrize(
    ("region", "area_code"), [("US", "763"), ("US", "011"), ("GB", "20"), ("DE", "30"), ("MX", "55")]
)
def test_so_it_is_with_an_area_code(region, area_code, request):
    for values in batches(Phones(region, 3), 2 * request.config.getoption("--examples")):
        locals_ = [value[-number:] for value in values for number in (7, 8)]
        assert not differences("phone", [*values, *locals_], region, area_code)


@pytest.mark.parametrize("region", REGIONS)
def test_so_it_is_with_words_and_further_numbers_around(region, request):
    writer = Phones(region, 4)
    for _ in range(request.config.getoption("--examples")):
        values = [writer.crowded() for _ in range(40)]
        assert not differences("phone", values, region)


def test_so_it_is_where_a_cell_has_more_digits_than_any_number_but_only_signs_of_one():
    assert not differences("phone", ["49.18311.7799.1)2345-77", "763.555.0100)763-555-01", "1" * 18], "DE")


def test_every_email_is_judged_as_the_library_judges_it(request):
    for values in batches(Emails(1), 24 * request.config.getoption("--examples")):
        assert not differences("email", values, "US")


def test_so_it_is_at_domains_that_are_no_usual_ones(request):
    for values in batches(Emails(2, ODD_DOMAINS), 8 * request.config.getoption("--examples")):
        assert not differences("email", values, "US")


@pytest.mark.parametrize("name", ["phone", "email"])
def test_what_rotor_stores_has_the_library_s_form_even_where_a_file_s_cell_would_be_damaged(name):
    writer = Phones("US", 3) if name == "phone" else Emails(3)
    values = [*(writer.one() for _ in range(1500)), "7635550100.0", "1/2/2024", "7.6355501E+9", " ann@example.com "]
    found = forms(pl.Series(values), name, "US", few=0)
    if name == "phone":
        assert found.to_list() == [normal_phone(value, "US").value for value in values]
    else:
        assert found.to_list() == [normal_email(value.strip()).value for value in values]


USUAL = {
    "US": ("(763) 555-0100", "763-555-0100", "7635550100", "763.555.0100", "+1 763 555 0100", "1-763-555-0100"),
    "CA": ("(506) 234-5678", "506-234-5678", "5062345678", "+15062345678", "1 (763) 555-0100"),
    "GB": ("020 7946 0958", "+44 20 7946 0958", "+44 (0)20 7946 0958", "07400 123456", "0044 7400 123456"),
    "AU": ("(02) 1234 5678", "0412 345 678", "+61 412 345 678", "1300 123 456", "0011 61 412 345 678"),
    "MX": ("(222) 123-4567", "+52 222 123 4567", "55 5123 4567"),
    "DE": ("030/123456", "+49 30 123456", "0049 1512 3456789", "01512 3456789", "+49 (0) 30 12 34 56"),
}


@pytest.mark.parametrize("region", REGIONS)
def test_the_usual_ways_to_write_a_phone_need_no_library(region):
    values = pl.Series(USUAL[region])
    found = decided(phone_parts(values, region))
    assert values.gather(found.get_column("at")).to_list() == list(USUAL[region])
    assert found.get_column("normal").to_list() == [normal_phone(value, region).value for value in USUAL[region]]
    assert found.get_column("reason").unique().to_list() == [""]


def test_numbers_of_a_neighbour_and_numbers_that_do_not_exist_need_no_library_either():
    values = pl.Series(["506-234-5678", "(763) 055-0100", "555-0100", "763-555-01001"])
    found = decided(phone_parts(values, "US"))
    assert found.get_column("normal").to_list() == ["+15062345678", "", "", ""]
    assert found.get_column("reason").to_list() == [normal_phone(value, "US").reason for value in values]


def test_many_numbers_of_regions_known_by_their_leading_digits_or_country_code_need_none():
    values = pl.Series([f"{area} 460-{number}" for area in ("268", "787", "+44 7400") for number in range(1000, 1300)])
    found = decided(phone_parts(values, "US"))
    assert found.get_column("normal").to_list() == [normal_phone(value, "US").value for value in values]


def test_usual_emails_need_no_library():
    values = pl.Series(["Ann@Example.COM", "o'neil+a_b@mail.example.co.uk", "x@y.test", "1@2.de"])
    assert decided(email_parts(values)).get_column("normal").to_list() == [value.lower() for value in values]


@pytest.mark.parametrize("region", REGIONS)
def test_extensions_and_other_dashes_need_none_either_where_they_are_many(region):
    endings = [label + str(number) for number in range(100) for label in (" x", "x", " ext. ", " Ext ", " extension ")]
    values = pl.Series([*(USUAL[region][0] + end for end in endings), "030\u2011123\u00a0456"])
    found = decided(phone_parts(values, region))
    assert found.get_column("at").to_list() == list(range(len(values)))
    told = [normal_phone(value, region) for value in values]
    assert list(found.select("normal", "reason").iter_rows()) == [(one.value, one.reason) for one in told]


@pytest.mark.parametrize(
    "value", ["none {}", "ann.{}.at.example.com", "ann..{}@example.com", "ann{}@exämple.com", "ann{}@mail.local"]
)
def test_many_odd_emails_of_one_kind_need_none_either(value):
    values = pl.Series([value.format(number) for number in range(100)])
    found = decided(email_parts(values))
    told = [normal_email(one) for one in values]
    assert list(found.sort("at").select("normal", "reason").iter_rows()) == [(one.value, one.reason) for one in told]


def test_what_may_be_a_date_is_never_decided():
    dates = ["12-Mar", "Mar 12", "MARCH 12, 2026 10:30 PM", "1/2/2024", "2024-1-2T10:00:00", "12.3.24 1:00"]
    values = pl.Series(dates * 40)
    assert all(part.is_empty() for part in (*email_parts(values), *phone_parts(values, "US")))


def test_a_pattern_that_polars_cannot_express_is_the_library_s_business(monkeypatch):
    plan = replace(numbering_plan("US"), general="^(?=7)")
    monkeypatch.setattr("rotor_import.normalize.fast_phones.numbering_plan", lambda _: plan)
    assert not differences("phone", ["7635550100", "1 763 555 0100", "12"], "US")


def test_a_region_that_the_library_does_not_know_has_no_plan():
    assert numbering_plan("ZZ") is None
    assert all(part.is_empty() for part in phone_parts(pl.Series(["+17635550100"]), "ZZ"))


def test_a_library_with_a_new_rule_is_believed(monkeypatch):
    monkeypatch.setattr("email_validator.syntax.DNS_LABEL_LENGTH_LIMIT", 9)
    values = [f"new{number}@a-label-of-sixteen.com" for number in range(300)]
    assert judged(pl.Series(values), "US", "email").get_column("normal").unique().to_list() == [""]


def test_each_value_is_judged_by_its_own_region():
    values, regions = ["030 123456", "030 123456", "7635550100"] * 2, ["DE", "US", "US"] * 2
    found = judged(pl.Series(values), pl.Series(regions), "phone", few=0).sort("region", "value")
    assert found.select("region", "normal").rows() == [("DE", "+4930123456"), ("US", ""), ("US", "+17635550100")]


@pytest.mark.parametrize("python", [sys.executable, "/no/such/python", "", "false"])
@pytest.mark.parametrize("name", ["phone", "email"])
def test_many_odd_values_are_judged_alike_in_other_processes_or_without_them(name, python, monkeypatch):
    monkeypatch.setattr(sys, "executable", python)
    writer = Phones("GB", 5) if name == "phone" else Emails(5)
    values = [writer.one() for _ in range(400)] + ["\ud800 7", "é" * 9]
    asked = Question(name, "GB")
    assert checked_each(asked, values, share=100) == [Normal(*said(name, value, "GB")) for value in values]


def test_other_processes_do_not_run_the_caller_s_program_again(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "from rotor_import.normalize.slow_path import Question, checked_each\n"
        "print(len(checked_each(Question('phone', 'US'), ['763-555-0100 x' + str(n) for n in range(40)], share=10)))\n"
    )
    # A module of the same name as one of Python's stands where the program was started.
    (tmp_path / "json.py").write_text("raise SystemExit('not this one')")
    done = subprocess.run([sys.executable, "-P", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("40\n", "")


def test_values_up_to_a_few_are_judged_alike():
    writer = Phones("US", 6)
    values = [writer.one() for _ in range(50)]
    few, many = (judged(pl.Series(values), "US", "phone", few=count).sort("value") for count in (0, 100))
    assert few.equals(many)
