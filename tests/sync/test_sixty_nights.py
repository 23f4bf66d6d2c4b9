"""Sixty nights of two feeds, with people editing on both sides, faults, kills and bad files, against a plain replay."""

import json
import random
from contextlib import suppress

import pytest
from boundaries import Killed, watched
from rotor import opened

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
    """One customer of a feed: what the file says, what Rotor should hold, and what was last agreed about."""

    def __init__(self, feed, number, chance):
        self.key = str(number)
        self.phone = f"+1763555{number:04}"
        self.file = {name: f"{feed}{number}-{name}" for name in FIELDS}
        self.there = True
        self.rotor = {}
        self.base = {}
        self.status = None
        self._chance = chance
        self._edits = 0

    def edit(self, side):
        self._edits += 1
        side[self._chance.choice(FIELDS)] = f"{self.key}-edit-{self._edits}"

    @property
    def row(self):
        return {"key": self.key, "phone": self.phone, **self.file}

    def synced(self):
        """The plain three-way rule, at once and for every field."""
        if not self.there:
            if self.rotor and self.status != "inactive":
                self.status = "inactive"
            return
        if self.status == "inactive":
            self.status = "active"
        for name, value in self.file.items():
            held, base = self.rotor.get(name), self.base.get(name)
            if value == held or base is None or (value != base and held == base):
                self.rotor[name] = self.base[name] = value


class Watcher:
    """Between the program and Rotor: counts upserts that changed nothing."""

    def __init__(self, transport, rotor):
        self._transport, self._rotor = transport, rotor
        self.idle = 0

    def handle_request(self, request):
        id_ = json.loads(request.read()).get("id") if request.method == "POST" else None
        before = self._rotor.sandbox.store.get(id_) if id_ else None
        response = self._transport.handle_request(request)
        if before is not None and response.is_success and self._rotor.sandbox.store.get(id_) == before:
            self.idle += 1
        return response

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._transport.close()


class Nightly:
    """One feed: its folder, its mapping and its people."""

    def __init__(self, name, office, chance, first, count):
        self.name, self.office, self.chance = name, office, chance
        self.folder = office.folder / name
        self.folder.mkdir()
        text = office.mapping.read_text().replace("feed: nightly", f"feed: {name}")
        self.mapping = text + "drop: full\nmissing: inactive\norder: [-company_name]\n"
        self.stopped, self.died, self.paused = [], [], []
        self._next = first
        self.people = []
        self.add(count)

    def add(self, count):
        self.people += [Person(self.name, self._next + at, self.chance) for at in range(count)]
        self._next += count

    def live(self, edits):
        """A day at the legacy system and in Rotor's office."""
        known = {one["phone"]: one["id"] for one in self.office.rotor.customers()}
        for person in self.chance.sample(self.people, min(edits, len(self.people))):
            person.edit(person.file)
        settled = [one for one in self.people if one.phone in known and one.rotor]
        for person in self.chance.sample(settled, min(4, len(settled))):
            person.edit(person.rotor)
            self.office.rotor.sandbox.edit(known[person.phone], **{name: person.rotor[name] for name in FIELDS})
        if settled and not self.pending():
            for person in self.chance.sample(settled, 2):
                person.there = not person.there
        self.add(self.chance.randint(0, 3))

    def pending(self):
        return sum(count for count in self.office.pending().values())

    def drop(self, night, change=lambda rows: rows):
        rows = [person.row for person in self.people if person.there]
        self.office.write(change(rows), self.folder / f"{self.name}-{night}.csv")

    def sync(self):
        self.office.mapping.write_text(self.mapping)
        return self.office.sync(self.folder, DropSettings(settle=0), patience=0.0)

    def taken(self):
        for person in self.people:
            person.synced()


@pytest.fixture
def town():
    with opened(settings=Settings(daily_limit=QUOTA), daily_limit=QUOTA, faults=FAULTS, seed=7) as office:
        chance = random.Random(60)
        transport, watchers = office.rotor.transport, []

        def observed():
            watchers.append(Watcher(transport(), office.rotor))
            return watchers[-1]

        office.rotor.transport = observed
        feeds = [Nightly("clients", office, chance, 1000, 230), Nightly("leads", office, chance, 5000, 30)]
        yield office, feeds, watchers


def one_night(office, night, feeds):
    clients, leads = feeds
    for feed in feeds:
        feed.live(100 if night == BURST and feed is clients else 6)
    if night == TRUNCATED:
        clients.drop(night, lambda rows: rows[: len(rows) // 4])
    elif night == BROKEN:
        clients.drop(night, lambda rows: [row | {"phone": "7.64E+09"} for row in rows])
    elif night != MISSED:
        clients.drop(night)
    leads.drop(night)
    for feed in feeds:
        if feed is clients and night in KILLED:
            killed(office, night, feed)
            continue
        try:
            outcome = feed.sync()
        except (RetriableApiError, QuotaSpent):  # while reading: nothing came of this night
            continue
        ended(night, feed, outcome, bad=feed is clients and night in (TRUNCATED, BROKEN))


def killed(office, night, feed):
    with watched(office) as boundaries, suppress(Killed):
        boundaries.arm(KILLED[night])
        feed.sync()
    if len(boundaries.kinds) == KILLED[night]:
        feed.died.append(night)
    feed.taken()


def ended(night, feed, outcome, *, bad):
    """`bad` is a file that a safeguard has to stop."""
    stopped = isinstance(outcome.report.error, Safeguard)
    assert stopped == bad, f"night {night}: {outcome.summary}"
    if stopped:
        feed.stopped.append(night)
        assert outcome.posts == 0 or outcome.summary["drop"]["taken"] == []
    elif outcome.summary["drop"]["taken"]:
        feed.taken()
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
            feed.drop(night)
            assert feed.sync().report.error is None
            feed.taken()
    assert all(feed.pending() == 0 for feed in feeds)
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
