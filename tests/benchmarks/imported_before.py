"""A ledger as it is once a whole export has been imported, made in bulk: nothing is sent for it.

`python tests/benchmarks/imported_before.py EXPORT.csv LEDGER EDITED.csv CHANGES` makes it, and the export again with
so many customers changed.

The program plans the export against a Rotor that is empty. What its report says would be created is then written to
the ledger's mirror, memories and pins, through the ledger's own modules, as if Rotor had acknowledged every request.
"""

import itertools
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import polars as pl

from rotor_import import Settings, plan_import
from rotor_import.ledger.accounts import Accounts
from rotor_import.ledger.feeds import Feed
from rotor_import.ledger.outbox import Outbox
from rotor_import.ledger.store import Ledger
from rotor_import.mapping import load_mapping
from rotor_import.model.baselines import Agreed
from rotor_import.model.change import LinkUpdate
from rotor_import.model.customer import Directory
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.formulas import restored_frame
from rotor_import.model.row_links import KEPT
from rotor_import.pipeline import World
from rotor_import.pipeline.knowledge import Knowledge
from rotor_import.pipeline.planning import make_plan
from rotor_import.pipeline.reading import Inputs, read

KEY = "benchmark"
BASE_URL = "http://127.0.0.1:9/open-api"
"""Nobody listens there."""


def import_before(export: Path, mapping: Path, ledger: Path, reports: Path) -> pl.Series:
    """The numbers of rows that are a customer of their own: of those an edit is surely a change."""
    settings = Settings(key=KEY, base_url=BASE_URL, ledger=str(ledger), report_dir=reports)
    world = World(transport=httpx.MockTransport(_empty))
    report = Path(plan_import([export], mapping, settings, world).summary["report"])
    rows, creates = (_table(report / f"{name}.csv") for name in ("rows", "creates"))
    loaded = load_mapping(str(mapping))
    inputs = read([export], loaded, settings)
    kept = _kept(inputs.identified, rows)
    with Ledger(str(ledger)) as opened:
        accounts = Accounts(opened)
        account = accounts.find(accounts.key_hash(BASE_URL, KEY))
        customers = _customers(creates)
        accounts.replace_mirror(account.id, customers, time.time(), accounts.acknowledged(account.id))
        feed = Feed(opened, account.id, loaded.feed)
        waiting = list(_held(inputs, feed, Outbox(opened, account.id), rows))
        with opened.atomic() as tx:
            feed.save_links(tx, waiting)
            feed.settle_links(tx, kept)
            feed.agree(tx, _agreed(customers))
    several = rows.filter(pl.col("merged_into") != "")["merged_into"]
    alone = (pl.col("disposition") == "create") & ~pl.col("row").is_in(several.implode())
    return rows.filter(alone)["row"].cast(pl.UInt32)


def _empty(request: httpx.Request) -> httpx.Response:
    if request.url.path.endswith("/auth/test"):
        scopes = ["customers:read", "customers:write"]
        return httpx.Response(200, json={"authenticated": True, "company_id": "benchmark", "scopes": scopes})
    page = {"has_more": False, "limit": 1000, "page": 1, "total": 0}
    return httpx.Response(200, json={"data": [], "pagination": page})


def _table(path: Path) -> pl.DataFrame:
    return restored_frame(pl.read_csv(path, infer_schema=False).fill_null(""))


def _id(label: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, label))


def _customers(creates: pl.DataFrame) -> pl.DataFrame:
    ids = pl.Series("customer", list(map(_id, creates["customer"])))
    cells = creates.drop("customer").select(pl.all().replace("", None))
    return cells.with_columns(pl.col("tags").str.split(", ")).insert_column(0, ids)


def _agreed(customers: pl.DataFrame) -> Agreed:
    """Rotor made nothing else of what it was sent."""
    names = {name: f"sent {name}" for name in customers.columns if name != "customer"}
    return Agreed(customers.get_column("customer"), lambda places: customers[places].rename(names))


def _kept(identified: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """A link for each row that came through."""
    numbered = rows.select(pl.col("row").cast(pl.UInt32), "disposition", "customer")
    lines = identified.select("row", "natural_key", "occurrence", "digest", *KEY_FIELDS).join(numbered, on="row")
    kept = lines.filter((pl.col("disposition") != "held") & (pl.col("customer") != ""))
    ids = pl.Series("customer", list(map(_id, kept.get_column("customer"))))
    cells = (pl.col(name).fill_null("").alias(f"cell_{name}") for name in KEY_FIELDS)
    links = kept.with_columns(ids, pl.lit("").alias("cell_id"), pl.col("row").alias("seen"), *cells)
    return links.select(pl.col(name).cast(kind) for name, kind in KEPT.items())


def _held(inputs: Inputs, feed: Feed, outbox: Outbox, rows: pl.DataFrame) -> Iterator[LinkUpdate]:
    """A link for each row that is held, as a run would leave it, with the ids of the customers that it names."""
    known = Knowledge(feed.all_links(), feed.reader(), feed.has_baselines(), outbox.pending())
    names = itertools.count()
    plan = make_plan(
        inputs,
        Directory({}, complete=True),
        known,
        lambda most: pl.Series([f"new:{next(names)}" for _ in range(most)], dtype=pl.String),
    )
    labels = dict(rows.select(pl.col("row").cast(pl.UInt32), "customer").iter_rows())
    ids = {change.customer: _id(labels[change.refs[0][1]]) for change in plan.changes}
    for update in plan.links:
        if update.link.fate == "held":
            named = tuple(replace(one, customer=ids[one.customer]) for one in update.link.named)
            yield LinkUpdate(replace(update.link, named=named))


def edit(export: Path, edited: Path, rows: pl.Series, count: int) -> None:
    """Other streets in so many of these rows; they are numbered as a spreadsheet shows them."""
    frame = pl.read_csv(export, infer_schema=False)
    chosen = rows.sample(count, seed=1)
    number = pl.int_range(pl.len(), dtype=pl.UInt32) + 2
    other = pl.format("{} Larch Ct", number)
    street = pl.when(number.is_in(chosen.implode())).then(other).otherwise("Street")
    frame.with_columns(street.alias("Street")).write_csv(edited)


if __name__ == "__main__":
    export, ledger, edited = map(Path, sys.argv[1:4])
    with tempfile.TemporaryDirectory() as reports:
        alone = import_before(export, export.with_suffix(".yaml"), ledger, Path(reports))
    edit(export, edited, alone, int(sys.argv[4]))
