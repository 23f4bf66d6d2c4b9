import sys
from pathlib import Path

import polars as pl
import pytest

from rotor_import.duplicates import find_duplicates, in_words, search

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
from duplicate_worlds import records

HOME = {
    "property_street1": "123 Main St",
    "property_city": "Blaine",
    "property_state": "MN",
    "property_zip": "55434",
}
BOB = {"first_name": "Bob", "last_name": "Smith", "phone": "+17635550101", **HOME}
TOWN = records(2000, seed=3).drop("entity", "group", "kind")


def frame(*people):
    rows = [{"id": f"r{at}"} | person for at, person in enumerate(people)]
    lists = {"other_phones": pl.List(pl.String), "other_emails": pl.List(pl.String)}
    names = {name for row in rows for name in row}
    schema = {name: lists.get(name, pl.String) for name in sorted(names)}
    return pl.DataFrame(rows, schema=schema)


def pairs(*people, **more):
    return find_duplicates(frame(*people), **more).select("a", "b").rows()


def likely(*people):
    """How likely the first two are one person, among the people of a town."""
    town = TOWN.with_columns(pl.col("id").cast(pl.String))
    found = find_duplicates(pl.concat([frame(*people), town], how="diagonal"), least=0)
    score = found.filter(pl.col("a") == "r0", pl.col("b") == "r1").get_column("score")
    return score.item() if len(score) else 0.0


ONE = [
    ({"first_name": "Robert", "phone": "+17635550102", "property_street1": "123 Main Street"}, "a nickname"),
    ({"last_name": "Smyth", "phone": "+17635550102"}, "a spelling"),
    ({"first_name": "Smith", "last_name": "Bob", "phone": None}, "swapped names"),
    ({"first_name": "B", "phone": None}, "an initial"),
    ({"property_zip": "55443", "phone": None}, "swapped digits"),
    ({"first_name": None, "last_name": "Smith, Bob", "phone": None}, "a whole name in one cell"),
    (
        {"other_phones": ["(763) 555-0101"], "phone": "+17635550199"} | dict.fromkeys(HOME),
        "the other's phone, no address",
    ),
]


@pytest.mark.parametrize(("change", "what"), ONE, ids=[what for _, what in ONE])
def test_one_person_is_found(change, what):
    assert likely(BOB, BOB | change) > 0.8, what


OTHERS = [
    ({"first_name": "Mary", "phone": "+17635550102"}, "a spouse"),
    ({"last_name": "Smith Jr", "phone": "+17635550102"}, "a son of one name"),
    (
        {"property_street1": "9 Elm Ave", "property_zip": "55014", "property_city": "Circle Pines"},
        "a namesake elsewhere",
    ),
    ({"first_name": "Omar", "last_name": "Reyes"}, "whoever lives there too"),
]


@pytest.mark.parametrize(("change", "what"), OTHERS, ids=[what for _, what in OTHERS])
def test_somebody_else_is_not(change, what):
    assert likely(BOB, BOB | {"phone": "+17635557788"} | change) < 0.5, what


def test_two_sites_of_one_company_are_two():
    acme = BOB | {"company_name": "Acme Plumbing LLC"}
    site = {"phone": None, "property_street1": "400 Lake Rd", "property_zip": "55014", "property_city": "Lino Lakes"}
    assert likely(acme, acme | site | {"company_name": "Acme Plumbing"}) < 0.5


def test_two_rows_are_enough_to_see_one_person():
    nora = {"first_name": "Nora", "last_name": "Vance", "property_street1": "12 Elm St"} | {
        name: HOME[name] for name in ("property_city", "property_state", "property_zip")
    }
    vence = {"last_name": "Vence", "property_street1": "12 Elm Street", "property_state": "Minnesota"}
    assert pairs(nora, nora | vence) == [("r0", "r1")]


def test_an_other_phone_joins_a_row_and_rotors_customer():
    nora = {"first_name": "Nora", "last_name": "Vance", "phone": "+17635550101"}
    row = nora | {"phone": "+17635550201", "other_phones": ["763-555-0101"]}
    found = find_duplicates(frame(row), frame(nora).with_columns(id=pl.lit("c1")))
    assert found.select("a", "b", "in_rotor", "kind").rows() == [("r0", "c1", True, "contact")]


def test_a_placeholder_joins_nobody():
    people = [{"first_name": name, "phone": None, "other_phones": ["763-555-0000"]} for name in ["Ann", "Bo", "Cy"]]
    assert pairs(*people, *[{"first_name": f"N{at}", "other_phones": ["763-555-0000"]} for at in range(40)]) == []


def test_two_in_rotor_are_not_compared():
    rotor = frame(BOB, BOB | {"phone": None}).with_columns(pl.format("c{}", "id").alias("id"))
    assert find_duplicates(frame({"first_name": "Omar"}), rotor).is_empty()


def test_reasons_say_what_was_compared():
    robert = BOB | {"first_name": "Robert", "phone": "+17635557788", "property_street1": "123 Main Street"}
    reasons = {one["feature"]: one for one in find_duplicates(frame(BOB, robert)).get_column("reasons")[0]}
    assert reasons["first_name"] == {"feature": "first_name", "agreement": "variant", "a": "Bob", "b": "Robert"}
    assert {name: reason["agreement"] for name, reason in reasons.items()} == {
        "first_name": "variant",
        "last_name": "same",
        "address": "same",
        "phone": "other",
    }
    assert in_words(list(reasons.values())) == "same last name and address, first names Bob and Robert; phones differ"


@pytest.mark.parametrize("size", [0, 1])
def test_nobody_and_one_alone_are_no_pairs(size):
    assert find_duplicates(frame(BOB).head(size)).is_empty()
    assert find_duplicates(frame(BOB).head(size)).columns == [
        "a",
        "b",
        "in_rotor",
        "score",
        "weight",
        "kind",
        "reasons",
    ]


def test_a_common_street_and_name_do_not_explode():
    crowd = [BOB | {"phone": f"+1763555{at:04}", "property_street1": f"{at} Main St"} for at in range(3000)]
    assert len(pairs(*crowd, least=0)) < 40 * len(crowd)


def test_whom_no_key_tells_apart_is_told():
    crowd = [{"first_name": "Ann", "last_name": "Lee", "property_zip": "55434"} for _ in range(100)]
    assert search(frame(*crowd)).left.get_column("people").max() == 100
