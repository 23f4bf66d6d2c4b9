"""What is decided a column at a time is what the replay of all rows, one by one, decides."""

import itertools

import polars as pl
from column_worlds import FEED, MAPPED, NAMES, World, worlds
from hypothesis import event, given, settings
from tables import rows_of

from rotor_import.dedupe import Background, dedupe_records, dedupe_rows
from rotor_import.model.baselines import baselines
from rotor_import.model.change import LinkUpdate
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.listed import frame_of
from rotor_import.model.plan import Plan, SourceFile, count_rows
from rotor_import.model.policy import MatchingPolicy, Policy
from rotor_import.model.row_link import RowLink
from rotor_import.model.row_links import RowLinks
from rotor_import.model.three_way import Baseline
from rotor_import.normalize import identified, records
from rotor_import.pipeline.commitment import sending
from rotor_import.pipeline.questions import field_questions, hold_questions, in_order
from rotor_import.plan import agreed, kept_links, numbered, plan_changes
from rotor_import.report import plan_tables as tables
from rotor_import.report.review import review_table

WORLDS = settings.get_profile("worlds")


def counter():
    numbers = itertools.count(1)
    return lambda most: pl.Series([f"new:{number}" for number in itertools.islice(numbers, most)], dtype=pl.String)


def planned(found, independent, numbers, world):
    directory, rows, baseline = world.directory, world.rows, world.background.baseline
    counts = [rows.filter(file=file).height for file in (0, 1)]
    files = tuple(SourceFile(f"f{at}.csv", "", count, ()) for at, count in enumerate(counts))
    changes = plan_changes(
        found.groups, directory, baseline, world.policy, MAPPED, returned=world.returned, numbers=numbers
    )
    links, skipped = found.links, found.skipped
    return Plan(
        files,
        changes,
        found.holds,
        found.rejects,
        found.notices,
        (),
        links,
        directory,
        independent,
        skipped=skipped,
        feed=FEED,
        questions=in_order(
            (
                *found.questions,
                *hold_questions(FEED, found.holds, changes, directory),
                *field_questions(FEED, [field for change in changes for field in change.held_fields], directory, {}),
            )
        ),
    )


def new_baselines(plan, world):
    """The baselines of what Rotor turned out to agree about, by customer."""
    known = {change.customer: dict(change.equal) for change in plan.changes if change.equal and change.id}
    if plan.independent is None or not plan.independent.groups.get_column("known").any():
        return known
    found = agreed(plan.independent, frame_of(plan.directory), world.policy)
    lines = baselines(found.lines(pl.int_range(len(found.customers), eager=True)))
    return known | {customer: fields for customer, fields in lines.items() if fields}


def unmoved(plan):
    """Row links that stay as they are, and so are not written again."""
    if plan.independent is None:
        return
    rows = plan.independent.rows.filter("linked").join(plan.independent.groups.select("group", "customer"), on="group")
    cells = (pl.col(name).fill_null("") for name in ("phone", "email"))
    for natural_key, occurrence, customer, digest, phone, email, seen in rows.select(
        "natural_key", "occurrence", "customer", "digest", *cells, "seen"
    ).iter_rows():
        yield LinkUpdate(RowLink(natural_key, occurrence, customer, digest, "", phone, email, seen))


def independent_links(independent):
    return [LinkUpdate(RowLink(*line)) for line in kept_links(independent).iter_rows()]


def shown(plan, world):
    """All that the report says, and all that is kept, without the names of planned customers."""
    review = review_table(plan)
    made = {change.customer: change.label for change in plan.changes if not change.id}
    made |= (
        {}
        if plan.independent is None
        else dict(
            plan.independent.groups.filter(~pl.col("known")).select("customer", pl.format("C{}", "number")).rows()
        )
    )
    every = [
        *plan.links,
        *(independent_links(plan.independent) if plan.independent is not None else ()),
        *unmoved(plan),
    ]
    kept = {
        (
            *(
                one.link.row_key,
                made.get(one.link.customer, one.link.customer),
                one.link.digest,
                one.link.cells,
                one.link.seen,
                one.link.fate,
            ),
            *(one.link.reason, one.link.field, one.link.gone, one.link.decision, one.link.unmoved),
            tuple((made.get(side.customer, side.customer), side.phone, side.email) for side in one.link.named),
        )
        for one in every
    }
    sent = {
        (
            *(change.number, change.kind, change.refs, change.source_keys),
            *sorted(change.keys.items()),
            *sorted((one.field, str(one.before), one.after, one.sent) for one in change.fields),
        )
        for change in sending(plan)
    }
    customers = [pl.concat(tables.customers_tables(plan, kind)) for kind in ("create", "undecided")]
    merges = tables.merges_table(plan)
    frames = (
        tables.rows_table(plan),
        *customers,
        tables.results_table(plan),
        merges,
        review,
        tables.updates_table(plan),
    )
    frames = (*frames, tables.reconcile_table(plan), tables.warnings_table(plan))
    counts = (count_rows(plan), plan.counted(), plan.requests())
    return [frame.rows() for frame in frames], kept, sent, new_baselines(plan, world), counts, plan.questions


