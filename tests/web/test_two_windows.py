"""What two windows do at once: neither takes back what the other did, nor starts what only the other has seen."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from plans import again, chosen, customers, planned

from rotor_import.web import saved_mapping
from rotor_import.web.steps import file

SHEETS = ("Leads", "Customers")


@pytest.fixture
def workbook(running, client):
    """A file on the desk of which no sheet was chosen so far."""
    client.upload("clients.csv", customers(3))
    return running.workspace


def test_a_sheet_that_is_taken_by_itself_never_replaces_one_that_somebody_chose_meanwhile(
    workbook, client, monkeypatch
):
    found = file.look_at(Path(workbook.desk.now.file), "")

    def look_at(_path, sheet):
        if not sheet:
            raise file.RotorImportError("Which sheet?")
        return found

    def largest_sheet(_path):
        workbook.desk.change(sheet="Customers")  # in another window
        return "Leads"

    monkeypatch.setattr(file, "look_at", look_at)
    monkeypatch.setattr(file, "largest_sheet", largest_sheet)
    monkeypatch.setattr(file, "sheets_of", lambda _path: SHEETS)
    assert client.get("/file").status_code == 200
    assert workbook.desk.now.sheet == "Customers"


def test_no_other_sheet_is_chosen_while_the_columns_of_this_one_are_read(running, client, monkeypatch):
    client.upload("clients.csv", customers(3))
    client.post("/file/next", to="sandbox")
    propose, free = saved_mapping.proposed_mapping, []

    def proposed(*arguments):
        with ThreadPoolExecutor() as another:
            free.append(another.submit(running.workspace.alone.acquire, blocking=False).result())
        return propose(*arguments)

    monkeypatch.setattr(saved_mapping, "proposed_mapping", proposed)
    assert client.get("/columns").status_code == 200
    assert free == [False]


def test_a_window_that_shows_an_earlier_plan_does_not_start_the_new_one(running, client, rotor):
    planned(running, client, customers(3))
    shown = running.workspace.desk.now.stands
    again(running, client)
    answer = client.post("/import/start", run=shown)
    assert (answer.status_code, rotor.posts()) == (400, 0)
    assert answer.json()["error"].endswith("from another window. Reload this page.")
    assert f'data-run="{running.workspace.desk.now.plan}"' in client.get("/import").text
    assert client.post("/import/start").json() == {"go": "/import"}


def test_a_file_that_is_gone_is_told_by_the_name_that_a_person_gave_it(running, client):
    chosen(client, customers(3))
    Path(running.workspace.desk.now.file).unlink()
    answers = [client.get("/columns"), client.get("/columns/count?at=0"), client.post("/columns/next")]
    for answer in answers:
        assert answer.status_code in (200, 400)
        assert "clients.csv can" in answer.text
        assert str(running.workspace.desk.folder) not in answer.text
