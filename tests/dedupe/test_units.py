"""A name or an address survives a merge as a unit: as values and as columns, by one rule."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from one_by_one import row
from tables import rows_of

from rotor_import.dedupe.fold import fold
from rotor_import.dedupe.fold_columns import fold_columns
from rotor_import.model.fields import UNIT_FIELDS
from rotor_import.model.policy import Policy

ADDRESS = ("property_street1", "property_street2", "property_city", "property_state", "property_zip")
NAME = ("first_name", "last_name")


def unit(parts, *cells):
    return {name: cell for name, cell in zip(parts, cells, strict=True) if cell}


def folded(rows, policy):
    """The record of these rows, found equal both ways."""
    by_rows = dict(fold([row(at, "P1", **values) for at, values in enumerate(rows)], policy))
    names = list(dict.fromkeys(name for values in rows for name in values))
    frame = rows_of([{"phone": "P1", **values} for values in rows], names, tags=False)
    lines = frame.with_row_index("at").with_columns(
        pl.lit(0, dtype=pl.UInt32).alias("group"), pl.lit(None, dtype=pl.Int64).alias("seen")
    )
    line = fold_columns(lines, names, policy).row(0, named=True)
    assert {name: line[name] for name in names if line[name] is not None} == by_rows
    return by_rows


ELM = unit(ADDRESS, "12 Elm St", "", "Blaine", "MN", "55434")
LAKE = unit(ADDRESS, "400 Lake Rd", "", "", "WI", "")


@pytest.mark.parametrize(
    ("rows", "last", "first"),
    [
        pytest.param([ELM, LAKE], LAKE, ELM, id="two addresses"),
        pytest.param([LAKE, ELM], ELM, LAKE, id="two addresses, turned"),
        pytest.param([ELM, {}], ELM, ELM, id="a row without an address"),
        pytest.param(
            [unit(ADDRESS, "12 Elm St", "", "Blaine", "", ""), unit(ADDRESS, "12 Elm St", "", "", "MN", "55434")],
            *[ELM] * 2,
            id="each lacks what the other has",
        ),
        pytest.param(
            [unit(ADDRESS, "", "", "", "", "55434"), unit(ADDRESS, "12 Elm St", "", "Blaine", "MN", "")],
            *[ELM] * 2,
            id="a ZIP alone completes a street",
        ),
        pytest.param(
            [ELM, unit(ADDRESS, "", "", "", "", "54016")],
            unit(ADDRESS, "", "", "", "", "54016"),
            ELM,
            id="another ZIP alone contradicts",
        ),
        pytest.param(
            [ELM, LAKE, unit(ADDRESS, "12 Elm St", "", "", "", "")],
            *[ELM] * 2,
            id="a short form of an earlier address stands for it",
        ),
        pytest.param(
            [ELM, {**ELM, "property_street2": "Unit 3"}, LAKE, unit(ADDRESS, "", "", "Blaine", "", "")],
            {**ELM, "property_street2": "Unit 3"},
            {**ELM, "property_street2": "Unit 3"},
            id="a short form stands for the fullest",
        ),
        pytest.param(
            [{**ELM, "property_street2": "Unit 3"}, unit(ADDRESS, "400 Lake Rd", "", "Blaine", "MN", "")],
            unit(ADDRESS, "400 Lake Rd", "", "Blaine", "MN", ""),
            {**ELM, "property_street2": "Unit 3"},
            id="a flat number does not move",
        ),
        pytest.param(
            [ELM, {**ELM, "property_street1": "12 Elm Street", "property_city": ""}],
            unit(ADDRESS, "12 Elm Street", "", "", "MN", "55434"),
            ELM,
            id="another spelling is another address",
        ),
        pytest.param(
            [unit(NAME, "Nora", ""), unit(NAME, "Karl", "Vance"), unit(NAME, "Omar", "")],
            unit(NAME, "Omar", ""),
            unit(NAME, "Nora", ""),
            id="three names",
        ),
        pytest.param(
            [unit(NAME, "Nora", "Vance"), unit(NAME, "Karl", "Vance"), unit(NAME, "", "Vance")],
            unit(NAME, "Karl", "Vance"),
            unit(NAME, "Nora", "Vance"),
            id="a last name alone hides no first name",
        ),
        pytest.param(
            [unit(NAME, "Nora", ""), unit(NAME, "Nora", "Vance")],
            *[unit(NAME, "Nora", "Vance")] * 2,
            id="a first name alone",
        ),
        pytest.param(
            [unit(NAME, "Nora", ""), unit(NAME, "", "Vance")], *[unit(NAME, "Nora", "Vance")] * 2, id="halves"
        ),
    ],
)
def test_no_name_and_no_address_is_made_of_two(rows, last, first):
    rows = [{name: value for name, value in one.items() if value} for one in rows]
    assert folded(rows, Policy()) == last
    assert folded(rows, Policy(survivor=dict.fromkeys(UNIT_FIELDS, "first"))) == first


def test_name_and_addresses_are_units_of_their_own():
    rows = [
        {"first_name": "Nora", "billing_city": "Fargo", **ELM},
        {"first_name": "Karl", "billing_city": "Minot", **LAKE},
    ]
    policy = Policy(survivor={"name": "first", "billing_address": "first"})
    assert folded(rows, policy) == {"first_name": "Nora", "billing_city": "Fargo", **LAKE}


def test_texts_that_differ_in_white_space_alone_agree():
    rows = [unit(ADDRESS, "12 Elm St ", "", "Blaine", "", ""), unit(ADDRESS, "12 Elm St", "", "", "MN", "")]
    assert folded(rows, Policy()) == unit(ADDRESS, "12 Elm St", "", "Blaine", "MN", "")


CELLS = {
    "first_name": ["Nora", "Karl"],
    "last_name": ["Vance", "Reyes"],
    "property_street1": ["12 Elm St", "400 Lake Rd"],
    "property_street2": ["Unit 3"],
    "property_city": ["Blaine", "Hudson"],
    "property_zip": ["55434", "54016"],
    "billing_city": ["Fargo", "Minot"],
    "billing_zip": ["58102"],
}
ROWS = st.lists(
    st.fixed_dictionaries({}, optional={name: st.sampled_from(cells) for name, cells in CELLS.items()}),
    min_size=2,
    max_size=5,
)


@given(rows=ROWS, first=st.sets(st.sampled_from(list(UNIT_FIELDS))))
def test_each_unit_of_a_record_is_a_rows_own_or_completed_by_rows_that_never_contradict_it(rows, first):
    record = folded(rows, Policy(survivor=dict.fromkeys(first, "first")))
    for unit_name, parts in UNIT_FIELDS.items():
        said = [{(name, values[name]) for name in parts if name in values} for values in rows]
        kept = {(name, record[name]) for name in parts if name in record}
        everything = set().union(*said)
        if len({name for name, _ in everything}) == len(everything):  # a part has two values in no two rows
            assert kept == everything
            continue
        speakers = [one for one in (said if unit_name in first else said[::-1]) if one]
        for other in said:
            assert not kept < other
        assert kept in said
        assert kept >= speakers[0]
        assert kept == next(one for one in speakers if one >= speakers[0] and len(one) == len(kept))
