"""Columns assigned to fields in a mapping: what is assigned is read back, and nothing else changes."""

import copy
import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rotor_import.errors import MappingError
from rotor_import.mapping import (
    TARGETS,
    Assign,
    SetOption,
    folded,
    parse_document,
    parse_mapping,
    places,
    rewritten,
    with_edit,
)

NAMES = ["Name", "Mobile", "Home", "Work", "Email", "Address", "Street", "City", "Status", "Tags", "No.", "Memo"]
MAPPING = """\
# Written by hand.
version: 1
feed: office   # the old CRM
key: No.

fields:
  # Who it is.
  first_name: {name: first, of: Name}
  last_name: {name: last, of: Name}   # split

  phone: {first_of: [Mobile, Home], split: ","}  # the mobile first
  email: Email
  # Where it is.
  property_street1: Street
  property_city: {sql: "COALESCE(City, \\"Address\\")"}
  tags: {column: Tags, split: ",", add: [office]}
  status: {column: Status, values: {"yes": active, "no": inactive}}
  notes:
    template: |
      {Memo}
      Phones: {Mobile}, {Home}
      Number {No.}
survivor: {notes: join}
"""


def value(text=MAPPING):
    return parse_document(text, "office.yaml").value


def assigned(column, target, rule=None, text=MAPPING):
    """The mapping's text after the column was assigned, and where all columns go then."""
    rule = rule or ({"template": f"{column}: {{{column}}}\n"} if target == "notes" else column)
    before = value(text)
    edits = with_edit(before, (), Assign(column, target, rule), NAMES)
    changed = rewritten(text, folded(before, edits, NAMES))
    return changed, places(parse_mapping(changed, "office.yaml", "office"), NAMES)


def fields(text):
    return value(text)["fields"]


@pytest.mark.parametrize("column", NAMES)
def test_what_is_assigned_is_read_back_and_assigned_back_it_is_as_before(column):
    before = value()
    own = places(parse_mapping(MAPPING, "x", "x"), NAMES)[column].target
    for target in TARGETS:
        rule = {"template": f"{column}: {{{column}}}\n"} if target == "notes" else column
        try:
            edits = with_edit(before, (), Assign(column, target, rule), NAMES)
        except MappingError as error:
            assert "YAML" in str(error)  # noqa: PT017 - refused in words, or made
            continue
        after = folded(before, edits, NAMES)
        found = places(parse_mapping(rewritten(MAPPING, after), "x", "x"), NAMES)
        assert found[column].target == target
        back = with_edit(before, edits, Assign(column, own, column), NAMES)
        assert folded(before, back, NAMES) == before


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(TARGETS)), min_size=1, max_size=5))
def test_whatever_is_assigned_one_after_another_each_column_is_where_it_was_assigned_last(steps):
    before, edits, at = value(), (), {}
    for column, target in steps:
        rule = {"template": f"{column}: {{{column}}}\n"} if target == "notes" else column
        try:
            edits = with_edit(before, edits, Assign(column, target, rule), NAMES)
        except MappingError:
            continue
        text = rewritten(MAPPING, folded(before, edits, NAMES))
        at = places(parse_mapping(text, "x", "x"), NAMES)
        assert at[column].target == target
        assert set(at) == set(NAMES)
        assert "# Written by hand." in text
        assert "feed: office   # the old CRM" in text


def test_only_the_lines_of_what_changed_are_other_ones():
    text, _ = assigned("Email", "source")
    assert set(MAPPING.splitlines()) - set(text.splitlines()) == {"  email: Email"}
    assert set(text.splitlines()) - set(MAPPING.splitlines()) == {"  source: Email"}


def test_a_second_phone_comes_after_those_that_are_there():
    text, where = assigned("Work", "phone")
    assert fields(text)["phone"] == {"first_of": ["Mobile", "Home", "Work"], "split": ","}
    assert where["Work"].beside == ("Mobile", "Home", "Work")


