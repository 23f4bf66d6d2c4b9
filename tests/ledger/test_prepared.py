"""A statement that SQLAlchemy writes and the database's library runs does what SQLAlchemy's own execution does."""

import pytest
import sqlalchemy as sa

from rotor_import.errors import LedgerError
from rotor_import.ledger import schema
from rotor_import.ledger.prepared import Prepared
from rotor_import.ledger.store import Ledger
from rotor_import.model.three_way import Baseline

KEYS = schema.keys
IMAGES = schema.before_images
OF_HASH = sa.bindparam("of_hash", type_=sa.Text)


@pytest.fixture
def ledger(location):
    with Ledger(location) as opened:
        with opened.atomic() as tx:
            tx.execute(sa.insert(schema.accounts).values(id=1, base_url="u", company="c"))
            tx.execute(sa.insert(schema.runs).values(id="r", account=1, started_at=1.0))
        yield opened


def image(**more):
    row = {"run": "r", "customer": "c", "account": 1, "feed": "f", "is_created": True}
    return row | {"fields": [["é", None, ""]], "baselines": {"a": Baseline("x", ("y", "z"))}} | more


def test_values_are_written_and_read_as_sqlalchemy_does_and_columns_have_their_defaults(ledger):
    with ledger.atomic() as tx:
        assert ledger.insert(tx, IMAGES, image())
        found = Prepared(sa.select(IMAGES).where(IMAGES.c.customer == sa.bindparam("of_customer", type_=sa.Text)))
        line = found.first(tx, {"of_customer": "c"})
        assert line == tuple(tx.execute(sa.select(IMAGES)).one())
        stored = dict(zip(IMAGES.columns.keys(), line, strict=True))
    assert stored["is_created"] is True
    assert stored["baselines"] == {"a": ["x", ["y", "z"]]}
    assert (stored["links"], stored["undone_by"]) == ([], "")


def test_a_row_that_is_there_is_not_inserted_again_but_replaced_by_an_upsert(ledger):
    with ledger.atomic() as tx:
        assert ledger.insert(tx, IMAGES, image())
        assert not ledger.insert(tx, IMAGES, image(feed="other"))
        assert tx.scalar(sa.select(IMAGES.c.feed)) == "f"
        ledger.upsert(tx, IMAGES, [image(feed="other")])
        assert tx.scalar(sa.select(IMAGES.c.feed)) == "other"


def test_it_tells_how_many_rows_it_changed_and_finds_nothing_where_nothing_is(ledger):
    forget = Prepared(sa.delete(KEYS).where(KEYS.c.hash == OF_HASH))
    find = Prepared(sa.select(KEYS.c.hash).where(KEYS.c.hash == OF_HASH))
    with ledger.atomic() as tx:
        ledger.upsert(tx, KEYS, [{"hash": name} for name in "abc"])
        assert forget.run(tx, {"of_hash": "a"}) == 1
        assert forget.run_each(tx, [{"of_hash": name} for name in "abc"]) == 2
        assert find.first(tx, {"of_hash": "a"}) is None
        with pytest.raises(sa.exc.NoResultFound):
            find.one(tx, {"of_hash": "a"})


def test_what_the_database_refuses_is_told_in_words_and_leaves_nothing_behind(ledger):
    insert = Prepared(sa.insert(KEYS), ("hash",))

    def twice():
        with ledger.atomic() as tx:
            insert.run(tx, {"hash": "canary"})
            insert.run(tx, {"hash": "canary"})

    with pytest.raises(LedgerError, match="can't be used") as caught:
        twice()
    assert "canary" not in str(caught.value)
    with ledger.atomic() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(KEYS)) == 0


def test_a_connection_that_is_lost_within_a_statement_is_not_used_again(server):
    find = Prepared(sa.select(KEYS.c.hash).where(KEYS.c.hash == OF_HASH))
    with Ledger(server.database()) as ledger:

        def cut():
            with ledger.atomic() as tx:
                tx.connection.driver_connection.pgconn.finish()
                find.first(tx, {"of_hash": "a"})

        with pytest.raises(LedgerError):
            cut()
        with ledger.atomic() as tx:
            assert find.first(tx, {"of_hash": "a"}) is None
