"""A page that is looked at column by column is believed and refused as its customers are, one by one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotor_import.api import Page
from rotor_import.api.answers import read_customer, read_page
from rotor_import.api.attempt import Reply, ShapeError
from rotor_import.api.documented import all_documented
from rotor_import.api.interpret import json_object

ODD = st.sampled_from([None, "", "x", 0, 1.5, True, [], ["a"], ["a", 1], {}, {"zip": "1"}, {"zip": 1}, {"zip": ["1"]}])
IDS = st.sampled_from(["c1", "c2", "x" * 200, "x" * 201, "", "a b", "a\nb", "é", "new:1", "old:new:1", None, 7, ["c1"]])
FIELDS = ("first_name", "notes", "tags", "address", "billing_same_as_property", "not_documented")
ITEMS = st.one_of(
    st.sampled_from([None, 1, "c1", ["id"]]),
    st.fixed_dictionaries({}, optional={"id": IDS, **dict.fromkeys(FIELDS, ODD)}),
    st.fixed_dictionaries({"id": st.just("c1"), "first_name": st.sampled_from(["Ada", None]), "tags": st.just([])}),
)


def alone(item):
    """What is wrong with the customer, '' if nothing is."""
    body = json.dumps({"data": item}).encode()
    try:
        read_customer(Reply(200, body, None), item["id"] if isinstance(item, dict) and "id" in item else "")
    except (ShapeError, AttributeError) as error:
        return str(error)
    return ""


@given(items=st.lists(ITEMS, max_size=4))
def test_a_page_is_believed_where_each_of_its_customers_is(items):
    page = {"data": items, "pagination": {"total": len(items), "has_more": False}}
    reply = Reply(200, json.dumps(page).encode(), None)
    wrong = [words for words in map(alone, items) if words]
    if wrong:
        with pytest.raises(ShapeError) as refused:
            read_page(reply)
        assert str(refused.value) == wrong[0]
    else:
        assert read_page(reply).items == tuple(items)
        assert all_documented(Page(tuple(items), len(items), has_more=False))


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": "é"}'.encode("utf-16"),
        b'{"a": NaN, "b": -Infinity}',
        b'{"a": 1, "a": 2}',
        b'{"a": "\\ud800"}',
        b'{"a": "\\u0000"}',
        b'{"a": 1e999, "b": -0, "c": "\\/"}',
        b'{"a": ' + b"[" * 500 + b"]" * 500 + b"}",
    ],
)
def test_whatever_pythons_parser_reads_is_read(body):
    known = json.dumps(json.loads(body)).replace("\\ud800", "\\ufffd").replace("\\u0000", "\\ufffd")
    assert json.dumps(json_object(Reply(200, body, None))) == known


@pytest.mark.parametrize(
    "body",
    [
        *(
            b"",
            b'{"a": 01}',
            b'{"a": 1.}',
            b'{"a": "x\ny"}',
            b'{"a": "\xff"}',
            b'{"a": 1}x',
            b'{"a": 1,}',
            b'{"a": nan}',
        ),
        *(b"{'a': 1}", b'{"a": ' + b"9" * 5000 + b"}", b'{"a": ' + b"[" * 100_000),
    ],
)
def test_what_it_refuses_is_refused(body):
    with pytest.raises(ShapeError, match="it is not JSON"):
        json_object(Reply(200, body, None))
