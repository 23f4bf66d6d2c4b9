"""Lists whose pages never end, and answers that never do."""

import sqlite3
from contextlib import closing

import httpx
import pytest
from firewall import people, sent
from rotor import opened
from transports import Between, Twisting

from rotor_import.api import longest_attempt
from rotor_import.errors import RotorImportError
from rotor_import.sandbox import Fault, serve


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
    assert any("says there are more" in note for note in outcome.summary["notes"])


@pytest.mark.parametrize(("grow", "gets"), [(0, 1 + 4), (1000, 1 + 4 + 8 + 16)])
def test_a_list_without_an_end_that_lacks_customers_stops_in_words(grow, gets, office):
    office.rotor.seed(people_in_rotor(2500))
    office.write(people(8))
    repeating(office, endless(grow))
    with pytest.raises(RotorImportError, match="doesn't end" if not grow else "kept changing"):
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


def test_an_open_request_counts_until_its_attempt_would_have_been_given_up(office):
    office.write(people(1))
    office.run(timeout=7.0)
    with closing(sqlite3.connect(office.settings.ledger)) as ledger:
        [spans] = zip(*ledger.execute("SELECT expires_at - started_at FROM requests"), strict=True)
    assert set(spans) == {longest_attempt(7.0)}
