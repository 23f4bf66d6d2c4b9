"""What is kept as frames is what rows would say: the same steps with snapshots from the first line on, and without."""

import polars as pl
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from rotor_import.errors import LedgerError
from rotor_import.ledger import schema, snapshots
from rotor_import.ledger.accounts import Accounts
from rotor_import.ledger.feeds import Feed
from rotor_import.ledger.outbox import Outbox
from rotor_import.ledger.pending import PendingChange
from rotor_import.ledger.runs import Commitment, Run, Runs
from rotor_import.ledger.store import Ledger
from rotor_import.model.baselines import Agreed
from rotor_import.model.change import LinkUpdate, Outcome
from rotor_import.model.row_link import Named, RowLink
from rotor_import.model.row_links import KEPT
from rotor_import.model.three_way import Baseline

NEVER = 10**9
IDENTS, CUSTOMERS = ("k:1", "k:2", "k:3", "h:4"), ("A", "B", "C", "Ä", "new:r:1")
TEXTS = st.sampled_from(["", "x", "y ", "Ünï\n", "\U0001f600"])


@pytest.fixture
def at_once(monkeypatch):
    """Snapshots of however few lines, in small parts."""
    monkeypatch.setattr(snapshots, "MANY", 0)
    monkeypatch.setattr(snapshots, "PART", 2)


@pytest.fixture
def ledger(location):
    with Ledger(location) as opened:
        Accounts(opened).remember("hash", "https://rotor.test", "a-company", [])
        yield opened


@pytest.fixture
def account(ledger):
    return Accounts(ledger).find("hash").id


def feed_of(ledger, account, name="nightly"):
    return Feed(ledger, account, name)


def run_of(account, run="r1", feed="nightly"):
    return Run(run, account, feed, "run", run, "hold,0,0", "US", "paused", 1.0, "")


def pending(customer):
    return PendingChange(
        customer=customer,
        feed="nightly",
        run="r1",
        number=1,
        kind="update",
        fields=(),
        keys={},
        before_keys={},
        rows=(),
    )


def kept(*links):
    rows = [(*link.row_key, link.customer, link.digest, *link.cells, link.seen) for link in links]
    return pl.DataFrame(rows, schema=KEPT, orient="row")


def agreed(baselines):
    """As a plan has them."""
    customers = pl.Series(list(baselines), dtype=pl.String)
    lines = []
    for customer, fields in baselines.items():
        line = {"customer": customer}
        for name, baseline in fields.items():
            cells = [list(one) if isinstance(one, tuple) else one for one in (baseline.sent, baseline.acknowledged)]
            line |= {f"sent {name}": cells[0], f"held {name}": None if cells[0] == cells[1] else cells[1]}
        lines.append(line)
    kinds = {"customer": pl.String} | {f"{side} {name}": pl.String for side in ("sent", "held") for name in ("notes",)}
    kinds |= {f"{side} tags": pl.List(pl.String) for side in ("sent", "held")}
    frame = pl.DataFrame(lines, schema=kinds)
    return Agreed(customers, lambda places: frame[places])


def links_by_row_key(feed):
    found = {update.link.row_key: update for update in feed.links()}
    assert len(found) == len(feed.links())
    return found


links = st.builds(
    RowLink,
    st.sampled_from(IDENTS),
    st.integers(0, 1),
    st.sampled_from(CUSTOMERS),
    st.sampled_from(["d1", "d2"]),
    phone=st.sampled_from(["", "P"]),
    seen=st.integers(0, 3),
)
holds = st.builds(
    lambda link: RowLink(*link.row_key, "", "d3", fate="held", reason="why", named=(Named("A", "P", ""),)),
    links,
)
row_keys = st.tuples(st.sampled_from(IDENTS), st.integers(0, 1))
distinct = st.lists(links, max_size=6, unique_by=lambda link: link.row_key)
LINK_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("settle"), distinct),
        st.tuples(st.just("save"), st.lists(st.one_of(links, holds), max_size=3, unique_by=lambda link: link.row_key)),
        st.tuples(st.just("apply"), st.lists(row_keys, min_size=1, max_size=2, unique=True)),
        st.tuples(st.just("gone"), st.lists(row_keys, min_size=1, max_size=2, unique=True)),
    ),
    max_size=8,
)


