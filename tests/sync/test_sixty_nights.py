"""Sixty nights of two feeds, with people editing on both sides, faults, kills and bad files, against a plain replay."""

import json
import random
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest
from boundaries import Killed, watched
from file_servers import s3_server, ssh_server
from places import Place, S3Place, SftpPlace
from rotor import opened
from transports import Between

from rotor_import import Settings
from rotor_import.errors import QuotaSpent, RetriableApiError, Safeguard
from rotor_import.sandbox import Fault
from rotor_import.sync import DropSettings

FIELDS = ("first_name", "last_name", "company_name")
NIGHT = 24 * 60 * 60 + 60
QUOTA = 200
FAULTS = tuple(
    map(Fault.parse, ("500 3%", "drop after upsert 3%", "502 before upsert 2%", "truncated after upsert 2%"))
)
MISSED, TRUNCATED, BROKEN, KILLED, BURST = 17, 23, 31, {12: 25, 40: 9}, 35


class Person:
    """One customer: what each feed's file says, what Rotor should hold, and what each feed last agreed about."""

    def __init__(self, number, chance):
        self.number = number
        self.phone = f"+1763555{number:04}"
        self.file, self.there, self.base = {}, {}, {}
        self.known, self.gone, self.meeting = set(), set(), set()
        self.rotor = {}
        self.status = None
        self._chance = chance
        self._edits = 0

    def join(self, feed):
        """The feed has this customer from now on, and knows another company."""
        self.file[feed] = {name: f"{self.number}-{name}" for name in FIELDS} | {"company_name": f"{feed}{self.number}"}
        self.there[feed], self.base[feed] = True, {}

    def edit(self, *sides, name=""):
        """The same edit on each of these sides."""
        self._edits += 1
        name = name or self._chance.choice(FIELDS)
        for side in sides:
            side[name] = f"{self.number}-edit-{self._edits}"

    def row(self, feed):
        return {"key": f"{feed}-{self.number}", "phone": self.phone, **self.file[feed]}

    def synced(self, feed):
        """The plain three-way rule, at once and for every field; who is in no feed's file is inactive."""
        if not self.there[feed]:
            self.gone |= {feed} & self.known
            if self.rotor and feed in self.known and self.gone == self.known:
                self.status = "inactive"
            return
        if feed in self.gone and self.status == "inactive":
            self.status = "active"
        self.gone -= {feed}
        self.meeting |= {feed} - self.known
        self.known |= {feed}
        base = self.base[feed]
        for name, value in self.file[feed].items():
            held = self.rotor.get(name)
            if value == held or name not in base or (value != base[name] and held == base[name]):
                self.rotor[name] = base[name] = value


class Watcher(Between):
    """Between the program and Rotor: counts upserts that changed nothing."""

    def __init__(self, transport, rotor):
        super().__init__(transport)
        self._rotor = rotor
        self.idle = 0

    def handle_request(self, request):
        id_ = json.loads(request.read()).get("id") if request.method == "POST" else None
        before = self._rotor.sandbox.store.get(id_) if id_ else None
        response = super().handle_request(request)
        if before is not None and response.is_success and self._rotor.sandbox.store.get(id_) == before:
            self.idle += 1
        return response


