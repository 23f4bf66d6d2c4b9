"""The tables of the nightly file drop: its files, its visits, and the states of feeds that people were told."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from rotor_import.ledger.columns import metadata, of_account, text

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


def _state() -> tuple[sa.Column[Any], ...]:
    return (
        text("trouble"),
        text("told"),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("seen_at", sa.Float, nullable=False),
    )


feed_states = sa.Table(
    "feed_states",
    metadata,
    of_account(),
    text("feed", key=True),
    *_state(),
    comment="feeds in trouble: what it is now, what people were last told, since when, and when that was last seen",
)

job_states = sa.Table(
    "job_states",
    metadata,
    text("job", key=True),
    *_state(),
    comment="the same of a job, a hash of what its command names, as long as its account or its feed isn't known",
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
