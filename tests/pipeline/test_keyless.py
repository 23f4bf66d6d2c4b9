"""A record without phone, email and id whose answer was lost: looked for, and never created twice."""

import pytest
from rotor import opened

from rotor_import.sandbox import Fault

LATER = 600
"""Seconds after which no answer can come any more."""
ADA = {"key": "1", "first_name": "Ada", "last_name": "Byron"}


def lose(office, moment, rows=(ADA,), **more):
    office.write(rows)
    office.rotor.sandbox.suffer(Fault.parse(f"drop {moment} upsert"))
    outcome = office.run(allow_keyless=True, **more).check()
    assert outcome.summary["sent"]["unknown"] == len(rows)
    office.rotor.sandbox.suffer()


def later(office, **more):
    office.hands.at += LATER
    outcome = office.run(allow_keyless=True, **more).check()
    return outcome.summary["sent"], outcome.posts


def unknown(count):
    return {"created": 0, "updated": 0, "failed": 0, "unknown": count, "pending": 0}


def created(count):
    return {"created": count, "updated": 0, "failed": 0, "unknown": 0, "pending": 0}


@pytest.mark.parametrize(("moment", "posts"), [("after", 0), ("before", 1)])
def test_one_that_was_carried_out_is_found_and_one_that_was_not_is_sent_again(moment, posts, office):
    lose(office, moment)
    assert office.run(allow_keyless=True).check().summary["sent"] == unknown(1)
    assert later(office) == (created(1), posts)
    assert len(office.rotor.customers()) == 1
    assert later(office)[1] == 0


@pytest.mark.parametrize(("moment", "posts"), [("after", 0), ("before", 1)])
def test_somebody_who_was_there_before_is_not_taken_for_it(moment, posts, office):
    office.rotor.seed([{"first_name": "Ada", "last_name": "Byron"}])
    lose(office, moment)
    assert later(office) == (created(1), posts)
    assert len(office.rotor.customers()) == 2


@pytest.mark.parametrize("moment", ["after", "before"])
def test_twins_are_told_apart_by_their_number(moment, office):
    lose(office, moment, [ADA, ADA | {"key": "2"}])
    sent, posts = later(office)
    assert (sent, posts) == (created(2), 0 if moment == "after" else 2)
    assert len(office.rotor.customers()) == 2


def test_somebody_else_who_made_the_same_leaves_it_unknown_and_unsent(office):
    lose(office, "after")
    office.rotor.seed([{"first_name": "Ada", "last_name": "Byron"}])
    for _ in range(2):
        assert later(office) == (unknown(1), 0)


def test_another_spelling_leaves_it_unknown_and_unsent(office):
    lose(office, "after")
    [one] = office.rotor.customers()
    office.rotor.sandbox.edit(one["id"], first_name="ADA")
    assert later(office) == (unknown(1), 0)


@pytest.mark.parametrize("directory", ["ledger", "none"])
@pytest.mark.parametrize("moment", ["after", "before"])
def test_without_the_whole_directory_it_is_searched_for(directory, moment, office):
    lose(office, moment, directory=directory)
    found = moment == "after"
    assert later(office, directory=directory) == ((unknown(1), 0) if found else (created(1), 1))
    searches = [request for request in office.rotor.requests() if request.path == "/open-api/customers"]
    assert sum(request.method == "GET" for request in searches) == 1
    assert len(office.rotor.customers()) == 1


def test_where_nobody_may_look_it_stays_unknown():
    with opened(keys={"a-key": frozenset({"customers:write"})}) as office:
        lose(office, "before")
        assert later(office) == (unknown(1), 0)


def test_the_customer_of_another_row_is_not_taken_for_it(office):
    """Twins: the first one's request is lost on its way, the second one is created. Neither was there before."""
    office.write([ADA, ADA | {"key": "2"}])
    office.rotor.sandbox.suffer(Fault.parse("drop before upsert #1"))
    outcome = office.run(allow_keyless=True, concurrency=1).check()
    assert outcome.summary["sent"] == created(1) | {"unknown": 1}
    assert later(office) == (created(2), 1)
    assert len(office.rotor.customers()) == 2
    assert later(office)[1] == 0


@pytest.mark.parametrize(
    "more",
    [{}, {"last_name": "Lovelace"}, {"company_name": "Engines"}, {"tags": ["vip"]}, {"email": "ada@example.com"}],
)
@pytest.mark.parametrize("moment", ["after", "before"])
@pytest.mark.parametrize("early", [True, False])
def test_a_new_file_does_not_create_again_whom_a_lost_answer_may_have_created(early, moment, more, office):
    """Whatever the new file says of the row: what was sent is looked for, and what is new is an update of it."""
    lose(office, moment)
    office.write([ADA | more, {"key": "2", "email": "b@example.com"}])
    if early:
        assert office.run(allow_keyless=True).check().summary["sent"] == created(1) | {"unknown": 1}
    sent, posts = later(office)
    assert sent == created(2)
    assert posts == (not early) + (moment == "before" or bool(more))
    one, other = sorted(office.rotor.customers(), key=lambda one: one["email"] == "b@example.com")
    assert {name: one[name] for name in more} == more
    assert other["email"] == "b@example.com"
    assert later(office)[1] == 0


def test_twins_of_whom_only_one_was_carried_out_are_told_apart_by_what_they_say(office):
    """Their names are alike, not the rest: each customer in Rotor is the one that was sent so."""
    rows = [ADA | {"tags": ["engines"]}, ADA | {"key": "2", "tags": ["poems"]}]
    office.write(rows)
    office.rotor.sandbox.suffer(Fault.parse("drop before upsert #1"), Fault.parse("drop after upsert #2"))
    assert office.run(allow_keyless=True, concurrency=1).check().summary["sent"] == unknown(2)
    office.rotor.sandbox.suffer()
    assert later(office) == (created(2), 1)
    assert sorted(one["tags"] for one in office.rotor.customers()) == [["engines"], ["poems"]]
    assert later(office)[1] == 0
