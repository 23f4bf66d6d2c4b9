"""What is tried again, and what never."""

from __future__ import annotations

import socket

import httpx
import pytest
from scripted_rotor import Drops, Says, SaysNothing, timeout_for

from rotor_import.errors import QuotaExhausted, RecordRefused, RetriableApiError

KEYED = {"phone": "+17635550100"}
KEYLESS = {"first_name": "Ada", "phone": " ", "email": "", "id": None}
CREATED = Says(201, {"id": "c1"})
UPDATED = Says(200, {"id": "c1", "message": "Customer updated successfully"})
TRANSIENT = {
    "408": (Says(408), "408"),
    "500": (Says(500, {"message": "Internal server error"}), "500"),
    "502": (Says(502, b"<html>"), "502"),
    "503": (Says(503), "503"),
    "504": (Says(504), "504"),
    "520": (Says(520), "520"),
    "500 broken off": (Says(500, b"x" * 50, missing=10), "500"),
    "reset": (Drops(before_reading=True), "dropped"),
    "hung up": (Drops(), "dropped"),
    "silence": (SaysNothing(), "timeout"),
    "broken off": (Says(201, {"id": "c1"}, missing=5), "unreadable"),
    "no json": (Says(200, b"<html>"), "unreadable"),
    "no text": (Says(200, b"\xff\xfe\x00"), "unreadable"),
    "no body": (Says(204, b""), "unreadable"),
    "no object": (Says(200, [1]), "unreadable"),
    "too deep": (Says(200, b"[" * 100_000), "unreadable"),
    "no gzip": (Says(200, b"plain", headers=(("content-encoding", "gzip"),)), "unreadable"),
}
each_transient = pytest.mark.parametrize("failing", TRANSIENT.values(), ids=TRANSIENT)


def refused_address():
    """Return a base URL at which nobody listens (port 1 is reserved)."""
    return "http://127.0.0.1:1"


@each_transient
def test_a_passing_failure_is_tried_again(failing, rotor, connect, meter, clock):
    step, result = failing
    rotor.script(step, UPDATED)
    done = connect(timeout=timeout_for(step)).upsert(KEYED, change="ch1")
    assert (done.created, done.attempts, done.lost_reply) == (False, 2, True)
    assert meter.results == [result, "200"]
    assert meter.events == ["admit", "settle"] * 2
    assert clock.slept == [1.0]


@each_transient
def test_a_failure_that_stays_ends_in_words(failing, rotor, connect, meter, clock):
    step, result = failing
    rotor.script(step)
    with pytest.raises(RetriableApiError, match=r"\(POST /customers, 3 attempts\)") as caught:
        connect(timeout=timeout_for(step)).upsert(KEYED, change="ch1")
    assert caught.value.maybe_written
    assert meter.results == [result] * 3
    assert clock.slept == [1.0, 2.0]


@each_transient
def test_a_keyless_record_is_never_sent_twice(failing, rotor, connect, meter, clock):
    step, result = failing
    rotor.script(step, CREATED)
    with pytest.raises(RetriableApiError, match="1 attempt") as caught:
        connect(timeout=timeout_for(step)).upsert(KEYLESS, change="ch1")
    assert caught.value.maybe_written
    assert meter.results == [result]
    assert clock.slept == []


@pytest.mark.parametrize("field", ["id", "phone", "email"])
def test_any_key_makes_a_record_repeatable(field, rotor, client):
    rotor.script(Says(500), UPDATED)
    assert client.upsert(KEYLESS | {field: "x"}, change="ch1").attempts == 2


