"""The tables of the ledger: one schema for SQLite and PostgreSQL.

Times are seconds since the epoch, UTC. `customer` is Rotor's id, or `new:…` until Rotor has given one. JSON columns are
written as `codec` says.
"""

from __future__ import annotations

import sqlalchemy as sa

from rotor_import.ledger.columns import metadata, of_account, text
from rotor_import.ledger.drop_tables import drop_attempts, drop_names, drops, feed_states, fetched, job_states, visits

VERSION = 5

__all__ = ["drop_attempts", "drop_names", "drops", "feed_states", "fetched", "job_states", "metadata", "visits"]
"""What other files declare, handed on."""

meta = sa.Table("meta", metadata, text("name", key=True), text("value"))

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    text("base_url"),
    text("company"),
    sa.Column("pulled_at", sa.Float),
    sa.Column("token", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.UniqueConstraint("base_url", "company"),
    comment="one company in Rotor; each run that holds the account raises token, so that one which lost it can tell",
)

keys = sa.Table(
    "keys",
    metadata,
    text("hash", key=True),
    sa.Column("account", sa.Integer, sa.ForeignKey("accounts.id")),
    sa.Column("scopes", sa.JSON, nullable=False, default=list),
    sa.Column("blocked_until", sa.Float),
    sa.Column("recounted_at", sa.Float),
    comment="API keys by salted hash; until blocked_until, none is used, as Rotor said with a 429; recounted_at is "
    "when that was first seen to be more than a day away",
)

