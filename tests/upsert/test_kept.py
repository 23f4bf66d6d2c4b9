"""Rotor may keep something else than was sent: that is told once, and is nobody's edit."""

import json

import httpx
import pytest
from rotor import opened
from transports import Between

from rotor_import.model.change import FieldChange
from rotor_import.sandbox import Fault
from rotor_import.upsert.kept import is_cut

LONG = "Prefers mornings and has a dog named Otto"
NORA = {"key": "1", "phone": "763-555-0101", "email": "nora@example.com", "first_name": "Nora", "company_name": LONG}


def rewriting(office, monkeypatch, **stored):
    """From now on Rotor stores, of each of these fields, what the function makes of it."""
    store = office.rotor.sandbox.store
    insert, update = store.insert, store.update

    def spoiled(customer):
        return customer | {name: make(customer[name]) for name, make in stored.items() if customer.get(name)}

    monkeypatch.setattr(store, "insert", lambda customers: insert([spoiled(one) for one in customers]))
    monkeypatch.setattr(store, "update", lambda id_, customer: update(id_, spoiled(customer)))


def cut(text):
    return text[:20]


def told(outcome):
    return [(line["row"], line["field"], line["reason"]) for line in outcome.table("warnings.csv")]


CUT = ("2", "company_name", "Rotor kept only the first 20 characters")


def test_what_rotor_cut_is_told_and_the_next_night_sends_nothing(office, monkeypatch, location):
    rewriting(office, monkeypatch, company_name=cut)
    office.write([NORA])
    outcome = office.run(ledger=location).check()
    assert told(outcome) == [CUT]
    assert (outcome.summary["kept_otherwise"], outcome.summary["warnings"]) == (1, 1)
    assert [line["message"] for line in outcome.table("results.csv")] == [f"{CUT[1]}: {CUT[2]}"]
    again = office.run(ledger=location).check()
    assert (again.posts, again.summary["held_fields"], again.summary["kept_otherwise"]) == (0, 0, 0)
    office.write([NORA | {"company_name": "Short"}])
    last = office.run(ledger=location).check()
    assert (last.posts, last.summary["held_fields"], told(last)) == (1, 0, [])
    assert office.rotor.customers()[0]["company_name"] == "Short"


def test_an_update_that_rotor_cuts_is_told_too(office, monkeypatch):
    office.write([NORA | {"company_name": "Vance"}])
    office.run().check()
    rewriting(office, monkeypatch, company_name=cut)
    office.write([NORA])
    assert told(office.run().check()) == [CUT]
    assert office.run().check().posts == 0


@pytest.mark.parametrize(
    ("field", "make", "words"),
    [
        ("company_name", lambda _: "Vance & Co", "Rotor stored it differently: Vance & Co"),
        ("company_name", str.upper, ""),
        ("company_name", "  {} ".format, ""),
        ("phone", lambda _: "(763) 555-0101", ""),
        ("phone", lambda _: "(763) 555-0199", "Rotor stored it differently: (763) 555-0199"),
        ("email", str.title, ""),
        ("tags", lambda tags: [*tags, "theirs"], ""),
        ("tags", lambda tags: tags[:1], "Rotor didn't keep b"),
    ],
)
def test_only_what_is_another_value_is_told(office, monkeypatch, field, make, words):
    rewriting(office, monkeypatch, **{field: make})
    office.write([NORA | {"tags": ["a", "b"]}])
    outcome = office.run().check()
    assert told(outcome) == ([("2", field, words)] if words else [])
    assert outcome.summary["kept_otherwise"] == bool(words)


class Answering(Between):
    """A Rotor whose answers to a POST are what a function makes of them."""

    def __init__(self, transport, make):
        super().__init__(transport)
        self._make = make

    def handle_request(self, request):
        answer = super().handle_request(request)
        if request.method != "POST":
            return answer
        return httpx.Response(answer.status_code, json=self._make(json.loads(answer.read())))


def answering(office, monkeypatch, make):
    transport = office.rotor.transport
    monkeypatch.setattr(office.rotor, "transport", lambda: Answering(transport(), make))


@pytest.mark.parametrize("blank", ["", None])
def test_a_field_that_the_answer_shows_blank_was_not_kept(office, monkeypatch, blank):
    answering(office, monkeypatch, lambda body: body | {"company_name": blank})
    office.write([NORA])
    assert told(office.run().check()) == [("2", "company_name", "Rotor didn't keep it")]


@pytest.mark.parametrize("directory", ["api", "ledger"])
@pytest.mark.parametrize("said", [{"id", "message"}, {"id", "message", "phone", "first_name"}], ids=["none", "some"])
def test_a_field_that_the_answer_does_not_contain_says_nothing(office, monkeypatch, directory, said):
    answering(office, monkeypatch, lambda body: {name: body[name] for name in said})
    office.write([NORA | {"tags": ["a"]}])
    outcome = office.run(directory=directory).check()
    assert (told(outcome), outcome.summary["kept_otherwise"]) == ([], 0)
    office.write([NORA | {"tags": ["a", "b"], "company_name": "Short", "email": "new@example.com"}])
    after = office.run(directory=directory).check()
    assert (after.posts, after.summary["held_fields"]) == (1, 0)
    [held] = office.rotor.customers()
    assert (held["company_name"], held["email"], held["tags"]) == ("Short", "new@example.com", ["a", "b"])
    assert office.run(directory=directory).check().posts == 0


def test_a_run_that_was_paused_tells_all_of_it_once(office, monkeypatch):
    rewriting(office, monkeypatch, company_name=cut)
    office.write([NORA, {"key": "2", "phone": "763-555-0102", "company_name": LONG}])
    office.run(max_requests=3, concurrency=1)
    outcome = office.run().check()
    assert told(outcome) == [CUT, ("3", *CUT[1:])]
    assert outcome.summary["kept_otherwise"] == 2


def test_what_was_cut_behind_a_lost_answer_is_told_and_held_by_nobody(monkeypatch):
    with opened(faults=(Fault.parse("timeout after upsert"),)) as office:
        rewriting(office, monkeypatch, company_name=cut)
        office.write([NORA])
        lost = office.run(max_attempts=1)
        assert lost.summary["sent"]["unknown"] == 1
        office.rotor.sandbox.suffer()
        outcome = office.run().check()
        assert (told(outcome), outcome.summary["held_fields"]) == ([CUT], 0)
        assert outcome.summary["sent"]["created"] == 1
        assert office.run().check().posts == 0


@pytest.mark.parametrize(
    ("sent", "kept", "was_cut"),
    [
        ("abc def", "abc", True),
        ("abc def", "ABC ", True),
        ("abc", "abc", False),
        ("abc", "ABC", False),
        ("abc", "", False),
        ("abc", "abcd", False),
        (("a", "b"), ("a",), False),
    ],
)
def test_a_text_is_cut_where_only_its_beginning_is_left(sent, kept, was_cut):
    assert is_cut(sent, kept) is was_cut


def test_tags_result_in_those_before_and_those_that_are_new():
    assert FieldChange("tags", ("a", "b"), ("c",), ("a", "c")).result == ("a", "b", "c")
    assert FieldChange("notes", "a", "c", "c").result == "c"
