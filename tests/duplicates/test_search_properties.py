import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from rotor_import.duplicates import find_duplicates

WORLDS = settings.get_profile("worlds")
NAMES = [
    "Bob",
    "Robert",
    "José",
    "Jose",
    "王芳",
    "O'Brien",
    "Ølsen",
    "Smith",
    "Smyth",
    "Smith Jr",
    "",
    None,
    "🙂",
    "a\u0301",
]
STREETS = ["12 Elm St", "12 Elm Street", "400 Lake Rd", "PO Box 7", "Straße 5", "", None]
PHONES = ["+17635550101", "+17635550102", "5", "", None]
EMAILS = ["bob@example.com", "bob@example.org", "no at", "", None]
COLUMNS = {
    "first_name": NAMES,
    "last_name": NAMES,
    "company_name": ["Acme LLC", "Acme", "", None],
    "phone": PHONES,
    "email": EMAILS,
    "property_street1": STREETS,
    "property_street2": ["Apt 4", "#4", "", None],
    "property_city": ["Blaine", "blaine ", None],
    "property_zip": ["55434", "55434-1234", "55443", None],
}
PERSON = st.fixed_dictionaries(
    {name: st.sampled_from(values) for name, values in COLUMNS.items()}
    | {"other_phones": st.lists(st.sampled_from(PHONES), max_size=2)}
)
PEOPLE = st.lists(PERSON, max_size=12)
SCHEMA = {
    "id": pl.Int64,
    **dict.fromkeys(COLUMNS, pl.String),
    "other_phones": pl.List(pl.String),
}


def frame(people, start=0):
    return pl.DataFrame([{"id": at} | person for at, person in enumerate(people, start)], schema=SCHEMA)


def scores(found):
    return {frozenset(ids): score for *ids, score in found.select("a", "b", "score").iter_rows()}


@WORLDS
@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_order_of_lines_is_no_change(people, random):
    lines = frame(people)
    order = list(range(lines.height))
    random.shuffle(order)
    assert scores(find_duplicates(lines, least=0)) == scores(find_duplicates(lines[order], least=0))


@WORLDS
@given(PEOPLE, PEOPLE)
def test_pairs_are_of_two_people_once_and_never_of_two_in_rotor(mine, theirs):
    lines, rotor = frame(mine), frame(theirs, start=len(mine))
    found = find_duplicates(lines, rotor, least=0)
    assert found.height == len(scores(found))
    for a, b, in_rotor in found.select("a", "b", "in_rotor").iter_rows():
        assert a != b
        assert a < len(mine)
        assert in_rotor == (b >= len(mine))


@WORLDS
@given(PEOPLE)
def test_a_second_search_finds_the_same(people):
    assert find_duplicates(frame(people)).equals(find_duplicates(frame(people)))


@WORLDS
@given(PEOPLE)
def test_scores_are_chances_and_fall(people):
    found = find_duplicates(frame(people), least=0).get_column("score")
    assert found.is_between(0, 1).all()
    assert found.is_sorted(descending=True)
