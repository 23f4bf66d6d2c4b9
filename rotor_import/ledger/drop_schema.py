"""The tables of the ledger about files that arrive in folders."""

from __future__ import annotations

import sqlalchemy as sa

from rotor_import.ledger.schema_base import metadata, of_account, text

drops = sa.Table(
    "drops",
    metadata,
    of_account(),
    text("feed", key=True),
    text("sha256", key=True),
    text("name"),
    text("state"),
    sa.Column("run", sa.Text, sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("written_at", sa.Float),
    comment="files in a folder that a sync took, or that a newer file superseded, identified by their content",
)

drop_names = sa.Table(
    "drop_names",
    metadata,
    of_account(),
    text("feed", key=True),
    text("sha256", key=True),
    text("name", key=True),
    comment="each name under which the content of a file in drops was ever taken or superseded",
)

drop_attempts = sa.Table(
    "drop_attempts",
    metadata,
    of_account(),
    text("feed", key=True),
    text("sha256", key=True),
    text("name"),
    sa.Column("deaths", sa.Integer, nullable=False, default=0),
    sa.Column("began_at", sa.Float),
    comment="files that a sync began to take: how often its process died of it, and when it began, if it has not ended",
)

visits = sa.Table(
    "visits",
    metadata,
    of_account(),
    text("feed", key=True),
    sa.Column("looked_at", sa.Float, nullable=False),
    sa.Column("ended_at", sa.Float),
    text("state"),
    text("message"),
    comment="each feed's last look into its folder, whether there was a new file or not",
)

fetched = sa.Table(
    "fetched",
    metadata,
    of_account(),
    text("feed", key=True),
    text("address", key=True),
    text("etag"),
    text("sha256"),
    sa.Column("written_at", sa.Float, nullable=False),
    comment="remote files that stay where they are: the ETag and the content that each address last had",
)
