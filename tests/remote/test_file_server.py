"""OpenSSH's server and moto's S3: what is there is listed and fetched, and who is not trusted is not asked."""

import socket
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from file_servers import free_port, ssh_server

from rotor_import.errors import SettingsError
from rotor_import.model.remote import remote_of
from rotor_import.remote import FileServer, FileServerError, connect, server

NAMES = ["a b.csv", "ä.csv", "100%.csv", "a?b.csv", "c#1.csv", "d;e,f.csv", "-g.csv", "[h].csv", "i*j.csv"]


class Waits:
    """What was slept between attempts."""

    def __init__(self):
        self.seconds = []

    def __call__(self, seconds):
        self.seconds.append(seconds)


@pytest.fixture
def waits():
    return Waits()


@pytest.fixture(params=["sftp", "s3"])
def folder(request, tmp_path):
    """A folder with files of odd names, and one below; its server's address and what lets one in."""
    if request.param == "sftp":
        ssh = request.getfixturevalue("ssh")
        for name in [*NAMES, "below/deep.csv"]:
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(name)
        return ssh.address(tmp_path), ssh.storage
    s3 = request.getfixturevalue("s3")
    bucket = s3.bucket()
    for name in [*NAMES, "below/deep.csv"]:
        s3.client.put_object(Bucket=bucket, Key=f"in/{name}", Body=name.encode())
    s3.client.put_object(Bucket=bucket, Key="in/", Body=b"")  # as some tools make a folder
    return f"s3://{bucket}/in", s3.storage()


def opened(folder, waits):
    address, storage = folder
    return FileServer(remote_of(address), storage, waits)


def test_files_of_any_name_are_listed_fetched_and_put_away(folder, waits, tmp_path):
    with opened(folder, waits) as server:
        found = {entry.name: entry for entry in server.entries()}
        assert {name for name, entry in found.items() if entry.is_folder} == {"below"}
        assert sorted(set(found) - {"below"}) == sorted(NAMES)
        server.make_folder("processed")
        for name in NAMES:
            entry = found[name]
            assert server.entry(name) == entry
            server.fetch(name, entry.size, tmp_path / "copy")
            assert (tmp_path / "copy").read_text() == name
            if server.remote.scheme == "sftp":
                assert server.rename(name, f"processed/{name}", entry)
            else:
                server.copy(name, f"processed/{name}")
                server.remove_if(name, entry.etag)
            assert server.entry(name) is None
            assert server.entry(f"processed/{name}").size == entry.size
    assert waits.seconds == []


def test_a_time_with_and_one_without_fractions_are_the_same():
    listed = {"name": "b/a.csv", "size": 3, "type": "file", "ETag": '"e"'}
    times = (datetime(2026, 11, 29, 5, 0, 0, 123_000, tzinfo=UTC), datetime(2026, 11, 29, 5, 0, tzinfo=UTC))
    texts = ("2026-11-29T05:00:00.999Z", "2026-11-29T05:00:00+00:00")
    entries = {server.entry_of({**listed, "LastModified": one})[0] for one in (*times, *texts)}
    assert len(entries) == 1


def test_what_was_replaced_is_not_removed(s3, waits):
    bucket = s3.bucket()
    s3.client.put_object(Bucket=bucket, Key="in/a.csv", Body=b"old")
    with FileServer(remote_of(f"s3://{bucket}/in"), s3.storage(), waits) as server:
        old = server.entry("a.csv")
        s3.client.put_object(Bucket=bucket, Key="in/a.csv", Body=b"new")
        server.remove_if("a.csv", old.etag)
        assert server.entry("a.csv").etag != old.etag
        server.remove_if("a.csv", server.entry("a.csv").etag)
        server.remove_if("a.csv", old.etag)
        assert server.entry("a.csv") is None


@pytest.fixture(scope="module")
def plain_ssh(tmp_path_factory):
    """A server that knows neither a shell nor the extension that overwrites as it renames, as many gateways."""
    with ssh_server(tmp_path_factory.mktemp("plain"), "ForceCommand internal-sftp -P posix-rename\n") as one:
        yield one


