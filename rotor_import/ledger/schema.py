"""The tables of the ledger: one schema for SQLite and PostgreSQL.

Times are seconds since the epoch, UTC. `customer` is Rotor's id, or `new:…` until Rotor gives one.
"""

from __future__ import annotations

import sqlalchemy as sa

VERSION = 1

metadata = sa.MetaData()


def _of_account() -> sa.Column[int]:
    return sa.Column("account", sa.Integer, sa.ForeignKey("accounts.id"), primary_key=True)


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=False, default="")


meta = sa.Table("meta", metadata, _text("name", key=True), _text("value"))

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _text("base_url"),
    _text("company"),
    sa.Column("pulled_at", sa.Float),
    sa.Column("token", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.UniqueConstraint("base_url", "company"),
    comment="token is raised by each run that holds the account, so that one which lost it knows",
)

keys = sa.Table(
    "keys",
    metadata,
    _text("hash", key=True),
    sa.Column("account", sa.Integer, sa.ForeignKey("accounts.id")),
    sa.Column("scopes", sa.JSON, nullable=False, default=list),
    sa.Column("blocked_until", sa.Float),
    comment="Keys by salted hash; blocked_until is the server's word after a 429.",
)

runs = sa.Table(
    "runs",
    metadata,
    _text("id", key=True),
    sa.Column("account", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
    _text("feed"),
    _text("mode"),
    _text("fingerprint"),
    _text("matching"),
    _text("region"),
    _text("state"),
    sa.Column("started_at", sa.Float, nullable=False),
    sa.Column("finished_at", sa.Float),
    sa.Column("summary", sa.JSON, nullable=False, default=dict),
    sa.Column("files", sa.JSON, nullable=False, default=list),
    _text("report"),
)

row_links = sa.Table(
    "row_links",
    metadata,
    _of_account(),
    _text("feed", key=True),
    _text("natural_key", key=True),
    sa.Column("occurrence", sa.Integer, primary_key=True),
    sa.Column("customer", sa.Text, nullable=False, index=True),
    _text("digest"),
    _text("cell_id"),
    _text("cell_phone"),
    _text("cell_email"),
    _text("fate"),
    _text("reason"),
    _text("field"),
    _text("matching"),
    _text("refused_group"),
    sa.Column("gone", sa.Text, nullable=False, default="", server_default=""),
    sa.Column("decision", sa.Text, nullable=False, default="", server_default=""),
    sa.Column("unmoved", sa.JSON, nullable=False, default=list, server_default="[]"),
    sa.Column("prior", sa.JSON(none_as_null=True)),
    comment="prior is the link to go back to if Rotor refuses the change that the row is part of",
)

named = sa.Table(
    "named",
    metadata,
    _of_account(),
    _text("feed", key=True),
    _text("natural_key", key=True),
    sa.Column("occurrence", sa.Integer, primary_key=True),
    sa.Column("customer", sa.Text, primary_key=True, index=True),
    _text("phone"),
    _text("email"),
    comment="the customers that a held or decided row named, with their keys at the end of the run that held it",
)

mirror = sa.Table(
    "mirror",
    metadata,
    _of_account(),
    _text("customer", key=True),
    sa.Column("fields", sa.JSON, nullable=False),
    comment="each customer as Rotor acknowledged it since the snapshot was taken",
)

snapshots = sa.Table(
    "snapshots",
    metadata,
    _of_account(),
    _text("feed", key=True),
    _text("kind", key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    _text("first"),
    sa.Column("lines", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    comment="an account's mirror, a feed's row links and baselines, as Parquet; rows of those tables are newer",
)

baselines = sa.Table(
    "baselines",
    metadata,
    _of_account(),
    _text("feed", key=True),
    _text("customer", key=True),
    sa.Column("fields", sa.JSON, nullable=False),
    comment="field → [what the file last said, what Rotor then held]",
)

outbox = sa.Table(
    "outbox",
    metadata,
    _of_account(),
    _text("customer", key=True),
    _text("feed"),
    sa.Column("run", sa.Text, sa.ForeignKey("runs.id"), nullable=False, index=True),
    sa.Column("number", sa.Integer, nullable=False),
    _text("kind"),
    _text("state"),
    sa.Column("fields", sa.JSON, nullable=False),
    sa.Column("keys", sa.JSON, nullable=False),
    sa.Column("before_keys", sa.JSON, nullable=False),
    sa.Column("rows", sa.JSON, nullable=False),
    _text("succeeds"),
    sa.Column("lookalikes", sa.JSON(none_as_null=True)),
    sa.Index("outbox_by_followed", "account", "succeeds"),
    comment="one pending change for a customer; rows are (file, row, ident, ordinal, source cells)",
)

outcomes = sa.Table(
    "outcomes",
    metadata,
    sa.Column("run", sa.Text, sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    _text("customer"),
    _text("kind"),
    _text("state"),
    _text("id"),
    _text("message"),
    sa.Column("problems", sa.JSON, nullable=False, default=list),
    sa.Column("rows", sa.JSON, nullable=False, default=list),
)

drops = sa.Table(
    "drops",
    metadata,
    _of_account(),
    _text("feed", key=True),
    _text("sha256", key=True),
    _text("name"),
    _text("state"),
    sa.Column("run", sa.Text, sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("written_at", sa.Float),
    comment="files of a folder that a sync has taken, or that a newer one superseded, by their content",
)

visits = sa.Table(
    "visits",
    metadata,
    _of_account(),
    _text("feed", key=True),
    sa.Column("looked_at", sa.Float, nullable=False),
    sa.Column("ended_at", sa.Float),
    _text("state"),
    _text("message"),
    comment="the last look of each feed into its folder, with a new file or without one",
)

requests = sa.Table(
    "requests",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key_hash", sa.Text, nullable=False),
    sa.Column("account", sa.Integer),
    _text("run"),
    _text("change"),
    _text("method"),
    _text("path"),
    sa.Column("started_at", sa.Float, nullable=False),
    sa.Column("expires_at", sa.Float, nullable=False),
    sa.Column("finished_at", sa.Float),
    _text("result"),
    sa.Index("requests_by_key", "key_hash", "started_at"),
    sa.Index("requests_by_end", "key_hash", sa.text("coalesce(finished_at, expires_at)")),
    sa.Index("requests_by_change", "change"),
    comment="written before a request is sent; expires_at stands for the end of one that never ended",
)

rejects = sa.Table(
    "rejects",
    metadata,
    sa.Column("run", sa.Text, sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("file", sa.Integer, primary_key=True),
    sa.Column("row", sa.Integer, primary_key=True),
    _text("field", key=True),
    _text("value"),
    _text("reason"),
)