@pytest.mark.parametrize("payload", [KEYED, KEYLESS])
def test_without_a_connection_nothing_was_written(payload, connect, meter):
    client = connect(base_url=refused_address())
    with pytest.raises(RetriableApiError, match="refused") as caught:
        client.upsert(payload, change="ch1")
    assert not caught.value.maybe_written
    assert meter.results == ["not sent"] * 3


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (socket.gaierror("x"), "host name was"),
        (ConnectionRefusedError("x"), "refused"),
        (OSError("x"), "no connection"),
        (None, "no connection"),
    ],
)
def test_why_there_is_no_connection_is_said(cause, words, connect):
    def handle(request):
        raise httpx.ConnectError("https://rotor.example/?secret") from cause

    with pytest.raises(RetriableApiError, match=words) as caught:
        connect(transport=httpx.MockTransport(handle)).auth_test()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectTimeout("x"),
        httpx.ConnectError("x"),
        httpx.PoolTimeout("x"),
        httpx.ProxyError("x"),
        httpx.UnsupportedProtocol("x"),
    ],
)
def test_a_keyless_record_is_sent_once_a_connection_comes_about(error, connect, meter):
    answers = iter([error, httpx.Response(201, json={"id": "c1"})])

    def handle(request):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    done = connect(transport=httpx.MockTransport(handle)).upsert(KEYLESS, change="ch1")
    assert (done.created, done.attempts, done.lost_reply) == (True, 2, False)
    assert meter.results == ["not sent", "201"]


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (httpx.WriteTimeout("x"), "timeout"),
        (httpx.WriteError("x"), "dropped"),
        (httpx.CloseError("x"), "dropped"),
        (httpx.LocalProtocolError("x"), "dropped"),
        (httpx.TooManyRedirects("x"), "dropped"),
    ],
)
def test_a_request_half_sent_may_have_been_carried_out(error, result, connect, meter):
    def handle(request):
        raise error

    with pytest.raises(RetriableApiError) as caught:
        connect(transport=httpx.MockTransport(handle)).upsert(KEYLESS, change="ch1")
    assert caught.value.maybe_written
    assert meter.results == [result]


def test_a_lost_reply_is_told_whatever_came_later(connect):
    errors = iter([httpx.ReadTimeout("x"), httpx.ConnectError("x"), httpx.ConnectError("x")])

    def handle(request):
        raise next(errors)

    with pytest.raises(RetriableApiError, match="reach Rotor") as caught:
        connect(transport=httpx.MockTransport(handle)).upsert(KEYED, change="ch1")
    assert caught.value.maybe_written


@pytest.mark.parametrize("payload", [{}, {"id": 7}, {"id": ""}, {"id": None}, {"data": {"id": "c1"}}])
def test_an_upsert_without_an_id_is_unreadable(payload, rotor, client, meter):
    rotor.script(Says(200, payload), UPDATED)
    assert client.upsert(KEYED, change="ch1").lost_reply
    assert meter.results == ["unreadable", "200"]


GOOD_PAGE = {"data": [{"id": "c1"}], "pagination": {"total": 1, "has_more": False}}


@pytest.mark.parametrize(
    "change",
    [
        {"data": None},
        {"data": {"id": "c1"}},
        {"data": ["c1"]},
        {"data": [{"id": 7}]},
        {"data": [{"id": "c1"}, {}]},
        {"pagination": None},
        {"pagination": {"has_more": False}},
        {"pagination": {"total": "1", "has_more": False}},
        {"pagination": {"total": True, "has_more": False}},
        {"pagination": {"total": -1, "has_more": False}},
        {"pagination": {"total": 1}},
        {"pagination": {"total": 1, "has_more": "no"}},
    ],
)
def test_a_page_of_another_shape_is_unreadable(change, rotor, client, meter):
    rotor.script(Says(200, GOOD_PAGE | change), Says(200, GOOD_PAGE))
    assert client.customers_page(1).total == 1
    assert meter.results == ["unreadable", "200"]


def test_a_customer_of_another_shape_is_unreadable(rotor, client, meter):
    rotor.script(Says(200, {"id": "c1"}), Says(200, {"data": {"id": "c1"}}))
    assert client.customer("c1") == {"id": "c1"}
    assert meter.results == ["unreadable", "200"]


def test_a_get_writes_nothing(rotor, client):
    rotor.script(Says(500))
    with pytest.raises(RetriableApiError, match=r"GET /customers/\{id\}") as caught:
        client.customer("c1")
    assert not caught.value.maybe_written


def test_a_keyless_record_waits_for_no_429(rotor, connect, clock):
    rotor.script(Says(429, headers=(("Retry-After", "1"),)), CREATED)
    with pytest.raises(QuotaExhausted):
        connect(patience=10.0).upsert(KEYLESS, change="ch1")
    assert clock.slept == []


def test_a_refusal_after_a_lost_reply_is_a_refusal(rotor, client, meter):
    rotor.script(Drops(), Says(400))
    with pytest.raises(RecordRefused):
        client.upsert(KEYED, change="ch1")
    assert meter.results == ["dropped", "400"]


def test_an_answer_that_trickles_is_given_up(connect, clock, meter):
    class Trickle(httpx.SyncByteStream):
        def __iter__(self):
            while True:
                clock.time += 29.0
                yield b" "

    def handle(request):
        return httpx.Response(200, stream=Trickle())

    with pytest.raises(RetriableApiError):
        connect(transport=httpx.MockTransport(handle)).customers_page(1)
    assert meter.results == ["timeout"] * 3