@pytest.mark.parametrize("kind", ["ssh", "plain_ssh"])
def test_a_rename_overwrites_nothing_and_loses_nothing(request, kind, waits, tmp_path):
    ssh = request.getfixturevalue(kind)
    (tmp_path / "processed").mkdir()
    for name, content in (("a.csv", "taken"), ("b.csv", "other"), ("processed/b.csv", "taken before")):
        (tmp_path / name).write_text(content)
    with FileServer(remote_of(ssh.address(tmp_path)), ssh.storage, waits) as server:
        old = server.entry("a.csv")
        assert server.rename("a.csv", "processed/a.csv", old)
        assert not server.rename("b.csv", "processed/b.csv", server.entry("b.csv"))
        (tmp_path / "a.csv").write_text("tomorrow's")
        assert server.rename("a.csv", "processed/a.csv", old), "as after a cut: it was done, and its answer lost"
    kept = {str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.rglob("*.csv")}
    assert kept == {
        "a.csv": "tomorrow's",
        "b.csv": "other",
        "processed/a.csv": "taken",
        "processed/b.csv": "taken before",
    }


def test_a_full_disk_here_is_said_and_not_taken_for_a_lost_connection(folder, waits):
    with opened(folder, waits) as server, pytest.raises(FileServerError, match="no space left for a copy of"):
        server.fetch(NAMES[0], 7, Path("/dev/full"))
    assert waits.seconds == []


def test_a_link_is_what_it_leads_to(ssh, waits, tmp_path):
    (tmp_path / "a.csv").write_text("x")
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.csv")
    (tmp_path / "nowhere.csv").symlink_to(tmp_path / "gone")
    with FileServer(remote_of(ssh.address(tmp_path)), ssh.storage, waits) as server:
        assert sorted(entry.name for entry in server.entries()) == ["a.csv", "link.csv"]


@pytest.mark.parametrize("known", ["another", "none"])
def test_a_server_whose_host_key_is_not_known_is_refused_and_never_logged_in_to(ssh, waits, tmp_path, known):
    hosts = tmp_path / "known_hosts"
    other = (ssh.folder / "other.pub").read_text()
    hosts.write_text(f"[127.0.0.1]:{ssh.port} {other}" if known == "another" else "")
    storage = ssh.storage | {"known_hosts": str(hosts)}
    with pytest.raises(FileServerError, match=f"ssh-keyscan -p {ssh.port} 127.0.0.1"):
        FileServer(remote_of(ssh.address(tmp_path)), storage, waits).entries()
    assert waits.seconds == [], "it isn't tried again"


def test_without_a_known_hosts_file_of_its_own_that_of_the_user_counts(ssh, waits, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    storage = {name: value for name, value in ssh.storage.items() if name != "known_hosts"}
    remote = remote_of(ssh.address(tmp_path))
    with pytest.raises(FileServerError, match="host key"):
        FileServer(remote, storage, waits).entries()
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "known_hosts").write_text((ssh.folder / "known_hosts").read_text())
    assert [entry.name for entry in FileServer(remote, storage, waits).entries()] == [".ssh"]


def test_a_key_that_is_refused_is_said_at_once(ssh, waits, tmp_path):
    storage = ssh.storage | {"client_keys": str(ssh.folder / "other"), "passphrase": "canary-passphrase"}
    with pytest.raises(FileServerError, match=r"Access to sftp://.* was refused") as refused:
        FileServer(remote_of(ssh.address(tmp_path)), storage, waits).entries()
    assert waits.seconds == []
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("name", ["client_keys", "known_hosts"])
def test_a_file_that_is_missing_here_is_not_taken_for_one_that_is_missing_there(ssh, waits, tmp_path, name):
    storage = ssh.storage | {name: str(tmp_path / "nowhere")}
    with pytest.raises(FileServerError, match=f"There is no file .*nowhere, which `storage` names as {name}"):
        FileServer(remote_of(ssh.address(tmp_path)), storage, waits).entries()