def test_a_phone_that_goes_away_leaves_the_other_one_and_stays_in_the_notes_only_if_it_goes_somewhere():
    text, _ = assigned("Mobile", "")
    assert fields(text)["phone"] == {"column": "Home", "split": ","}
    assert "Phones: {Home}" in text
    assert "Phones: {Mobile}, {Home}" in assigned("Mobile", "source")[0]


def test_a_whole_name_fills_both_halves_and_a_whole_address_all_of_its_parts():
    text, where = assigned("Memo", "billing_address")
    assert fields(text)["billing_zip"] == {"address": "zip", "of": "Memo"}
    assert len(where["Memo"].fields) == 6
    assert where["Name"].fields == ("first_name", "last_name")


def test_a_column_leaves_an_expression_and_what_it_says_of_others_stays():
    text, where = assigned("Address", "")
    assert fields(text)["property_city"] == {"sql": "COALESCE(City, CAST(NULL AS VARCHAR))"}
    assert where["City"].target == "property_city"


def test_a_column_joins_an_expression_and_the_expression_comes_first():
    text, _ = assigned("Memo", "property_city")
    assert fields(text)["property_city"]["sql"] == 'COALESCE(COALESCE(City, "Address"), "Memo")'


def test_tags_that_the_mapping_adds_stay_without_their_column():
    assert fields(assigned("Tags", "")[0])["tags"] == {"add": ["office"]}


def test_the_last_column_of_all_can_not_be_taken_away():
    text = "version: 1\nfields:\n  email: Email\n"
    with pytest.raises(MappingError, match="another column first"):
        assigned("Email", "", text=text)


def test_columns_that_a_mapping_treats_alike_are_left_to_who_writes_yaml():
    names = ["Street 1", "Street 2", "Bill 1", "Bill 2"]
    before = value('version: 1\nfields:\n  billing_street1: {column: "Street *", when: {"Bill *": "yes"}}\n')
    with pytest.raises(MappingError, match="treats alike"):
        with_edit(before, (), Assign("Street 1", "", "Street 1"), names)
    phones = value('version: 1\nfields:\n  phone: {column: "Street *", prefer: {"Bill *": "yes"}}\n  email: Bill 1\n')
    edits = with_edit(phones, (), Assign("Street 1", "", "Street 1"), names)
    assert folded(phones, edits, names)["fields"]["phone"] == "Street 2"


OPTIONS = [
    (SetOption("phone", "split", ";"), "phone", {"first_of": ["Mobile", "Home"], "split": ";"}),
    (SetOption("phone", "split", ""), "phone", {"first_of": ["Mobile", "Home"]}),
    (SetOption("phone", "order", ["Home", "Mobile"]), "phone", {"first_of": ["Home", "Mobile"], "split": ","}),
    (SetOption("status", "values", {"yes": "inactive"}), "status", {"column": "Status", "values": {"yes": "inactive"}}),
    (SetOption("status", "values", {}), "status", "Status"),
    (SetOption("name", "part", "last", "Name"), "last_name", {"name": "last", "of": "Name"}),
]


@pytest.mark.parametrize(("edit", "field", "wanted"), OPTIONS, ids=str)
def test_what_is_done_to_cells_is_set_and_the_comment_beside_it_stays(edit, field, wanted):
    before = value()
    after = folded(before, with_edit(before, (), edit, NAMES), NAMES)
    assert after["fields"][field] == wanted
    text = rewritten(MAPPING, after)
    assert value(text) == after
    if edit.option == "split":
        assert "# the mobile first" in text


def test_the_whole_files_settings_are_written_before_the_fields():
    before = value()
    edits = with_edit(before, (), SetOption("", "area_code", "763"), NAMES)
    edits = with_edit(before, edits, SetOption("", "null_values", ["N/A", "-"]), NAMES)
    text = rewritten(MAPPING, folded(before, edits, NAMES))
    assert text.index("area_code") < text.index("fields:")
    assert parse_mapping(text, "x", "x").source.null_values == ("", "N/A", "-")
    edits = with_edit(before, edits, SetOption("", "null_values", []), NAMES)
    edits = with_edit(before, edits, SetOption("", "area_code", ""), NAMES)
    assert rewritten(MAPPING, folded(before, edits, NAMES)) == MAPPING


