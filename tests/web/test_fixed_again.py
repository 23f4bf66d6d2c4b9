"""A cell that was fixed, planned, and is fixed once more: what counts is always what the file itself says."""

from pathlib import Path

import pytest
from plans import again, chosen, over

HEAD = "Name,Phone,State,Billing same\n"
MAPPING = """\
version: 1
feed: clients
fields:
  first_name: Name
  phone: Phone
  billing_same_as_property: Billing same
"""


@pytest.fixture
def planned(running, client):
    """A row with two wrong cells, of which one is fixed in the plan."""
    chosen(client, HEAD + "Ann,call the office,MN,maybe\n", to="sandbox")
    (mapping,) = running.workspace.folder.glob("*.yaml")
    mapping.write_text(MAPPING)
    again(running, client)
    fixed(client, "Phone", "763-555-0100")
    again(running, client)
    return client


def fixed(client, column, value):
    answer = client.post("/review/fix", file="0", row="2", column=column, value=value).json()
    return answer["row"]


def phone(running):
    """What the corrections say of the phone."""
    lines = running.workspace.desk.corrections.read_text(encoding="utf-8-sig").splitlines()
    return next(line for line in lines if line.startswith("2,Phone"))


def test_it_keeps_what_the_file_says(running, planned):
    planned.post("/review/put-back", file="", row="2", column="Phone")
    assert 'value="call the office"' in planned.get("/review").text
    fixed(planned, "Phone", "763-555-0101")
    assert phone(running) == "2,Phone,call the office,763-555-0101"
    assert fixed(planned, "Billing same", "yes")["tag"][1] == "Fixed"
    again(running, planned)
    assert running.workspace.plan_summary()["rows"]["rejected"] == 0


def test_a_file_that_has_changed_is_fixed_as_it_is_now(running, planned):
    desk = running.workspace.desk
    Path(desk.now.file).write_text(HEAD + "Ann,nobody,MN,maybe\n")
    again(running, planned)
    fixed(planned, "Phone", "763-555-0102")
    assert phone(running) == "2,Phone,nobody,763-555-0102"
    fixed(planned, "Billing same", "yes")
    planned.post("/review/next")
    over(running)
    assert running.workspace.plan_summary()["rows"]["rejected"] == 0


def test_a_blank_cell_says_in_which_file_it_was(running, client):
    chosen(client, HEAD + "Ann,,MN,yes\n", to="sandbox")
    (mapping,) = running.workspace.folder.glob("*.yaml")
    mapping.write_text(MAPPING)
    again(running, client)
    fixed(client, "Phone", "763-555-0100")
    [file] = running.workspace.plan_summary()["files"]
    assert phone(running) == f"2,Phone,,763-555-0100,{file['sha256']}"
