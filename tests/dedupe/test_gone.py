"""Customers who are gone from Rotor: their keys stay known, and a person says what becomes of their rows."""

import pytest
from one_by_one import groups, held, known, rotor, row, run

from rotor_import.dedupe import Background
from rotor_import.model.change import LinkUpdate
from rotor_import.model.decision import Decision, Side, question
from rotor_import.model.row_link import RowLink

FEED = "feed"
GONE = [LinkUpdate(RowLink("h:old", 0, "G", "old", "", "P1", "E1", 1))]


def decided(record, word, *sides):
    first, second = (*sides, Side(), Side())[:2]
    return Background(decisions=[Decision(2, question(FEED, record), word, (first, second))], feed=FEED)


def links_of(result, **names):
    """The links that a run left, with the ids that Rotor gave to new customers."""
    every = (update.link for update in result.links)
    return [LinkUpdate(RowLink(**vars(link) | {"customer": names.get(link.customer, link.customer)})) for link in every]


@pytest.mark.parametrize(
    ("record", "name"),
    [(row(2, "P1", "E2"), "phone"), (row(2, "P2", "E1"), "email"), (row(2, "P1", "E2", key="7"), "phone")],
)
def test_a_row_with_a_key_of_a_customer_who_is_gone_is_held(record, name):
    hold = held(run([record], rotor(), links=GONE))[2]
    assert (hold.kind, hold.field, hold.named) == ("gone", name, ())
    assert hold.reason == f"the customer who had this {name} is gone from Rotor"


def test_the_customer_who_has_the_key_now_is_offered():
    hold = held(run([row(2, "P1", "E2")], rotor(known("C", "P1")), links=GONE))[2]
    assert (hold.kind, hold.named) == ("gone", ("C",))
    assert hold.reason.endswith("; another customer has its phone now")


def test_the_customer_who_has_the_other_key_of_the_one_who_is_gone_is_offered():
    hold = held(run([row(2, "P1", "E2")], rotor(known("C", "P5", "E1")), links=GONE))[2]
    assert hold.named == ("C",)
    assert hold.reason.endswith("; another customer has that customer's email now")


def test_a_key_that_several_customers_have_offers_none_of_them():
    record = row(2, "P1", "E1", key="7")
    links = [LinkUpdate(RowLink("k:7", 0, "G", record.digest, "", "P1", "E1", 1))]
    hold = held(run([record], rotor(known("C", "P1"), known("D", "P1")), links=links))[2]
    assert (hold.kind, hold.reason, hold.named) == ("gone", "its customer is gone from Rotor", ())


def test_a_changed_row_whose_customer_is_gone_is_offered_the_holder_of_its_new_phone():
    links = [LinkUpdate(RowLink("k:7", 0, "G", "old", "", "P1", "E1", 1))]
    hold = held(run([row(2, "P2", "E1", key="7")], rotor(known("D", "P2")), links=links))[2]
    assert (hold.kind, hold.named) == ("gone", ("D",))


def test_unchanged_rows_of_another_living_customer_are_not_touched():
    record = row(2, "P1", "E2", key="8")
    links = [*GONE, LinkUpdate(RowLink("k:8", 0, "C", record.digest, "", "P1", "E2", 2))]
    result = run([record], rotor(known("C", "P1", "E2")), links=links)
    assert groups(result) == {"C": [2]}
    assert not result.holds


def test_a_key_that_a_row_of_a_living_customer_has_is_no_gone_customers():
    links = [*GONE, LinkUpdate(RowLink("k:8", 0, "C", "old", "", "P1", "E2", 2))]
    assert groups(run([row(2, "P1", key="9")], rotor(known("C", "P1", "E2")), links=links)) == {"C": [2]}


def test_an_incomplete_directory_says_of_nobody_that_he_is_gone():
    assert not run([row(2, "P1", "E2")], rotor(complete=False), links=GONE).holds


def test_a_gone_customers_key_is_held_when_rotors_rule_is_followed_too():
    assert held(run([row(2, "P1", "E2")], rotor(known("C", "", "E2")), links=GONE, on_conflict="server"))[2].named == (
        "C",
    )


class TestADecision:
    record = row(2, "P1", "E2")

    def test_to_create_makes_a_new_customer_and_is_not_asked_again(self):
        first = run([self.record], rotor(), decided(self.record, "create"), links=GONE)
        assert groups(first) == {"new:1": [2]}
        links = [*GONE, *links_of(first, **{"new:1": "N"})]
        second = run([self.record, row(3, "P1")], rotor(known("N", "P1", "E2")), links=links)
        assert groups(second) == {"N": [2, 3]}

    def test_to_use_the_one_who_is_offered_joins_that_one_and_is_not_asked_again(self):
        directory = rotor(known("C", "P1"))
        first = run([self.record], directory, decided(self.record, "use A", Side("C", "P1")), links=GONE)
        assert groups(first) == {"C": [2]}
        second = run([self.record], rotor(known("C", "P1", "E2")), links=[*GONE, *links_of(first)])
        assert groups(second) == {"C": [2]}

    def test_to_use_somebody_where_nobody_is_offered_is_refused(self):
        result = run([self.record], rotor(), decided(self.record, "use A"), links=GONE)
        assert list(held(result)) == [2]
        assert result.answers[0].why

    def test_to_skip_stands_until_the_row_changes(self):
        first = run([self.record], rotor(), decided(self.record, "skip"), links=GONE)
        links = [*GONE, *links_of(first)]
        assert run([self.record], rotor(), links=links).skipped == ((0, 2),)
        assert list(held(run([row(2, "P1", "E3")], rotor(), links=links))) == [2]

    def test_about_a_later_row_counts_for_the_rows_before_it(self):
        rows = [row(2, "P1", "E5"), row(3, "P1", "E2", last_name="Vance")]
        result = run(rows, rotor(), decided(rows[1], "create"), links=GONE)
        assert groups(result) == {"new:1": [2, 3]}

    def test_to_create_two_rows_of_the_one_who_is_gone_creates_one(self):
        rows = [row(2, "P1", "E1", key="1"), row(3, "P1", "E1", key="2")]
        links = [LinkUpdate(RowLink(f"k:{at}", 0, "G", "old", "", "P1", "E1", at)) for at in (1, 2)]
        both = [*decided(rows[0], "create").decisions, *decided(rows[1], "create").decisions]
        result = run(rows, rotor(), Background(decisions=both, feed=FEED), links=links)
        assert groups(result) == {"new:1": [2, 3]}

    def test_is_asked_anew_where_the_customer_that_it_chose_is_gone_too(self):
        first = run([self.record], rotor(), decided(self.record, "create"), links=GONE)
        result = run([self.record], rotor(), links=[*GONE, *links_of(first, **{"new:1": "N"})])
        assert held(result)[2].reason == "its customer is gone from Rotor"