class Nightly:
    """One feed: its folder, its mapping and its people."""

    def __init__(self, place, office, chance, reserve=0):
        self.name, self.office, self.chance, self.reserve = place.name, office, chance, reserve
        self.place = place
        name = place.name
        text = office.mapping.read_text().replace("feed: nightly", f"feed: {name}")
        self.mapping = text + "drop: full\nmissing: inactive\norder: [-company_name]\n"
        self.stopped, self.died, self.paused = [], [], []
        self.conflicts = self.waited = self.apart = 0
        self.people = []

    def add(self, people):
        for person in people:
            person.join(self.name)
        self.people += people

    def live(self, edits):
        """A day at the legacy system and in Rotor's office."""
        known = {one["phone"]: one["id"] for one in self.office.rotor.customers()}
        for person in self.chance.sample(self.people, min(edits, len(self.people))):
            person.edit(person.file[self.name])
        # Where a feed first meets a customer its file wins, whenever that is sent: nobody edits such a customer.
        waiting = self.outbox()
        for one in self.people:
            one.meeting = {feed for feed in one.meeting if (feed, one.phone) in waiting}
        settled = [one for one in self.people if one.phone in known and one.rotor and not one.meeting]
        for person in self.chance.sample(settled, min(4, len(settled))):
            person.edit(person.rotor)
            self.office.rotor.sandbox.edit(known[person.phone], **{name: person.rotor[name] for name in FIELDS})
        if settled and not self.pending():
            for person in self.chance.sample(settled, 2):
                person.there[self.name] = not person.there[self.name]

    def pending(self):
        return sum(count for count in self.office.pending().values())

    def drop(self, night, change=lambda rows: rows):
        rows = [person.row(self.name) for person in self.people if person.there[self.name]]
        written = self.office.folder / f"{self.name}-{night}.csv"
        self.office.write(change(rows), written)
        self.place.put(written)

    def sync(self):
        self.office.mapping.write_text(self.mapping)
        more = {"patience": 0.0, "reserve": self.reserve, "storage": self.place.storage}
        return self.office.sync(self.place.address, DropSettings(settle=0), **more)

    def outbox(self):
        """Whose change is still to be sent, by feed and phone."""
        if not Path(self.office.settings.ledger).exists():
            return set()
        with closing(sqlite3.connect(self.office.settings.ledger)) as ledger:
            found = ledger.execute("SELECT feed, keys FROM outbox").fetchall()
        return {(feed, json.loads(keys)["phone"]) for feed, keys in found}

    def busy(self):
        """Phones of customers for whom the other feed has a change to send: this feed's wait until it is sent."""
        return {phone for feed, phone in self.outbox() if feed != self.name}

    def committed(self, night):
        with closing(sqlite3.connect(self.office.settings.ledger)) as ledger:
            return bool(ledger.execute("SELECT 1 FROM drops WHERE name = ?", (f"{self.name}-{night}.csv",)).fetchone())

    def taken(self, busy):
        for person in self.people:
            if person.phone in busy:
                self.waited += 1
                continue
            person.synced(self.name)
            self.apart += bool(person.gone) and person.gone != person.known
            held = person.rotor.items() & person.file[self.name].items()
            changed = person.file[self.name].items() - person.base[self.name].items()
            self.conflicts += len(person.there) > 1 and len(changed - held) > 0


@pytest.fixture(params=["on this computer", "on servers"])
def places(request, tmp_path):
    """Where each feed's files arrive: in folders here, or on OpenSSH's server and in a bucket."""
    if request.param == "on this computer":
        yield Place(tmp_path / "clients"), Place(tmp_path / "leads")
    else:
        with ssh_server(tmp_path / "ssh") as ssh, s3_server() as s3:
            yield SftpPlace(tmp_path / "clients", ssh), S3Place("leads", s3)


@pytest.fixture
def town(places):
    # The search for duplicates has nothing to do with where files come from.
    settings = Settings(daily_limit=QUOTA, duplicates="report" if type(places[0]) is Place else "off")
    with opened(settings=settings, daily_limit=QUOTA, faults=FAULTS, seed=7) as office:
        chance = random.Random(60)
        transport, watchers = office.rotor.transport, []

        def observed():
            watchers.append(Watcher(transport(), office.rotor))
            return watchers[-1]

        office.rotor.transport = observed
        feeds = [Nightly(places[0], office, chance, reserve=20), Nightly(places[1], office, chance)]
        clients, leads = feeds
        clients.add([Person(1000 + at, chance) for at in range(230)])
        leads.add([*chance.sample(clients.people, 30), *(Person(5000 + at, chance) for at in range(30))])
        yield office, feeds, watchers


