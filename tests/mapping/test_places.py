"""States and countries as codes, and ways to write them that mean the same."""

import pytest

from rotor_import.errors import MappingError
from rotor_import.model.us_states import STATE_CODES, state_code

STATE = "fields: {property_state: {column: State, state: US}, property_country: {column: Country, optional: true}}"
COUNTRY = "fields: {billing_country: {column: Country, country: code}}"
REMARK = "not a US state, so left as it is"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("Minnesota", "MN"), ("minnesota", "MN"), ("MN", "MN"), ("mn", "MN"), ("Minn.", "MN"), ("M.N.", "")),
        *(("New  York", "NY"), ("N.Y.", "NY"), ("N. Y.", "NY"), ("W. Va.", "WV"), ("Penna.", "PA"), ("Calif", "CA")),
        *(
            ("District of Columbia", "DC"),
            ("Washington, D.C.", "DC"),
            ("Puerto Rico", "PR"),
            ("AP", "AP"),
            ("Guam", "GU"),
        ),
        *(("", ""), ("Ontario", ""), ("Blaine", ""), ("XX", "")),
    ],
)
def test_a_state_in_any_spelling_has_one_code(text, code):
    assert state_code(text) == code


def test_every_state_has_its_code_by_name_and_by_code():
    for name, code in STATE_CODES.items():
        assert state_code(name) == state_code(name.title()) == state_code(code) == state_code(code.lower()) == code


def test_states_become_codes_and_what_is_none_stays_and_is_told(apply):
    found = apply(STATE, {"State": ["Minnesota", "Minn.", "mn", "MN", "", "Narnia"]})
    assert found.frame.get_column("property_state").to_list() == ["MN", "MN", "MN", "MN", None, "Narnia"]
    assert [(one.row, one.value, one.reason) for one in found.notices] == [(7, "Narnia", REMARK)]


def test_states_of_other_countries_stay_as_they_are(apply):
    rows = {"State": ["Ontario", "Wash", "Wash", "PR"], "Country": ["Canada", "", "U.S.A.", "Puerto Rico"]}
    found = apply(STATE, rows)
    assert found.frame.get_column("property_state").to_list() == ["Ontario", "WA", "WA", "PR"]
    assert not found.notices


def test_a_zip_is_repaired_by_a_state_that_is_written_out(apply):
    text = "fields: {property_state: {column: S, state: US}, property_zip: {column: Z, zip: US}}"
    frame = apply(text, {"S": ["Mass.", "New Jersey"], "Z": ["2139", "7725"]}).frame
    assert frame.select("property_state", "property_zip").rows() == [("MA", "02139"), ("NJ", "07725")]


def test_countries_become_codes(apply):
    names = ["United States", "usa", "U.S.", "Estados Unidos", "CANADA", "Deutschland", "England", "SWE", "Narnia", ""]
    found = apply(COUNTRY, {"Country": names})
    codes = ["US", "US", "US", "US", "CA", "DE", "GB", "SE", "Narnia", None]
    assert found.frame.get_column("billing_country").to_list() == codes
    assert [one.value for one in found.notices] == ["Narnia"]


def test_a_region_is_named_by_any_country(apply):
    text = "region: {column: Country, otherwise: US}\nfields: {phone: Phone}"
    found = apply(text, {"Country": ["Sweden", "M\u00e9xico", "UK", "", "Narnia"], "Phone": ["1"] * 5})
    assert found.frame.get_column("region").to_list() == ["SE", "MX", "GB", "US", "US"]


@pytest.mark.parametrize(
    "field", ["city: {column: A, state: US}", "state: {column: A, country: code}", "state: {column: A, zip: US}"]
)
def test_a_rule_for_a_place_goes_with_its_field(load, field):
    with pytest.raises(MappingError, match="can only be used for property_"):
        load(f"fields: {{property_{field}}}")


@pytest.mark.parametrize("area", ["763", "020", 763])
def test_an_area_code_is_digits(load, area):
    assert load(f"area_code: {area!r}\nfields: {{phone: A}}").area_code == str(area)
    with pytest.raises(MappingError, match="area_code"):
        load("area_code: 76a\nfields: {phone: A}")


def test_a_rest_goes_with_phones_and_emails_and_fills_the_notes(load):
    loaded = load("fields: {phone: {column: A, rest: notes}, email: B}")
    assert (loaded.rest_fields, loaded.mapped_fields) == (("phone",), ("phone", "email", "notes"))
    with pytest.raises(MappingError, match="rest can only be used for phone and email"):
        load("fields: {source: {column: A, rest: notes}}")
