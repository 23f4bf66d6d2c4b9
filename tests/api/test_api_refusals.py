"""The answers that no retry mends."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from scripted_rotor import Says

from rotor_import.errors import DoubtfulRefusal, FatalApiError, KeyRefused, QuotaExhausted, RecordRefused, ScopeMissing

KEYED = {"phone": "+17635550100"}
INVALID = {
    "status": "error",
    "message": "Validation failed",
    "errors": [
        {"field": "email", "message": "Invalid email format"},
        {"field": "phone", "message": "Too short"},
    ],
}
CALLS = {
    "auth_test": lambda client: client.auth_test(),
    "page": lambda client: client.customers_page(1),
    "customer": lambda client: client.customer("c1"),
    "upsert": lambda client: client.upsert(KEYED, change="ch1"),
}
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
each_get = pytest.mark.parametrize("call", [CALLS["auth_test"], CALLS["page"], CALLS["customer"]])


@pytest.mark.parametrize("status", [400, 404, 409, 413, 422])
def test_a_refused_record_is_not_sent_again(status, rotor, client, meter, clock):
    rotor.script(Says(status, INVALID))
    with pytest.raises(RecordRefused) as caught:
        client.upsert(KEYED, change="ch1")
    assert caught.value.status == status
    assert caught.value.problems == (("email", "Invalid email format"), ("phone", "Too short"))
    assert meter.results == [str(status)]
    assert clock.slept == []


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"message": "No such customer"}, (("", "No such customer"),)),
        ({"message": "Bad", "errors": []}, (("", "Bad"),)),
        ({"message": "Bad", "errors": {"email": "x"}}, (("", "Bad"),)),
        (
            {"errors": ["too long", {"message": "odd"}, {"field": "email"}]},
            (("", "too long"), ("", "odd"), ("email", "")),
        ),
        ({}, (("", "no reason given"),)),
    ],
)
def test_a_refusal_in_any_shape_has_a_problem(body, problems, rotor, client):
    rotor.script(Says(400, body))
    with pytest.raises(RecordRefused) as caught:
        client.upsert(KEYED, change="ch1")
    assert caught.value.problems == problems


def test_a_refusal_that_breaks_off_is_a_refusal(rotor, client, meter):
    rotor.script(Says(400, INVALID, missing=10))
    with pytest.raises(RecordRefused):
        client.upsert(KEYED, change="ch1")
    assert meter.results == ["400"]


def test_what_a_refusal_repeats_stays_out_of_its_text(rotor, client):
    rotor.script(Says(400, {"message": "ada@example.com is taken"}))
    with pytest.raises(RecordRefused) as caught:
        client.upsert(KEYED, change="ch1")
    assert "ada@example.com" not in str(caught.value)


@each_call
def test_401_is_about_the_key(call, rotor, client, meter):
    rotor.script(Says(401, {"error_code": "AUTHENTICATION_REQUIRED"}))
    with pytest.raises(KeyRefused):
        call(client)
    assert meter.results == ["401"]


@each_call
def test_403_names_the_scope(call, rotor, client, meter):
    message = "Forbidden: required scope 'customers:read' not granted for this API key"
    rotor.script(Says(403, {"message": message, "error_code": "INSUFFICIENT_SCOPE"}))
    with pytest.raises(ScopeMissing, match="customers:read") as caught:
        call(client)
    assert caught.value.scope == "customers:read"
    assert meter.results == ["403"]


def test_403_with_a_code_that_names_no_scope_has_none(rotor, client):
    rotor.script(Says(403, {"error_code": "INSUFFICIENT_SCOPE", "message": 7}))
    with pytest.raises(ScopeMissing) as caught:
        client.customers_page(1)
    assert caught.value.scope == ""


@each_call
@pytest.mark.parametrize("body", [{}, {"message": "Forbidden"}, {"message": 7}, b"<html>scope 'a:b'", b"", b"\xff"])
def test_403_that_is_not_the_apis_own_is_a_firewalls(body, call, rotor, client, meter):
    rotor.script(Says(403, body))
    with pytest.raises(
        DoubtfulRefusal, match=r"^A firewall or proxy between this computer and Rotor blocked .*\(403\)"
    ):
        call(client)
    assert meter.results == ["403"]


@each_call
@pytest.mark.parametrize("status", [400, 406, 409, 413, 422, 451])
@pytest.mark.parametrize("page", [b"<html>blocked", b"[" * 100_000, b"", b"[]", b'"no"'], ids=lambda page: page[:9])
def test_any_refusal_on_a_page_that_is_not_json_is_a_firewalls(page, status, call, rotor, client):
    rotor.script(Says(status, page))
    with pytest.raises(DoubtfulRefusal, match=r"^A firewall or proxy") as caught:
        call(client)
    assert (caught.value.status, caught.value.problems) == (status, ())


@each_call
def test_401_on_a_page_of_somebody_else_may_be_a_proxys(call, rotor, client):
    rotor.script(Says(401, b"<html>Sign in"))
    with pytest.raises(KeyRefused, match=r"the key is wrong, or a proxy .* wants you to sign in"):
        call(client)


def test_a_404_that_is_a_web_page_says_nothing_of_a_customer(rotor, client):
    rotor.script(Says(404, b"<html>"))
    with pytest.raises(DoubtfulRefusal, match=r"--base-url.* firewall"):
        client.customer("c1")
    with pytest.raises(DoubtfulRefusal, match=r"--base-url.* firewall"):
        client.upsert(KEYED, change="ch1")


@each_call
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_nothing_is_followed(call, status, rotor, client, meter):
    rotor.script(Says(status, headers=(("Location", "/elsewhere?secret=1"),)))
    with pytest.raises(FatalApiError, match="--base-url") as caught:
        call(client)
    assert "secret" not in str(caught.value)
    assert len(rotor.requests) == 1
    assert meter.results == [str(status)]


@each_call
@pytest.mark.parametrize("status", [402, 405, 410, 418, 451])
def test_any_other_4xx_stops(call, status, rotor, client, meter):
    rotor.script(Says(status, {"message": "ada@example.com"}))
    with pytest.raises(FatalApiError, match=str(status)) as caught:
        call(client)
    assert "ada@example.com" not in str(caught.value)
    assert meter.results == [str(status)]


@each_get
@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_a_get_that_is_refused_stops(call, status, rotor, client, meter):
    rotor.script(Says(status, INVALID))
    with pytest.raises(FatalApiError, match=str(status)):
        call(client)
    assert meter.results == [str(status)]


@pytest.mark.parametrize("call", [CALLS["auth_test"], CALLS["page"]])
def test_an_endpoint_that_is_not_there_points_to_the_base_url(call, rotor, client):
    rotor.script(Says(404))
    with pytest.raises(FatalApiError, match="--base-url"):
        call(client)


@each_call
def test_a_spent_quota_ends_the_call(call, rotor, client, meter, clock):
    rotor.script(Says(429, {"message": "Daily API key request limit of 1000 exceeded"}))
    with pytest.raises(QuotaExhausted) as caught:
        call(client)
    assert caught.value.until is None
    assert meter.results == ["429"]
    assert clock.slept == []


@pytest.mark.parametrize(
    ("header", "until"),
    [
        ("3600", datetime(2026, 11, 9, 13, tzinfo=UTC)),
        (" 90 ", datetime(2026, 11, 9, 12, 1, 30, tzinfo=UTC)),
        ("Mon, 09 Nov 2026 23:59:59 GMT", datetime(2026, 11, 9, 23, 59, 59, tzinfo=UTC)),
        ("Mon, 09 Nov 2026 23:59:59 -0000", datetime(2026, 11, 9, 23, 59, 59, tzinfo=UTC)),
        ("9" * 400, datetime(2026, 11, 10, 12, tzinfo=UTC)),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("1.5", None),
    ],
)
def test_a_spent_quota_says_until_when(header, until, rotor, connect):
    rotor.script(Says(429, headers=(("Retry-After", header),)))
    with pytest.raises(QuotaExhausted) as caught:
        connect(patience=30.0).upsert(KEYED, change="ch1")
    assert caught.value.until == until
