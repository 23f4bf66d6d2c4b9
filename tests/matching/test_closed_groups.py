"""What is decided a column at a time is what the replay of all rows, one by one, decides."""

import itertools
from dataclasses import replace

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import rows_of

from rotor_import.dedupe import Background, Busy, PendingKeys, dedupe
from rotor_import.dedupe.rows import Past, dedupe_rows
from rotor_import.model.change import PinUpdate
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.pin import Pin
from rotor_import.model.pins import Pins
from rotor_import.model.plan import Plan, SourceFile, count_rows
from rotor_import.model.rows import Policy
from rotor_import.normalize import identified, records
from rotor_import.pipeline.sending import sending
from rotor_import.plan import numbered, plan_changes
from rotor_import.plan.plain import pins
from rotor_import.report import tables

WORLDS = settings.get_profile("worlds")
NAMES = ("last_name", "notes", "property_street1", "property_city")
MAPPED = ("phone", "email", *NAMES, "tags")


def some(*values):
    return st.sampled_from(["", "", *values])


LINES = st.lists(
    st.fixed_dictionaries(
        {
            "key": st.one_of(some(), some("1", "2", "3"), st.uuids().map(str)),
            "id": st.sampled_from([*[""] * 12, "r1"]),
            "phone": st.one_of(some("P1", "P2", "P3"), st.integers(4, 400).map(lambda at: f"P{at}")),
            "email": st.one_of(some("E1", "E2", "E3"), st.integers(4, 400).map(lambda at: f"E{at}")),
            "last_name": some("Ada", "ada", "Bo"),
            "notes": some("one", "one\ntwo", "two"),
            "property_street1": some("1 Elm", "2 Oak"),
            "property_city": some("Fargo", "Minot"),
            "tags": st.lists(st.sampled_from(["vip", "new"]), max_size=2),
        }
    ),
    min_size=1,
    max_size=9,
)
POLICIES = st.builds(
    Policy,
    survivor=st.sampled_from(
        [{}, {"notes": "join"}, {"last_name": "first"}, {"property_address": "first"}, {"property_address": "last"}]
    ),
    on_conflict=st.sampled_from(["hold", "server"]),
    hold_suspicious=st.booleans(),
    allow_keyless=st.booleans(),
)
CUSTOMERS = st.lists(
    st.builds(
        lambda phone, email, name: (phone, email, {"last_name": name} if name else {}),
        some("P1", "P2", "P5"),
        some("E1", "E2", "E5"),
        some("Ada", "Bo"),
    ),
    max_size=3,
)


@st.composite
def backgrounds(draw, rows):
    """Pins of some of the rows, or of rows that are there no more; something pending, and something busy."""
    idents = [*rows.get_column("ident").to_list(), "k:1", "k:9"]
    some_pins = draw(
        st.lists(
            st.builds(
                Pin,
                st.sampled_from(idents),
                st.just(0),
                st.sampled_from(["r0", "r1", "new:old:1"]),
                st.sampled_from(rows.get_column("digest").to_list()),
                phone=some("P1", "P2"),
                email=some("E1", "E2"),
            ),
            max_size=3,
            unique_by=lambda pin: pin.slot,
        )
    )
    keys = st.fixed_dictionaries({"phone": some("P1", "P4"), "email": some("E1", "E4")})
    pending = draw(st.lists(st.builds(PendingKeys, st.just("new:old:1"), keys, keys), max_size=1))
    busy = draw(st.sampled_from([Busy(), Busy({"r0": "other"}, {("phone", "P3"): "other"})]))
    return Background(pins=[PinUpdate(pin) for pin in some_pins], pending=pending, busy=busy)


def counter():
    numbers = itertools.count(1)
    return lambda most: [f"new:{number}" for number in itertools.islice(numbers, most)]


def planned(found, plain, numbers, directory, policy, count):
    changes = plan_changes(found.groups, directory, lambda *_: None, policy, MAPPED, numbers=numbers)
    file = SourceFile("f.csv", "", count, ())
    return Plan((file,), changes, found.holds, found.rejects, (), (), found.pins, directory, plain)


def shown(plan):
    """All that the report says, and all that is kept, without the names of planned customers."""
    held = tables.held_table(plan)
    made = {change.customer: change.label for change in plan.changes if not change.id}
    made |= {} if plan.plain is None else dict(plan.plain.groups.select("customer", pl.format("C{}", "number")).rows())
    every = [*plan.pins, *(pins(plan.plain) if plan.plain is not None else ())]
    kept = {
        (one.pin.slot, made.get(one.pin.customer, one.pin.customer), one.pin.digest, one.pin.cells, one.pin.fate)
        for one in every
    }
    sent = {
        (change.number, change.kind, change.places, change.source_keys, tuple(sorted(change.keys.items())))
        + tuple(sorted((one.field, one.before, one.after, one.sent) for one in change.fields))
        for change in sending(plan)
    }
    customers = [tables.customers_table(plan, kind) for kind in ("create", "undecided")]
    merges = tables.merges_table(plan)
    frames = (tables.rows_table(plan), *customers, tables.results_table(plan), merges, held, tables.updates_table(plan))
    return [frame.rows() for frame in frames], kept, sent, count_rows(plan), plan.counted(), plan.requests()


@settings(WORLDS)
@given(
    data=st.data(),
    lines=LINES,
    customers=CUSTOMERS,
    complete=st.booleans(),
    policy=POLICIES,
    ranked=st.booleans(),
    known=st.booleans(),
)
def test_closed_groups_come_out_as_the_replay_of_every_row_says(
    data, lines, customers, complete, policy, ranked, known
):
    rank = data.draw(st.lists(st.integers(0, 2), min_size=len(lines), max_size=len(lines))) if ranked else None
    rows = identified(rows_of(lines, NAMES, rank=rank))
    held = {f"r{at}": Customer(f"r{at}", values, phone, email) for at, (phone, email, values) in enumerate(customers)}
    directory = Directory(held if complete else {}, "api", complete)
    background = data.draw(backgrounds(rows)) if known else Background()
    one_by_one = dedupe(
        list(records(rows)),
        directory,
        background,
        policy,
        new_customer=lambda names=counter(): names(1)[0],
        mapped=MAPPED,
    )
    none = dedupe_rows(
        rows.clear(), directory, Past(), policy, records=records, new_customers=counter(), mapped=MAPPED
    ).plain
    _, numbers = numbered(none, one_by_one.groups, complete=complete)
    past = Past(replace(background, pins=()), Pins.of(background.pins))
    found = dedupe_rows(rows, directory, past, policy, records=records, new_customers=counter(), mapped=MAPPED)
    plain, others = numbered(found.plain, found.tangled.groups, complete=complete)
    expected = planned(one_by_one, None, numbers, directory, policy, len(lines))
    assert shown(planned(found.tangled, plain, others, directory, policy, len(lines))) == shown(expected)


def test_rows_that_share_nothing_need_no_replay():
    lines = [{"phone": f"P{at}", "email": f"E{at}", "key": str(at)} for at in range(50)]
    lines += [{"phone": f"P{at}", "email": f"E{at}", "key": f"again {at}"} for at in range(10)]
    rows = identified(rows_of(lines, NAMES))
    found = dedupe_rows(rows, Directory(complete=True), Past(), Policy(), records=records, new_customers=counter())
    assert found.plain.rows.height == 60
    assert found.plain.groups.height == 50
    assert found.tangled.groups == ()
