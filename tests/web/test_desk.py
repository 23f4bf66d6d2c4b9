"""What is on the page is in files: found again by the next program, and never guessed where it can't be read."""

import json
from dataclasses import asdict, fields
from pathlib import Path
from zipfile import ZipFile

import pytest

from rotor_import.errors import SettingsError, SourceError
from rotor_import.pipeline import saved_mark
from rotor_import.pipeline.file_found import look_at, proposed_mapping, sheets_of
from rotor_import.web import desk as desks
from rotor_import.web import given
from rotor_import.web.desk import Desk, OnDesk
from rotor_import.web.jobs import Busy, Jobs


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "page"


def put(desk, name="a.csv"):
    def place(own):
        (own / name).write_text("Phone\n763 555 0100\n")
        return own / name, name

    return desk.begin(place, uploaded=True, to="sandbox")


def test_another_program_finds_what_was_there(folder):
    desk = Desk(folder)
    put(desk)
    desk.change(plan="a-run", sheet="Clients")
    again = Desk(folder)
    assert again.now == desk.now
    assert (again.now.name, again.now.plan, again.lost) == ("a.csv", "a-run", "")
    Path(again.now.file).unlink()
    assert Desk(folder).now == desk.now  # the page says that the file is gone


def test_a_file_of_an_older_version_is_understood(folder):
    desk = Desk(folder)
    put(desk)
    saved = json.loads((folder / "import.json").read_text())
    del saved["sheet"], saved["preset"]
    saved["later"] = "known to nobody"
    (folder / "import.json").write_text(json.dumps(saved))
    assert Desk(folder).now == desk.now


def test_a_file_of_a_newer_version_stops_the_program_and_stays(folder):
    put(Desk(folder))
    (folder / "import.json").write_text('{"version": 2, "id": {}}')
    with pytest.raises(SettingsError, match="A newer version"):
        Desk(folder)
    assert json.loads((folder / "import.json").read_text())["version"] == 2


USUAL = asdict(OnDesk())
DAMAGED = {
    "half": b'{"version": 1, "id": "',
    "nothing": b"",
    "no text": b"\xff\x00\xfe",
    "a list": b"[]",
    "no version": b"{}",
    "deep": b"[" * 100_000,
    "a path as ID": json.dumps({"version": 1, **USUAL, "id": "../../.."}).encode(),
    "a number as file": json.dumps({"version": 1, **USUAL, "file": 7}).encode(),
    "nowhere to": json.dumps({"version": 1, **USUAL, "to": "elsewhere"}).encode(),
}


@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_kept_beside_and_said_and_takes_nothing_with_it(folder, damaged):
    before = put(Desk(folder))
    (folder / "import.json").write_bytes(damaged)
    desk = Desk(folder)
    assert desk.now == OnDesk()
    assert str(folder) in desk.lost
    assert (folder / "import.json.damaged").read_bytes() == damaged
    desk.tidy()
    put(desk, "b.csv")
    assert Path(before.file).exists()
    assert desk.lost == ""


def test_what_killed_programs_left_behind_is_removed_and_nothing_else(folder):
    desk = Desk(folder)
    now = put(desk)
    for name in ("0123456789abcdef", "notes"):
        (folder / name).mkdir()
        (folder / name / "clients.csv").write_text("x")
    (folder / "fedcba9876543210.part").write_text("half of a file")
    desk.tidy()
    assert sorted(path.name for path in folder.iterdir()) == sorted([now.id, "import.json", "notes"])
    assert Path(now.file).exists()


def test_what_cannot_be_saved_is_not_changed(folder, monkeypatch):
    desk = Desk(folder)
    before = put(desk)

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(desks, "write_whole", full)
    for change in (lambda: desk.change(to="rotor"), lambda: put(desk, "b.csv"), desk.clear):
        with pytest.raises(SettingsError, match="No space left on device"):
            change()
    assert desk.now == before
    assert [path.name for path in folder.iterdir() if path.is_dir()] == [before.id]
    assert Path(before.file).exists()


def test_a_folder_that_is_a_file_is_told_in_words(folder):
    folder.write_text("")
    with pytest.raises(SettingsError, match="Can't use the folder"):
        Desk(folder)


def test_every_part_of_the_state_is_text_but_one():
    assert {field.name for field in fields(OnDesk) if field.type not in ("str", "Destination")} == {"uploaded"}


def test_once_the_program_ends_no_work_is_begun():
    jobs = Jobs()
    jobs.end()
    with pytest.raises(Busy):
        jobs.begin("plan", lambda _world: None)


NO_FILES = {
    "-": "standard input",
    ".": "is a folder",
    "nothing.csv": "There is no file",
    "plan.rotor": "rotor-import run",
}


@pytest.mark.parametrize(("name", "words"), NO_FILES.items())
def test_what_is_no_file_of_customers_is_refused_before_the_page_opens(tmp_path, monkeypatch, name, words):
    monkeypatch.chdir(tmp_path)
    with ZipFile("plan.rotor", "w") as plan:
        plan.writestr(saved_mark.MANIFEST, "{}")
    with pytest.raises(SourceError, match=words):
        given.check(Path(name))


def test_a_file_that_is_there_already_stays_as_it_stands(computer):
    workspace, file = computer.workspace(), computer.file("a.csv", "Phone\n763 555 0100\n")
    given.take(workspace, file)
    now = workspace.desk.change(mapping="a.yaml", plan="a-run")
    given.take(workspace, file)
    assert workspace.desk.now == now
    other = computer.file("b.csv", "Phone\n763 555 0101\n")
    given.take(workspace, other)
    assert workspace.desk.now == OnDesk(workspace.desk.now.id, str(other), "b.csv", to="rotor")
    assert file.exists()


def test_a_file_that_is_given_beside_answers_is_asked_about_first(running, client, computer):
    workspace = running.workspace
    first, second = computer.file("a.csv", "Phone\n763 555 0100\n"), computer.file("b.csv", "Phone\n763 555 0101\n")
    given.take(workspace, first)
    workspace.desk.decisions.write_text("answers")
    given.take(workspace, second)
    assert workspace.desk.now.file == str(first)
    assert client.get("/").headers["location"] == "/file"
    page = client.get("/file").text
    assert "You opened <bdi>b.csv</bdi>, but <bdi>a.csv</bdi> isn't finished" in page
    assert client.post("/file/offered", which="desk").json() == {"go": "/"}
    assert workspace.desk.now.file == str(first)
    given.take(workspace, second)
    assert client.post("/file/offered", which="offered").json() == {"go": "/file"}
    assert workspace.desk.now.file == str(second)
    assert not workspace.desk.decisions.exists()
    assert "You opened" not in client.get("/file").text


def test_a_file_is_read_once_as_long_as_it_stays_as_it_is(computer, monkeypatch):
    read = []
    table = look_at.__globals__["read_table"]
    monkeypatch.setitem(look_at.__globals__, "read_table", lambda *given: (read.append(given), table(*given))[1])
    file = computer.file("a.csv", "Phone\n763 555 0100\n")
    assert [look_at(file).rows for _ in range(3)] == [1, 1, 1]
    assert len(read) == 1
    file.write_text("Phone\n763 555 0100\n763 555 0101\n")
    assert look_at(file).rows == 2
    file.unlink()
    with pytest.raises(SourceError, match="There is no file"):
        look_at(file)
    assert sheets_of(file) == ()
    assert 'sheet: "Old \\"A\\""' in proposed_mapping(file, "workiz", 'Old "A"')
