"""What is decided a column at a time is what the replay of all rows, one by one, decides."""

import itertools
from dataclasses import dataclass, replace

import polars as pl
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tables import rows_of

from rotor_import.dedupe import Background, Busy, PendingKeys, dedupe
from rotor_import.dedupe.rows import Past, dedupe_rows
from rotor_import.model.change import PinUpdate
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.listed import Listed, frame_of
from rotor_import.model.pin import Pin
from rotor_import.model.pins import Pins
from rotor_import.model.plan import Plan, SourceFile, count_rows
from rotor_import.model.rows import Policy
from rotor_import.normalize import identified, records
from rotor_import.pipeline.sending import sending
from rotor_import.plan import numbered, plan_changes
from rotor_import.plan.settled import kept_pins
from rotor_import.report import tables
from rotor_import.report.held import held_table

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


@dataclass(frozen=True)
class World:
    rows: pl.DataFrame
    directory: Directory
    background: Background
    policy: Policy


@st.composite
def worlds(draw):
    lines = draw(LINES)
    ranks = st.none() | st.lists(st.integers(0, 2), min_size=len(lines), max_size=len(lines))
    rows = identified(rows_of(lines, NAMES, rank=draw(ranks)))
    alike = st.sampled_from(list(records(rows))).map(lambda one: (one.phone, one.email, dict(one.values)))
    customers = enumerate(draw(st.lists(alike, max_size=3) | CUSTOMERS))
    held = {f"r{at}": Customer(f"r{at}", values, phone, email) for at, (phone, email, values) in customers}
    complete = draw(st.booleans())
    directory = Directory(held, "api", complete)
    if draw(st.booleans()):
        directory = replace(directory, customers=Listed(frame_of(directory)))
    background = draw(backgrounds(rows)) if draw(st.booleans()) else Background()
    return World(rows, directory, background, draw(POLICIES))


@st.composite
def backgrounds(draw, rows):
    """Pins of some of the rows, as they are or were, or of rows that are there no more; what is pending and busy."""
    idents = [*rows.get_column("ident").to_list(), "k:1", "k:9"]
    customers = st.sampled_from(["r0", "r1", "r2", "r0", "r1", "r2", "new:old:1"])
    other = st.builds(
        Pin,
        st.sampled_from(idents),
        st.just(0),
        customers,
        st.sampled_from(rows.get_column("digest").to_list()),
        phone=some("P1", "P2"),
        email=some("E1", "E2"),
    )
    kept = st.sampled_from(list(records(rows))).flatmap(
        lambda one: st.builds(
            lambda customer: Pin(one.ident, one.ordinal, customer, one.digest, one.id, one.phone, one.email), customers
        )
    )
    pins_ = draw(st.lists(kept | other, max_size=5, unique_by=lambda pin: pin.slot))
    keys = st.fixed_dictionaries({"phone": some("P1", "P4"), "email": some("E1", "E4")})
    pending = draw(st.lists(st.builds(PendingKeys, st.just("new:old:1"), keys, keys), max_size=1))
    busy = draw(st.sampled_from([Busy(), Busy(), Busy({"r0": "other"}, {("phone", "P3"): "other"})]))
    return Background(pins=[PinUpdate(pin) for pin in pins_], pending=pending, busy=busy)


def counter():
    numbers = itertools.count(1)
    return lambda most: pl.Series([f"new:{number}" for number in itertools.islice(numbers, most)], dtype=pl.String)


def planned(found, plain, numbers, world):
    directory, count = world.directory, world.rows.height
    changes = plan_changes(found.groups, directory, lambda *_: None, world.policy, MAPPED, numbers=numbers)
    file = SourceFile("f.csv", "", count, ())
    return Plan((file,), changes, found.holds, found.rejects, (), (), found.pins, directory, plain)


def unmoved(plan):
    """Pins that stay as they are, and so are not written again."""
    if plan.plain is None:
        return
    rows = plan.plain.rows.filter("pinned").join(plan.plain.groups.select("group", "customer"), on="group")
    cells = (pl.col(name).fill_null("") for name in ("phone", "email"))
    for ident, ordinal, customer, digest, phone, email in rows.select(
        "ident", "ordinal", "customer", "digest", *cells
    ).iter_rows():
        yield PinUpdate(Pin(ident, ordinal, customer, digest, "", phone, email))


def plain_pins(plain):
    return [PinUpdate(Pin(*line)) for line in kept_pins(plain).iter_rows()]


def shown(plan):
    """All that the report says, and all that is kept, without the names of planned customers."""
    held = held_table(plan)
    made = {change.customer: change.label for change in plan.changes if not change.id}
    made |= (
        {}
        if plan.plain is None
        else dict(plan.plain.groups.filter(~pl.col("known")).select("customer", pl.format("C{}", "number")).rows())
    )
    every = [*plan.pins, *(plain_pins(plan.plain) if plan.plain is not None else ()), *unmoved(plan)]
    kept = {
        (one.pin.slot, made.get(one.pin.customer, one.pin.customer), one.pin.digest, one.pin.cells, one.pin.fate)
        for one in every
    }
    sent = {
        (
            *(change.number, change.kind, change.places, change.source_keys),
            *sorted(change.keys.items()),
            *sorted((one.field, one.before, one.after, one.sent) for one in change.fields),
        )
        for change in sending(plan)
    }
    customers = [tables.customers_table(plan, kind) for kind in ("create", "undecided")]
    merges = tables.merges_table(plan)
    frames = (tables.rows_table(plan), *customers, tables.results_table(plan), merges, held, tables.updates_table(plan))
    return [frame.rows() for frame in frames], kept, sent, count_rows(plan), plan.counted(), plan.requests()


def by_columns(world, rows, past):
    return dedupe_rows(
        rows, world.directory, past, world.policy, records=records, new_customers=counter(), mapped=MAPPED
    )


@settings(WORLDS)
@given(world=worlds())
def test_closed_groups_come_out_as_the_replay_of_every_row_says(world):
    names = counter()
    one_by_one = dedupe(
        list(records(world.rows)),
        world.directory,
        world.background,
        world.policy,
        new_customer=lambda: names(1)[0],
        mapped=MAPPED,
    )
    complete = world.directory.complete
    _, numbers, _ = numbered(by_columns(world, world.rows.clear(), Past()).plain, one_by_one.groups, complete=complete)
    past = Past(replace(world.background, pins=()), Pins.of(world.background.pins))
    found = by_columns(world, world.rows, past)
    plain, others, _ = numbered(found.plain, found.tangled.groups, complete=complete)
    event(f"known: {bool(plain.groups['known'].any())}")
    expected = shown(planned(one_by_one, None, numbers, world))
    assert shown(planned(found.tangled, plain, others, world)) == expected


def test_rows_that_share_nothing_need_no_replay():
    lines = [{"phone": f"P{at}", "email": f"E{at}", "key": str(at)} for at in range(50)]
    lines += [{"phone": f"P{at}", "email": f"E{at}", "key": f"again {at}"} for at in range(10)]
    rows = identified(rows_of(lines, NAMES))
    found = dedupe_rows(rows, Directory(complete=True), Past(), Policy(), records=records, new_customers=counter())
    assert found.plain.rows.height == 60
    assert found.plain.groups.height == 50
    assert found.tangled.groups == ()
