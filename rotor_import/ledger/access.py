"""Whether a ledger is there, and whether this user may write to it, without writing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from rotor_import.errors import LedgerError
from rotor_import.files import nearest_folder
from rotor_import.ledger.store import backend_of
from rotor_import.model.location import database_of

_RIGHTS = sa.text(
    "SELECT has_schema_privilege(current_schema(), 'CREATE') AS makes, NOT pg_is_in_recovery() AS primary, "
    "to_regclass('meta') IS NOT NULL AS there, "
    "coalesce((SELECT has_table_privilege(oid, 'INSERT') FROM pg_class WHERE oid = to_regclass('meta')), true) "
    "AS writes"
)


@dataclass(frozen=True)
class Access:
    """Whether a ledger is `there`; the first run makes one otherwise. `why_not` says why it can't be written, or ''."""

    there: bool
    why_not: str = ""


def access(location: str) -> Access:
    """Raises LedgerError if a database can't be reached."""
    return _to_file(Path(location)) if database_of(location) is None else _to_database(location)


def _to_file(path: Path) -> Access:
    if path.exists():
        writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
        return Access(True, "" if writable else f"This user can't write to {path} and to its folder.")
    folder = nearest_folder(path.parent)
    return Access(False, "" if os.access(folder, os.W_OK) else f"This user can't make files in {folder}.")


def _to_database(location: str) -> Access:
    backend = backend_of(location)
    engine = backend.engine()
    try:
        with engine.connect() as connection:
            found = connection.execute(_RIGHTS).one()
    except (sa.exc.SQLAlchemyError, OSError) as error:
        raise LedgerError(f"The ledger {backend.name} can't be opened: {backend.told(error)}.") from None
    finally:
        engine.dispose()
    if not found.primary:
        return Access(found.there, "The database is a standby server, which can't be written to.")
    if not (found.writes if found.there else found.makes):
        return Access(found.there, "This database user can't write there. Grant it the rights to this schema.")
    return Access(found.there)