def carried_out(folder, steps, many):
    with pytest.MonkeyPatch.context() as patch, Ledger(str(folder)) as ledger:
        patch.setattr(snapshots, "MANY", many)
        patch.setattr(snapshots, "PART", 2)
        accounts = Accounts(ledger)
        accounts.remember("hash", "https://rotor.test", "a-company", [])
        account = accounts.find("hash").id
        Runs(ledger).commit(Commitment(run_of(account), [], [pending("C")], {}, []))
        feed = feed_of(ledger, account)
        for step, what in steps:
            with ledger.atomic() as tx:
                if step == "settle":
                    feed.settle_links(tx, kept(*what))
                elif step == "save":
                    feed.save_links(tx, [LinkUpdate(link) for link in what])
                elif step == "apply":
                    feed.apply_links(tx, what, "B")
                else:
                    feed.mark_gone(tx, what, "r2")
        found = links_by_row_key(feed)
        other = feed_of(ledger, account, "weekly").elsewhere()
        outbox = Outbox(ledger, account)
        return found, other, outbox.claimed(), outbox.count_customers("nightly")


@settings(deadline=None, max_examples=40)
@given(steps=LINK_STEPS)
def test_links_are_the_same_in_a_snapshot_and_in_rows(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("links")
    assert carried_out(folder / "a", steps, 0) == carried_out(folder / "b", steps, NEVER)


tags = st.sampled_from([(), ("x",), ("x", "y")])
baselines_of_fields = st.fixed_dictionaries(
    {}, optional={"notes": st.builds(Baseline, TEXTS, TEXTS), "tags": st.builds(Baseline, tags, tags)}
)
BASELINE_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["remember", "agree"]),
        st.dictionaries(st.sampled_from(["A", "B", "C", "Ä", "é", "z"]), baselines_of_fields, max_size=6),
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=60)
@given(steps=BASELINE_STEPS)
def test_baselines_are_those_of_each_field_that_came_last(tmp_path_factory, steps):
    expected = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshots, "MANY", 3)
        patch.setattr(snapshots, "PART", 2)
        with Ledger(str(tmp_path_factory.mktemp("baselines") / "ledger")) as ledger:
            accounts = Accounts(ledger)
            accounts.remember("hash", "https://rotor.test", "a-company", [])
            feed = feed_of(ledger, accounts.find("hash").id)
            for step, baselines in steps:
                with ledger.atomic() as tx:
                    feed.save_baselines(tx, baselines) if step == "remember" else feed.agree(tx, agreed(baselines))
                for customer, fields in baselines.items():
                    expected[customer] = expected.get(customer, {}) | fields
                filled = {customer: fields for customer, fields in expected.items() if fields}
                found = {customer: fields for customer, fields in feed.baselines().items() if fields}
                assert found == filled
                some = feed.baselines_of(["A", "é", "nobody"])
                assert {customer: one for customer, one in some.items() if one} == {
                    customer: filled[customer] for customer in ("A", "é") if customer in filled
                }


def test_the_baselines_of_one_customer_after_the_other_are_as_stored_by_now(ledger, account, at_once):
    """Those of all who are pending are read at once, and again where a part was written anew."""
    feed, names = feed_of(ledger, account), [f"c{number}" for number in range(7)]

    def stored():
        with ledger.atomic() as tx:
            one_by_one = {name: feed.baselines_in(tx, name) for name in [*names, "nobody", ""]}
        assert one_by_one == {name: {} for name in one_by_one} | feed.baselines()
        return one_by_one

    def agree(notes):
        lines = pl.DataFrame({"customer": names, "sent notes": notes})
        with ledger.atomic() as tx:
            feed.agree(tx, Agreed(lines.get_column("customer"), lambda positions: lines[positions]))

    agree(["before"] * 7)
    Runs(ledger).commit(Commitment(run_of(account), [], [pending(name) for name in names[2:5]], {}, ()))
    assert {known["notes"].sent for name, known in stored().items() if name in names} == {"before"}
    with ledger.atomic() as tx:
        feed.forget_baselines(tx, "c3", ["notes"])
        feed.save_baselines(tx, {"c4": {"notes": Baseline("a row", "a row")}})
    assert stored()["c3"] == {}
    assert stored()["c4"] == {"notes": Baseline("a row", "a row")}
    agree(["after"] * 7)
    assert {known["notes"].sent for name, known in stored().items() if name in names} == {"after"}


def test_a_commit_that_fails_leaves_the_snapshot_as_it_was(ledger, account, at_once):
    feed, before = feed_of(ledger, account), {"A": {"notes": Baseline("a", "a")}}
    commit = Commitment(run_of(account), [], [], {}, [], kept=kept(RowLink("k:1", 0, "A", "d")), agreed=agreed(before))
    Runs(ledger).commit(commit)

    def half():
        with ledger.atomic() as tx:
            feed.settle_links(tx, kept(RowLink("k:1", 0, "B", "d"), RowLink("k:2", 0, "C", "d")))
            feed.agree(tx, agreed({"A": {"notes": Baseline("b", "b")}}))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert [update.link for update in feed.links()] == [RowLink("k:1", 0, "A", "d")]
    assert feed.baselines() == before


