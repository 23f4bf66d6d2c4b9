"""The key stays secret, foreign exceptions stay inside, and no attempt stays open."""

from __future__ import annotations

import logging
import ssl
import traceback

import httpcore
import httpx
import pytest
from scripted_rotor import KEY, Drops, Says, SaysNothing, timeout_for

from rotor_import.api.ways import Arriving, Departing
from rotor_import.errors import FatalApiError, QuotaExhausted, RotorImportError

KEYED = {"phone": "+17635550100"}
STEPS = [
    *(
        Says(status, {"message": f"{KEY} +17635550100"})
        for status in (204, 301, 400, 401, 403, 404, 408, 418, 429, 500)
    ),
    Says(200, b"<html>"),
    Says(201, {"id": "c1"}, missing=3),
    Drops(),
    Drops(before_reading=True),
    SaysNothing(),
]
each_step = pytest.mark.parametrize("step", STEPS, ids=repr)


def chain(error):
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@each_step
@pytest.mark.parametrize("call", ["page", "upsert"])
def test_no_error_tells_the_key_or_has_a_foreign_one_behind_it(call, step, rotor, connect):
    rotor.script(step)
    client = connect(timeout=timeout_for(step))
    with pytest.raises(RotorImportError) as caught:
        client.customers_page(1) if call == "page" else client.upsert(KEYED, change="ch1")
    assert list(chain(caught.value)) == [caught.value]
    text = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert KEY not in text
    assert "+17635550100" not in text
    assert "archived" not in text


@each_step
def test_no_log_tells_the_key_or_a_url(step, rotor, connect, caplog):
    caplog.set_level(logging.DEBUG)
    rotor.script(step)
    with pytest.raises(RotorImportError):
        connect(timeout=timeout_for(step)).customers_page(1)
    assert KEY not in caplog.text
    assert "archived" not in caplog.text


def test_not_even_a_log_that_was_asked_for_tells_the_key(rotor, connect, caplog):
    caplog.set_level(logging.DEBUG, logger="httpx")
    caplog.set_level(logging.DEBUG, logger="httpcore")
    rotor.script(Says(201, {"id": "c1"}))
    connect().upsert(KEYED, change="ch1")
    assert "httpcore" in {record.name.partition(".")[0] for record in caplog.records}
    assert KEY not in caplog.text
    assert "+17635550100" not in caplog.text


def test_the_client_does_not_show_the_key(client):
    assert KEY not in repr(client)
    assert KEY not in repr(vars(client))


def test_a_request_that_somebody_prints_shows_neither_key_nor_customer():
    url = httpx.URL("https://rotor.example/open-api/customers?phone=763-555-0100")
    target = httpcore.URL(str(url))
    shown = repr(Departing("POST", url, target, [(b"x-api-key", b"canary")], b"canary 763-555-0100", {}))
    assert shown == "Departing(method='POST')"
    assert "canary" not in repr(Arriving(200, [(b"set-cookie", b"canary")], lambda: iter(()), lambda: None))


def test_an_untrusted_certificate_stops(connect, meter):
    def handle(request):
        raise httpx.ConnectError("x") from ssl.SSLCertVerificationError("CERTIFICATE_VERIFY_FAILED")

    with pytest.raises(FatalApiError, match="certificate"):
        connect(transport=httpx.MockTransport(handle)).auth_test()
    assert meter.results == ["not sent"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(), RuntimeError("a defect")])
def test_an_attempt_that_is_interrupted_is_settled(error, connect, meter):
    def handle(request):
        raise error

    client = connect(transport=httpx.MockTransport(handle))
    with pytest.raises(type(error)) as caught:
        client.upsert(KEYED, change="ch1")
    assert caught.value is error
    assert meter.results == ["interrupted"]


def test_an_interrupted_sleep_leaves_no_attempt_open(rotor, connect, meter):
    def interrupted(seconds):
        raise KeyboardInterrupt

    rotor.script(Says(503))
    with pytest.raises(KeyboardInterrupt):
        connect(sleep=interrupted).upsert(KEYED, change="ch1")
    assert meter.results == ["503"]


def test_what_the_meter_does_not_admit_is_not_sent(rotor, connect, meter):
    def refuse(method, path, change):
        raise QuotaExhausted("none left")

    meter.admit = refuse
    with pytest.raises(QuotaExhausted, match="none left"):
        connect().upsert(KEYED, change="ch1")
    assert rotor.requests == []
    assert meter.events == []


def test_quota_that_ends_between_two_attempts_ends_the_call(rotor, connect, meter):
    admit = meter.admit

    def admit_once(*args):
        if meter.admitted:
            raise QuotaExhausted("none left")
        return admit(*args)

    meter.admit = admit_once
    rotor.script(Says(500))
    with pytest.raises(QuotaExhausted):
        connect().upsert(KEYED, change="ch1")
    assert meter.results == ["500"]


def test_an_attempt_is_admitted_before_it_is_sent_and_settled_after(rotor, connect, meter):
    sent = []
    admit, settle = meter.admit, meter.settle

    def admit_and_look(*args):
        sent.append(len(rotor.requests))
        return admit(*args)

    def settle_and_look(*args):
        sent.append(len(rotor.requests))
        settle(*args)

    meter.admit, meter.settle = admit_and_look, settle_and_look
    rotor.script(Says(500), Says(201, {"id": "c1"}))
    connect().upsert(KEYED, change="ch1")
    assert sent == [0, 1, 1, 2]