def a_day(night, clients, leads):
    """New people, some of whom both feeds have; and edits by each, of the same customers and the same fields too."""
    chance = clients.chance
    for feed in (clients, leads):
        feed.live(100 if night == BURST and feed is clients else 6)
    for feed, first in ((clients, 2000), (leads, 6000)):
        feed.add([Person(first + 5 * night + at, chance) for at in range(chance.randint(0, 3))])
    leads.add(chance.sample([person for person in clients.people if len(person.there) == 1], 1))
    shared = [person for person in leads.people if len(person.there) > 1]
    for person in chance.sample(shared, 3):
        person.edit(*person.file.values())
    for person in chance.sample(shared, 3):
        name = chance.choice(FIELDS)
        for feed in (clients, leads):
            person.edit(person.file[feed.name], name=name)


def one_night(office, night, feeds):
    clients, leads = feeds
    a_day(night, clients, leads)
    if night == TRUNCATED:
        clients.drop(night, lambda rows: rows[: len(rows) // 4])
    elif night == BROKEN:
        clients.drop(night, lambda rows: [row | {"phone": "7.64E+09"} for row in rows])
    elif night != MISSED:
        clients.drop(night)
    leads.drop(night)
    for feed in feeds:
        busy = feed.busy()
        if feed is clients and night in KILLED:
            killed(office, night, feed, busy)
            continue
        try:
            outcome = feed.sync()
        except (RetriableApiError, QuotaSpent):  # while reading: nothing came of this night
            continue
        ended(night, feed, outcome, busy, bad=feed is clients and night in (TRUNCATED, BROKEN))


def killed(office, night, feed, busy):
    with watched(office) as boundaries, suppress(Killed):
        boundaries.arm(KILLED[night])
        feed.sync()
    if len(boundaries.kinds) == KILLED[night]:
        feed.died.append(night)
    if feed.committed(night):
        feed.taken(busy)


def ended(night, feed, outcome, busy, *, bad):
    """`bad` is a file that a safeguard has to stop."""
    stopped = isinstance(outcome.report.error, Safeguard)
    assert stopped == bad, f"night {night}: {outcome.summary}"
    if stopped:
        feed.stopped.append(night)
        assert outcome.posts == 0 or outcome.summary["drop"]["taken"] == []
    elif outcome.summary["drop"]["taken"]:
        feed.taken(busy)
    if outcome.summary["sent"]["pending"]:
        feed.paused.append(night)


def test_sixty_nights_end_as_a_plain_three_way_replay_does(town):
    office, feeds, watchers = town
    for night in range(60):
        office.hands.at += NIGHT
        one_night(office, night, feeds)
        office.check_outbox()
    clients, leads = feeds
    assert (clients.stopped, leads.stopped) == ([TRUNCATED, BROKEN], []), "no safeguard stopped anything else"
    assert clients.died == sorted(KILLED)
    assert clients.paused, "the quota was short on no night"
    office.rotor.sandbox.suffer()
    for night in range(60, 64):
        office.hands.at += NIGHT
        for feed in feeds:
            busy = feed.busy()
            feed.drop(night)
            outcome = feed.sync()
            assert outcome.report.error is None
            if outcome.summary["drop"]["taken"]:  # the same content again is known
                feed.taken(busy)
    assert all(feed.pending() == 0 for feed in feeds)
    # One file a night, but for the missed one: each of them is put away, those of bad nights once a newer one came.
    nights = {clients: 63, leads: 64}
    assert all((feed.place.names(), len(feed.place.names("processed"))) == ([], nights[feed]) for feed in feeds)
    assert leads.conflicts, "no feed held a field for the other's sake"
    assert leads.waited, "no change waited for the other feed's"
    assert leads.apart, "nobody was missing in one feed and present in the other"
    expected = {
        person.phone: {**person.rotor, "status": person.status or "active"}
        for feed in feeds
        for person in feed.people
        if person.rotor
    }
    found = {
        one["phone"]: {name: one.get(name, "") for name in FIELDS} | {"status": one.get("status") or "active"}
        for one in office.rotor.customers()
    }
    assert found == expected
    requests = office.rotor.requests()
    lost = sum(request.method == "POST" and bool(request.fault) for request in requests)
    assert sum(watcher.idle for watcher in watchers) <= lost
    for request in requests:
        day = [one for one in requests if request.at <= one.at < request.at + 24 * 60 * 60]
        assert len(day) <= QUOTA
