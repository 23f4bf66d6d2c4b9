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
from rotor_import.model.decision import Decision, Side, question
from rotor_import.model.listed import Listed, frame_of
from rotor_import.model.memories import memories
from rotor_import.model.pin import Named, Pin
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
NAMES = ("last_name", "notes", "property_street1", "property_city", "billing_city", "status")
MAPPED = ("phone", "email", *NAMES[:-1], "tags")
FEED = "feed"


def some(*values):
    return st.sampled_from(["", "", *values])


TAGS = st.lists(st.sampled_from(["vip", "new"]), max_size=2)
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "key": st.one_of(some(), some("1", "2", "3"), st.uuids().map(str)),
            "id": st.sampled_from([*[""] * 24, "r0", "r1", "r9"]),
            "phone": st.one_of(some("P1", "P2", "P3"), st.integers(4, 400).map(lambda at: f"P{at}")),
            "email": st.one_of(some("E1", "E2", "E3"), st.integers(4, 400).map(lambda at: f"E{at}")),
            "last_name": some("Ada", "ada", "Bo"),
            "notes": some("one", "one\ntwo", "two"),
            "property_street1": some("1 Elm", "2 Oak"),
            "property_city": some("Fargo", "Minot"),
            "billing_city": some("Fargo"),
            "tags": TAGS,
        }
    ),
    min_size=1,
    max_size=9,
)
WRITES = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from(["if_empty", "clear"])
        for name in ("phone", "email", "last_name", "notes", "billing_city", "tags")
    },
)
POLICIES = st.builds(
    Policy,
    write=st.just({}) | WRITES,
    on_both=st.sampled_from(["hold", "file", "rotor"]),
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
        some("Ada", " Ada", "Bo"),
    ),
    max_size=4,
)


@dataclass(frozen=True)
class World:
    rows: pl.DataFrame
    directory: Directory
    background: Background
    policy: Policy
    memory: dict

    @property
    def returned(self):
        return {update.pin.customer for update in self.background.pins if update.pin.gone}


@st.composite
def clusters(draw):
    """Rows of a few people, each with keys that hardly anybody else has; those of one person among the others'."""
    lines = []
    for at in range(draw(st.integers(1, 4))):
        centre, other = draw(st.sampled_from([("phone", "email"), ("email", "phone")]))
        same = {"last_name": draw(some("Ada", "Bo")), "notes": draw(some("one")), "tags": draw(TAGS)}
        same |= {"billing_city": draw(some("", "", "Fargo"))}
        own = st.fixed_dictionaries(
            {
                "key": st.sampled_from(["", "", f"{at}", "1"]) | st.uuids().map(str),
                "id": st.sampled_from([*[""] * 40, "r0", "r9"]),
                centre: st.sampled_from([*[f"{centre} {at}"] * 9, ""]),
                other: st.sampled_from(["", "", f"{other} {at}", f"{other} {at}", f"{other} {at} b", f"{other} 0"]),
            },
            optional={"last_name": some("Ada", "Bo"), "notes": some("one", "two"), "property_city": some("Fargo")},
        )
        lines += [{**same, **row} for row in draw(st.lists(own, min_size=1, max_size=3))]
    return draw(st.permutations(lines))


@st.composite
def worlds(draw):
    lines = draw(LINES | clusters() | clusters())
    ranks = st.none() | st.lists(st.integers(0, 2), min_size=len(lines), max_size=len(lines))
    rows = identified(in_files(rows_of(lines, NAMES[:-1], rank=draw(ranks)), draw(st.integers(1, len(lines)))))
    alike = st.sampled_from(people(list(records(rows)))).flatmap(as_in_rotor)
    known = st.lists(alike, min_size=1, max_size=5, unique_by=lambda one: one[:2])
    customers = draw(st.one_of(known, known, known, CUSTOMERS))
    held = {f"r{at}": Customer(f"r{at}", values, phone, email) for at, (phone, email, values) in enumerate(customers)}
    complete = draw(st.booleans())
    directory = Directory(held, "api", complete)
    if draw(st.booleans()):
        directory = replace(directory, customers=Listed(frame_of(directory)))
    memory = draw(remembered(rows, held)) if draw(st.booleans()) else {}
    background = draw(backgrounds(rows, held, memory)) if draw(st.integers(0, 3)) else Background()
    return World(rows, directory, background, draw(POLICIES), memory if background.pins else {})


def in_files(rows, first):
    """So many in the first file, the others in a second."""
    at = pl.int_range(pl.len(), dtype=pl.UInt32)
    return rows.with_columns(
        (at >= first).cast(pl.UInt32).alias("file"), pl.when(at >= first).then(pl.col("row") - first).otherwise("row")
    )


def people(every):
    """The last rows with each phone and each e-mail, with what earlier ones said beside."""
    found = {}
    for name in ("phone", "email"):
        for key in {one.key(name) for one in every if one.key(name)}:
            own = [one for one in every if one.key(name) == key]
            values = {field: value for one in own for field, value in one.values.items()}
            keys = {of: next((one.key(of) for one in reversed(own) if one.key(of)), "") for of in ("phone", "email")}
            found[keys["phone"], keys["email"]] = replace(own[-1], **keys, values=values)
    return list(found.values()) or every


def as_in_rotor(record):
    """A customer who has what the row says: all of it, with more tags, spelled otherwise, or set inactive."""
    spaced = {name: f" {value}" for name, value in record.values.items() if name == "last_name"}
    more = {"tags": (*record.values.get("tags", ()), "old")}
    changes = st.sampled_from([*[{}] * 6, spaced, more, {"status": "inactive"}])
    return changes.map(lambda change: (record.phone, record.email, {**record.values, **change}))


