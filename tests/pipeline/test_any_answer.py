"""Whatever Rotor answers, a run ends in words, and the next one heals it."""

import json
from uuid import uuid4

import httpx
from firewall import code_of, people
from hypothesis import given, settings
from hypothesis import strategies as st
from rotor import opened
from transports import direct, twisted

from rotor_import.cli import exit_codes
from rotor_import.errors import Defect, RotorImportError
from rotor_import.model.fields import FIELDS

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
    direct(office)
    office.hands.at += 2 * 24 * 60 * 60
    office.run().check()
    emails = sorted(one["email"] for one in office.rotor.customers())
    assert len(emails) == len(set(emails))
    assert office.run().check().posts == 0
