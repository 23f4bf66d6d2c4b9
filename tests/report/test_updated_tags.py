"""Tags in updates.csv: Rotor only ever adds them, so what it will hold is more than what is sent."""

import pytest
from rotor import opened

A = "763-555-0101"


def updated(office, tags):
    office.write([{"key": "1", "phone": A, "tags": tags}])
    planned, outcome = office.plan().check(), office.run().check()
    [held] = office.rotor.customers()
    lines = [(line["before"], line["after"]) for line in outcome.table("updates.csv") if line["field"] == "tags"]
    assert [(line["before"], line["after"]) for line in planned.table("updates.csv")] == lines
    return lines, held["tags"]


@pytest.mark.parametrize(
    ("first", "then", "after"),
    [
        (["VIP", "Blog"], ["New"], ["VIP", "Blog", "New"]),
        (["VIP", "Blog"], ["New", "VIP"], ["VIP", "Blog", "New"]),
        (["gutters", "vip"], ["spring", "VIP"], ["gutters", "vip", "spring", "VIP"]),
        ([], ["New"], ["New"]),
    ],
)
def test_the_tags_after_an_update_are_those_that_rotor_will_hold(first, then, after):
    with opened() as office:
        updated(office, first)
        lines, held = updated(office, then)
        assert lines == [(", ".join(first), ", ".join(after))]
        assert held == after
