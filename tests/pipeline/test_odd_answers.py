"""Answers of other shapes than documented, before and after the write: told in words, never a crash."""

import json
from uuid import uuid4

import httpx
import pytest
from firewall import code_of, people, sent
from hypothesis import given, settings
from hypothesis import strategies as st
from rotor import opened
from transports import Between

from rotor_import.cli import exit_codes
from rotor_import.errors import Defect, RotorImportError
from rotor_import.model.fields import FIELDS
from rotor_import.sandbox import Fault, serve

TWICE = str(uuid4())
NAMES = st.sampled_from(
    ["id", "data", "pagination", "total", "has_more", "address", "message", "scopes", "company_id", "city", *FIELDS]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["new:1", "", " ", "\0", "\ud800", "x" * 300, TWICE, "p1@example.com", "+17635550100"]),
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=4)
)
BODIES = st.one_of(JSON.map(lambda value: json.dumps(value).encode()), st.binary(max_size=30))
TWISTS = st.dictionaries(NAMES, JSON, max_size=3)
STATUSES = st.sampled_from([200, 200, 200, 201, 204, 301, 400, 403, 404, 406, 418, 422, 429, 451, 500])


class Twisting(Between):
    """Answers one kind of request with something else, after it was carried out; `twist` makes it of the good answer."""

    def __init__(self, transport, twist, path="/customers", method="POST"):
        super().__init__(transport)
        self._twist, self._path, self._method = twist, path, method

    def handle_request(self, request):
        response = super().handle_request(request)
        if request.method != self._method or not request.url.path.endswith(self._path):
            return response
        response.read()
        return self._twist(response)


def twisted(office, twist, path="/customers", method="POST"):
    plain = office.rotor.transport
    office.rotor.transport = lambda: Twisting(plain(), twist, path, method)


def untwisted(office):
    office.rotor.transport = type(office.rotor).transport.__get__(office.rotor)


def saying(**odd):
    return lambda response: httpx.Response(response.status_code, json={**response.json(), **odd})


def in_words(office):
    """A run that ends as runs may: with a report, or with an error that is meant for people."""
    try:
        outcome = office.run(max_attempts=2, concurrency=2).check()
    except Defect:
        raise
    except RotorImportError:
        return
    assert code_of(outcome) != exit_codes.DEFECT


ENDPOINTS = st.sampled_from([("GET", "/auth/test"), ("GET", "/customers"), ("POST", "/customers")])


@settings(settings.get_profile("long"))
@given(endpoint=ENDPOINTS, status=STATUSES, bodies=st.lists(BODIES, min_size=1, max_size=4))
def test_whatever_an_endpoint_answers_the_run_ends_in_words_and_the_next_one_heals_it(endpoint, status, bodies):
    method, path = endpoint
    with opened() as office:
        office.rotor.seed([{"email": "p1@example.com", "first_name": "Old"}])
        office.write(people(4))
        turns = iter(range(10_000))
        twisted(office, lambda _: httpx.Response(status, content=bodies[next(turns) % len(bodies)]), path, method)
        in_words(office)
        heal(office)


@settings(settings.get_profile("long"))
@given(twists=st.lists(TWISTS, min_size=1, max_size=3), page=TWISTS, where=st.sampled_from(["POST", "GET"]))
def test_whatever_a_good_answer_says_besides_nobody_is_lost_or_doubled(twists, page, where):
    with opened() as office:
        office.rotor.seed([{"email": "p1@example.com", "first_name": "Old", "tags": ["a"]}])
        office.write(people(4))
        turns = iter(range(10_000))

        def twist(response):
            body = response.json()
            if where == "POST":
                body.update(twists[next(turns) % len(twists)])
            else:
                body["data"] = [{**item, **twists[0]} for item in body["data"]]
                body["pagination"].update(page)
            return httpx.Response(response.status_code, content=json.dumps(body).encode())

        twisted(office, twist, "/customers", where)
        in_words(office)
        heal(office)


def heal(office):
    """Once Rotor answers as it should, a day later, everybody is there once, and a further run sends nothing."""
    untwisted(office)
    office.hands.at += 2 * 24 * 60 * 60
    office.run().check()
    emails = sorted(one["email"] for one in office.rotor.customers())
    assert len(emails) == len(set(emails))
    assert office.run().check().posts == 0


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
    assert told == {(name, "Rotor's answer shows it in a form that isn't documented; that was left aside")}
    untwisted(office)
    assert office.run(directory="ledger").check().posts == 0
    assert office.run().check().posts == 0