HOSTILE = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), min_size=1, max_size=30
) | st.sampled_from(
    ["<b>\"'</b>", "yes", "a: b", "# x", "- x", "é\u202eabc", "x" * 3000, "null", "1e5", "two\nlines", "{a}"]
)


@settings(max_examples=60, deadline=None)
@given(HOSTILE, st.sampled_from(["email", "source", "name", "property_address", "key"]))
def test_a_column_of_any_name_can_be_written_down(name, target):
    names = ["Email", name]
    if name == "Email":
        return
    before = value("version: 1\nfields:\n  phone: Email # kept\n")
    try:
        edits = with_edit(before, (), Assign(name, target, name), names)
    except MappingError:
        return
    after = folded(before, edits, names)
    text = rewritten("version: 1\nfields:\n  phone: Email # kept\n", after)
    assert value(text) == after
    assert "phone: Email # kept" in text


ENTRIES = st.dictionaries(
    st.sampled_from(["phone", "email", "source", "status", "notes"]),
    st.text(string.printable, min_size=1, max_size=20)
    | st.fixed_dictionaries({"template": st.text("ab{} :#\n", min_size=1)}),
    min_size=1,
)


@settings(max_examples=80, deadline=None)
@given(ENTRIES, ENTRIES, st.booleans())
@example(first={"phone": {"template": "#\n"}}, second={"phone": "0\n"}, flow=False)
def test_any_value_can_be_written_over_any_other(first, second, flow):
    text = rewritten("{version: 1}" if flow else "version: 1 # kept\n", {"version": 1, "fields": first})
    before = copy.deepcopy(value(text))
    assert before == {"version": 1, "fields": first}
    after = rewritten(text, {**before, "fields": second, "region": "CA"})
    assert value(after)["fields"] == second
    assert flow or "# kept" in after


LAST = (
    "phone: |\n    #\n",
    "phone: |+\n    #\n\n\n",
    "phone: >-\n    a\n    # b\n",
    "phone:\n    template: |2\n        #\n",
    "phone:\n    template: |+\n      #\n\n\n",
    "phone:\n    first_of:\n    - A\n    - >\n      #\n",
    "phone:\n  - |\n    a\n    # b\n",
    "phone:\n    first_of:\n      - template: |\n          #\n",
    'phone:\n    template: "a\n\n      # b"\n',
    "phone:\n    first_of: [A,\n      # b\n      B]\n",
    "phone:\n    template:\n",
    "phone:\n    template: |\n",
)
BELOW = ("", "  # below\n  email: B\n", "# below\n\n  email: B\n", "\n  email: B\n", "# below\nregion: CA\n")


@pytest.mark.parametrize("below", BELOW)
@pytest.mark.parametrize("last", LAST)
def test_however_an_entry_ends_all_of_it_is_replaced_and_nothing_below_it(last, below):
    text = f"version: 1 # kept\nfields:\n  {last}{below}"
    before = value(text)
    for new in ("0\n", "B", {"template": "#\n"}):
        wanted = {**before, "fields": {**before["fields"], "phone": new}}
        after = rewritten(text, wanted)
        assert value(after) == wanted
        assert "# kept" in after
        assert after.endswith(below)


def test_a_change_after_which_an_alias_would_stand_for_nothing_is_refused_in_words():
    text = "version: 1\nfields:\n  email: &mail Email\n  source: *mail\n  name: {name: first, of: Name}\n"
    before = value(text)
    for changes in ({"source": "Origin"}, {"email": "Mail"}):
        with pytest.raises(MappingError, match="edit the YAML"):
            rewritten(text, {**before, "fields": {**before["fields"], **changes}})
    wanted = {**before, "fields": {**before["fields"], "name": "Name"}}
    assert value(rewritten(text, wanted)) == wanted
