"""Single rules of matching, merging and ordering, each in the smallest file that tells it from a plausible mistake."""

import pytest
from rotor import opened

from rotor_import.sandbox import Fault

A, B, C = "(763) 555-0100", "(763) 555-0101", "(763) 555-0102"
NORMAL = {A: "+17635550100", B: "+17635550101"}
NOTHING_SENT = 2
"""Requests of a run that may send nothing: one finds out whose the key is, one reads the list."""


def held_in_rotor(office, *names):
    """What each customer holds of these fields, blank as '', in Rotor's order."""
    return [tuple(one[name] or "" for name in names) for one in office.rotor.customers()]


class TestAnAddressIsNeverMadeOfTwoRows:
    """Each row fills parts of the address that the other leaves blank."""

    rows = (
        {"key": "1", "phone": A, "first_name": "1 Elm St", "company_name": "Fargo"},
        {"key": "1", "phone": A, "first_name": "2 Oak Ave", "last_name": "Unit 3"},
    )
    rules = pytest.mark.parametrize(
        ("rule", "whole"),
        [("first", ("1 Elm St", "", "Fargo")), ("last", ("2 Oak Ave", "Unit 3", ""))],
        ids=["first", "last"],
    )

    def address(self, rule, rows):
        parts = {"first_name": "property_street1", "last_name": "property_street2", "company_name": "property_city"}
        with opened(more=f"survivor: {{property_address: {rule}}}") as office:
            text = office.mapping.read_text()
            for column, part in parts.items():
                text = text.replace(f"{column}: {column}", f"{part}: {column}")
            office.mapping.write_text(text)
            office.write(rows)
            outcome = office.run().check()
            assert (outcome.fates(), outcome.posts) == ({2: "create", 3: "merged"}, 1)
            [address] = held_in_rotor(office, *parts.values())
            return address

    @rules
    def test_where_the_rows_share_every_key(self, rule, whole):
        """Such rows are folded as columns."""
        assert self.address(rule, self.rows) == whole

    @rules
    def test_where_the_rows_have_different_phones(self, rule, whole):
        """Such rows are folded one by one."""
        one, other = self.rows
        assert self.address(rule, (one, other | {"phone": B})) == whole


def test_rows_that_share_no_key_are_one_customer_where_rotor_holds_both_keys(office):
    office.rotor.seed([{"phone": A, "email": "ann@example.com", "first_name": "Ann"}])
    office.write([{"key": "1", "phone": A}, {"key": "2", "email": "ann@example.com"}])
    outcome = office.run().check()
    assert (outcome.fates(), outcome.posts) == ({2: "unchanged", 3: "merged"}, 0)


def test_the_case_of_a_last_name_makes_nobody_a_stranger(office):
    office.rotor.seed([{"phone": A, "last_name": "ray"}])
    office.write(
        [
            {"key": "1", "phone": A, "email": "ann@example.com", "last_name": "Ray"},
            {"key": "2", "phone": A, "email": "home@example.com", "last_name": "RAY"},
            {"key": "3", "phone": A, "email": "roe@example.com", "last_name": "Roe"},
        ]
    )
    outcome = office.run(hold_suspicious=True).check()
    assert outcome.fates() == {2: "update", 3: "merged", 4: "held"}
    assert held_in_rotor(office, "email", "last_name") == [("home@example.com", "RAY")]


def test_a_refused_change_of_which_one_row_was_mended_is_sent_again_as_a_whole():
    bad = {"key": "1", "phone": A, "last_name": "Bad"}
    other = {"key": "1", "phone": A, "first_name": "Ann"}
    with opened(faults=(Fault("400", "last_name=Bad"),)) as office:
        office.write([bad, other])
        assert office.run().fates() == {2: "rejected", 3: "rejected"}
        again = office.run().check()
        assert (again.fates(), again.posts) == ({2: "rejected", 3: "rejected"}, 0)
        office.write([bad | {"last_name": "Good"}, other])
        mended = office.run().check()
        assert (mended.fates(), mended.posts) == ({2: "create", 3: "merged"}, 1)
        assert held_in_rotor(office, "first_name", "last_name") == [("Ann", "Good")]


def test_a_planned_customer_whose_only_row_moved_to_somebody_else_holds_up_nobody(office):
    """The row that would have made Ann is Bo's by its new phone, and no conflict with an Ann who will never be."""
    [bo] = office.rotor.seed([{"phone": B}])
    office.write([{"key": "1", "phone": A, "first_name": "Ann"}])
    assert office.run(max_requests=NOTHING_SENT).summary["sent"]["pending"] == 1
    office.write([{"key": "1", "phone": B, "first_name": "Ann"}])
    outcome = office.run().check()
    assert (outcome.fates(), outcome.posts) == ({2: "update"}, 1)
    assert held_in_rotor(office, "id", "phone", "first_name") == [(bo, B, "Ann")]