runs = sa.Table(
    "runs",
    metadata,
    text("id", key=True),
    sa.Column("account", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
    text("feed"),
    text("mode"),
    text("fingerprint"),
    text("matching"),
    text("region"),
    text("state"),
    sa.Column("started_at", sa.Float, nullable=False),
    sa.Column("finished_at", sa.Float),
    sa.Column("summary", sa.JSON, nullable=False, default=dict),
    sa.Column("files", sa.JSON, nullable=False, default=list),
    text("report"),
    comment="one import; matching is the policy that it planned under",
)

row_links = sa.Table(
    "row_links",
    metadata,
    of_account(),
    text("feed", key=True),
    text("natural_key", key=True),
    sa.Column("occurrence", sa.Integer, primary_key=True),
    sa.Column("customer", sa.Text, nullable=False, index=True),
    text("digest"),
    *(text(name) for name in ("cell_id", "cell_phone", "cell_email")),
    sa.Column("seen", sa.BigInteger, nullable=False, default=0, server_default="0"),
    *(text(name) for name in ("fate", "reason", "field", "matching", "refused_group")),
    sa.Column("gone", sa.Text, nullable=False, default="", server_default=""),
    sa.Column("decision", sa.Text, nullable=False, default="", server_default=""),
    sa.Column("unmoved", sa.JSON, nullable=False, default=list, server_default="[]"),
    sa.Column("prior", sa.JSON(none_as_null=True)),
    comment="the customer that each row of a feed belongs to; prior is the link to return to after a refusal",
)

named = sa.Table(
    "named",
    metadata,
    of_account(),
    text("feed", key=True),
    text("natural_key", key=True),
    sa.Column("occurrence", sa.Integer, primary_key=True),
    sa.Column("customer", sa.Text, primary_key=True, index=True),
    text("phone"),
    text("email"),
    comment="the customers that a held or decided row named, with their keys at the end of the run that held it",
)

mirror = sa.Table(
    "mirror",
    metadata,
    of_account(),
    text("customer", key=True),
    sa.Column("fields", sa.JSON, nullable=False),
    comment="each customer that Rotor acknowledged since the snapshot was taken, as it acknowledged it",
)

snapshots = sa.Table(
    "snapshots",
    metadata,
    of_account(),
    text("feed", key=True),
    text("kind", key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    text("first"),
    sa.Column("lines", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    comment="the mirror of an account, row links and baselines of a feed, as Parquet; rows of those tables are newer",
)

baselines = sa.Table(
    "baselines",
    metadata,
    of_account(),
    text("feed", key=True),
    text("customer", key=True),
    sa.Column("fields", sa.JSON, nullable=False),
    comment="for each field, [what the file last said, what Rotor then held]",
)

outbox = sa.Table(
    "outbox",
    metadata,
    of_account(),
    text("customer", key=True),
    text("feed"),
    sa.Column("run", sa.Text, sa.ForeignKey("runs.id"), nullable=False, index=True),
    sa.Column("number", sa.Integer, nullable=False),
    text("kind"),
    text("state"),
    sa.Column("fields", sa.JSON, nullable=False),
    sa.Column("keys", sa.JSON, nullable=False),
    sa.Column("before_keys", sa.JSON, nullable=False),
    sa.Column("rows", sa.JSON, nullable=False),
    text("succeeds"),
    sa.Column("lookalikes", sa.JSON(none_as_null=True)),
    sa.Column("attempted", sa.JSON(none_as_null=True)),
    sa.Index("outbox_by_succeeded", "account", "succeeds"),
    comment="the pending change of a customer; of each row, [[file, row], [natural key, occurrence], source cells]",
)

duplicates = sa.Table(
    "duplicates",
    metadata,
    of_account(),
    text("feed", key=True),
    text("question", key=True),
    text("a"),
    text("b"),
    sa.Column("is_settled", sa.Boolean, nullable=False, default=False),
    comment="pairs of people who are probably one, and were asked about; settled where a person said different",
)

told = sa.Table(
    "told",
    metadata,
    of_account(),
    text("feed", key=True),
    text("problem", key=True),
    sa.Column("run", sa.Text, sa.ForeignKey("runs.id"), nullable=False, index=True),
    comment="rejected and held rows and held fields that runs told, each a hash of its content and the reason; run is "
    "the newest that did",
)

outcomes = sa.Table(
    "outcomes",
    metadata,
    sa.Column("run", sa.Text, sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    text("customer"),
    text("kind"),
    text("state"),
    text("id"),
    text("message"),
    sa.Column("problems", sa.JSON, nullable=False, default=list),
    sa.Column("rows", sa.JSON, nullable=False, default=list),
    comment="what became of each change; rows, as in the outbox, of those that were refused or held, and the first row "
    "of those of which Rotor kept something else than was sent, as problems says",
)

before_images = sa.Table(
    "before_images",
    metadata,
    sa.Column("run", sa.Text, sa.ForeignKey("runs.id"), primary_key=True),
    text("customer", key=True),
    sa.Column("account", sa.Integer, sa.ForeignKey("accounts.id"), nullable=False),
    text("feed"),
    sa.Column("is_created", sa.Boolean, nullable=False, default=False),
    sa.Column("fields", sa.JSON, nullable=False, default=list),
    sa.Column("baselines", sa.JSON, nullable=False, default=dict),
    sa.Column("links", sa.JSON, nullable=False, default=list),
    text("undone_by"),
    sa.Index("before_images_by_customer", "account", "customer"),
    comment="a customer that a run created or changed, as it was before: fields are [name, before, left], links [row "
    "key, the link before or null]; undone_by is the run that took it back",
)

undone = sa.Table(
    "undone",
    metadata,
    sa.Column("run", sa.Text, sa.ForeignKey("runs.id"), primary_key=True),
    text("customer", key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("fields", sa.JSON, nullable=False, default=list),
    comment="what an undo makes of each customer; fields are [name, left, before, fate, reason]",
)

requests = sa.Table(
    "requests",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key_hash", sa.Text, nullable=False),
    sa.Column("account", sa.Integer),
    text("run"),
    text("change"),
    text("method"),
    text("path"),
    sa.Column("started_at", sa.Float, nullable=False),
    sa.Column("expires_at", sa.Float, nullable=False),
    sa.Column("finished_at", sa.Float),
    sa.Column("recounted_at", sa.Float),
    text("result"),
    sa.Index("requests_by_key", "key_hash", "started_at"),
    sa.Index("requests_by_end", "key_hash", sa.text("coalesce(finished_at, expires_at)")),
    sa.Index("requests_by_change", "change"),
    sa.Index("requests_by_run", "run"),
    comment="attempts, written before they are sent; one that never ended counts as ended at expires_at; recounted_at "
    "is when its time was first seen to be still to come",
)

rejects = sa.Table(
    "rejects",
    metadata,
    sa.Column("run", sa.Text, sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("file", sa.Integer, primary_key=True),
    sa.Column("row", sa.Integer, primary_key=True),
    text("field", key=True),
    text("value"),
    text("reason"),
    comment="values, or whole rows, that a run rejected, and why",
)
