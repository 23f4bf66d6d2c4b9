"""How long an attempt and how large an answer may be, over real sockets; the clock is moved by hand."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import tracemalloc
from contextlib import closing, contextmanager, suppress

import pytest
from scripted_rotor import RecordingMeter, Says

from rotor_import.api import RetryPolicy, RotorClient, longest_attempt
from rotor_import.api.body import LONGEST
from rotor_import.api.notify import notify
from rotor_import.errors import RetriableApiError

KEYED = {"phone": "+17635550100"}
PAGE = {"data": [{"id": "c1"}], "pagination": {"total": 1, "has_more": False}}
HEAD = b"HTTP/1.1 201 Created\r\nContent-Length: 1000000\r\n\r\n"
OPENINGS = {
    "its first line": b"",
    "headers": b"HTTP/1.1 201 Created\r\nX-Slow: ",
    "one header after another": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n",
    "body": HEAD,
    "chunks": b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n",
    "a refusal": b"HTTP/1.1 500 Broken\r\nX-Slow: ",
}
DRIPS = {"one header after another": b"X-A: 1\r\n", "chunks": b"1\r\nx\r\n"}


class Moving:
    """A clock that each step on the network moves on."""

    def __init__(self, step=1.0):
        self.time, self.step = 0.0, step

    def now(self):
        self.time += self.step
        return self.time


@contextmanager
def dripping(opening, drip=b"x"):
    """A server that says `opening` at once, then a drip and another, without an end; the number of its connections."""
    over = threading.Event()
    connections = []

    def serve(listener):
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(connection)
            threading.Thread(target=drip_to, args=(connection,), daemon=True).start()

    def drip_to(connection):
        with closing(connection):
            try:
                connection.recv(65_536)
                connection.sendall(opening)
                while not over.wait(0.001):
                    connection.sendall(drip)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", connections
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def client_of(url, meter, clock, timeout=30.0, attempts=1):
    retry = RetryPolicy(attempts, 0.0)
    return RotorClient(url, "k", meter=meter, timeout=timeout, retry=retry, monotonic=clock.now, sleep=lambda _: None)


@pytest.mark.parametrize("where", OPENINGS)
def test_an_answer_that_drips_is_given_up_when_the_whole_time_is_over(where):
    meter, clock = RecordingMeter(), Moving()
    with (
        dripping(OPENINGS[where], DRIPS.get(where, b"x")) as (url, connections),
        client_of(url, meter, clock) as client,
    ):
        with pytest.raises(RetriableApiError, match=r"didn't answer in time \(POST /customers, 1 attempt\)") as caught:
            client.upsert(KEYED, change="ch1")
        assert caught.value.maybe_written
        assert meter.results == ["timeout"]
        assert longest_attempt(30.0) <= clock.time <= longest_attempt(30.0) + 5
        assert len(connections) == 1


@pytest.mark.parametrize("payload", [KEYED, {"first_name": "Ada"}], ids=["keyed", "keyless"])
def test_what_dripped_is_charged_and_only_sent_again_if_it_has_a_key(payload):
    meter = RecordingMeter()
    with dripping(HEAD) as (url, connections), client_of(url, meter, Moving(), attempts=3) as client:
        with pytest.raises(RetriableApiError):
            client.upsert(payload, change="ch1")
        assert meter.results == ["timeout"] * (3 if payload is KEYED else 1)
        assert len(connections) == len(meter.results)


def test_after_the_whole_time_nothing_more_is_sent():
    """A connection that came about too late carries no request: it would count at Rotor after it ended here."""
    meter, clock = RecordingMeter(), Moving(step=longest_attempt(30.0))
    with dripping(b"") as (url, connections), client_of(url, meter, clock) as client:
        with pytest.raises(RetriableApiError, match=r"Couldn't reach Rotor \(the connection took too long\)") as caught:
            client.upsert(KEYED, change="ch1")
        assert not caught.value.maybe_written
        assert (meter.results, connections) == (["not sent"], [])


def test_a_proxy_that_drips_is_given_up_too(monkeypatch):
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    meter = RecordingMeter()
    with dripping(b"HTTP/1.1 200 OK\r\nX-Slow: ") as (url, _):
        monkeypatch.setenv("HTTPS_PROXY", url)
        with client_of("https://rotor.invalid", meter, Moving()) as client, pytest.raises(RetriableApiError):
            client.upsert(KEYED, change="ch1")
    assert meter.results == ["timeout"]


def test_a_requests_headers_and_its_body_go_out_in_one_step():
    received = []

    def serve(listener):
        connection, _ = listener.accept()
        with connection:
            received.append(connection.recv(65_536))
            connection.sendall(b'HTTP/1.1 201 Created\r\nContent-Length: 11\r\n\r\n{"id":"c1"}')

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with client_of(url, RecordingMeter(), Moving(step=0.0)) as client:
            assert client.upsert(KEYED, change="ch1").customer == {"id": "c1"}
        thread.join()
    assert received[0].startswith(b"POST ")
    assert json.loads(received[0].split(b"\r\n\r\n")[1]) == KEYED


def test_a_request_of_many_steps_arrives_whole(rotor, connect):
    rotor.script(Says(201, {"id": "c1"}))
    long = {"phone": "+17635550100", "notes": "0123456789" * 20_000}
    connect().upsert(long, change="ch1")
    assert json.loads(rotor.requests[0].body) == long


def test_an_attempt_within_its_time_may_take_several_waits(rotor, connect):
    rotor.script(Says(200, PAGE))
    assert connect(monotonic=Moving(step=0.5).now).customers_page(1).total == 1


def test_each_attempt_has_the_whole_time(rotor, connect, meter):
    clock = Moving(step=0.5)
    client = connect(monotonic=clock.now)
    rotor.script(Says(200, PAGE))
    for _ in range(10):
        client.customers_page(1)
    assert clock.time > longest_attempt(5.0)
    assert meter.results == ["200"] * 10


@pytest.mark.parametrize("opening", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_a_webhook_that_drips_is_given_up(opening):
    clock, slept = Moving(), []
    with dripping(opening) as (url, connections):
        assert notify(url, {"text": "x"}, slept.append, monotonic=clock.now) is False
        assert len(connections) == 4
    assert clock.time + sum(slept) < 60


def test_a_webhook_has_taken_the_summary_once_it_says_so():
    with dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n") as (url, connections):
        assert notify(url, {"text": "x"}, lambda _: None, monotonic=Moving().now) is True
        assert len(connections) == 1


def padded(size):
    body = json.dumps(PAGE | {"more": ""}).encode()
    return body.replace(b'"more": ""', b'"more": "' + b"x" * (size - len(body)) + b'"')


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_the_longest_answer_is_read_and_a_longer_one_is_not(packed, rotor, connect, meter):
    headers = (("content-encoding", "gzip"),) if packed else ()
    pack = gzip.compress if packed else bytes
    rotor.script(Says(200, pack(padded(LONGEST)), headers), Says(200, pack(padded(LONGEST + 1)), headers))
    client = connect(retry=RetryPolicy(1), timeout=60.0)
    assert client.customers_page(1).total == 1
    with pytest.raises(
        RetriableApiError, match=r"Couldn't read Rotor's answer: it is longer than 8 MB \(GET /customers, 1 attem"
    ):
        client.customers_page(1)
    assert meter.results == ["200", "unreadable"]


def test_a_few_bytes_do_not_become_a_gigabyte(rotor, connect):
    bomb = gzip.compress(gzip.compress(b"") + b"\0" * 300_000_000, compresslevel=1)
    rotor.script(Says(200, bomb, (("content-encoding", "gzip"),)))
    client = connect(retry=RetryPolicy(1), timeout=60.0)
    tracemalloc.start()
    try:
        with pytest.raises(RetriableApiError, match="longer than 8 MB"):
            client.customers_page(1)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("encoding", "body", "words"),
    [
        ("br", b"x", "compressed in an unsupported way"),
        ("deflate", b"x", "compressed in an unsupported way"),
        ("gzip", gzip.compress(b"{}", mtime=0)[:-9], "it is compressed, and ends too early"),
        ("gzip", b"plain", "it can't be decompressed"),
        ("gzip", b"", "it is compressed, and ends too early"),
    ],
)
def test_what_cannot_be_unpacked_is_told(encoding, body, words, rotor, connect):
    rotor.script(Says(200, body, (("content-encoding", encoding),)))
    with pytest.raises(RetriableApiError, match=words):
        connect(retry=RetryPolicy(1)).customers_page(1)


def test_packed_answers_leave_the_connection_open(rotor, connect):
    rotor.script(Says(200, gzip.compress(json.dumps(PAGE).encode()), (("content-encoding", "x-gzip"),)))
    client = connect()
    for _ in range(3):
        assert client.customers_page(1).items == ({"id": "c1"},)
    assert {request.headers["accept-encoding"] for request in rotor.requests} == {"gzip"}
    assert len(rotor.peers) == 1


@contextmanager
def talkative(surplus, *, later):
    """A server that says each customer's own phone, and something more that nobody asked for."""
    asked, heard = [], threading.Event()

    def serve(listener):
        with suppress(OSError):
            while True:
                threading.Thread(target=answer_all, args=(listener.accept()[0],), daemon=True).start()

    def answer_all(connection):
        with closing(connection), suppress(OSError, ValueError):
            while received := connection.recv(65_536):
                phone = json.loads(received.partition(b"\r\n\r\n")[2])["phone"]
                asked.append(phone)
                content = json.dumps({"id": phone.strip("+"), "phone": phone, "message": "Customer created"}).encode()
                answer = b"HTTP/1.1 201 Created\r\ncontent-length: %d\r\n\r\n" % len(content) + content
                connection.sendall(answer if later else answer + surplus)
                if later:
                    connection.sendall(surplus)
                    heard.set()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked, heard
        finally:
            listener.shutdown(socket.SHUT_RDWR)


SURPLUS = {
    "an answer": b'HTTP/1.1 201 Created\r\ncontent-length: 11\r\n\r\n{"id":"x1"}',
    "an error": b"HTTP/1.1 500 Oops\r\ncontent-length: 2\r\n\r\n{}",
    "half an answer": b"HTTP/1.1 201 Created\r\n",
}


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("surplus", SURPLUS)
def test_what_comes_after_an_answer_is_never_taken_for_the_next_ones(surplus, later):
    """Else a customer would get somebody else's ID."""
    meter, phones = RecordingMeter(), [f"+1763555010{at}" for at in range(6)]
    with (
        talkative(SURPLUS[surplus], later=later) as (url, asked, heard),
        closing(client_of(url, meter, Moving(), attempts=5)) as client,
    ):
        for phone in phones:
            heard.clear()
            assert client.upsert({"phone": phone}, change=phone).customer["id"] == phone.strip("+")
            if later:
                heard.wait(60)
    assert list(dict.fromkeys(asked)) == phones
