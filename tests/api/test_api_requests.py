"""What is sent, and what a good answer becomes."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType

import pytest
from scripted_rotor import KEY, Says

from rotor_import.api import Identity, Page, Upserted
from rotor_import.errors import Defect, FatalApiError, KeyRefused

PAYLOAD = {"phone": "+17635550100", "tags": ("a", "b"), "billing_same_as_property": True}
ADA = {"id": "c1", "first_name": "Ada"}


def page_of(*items, total=None, has_more=False):
    pagination = {
        "has_more": has_more,
        "limit": 1000,
        "page": 1,
        "total": len(items) if total is None else total,
    }
    return {"data": list(items), "pagination": pagination, "status": "success"}


def test_every_request_carries_key_version_type_and_name(rotor, client):
    rotor.script(Says(200, page_of()), Says(201, ADA))
    client.customers_page(1)
    client.upsert(PAYLOAD, change="ch1")
    for request in rotor.requests:
        assert request.headers["x-api-key"] == KEY
        assert request.headers["rotor-api-version"] == "1.1.0"
        assert request.headers["content-type"] == "application/json"
        assert request.headers["user-agent"].startswith("rotor-import/")


def test_the_directory_is_read_with_archived_customers(rotor, client):
    rotor.script(Says(200, page_of(ADA, total=1001, has_more=True)))
    assert client.customers_page(2, limit=500) == Page((ADA,), 1001, has_more=True)
    request = rotor.requests[0]
    assert (request.method, request.path) == ("GET", "/open-api/customers")
    assert request.query == {"limit": ["500"], "page": ["2"], "archived": ["true"]}


def test_the_meter_sees_the_path_without_its_query(rotor, client, meter):
    rotor.script(Says(200, page_of()))
    client.customers_page(1)
    assert meter.admitted == [("GET", "/customers", None)]


def test_a_customer_comes_unwrapped(rotor, client):
    rotor.script(Says(200, {"data": ADA, "status": "success"}))
    assert client.customer("c1") == ADA
    assert rotor.requests[0].path == "/open-api/customers/c1"


def test_a_customer_that_is_gone_is_none(rotor, client, meter):
    rotor.script(Says(404, {"status": "error", "message": "Not found"}))
    assert client.customer("c1") is None
    assert meter.results == ["404"]


def test_an_id_cannot_reach_another_endpoint(rotor, client):
    rotor.script(Says(404))
    assert client.customer("../auth/test?x=1#y") is None
    assert rotor.requests[0].path == "/open-api/customers/..%2Fauth%2Ftest%3Fx%3D1%23y"


@pytest.mark.parametrize("customer_id", ["", ".", "..", "x" * 70_000])
def test_what_can_be_no_id_costs_no_request(customer_id, client, meter):
    assert client.customer(customer_id) is None
    assert meter.admitted == []


def test_an_id_with_half_a_character_is_just_unknown(rotor, client):
    rotor.script(Says(404))
    assert client.customer("\ud800") is None


def test_an_upsert_sends_the_payload_as_it_is(rotor, client, meter):
    rotor.script(Says(201, ADA | {"message": "Customer created successfully"}))
    assert client.upsert(MappingProxyType(PAYLOAD), change="ch1").customer["id"] == "c1"
    assert (rotor.requests[0].method, rotor.requests[0].path) == ("POST", "/open-api/customers")
    assert json.loads(rotor.requests[0].body) == PAYLOAD | {"tags": ["a", "b"]}
    assert meter.admitted == [("POST", "/customers", "ch1")]
    assert meter.results == ["201"]


def test_text_that_is_half_a_character_can_be_sent(rotor, client):
    rotor.script(Says(201, ADA))
    client.upsert({"phone": "1", "notes": "a\ud83d"}, change="ch1")
    assert json.loads(rotor.requests[0].body)["notes"] == "a\ud83d"


@pytest.mark.parametrize("cut", [b"Caf\\ud83d", b"Caf\xed\xa0\xbd"])
def test_text_that_was_cut_within_a_character_is_text(cut, rotor, client):
    """A server that counts in halves of characters cuts so; no frame and no ledger holds half of one."""
    whole = json.dumps(page_of({"id": "c1", "notes": "CUT", "tags": ["CUT", "\U0001f600"]})).encode()
    rotor.script(Says(200, whole.replace(b"CUT", cut)))
    assert client.customers_page(1).items == ({"id": "c1", "notes": "Caf\ufffd", "tags": ["Caf\ufffd", "\U0001f600"]},)


@pytest.mark.parametrize(
    ("status", "message", "created"),
    [
        (201, None, True),
        (201, "Customer updated successfully", True),
        (200, "Customer created successfully", True),
        (200, "CREATED", True),
        (200, "Customer updated successfully", False),
        (200, None, False),
        (200, 7, False),
        (202, "created", True),
    ],
)
def test_created_goes_by_201_else_by_the_message(status, message, created, rotor, client):
    rotor.script(Says(status, ADA | {"message": message}))
    found = client.upsert(PAYLOAD, change="ch1")
    assert found == Upserted(ADA | {"message": message}, created, attempts=1, lost_reply=False)


def test_auth_test_names_company_and_scopes(rotor, client):
    rotor.script(
        Says(200, {"authenticated": True, "company_id": "co", "scopes": ["customers:read", "customers:write"]})
    )
    assert client.auth_test() == Identity("co", frozenset({"customers:read", "customers:write"}))
    assert rotor.requests[0].path == "/open-api/auth/test"


@pytest.mark.parametrize("scopes", [None, [], "customers:read", {}, [1, None]])
def test_scopes_that_are_no_list_of_names_are_none(scopes, rotor, client):
    rotor.script(Says(200, {"company_id": "co", "scopes": scopes}))
    assert client.auth_test().scopes == frozenset()


@pytest.mark.parametrize("body", [{}, {"company_id": ""}, {"company_id": 7}])
def test_a_key_of_no_company_stops(body, rotor, client, meter):
    rotor.script(Says(200, body))
    with pytest.raises(FatalApiError, match="company"):
        client.auth_test()
    assert meter.results == ["200"]


def test_a_key_that_is_not_authenticated_is_refused(rotor, client):
    rotor.script(Says(200, {"authenticated": False, "company_id": "co"}))
    with pytest.raises(KeyRefused):
        client.auth_test()


def test_a_cookie_is_sent_back_by_every_way_as_a_load_balancer_expects(rotor, client):
    rotor.script(Says(201, ADA, (("set-cookie", "node=7; Path=/"), ("Set-Cookie", "lane=b"))), Says(201, ADA))
    client.upsert(PAYLOAD, change="ch1")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: client.upsert(PAYLOAD, change=f"ch{n}"), range(8)))
    first, *others = (request.headers.get("cookie") for request in rotor.requests)
    assert first is None
    assert {tuple(sorted(cookie.split("; "))) for cookie in others} == {("lane=b", "node=7")}


def test_a_connection_serves_one_request_after_another_and_each_at_the_same_time_has_its_own(rotor, client):
    rotor.script(Says(201, ADA))
    for number in range(5):
        client.upsert(PAYLOAD, change=f"ch{number}")
    assert len(rotor.peers) == 1
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: client.upsert(PAYLOAD, change=f"ch{n}"), range(40)))
    assert len(rotor.peers) <= 4


def test_threads_share_a_client(rotor, client, meter):
    rotor.script(Says(201, ADA))
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda n: client.upsert(PAYLOAD, change=f"ch{n}"), range(40)))
    assert {upserted.attempts for upserted in done} == {1}
    assert {change for _, _, change in meter.admitted} == {f"ch{n}" for n in range(40)}
    assert meter.results == ["201"] * 40


def test_retries_of_threads_do_not_mix(rotor, connect, meter):
    rotor.script(Says(503))
    client = connect()

    def text(n):
        with pytest.raises(Exception, match="3 attempts") as caught:
            client.upsert(PAYLOAD, change=f"ch{n}")
        return str(caught.value)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(text, range(16)))
    assert len(meter.results) == 16 * 3


def test_a_closed_client_charges_nothing(connect, meter):
    with connect() as client:
        pass
    client.close()
    with pytest.raises(Defect):
        client.auth_test()
    assert meter.admitted == []


def test_a_payload_that_is_no_json_charges_nothing(client, meter):
    with pytest.raises(ValueError, match="JSON"):
        client.upsert({"phone": float("nan")}, change="ch1")
    assert meter.admitted == []
