"""Somebody deletes a customer in Rotor: no row of the feed creates that customer again without a word."""

import polars as pl
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from plain import normal
from test_heart import heart
from worlds import CUSTOMERS, KEYED_ROWS, ROWS, edits

WORLDS = settings.get_profile("worlds")
NAMES = ("phone", "email")


def cells_of(links, who):
    lines = links.filter(who).select("cell_phone", "cell_email").rows()
    return {(name, cell) for line in lines for name, cell in zip(NAMES, line, strict=True) if cell}


def keys_of(customer):
    return {(name, normal(name, customer.get(name))) for name in NAMES if customer.get(name)}


@settings(WORLDS)
@given(data=st.data(), customers=CUSTOMERS, rows=st.one_of(ROWS, KEYED_ROWS))
def test_who_is_gone_from_rotor_comes_back_only_by_a_decision(data, customers, rows):
    with heart(customers) as one:
        first, _ = one.run(rows)
        links = one.links()
        linked = sorted(set(links.get_column("customer")) - {""})
        assume(linked)
        gone = data.draw(st.sampled_from(linked))
        one.rotor.customers = [customer for customer in one.rotor.customers if customer["id"] != gone]
        is_gone = pl.col("customer") == gone
        former = cells_of(links, is_gone) - cells_of(links, ~is_gone & (pl.col("customer") != ""))
        before = {customer["id"]: keys_of(customer) for customer in one.rotor.customers}
        changes = data.draw(edits(rows))
        for at, name, value in changes:
            rows[at] = {**rows[at], name: value}

        fates, _ = one.run(rows)
        for customer in one.rotor.customers:
            taken = keys_of(customer) - before.get(customer["id"], set())
            assert not taken & former
        event(f"edited: {bool(changes)}, held: {'held' in fates.values()}")
        for at, row in enumerate(rows, start=2):
            if first[at] != "held" and keys_of(row) & former and not changes:
                assert fates[at] in ("held", "rejected")
        if not changes and "held" not in first.values():  # a held row is looked at again once one whom it named is gone
            assert {customer["id"]: keys_of(customer) for customer in one.rotor.customers} == before
        again, posts = one.run(rows)
        assert posts == 0
        assert again == {at: "unchanged" if fate in ("create", "update") else fate for at, fate in fates.items()}