def test_the_links_of_a_pending_change_stay_rows_that_can_be_taken_back(ledger, account, at_once):
    feed = feed_of(ledger, account)
    new = LinkUpdate(RowLink("k:1", 0, "A", "d"))
    commit = Commitment(run_of(account), [new], [pending("A")], {}, [], kept=kept(RowLink("k:2", 0, "B", "d")))
    Runs(ledger).commit(commit)
    with ledger.atomic() as tx:
        feed.revert_links(tx, [("k:1", 0)])
    assert [update.link.natural_key for update in feed.links()] == ["k:2"]


def test_what_rotor_does_not_show_is_as_it_was_acknowledged(ledger, account):
    accounts = Accounts(ledger)
    columns = {"customer": ["A", "B"], "notes": ["old", "b"], "billing_city": ["Town", None]}
    empty = accounts.mirror_frame(account)
    pulled = pl.concat([empty, pl.DataFrame(columns)], how="diagonal")
    accounts.replace_mirror(account, pulled, 1.0, accounts.acknowledged(account))
    change = pending("A")
    Runs(ledger).commit(Commitment(run_of(account), [], [change], {}, []))
    ended = Outcome("A", 1, "update", "updated", id="A")
    Outbox(ledger, account).acknowledge(change, {"notes": "new"}, {"phone": "", "email": ""}, {}, ended)
    found = {line["customer"]: line for line in accounts.mirror_frame(account).iter_rows(named=True)}
    assert (found["A"]["notes"], found["A"]["billing_city"]) == ("new", "Town")
    assert (found["B"]["notes"], found["B"]["billing_city"]) == ("b", None)
    assert accounts.mirrored(account) == 2


def test_what_another_program_was_told_while_the_list_was_read_is_newer_than_the_list(ledger, account):
    accounts, outbox = Accounts(ledger), Outbox(ledger, account)
    ids = ["A", "B", "C"]
    Runs(ledger).commit(Commitment(run_of(account), [], [pending(name) for name in ids], {}, []))

    def acknowledge(name, **held):
        ended = Outcome(name, 1, "update", "updated", id=name)
        outbox.acknowledge(pending(name), held, {"phone": "", "email": ""}, {}, ended)

    def told():
        lines = accounts.mirror_frame(account).iter_rows(named=True)
        return {line["customer"]: (line["notes"], line["billing_city"]) for line in lines}

    acknowledge("A", notes="a", billing_city="Town")
    acknowledge("B", notes="b", billing_city="Town")
    known, before = accounts.mirror_frame(account), accounts.acknowledged(account)
    acknowledge("B", notes="b", billing_city="City")
    acknowledge("C", notes="c", billing_city="Village")
    accounts.replace_mirror(account, known.with_columns(notes=pl.lit("listed")), 1.0, before)
    assert told() == {"A": ("listed", "Town"), "B": ("b", "City"), "C": ("c", "Village")}
    listed, before = accounts.mirror_frame(account), accounts.acknowledged(account)
    accounts.replace_mirror(account, listed.with_columns(notes=pl.lit("again")), 2.0, before)
    assert accounts.acknowledged(account).is_empty()
    assert told() == {"A": ("again", "Town"), "B": ("again", "City"), "C": ("again", "Village")}


def test_rows_of_an_older_ledger_count_and_come_into_the_snapshot(ledger, account, at_once):
    """Before there were snapshots everything was rows."""
    feed = feed_of(ledger, account)
    with ledger.atomic() as tx:
        feed.save_links(tx, [LinkUpdate(RowLink("k:1", 0, "A", "d"))])
        feed.save_baselines(tx, {"A": {"notes": Baseline("a", "A"), "tags": Baseline("", ())}})
        feed.settle_links(tx, kept(RowLink("k:2", 0, "B", "d")))
        feed.agree(tx, agreed({"B": {"notes": Baseline("b", "b")}}))
        assert tx.scalar(sa.select(sa.func.count()).select_from(schema.row_links)) == 0
        assert tx.scalar(sa.select(sa.func.count()).select_from(schema.baselines)) == 0
    assert {update.link.row_key: update.link.customer for update in feed.links()} == {("k:1", 0): "A", ("k:2", 0): "B"}
    assert feed.baselines() == {
        "A": {"notes": Baseline("a", "A"), "tags": Baseline((), ())},
        "B": {"notes": Baseline("b", "b")},
    }


