"""Answers of other shapes than documented, before and after the write: told in words, never a crash."""

from uuid import uuid4

import httpx
import pytest
from firewall import code_of, people, sent
from rotor import opened
from transports import direct, saying, twisted

from rotor_import.cli import exit_codes
from rotor_import.errors import RotorImportError
from rotor_import.sandbox import Fault

TWICE = str(uuid4())
ODD = {
    "address as text": {"address": "12 Elm St"},
    "address as a list": {"address": ["12 Elm St"]},
    "address as a number": {"address": 12},
    "a part of the address as a number": {"address": {"zip": 55401}},
    "tags as a number": {"tags": 5},
    "tags as text": {"tags": "spring,vip"},
    "tags that are numbers": {"tags": [1, 2]},
    "a name as a list": {"first_name": ["Nora"]},
    "a phone as a number": {"phone": 7635550100},
    "an email as an object": {"email": {"at": "x"}},
    "a flag as text": {"billing_same_as_property": "yes"},
}
each_odd = pytest.mark.parametrize("odd", ODD.values(), ids=ODD)


@each_odd
def test_after_the_write_the_customer_counts_by_its_id_and_the_odd_field_is_told(odd, office):
    office.write([row | {"tags": ["vip"], "first_name": "Nora"} for row in people(8)])
    twisted(office, saying(**odd))
    outcome = office.run().check()
    assert sent(outcome) == {"created": 8}
    assert code_of(outcome) == exit_codes.DONE
    [name] = odd
    told = {(line["field"], line["reason"]) for line in outcome.table("warnings.csv")}
    assert told == {(name, "Rotor's answer has it in an undocumented form, which was ignored")}
    direct(office)
    assert office.run(directory="ledger").check().posts == 0
    assert office.run().check().posts == 0


@each_odd
def test_before_the_write_such_a_list_is_not_believed_and_nothing_is_sent(odd, office):
    office.rotor.seed([{"email": "p1@example.com", "first_name": "Old"}])
    office.write(people(3))
    twisted(office, lambda answer: httpx.Response(200, json=with_items(answer.json(), odd)), method="GET")
    [name] = odd
    with pytest.raises(RotorImportError, match=f"Couldn't read Rotor's answer: a customer's {name} is not"):
        office.run()
    assert office.rotor.posts() == 0


def with_items(body, odd):
    return {**body, "data": [{**item, **odd} for item in body["data"]]}


def test_what_was_known_of_an_odd_field_stays_known(office):
    office.rotor.seed([{"email": "p1@example.com", "first_name": "Old", "tags": ["a"], "property_city": "Minneapolis"}])
    office.write(people(1))
    twisted(office, saying(tags="a", address="Minneapolis", property_city=7))
    assert sent(office.run().check()) == {"updated": 1}
    office.write([{**people(1)[0], "tags": ["a"]}])
    direct(office)
    assert office.run(directory="ledger").check().posts == 0


def test_tags_in_one_text_are_not_letters(office):
    office.write([{**people(1)[0], "tags": ["spring", "vip"]}])
    twisted(office, saying(tags="spring,vip"))
    office.run()
    direct(office)
    office.write([{**people(1)[0], "tags": ["spring"]}])
    assert office.run(directory="ledger").check().posts == 0
    office.write([{**people(1)[0], "tags": ["spring", "s"]}])
    assert office.run(directory="ledger").check().posts == 1


@pytest.mark.parametrize(("status", "first"), [(201, "created"), (200, "updated")])
def test_an_id_that_another_customer_has_is_not_believed(status, first, office):
    office.write(people(12))
    twisted(office, lambda answer: httpx.Response(status, json={**answer.json(), "id": TWICE, "message": ""}))
    outcome = office.run(concurrency=1).check()
    assert outcome.summary["sent"]["unknown"] == 11
    assert outcome.posts == 12
    assert code_of(outcome) == exit_codes.TROUBLED
    assert any("answered 11 changes with another customer's ID" in note for note in outcome.summary["notes"])
    direct(office)
    again = office.run().check()
    assert again.posts == 0
    assert sent(again) == ({"created": 12} if first == "created" else {"created": 11, "updated": 1})


def test_a_new_customer_has_no_id_that_rotors_list_had(office):
    [old] = office.rotor.seed([{"email": "old@example.com", "first_name": "Old"}])
    office.write(people(2))
    twisted(office, saying(id=old))
    assert sent(office.run(concurrency=1)) == {"unknown": 2}
    direct(office)
    assert sent(office.run().check()) == {"created": 2}
    assert len(office.rotor.customers()) == 3


def test_an_id_other_than_the_one_addressed_is_not_believed(office):
    office.rotor.seed([{"email": f"p{at}@example.com", "first_name": "Old"} for at in (1, 2)])
    office.write(people(2))
    twisted(office, saying(id=str(uuid4())))
    outcome = office.run(concurrency=1).check()
    assert sent(outcome) == {"unknown": 2}
    assert code_of(outcome) == exit_codes.TROUBLED
    direct(office)
    again = office.run().check()
    assert (again.posts, sent(again)) == (0, {"updated": 2})


def test_an_id_in_capitals_is_the_same_one(office):
    [id_] = office.rotor.seed([{"email": "p1@example.com", "first_name": "Old"}])
    office.write(people(1))
    twisted(office, saying(id=id_.upper()))
    assert sent(office.run().check()) == {"updated": 1}


@pytest.mark.parametrize("id_", [7, None, "", "new:1", "a b", "x" * 201, ["a"], "a\0b", "\u00e9"])
def test_an_id_that_is_none_leaves_the_customer_unknown_until_it_is_looked_up(id_, office):
    office.write(people(3))
    twisted(office, saying(id=id_))
    outcome = office.run(max_attempts=1).check()
    assert sent(outcome) == {"unknown": 3}
    direct(office)
    again = office.run().check()
    assert (again.posts, sent(again)) == (0, {"created": 3})


def test_two_rows_that_rotor_takes_for_one_customer_may_have_one_id():
    """Without Rotor's list only Rotor knows: the second row has the first one's email."""
    with opened(keyed=True) as office:
        office.write(
            [
                {"key": "1", "phone": "763-555-0100", "email": "p1@example.com"},
                {"key": "2", "phone": "763-555-0101", "email": "p1@example.com"},
            ]
        )
        outcome = office.run(directory="none").check()
        assert outcome.summary["sent"]["unknown"] == 0
        assert len(office.rotor.customers()) == 1


@pytest.mark.parametrize("fault", ["odd:tags=5 upsert", 'odd:address="12Elm" upsert', "odd:zip=x upsert"])
def test_the_local_rotor_can_answer_in_odd_shapes(fault):
    with opened(faults=(Fault.parse(fault),)) as office:
        office.write(people(3))
        assert sent(office.run().check()) == {"created": 3}
