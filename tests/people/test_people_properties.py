"""What holds of any two people, however their names are written."""

import unicodedata

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rotor_import.people import Person, compare
from rotor_import.people.spelling import plain

WORLDS = settings.get_profile("worlds")
FIRST = "Nora Robert Bob Karl Carl José Jon John N. Mary-Ann Mary Ann Bob&Sue Mr. Zoë Иван 明 O'Dell Dr.".split()  # noqa: SIM905
LAST = "Vance Vence Núñez Nunez Garcia Lopez de la Cruz Delacruz O'Neil Smith Jr. Sr. MD Ng Петров 王 V.".split()  # noqa: SIM905


def names(words):
    return st.lists(st.one_of(st.sampled_from(words), st.text(max_size=6)), max_size=3).map(" ".join)


people = st.builds(
    Person,
    first_name=names(FIRST),
    last_name=names(LAST),
    company=st.sampled_from(["", "Acme LLC", "Acme", "Bolt & Sons", "The Company"]) | st.text(max_size=8),
    phone=st.sampled_from(["", "+17635550101", "+17635550102"]),
    email=st.sampled_from(["", "nora@example.com", "omar@example.com"]),
    street1=st.sampled_from(["", "12 Elm St", "12 N Elm", "12 Elm Street Apt 4", "PO Box 4", "Elm"])
    | st.text(max_size=12),
    street2=st.sampled_from(["", "Apt 5", "#4"]),
    city=st.sampled_from(["", "Blaine", "Fridley"]),
    state=st.sampled_from(["", "MN", "Minnesota", "WI"]),
    zip=st.sampled_from(["", "55434", "55434-1234", "54016"]),
)
keys = st.sampled_from(["phone", "email", "source_key", "id", "link"])


def rewritten(person, way):
    return Person(**{name: way(value) for name, value in vars(person).items()})


@settings(WORLDS)
@given(people, people, keys)
def test_the_verdict_is_the_same_from_both_sides(one, other, key):
    there, back = compare(one, other, key), compare(other, one, key)
    assert (there.verdict, there.words) == (back.verdict, back.words)


@settings(WORLDS)
@given(people, keys)
def test_everybody_is_the_same_as_oneself(one, key):
    assert compare(one, one, key).verdict == "same"


@settings(WORLDS)
@given(people, people, keys)
def test_case_and_the_form_of_accents_change_nothing(one, other, key):
    found = compare(one, other, key).verdict
    assert compare(rewritten(one, lambda text: unicodedata.normalize("NFD", text)), other, key).verdict == found
    assert compare(rewritten(one, lambda text: unicodedata.normalize("NFC", text)), other, key).verdict == found
    upper = rewritten(one, str.upper)
    assume(rewritten(upper, str.lower) == rewritten(one, str.lower))  # ß becomes SS, which nothing turns back
    assert compare(upper, other, key).verdict == found


@settings(WORLDS)
@given(st.text(max_size=30))
def test_the_plain_form_of_a_text_is_its_own(text):
    once = plain(text)
    assert plain(once) == once
    assert plain(f" .{text}! ") == once


@settings(WORLDS)
@given(people, keys)
def test_accents_and_punctuation_make_nobody_somebody_else(one, key):
    bare = rewritten(
        one, lambda text: "".join(s for s in unicodedata.normalize("NFD", text) if not "\u0300" <= s <= "\u036f")
    )
    dotted = Person(**vars(one) | {"first_name": f"{one.first_name}.", "last_name": f"'{one.last_name}'"})
    assert compare(one, bare, key).verdict == "same"
    assert compare(one, dotted, key).verdict == "same"


@settings(WORLDS)
@given(people, keys)
def test_first_and_last_name_may_be_swapped(one, key):
    swapped = Person(**vars(one) | {"first_name": one.last_name, "last_name": one.first_name})
    assert compare(one, swapped, key).verdict == "same"