def test_half_a_character_stays_as_it_was_sent(ledger, account, at_once):
    """A frame holds no such text: its memory stays a row."""
    feed, odd = feed_of(ledger, account), {"A": {"notes": Baseline("\ud83d", "\ud83d")}}
    with ledger.atomic() as tx:
        feed.save_baselines(tx, odd)
        feed.agree(tx, agreed({"B": {"notes": Baseline("b", "b")}}))
    assert feed.baselines() == odd | {"B": {"notes": Baseline("b", "b")}}


@pytest.mark.parametrize("text", ["\U0001f4de", "\\ud83d", "\\\U0001f4de\\", '"\U0001f4de"\n'])
def test_a_whole_character_of_two_halves_comes_into_the_snapshot(text, ledger, account, at_once):
    feed, remembered = feed_of(ledger, account), {"A": {"notes": Baseline(text, text)}}
    with ledger.atomic() as tx:
        feed.save_baselines(tx, remembered)
        feed.agree(tx, agreed({}))
        assert tx.scalar(sa.select(sa.func.count()).select_from(schema.baselines)) == 0
    assert feed.baselines() == remembered


@pytest.mark.parametrize("text", ["\\ud83d\ude00", "\ude00\ud83d", "\U0001f4de\ud83d"])
def test_half_a_character_beside_anything_stays_a_row(text, ledger, account, at_once):
    feed, odd = feed_of(ledger, account), {"A": {"notes": Baseline(text, text)}}
    with ledger.atomic() as tx:
        feed.save_baselines(tx, odd | {"B": {"notes": Baseline("b", "b")}})
        feed.agree(tx, agreed({}))
    assert feed.baselines() == odd | {"B": {"notes": Baseline("b", "b")}}


def repeated(tx, count):
    """The table's one row as so many, of `odd 0`, `odd 1` and so on."""
    table = schema.baselines
    numbers = sa.select(sa.literal(1).label("number")).cte("numbers", recursive=True)
    following = sa.select(numbers.c.number + 1).where(numbers.c.number < count - 1)
    numbers = numbers.union_all(following)
    customer = sa.literal("odd ") + sa.cast(numbers.c.number, sa.String)
    cells = [customer if column is table.c.customer else column for column in table.c]
    tx.execute(sa.insert(table).from_select(list(table.c), sa.select(*cells).join_from(table, numbers, sa.true())))


def test_however_many_rows_stay_the_others_come_into_the_snapshot(ledger, account, at_once, monkeypatch):
    """No database takes a statement that names all of them."""
    monkeypatch.setattr(snapshots, "PART", 50_000)
    feed, count = feed_of(ledger, account), 70_000
    with ledger.atomic() as tx:
        feed.save_baselines(tx, {"odd 0": {"notes": Baseline("\ud83d", "")}})
        repeated(tx, count)
        feed.save_baselines(tx, {"B": {"notes": Baseline("b", "b")}})
        feed.agree(tx, agreed({}))
        assert tx.scalar(sa.select(sa.func.count()).select_from(schema.baselines)) == count
    assert feed.baselines_of(["B", "odd 7"]) == {
        "B": {"notes": Baseline("b", "b")},
        "odd 7": {"notes": Baseline("\ud83d", "")},
    }


@pytest.mark.parametrize("damage", ["a bit", "the end", "all"])
@pytest.mark.parametrize("kind", ["mirror", "links", "baselines"])
def test_a_damaged_snapshot_is_named_and_never_taken_for_another(kind, damage, ledger, account, at_once):
    feed, accounts = feed_of(ledger, account), Accounts(ledger)
    shown = pl.concat([accounts.mirror_frame(account), pl.DataFrame({"customer": ["A"]})], how="diagonal")
    accounts.replace_mirror(account, shown, 1.0, accounts.acknowledged(account))
    with ledger.atomic() as tx:
        feed.settle_links(tx, kept(RowLink("k:1", 0, "A", "d")))
        feed.agree(tx, agreed({"A": {"notes": Baseline("a", "a")}}))
        here = schema.snapshots.c.kind == kind
        whole = tx.scalar(sa.select(schema.snapshots.c.content).where(here))
        half = len(whole) // 2
        flipped = whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :]
        content = {"a bit": flipped, "the end": whole[:half], "all": b""}[damage]
        tx.execute(sa.update(schema.snapshots).where(here).values(content=content))
    read = {
        "mirror": lambda: accounts.mirror_frame(account),
        "links": feed.links,
        "baselines": lambda: feed.baselines_of(["A"]),
    }
    with pytest.raises(LedgerError, match="damaged"):
        read[kind]()
