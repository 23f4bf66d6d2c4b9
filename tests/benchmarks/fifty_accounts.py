"""Many companies on one PostgreSQL ledger: `python tests/benchmarks/fifty_accounts.py [ACCOUNTS] [NIGHTS] [JOBS]`.

Each company has 20 customers, of whom 5 change each night. What a night takes is counted by the database and by the
system: rows and bytes by table, connections, processor time.
"""

import os
import sys
import threading
import time
from pathlib import Path

import psycopg
from psycopg import sql

sys.path.insert(0, str(Path(__file__).parents[1]))
from companies import companies
from postgres import postgres

ROWS, CHANGED = 20, 5
_SIZES = (
    "SELECT relname, pg_total_relation_size(oid) FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
_TIMES = "SELECT active_time, xact_commit FROM pg_stat_database WHERE datname = current_database()"
_CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def rows(name, night):
    for number in range(ROWS):
        changed = f" {night}" if number < CHANGED else ""
        yield f"First{changed},+1763555{1000 + number},{number}@{name}.example.com\n"


class Watcher:
    """Looks at the database while a night lasts, and knows the most connections that there were."""

    def __init__(self, url):
        self._connection = psycopg.connect(url, autocommit=True)
        self._over = threading.Event()
        self.most = 0
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()
        self._connection.close()

    def _watch(self):
        while not self._over.wait(0.02):
            self.most = max(self.most, self._connection.execute(_CONNECTIONS).fetchone()[0])


def tables(url):
    """Rows and bytes of each table, and the database's own time and transactions."""
    with psycopg.connect(url, autocommit=True) as connection:
        sizes = dict(connection.execute(_SIZES).fetchall())
        counting = {name: sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name)) for name in sizes}
        counts = {name: connection.execute(query).fetchone()[0] for name, query in counting.items()}
        active, commits = connection.execute(_TIMES).fetchone()
    return counts, sizes, active / 1000, commits


def night(many, url, names, number, jobs):
    for name in names:
        many.drop(name, f"people-{number:03}.csv", rows(name, number))
    before = tables(url) if number > 1 else ({}, {}, 0.0, 0)
    used, began = os.times(), time.perf_counter()
    with Watcher(url) as watcher:
        done = many.start("sync", "--all", "--jobs", jobs, "--json")
    wall, after_use = time.perf_counter() - began, os.times()
    time.sleep(1)  # a session's figures are known a moment after its end
    after = tables(url)
    count = len(names)
    cpu = after_use.children_user + after_use.children_system - used.children_user - used.children_system
    print(f"night {number}: exit code {done.returncode}, {count} accounts, {jobs} at a time")
    print(f"  wall {wall:.1f} s, {wall / count:.2f} s an account; processor {cpu / count:.2f} s an account")
    print(
        f"  most connections {watcher.most}; database time {(after[2] - before[2]) / count * 1000:.0f} ms an account; "
        f"{(after[3] - before[3]) / count:.0f} transactions an account"
    )
    added = {name: after[0][name] - before[0].get(name, 0) for name in after[0]}
    grown = sum(after[1].values()) - sum(before[1].values())
    print(f"  rows added: { {name: n for name, n in added.items() if n} }")
    print(f"  bytes: {grown:,} more, {grown / count:,.0f} an account; {sum(after[1].values()):,} in all")
    return done


def main():
    accounts, nights, jobs = (int(word) for word in [*sys.argv[1:], *("50", "3", "4")[len(sys.argv) - 1 :]])
    with postgres() as server, companies() as many:
        url = many.variables["LEDGER"] = server.database()
        many.defaults = "ledger_env = 'LEDGER'"
        names = [f"acme-{number:04}" for number in range(accounts)]
        for name in names:
            many.add(name, None)
        for number in range(1, nights + 1):
            done = night(many, url, names, number, jobs)
            if done.returncode:
                print(done.stderr[-2000:])
        began = time.perf_counter()
        many.start("status", "--all")
        print(f"status --all: {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
