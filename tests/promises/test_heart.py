"""The heart alone: dedupe, plan, ledger and upsert, without files, HTTP and reports, in many more worlds.

Rotor is the plain one of `plain.py`; the ledger is a real SQLite file.
"""

import itertools
import math
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from plain import NORMAL, PLAIN_FIELDS, PlainRotor, normal, picture, replay
from rotor import MEMORY
from tables import rows_of
from worlds import CUSTOMERS, EDITED, KEYED_ROWS, ROWS, edits, fields

from rotor_import.api import Upserted
from rotor_import.directory import customer_values, directory_of
from rotor_import.errors import QuotaSpent
from rotor_import.ledger.accounts import Accounts
from rotor_import.ledger.feeds import Feed
from rotor_import.ledger.outbox import Outbox
from rotor_import.ledger.runs import Run, Runs
from rotor_import.ledger.store import Ledger
from rotor_import.model.plan import count_rows
from rotor_import.model.policy import MatchingPolicy, Policy
from rotor_import.model.rows import SourceTable
from rotor_import.pipeline.commitment import commitment
from rotor_import.pipeline.knowledge import Knowledge
from rotor_import.pipeline.planning import make_plan
from rotor_import.pipeline.reading import Inputs
from rotor_import.report.plan_tables import rows_table
from rotor_import.upsert import Drain

WORLDS = settings.get_profile("worlds")
LONG = settings.get_profile("long")
POLICY = Policy()
BY_KEYS = Policy(matching=MatchingPolicy(on_stranger="merge"))
"""Rotor's rule to the letter: who somebody is called in Rotor holds no row and frees none."""
MAPPED = ("phone", "email", *PLAIN_FIELDS, "tags")


def forms(name):
    return lambda values: {value: normal(name, value) for value in values}


class Heart:
    """One account, its ledger and a plain Rotor."""

    def __init__(self, ledger, customers, policy):
        self.ledger = ledger
        self.policy = policy
        self.rotor = PlainRotor({**one, "id": f"old-{at}"} for at, one in enumerate(customers))
        self.posts = 0
        self.left = math.inf
        self._runs = itertools.count(1)
        accounts = Accounts(ledger)
        accounts.remember("hash", "rotor", "company", [])
        self._account = accounts.find("hash").id

    def upsert(self, body, *, change):
        """What the program's client would do."""
        assert change
        if self.left == 0:
            raise QuotaSpent("nothing is left")
        self.left -= 1
        self.posts += 1
        before = len(self.rotor.customers)
        customer = self.rotor.upsert(body)
        return Upserted(dict(customer), len(self.rotor.customers) > before, 1, lost_reply=False)

    def links(self):
        """All row links, as a frame."""
        return Feed(self.ledger, self._account, "nightly").all_links().frame

    def run(self, rows):
        """Each row's disposition, and the POSTs that it took."""
        held = {one["id"]: customer_values(one) for one in self.rotor.customers}
        directory = directory_of(held, forms("phone"), forms("email"), source="api", complete=True)
        feed, outbox = Feed(self.ledger, self._account, "nightly"), Outbox(self.ledger, self._account)
        known = Knowledge(feed.all_links(), feed.reader(), feed.has_baselines(), outbox.pending())
        name, counter = f"run-{next(self._runs)}", itertools.count()
        inputs = read(rows, self.policy)
        plan = make_plan(
            inputs,
            directory,
            known,
            lambda most: pl.Series([f"new:{name}:{next(counter)}" for _ in range(most)], dtype=pl.String),
        )
        count_rows(plan)
        run = Run(name, self._account, "nightly", "run", name, self.policy.matching.to_text(), "US", "paused", 0.0, "")
        Runs(self.ledger).commit(commitment(run, plan, inputs, known))
        before = self.posts
        drained = Drain(self, outbox, directory, forms={name: forms(name) for name in NORMAL}, concurrency=1).run(
            outbox.pending()
        )
        if self.left:
            assert drained.state == "complete"
            assert outbox.pending() == []
        fates = rows_table(plan)
        return dict(zip(map(int, fates["row"]), fates["disposition"], strict=True)), self.posts - before


def read(rows, policy):
    """The rows as if they came from a file."""
    found = rows_of([row | {name: normal(name, row[name]) for name in NORMAL} for row in rows], PLAIN_FIELDS)
    numbers = pl.Series(range(2, 2 + len(rows)), dtype=pl.UInt32)
    return Inputs(
        mapping=SimpleNamespace(feed="nightly", name="", mapped_fields=MAPPED),
        policy=policy,
        sources=(SourceTable(Path("f.csv"), "", pl.DataFrame({"a": [""] * len(rows)}), numbers),),
        rows=found,
        rejects=(),
        notices=(),
        left_out=(),
    )