def test_a_ctrl_c_is_no_lost_connection(ssh, waits, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(server, "connect", interrupted)
    with pytest.raises(KeyboardInterrupt):
        FileServer(remote_of(ssh.address("/drop")), ssh.storage, waits).entries()
    assert waits.seconds == []


def test_what_is_not_there_is_said_with_its_address(folder, waits):
    address, storage = folder
    if address.startswith("sftp"):
        with pytest.raises(FileServerError, match=f"There is no {address}/gone. Check the address."):
            FileServer(remote_of(f"{address}/gone"), storage, waits).entries()
    else:
        assert FileServer(remote_of(f"{address}/gone"), storage, waits).entries() == [], "a bucket has no folders"
        with pytest.raises(FileServerError, match=r"There is no s3://no-such-bucket/in\. Check"):
            FileServer(remote_of("s3://no-such-bucket/in"), storage, waits).entries()
    assert waits.seconds == []


@pytest.mark.parametrize("scheme", ["sftp", "s3"])
def test_a_server_that_is_down_is_tried_again_and_then_said(scheme, ssh, s3, waits):
    port = free_port()
    if scheme == "sftp":
        server = FileServer(remote_of(ssh.address("/drop", port)), ssh.storage, waits)
    else:
        server = FileServer(remote_of("s3://bucket/drop"), s3.storage(port), waits)
    with pytest.raises(FileServerError, match=r"can't be reached, or the connection was lost") as down:
        server.entries()
    assert waits.seconds == [0.5, 1, 2, 4]
    assert "canary" not in str(down.value)


def test_a_server_that_never_says_anything_is_given_up(ssh, waits, monkeypatch):
    monkeypatch.setattr(connect, "CONNECT_WITHIN", 0.05)
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        kept = []

        def accept():
            with suppress(OSError):
                while True:
                    kept.append(listener.accept()[0])

        thread = threading.Thread(target=accept)
        thread.start()
        remote = remote_of(ssh.address("/drop", listener.getsockname()[1]))
        with pytest.raises(FileServerError, match="can't be reached"):
            FileServer(remote, ssh.storage, waits).entries()
        assert waits.seconds == [0.5, 1, 2, 4]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        for one in kept:
            one.close()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("sftp://ann:canary@host/drop", "contains a password"),
        ("https://ann@host/people.csv", "contains a password"),
        ("ftp://host/drop", "Files can't be read from ftp:// addresses"),
        ("s3:///drop", "has no host"),
        ("sftp://host:99999/drop", "can't be read"),
        ("sftp://[::1/drop", "can't be read"),
        ("https:/host/people.csv?sig=canary", "two slashes"),
        ("az://container/people.csv?sv=1&sig=canary", "sas_token"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_in_words_without_its_secrets(address, words):
    with pytest.raises(SettingsError, match=words) as refused:
        remote_of(address)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    "path", ["people.csv", "/srv/drop", "C:\\drop\\people.csv", "C:/people.csv", "-", "", "a:b.csv"]
)
def test_a_path_is_no_address(path):
    assert remote_of(path) is None


def test_a_signature_in_an_address_is_not_shown():
    remote = remote_of("https://host:8443/out/people.csv?sig=canary&x=/y.csv#part")
    assert (str(remote.path), remote.path.name) == ("https://host:8443/out/people.csv", "people.csv")
    assert remote.url == "https://host:8443/out/people.csv?sig=canary&x=/y.csv"
    assert "canary" not in repr(remote)


def test_other_names_of_a_protocol_are_the_same():
    assert remote_of("ssh://host/drop").path == remote_of("sftp://host/drop").path
    assert remote_of("gcs://bucket/x").scheme == "gs"


def test_without_the_package_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(connect, "find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match=r"pip install 'rotor-import\[remote\]'"):
        connect.check_package(remote_of("sftp://host/drop"))
