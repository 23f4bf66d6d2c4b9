import pytest

from rotor_import.ledger.pending import PendingChange
from rotor_import.model.key_index import KeyIndex
from rotor_import.upsert.schedule import Blocked, Ready, Schedule

BLANK = {"phone": "", "email": ""}


def change(customer, before=None, after=None, number=1, **more):
    return PendingChange(
        customer=customer,
        feed="nightly",
        run="r",
        number=number,
        kind="create" if customer.startswith("new:") else "update",
        unknown=False,
        fields=(),
        keys=BLANK | (after or {}),
        before_keys=BLANK | (before or {}),
        rows=(),
        **more,
    )


def schedule(*changes, whole_directory=True):
    key_index = KeyIndex()
    for one in changes:
        if not one.customer.startswith("new:"):
            key_index.add(one.customer, **one.before_keys)
    return Schedule(changes, key_index, whole_directory=whole_directory)


GIVER = change("X", {"email": "E1"}, {"email": "E2"}, 2)
TAKER = change("new:1", None, {"email": "E1"}, 1)


def test_who_takes_a_key_waits_for_who_gives_it_up():
    plan = schedule(TAKER, GIVER)
    assert plan.next() == Ready(GIVER)
    assert plan.next() is None
    plan.done(GIVER, "X", GIVER.keys)
    assert plan.next() == Ready(TAKER)


def test_who_waits_is_held_where_the_other_was_refused():
    plan = schedule(TAKER, GIVER)
    plan.next()
    plan.failed(GIVER)
    assert plan.next() == Blocked(TAKER, "X")


def test_who_waits_for_a_passing_failure_waits_for_its_second_chance_too():
    plan = schedule(TAKER, GIVER)
    plan.next()
    plan.again(GIVER)
    assert plan.next() == Ready(GIVER)
    plan.done(GIVER, "X", GIVER.keys)
    assert plan.next() == Ready(TAKER)


def test_who_waits_stays_in_the_outbox_where_the_second_chance_fails():
    plan = schedule(TAKER, GIVER)
    for _ in range(2):
        assert plan.next() == Ready(GIVER)
        plan.again(GIVER)
    assert plan.next() is None
    assert not plan


def test_a_ring_of_swaps_is_broken_anywhere():
    one = change("X", {"phone": "P1"}, {"phone": "P2"})
    other = change("Y", {"phone": "P2"}, {"phone": "P1"}, 2)
    plan = schedule(one, other)
    first = plan.next().change
    assert plan.next() is None
    plan.done(first, first.customer, first.keys)
    second = plan.next().change
    assert {first.customer, second.customer} == {"X", "Y"}


def test_a_new_customer_goes_without_a_key_that_another_keeps():
    keeper = change("X", {"email": "E1"}, {"email": "E1", "phone": "P9"})
    taker = change("new:1", None, {"phone": "P1", "email": "E1"}, 2)
    plan = schedule(keeper, taker)
    assert plan.next() == Ready(keeper)
    plan.done(keeper, "X", keeper.keys)
    assert plan.next() == Ready(taker, frozenset({"email"}))


def test_changes_that_share_a_key_keep_their_order_where_only_rotor_knows_whose_it_is():
    one = change("new:1", None, {"phone": "P1"})
    other = change("new:2", None, {"phone": "P1", "email": "E1"}, 2)
    plan = schedule(one, other, whole_directory=False)
    assert plan.next() == Ready(one)
    assert plan.next() is None
    plan.done(one, "X", one.keys)
    assert plan.next() == Ready(other)


def test_what_follows_goes_by_the_id_of_what_it_follows():
    first = change("new:1", None, {"phone": "P1"})
    second = change("new:2", None, {"phone": "P2"}, 2, succeeds="new:1")
    third = change("new:3", None, {"phone": "P3"}, 3, succeeds="new:2")
    plan = schedule(first, second, third, whole_directory=False)
    assert plan.next() == Ready(first)
    assert plan.next() is None
    out = first
    for _ in range(2):
        plan.done(out, "X", first.keys)
        out = plan.next().change
        assert out.customer == "X"


def test_what_follows_a_change_that_failed_in_an_earlier_run_is_held():
    """A change that came through would have told its successor the customer's id."""
    second = change("new:2", None, {"phone": "P2"}, 2, succeeds="new:1")
    assert schedule(second, whole_directory=False).next() == Blocked(second, "new:1")


def test_what_follows_a_change_that_is_not_sent_because_of_doubt_stays():
    first = change("new:1", None, {"phone": "P1"})
    second = change("new:2", None, {"phone": "P2"}, 2, succeeds="new:1")
    plan = schedule(second, whole_directory=False)
    plan.leave(first)
    assert plan.next() is None
    assert not plan


@pytest.mark.parametrize("whole_directory", [False, True])
def test_what_follows_a_change_that_is_sent_in_two_goes_after_both(whole_directory):
    first = change("new:1", None, {"phone": "P1"})
    second = change("new:2", None, {"phone": "P2"}, 2, succeeds="new:1")
    rest = change("X", {"phone": ""}, {"phone": "P1"})
    plan = schedule(first, second, whole_directory=whole_directory)
    plan.next()
    plan.send_rest(rest)
    plan.done(first, "X", BLANK)
    assert plan.next() == Ready(rest)
    assert plan.next() is None
    plan.done(rest, "X", rest.keys)
    assert plan.next().change.customer == "X"


@pytest.mark.parametrize("started", [False, True])
def test_what_follows_goes_after_another_change_of_the_same_customer(started):
    """Rotor made one customer of two new ones, and each has a further record, of which only one may go at a time."""
    first, other = change("new:1", None, {"phone": "P1"}), change("new:2", None, {"phone": "P1"}, 2)
    after_first = change("new:3", None, {}, 3, succeeds="new:1")
    after_other = change("new:4", None, {"email": "E1"}, 4, succeeds="new:2")
    plan = schedule(first, other, after_first, after_other, whole_directory=False)
    plan.next()
    plan.done(first, "X", first.keys)
    assert plan.next() == Ready(other)
    third = plan.next() if started else None
    plan.done(other, "X", other.keys)
    third = third or plan.next()
    assert (third.change.customer, third.change.keys["email"]) == ("X", "")
    assert plan.next() is None
    plan.done(third.change, "X", first.keys)
    fourth = plan.next()
    assert (fourth.change.customer, fourth.change.keys["email"]) == ("X", "E1")
    plan.done(fourth.change, "X", fourth.change.keys)
    assert not plan


def test_a_thousand_stranded_changes_are_no_depth():
    takers = [change(f"new:{at}", None, {"phone": f"P{at}", "email": "E1"}, at) for at in range(2000)]
    plan = schedule(GIVER, *takers)
    plan.next()
    plan.leave(GIVER)
    assert plan.next() is None
    assert not plan


def test_nobody_waits_for_a_key_that_its_holder_keeps():
    """The holder has a change of its own still to come, about another key."""
    taker = change("new:1", None, {"phone": "P1", "email": "E1"})
    keeper = change("X", {"email": "E1"}, {"email": "E1", "phone": "P9"}, 2)
    plan = schedule(taker, keeper)
    assert plan.next() == Ready(taker, frozenset({"email"}))
    plan.done(taker, "Y", {"phone": "P1", "email": ""})
    assert plan.next() == Ready(keeper)
