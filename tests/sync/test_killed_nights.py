"""A sync that dies between any two of its steps takes each file once all the same.

By default some of those places, of each kind; `--all-boundaries` tries all.
"""

from contextlib import suppress

import pytest
from boundaries import NEVER, Killed, spread, watched
from drops import Box
from rotor import opened

from rotor_import.errors import AccountBusy, Safeguard
from rotor_import.ledger.accounts import Accounts
from rotor_import.ledger.store import Ledger
from rotor_import.pipeline.inspect import status

OLD = [{"key": str(at), "phone": f"763-555-01{at:02}", "first_name": f"Old{at}"} for at in range(3)]
NEW = [{"key": str(at), "phone": f"763-555-01{at:02}", "first_name": f"New{at}"} for at in range(2)]
DELTA = [{"key": "9", "phone": "763-555-0109", "first_name": "Delta"}]


def night_that_dies(at, more, expected):
    """The steps it took until it died there."""
    with opened(more=more) as office:
        box = Box(office)
        box.put("1.csv", OLD)
        box.put("2.csv", NEW)
        if "delta" in more:
            box.put("3.csv", DELTA)
        with watched(office) as boundaries:
            boundaries.arm(at)
            with suppress(Killed):
                box.night(concurrency=1)
            met = list(boundaries.kinds)
        for _ in range(2):
            assert box.night().report.error is None
        found = {one["first_name"] for one in office.rotor.customers()}
        assert found == expected, f"died at {at}"
        assert box.names() == []
        assert len(box.names("processed")) == (3 if "delta" in more else 2)
        box.night()
        assert box.night().posts == 0
    return met


@pytest.mark.parametrize(
    ("more", "expected"),
    [("drop: full", {"New0", "New1"}), ("drop: delta", {"New0", "New1", "Old2", "Delta"})],
)
def test_wherever_it_dies_every_file_is_taken_once(more, expected, every):
    met = night_that_dies(NEVER, more, expected)
    chosen = spread(met, every(41))
    assert [len(night_that_dies(at, more, expected)) for at in chosen] == chosen
    assert len(met) > 40


def test_a_second_sync_at_the_same_time_is_told_to_wait(box):
    box.put("1.csv", OLD)
    box.night()
    with Ledger(box.office.settings.ledger) as ledger:
        accounts = Accounts(ledger)
        digest = accounts.key_hash(box.office.settings.base_url, box.office.settings.key)
        with ledger.hold(accounts.find(digest).id), pytest.raises(AccountBusy):
            box.night()


def night_that_died_with_all_sent(at):
    """Whether it had sent all; 0 is a night that does not die, and gives its number of steps."""
    with opened() as office:
        box = Box(office)
        box.put("1.csv", OLD)
        with watched(office) as boundaries, suppress(Killed):
            boundaries.arm(at)
            box.night(concurrency=1)
        if not at:
            return len(boundaries.kinds)
        if len(office.rotor.customers()) < len(OLD) or office.pending():
            return 0
        looked = status(office.settings, office.world)
        assert (looked["feed_runs"]["nightly"]["state"], looked["last_run"]["state"]) == ("complete", "complete")
        office.mapping.write_text(office.mapping.read_text() + "on_both: file\n")
        box.put("2.csv", NEW)
        assert isinstance(box.night().report.error, Safeguard), "the next night is measured against it"
        return 1


def test_a_night_that_died_with_all_sent_is_complete():
    """Between the last acknowledgement and the report."""
    steps = night_that_died_with_all_sent(0)
    at = steps
    while night_that_died_with_all_sent(at):
        at -= 1
    assert at < steps - 3


def rows_of(feed, numbers):
    return [{"key": str(at), "phone": f"763-555-02{at:02}", "first_name": f"{feed}{at}"} for at in numbers]


class TwoFeeds:
    """Two feeds about partly the same customers, with a drop folder each."""

    def __init__(self, office):
        self.office, self.boxes, self._text = office, {}, office.mapping.read_text()
        for feed in ("one", "two"):
            self.boxes[feed] = Box(office, office.folder / f"drop-{feed}")

    def night(self, feed, **more):
        text = self._text.replace("feed: nightly", f"feed: {feed}")
        self.office.mapping.write_text(f"{text}drop: full\non_both: file\n")
        return self.boxes[feed].night(concurrency=1, **more)


def two_feeds_that_die(at):
    """The first feed has changes pending; the second, which has some of its customers, dies."""
    with opened() as office:
        feeds = TwoFeeds(office)
        feeds.boxes["one"].put("1.csv", rows_of("One", range(4)))
        assert feeds.night("one", max_requests=4).summary["sent"]["pending"] > 0
        feeds.boxes["two"].put("1.csv", rows_of("Two", range(2, 6)))
        with watched(office) as boundaries:
            boundaries.arm(at)
            with suppress(Killed):
                feeds.night("two")
            met = list(boundaries.kinds)
        office.check_outbox()
        for feed in ("one", "two", "one", "two"):
            assert feeds.night(feed).report.error is None
            office.check_outbox()
        found = {one["phone"][-1]: one["first_name"] for one in office.rotor.customers()}
        assert len(office.rotor.customers()) == len(found) == 6
        assert {found[str(at)] for at in (0, 1, 4, 5)} == {"One0", "One1", "Two4", "Two5"}, f"died at {at}"
        for box in feeds.boxes.values():
            assert (box.names(), box.names("processed")) == ([], ["1.csv"])
        assert not office.pending()
        assert feeds.night("one").posts == feeds.night("two").posts == 0
    return met


def test_wherever_a_feed_dies_what_the_other_has_pending_is_neither_lost_nor_sent_twice(every):
    met = two_feeds_that_die(NEVER)
    chosen = spread(met, every(23))
    assert [len(two_feeds_that_die(at)) for at in chosen] == chosen
    assert len(met) > 20
