"""The sandbox keeps to its own OpenAPI document, and that to the API's."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from rotor_import.sandbox import Options, Sandbox, serve
from rotor_import.sandbox.openapi import document
from rotor_import.sandbox.options import SCOPES
from rotor_import.sandbox.request_body import problems

DOCUMENTED = [
    (*line.split("\t"), "")[:4]
    for line in (Path(__file__).with_name("documented_fields.txt")).read_text().splitlines()
    if not line.startswith("#")
]
TYPES = {
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "active or inactive": {"type": "string", "enum": ["active", "inactive"]},
    "array of string": {"type": "array", "items": {"type": "string"}},
}
SCHEMAS = {"body": "CustomerUpsert", "answer": "UpsertedCustomer"}


EXAMPLES = 40


def test_every_answer_and_every_refusal_is_as_described(tmp_path):
    """All of schemathesis' checks, in all of its phases, over a socket: requests that fit and requests that do not."""
    options = Options(keys={"right": SCOPES}, daily_limit=10**9)
    with Sandbox(options=options) as sandbox, serve(sandbox) as url:
        tool = Path(sys.executable).with_name("schemathesis")
        how = f"--checks all --max-examples {EXAMPLES} --seed 1 --no-color".split()
        found = subprocess.run(
            [tool, "run", f"{url}/openapi.json", "-H", "x-api-key: right", *how],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.returncode == 0, found.stdout
        assert "4 selected / 4 total" in found.stdout
        statuses = {request.status for request in sandbox.store.requests()}
        assert {200, 201, 400, 404, 405} <= statuses


@pytest.mark.parametrize(("where", "name", "kind", "form"), DOCUMENTED)
def test_each_documented_field_is_described_with_its_type(where, name, kind, form):
    described = properties(where)[name]
    assert {key: described.get(key) for key in TYPES[kind]} == TYPES[kind]
    assert not form or described["format"] == form


@pytest.mark.parametrize("where", SCHEMAS)
def test_no_field_is_described_that_is_not_documented_and_none_is_required(where):
    assert sorted(properties(where)) == sorted(name for place, name, *_ in DOCUMENTED if place == where)
    schema = document()["components"]["schemas"][SCHEMAS[where]]
    assert schema["additionalProperties"] is False
    assert "required" not in schema


def properties(where):
    return document()["components"]["schemas"][SCHEMAS[where]]["properties"]


@pytest.mark.parametrize(
    ("email", "fits"),
    [
        ("", True),
        ("ann@example.com", True),
        ("a.b+c'd@mail.example.co.uk", True),
        ("jürgen@müller.example", True),
        ("ann", False),
        ("ann@example", False),
        ("ann@@example.com", False),
        (".ann@example.com", False),
        ("a..b@example.com", False),
        ("ann@example.com ", False),
        ("ann @example.com", False),
        ("ann@example..com", False),
    ],
)
def test_an_email_is_words_with_dots_at_a_host(email, fits):
    assert bool(re.search(properties("body")["email"]["pattern"], email)) is fits
    assert (not list(problems({"email": email}))) is fits
