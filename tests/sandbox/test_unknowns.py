"""Each thing that the API's document leaves open is an option of the sandbox."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotor_import.sandbox import ConnectionDropped, Fault, Options, Sandbox, Store
from rotor_import.sandbox.store import Request

NOBODY = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"


class Rotor:
    def __init__(self, path=":memory:", **options):
        self.at = datetime(2026, 11, 1, 3, tzinfo=UTC)
        self.sandbox = Sandbox(path, Options(**options), now=lambda: self.at)
        headers = {"x-api-key": "a-key", "rotor-api-version": "1.1.0"}
        transport = httpx.WSGITransport(app=self.sandbox)
        self.http = httpx.Client(transport=transport, base_url="http://127.0.0.1/open-api", headers=headers)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()
        self.sandbox.store.close()

    def post(self, **body):
        return self.http.post("/customers", json=body)

    def get(self, path="/auth/test", **query):
        return self.http.get(path, params=query)


@pytest.mark.parametrize(("phones", "same"), [("normal", True), ("exact", False)])
def test_phones_are_compared_as_numbers_or_as_they_are_written(phones, same):
    with Rotor(phones=phones) as rotor:
        one, two = rotor.post(phone="(763) 555-0100").json(), rotor.post(phone="+17635550100").json()
        assert (one["id"] == two["id"]) is same
        assert rotor.post(phone="(763) 555-0100").json()["id"] == one["id"]


@pytest.mark.parametrize(("emails", "same"), [("normal", True), ("exact", False)])
def test_emails_are_compared_without_case_or_with_it(emails, same):
    with Rotor(emails=emails) as rotor:
        one, two = rotor.post(email="Ann@example.com").json(), rotor.post(email="ann@example.com").json()
        assert (one["id"] == two["id"]) is same


@pytest.mark.parametrize("status", [201, 200])
def test_what_was_created_is_told_by_its_status_or_by_the_message_alone(status):
    with Rotor(created_status=status) as rotor:
        created, updated = rotor.post(email="ann@example.com"), rotor.post(email="ann@example.com")
        assert (created.status_code, created.json()["message"]) == (status, "Customer created successfully")
        assert (updated.status_code, updated.json()["message"]) == (200, "Customer updated successfully")


@pytest.mark.parametrize(("empty", "notes"), [("clears", None), ("ignored", "x")])
def test_an_empty_string_clears_or_is_ignored(empty, notes):
    with Rotor(empty=empty) as rotor:
        id_ = rotor.post(notes="x", email="ann@example.com").json()["id"]
        after = rotor.post(id=id_, notes="", email="").json()
        assert after.get("notes") == notes
        assert after.get("email") == (notes and "ann@example.com")


@pytest.mark.parametrize(("archived", "status"), [("match", 200), ("ignored", 201)])
def test_archived_customers_are_found_or_not(archived, status):
    with Rotor(archived=archived) as rotor:
        id_ = rotor.post(phone="763-555-0100", email="ann@example.com").json()["id"]
        rotor.sandbox.store.archive(id_)
        assert rotor.post(phone="763-555-0100").status_code == status
        assert rotor.post(email="ann@example.com").status_code == status
        assert rotor.post(id=id_, notes="x").status_code == 200


@pytest.mark.parametrize("status", [404, 400])
def test_an_unknown_id_is_not_found_or_refused(status):
    with Rotor(unknown_id=status) as rotor:
        answer = rotor.post(id=NOBODY, notes="x")
        assert answer.status_code == status
        if status == 400:
            assert answer.json()["errors"][0]["field"] == "id"


def test_a_request_counts_for_24_hours():
    with Rotor(daily_limit=2) as rotor:
        assert rotor.get().status_code == 200
        rotor.at += timedelta(hours=23)
        assert rotor.get().status_code == 200
        assert rotor.get().status_code == 429
        rotor.at += timedelta(hours=1)
        assert [rotor.get().status_code for _ in range(2)] == [200, 429]


def test_a_request_counts_until_midnight_in_a_zone_summer_time_or_not():
    """New York went back an hour on 1 November 2026, a day of 25 hours."""
    with Rotor(daily_limit=1, quota_reset="America/New_York") as rotor:
        assert [rotor.get().status_code for _ in range(2)] == [200, 429]
        for midnight in (datetime(2026, 11, 1, 4, tzinfo=UTC), datetime(2026, 11, 2, 5, tzinfo=UTC)):
            rotor.at = midnight - timedelta(seconds=1)
            assert rotor.get().status_code == 429
            rotor.at = midnight
            assert [rotor.get().status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(("counted", "left"), [(True, 1), (False, 5)])
def test_refused_and_failed_requests_count_or_not(counted, left):
    faults = (Fault.parse("500 before upsert #3"), Fault.parse("drop after upsert #4"), Fault.parse("429 upsert #5"))
    with Rotor(daily_limit=6, count_failed=counted, faults=faults) as rotor:
        assert rotor.post(phone=7).status_code == 400
        assert rotor.post(id=NOBODY).status_code == 404
        assert rotor.get("/nowhere").status_code == 404
        assert rotor.post(phone="763-555-0100").status_code == 500
        with pytest.raises(ConnectionDropped):
            rotor.post(phone="763-555-0100")
        assert rotor.post(phone="763-555-0100").status_code == 429
        statuses = [rotor.get().status_code for _ in range(7)]
        assert statuses.count(200) == left


def test_pages_can_shift_while_they_are_read():
    with Rotor(shift_pages=1) as rotor:
        ids = rotor.sandbox.store.insert({"first_name": f"P{at}"} for at in range(5))
        for second in (ids[2:4], ids[3:]):
            pages = [rotor.get("/customers", limit=3, page=page).json() for page in (1, 2)]
            assert [[one["id"] for one in page["data"]] for page in pages] == [ids[:3], second]
            assert [page["pagination"]["total"] for page in pages] == [5, 5]


def test_its_clock_can_be_moved_on_and_stays_so(tmp_path):
    path, start = tmp_path / "rotor.sqlite", datetime(2026, 11, 23, tzinfo=UTC)
    for _ in range(2):
        with Sandbox(path, now=lambda: start) as sandbox:
            http = httpx.Client(transport=httpx.WSGITransport(app=sandbox), base_url="http://127.0.0.1")
            before = datetime.fromisoformat(http.get("/sandbox/clock").json()["now"])
            after = http.post("/sandbox/clock", json={"advance": 86400}).json()["now"]
            assert datetime.fromisoformat(after) - before == timedelta(days=1)
            http.close()
    assert before == start + timedelta(days=1)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[1]",
        "{}",
        '{"advance": -1}',
        '{"advance": true}',
        '{"advance": 1e18}',
        '{"advance": 1%s}' % ("0" * 400),
    ],
)
def test_its_clock_is_not_moved_by_nonsense(body):
    with Rotor() as rotor:
        answer = rotor.http.post("http://127.0.0.1/sandbox/clock", content=body)
        assert answer.status_code == 400
        assert rotor.http.get("http://127.0.0.1/sandbox/clock").json()["now"] == rotor.at.isoformat()


@given(text=st.text(max_size=30) | st.binary(max_size=30))
def test_no_query_and_no_body_is_too_odd_to_be_judged(text):
    with Rotor() as rotor:
        answer = rotor.http.post("/customers", content=text, headers={"content-type": "application/json"})
        assert answer.status_code == 400 or json.loads(text) == {}
        if isinstance(text, str) and text.isprintable():
            assert rotor.get("/customers", limit=text).status_code in (200, 400)
            assert rotor.get("/customers", search=text).status_code == 200


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"phone": "\\ud800"}', b'{"tags": ["\\udfff"]}', b'{"phone": NaN}'])
def test_a_body_that_overflows_or_is_half_a_character_is_refused(body):
    with Rotor() as rotor:
        headers = {"content-type": "application/json"}
        assert rotor.http.post("/customers", content=body, headers=headers).status_code == 400


@pytest.mark.parametrize("query", ["limit=" + "9" * 5000, "page=0", "arcived=true", "limit=\u0661"])
def test_a_query_that_is_not_documented_is_refused(query):
    with Rotor() as rotor:
        assert rotor.http.get(f"/customers?{query}").status_code == 400


def test_another_way_of_comparing_holds_for_customers_of_before_too(tmp_path):
    for phones, written, customers in (
        ("normal", "(763) 555-0100", 1),
        ("exact", "(763) 555-0100", 1),
        ("exact", "763-555-0100", 2),
        ("normal", "+17635550100", 2),
    ):
        with Rotor(tmp_path / "rotor.sqlite", phones=phones) as rotor:
            rotor.post(phone=written)
            assert len(rotor.sandbox.store.all()) == customers


def test_a_state_of_an_earlier_version_is_brought_up_to_date(tmp_path):
    path = tmp_path / "rotor.sqlite"
    with Store(path, lambda _: ("", "")) as store:
        [one] = store.insert([{"first_name": "Ann"}])
        for status in (200, 429):
            store.log(Request(1.0, "key", "GET", "/customers", status))
    with sqlite3.connect(path) as db:
        db.executescript(
            "ALTER TABLE requests DROP COLUMN fault; ALTER TABLE requests DROP COLUMN counted; PRAGMA user_version = 0;"
        )
    db.close()
    with Store(path, lambda _: ("", "")) as store:
        assert store.get(one)["first_name"] == "Ann"
        assert [(request.status, request.counted) for request in store.requests()] == [(200, 1), (429, 0)]