@each_odd
def test_before_the_write_such_a_list_is_not_believed_and_nothing_is_sent(odd, office):
    office.rotor.seed([{"email": "p1@example.com", "first_name": "Old"}])
    office.write(people(3))
    twisted(office, lambda answer: httpx.Response(200, json=with_items(answer.json(), odd)), method="GET")
    [name] = odd
    with pytest.raises(RotorImportError, match=f"could not be read: a customer's {name} is not"):
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
    untwisted(office)
    assert office.run(directory="ledger").check().posts == 0


def test_tags_in_one_text_are_not_letters(office):
    office.write([{**people(1)[0], "tags": ["spring", "vip"]}])
    twisted(office, saying(tags="spring,vip"))
    office.run()
    untwisted(office)
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
    untwisted(office)
    again = office.run().check()
    assert again.posts == 0
    assert sent(again) == ({"created": 12} if first == "created" else {"created": 11, "updated": 1})


def test_a_new_customer_has_no_id_that_rotors_list_had(office):
    [old] = office.rotor.seed([{"email": "old@example.com", "first_name": "Old"}])
    office.write(people(2))
    twisted(office, saying(id=old))
    assert sent(office.run(concurrency=1)) == {"unknown": 2}
    untwisted(office)
    assert sent(office.run().check()) == {"created": 2}
    assert len(office.rotor.customers()) == 3


def test_an_id_other_than_the_one_addressed_is_not_believed(office):
    office.rotor.seed([{"email": f"p{at}@example.com", "first_name": "Old"} for at in (1, 2)])
    office.write(people(2))
    twisted(office, saying(id=str(uuid4())))
    outcome = office.run(concurrency=1).check()
    assert sent(outcome) == {"unknown": 2}
    assert code_of(outcome) == exit_codes.TROUBLED
    untwisted(office)
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
    untwisted(office)
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


def endless(grow=0):
    """A list whose every page says all of it, and that more would come."""
    pages = iter(range(10_000))

    def answer(response):
        body = response.json()
        body["pagination"] |= {"has_more": True, "total": body["pagination"]["total"] + grow * next(pages)}
        return httpx.Response(200, json=body)

    return answer


class Repeating(Between):
    """Answers every page with the first one."""

    def handle_request(self, request):
        if request.method == "GET" and "page" in request.url.params:
            request.url = request.url.copy_set_param("page", "1")
        return super().handle_request(request)


def repeating(office, answer):
    plain = office.rotor.transport
    office.rotor.transport = lambda: Twisting(Repeating(plain()), answer, method="GET")


def test_a_list_without_an_end_is_read_a_page_past_its_total_and_told(office):
    office.rotor.seed(people_in_rotor(8))
    office.write(people(8))
    repeating(office, endless())
    outcome = office.run().check()
    assert outcome.summary["requests"] == outcome.summary["requests"] | {"get": 3, "post": 8}
    assert any("says that more would come" in note for note in outcome.summary["notes"])


@pytest.mark.parametrize(("grow", "gets"), [(0, 1 + 4), (1000, 1 + 4 + 8 + 16)])
def test_a_list_without_an_end_that_lacks_customers_stops_in_words(grow, gets, office):
    office.rotor.seed(people_in_rotor(2500))
    office.write(people(8))
    repeating(office, endless(grow))
    with pytest.raises(RotorImportError, match="does not end" if not grow else "kept changing"):
        office.run()
    assert (len(office.rotor.requests()), office.rotor.posts()) == (gets, 0)


def people_in_rotor(count):
    return [{"email": f"p{at}@example.com", "first_name": "Old"} for at in range(1, count + 1)]


@pytest.mark.parametrize("fault", ["drip upsert #2", "drip:body upsert #2"])
def test_a_drip_on_a_real_socket_is_given_up_and_its_outcome_is_unknown(fault):
    with opened(faults=(Fault.parse(fault),)) as office, serve(office.rotor.sandbox) as url:
        office.write(people(3))
        office.rotor.transport = lambda: None
        outcome = office.run(base_url=url, timeout=0.3, max_attempts=1, concurrency=1).check()
        assert sent(outcome) == {"created": 3}
        assert [request.fault for request in office.rotor.requests() if request.fault] == ["drip"]


@pytest.mark.parametrize("fault", ["odd:tags=5 upsert", 'odd:address="12Elm" upsert', "odd:zip=x upsert"])
def test_the_local_rotor_can_answer_in_odd_shapes(fault):
    with opened(faults=(Fault.parse(fault),)) as office:
        office.write(people(3))
        assert sent(office.run().check()) == {"created": 3}
