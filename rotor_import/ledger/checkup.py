"""The ledger, looked through for damage: by the database itself, and by whoever will have to read it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa

from rotor_import.errors import LedgerError
from rotor_import.ledger import schema, snapshots
from rotor_import.ledger.backends import Backend
from rotor_import.ledger.codec import baselines_from, fields_from, images_from, prior_from, undone_from
from rotor_import.ledger.frames import text_of
from rotor_import.ledger.pending import rows_from
from rotor_import.ledger.quota_usage import is_there
from rotor_import.ledger.store import backend_of

_BATCH = 5_000
_LINKS, _OUTBOX = schema.row_links, schema.outbox


@dataclass
class Checkup:
    """What was found. `rows` counts the rows of each table; `version` is the schema's, None if it cannot be read."""

    ledger: str
    version: int | None = None
    rows: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def _is(*kinds: type) -> Callable[[Any], object]:
    def check(stored: Any) -> None:
        if not isinstance(stored, kinds):
            raise TypeError(type(stored).__name__)

    return check


_SHAPES: Mapping[str, Callable[[Any], object]] = {
    "keys.scopes": _is(list),
    "runs.summary": _is(dict),
    "runs.files": _is(list),
    "row_links.unmoved": _is(list),
    "row_links.prior": prior_from,
    "mirror.fields": _is(dict),
    "baselines.fields": baselines_from,
    "outbox.fields": fields_from,
    "outbox.keys": _is(dict),
    "outbox.before_keys": _is(dict),
    "outbox.rows": rows_from,
    "outbox.lookalikes": _is(list, type(None)),
    "outbox.attempted": lambda stored: None if stored is None else fields_from(stored),
    "before_images.fields": images_from,
    "before_images.baselines": _is(dict),
    "before_images.links": lambda stored: [prior_from(link) for _, link in stored],
    "undone.fields": undone_from,
    "outcomes.problems": _is(list),
    "outcomes.rows": rows_from,
}
"""What reads each JSON column; of others, any JSON will do."""


def check(location: str) -> Checkup:
    """Look through all accounts of a ledger, and change nothing. Raises LedgerError if there is none."""
    backend = backend_of(location)
    if not is_there(location):
        raise LedgerError(f"There is no ledger {backend.name} yet. The first run creates it.")
    found = Checkup(backend.name)
    engine = backend.engine()
    try:
        with engine.connect().execution_options(**backend.reading) as connection:
            _look(connection, backend, found)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        found.problems.append(f"It can't be read: {backend.told(error)}.")
    finally:
        engine.dispose()
    return found


def _look(connection: sa.Connection, backend: Backend, found: Checkup) -> None:
    tables = sa.inspect(connection).get_table_names()
    if not tables:  # a program may be making them just now
        found.warnings.append("It is empty. The first run makes its tables.")
        return
    if "meta" not in tables:
        found.problems.append("It isn't a ledger: the table meta is missing.")
        return
    stored = str(connection.scalar(sa.select(schema.meta.c.value).where(schema.meta.c.name == "version")))
    found.version = int(stored) if stored.isdigit() else None
    found.warnings += backend.warnings()
    _try(backend.faults, connection, backend, found)
    if found.version is None or found.version > schema.VERSION:
        found.problems.append(f"Its version is {stored}; this program knows versions up to {schema.VERSION}.")
    elif found.version < schema.VERSION:
        found.warnings.append("It was written by an earlier version. The next run updates it; check it again then.")
    else:
        for test in (_unreadable, _orphans, _lost_plans, _damaged_parts):
            _try(test, connection, backend, found)
        _try(partial(_count, found), connection, backend, found)


def _try(
    test: Callable[[sa.Connection], Iterable[str]], connection: sa.Connection, backend: Backend, found: Checkup
) -> None:
    """What one test finds; a table that the database itself cannot read is told once by each test that needs it."""
    try:
        with connection.begin_nested():
            found.problems += [line for line in test(connection) if line not in found.problems]
    except sa.exc.DBAPIError as error:
        found.problems.append(f"Part of it can't be read: {backend.told(error)}.")


def _count(found: Checkup, connection: sa.Connection) -> Iterator[str]:
    for name, table in schema.metadata.tables.items():
        found.rows[name] = int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)
    yield from ()


def _unreadable(connection: sa.Connection) -> Iterator[str]:
    """JSON columns whose text is not what was written."""
    for table in schema.metadata.tables.values():
        for column in (column for column in table.columns if isinstance(column.type, sa.JSON)):
            rows = connection.execute(sa.select(text_of(column)).execution_options(yield_per=_BATCH)).scalars()
            wrong = sum(not _reads(_SHAPES.get(f"{table.name}.{column.name}", _is(object)), stored) for stored in rows)
            if wrong:
                yield f"{wrong} of the values in {table.name}.{column.name} can't be read."


def _reads(shape: Callable[[Any], object], stored: str | None) -> bool:
    try:
        shape(None if stored is None else json.loads(stored))
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    return True


def _orphans(connection: sa.Connection) -> Iterator[str]:
    """Rows that belong to a row of another table which is not there."""
    for table in schema.metadata.tables.values():
        for key in table.foreign_keys:
            own, other = key.parent, key.column.table.alias()
            missing = ~sa.exists().where(other.c[key.column.name] == own)
            count = sa.select(sa.func.count()).select_from(table).where(own.is_not(None), missing)
            if found := connection.scalar(count):
                yield f"{found} rows of {table.name} belong to a row of {key.column.table.name} that is missing."


def _lost_plans(connection: sa.Connection) -> Iterator[str]:
    """New customers that rows belong to, or changes wait for, and that nothing will create."""
    other = _OUTBOX.alias()
    for table, name in ((_LINKS, "customer"), (_OUTBOX, "succeeds")):
        here = (other.c.account == table.c.account, other.c.customer == table.c[name])
        planned = table.c[name].startswith("new:") if table is _LINKS else table.c[name] != ""
        lost = sa.select(sa.func.count()).select_from(table).where(planned, ~sa.exists().where(*here))
        if found := connection.scalar(lost):
            yield f"{found} rows of {table.name} are waiting for a new customer that isn't in the outbox."


def _damaged_parts(connection: sa.Connection) -> Iterator[str]:
    """Snapshots whose parts are damaged, or not in order."""
    columns = [schema.snapshots.c[name] for name in ("account", "kind", "feed", "part", "first", "lines", "content")]
    query = sa.select(*columns).order_by(*columns[:4]).execution_options(yield_per=1)
    before: tuple[Any, ...] = ()
    for account, kind, feed, part, first, lines, content in connection.execute(query):
        words = snapshots.fault(kind, content, first, lines)
        if kind == "baselines" and before[:3] == (account, kind, feed) and first < before[3]:
            words = words or "is out of order"
        if words:
            yield f"Part {part} of {snapshots.WHAT[kind]} {words}."
        before = (account, kind, feed, first)
