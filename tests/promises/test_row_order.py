"""The order of rows is no change: a later file that has the same rows in another order sends nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st
from test_heart import heart
from worlds import CUSTOMERS, KEYED_ROWS, ROWS, edits

WORLDS = settings.get_profile("worlds")
HOUSEHOLD = st.fixed_dictionaries(
    {
        "phone": st.sampled_from(["763-555-0100", "763-555-0101", ""]),
        "email": st.sampled_from(["ann@example.com", "bob@example.com", "cat@example.com", ""]),
        "first_name": st.sampled_from(["Ada", "Bo", "Cy"]),
        "last_name": st.just("Vance"),
        "company_name": st.sampled_from(["", "Roofs", "Pipes"]),
        "tags": st.lists(st.sampled_from(["vip", "new"]), unique=True, max_size=2),
    }
)
HOUSEHOLDS = st.lists(HOUSEHOLD, min_size=2, max_size=7)
FILES = st.one_of(ROWS, KEYED_ROWS, HOUSEHOLDS)


@settings(WORLDS)
@given(data=st.data(), customers=CUSTOMERS, rows=FILES)
def test_rows_in_another_order_send_nothing(data, customers, rows):
    with heart(customers) as one:
        one.run(rows)
        for _ in range(3):
            left = [dict(customer) for customer in one.rotor.customers]
            rows = data.draw(st.permutations(rows))
            assert one.run(rows)[1] == 0
            assert one.rotor.customers == left


@settings(WORLDS)
@given(data=st.data(), customers=CUSTOMERS, rows=FILES)
def test_rows_that_were_edited_keep_their_place_in_the_order(data, customers, rows):
    with heart(customers) as one:
        one.run(rows)
        for _ in range(2):
            for at, name, value in data.draw(edits(rows)):
                rows[at] = {**rows[at], name: value}
            one.run(rows)
            left = [dict(customer) for customer in one.rotor.customers]
            rows = data.draw(st.permutations(rows))
            assert one.run(rows)[1] == 0
            assert one.rotor.customers == left


def vance(first_name, email="", *, key=None, **cells):
    row = {**dict.fromkeys(("phone", "company_name"), ""), "email": email, "tags": []}
    return {**row, "first_name": first_name, "last_name": "Vance", **cells} | ({"key": key} if key else {})


def test_the_place_of_an_edited_row_is_not_given_away_again():
    with heart([]) as one:
        bo, ada = vance("Bo", "bob@example.com"), vance("Ada", "cat@example.com")
        one.run([bo, ada])
        moved, renamed = {**bo, "email": "cat@example.com"}, {**ada, "company_name": "Roofs"}
        one.run([moved, renamed])
        again = {**renamed, "first_name": "Cy"}
        one.run([again, moved])
        left = [dict(customer) for customer in one.rotor.customers]
        assert one.run([moved, again])[1] == 0
        assert one.rotor.customers == left


def test_a_row_takes_no_place_that_another_of_its_source_key_has_left():
    with heart([]) as one:
        blank = vance("Ada", key="2", company_name="Pipes")
        full = vance("Ada", "cat@example.com", key="2", phone="763-555-0101", company_name="Roofs")
        one.run([blank, full])
        one.run([full])
        edited = {**blank, "company_name": "Roofs & Pipes"}
        one.run([full, edited])
        left = [dict(customer) for customer in one.rotor.customers]
        assert one.run([edited, full])[1] == 0
        assert one.rotor.customers == left
        links = one.links()
        assert links.filter(links["digest"] != "").height == 2
