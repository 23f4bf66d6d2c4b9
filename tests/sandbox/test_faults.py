"""What the sandbox's faults do to a client, over a real socket."""

import http.client
import json
import socket
from urllib.parse import urlsplit

import pytest

from rotor_import.sandbox import BadFault, BadOptions, Fault, Options, Sandbox, serve

HEADERS = {"x-api-key": "a-key", "rotor-api-version": "1.1.0", "content-type": "application/json"}
MOMENTS = ("before", "after")
STATUSES = ("408", "500", "502", "503", "504")


def ask(url, method, path, body=None, timeout=60):
    """Status, headers and body; raises what the socket raises."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=timeout)
    try:
        connection.request(method, address.path + path, json.dumps(body) if body else None, HEADERS)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def upsert(url, email="ann@example.com", **more):
    return ask(url, "POST", "/customers", {"email": email}, **more)


@pytest.fixture
def rotor():
    with Sandbox() as sandbox, serve(sandbox) as url:
        sandbox.url = url
        yield sandbox


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("status", STATUSES)
def test_an_error_comes_before_or_after_the_write(rotor, status, moment):
    rotor.suffer(Fault.parse(f"{status} {moment} upsert #1"))
    found, _, body = upsert(rotor.url)
    assert (found, json.loads(body)["status"]) == (int(status), "error")
    assert len(rotor.store.all()) == (moment == "after")
    assert upsert(rotor.url)[0] == (200 if moment == "after" else 201)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_dropped_connection_gives_no_answer(rotor, moment):
    rotor.suffer(Fault.parse(f"drop {moment} #1"))
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        upsert(rotor.url)
    assert len(rotor.store.all()) == (moment == "after")
    assert [(request.status, request.fault) for request in rotor.store.requests()] == [(0, "drop")]


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_answer_that_never_comes_lasts_as_long_as_the_client_waits(rotor, moment):
    rotor.suffer(Fault.parse(f"timeout {moment}"))
    with pytest.raises(TimeoutError):
        upsert(rotor.url, timeout=0.2)
    assert len(rotor.store.all()) == (moment == "after")


def test_a_truncated_answer_ends_before_its_end(rotor):
    rotor.suffer(Fault.parse("truncated after"))
    with pytest.raises(http.client.IncompleteRead) as error:
        upsert(rotor.url)
    assert error.value.partial.startswith(b'{"id"')
    assert len(rotor.store.all()) == 1


def test_a_page_can_come_instead_of_json(rotor):
    rotor.suffer(Fault.parse("html list"))
    status, headers, body = ask(rotor.url, "GET", "/customers")
    assert (status, headers["content-type"].split(";")[0], body[:9]) == (200, "text/html", b"<!doctype")


def test_a_429_is_the_days_or_says_when_to_come_again(rotor):
    rotor.suffer(Fault.parse("429 #1"), Fault.parse("429:20 #2"))
    status, headers, body = ask(rotor.url, "GET", "/auth/test")
    assert (status, headers["retry-after"]) == (429, None)
    assert json.loads(body) == {
        "status": "error",
        "message": "Daily API key request limit of 1000 exceeded",
        "error_code": "RATE_LIMIT_EXCEEDED",
    }
    status, headers, _ = ask(rotor.url, "GET", "/auth/test")
    assert (status, headers["retry-after"]) == (429, "20")
    assert ask(rotor.url, "GET", "/auth/test")[0] == 200


def test_a_field_or_a_value_can_be_refused(rotor):
    rotor.suffer(Fault.parse("400:phone"), Fault.parse("400:email=bob@example.com"))
    assert upsert(rotor.url)[0] == 201
    assert json.loads(upsert(rotor.url, "bob@example.com")[2])["errors"][0]["field"] == "email"
    assert ask(rotor.url, "POST", "/customers", {"phone": "763-555-0100"})[0] == 400


@pytest.mark.parametrize(("fault", "code"), [("401", "AUTHENTICATION_REQUIRED"), ("403", "INSUFFICIENT_SCOPE")])
def test_a_key_can_be_withdrawn_meanwhile(rotor, fault, code):
    rotor.suffer(Fault.parse(f"{fault} upsert #2+"))
    assert upsert(rotor.url)[0] == 201
    for _ in range(2):
        status, _, body = upsert(rotor.url)
        assert (status, json.loads(body)["error_code"]) == (int(fault), code)


def test_requests_are_counted_for_each_endpoint_and_in_all(rotor):
    rotor.suffer(Fault.parse("500 upsert #2-3"), Fault.parse("503 #7"))
    statuses = [upsert(rotor.url)[0] for _ in range(3)]
    statuses += [ask(rotor.url, "GET", "/customers")[0] for _ in range(3)]
    statuses.append(ask(rotor.url, "GET", "/auth/test")[0])
    assert statuses == [201, 500, 500, 200, 200, 200, 503]


def test_chance_can_be_repeated():
    runs = []
    for _ in range(2):
        with Sandbox(options=Options(faults=(Fault.parse("500 50%"),), seed=3)) as sandbox, serve(sandbox) as url:
            runs.append([ask(url, "GET", "/auth/test")[0] for _ in range(20)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 500}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is no fault ''"),
        ("600", "There is no fault '600'. .*400"),
        ("500 sometimes", "'sometimes' is not part of a fault. Write it as WHAT"),
        ("500 #0", "'#0' is not part"),
        ("500 #7-3", "'#7-3' is not part"),
        ("400", "Which field?"),
        ("401 after", "A request that was carried out can't be answered with 401"),
        ("500:3", "There is no fault 500:3"),
        ("429:soon", "There is no fault 429:soon"),
        ("400:emial", "There is no field 'emial'"),
        ("400:email list", "Only an upsert"),
        ("403 auth", "The endpoint auth needs no scope"),
        ("500 500%", "A share must be"),
        ("500 upsert upsert", "'upsert' is redundant"),
        ("429:\u0663", "There is no fault 429:\u0663"),
    ],
)
def test_a_fault_that_is_none_is_refused_in_words(text, words):
    with pytest.raises(BadFault, match="^" + words.replace("?", r"\?")):
        Fault.parse(text)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"quota_reset": "Atlantis"}, "'Atlantis' is not a time zone"),
        ({"daily_limit": 0}, "at least 1"),
        ({"region": "XX"}, "There is no region 'XX'"),
        ({"shift_pages": -1}, "at least 0"),
        ({"keys": {"a": frozenset({"customers:delete"})}}, "There is no scope 'customers:delete'"),
    ],
)
def test_an_option_that_is_none_is_refused_in_words(options, words):
    with pytest.raises(BadOptions, match=words):
        Options(**options)


def test_a_client_that_is_slow_to_send_holds_nobody_up(rotor):
    address = urlsplit(rotor.url)
    headers = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    with socket.create_connection((address.hostname, address.port)) as slow:
        slow.sendall(f"POST /open-api/customers HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: 100\r\n\r\n{{".encode())
        assert ask(rotor.url, "GET", "/auth/test")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_its_description_can_only_be_read(rotor, method):
    status, headers, _ = ask(rotor.url, method, "/openapi.json")
    assert (status, headers["allow"]) == (405, "GET")
