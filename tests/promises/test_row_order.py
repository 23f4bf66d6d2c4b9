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
