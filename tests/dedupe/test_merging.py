"""People whom no key joins become one by a person's word, keep their place, and lose nothing."""

import pytest
from sharing_worlds import Account, fates, person

from rotor_import.dedupe.passes import Passes
from rotor_import.model.decision import Decision, Merge

ONE, OTHER = "+17635550101", "+17635550102"
BOB = person("Bob", "Smith", ONE, notes="gate code 7")
ROBERT = person("Robert", "Smith", OTHER, "robert@example.com")
ROWS = Merge("feed-0", rows=((0, 3),), others=((0, 2),))


def only(account):
    (customer,) = account.customers.values()
    return customer


def again(account, lines):
    """Nothing is sent and nothing asked, neither for the same rows nor for them in another order."""
    for order in (lines, lines[::-1]):
        planned, sent = account.run(order)
        assert (sent, planned.questions, planned.holds, planned.rejects) == (set(), (), (), ())
        assert len(account.customers) == 1


def test_two_new_rows_become_one_customer_with_the_others_phone_in_its_notes():
    account = Account()
    planned, _ = account.run([BOB, ROBERT], merges=[ROWS])
    assert fates(planned) == {2: "new:1", 3: "new:1"}
    assert (only(account).phone, only(account).email) == (ONE, "robert@example.com")
    assert only(account).values["notes"] == "gate code 7\nOther phone: 763-555-0102"
    assert [(notice.row, notice.field, notice.value) for notice in planned.notices] == [(3, "phone", OTHER)]
    again(account, [BOB, ROBERT])


def test_the_decision_that_makes_them_one_costs_no_other_pass(monkeypatch):
    passes, settled = [], Passes.settled
    monkeypatch.setattr(Passes, "settled", lambda self: (passes.append(self), settled(self))[1])
    Account().run([BOB, ROBERT], merges=[ROWS])
    before = len(passes)
    Account().run([BOB, ROBERT], [Decision(2, ROWS.question, "same")], merges=[ROWS])
    assert len(passes) == 2 * before


def test_a_row_joins_the_customer_in_rotor_who_keeps_the_phone():
    account = Account.holding(person("Bob", "Smith", ONE))
    planned, _ = account.run([ROBERT], merges=[Merge("feed-0", rows=((0, 2),), customer="r1")])
    assert fates(planned) == {2: "r1"}
    assert (only(account).phone, only(account).email) == (ONE, "robert@example.com")
    assert only(account).values["notes"] == "Other phone: 763-555-0102"
    again(account, [ROBERT])


def test_all_rows_of_a_person_join_the_others():
    lines = [BOB, ROBERT, ROBERT | {"email": "", "notes": "rear door"}]
    account = Account()
    planned, _ = account.run(lines, merges=[Merge("feed-0", rows=((0, 3), (0, 4)), others=((0, 2),))])
    assert set(fates(planned).values()) == {"new:1"}
    assert only(account).phone == ONE
    assert "763-555-0102" in only(account).values["notes"]
    again(account, lines)


def test_a_chain_of_three_becomes_one():
    lines = [BOB, ROBERT, person("Rob", "Smith", "", "rob@example.com")]
    merges = [ROWS, Merge("feed-1", rows=((0, 4),), others=((0, 3),))]
    account = Account()
    account.run(lines, merges=merges)
    assert only(account).phone == ONE
    again(account, lines)


@pytest.mark.parametrize("other", [((0, 3),), ((0, 2),)], ids=["chain", "fan"])
@pytest.mark.parametrize("blank", [0, 1])
def test_no_phone_is_lost_where_one_of_three_has_none(blank, other):
    lines = [BOB, ROBERT, person("Rob", "Smith", "+17635550103", "rob@example.com")]
    lines[blank] = lines[blank] | {"phone": "", "email": lines[blank]["email"] or "bob@example.com"}
    account = Account()
    account.run(lines, merges=[ROWS, Merge("feed-1", rows=((0, 4),), others=other)])
    assert only(account).phone == lines[1 - blank]["phone"]
    assert "763-555-0103" in only(account).values["notes"]
    again(account, lines)


@pytest.mark.parametrize("key", [{}, {"key": "7"}])
def test_a_merged_row_stays_where_it_is_after_a_change(key):
    account = Account()
    account.run([BOB, ROBERT | key], merges=[ROWS])
    if key:
        planned, sent = account.run([BOB, ROBERT | key | {"company_name": "Smith Roofing"}])
        assert (set(fates(planned).values()), sent) == ({"r1"}, {"r1"})
        assert only(account).phone == ONE
    again(account, [BOB, ROBERT | key | ({"company_name": "Smith Roofing"} if key else {})])


def test_a_row_without_any_other_key_is_not_lost():
    account = Account()
    planned, _ = account.run([BOB, person("Robert", "Smith", OTHER)], merges=[ROWS])
    assert fates(planned) == {2: "new:1", 3: "new:1"}
    assert "763-555-0102" in only(account).values["notes"]
    again(account, [BOB, person("Robert", "Smith", OTHER)])
