"""In which order customers are sent."""

import polars as pl
import pytest
from tables import rows_of

from rotor_import.dedupe import Background, dedupe_rows
from rotor_import.model.change import Group
from rotor_import.model.customer import Directory
from rotor_import.model.policy import Policy
from rotor_import.model.rows import Record
from rotor_import.normalize import identified, records
from rotor_import.plan import numbered

NOBODY = dedupe_rows(
    identified(rows_of([], ())),
    Directory(complete=True),
    Background(),
    Policy(),
    records=records,
    new_customers=lambda _most: pl.Series([], dtype=pl.String),
).independent


def group(customer, row, rank=0, phone="", succeeds=""):
    record = Record(0, row, "", "", phone, "", {}, f"{row}", rank=rank)
    return Group(customer, (record,), {}, {"phone": phone, "email": ""}, None, succeeds=succeeds)


def order(*groups, absent=(), complete=True, waiting=()):
    """The customers, the first to be sent first."""
    _, numbers, of_absent = numbered(NOBODY, groups, absent, complete=complete, waiting=waiting)
    names = [*(group.customer for group in groups), *absent]
    return [name for _, name in sorted(zip([*numbers, *of_absent], names, strict=True))]


def test_the_best_rank_goes_first_and_file_order_decides_among_equals():
    assert order(group("A", 2, rank=5), group("B", 3, rank=1), group("C", 4, rank=5)) == ["B", "A", "C"]


def test_customers_that_share_a_key_stay_in_file_order():
    first, second = group("A", 2, rank=5, phone="P1"), group("C", 4, rank=1, phone="P1")
    assert order(first, group("B", 3, rank=3), second) == ["A", "C", "B"]


def test_a_customer_in_steps_stays_in_file_order():
    assert order(group("A", 2, rank=5), group("B", 3, rank=3), group("C", 4, rank=1, succeeds="A")) == ["A", "C", "B"]


def test_whoever_has_waited_longest_goes_first_even_if_missing():
    groups = group("A", 2, rank=1), group("B", 3, rank=9)
    assert order(*groups, absent=["gone"], waiting=["gone", "B"]) == ["gone", "B", "A"]


@pytest.mark.parametrize("waiting", [(), ("B",)])
def test_without_the_whole_directory_the_file_decides(waiting):
    assert order(group("A", 2, rank=5), group("B", 3, rank=1), complete=False, waiting=waiting) == ["A", "B"]
