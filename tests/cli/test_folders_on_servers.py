"""A profile whose folder is on a server: set up, looked over, synced and shown as any other, and no secret is told."""

import json

import pytest
from exports import web_export
from test_command_line import FILE, MAPPING, Desk

CANARY = "canary-secret"


@pytest.fixture
def desk(tmp_path):
    found = Desk(tmp_path)
    found.put("map.yaml", MAPPING + "feed: people\n")
    return found


def table(values):
    return "{" + ", ".join(f"{name} = {json.dumps(value)}" for name, value in values.items()) + "}"


@pytest.fixture
def over_ssh(desk, ssh, tmp_path):
    (tmp_path / "drop").mkdir()
    desk.put("drop/people.csv", FILE)
    storage = {name: value for name, value in ssh.storage.items() if name not in ("known_hosts", "config")}
    (tmp_path / "hosts").write_text((ssh.folder / "known_hosts").read_text())
    desk.put(
        "rotor-import.toml",
        f'[profiles.acme]\nfolder = "{ssh.address(tmp_path / "drop")}"\nmapping = "map.yaml"\nsandbox = true\n'
        f"settle = 0\nstorage = {table(storage | {'known_hosts': 'hosts'})}\n",
    )
    return desk


@pytest.fixture
def in_a_bucket(desk, s3):
    bucket = s3.bucket()
    s3.client.put_object(Bucket=bucket, Key="drop/people.csv", Body=FILE.encode())
    desk.put(
        "rotor-import.toml",
        f'[profiles.beta]\nfolder = "s3://{bucket}/drop"\nmapping = "map.yaml"\nsandbox = true\nsettle = 0\n'
        f'storage = {{endpoint_url = "http://127.0.0.1:{s3.port}"}}\n'
        'storage_env = {key = "BETA_ID", secret = "BETA_SECRET"}\n',
    )
    return desk


def test_over_ssh_it_is_synced_looked_over_and_shown(over_ssh, tmp_path):
    looked = json.loads(over_ssh.start("doctor", "--profile", "acme", "--json").stdout)
    checks = {one["check"]: one for one in looked["checks"]}
    assert checks["folder"]["state"] == "ok"
    assert checks["folder"]["message"].endswith("/drop: 1 file.")
    assert "people.csv" in checks["mapping"]["message"]
    done = over_ssh.start("sync", "--profile", "acme")
    assert (done.returncode, done.stdout.startswith("complete: people.csv; 2 rows")) == (0, True), done.stderr
    assert (tmp_path / "drop" / "processed" / "people.csv").is_file()
    again = over_ssh.start("sync", "--profile", "acme")
    assert again.stdout.startswith("Nothing new in sftp://127.0.0.1:")
    assert "people.csv" in over_ssh.start("status", "--profile", "acme").stdout


def test_doctor_names_a_rejected_files_address_and_not_the_copy_that_is_gone(over_ssh, ssh, tmp_path):
    over_ssh.put("drop/people.csv", FILE + "Cy,,123,\n")
    looked = json.loads(over_ssh.start("doctor", "--profile", "acme", "--json").stdout)
    [words] = [one["message"] for one in looked["checks"] if one["check"] == "mapping"]
    assert f"{ssh.address(tmp_path / 'drop')}/people.csv" in words
    assert words.endswith(f"mapping check {tmp_path / 'map.yaml'} people.csv")


def test_in_a_bucket_the_secrets_come_from_the_profiles_variables_and_are_told_nobody(in_a_bucket):
    secrets = {"BETA_ID": "canary-id", "BETA_SECRET": CANARY}
    told = []
    for command in (
        ("doctor", "--all"),
        ("sync", "--all"),
        ("status", "--all"),
        ("plan", "--profile", "beta", "s3://x/y"),
    ):
        done = in_a_bucket.start(*command, **secrets)
        told += [done.stdout, done.stderr]
    assert "people.csv" in told[2], told[2:4]
    assert CANARY not in "".join(told)


def test_without_its_variables_it_is_said_which_are_missing(in_a_bucket):
    done = in_a_bucket.start("sync", "--profile", "beta")
    assert done.returncode == 2
    assert "BETA_ID" in done.stderr


def test_a_signed_address_comes_from_a_variable_and_is_told_nobody(desk):
    with web_export() as export:
        export.say(FILE.encode())
        desk.put(
            "rotor-import.toml", '[profiles.web]\nfolder_env = "WEB_EXPORT"\nmapping = "map.yaml"\nsandbox = true\n'
        )
        signed = f"{export.url}?sig={CANARY}"
        told = [desk.start("sync", "--all", WEB_EXPORT=signed), desk.start("status", "--all", WEB_EXPORT=signed)]
    assert "people.csv" in told[0].stdout, told[0].stderr
    assert export.asked[0]["path"].endswith(CANARY)
    assert CANARY not in "".join(one.stdout + one.stderr for one in told)


def test_a_server_that_refuses_is_said_and_nothing_is_sent(over_ssh, tmp_path):
    (tmp_path / "hosts").write_text("")
    for command in ("doctor", "sync"):
        done = over_ssh.start(command, "--profile", "acme")
        assert done.returncode == 2
        assert "ssh-keyscan" in done.stdout + done.stderr


def test_a_file_by_address_is_planned_with_what_the_profile_knows(over_ssh, ssh, tmp_path):
    done = over_ssh.start("plan", f"{ssh.address(tmp_path / 'drop')}/people.csv", "--profile", "acme", "--json")
    assert json.loads(done.stdout)["changes"]["create"] == 2, done.stderr
    refused = over_ssh.start("plan", "ftp://host/people.csv", "--profile", "acme")
    assert (refused.returncode, "ftp://" in refused.stderr) == (2, True)


def test_init_takes_an_address_and_suggests_from_its_newest_file(desk, ssh, tmp_path, monkeypatch):
    (tmp_path / "drop").mkdir()
    desk.put("drop/people.csv", FILE)
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "known_hosts").write_text((ssh.folder / "known_hosts").read_text())
    (tmp_path / ".ssh" / "id_ed25519").write_text((ssh.folder / "user").read_text())
    (tmp_path / ".ssh" / "id_ed25519").chmod(0o600)
    address = ssh.address(tmp_path / "drop").replace("//", f"//{ssh.storage['username']}@")
    given = ("--name", "acme", "--folder", address, "--key-env", "ACME_KEY", "--drop", "full")
    done = desk.start("init", *given, HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "guess from people.csv" in done.stderr
    assert f'folder = "{address}"' in (tmp_path / "rotor-import.toml").read_text()
