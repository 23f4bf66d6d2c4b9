"""A file that a browser sends is kept privately and whole, or not at all."""

import errno
import os
import socket
import stat
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from test_import_step import interrupted, planned, sent

from rotor_import.web import uploads

PEOPLE = b"Phone,Name\n763 555 0100,Ada\n"


def on_desk(running):
    return running.workspace.desk.now


def folders(running):
    """What is in the page's folder besides what it always has."""
    return sorted(path.name for path in running.workspace.desk.folder.iterdir() if path.name != "import.json")


def test_only_the_owner_can_enter_the_folder_and_read_the_file_whatever_was_there_before(serve, computer):
    (computer.data / "page").mkdir(parents=True, mode=0o755)
    running = serve()
    before = os.umask(0)
    try:
        with running.client() as client:
            assert client.upload("clients.csv", PEOPLE).json() == {"go": "/file"}
            client.post("/file/next", to="sandbox")
            client.get("/columns")
    finally:
        os.umask(before)
    for path in (computer.data / "page", *(computer.data / "page").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert Path(on_desk(running).file).read_bytes() == PEOPLE


@pytest.mark.parametrize(
    "name", ["review.csv", "import.json", "..", "\u202efdp.csv", "'\"><script>.csv", "%2e%2e%2fx.csv"]
)
def test_whatever_a_file_is_called_it_lies_in_a_folder_of_its_own(running, client, name):
    assert client.upload(quote(name), PEOPLE).json() == {"go": "/file"}
    path = Path(on_desk(running).file)
    assert path.parent == running.workspace.desk.own / "file"
    assert path.read_bytes() == PEOPLE
    assert not running.workspace.desk.decisions.exists()
    page = client.get("/file").text
    assert "<script>" not in page.replace('<script src="/static/', "")
    assert "1 row, 2 columns" in page


def test_another_file_takes_the_place_of_the_first_and_a_window_with_the_first_is_told(running, client):
    client.upload("first.csv", PEOPLE)
    first = on_desk(running)
    running.workspace.desk.decisions.write_text("answers")
    client.upload("second.csv", PEOPLE)
    assert folders(running) == [on_desk(running).id]
    assert not Path(first.file).exists()
    for path in ("/file/next", "/columns/next", "/import/start", "/file/discard", "/file/sheet"):
        answer = client.http.post(path, json={"import": first.id, "to": "sandbox"})
        assert answer.status_code == 409
        assert answer.json()["error"] == "Another file was chosen in another window. Reload this page."
    assert on_desk(running).name == "second.csv"


def coming(running):
    """Uploads that have not arrived yet."""
    return [name for name in folders(running) if name.endswith(".part")]


def begun(running, client, name, length):
    """An upload of which half has come."""
    [(cookie, value)] = client.http.cookies.items()
    half = socket.create_connection(("127.0.0.1", running.served.port), timeout=20)
    half.sendall(
        f"POST /file/upload HTTP/1.1\r\nHost: {urlsplit(running.origin).netloc}\r\nOrigin: {running.origin}\r\n"
        f"Cookie: {cookie}={value}\r\nX-File-Name: {name}\r\nContent-Length: {length}\r\n".encode()
        + b"Connection: close\r\n\r\n"
    )
    return half


def test_of_two_at_once_the_last_to_arrive_stays_and_both_were_whole(running, client):
    with begun(running, client, "slow.csv", len(PEOPLE)) as slow:
        slow.sendall(PEOPLE[:10])
        client.upload("fast.csv", PEOPLE * 2)
        assert on_desk(running).name == "fast.csv"
        slow.sendall(PEOPLE[10:])
        assert b'{"go":"/file"}' in b"".join(iter(lambda: slow.recv(9999), b""))
    assert on_desk(running).name == "slow.csv"
    assert Path(on_desk(running).file).read_bytes() == PEOPLE
    assert folders(running) == [on_desk(running).id]


def test_one_that_breaks_off_leaves_nothing_and_what_was_there_stays(running, client):
    client.upload("first.csv", PEOPLE)
    with begun(running, client, "half.csv", 1000) as half:
        half.sendall(PEOPLE)
        while not coming(running):
            client.get("/static/icon.svg")
    while coming(running):  # until the program has noticed
        client.get("/static/icon.svg")
    assert folders(running) == [on_desk(running).id]
    assert on_desk(running).name == "first.csv"


def test_a_full_disk_is_told_in_words_and_what_was_there_stays(running, client, monkeypatch):
    client.upload("first.csv", PEOPLE)

    def full(*_arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(uploads, "_append", full)
    answer = client.upload("large.csv", PEOPLE)
    assert answer.status_code == 507
    assert answer.json()["error"].startswith("large.csv can't be kept here: the disk is full.")
    assert folders(running) == [on_desk(running).id]
    monkeypatch.undo()
    monkeypatch.setattr(uploads, "ROOM", 1 << 60)
    assert client.upload("large.csv", PEOPLE).status_code == 507  # before a byte of it has come
    assert on_desk(running).name == "first.csv"


def test_nothing_takes_the_place_of_an_import_that_is_not_finished(running, client, rotor):
    planned(running, client)
    refused = []

    def meanwhile(count):
        if count == 3:
            refused.append(client.upload("other.csv", PEOPLE).status_code)
            client.post("/import/pause")

    interrupted(running, meanwhile)
    sent(running, client)
    assert refused == [409]
    assert 0 < rotor.posts() < 12
    answer = client.upload("other.csv", PEOPLE)
    assert answer.status_code == 409
    assert "customers are still to be sent" in answer.json()["error"]
    assert client.post("/file/next", to="sandbox").status_code == 409
    assert Path(on_desk(running).file).exists()
    assert "still to send" in client.get("/file").text
    assert client.post("/file/discard").json() == {"go": "/file"}
    assert folders(running) == []
    assert client.upload("other.csv", PEOPLE).json() == {"go": "/file"}


def test_one_that_arrives_while_an_import_has_begun_is_not_taken(running, client):
    planned(running, client)
    answers = []

    def meanwhile(count):
        if count == 1:
            half.sendall(PEOPLE)
            answers.append(b"".join(iter(lambda: half.recv(9999), b"")))

    with begun(running, client, "late.csv", len(PEOPLE)) as half:
        while not coming(running):
            client.get("/static/icon.svg")
        interrupted(running, meanwhile)
        sent(running, client)
    assert b"An import is under way" in answers[0]
    assert on_desk(running).name == "clients.csv"
    assert not coming(running)
