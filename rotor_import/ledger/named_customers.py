"""The customers that holds name, which get Rotor's ids once they have one."""

from __future__ import annotations

import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.prepared import Prepared

_NAMED = schema.named
_TWIN = _NAMED.alias()
_ID = sa.bindparam("of_id", type_=sa.Text)
_NAMES = (
    _NAMED.c.account == sa.bindparam("of_account", type_=sa.Integer),
    _NAMED.c.customer == sa.bindparam("of_customer", type_=sa.Text),
)
IS_NAMED = sa.exists().where(*_NAMES)
"""Whether a hold names the customer."""
_FORGET_NAMED_TWICE = Prepared(
    sa.delete(_NAMED).where(
        *_NAMES,
        sa.exists().where(
            _TWIN.c.account == _NAMED.c.account,
            _TWIN.c.feed == _NAMED.c.feed,
            _TWIN.c.natural_key == _NAMED.c.natural_key,
            _TWIN.c.occurrence == _NAMED.c.occurrence,
            _TWIN.c.customer == _ID,
        ),
    )
)
_RENAME = Prepared(sa.update(_NAMED).where(*_NAMES).values(customer=_ID))


def rename(tx: sa.Connection, account: int, planned: str, id_: str) -> None:
    """Holds that named a planned customer name its id from now on."""
    both = {"of_account": account, "of_customer": planned, "of_id": id_}
    _FORGET_NAMED_TWICE.run(tx, both)
    _RENAME.run(tx, both)
