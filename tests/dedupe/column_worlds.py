"""Worlds in which columns and the replay have something to decide: rows of two files, Rotor's customers, a past."""

from dataclasses import dataclass, replace

import polars as pl
from hypothesis import event
from hypothesis import strategies as st
from tables import rows_of

from rotor_import.dedupe import Background, PendingElsewhere, PendingKeys
from rotor_import.model.change import LinkUpdate
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.decision import Decision, Side, question
from rotor_import.model.listed import Listed, frame_of
from rotor_import.model.policy import MatchingPolicy, Policy
from rotor_import.model.row_link import Named, RowLink
from rotor_import.model.row_links import RowLinks
from rotor_import.model.three_way import Baseline
from rotor_import.normalize import identified, records

NAMES = (
    "first_name",
    "last_name",
    "company_name",
    "notes",
    "property_street1",
    "property_city",
    "billing_city",
    "status",
)
MAPPED = ("phone", "email", *NAMES[:-1], "tags")
FEED = "feed"


def some(*values):
    return st.sampled_from(["", "", *values])


PEOPLE = {
    "first_name": some("", "Nora", "nora", "Omar", "Bob", "Robert"),
    "last_name": some("Ada", "ada", "Bo", "Lovelace"),
    "company_name": some("", "", "Acme Roofing LLC", "Northside Plumbing"),
}
TAGS = st.lists(st.sampled_from(["vip", "new"]), max_size=2)
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "key": st.one_of(some(), some("1", "2", "3"), st.uuids().map(str)),
            "id": st.sampled_from([*[""] * 24, "r0", "r1", "r9"]),
            "phone": st.one_of(some("P1", "P2", "P3"), st.integers(4, 400).map(lambda at: f"P{at}")),
            "email": st.one_of(some("E1", "E2", "E3"), st.integers(4, 400).map(lambda at: f"E{at}")),
            **PEOPLE,
            "notes": some("one", "one\ntwo", "two"),
            "property_street1": some("1 Elm St", "1 Elm Street", "2 Oak Ave"),
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
    matching=st.builds(
        MatchingPolicy,
        on_conflict=st.sampled_from(["hold", "server"]),
        on_stranger=st.sampled_from(["hold", "merge", "separate"]),
        hold_suspicious=st.booleans(),
        allow_keyless=st.booleans(),
    ),
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
    baseline: dict

    @property
    def links(self):
        return self.background.links.where(pl.lit(value=True))

    @property
    def returned(self):
        return {update.link.customer for update in self.links if update.link.gone}


