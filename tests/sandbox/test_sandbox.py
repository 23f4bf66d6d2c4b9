"""The sandbox speaks as the API's document does, over a real socket."""

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from rotor_import.sandbox import Options, Sandbox, serve

READ = frozenset({"customers:read"})


class Client:
    def __init__(self, base_url):
        self.base_url = base_url

    def __call__(self, method, path, body=None, **headers):
        sent = {"x-api-key": "a-key", "rotor-api-version": "1.1.0", "content-type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        request = urllib.request.Request(  # noqa: S310 - always the loopback
            self.base_url + path,
            method=method,
            data=None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode(),
            headers={name: value for name, value in sent.items() if value is not None},
        )
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310 - always the loopback
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())


class Hands:
    at = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def rotor():
    def now():
        return hands.at

    hands = Hands()
    with Sandbox(options=Options(daily_limit=50), now=now) as sandbox, serve(sandbox) as url:
        client = Client(url)
        client.sandbox, client.hands = sandbox, hands
        yield client


def test_a_customer_is_created_then_found_by_phone_then_by_email(rotor):
    status, one = rotor("POST", "/customers", {"phone": "(763) 555-0100", "email": "a@example.com"})
    assert (status, one["message"]) == (201, "Customer created successfully")
    assert one["phone"] == "(763) 555-0100"
    status, two = rotor("POST", "/customers", {"phone": "+17635550100", "email": "b@example.com"})
    assert (status, two["id"], two["message"]) == (200, one["id"], "Customer updated successfully")
    assert rotor("POST", "/customers", {"phone": "763-555-0101", "email": "B@Example.com"})[1]["id"] == one["id"]
    assert rotor("POST", "/customers", {"phone": "763-555-0100"})[0] == 201


def test_the_phone_comes_before_the_email(rotor):
    one = rotor("POST", "/customers", {"phone": "763-555-0100"})[1]
    rotor("POST", "/customers", {"email": "b@example.com"})
    both = {"phone": "763-555-0100", "email": "b@example.com"}
    assert rotor("POST", "/customers", both)[1]["id"] == one["id"]


def test_an_id_decides_alone_and_an_unknown_one_is_not_found(rotor):
    one = rotor("POST", "/customers", {"phone": "763-555-0100"})[1]
    other = rotor("POST", "/customers", {"phone": "763-555-0101"})[1]
    assert rotor("POST", "/customers", {"id": one["id"], "phone": other["phone"]})[1]["id"] == one["id"]
    assert rotor("POST", "/customers", {"id": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"})[0] == 404


def test_an_update_writes_what_it_names_merges_tags_and_clears_with_an_empty_string(rotor):
    one = rotor("POST", "/customers", {"first_name": "Ann", "notes": "x", "tags": ["a"]})[1]
    two = rotor("POST", "/customers", {"id": one["id"], "notes": "", "tags": ["b", "a"]})[1]
    assert (two["first_name"], "notes" in two, two["tags"]) == ("Ann", False, ["a", "b"])


def test_a_record_without_keys_is_created_each_time(rotor):
    assert [rotor("POST", "/customers", {"first_name": "Ann"})[0] for _ in range(2)] == [201, 201]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"phon": "1"}, "phon"),
        ({"phone": 7}, "phone"),
        ({"phone": None}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"status": "gone"}, "status"),
        ({"id": "12"}, "id"),
        ({"tags": "a"}, "tags"),
        ({"billing_same_as_property": "true"}, "billing_same_as_property"),
        ([1], ""),
        (b"{", ""),
    ],
)
def test_a_wrong_body_is_refused_with_its_fields(rotor, body, field):
    status, answer = rotor("POST", "/customers", body)
    assert (status, answer["message"]) == (400, "Validation failed")
    assert [error["field"] for error in answer["errors"]] == [field]
    assert rotor.sandbox.store.all() == []


def test_the_list_pages_and_hides_what_cannot_be_read_back(rotor):
    rotor.sandbox.store.insert({"first_name": f"P{at}", "billing_city": "X", "archived": at == 0} for at in range(5))
    answer = rotor("GET", "/customers?limit=3&page=2&archived=true")[1]
    assert answer["pagination"] == {"has_more": False, "limit": 3, "page": 2, "total": 5}
    assert [item["first_name"] for item in answer["data"]] == ["P3", "P4"]
    assert "billing_city" not in answer["data"][0]
    assert set(answer["data"][0]["address"]) == {"city", "country", "state", "street1", "street2", "zip"}
    assert rotor("GET", "/customers")[1]["pagination"]["total"] == 4


def test_the_list_searches_and_filters(rotor):
    rotor.sandbox.store.insert([{"first_name": "Ann", "tags": ["vip"]}, {"first_name": "Bo", "status": "inactive"}])
    for query, names in (("search=an", ["Ann"]), ("status=inactive", ["Bo"]), ("tags=old,vip", ["Ann"])):
        assert [item["first_name"] for item in rotor("GET", f"/customers?{query}")[1]["data"]] == names


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "page=0", "page=x", "archived=1", "status=gone"])
def test_a_wrong_query_is_refused(rotor, query):
    assert rotor("GET", f"/customers?{query}")[0] == 400


def test_one_customer_is_shown_or_not_found(rotor):
    one = rotor("POST", "/customers", {"first_name": "Ann"})[1]
    assert rotor("GET", f"/customers/{one['id']}")[1]["data"]["first_name"] == "Ann"
    assert rotor("GET", "/customers/nobody") == (404, {"status": "error", "message": "Not found"})


def test_the_key_is_asked_for_and_the_version_too(rotor):
    assert rotor("GET", "/auth/test", x_api_key=None)[1]["error_code"] == "AUTHENTICATION_REQUIRED"
    assert rotor("GET", "/auth/test", rotor_api_version=None)[0] == 400
    answer = rotor("GET", "/auth/test")[1]
    assert answer["authenticated"] is True
    assert answer["company_id"] == rotor.sandbox.store.company_id


def test_a_key_without_the_scope_is_refused_by_name():
    with Sandbox(options=Options(keys={"a-key": READ})) as sandbox, serve(sandbox) as url:
        status, answer = Client(url)("POST", "/customers", {"first_name": "Ann"})
        assert (status, answer["error_code"]) == (403, "INSUFFICIENT_SCOPE")
        assert "'customers:write'" in answer["message"]
        assert Client(url)("GET", "/customers")[0] == 200
        assert Client(url)("GET", "/customers", x_api_key="other")[0] == 401


def test_the_quota_is_counted_by_key_in_a_rolling_day_refused_requests_too(rotor):
    for at in range(50):
        rotor("POST", "/customers", {"phone": at})
    status, answer = rotor("GET", "/auth/test")
    assert (status, answer["error_code"]) == (429, "RATE_LIMIT_EXCEEDED")
    assert "50" in answer["message"]
    assert rotor("GET", "/auth/test", x_api_key="another")[0] == 200
    rotor.hands.at += timedelta(hours=24)
    assert rotor("GET", "/auth/test")[0] == 200


def test_its_state_outlives_it(tmp_path):
    path = tmp_path / "rotor.sqlite"
    with Sandbox(path) as sandbox:
        [one] = sandbox.store.insert([{"first_name": "Ann"}])
        company = sandbox.store.company_id
    with Sandbox(path) as again:
        assert again.store.company_id == company
        assert again.store.get(one)["first_name"] == "Ann"
