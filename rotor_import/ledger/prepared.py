"""Statements that each request needs: SQLAlchemy writes them once, and the database's own library runs them.

SQLAlchemy takes several times as long for an execution as the database does, which bounds how fast changes are sent.
What it knows stays: each dialect's SQL, how a type is stored, the defaults of columns, and its errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter, methodcaller
from typing import Any

import sqlalchemy as sa

Values = Mapping[str, Any]
Line = tuple[Any, ...]
_Process = Callable[[Any], Any]

_FIRST, _ALL, _COUNT = methodcaller("fetchone"), methodcaller("fetchall"), attrgetter("rowcount")


class Prepared:
    """A statement whose values are given by name. `columns` are those for which an insert is given values."""

    def __init__(self, statement: sa.SelectBase | sa.UpdateBase, columns: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._written: dict[str, _Written] = {}

    def first(self, tx: sa.Connection, values: Values) -> Line | None:
        """The first row that it finds, or returns of those that it changed."""
        written = self._for(tx.dialect)
        line = carry_out(tx, written.sql, written.bound(values), _FIRST)
        return None if line is None else written.read(line)

    def one(self, tx: sa.Connection, values: Values) -> Line:
        """The first row, which is there whatever the ledger holds."""
        line = self.first(tx, values)
        if line is None:
            raise sa.exc.NoResultFound("No row was found when one was required")
        return line

    def all(self, tx: sa.Connection, values: Values) -> list[Line]:
        written = self._for(tx.dialect)
        return [written.read(line) for line in carry_out(tx, written.sql, written.bound(values), _ALL)]

    def run(self, tx: sa.Connection, values: Values) -> int:
        """How many rows it changed."""
        written = self._for(tx.dialect)
        return int(carry_out(tx, written.sql, written.bound(values), _COUNT))

    def run_each(self, tx: sa.Connection, rows: Sequence[Values]) -> int:
        """Once for each of the rows; how many it changed in all."""
        if len(rows) == 1:
            return self.run(tx, rows[0])
        written = self._for(tx.dialect)
        return int(carry_out(tx, written.sql, [written.bound(values) for values in rows], _COUNT, many=True))

    def _for(self, dialect: sa.Dialect) -> _Written:
        written = self._written.get(dialect.name)
        if written is None:  # two threads may write it at once, and write the same
            written = self._written[dialect.name] = _Written(self._statement, self._columns, dialect)
        return written


class _Written:
    """A statement as one kind of database takes it."""

    def __init__(
        self, statement: sa.SelectBase | sa.UpdateBase, columns: Sequence[str] | None, dialect: sa.Dialect
    ) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=None if columns is None else list(columns))
        if not isinstance(compiled, sa.sql.compiler.SQLCompiler):
            raise TypeError(f"{statement} is none that is prepared")
        self.sql = str(compiled)
        self._names = tuple(compiled.positiontup or compiled.binds)
        self._positional = compiled.positional
        self._own = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        self._defaults = {column.name: column.default for column in compiled.insert_prefetch}
        types = [(at, compiled.binds[name].type) for at, name in enumerate(self._names)]
        self._binders = [(at, process) for at, type_ in types if (process := _binder(type_, dialect))]
        found = statement.selected_columns if isinstance(statement, sa.SelectBase) else ()
        self._readers = [(at, process) for at, column in enumerate(found) if (process := _reader(column.type, dialect))]

    def bound(self, values: Values) -> Line | dict[str, Any]:
        """What the database's library is given for these values."""
        if self._own:
            values = {**self._own, **{name: _default(one) for name, one in self._defaults.items()}, **values}
        cells = [values[name] for name in self._names]
        for at, process in self._binders:
            cells[at] = process(cells[at])
        return tuple(cells) if self._positional else dict(zip(self._names, cells, strict=True))

    def read(self, line: Line) -> Line:
        if not self._readers:
            return line
        cells = list(line)
        for at, process in self._readers:
            cells[at] = process(cells[at])
        return tuple(cells)


def _binder(type_: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> _Process | None:
    return type_.dialect_impl(dialect).bind_processor(dialect)


def _reader(type_: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> _Process | None:
    return type_.dialect_impl(dialect).result_processor(dialect, None)


def _default(default: Any) -> Any:
    """What a column has where it is given no value."""
    return default.arg(None) if default.is_callable else default.arg


def carry_out(
    tx: sa.Connection, sql: str, bound: Any = (), result: Callable[[Any], Any] = _COUNT, *, many: bool = False
) -> Any:
    """Run it on the transaction's own connection. Errors are raised as SQLAlchemy would raise them."""
    cursor = tx.connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(sql, bound)
        return result(cursor)
    except tx.dialect.loaded_dbapi.Error as error:
        lost = tx.dialect.is_disconnect(error, tx.connection.dbapi_connection, cursor)
        told = sa.exc.DBAPIError.instance(sql, None, error, tx.dialect.loaded_dbapi.Error, True, lost, tx.dialect)
        if lost:  # nobody else must get it from the pool
            tx.invalidate(error)
        raise told from error