@st.composite
def clusters(draw):
    """Rows of a few people, each with keys that hardly anybody else has; those of one person among the others'."""
    lines = []
    for at in range(draw(st.integers(1, 4))):
        centre, other = draw(st.sampled_from([("phone", "email"), ("email", "phone")]))
        same = {
            "first_name": draw(some("Nora")),
            "last_name": draw(some("Ada", "Bo")),
            "notes": draw(some("one")),
            "tags": draw(TAGS),
        }
        same |= {"billing_city": draw(some("", "", "Fargo"))}
        own = st.fixed_dictionaries(
            {
                "key": st.sampled_from(["", "", f"{at}", "1"]) | st.uuids().map(str),
                "id": st.sampled_from([*[""] * 40, "r0", "r9"]),
                centre: st.sampled_from([*[f"{centre} {at}"] * 9, ""]),
                other: st.sampled_from(["", "", f"{other} {at}", f"{other} {at}", f"{other} {at} b", f"{other} 0"]),
            },
            optional={**PEOPLE, "notes": some("one", "two"), "property_city": some("Fargo")},
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
    baseline = draw(remembered(rows, held)) if draw(st.booleans()) else {}
    background = draw(backgrounds(rows, held, baseline)) if draw(st.integers(0, 3)) else Background()
    return World(rows, directory, background, draw(POLICIES), baseline if background.links else {})


def in_files(rows, first):
    """So many in the first file, the others in a second."""
    at = pl.int_range(pl.len(), dtype=pl.UInt32)
    return rows.with_columns(
        (at >= first).cast(pl.UInt32).alias("file"), pl.when(at >= first).then(pl.col("row") - first).otherwise("row")
    )


def people(rows):
    """The last row with each phone and each email, with what earlier ones said beside."""
    found = {}
    for name in ("phone", "email"):
        for key in {row.key(name) for row in rows if row.key(name)}:
            own = [row for row in rows if row.key(name) == key]
            values = {field: value for row in own for field, value in row.values.items()}
            keys = {of: next((row.key(of) for row in reversed(own) if row.key(of)), "") for of in ("phone", "email")}
            found[keys["phone"], keys["email"]] = replace(own[-1], **keys, values=values)
    return list(found.values()) or rows


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
        found[customer, name] = Baseline(draw(st.sampled_from(values)), draw(st.sampled_from(values)))
    return found


@st.composite
def backgrounds(draw, rows, held, baseline):
    """Row links of every fate, for some of the rows as they are or were, and for rows that are gone.

    And changes that are pending, here and elsewhere, and what a person decided.
    """
    every = list(records(rows))
    natural_keys = [*rows.get_column("natural_key").to_list(), "k:1", "k:9", "h:9"]
    customers = st.sampled_from(["r0", "r1", "r2", "r0", "r1", "r2", "new:old:1"])
    other = st.builds(
        RowLink,
        st.sampled_from(natural_keys),
        st.integers(0, 1),
        customers,
        st.sampled_from(rows.get_column("digest").to_list()),
        phone=some("P1", "P2"),
        email=some("E1", "E2"),
    )
    as_it_is = st.sampled_from(every).flatmap(
        lambda one: st.builds(
            lambda customer: RowLink(
                one.natural_key, one.occurrence, customer, one.digest, one.id, one.phone, one.email
            ),
            customers,
        )
    )
    holders = {(name, one.key(name)): one.id for one in held.values() for name in ("phone", "email") if one.key(name)}
    own = {one.ref: holders.get(("phone", one.phone)) or holders.get(("email", one.email)) for one in every}
    last_time = [
        RowLink(one.natural_key, one.occurrence, own[one.ref], one.digest, one.id, one.phone, one.email)
        for one in every
        if own[one.ref]
    ]
    no_more = customers.flatmap(lambda one: st.sampled_from([RowLink("k:no more", 0, one, "digest", phone="P77")]))
    kept = as_it_is | other | no_more
    named = st.lists(
        st.builds(Named, customers, some("P1", "P2"), some("E1", "E2"))
        | st.sampled_from([Named(one.id, one.phone, one.email) for one in held.values()] or [Named("r0", "", "")]),
        max_size=2,
        unique_by=lambda one: one.customer,
    ).map(tuple)
    matching = st.sampled_from(["hold,hold,0,0", "hold,hold,0,0", "server,hold,0,0", "hold,separate,0,0"])
    fates = st.sampled_from(["kept"] * 9 + ["gone", "held", "apart", "skipped", "refused", "decided", "lost"])

    def fated(link, fate, named, matching):
        if fate == "kept":
            return link
        if fate == "gone":
            return replace(link, gone="earlier")
        if fate == "refused":
            return replace(link, fate="refused", reason="no", group="g")
        if fate == "decided":
            apart = (("phone", link.phone),) if link.phone else ()
            return replace(link, decision="create", named=named, unmoved=apart, phone="")
        if fate == "lost":
            lost = (("phone", link.phone or "P1"),)
            return replace(link, decision="separate", unmoved=lost, phone="")
        if fate == "apart":
            key = (("email", link.email),) if link.email else (("phone", link.phone),)
            return replace(
                link, fate="held", reason="why", field=key[0][0], matching=matching, named=named, group="q", unmoved=key
            )
        word = "skip" if fate == "skipped" else ""
        return replace(link, fate=fate, reason="why", matching=matching, named=named, decision=word)

    strange = st.builds(fated, kept, fates, named, matching)
    links_ = draw(st.lists(strange, max_size=draw(st.sampled_from([0, 1, 4])), unique_by=lambda link: link.row_key))
    if draw(st.integers(0, 3)):
        new = draw(st.sets(st.sampled_from(every).map(lambda one: (one.natural_key, one.occurrence)), max_size=2))
        links_ += [link for link in last_time if link.row_key not in new | {link.row_key for link in links_}]
    for fate in sorted({link.fate for link in links_}):
        event(f"link: {fate}")
    unsent = draw(st.sets(st.integers(0, 5), max_size=draw(st.sampled_from([0, 0, 0, 2]))))
    priors = [
        replace(link, phone="P9") if link.fate == "kept" and at in unsent else None for at, link in enumerate(links_)
    ]
    keys = st.fixed_dictionaries({"phone": some("P1", "P4"), "email": some("E1", "E4")})
    pending = draw(
        st.lists(
            st.builds(PendingKeys, st.sampled_from(["new:old:1", "r0"]), keys, keys),
            max_size=draw(st.sampled_from([0, 0, 1])),
        )
    )
    elsewhere = draw(
        st.sampled_from([*[PendingElsewhere()] * 7, PendingElsewhere({"r0": "other"}, {("phone", "P3"): "other"})])
    )
    words = st.sampled_from(["use A", "use B", "create", "skip", "same", "separate"])
    sides = st.tuples(*[st.sampled_from(["", "r0", "r1"]).map(Side)] * 2)
    asked = st.sampled_from(every).map(lambda one: question(FEED, one))
    decisions = draw(st.lists(st.builds(Decision, st.just(2), asked, words, sides), max_size=2))
    return Background(
        links=RowLinks.of([LinkUpdate(link, prior) for link, prior in zip(links_, priors, strict=True)]),
        has_baselines=bool(baseline and links_),
        baseline=lambda customer, name: baseline.get((customer, name)),
        pending=pending,
        elsewhere=elsewhere,
        decisions=decisions,
        feed=FEED,
    )
