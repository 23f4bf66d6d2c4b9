"""What differs where the folder is on a server: what is fetched at all, what a cut leaves, a server that is down."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from drops import Meanwhile
from exports import web_export
from file_servers import Wire, free_port
from places import S3Place, SftpPlace

from rotor_import.cli.exit_codes import WRONG_INPUT, code_of
from rotor_import.errors import SourceError
from rotor_import.remote import FileServer, FileServerError
from rotor_import.sync import DropSettings
from rotor_import.sync import night as night_module

ANN = {"key": "1", "phone": "763-555-0100", "first_name": "Ann"}
BEN = {"key": "2", "phone": "763-555-0101", "first_name": "Ben"}
NOW = DropSettings(settle=0)


class Far:
    """An office whose folder is on a server."""

    def __init__(self, office, place):
        self.office, self.place = office, place

    def put(self, name, rows):
        path = self.office.folder / "written"
        self.office.write(rows, path)
        self.place.put(path, name)

    def night(self, drop=NOW, **more):
        self.office.hands.at += 24 * 60 * 60
        return self.office.sync(self.place.address, drop, **({"storage": self.place.storage} | more))


@pytest.fixture(params=["sftp", "s3"])
def far(request, office):
    server = request.getfixturevalue("ssh" if request.param == "sftp" else "s3")
    place = SftpPlace(office.folder / "drop", server) if request.param == "sftp" else S3Place("drop", server)
    return Far(office, place)


@pytest.fixture
def bucket(office, s3):
    return Far(office, S3Place("drop", s3))


@pytest.fixture
def fetched(monkeypatch):
    """The names of the files that were fetched."""
    names, fetch = [], FileServer.fetch

    def noted(server, name, *more):
        names.append(name)
        fetch(server, name, *more)

    monkeypatch.setattr(FileServer, "fetch", noted)
    return names


def test_a_name_that_comes_every_night_overwrites_nothing(far):
    for count in range(3):
        far.put("people.csv", [ANN | {"first_name": f"Ann{count}"}])
        assert far.night().report.error is None
    assert far.place.names("processed") == ["people-2.csv", "people-3.csv", "people.csv"]


def test_reports_and_status_name_the_address(far):
    far.put("people.csv", [ANN])
    night = far.night()
    assert night.summary["files"][0]["path"] == f"{far.place.address}/people.csv"
    assert night.summary["drop"]["taken"] == ["people.csv"]


def test_files_that_stay_are_fetched_once_if_the_server_has_etags(bucket, fetched):
    leave = DropSettings(settle=0, leave=True)
    bucket.put("1.csv", [ANN])
    bucket.put("2.csv", [ANN, BEN])
    assert bucket.night(leave).posts == 2
    assert sorted(fetched) == ["1.csv", "2.csv"]
    assert bucket.night(leave).summary["drop"]["known"] == ["2.csv", "1.csv"]
    bucket.put("3.csv", [BEN])
    assert bucket.night(leave).summary["drop"]["taken"] == ["3.csv"]
    assert sorted(fetched) == ["1.csv", "2.csv", "3.csv"]
    assert bucket.place.names() == ["1.csv", "2.csv", "3.csv"]


def test_one_that_a_safeguard_stopped_is_fetched_again_once_it_is_wanted(bucket, fetched):
    leave = DropSettings(settle=0, leave=True)
    bucket.put("1.csv", [ANN, BEN])
    bucket.night(leave)
    bucket.put("2.csv", [{}])
    assert bucket.night(leave).report.error is not None
    assert bucket.night(leave, force=True).summary["drop"]["taken"] == ["2.csv"]
    assert fetched.count("2.csv") == 2


@pytest.fixture
def while_read(monkeypatch):
    """Does something as soon as the file was read."""

    def arrange(action):
        reads = night_module.read

        def read(*arguments, **more):
            found = reads(*arguments, **more)
            action()
            return found

        monkeypatch.setattr(night_module, "read", read)

    return arrange


def test_a_file_that_is_replaced_while_it_is_read_waits(far, while_read, monkeypatch):
    far.put("1.csv", [ANN])
    with monkeypatch.context():
        while_read(lambda: far.put("1.csv", [BEN, ANN]))
        night = far.night()
    assert (night.posts, night.report.error, night.summary["drop"]["waiting"]) == (0, None, ["1.csv"])


def test_a_file_that_is_replaced_while_it_is_sent_stays_even_with_the_same_size_and_time(office, ssh):
    place = SftpPlace(office.folder / "drop", ssh)
    far = Far(office, place)
    far.put("1.csv", [ANN])
    path = place.folder / "1.csv"
    os.utime(path, (1_000_000, 1_000_000))

    def replace_it():
        far.put("1.csv", [ANN | {"first_name": "Eve"}])
        os.utime(path, (1_000_000, 1_000_000))

    transport = office.rotor.transport
    office.rotor.transport = lambda: Meanwhile(transport(), replace_it)
    far.night()
    office.rotor.transport = transport
    assert (place.names(), place.names("processed")) == (["1.csv"], [])
    assert far.night().summary["drop"]["taken"] == ["1.csv"]
    assert [one["first_name"] for one in office.rotor.customers()] == ["Eve"]


def test_a_file_that_is_replaced_at_the_last_moment_stays_to_be_taken(office, ssh, monkeypatch):
    far = Far(office, SftpPlace(office.folder / "drop", ssh))
    far.put("1.csv", [ANN])
    rename = FileServer.rename

    def too_late(server, name, *more):
        if name == "1.csv":
            far.put("1.csv", [ANN | {"first_name": "Eve"}, BEN])
        return rename(server, name, *more)

    with monkeypatch.context() as patch:
        patch.setattr(FileServer, "rename", too_late)
        far.night()
    assert (far.place.names(), far.place.names("processed")) == (["1.csv"], [])
    assert far.night().summary["drop"]["taken"] == ["1.csv"]
    assert sorted(one["first_name"] for one in office.rotor.customers()) == ["Ben", "Eve"]


def test_a_mark_goes_only_with_its_file(far, while_read):
    wait = DropSettings(done_file=True)
    for name in ("1.csv", "1.csv.done"):
        far.put(name, [ANN])
    transport = far.office.rotor.transport

    def replace_both():
        for name in ("1.csv", "1.csv.done"):
            far.put(name, [ANN | {"first_name": "Eve"}, BEN])

    far.office.rotor.transport = lambda: Meanwhile(transport(), replace_both)
    far.night(wait)
    far.office.rotor.transport = transport
    assert far.place.names() == ["1.csv", "1.csv.done"]
    assert far.night(wait).summary["drop"]["taken"] == ["1.csv"]
    assert far.place.names() == []


def test_a_name_that_is_no_text_is_refused_and_the_others_are_taken(office, ssh):
    far = Far(office, SftpPlace(office.folder / "drop", ssh))
    far.put("2.csv", [ANN])
    office.write([BEN], Path(os.fsdecode(os.fsencode(far.place.folder) + b"/1-\xff.csv")))
    night = far.night()
    assert (night.posts, night.summary["drop"]["taken"]) == (1, ["2.csv"])
    assert [os.fsencode(name) for name in far.place.names()] == []
    assert b"1-\xff.csv" in [os.fsencode(name) for name in (*far.place.names("failed"), *far.place.names("processed"))]


def test_a_copy_that_a_cut_left_is_not_made_twice(bucket):
    bucket.put("1.csv", [ANN])
    client, place = bucket.place._server.client, bucket.place  # noqa: SLF001 - the server's own view
    kept = client.get_object(Bucket=place.bucket, Key="drop/1.csv")["Body"].read()
    bucket.night()
    client.put_object(Bucket=place.bucket, Key="drop/1.csv", Body=kept)
    assert bucket.night().summary["drop"]["known"] == ["1.csv"]
    assert (place.names(), place.names("processed")) == ([], ["1.csv"])


def test_while_the_server_is_down_what_is_pending_goes_on(far):
    far.put("1.csv", [ANN, BEN])
    assert far.night(max_requests=3).summary["sent"]["pending"] == 1
    place = far.place
    port = free_port()
    down = place.storage | ({"endpoint_url": f"http://127.0.0.1:{port}"} if "endpoint_url" in place.storage else {})
    if isinstance(place, SftpPlace):
        place.port = port
    night = far.night(storage=down)
    assert isinstance(night.report.error, SourceError)
    assert "can't be reached" in str(night.report.error)
    assert code_of(night.report.error) == WRONG_INPUT
    assert (night.posts, night.summary["sent"]["pending"]) == (1, 0)


def test_a_server_that_goes_down_once_a_file_is_fetched_leaves_it_waiting_and_what_is_pending_goes_on(far, while_read):
    far.put("1.csv", [ANN, BEN])
    assert far.night(max_requests=3).summary["sent"]["pending"] == 1
    far.put("2.csv", [ANN])

    def down(*_):
        raise FileServerError("The server is down.", OSError())

    with pytest.MonkeyPatch.context() as patch:
        while_read(lambda: patch.setattr(FileServer, "entry", down))
        night = far.night()
    assert (str(night.report.error), night.summary["drop"]["waiting"], night.posts) == (
        "The server is down.",
        ["2.csv"],
        1,
    )
    assert night.report.unreachable is not None


def test_a_folder_where_nothing_can_be_written_is_said_and_no_file_is_taken_twice(office, ssh):
    far = Far(office, SftpPlace(office.folder / "drop", ssh))
    far.put("1.csv", [ANN])
    (far.place.folder / "processed").write_text("a file in the folder's place")
    only = DropSettings(settle=0, patterns=("*.csv",))
    night = far.night(only)
    [note] = night.summary["drop_notes"]
    assert (night.posts, note.startswith("1.csv couldn't be moved to processed. ")) == (1, True)
    assert far.night(only).posts == 0
    (far.place.folder / "processed").unlink()
    far.night(only)
    assert far.place.names("processed") == ["1.csv"]


def test_a_slow_upload_waits_until_it_stands_still(office, ssh):
    far = Far(office, SftpPlace(office.folder / "drop", ssh))
    far.put("1.csv", [ANN])
    path, sleep = far.place.folder / "1.csv", office.hands.sleep

    def write_on(seconds):
        sleep(seconds)
        with path.open("a") as file:
            file.write("2,,763-555-0101,,Ben,,,\n")

    office.hands.sleep = write_on
    assert far.night(DropSettings(settle=2)).summary["drop"]["waiting"] == ["1.csv"]
    office.hands.sleep = sleep
    assert far.night(DropSettings(settle=2)).posts == 2


@pytest.fixture
def export():
    with web_export() as one:
        yield one


class Web(Far):
    """An office whose file is always at one address."""

    def __init__(self, office, export):
        self.office, self.export = office, export

    def say(self, rows, etag="", changed=""):
        path = self.office.folder / "written"
        self.office.write(rows, path)
        self.export.say(path.read_bytes(), etag, changed)

    def night(self, **more):
        self.office.hands.at += 24 * 60 * 60
        return self.office.sync(f"{self.export.url}?sig=canary", **more)


@pytest.fixture
def web(office, export):
    return Web(office, export)


def test_an_export_on_the_web_is_taken_when_it_changed_and_fetched_only_then(web):
    web.say([ANN], '"a"')
    assert web.night().summary["drop"]["taken"] == ["people.csv"]
    for _ in range(3):
        assert (web.night().posts, web.export.fetched()) == (0, 1)
    web.say([ANN, BEN], '"b"')
    assert (web.night().posts, web.export.fetched()) == (1, 2)
    assert web.export.asked[-1]["if-none-match"] == '"a"'
    web.say([ANN | {"first_name": "Anna"}, BEN], '"a"')
    assert web.night().posts == 1, "an ETag that comes again is compared with the last one alone"


def test_another_query_is_another_file(web):
    web.say([ANN, BEN], '"a"')
    web.night()
    web.office.hands.at += 24 * 60 * 60
    web.office.sync(f"{web.export.url}?list=2")
    assert "if-none-match" not in web.export.asked[-1]


@pytest.mark.parametrize("changed", ["", "Sat, 28 Nov 2026 18:30:00 GMT"])
def test_without_an_etag_it_is_fetched_each_night_and_known_by_its_content(web, changed):
    web.say([ANN], "", changed)
    web.night()
    assert (web.night().posts, web.export.fetched()) == (0, 2)
    web.say([ANN | {"first_name": "Anna"}], "", changed and "Sun, 29 Nov 2026 18:30:00 GMT")
    web.night()
    web.say([ANN], "", changed and "Mon, 30 Nov 2026 18:30:00 GMT")
    web.night()
    assert [one["first_name"] for one in web.office.rotor.customers()] == ["Ann"], "what it says again counts again"


def test_one_that_was_fetched_and_not_taken_is_fetched_again_whatever_its_etag_says(web):
    web.say([ANN, BEN], 'W/"a"')
    web.night()
    web.say([{}], 'W/"b"')
    assert web.night().report.error is not None
    web.say([{"first_name": "other bytes"}], 'W/"b"')
    assert web.night(force=True).summary["drop"]["taken"] == ["people.csv"]


@pytest.mark.parametrize("drop", [DropSettings(done_file=True), DropSettings(patterns=("*.xlsx",))])
def test_how_files_are_found_in_a_folder_does_not_matter_on_the_web(web, drop):
    web.say([ANN])
    assert web.office.sync(web.export.url, drop).summary["drop"]["taken"] == ["people.csv"]


def test_an_export_that_cannot_be_fetched_is_said_without_its_signature_and_what_is_pending_goes_on(web):
    web.say([ANN, BEN], '"a"')
    assert web.night(max_requests=3).summary["sent"]["pending"] == 1
    web.export.answers = [(404, {})]
    night = web.night()
    assert (night.posts, "There is no http://127" in str(night.report.error)) == (1, True)
    assert "canary" not in str(night.summary) + str(night.report.error)


def test_no_secret_is_in_the_ledger_the_reports_or_the_summary(far):
    secret = far.place.storage | {"passphrase" if isinstance(far.place, SftpPlace) else "token": "canary-word"}
    far.put("people.csv", [ANN])
    (far.office.folder / "reports").mkdir(exist_ok=True)
    night = far.night(storage=secret)
    kept = [path for path in far.office.folder.rglob("*") if path.is_file() and "drop" not in path.parts]
    texts = [str(night.summary), repr(replace(far.office.settings, storage=secret))]
    texts += [path.read_bytes().decode("utf-8", "replace") for path in kept]
    assert not any("canary-word" in text or "canary-secret" in text for text in texts)


def test_a_wire_that_is_cut_for_good_leaves_everything_where_it_is(office, ssh):
    wire = Wire(ssh.port)
    ssh.trust(ssh.port, wire.port)
    far = Far(office, SftpPlace(office.folder / "drop", ssh, wire.port))
    far.put("1.csv", [ANN])
    wire.close()
    assert isinstance(far.night().report.error, SourceError)
    assert far.place.names() == ["1.csv"]
    far.place.port = ssh.port
    assert far.night().posts == 1
