"""Doubt belongs to the account: another key of the company, here or on another machine, creates nobody again."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from boundaries import Killed
from rotor import opened
from transports import Between

from rotor_import.ledger import schema
from rotor_import.ledger.store import Ledger
from rotor_import.sandbox import Fault
from rotor_import.sandbox.options import SCOPES

KEYS = ("key-one", "key-two")
ADA = {"key": "1", "first_name": "Ada", "last_name": "Byron"}
LATER = 600
UNKNOWN = {"created": 0, "updated": 0, "failed": 0, "unknown": 1, "pending": 0}
CREATED = UNKNOWN | {"created": 1, "unknown": 0}


class Dying(Between):
    """The program ends when Rotor has carried out a POST, or before Rotor sees it."""

    def __init__(self, transport, after):
        super().__init__(transport)
        self._after = after

    def handle_request(self, request):
        if request.method != "POST":
            return super().handle_request(request)
        if self._after:
            super().handle_request(request)
        raise Killed


@pytest.fixture
def office(location):
    with opened(keys=dict.fromkeys(KEYS, SCOPES)) as one:
        one.settings = replace(one.settings, ledger=location)
        one.write([ADA])
        yield one


def killed(office, *, after, key="key-one"):
    transport = office.rotor.transport
    office.rotor.transport = lambda: Dying(transport(), after)
    with pytest.raises(Killed):
        office.run(key=key, allow_keyless=True)
    office.rotor.transport = transport
    # Nothing of the program ran after the end, neither what settles the attempt nor what marks its change.
    with Ledger(office.settings.ledger) as ledger, ledger.atomic() as tx:
        posts = schema.requests.c.method == "POST"
        tx.execute(sa.update(schema.requests).where(posts).values(finished_at=None, result=""))
        tx.execute(sa.update(schema.outbox).values(state="pending"))


def run(office, key, **more):
    outcome = office.run(key=key, allow_keyless=True, **more).check()
    return outcome.summary["sent"], outcome.posts


@pytest.mark.parametrize("key", KEYS)
def test_killed_with_one_key_it_is_unknown_to_the_other_too_and_then_found(key, office):
    killed(office, after=True)
    assert run(office, key) == (UNKNOWN, 0)
    office.hands.at += LATER
    assert run(office, key) == (CREATED, 0)
    assert len(office.rotor.customers()) == 1


@pytest.mark.parametrize("key", KEYS)
def test_what_certainly_did_not_arrive_is_sent_with_the_other_key(key, office):
    killed(office, after=False)
    office.hands.at += LATER
    assert run(office, key) == (CREATED, 1)
    assert len(office.rotor.customers()) == 1


def test_a_new_file_with_the_other_key_is_in_doubt_too(office):
    killed(office, after=True)
    office.write([ADA | {"company_name": "Engines"}])
    assert run(office, "key-two") == (UNKNOWN, 0)
    office.hands.at += LATER
    assert run(office, "key-two") == (CREATED, 1)
    [one] = office.rotor.customers()
    assert (one["first_name"], one["company_name"]) == ("Ada", "Engines")


def test_a_ledger_that_knows_neither_key_still_knows_whose_the_attempt_was(office, location):
    """As an older program left it: attempts without an account, and keys that the ledger lacks."""
    killed(office, after=True)
    with Ledger(location) as ledger, ledger.atomic() as tx:
        tx.execute(sa.delete(schema.keys))
        tx.execute(sa.update(schema.requests).values(account=None))
    assert run(office, "key-two") == (UNKNOWN, 0)
    with Ledger(location) as ledger, ledger.atomic() as tx:
        open_ = sa.select(sa.func.count()).where(schema.requests.c.finished_at.is_(None))
        assert tx.scalar(open_) == 0


def test_an_attempt_is_the_accounts_as_soon_as_its_key_is_known(office, location):
    run(office, "key-one")
    with Ledger(location) as ledger, ledger.atomic() as tx:
        rows = tx.execute(sa.select(schema.requests.c.path, schema.requests.c.account)).all()
    assert {row.account for row in rows if row.path != "/auth/test"} == {1}


def test_the_quota_stays_counted_by_key(office):
    for key, left in (("key-one", 7), ("key-two", 8)):
        outcome = office.run(key=key, allow_keyless=True, daily_limit=10)
        assert outcome.summary["requests"]["remaining"] == left


def test_a_lost_answer_of_one_key_is_a_lost_answer_to_the_other(office):
    office.rotor.sandbox.suffer(Fault.parse("drop after upsert"))
    assert run(office, "key-one") == (UNKNOWN, 1)
    office.rotor.sandbox.suffer()
    office.hands.at += LATER
    assert run(office, "key-two") == (CREATED, 0)
