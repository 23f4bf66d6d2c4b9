"""An office with a file, a ledger and a Rotor of its own, where time only passes when it is told to."""

import csv
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile

from plain import PLAIN_FIELDS

from rotor_import import Settings, World, plan_import, run_import
from rotor_import.mapping import load_mapping
from rotor_import.model.clock import Clock
from rotor_import.pipeline.undoing import undo
from rotor_import.pipeline.verifying import verify
from rotor_import.sync import sync

COLUMNS = ("key", "id", "phone", "email", *PLAIN_FIELDS, "tags")
MAPPING = """\
version: 1
feed: nightly
on_stranger: {strangers}
{key}
fields:
  id: {{column: id, optional: true}}
  phone: phone
  email: email
  first_name: first_name
  last_name: last_name
  company_name: company_name
  tags: {{column: tags, split: ","}}
{more}
"""


@cache
def load_once(text):
    with NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        return load_mapping(file.name)


class Office:
    def __init__(self, folder, rotor, *, keyed=True, more="", settings=None, strangers="merge"):
        self.folder = Path(folder)
        self.rotor = rotor
        self.hands = rotor.hands
        self.uptime = 1e9
        self.mapping = self.folder / "mapping.yaml"
        self.mapping.write_text(MAPPING.format(key="key: key" if keyed else "", more=more, strangers=strangers))
        self.file = self.folder / "customers.csv"
        base = settings or Settings()
        self.settings = replace(
            base,
            key="a-key",
            base_url="http://127.0.0.1/open-api",
            ledger=str(self.folder / "ledger.sqlite"),
            report_dir=self.folder / "reports",
            daily_limit=base.daily_limit if settings else 100_000,
            duplicates=base.duplicates if settings else "off",  # a search takes longer than all else of a small plan
        )

    @property
    def world(self):
        return World(
            clock=Clock(self.hands.now, self.hands.sleep),
            jitter=lambda: 0.0,
            transport=self.rotor.transport(),
            uptime=lambda: self.uptime,
        )

    def _loaded(self):
        """The mapping, read once as long as nobody edits it: thousands of worlds use the same."""
        return load_once(self.mapping.read_text())

    def write(self, rows, path=None):
        with (path or self.file).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for row in rows:
                tags = ",".join(row.get("tags") or [])
                writer.writerow([*(row.get(name) or "" for name in COLUMNS[:-1]), tags])

    def plan(self, **more):
        return Outcome(plan_import([self.file], self._loaded(), replace(self.settings, **more), self.world))

    def sync(self, folder, drop=None, **more):
        """The folder's night, under the office's own mapping."""
        before = self.rotor.posts()
        report = sync(folder, self._loaded(), replace(self.settings, **more), drop, self.world)
        return Outcome(report, self.rotor.posts() - before)

    def pending(self):
        """Changes that wait, by customer; none where there is no ledger yet."""
        if not Path(self.settings.ledger).exists():
            return {}
        with closing(sqlite3.connect(self.settings.ledger)) as ledger:
            return dict(ledger.execute("SELECT customer, count(*) FROM outbox GROUP BY customer"))

    def check_outbox(self):
        """Never two changes for one customer, by whatever name: no key is given twice."""
        with closing(sqlite3.connect(self.settings.ledger)) as ledger:
            keys = [json.loads(row[0]) for row in ledger.execute("SELECT keys FROM outbox")]
        assert all(count == 1 for count in self.pending().values())
        for name in ("phone", "email"):
            given = [one[name] for one in keys if one[name]]
            assert len(given) == len(set(given))

    def undo(self, *runs, dry_run=False, confirm=None, **more):
        """Take back these runs, by default the last import; time goes on, since the order of runs counts."""
        self.hands.at += 1
        before = self.rotor.posts()
        report = undo(
            runs or ["last"], replace(self.settings, **more), replace(self.world, confirm=confirm), dry_run=dry_run
        )
        self.hands.at += 1
        return Outcome(report, self.rotor.posts() - before)

    def runs(self):
        """The runs in the ledger, the oldest first."""
        with closing(sqlite3.connect(self.settings.ledger)) as ledger:
            return [row[0] for row in ledger.execute("SELECT id FROM runs ORDER BY started_at")]

    def verify(self, run="last", **more):
        return verify(run, replace(self.settings, **more), self.world)

    def run(self, **more):
        before = self.rotor.posts()
        report = run_import([self.file], self._loaded(), replace(self.settings, **more), self.world)
        return Outcome(report, self.rotor.posts() - before)


def _read_back(cell):
    """Without the apostrophe that keeps a spreadsheet from running the cell."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'")[:1] in tuple("=+-@\t\r\n") else cell


class Outcome:
    def __init__(self, report, posts=0):
        self.report = report
        self.summary = report.summary
        self.posts = posts
        self.folder = Path(report.summary["report"])

    def table(self, name):
        with (self.folder / name).open(newline="", encoding="utf-8-sig") as file:
            return [{name: _read_back(cell) for name, cell in line.items()} for line in csv.DictReader(file)]

    def fates(self):
        """Every row's disposition, by its number."""
        return {int(line["row"]): line["disposition"] for line in self.table("rows.csv")}

    def check(self):
        """The sums of the summary, and the summary on disk."""
        rows, changes = self.summary["rows"], self.summary["changes"]
        assert rows["read"] == sum(rows[name] for name in ("left_out", "rejected", "merged", "held", "kept"))
        assert rows["kept"] == sum(changes.values())
        fates = list(self.fates().values())
        assert len(fates) == rows["read"]
        for name in ("left_out", "rejected", "merged", "held"):
            assert fates.count(name) == rows[name]
        for name, count in changes.items():
            assert fates.count(name) == count
        saved, shown = json.loads((self.folder / "summary.json").read_text()), json.loads(json.dumps(self.summary))
        assert saved == {name: shown[name] for name in saved}
        return self
