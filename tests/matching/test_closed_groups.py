"""What is decided a column at a time is what the replay of all rows, one by one, decides."""

import itertools
from dataclasses import replace

import polars as pl
from column_worlds import FEED, MAPPED, NAMES, World, worlds
from hypothesis import event, given, settings
from tables import rows_of

from rotor_import.dedupe import Background, dedupe
from rotor_import.dedupe.rows import Past, dedupe_rows
from rotor_import.model.change import PinUpdate
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.listed import frame_of
from rotor_import.model.memories import memories
from rotor_import.model.pin import Pin
from rotor_import.model.pins import Pins
from rotor_import.model.plan import Plan, SourceFile, count_rows
from rotor_import.model.rows import Policy
from rotor_import.model.threeway import Memory
from rotor_import.normalize import identified, records
from rotor_import.pipeline.sending import sending
from rotor_import.plan import numbered, plan_changes
from rotor_import.plan.settled import agreed, kept_pins
from rotor_import.report import tables
from rotor_import.report.held import held_table

WORLDS = settings.get_profile("worlds")


def counter():
    numbers = itertools.count(1)
    return lambda most: pl.Series([f"new:{number}" for number in itertools.islice(numbers, most)], dtype=pl.String)


def planned(found, plain, numbers, world):
    directory, rows, memory = world.directory, world.rows, world.background.memory
    counts = [rows.filter(file=file).height for file in (0, 1)]
    files = tuple(SourceFile(f"f{at}.csv", "", count, ()) for at, count in enumerate(counts))
    changes = plan_changes(
        found.groups, directory, memory, world.policy, MAPPED, returned=world.returned, numbers=numbers
    )
    pins, skipped = found.pins, found.skipped
    return Plan(
        files,
        changes,
        found.holds,
        found.rejects,
        found.notices,
        (),
        pins,
        directory,
        plain,
        skipped=skipped,
        feed=FEED,
    )


def remembering(plan, world):
    """What Rotor turned out to agree about, by customer."""
    known = {change.customer: dict(change.equal) for change in plan.changes if change.equal and change.id}
    if plan.plain is None or not plan.plain.groups.get_column("known").any():
        return known
    found = agreed(plan.plain, frame_of(plan.directory), world.policy)
    lines = memories(found.lines(pl.int_range(len(found.customers), eager=True)))
    return known | {customer: fields for customer, fields in lines.items() if fields}


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


def shown(plan, world):
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
        (
            *(one.pin.slot, made.get(one.pin.customer, one.pin.customer), one.pin.digest, one.pin.cells, one.pin.fate),
            *(one.pin.reason, one.pin.field, one.pin.gone, one.pin.decision, one.pin.unmoved),
            tuple((made.get(side.customer, side.customer), side.phone, side.email) for side in one.pin.named),
        )
        for one in every
    }
    sent = {
        (
            *(change.number, change.kind, change.places, change.source_keys),
            *sorted(change.keys.items()),
            *sorted((one.field, str(one.before), one.after, one.sent) for one in change.fields),
        )
        for change in sending(plan)
    }
    customers = [pl.concat(tables.customers_tables(plan, kind)) for kind in ("create", "undecided")]
    merges = tables.merges_table(plan)
    frames = (tables.rows_table(plan), *customers, tables.results_table(plan), merges, held, tables.updates_table(plan))
    frames = (*frames, tables.reconcile_table(plan), tables.warnings_table(plan))
    counts = (count_rows(plan), plan.counted(), plan.requests())
    return [frame.rows() for frame in frames], kept, sent, remembering(plan, world), counts


def by_columns(world, rows, past):
    return dedupe_rows(
        rows, world.directory, past, world.policy, records=records, new_customers=counter(), mapped=MAPPED
    )


@settings(WORLDS)
@given(world=worlds())
def test_closed_groups_come_out_as_the_replay_of_every_row_says(world):
    told_apart(world, decided_alike(world))


def test_a_key_that_was_changed_on_both_sides_before_another_row_took_it_back_is_not_applied():
    rows = identified(
        rows_of([{"key": at, "phone": "P1", "email": f"E{at}"} for at in ("1", "2")], NAMES[:-1], tags=False)
    )
    memory = {("r0", "email"): Memory("E8", "E9")}
    background = Background([PinUpdate(Pin("k:9", 0, "r9", "digest"))], memory=lambda *one: memory.get(one), feed=FEED)
    decided_alike(
        World(rows, Directory({"r0": Customer("r0", {}, "P1", "E2")}, "api", True), background, Policy(), memory)
    )


def test_spaces_around_a_name_in_rotor_make_nobody_a_stranger():
    lines = [{"phone": "P1", "email": email, "last_name": "Ada"} for email in ("E1", "E2")]
    directory = Directory({"r0": Customer("r0", {"last_name": " Ada"}, "P1", "E2")}, "api", True)
    world = World(identified(rows_of(lines, NAMES[:-1])), directory, Background(), Policy(hold_suspicious=True), {})
    assert decided_alike(world).rows.height == 2


def decided_alike(world):
    """The plain customers, once all that is shown, sent and kept is found to be what the replay says."""
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
    past = Past(replace(world.background, pins=()), Pins.of(world.background.pins), remembers=bool(world.memory))
    found = by_columns(world, world.rows, past)
    plain, others, _ = numbered(found.plain, found.tangled.groups, complete=complete)
    expected = shown(planned(one_by_one, None, numbers, world), world)
    assert shown(planned(found.tangled, plain, others, world), world) == expected
    return plain


def told_apart(world, plain):
    """What the columns decided, as the statistics name it."""
    known = plain.groups.filter("known")
    sizes = plain.rows.group_by("group").agg(pl.len().alias("rows"), pl.col("file").n_unique().alias("files"))
    event(f"new: {plain.groups.height > known.height}")
    event(f"known: {known.height > 0}, remembered: {bool(world.memory)}, policy: {bool(world.policy.write)}")
    event(f"pinned: {bool(known['pinned'].any())}")
    event(f"several rows: {bool((sizes['rows'] > 1).any())}, files: {bool((sizes['files'] > 1).any())}")
    event(f"parts: {not world.directory.complete and bool((sizes['rows'] > 1).any())}, lost: {plain.lost.height > 0}")


def test_rows_that_share_nothing_need_no_replay():
    lines = [{"phone": f"P{at}", "email": f"E{at}", "key": str(at)} for at in range(50)]
    lines += [{"phone": f"P{at}", "email": f"E{at}", "key": f"again {at}"} for at in range(10)]
    rows = identified(rows_of(lines, NAMES))
    found = dedupe_rows(rows, Directory(complete=True), Past(), Policy(), records=records, new_customers=counter())
    assert found.plain.rows.height == 60
    assert found.plain.groups.height == 50
    assert found.tangled.groups == ()