def test_a_customer_who_keeps_an_email_after_all_is_given_none_that_another_row_took_meanwhile(office):
    """Rotor corrected Ann's email, so her old spelling is no change and would leave her the corrected one.

    By the time that it comes, her first row has given that one up, and Bo's has taken it.
    """
    insert = office.rotor.sandbox.store.insert

    def corrected(customers):
        return insert([one | {"email": (one.get("email") or "").replace("gmial", "gmail")} for one in customers])

    office.rotor.sandbox.store.insert = corrected
    office.write([{"key": "1", "phone": A, "email": "ann@gmial.com"}])
    office.run()
    office.write(
        [
            {"key": "1", "phone": A, "email": "ann@example.com"},
            {"key": "2", "phone": B, "email": "ann@gmail.com"},
            {"key": "1", "email": "ann@gmial.com", "first_name": "Ann"},
        ]
    )
    outcome = office.run().check()
    assert outcome.fates() == {2: "update", 3: "create", 4: "held"}
    assert held_in_rotor(office, "phone", "email") == [(NORMAL[A], "ann@example.com"), (NORMAL[B], "ann@gmail.com")]


def test_a_key_that_rotor_holds_already_is_remembered_so_that_a_later_edit_of_it_is_not_overwritten(office):
    """Nothing is sent at first, and still it is known what the file and Rotor agreed on."""
    [ann] = office.rotor.seed([{"phone": A, "email": "ann@example.com"}])
    rows = [{"key": "1", "phone": A}, {"key": "2", "email": "ann@example.com"}]
    office.write(rows)
    assert office.run().check().fates() == {2: "unchanged", 3: "merged"}
    office.rotor.sandbox.edit(ann, email="edited@example.com")
    office.write([rows[0], rows[1] | {"email": "new@example.com"}])
    outcome = office.run().check()
    assert (outcome.fates(), outcome.posts) == ({2: "unchanged", 3: "merged"}, 0)
    [held] = outcome.table("review.csv")
    assert (held["field"], held["file_value"], held["rotor_value"]) == (
        "email",
        "new@example.com",
        "edited@example.com",
    )
    assert held_in_rotor(office, "email") == [("edited@example.com",)]


def test_who_is_worth_most_takes_along_who_has_to_give_up_a_key_first():
    """Ann, worth little, holds the email of the best customer: with two requests left both go, and Cy waits."""
    with opened(more="order: [-company_name]") as office:
        office.rotor.seed([{"phone": A, "email": "office@example.com"}])
        office.write(
            [
                {"key": "1", "phone": A, "email": "ann@example.com", "company_name": "1"},
                {"key": "2", "phone": B, "email": "office@example.com", "company_name": "9"},
                {"key": "3", "phone": C, "company_name": "5"},
            ]
        )
        outcome = office.run(max_requests=NOTHING_SENT + 2, concurrency=1)
        assert outcome.summary["sent"] == {"created": 1, "updated": 1, "failed": 0, "unknown": 0, "pending": 1}
        assert held_in_rotor(office, "phone", "email") == [(A, "ann@example.com"), (NORMAL[B], "office@example.com")]


@pytest.mark.parametrize("turned", [False, True], ids=["held first", "held last"])
def test_an_email_that_a_held_row_only_would_have_given_up_is_still_its_customers(office, turned):
    """Xen's move to another email was never sent, and her row is held now: so her old email is hers, not free."""
    office.rotor.seed([{"phone": C, "first_name": "Zed"}])
    xen = {"key": "1", "phone": A, "email": "old@example.com", "first_name": "Xen"}
    office.write([xen])
    office.run()
    office.write([xen | {"email": "new@example.com"}])
    assert office.run(max_requests=1).summary["sent"]["pending"] == 1
    rows = [
        xen | {"phone": C, "email": "new@example.com"},
        {"key": "2", "phone": B, "email": "old@example.com", "first_name": "Nan"},
    ]
    office.write(rows[::-1] if turned else rows)
    held, other = (3, 2) if turned else (2, 3)
    planned = office.plan().fates()
    done = office.run().check()
    assert planned == done.fates() == {held: "held", other: "update"}
    assert done.posts == 1
    assert office.run().posts == 0
