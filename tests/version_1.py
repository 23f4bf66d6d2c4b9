"""A ledger as version 1 left it.

One account has two nights behind it, as that program wrote them; the other has a change pending whose attempt has no
outcome.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

DUMP = Path(__file__).with_suffix(".sql")


def write_version_1(path):
    with closing(sqlite3.connect(path)) as ledger:
        ledger.executescript(DUMP.read_text(encoding="utf-8"))