@st.composite
def remembered(draw, rows, held):
    """By customer and field, what was sent and acknowledged: what Rotor holds, or something else."""
    found = {}
    for customer, name in draw(
        st.lists(st.tuples(st.sampled_from(["r0", "r1", "r2"]), st.sampled_from([*MAPPED, "status"])), max_size=6)
    ):
        known = held.get(customer)
        now = known and (known.key(name) if name in ("phone", "email") else known.values.get(name))
        said = [value for record in records(rows) if (value := record.values.get(name))]
        blank = () if name == "tags" else ""
        values = [blank, now or blank, *said, ("gone", "vip") if name == "tags" else "inactive"]
        found[customer, name] = Memory(draw(st.sampled_from(values)), draw(st.sampled_from(values)))
    return found


@st.composite
def backgrounds(draw, rows, held, memory):
    """Pins of every fate, of some of the rows, as they are or were, or of rows that are there no more.

    And what is pending and busy, and what a person decided.
    """
    every = list(records(rows))
    idents = [*rows.get_column("ident").to_list(), "k:1", "k:9", "h:9"]
    customers = st.sampled_from(["r0", "r1", "r2", "r0", "r1", "r2", "new:old:1"])
    other = st.builds(
        Pin,
        st.sampled_from(idents),
        st.integers(0, 1),
        customers,
        st.sampled_from(rows.get_column("digest").to_list()),
        phone=some("P1", "P2"),
        email=some("E1", "E2"),
    )
    as_it_is = st.sampled_from(every).flatmap(
        lambda one: st.builds(
            lambda customer: Pin(one.ident, one.ordinal, customer, one.digest, one.id, one.phone, one.email), customers
        )
    )
    holders = {(name, one.key(name)): one.id for one in held.values() for name in ("phone", "email") if one.key(name)}
    own = {one.place: holders.get(("phone", one.phone)) or holders.get(("email", one.email)) for one in every}
    last_time = [
        Pin(one.ident, one.ordinal, own[one.place], one.digest, one.id, one.phone, one.email)
        for one in every
        if own[one.place]
    ]
    no_more = customers.flatmap(lambda one: st.sampled_from([Pin("k:no more", 0, one, "digest", phone="P77")]))
    kept = as_it_is | other | no_more
    named = st.lists(
        st.builds(Named, customers, some("P1", "P2"), some("E1", "E2"))
        | st.sampled_from([Named(one.id, one.phone, one.email) for one in held.values()] or [Named("r0", "", "")]),
        max_size=2,
        unique_by=lambda one: one.customer,
    ).map(tuple)
    matching = st.sampled_from(["hold,0,0", "hold,0,0", "server,0,0"])
    fates = st.sampled_from(["kept"] * 9 + ["gone", "held", "skipped", "refused", "decided"])

    def fated(pin, fate, named, matching):
        if fate == "kept":
            return pin
        if fate == "gone":
            return replace(pin, gone="earlier")
        if fate == "refused":
            return replace(pin, fate="refused", reason="no", group="g")
        if fate == "decided":
            apart = (("phone", pin.phone),) if pin.phone else ()
            return replace(pin, decision="new", named=named, unmoved=apart, phone="")
        word = "skip" if fate == "skipped" else ""
        return replace(pin, fate=fate, reason="why", matching=matching, named=named, decision=word)

    strange = st.builds(fated, kept, fates, named, matching)
    pins_ = draw(st.lists(strange, max_size=draw(st.sampled_from([0, 1, 4])), unique_by=lambda pin: pin.slot))
    if draw(st.integers(0, 3)):
        new = draw(st.sets(st.sampled_from(every).map(lambda one: (one.ident, one.ordinal)), max_size=2))
        pins_ += [pin for pin in last_time if pin.slot not in new | {pin.slot for pin in pins_}]
    for fate in sorted({pin.fate for pin in pins_}):
        event(f"pin: {fate}")
    unsent = draw(st.sets(st.integers(0, 5), max_size=draw(st.sampled_from([0, 0, 0, 2]))))
    priors = [replace(pin, phone="P9") if pin.fate == "kept" and at in unsent else None for at, pin in enumerate(pins_)]
    keys = st.fixed_dictionaries({"phone": some("P1", "P4"), "email": some("E1", "E4")})
    pending = draw(
        st.lists(
            st.builds(PendingKeys, st.sampled_from(["new:old:1", "r0"]), keys, keys),
            max_size=draw(st.sampled_from([0, 0, 1])),
        )
    )
    busy = draw(st.sampled_from([*[Busy()] * 7, Busy({"r0": "other"}, {("phone", "P3"): "other"})]))
    words = st.sampled_from(["use A", "use B", "create", "skip"])
    sides = st.tuples(*[st.sampled_from(["", "r0", "r1"]).map(Side)] * 2)
    asked = st.sampled_from(every).map(lambda one: question(FEED, one))
    decisions = draw(st.lists(st.builds(Decision, st.just(2), asked, words, sides), max_size=2))
    return Background(
        pins=[PinUpdate(pin, prior) for pin, prior in zip(pins_, priors, strict=True)],
        memory=lambda customer, name: memory.get((customer, name)),
        pending=pending,
        busy=busy,
        decisions=decisions,
        feed=FEED,
    )


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
    customers = [tables.customers_table(plan, kind) for kind in ("create", "undecided")]
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
    told_apart(world, plain)
    expected = shown(planned(one_by_one, None, numbers, world), world)
    assert shown(planned(found.tangled, plain, others, world), world) == expected


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