@contextmanager
def heart(customers, policy=POLICY):
    folder = Path(tempfile.mkdtemp(prefix="heart", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        with Ledger(str(folder / "ledger.sqlite")) as ledger:
            yield Heart(ledger, customers, policy)
    finally:
        shutil.rmtree(folder)


def kept(rows, fates):
    return [row for at, row in enumerate(rows, start=2) if fates[at] not in ("held", "rejected")]


def kept_late(rows, fates):
    """As they are sent where a row is held for a legacy ID: the others who have it are looked at after all rows."""
    asked = {row.get("key") for at, row in enumerate(rows, start=2) if fates[at] == "held"} - {None, ""}
    return sorted(kept(rows, fates), key=lambda row: row.get("key") in asked)


def different(before, after):
    """Customers that were created or really changed."""
    old = {one["id"]: picture([one]) for one in before}
    return sum(old.get(one["id"]) != picture([one]) for one in after)


@settings(WORLDS)
@given(customers=CUSTOMERS, rows=st.one_of(ROWS, KEYED_ROWS))
def test_a_first_run_leaves_what_sending_every_row_would_in_the_fewest_requests_and_again_is_nothing(customers, rows):
    with heart(customers) as one:
        before = [dict(customer) for customer in one.rotor.customers]
        known = {customer["id"] for customer in before}
        fates, posts = one.run(rows)
        left = picture(one.rotor.customers, known=known), posts
        orders = [replay(before, order) for order in (kept(rows, fates), kept_late(rows, fates))]
        assert left in [(picture(expected, known=known), different(before, expected)) for expected in orders]
        again, more = one.run(rows)
        assert more == 0
        assert again == {at: "unchanged" if fate in ("create", "update") else fate for at, fate in fates.items()}


@settings(LONG)
@given(data=st.data(), customers=CUSTOMERS, rows=st.one_of(ROWS, KEYED_ROWS))
def test_after_edits_on_both_sides_again_is_nothing_and_an_unchanged_file_overwrites_no_edit(data, customers, rows):
    with heart(customers, BY_KEYS) as one:
        one.run(rows)
        for _ in range(2):
            for at, name, value in data.draw(edits(rows)):
                rows[at] = {**rows[at], name: value}
            one.run(rows)
            edited = edit(data, one)
            before = [dict(customer) for customer in one.rotor.customers]
            _, posts = one.run(rows)
            if edited in (None, *PLAIN_FIELDS):
                assert posts == 0
                assert one.rotor.customers == before


def edit(data, one):
    """A field that somebody changes in Rotor, None for nobody."""
    if not one.rotor.customers or not data.draw(st.booleans()):
        return None
    customer = data.draw(st.sampled_from(one.rotor.customers))
    name = data.draw(EDITED)
    customer[name] = data.draw(fields()[name])
    assert name not in NORMAL or customer[name] == "" or normal(name, customer[name])
    return name


SHARING_NOTHING = st.lists(
    st.sampled_from([("+17635550100", "ann@example.com"), ("", "bob@example.com"), ("+17635550102", "")]),
    unique=True,
    max_size=3,
)


@settings(LONG)
@given(data=st.data(), keys=SHARING_NOTHING, rows=st.one_of(ROWS, KEYED_ROWS))
def test_pauses_and_new_files_between_them_give_no_key_to_two_customers_and_end(data, keys, rows):
    customers = [{"phone": phone, "email": email, "tags": []} for phone, email in keys]
    with heart(customers) as one:
        for _ in range(3):
            one.left = data.draw(st.integers(0, 3))
            one.run(rows)
            assert shared_keys(one.rotor.customers) == []
            for at, name, value in data.draw(edits(rows)):
                rows[at] = {**rows[at], name: value}
        one.left = math.inf
        fates, _ = one.run(rows)
        assert shared_keys(one.rotor.customers) == []
        again, posts = one.run(rows)
        assert posts == 0
        assert again == {at: "unchanged" if fate in ("create", "update") else fate for at, fate in fates.items()}


def shared_keys(customers):
    """Keys that more than one customer has."""
    keys = [normal(name, one.get(name)) for one in customers for name in ("phone", "email")]
    return [key for key in set(keys) - {""} if keys.count(key) > 1]