def by_columns(world, rows, background):
    return dedupe_rows(
        rows, world.directory, background, world.policy, records=records, new_customers=counter(), mapped=MAPPED
    )


@settings(WORLDS)
@given(world=worlds())
def test_columns_decide_what_the_replay_of_every_row_decides(world):
    told_apart(world, decided_alike(world))


def test_a_key_that_was_changed_on_both_sides_before_another_row_took_it_back_is_not_applied():
    rows = identified(
        rows_of([{"key": at, "phone": "P1", "email": f"E{at}"} for at in ("1", "2")], NAMES[:-1], tags=False)
    )
    baseline = {("r0", "email"): Baseline("E8", "E9")}
    background = Background(
        RowLinks.of([LinkUpdate(RowLink("k:9", 0, "r9", "digest"))]),
        baseline=lambda customer, name: baseline.get((customer, name)),
        has_baselines=True,
        feed=FEED,
    )
    decided_alike(
        World(rows, Directory({"r0": Customer("r0", {}, "P1", "E2")}, "api", True), background, Policy(), baseline)
    )


def test_spaces_around_a_name_in_rotor_make_nobody_a_stranger():
    lines = [{"phone": "P1", "email": email, "last_name": "Ada"} for email in ("E1", "E2")]
    directory = Directory({"r0": Customer("r0", {"last_name": " Ada"}, "P1", "E2")}, "api", True)
    world = World(
        identified(rows_of(lines, NAMES[:-1])),
        directory,
        Background(),
        Policy(matching=MatchingPolicy(hold_suspicious=True)),
        {},
    )
    assert decided_alike(world).rows.height == 2


def decided_alike(world):
    """The independent customers, once all that is shown, sent and kept is found to be what the replay says."""
    names = counter()
    one_by_one = dedupe_records(
        list(records(world.rows)),
        world.directory,
        world.background,
        world.links,
        world.policy,
        new_customer=lambda: names(1)[0],
        mapped=MAPPED,
    )
    complete = world.directory.complete
    _, numbers, _ = numbered(
        by_columns(world, world.rows.clear(), Background()).independent, one_by_one.groups, complete=complete
    )
    found = by_columns(world, world.rows, world.background)
    independent, others, _ = numbered(found.independent, found.contested.groups, complete=complete)
    expected = shown(planned(one_by_one, None, numbers, world), world)
    assert shown(planned(found.contested, independent, others, world), world) == expected
    return independent


def told_apart(world, independent):
    """What the columns decided, as the statistics name it."""
    known = independent.groups.filter("known")
    sizes = independent.rows.group_by("group").agg(pl.len().alias("rows"), pl.col("file").n_unique().alias("files"))
    event(f"new: {independent.groups.height > known.height}")
    event(f"known: {known.height > 0}, remembered: {bool(world.baseline)}, policy: {bool(world.policy.write)}")
    event(f"linked: {bool(known['linked'].any())}")
    event(f"several rows: {bool((sizes['rows'] > 1).any())}, files: {bool((sizes['files'] > 1).any())}")
    several = bool((sizes["rows"] > 1).any())
    event(f"split: {not world.directory.complete and several}, lost: {independent.lost.height > 0}")


def test_rows_that_share_nothing_need_no_replay():
    lines = [{"phone": f"P{at}", "email": f"E{at}", "key": str(at)} for at in range(50)]
    lines += [{"phone": f"P{at}", "email": f"E{at}", "key": f"again {at}"} for at in range(10)]
    rows = identified(rows_of(lines, NAMES))
    found = dedupe_rows(
        rows, Directory(complete=True), Background(), Policy(), records=records, new_customers=counter()
    )
    assert found.independent.rows.height == 60
    assert found.independent.groups.height == 50
    assert found.contested.groups == ()
