"""The nightly file drop's recipes: each is tried as far as this machine can."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from file_servers import s3_server, ssh_server

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "rotor_import" / "sync" / "README.md").read_text(encoding="utf-8")
PROGRAM = Path(sys.executable).with_name("rotor-import")
OPTIONS = re.compile(r"--[a-z][a-z-]+")


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", DOCUMENT, re.DOTALL)


def test_the_cron_line_runs_with_an_empty_environment(tmp_path):
    [line] = [line for line in blocks("cron") if "--all" not in line]
    command = line.split(None, 5)[5].strip()
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "people.csv").write_text("First,Phone\nAnn,763-555-0100\n")
    (tmp_path / "my.yaml").write_text("version: 1\nfields: {first_name: First, phone: Phone}\n")
    (tmp_path / "key").write_text("a-key")
    (tmp_path / "key").chmod(0o600)
    here = {"/opt/rotor/.venv/bin/rotor-import": PROGRAM, "/srv/drop": tmp_path / "drop", "/opt/rotor": tmp_path}
    for there, place in here.items():
        command = command.replace(there, str(place))
    command += f" --settle 0 --sandbox --sandbox-state {tmp_path}/sandbox.sqlite"
    done = subprocess.run(
        ["/bin/sh", "-c", command], env={}, cwd="/", capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert "1 created" in done.stdout


def test_the_line_for_many_companies_syncs_each_of_them(tmp_path):
    [line] = [line for line in blocks("cron") if "--all" in line]
    [profiles] = [block for block in blocks("toml") if "storage" not in block]
    command = (
        line.split(None, 5)[5].strip().replace("/opt/rotor/.venv/bin/rotor-import", f"{sys.executable} -m rotor_import")
    )
    for name in ("acme", "beta"):
        (tmp_path / "drop" / name).mkdir(parents=True)
        (tmp_path / "drop" / name / "people.csv").write_text("First,Phone\nAnn,763-555-0100\n")
        (tmp_path / f"{name}.key").write_text("a-key")
        (tmp_path / f"{name}.key").chmod(0o600)
    (tmp_path / "acme.yaml").write_text("version: 1\nfields: {first_name: First, phone: Phone}\n")
    profiles = profiles.replace("jobber", "acme.yaml").replace(
        "[defaults]\n", "[defaults]\nsandbox = true\nsettle = 0\n"
    )
    for name in ("acme", "beta"):
        profiles = profiles.replace(f"[profiles.{name}]\n", f"[profiles.{name}]\nsandbox_state = '{name}.sqlite'\n")
    (tmp_path / "rotor-import.toml").write_text(profiles.replace("/srv/drop", str(tmp_path / "drop")))
    done = subprocess.run(
        ["/bin/sh", "-c", command.replace("/opt/rotor", str(tmp_path))],
        env={"ROTOR_LEDGER": str(tmp_path / "ledger.sqlite"), "PYTHONPATH": str(ROOT)},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[:2] for line in done.stdout.splitlines()[1:]] == [["acme", "complete"], ["beta", "complete"]]


def test_the_profiles_whose_folders_are_on_servers_sync(tmp_path):
    [profiles] = [block for block in blocks("toml") if "storage" in block]
    for name in ("acme", "beta"):
        (tmp_path / f"{name}.key").write_text("a-key")
        (tmp_path / f"{name}.key").chmod(0o600)
    (tmp_path / "acme.yaml").write_text("version: 1\nfields: {first_name: First, phone: Phone}\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "people.csv").write_text("First,Phone\nAnn,763-555-0100\n")
    with ssh_server(tmp_path / "ssh") as ssh, s3_server() as s3:
        shutil.copy(ssh.folder / "user", tmp_path / "acme_ed25519")
        shutil.copy(ssh.folder / "known_hosts", tmp_path / "acme_known_hosts")
        s3.client.create_bucket(Bucket="beta-exports")
        s3.client.put_object(Bucket="beta-exports", Key="customers/people.csv", Body=b"First,Phone\nBen,763-555-0101\n")
        here = ssh.address(tmp_path / "out").replace("//", f"//{ssh.storage['username']}@")
        profiles = profiles.replace("sftp://rotor@files.acme.example/out", here).replace("jobber", "acme.yaml")
        for name in ("acme", "beta"):
            own = f"sandbox = true\nsettle = 0\nsandbox_state = '{name}.sqlite'\nledger = '{name}-ledger.sqlite'\n"
            profiles = profiles.replace(f"[profiles.{name}]\n", f"[profiles.{name}]\n{own}")
        (tmp_path / "rotor-import.toml").write_text(profiles)
        keys = {"BETA_KEY": "a-key", "BETA_S3_KEY": "an-id", "BETA_S3_SECRET": "a-secret"}
        done = subprocess.run(
            [sys.executable, "-m", "rotor_import", "sync", "--all"],
            env={**keys, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{s3.port}", "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert [line.split()[:2] for line in done.stdout.splitlines()[1:]] == [["acme", "complete"], ["beta", "complete"]]
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here; .ci/run installs it")
def test_the_units_pass_systemd(tmp_path):
    service, timer = blocks("ini")
    service = service.replace("/opt/rotor/.venv/bin/rotor-import", "/bin/true").replace("User=rotor\n", "User=root\n")
    (tmp_path / "rotor-import.service").write_text(service)
    (tmp_path / "rotor-import.timer").write_text(timer)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / "rotor-import.timer")],  # noqa: S607 - where it lies differs
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    ours = [line for line in done.stderr.splitlines() if "rotor-import" in line]
    assert (done.returncode, ours) == (0, [])


def test_every_recipe_uses_options_that_there_are():
    help_ = subprocess.run(
        [sys.executable, "-m", "rotor_import", "sync", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    service = blocks("ini")[0]
    texts = [*blocks("cron"), *blocks("bat"), next(line for line in service.splitlines() if "ExecStart" in line)]
    texts += re.findall(r"^(?:ENTRYPOINT|CMD).*$", blocks("dockerfile")[0], re.MULTILINE)
    for text in texts:
        for option in OPTIONS.findall(text):
            assert option in help_, option
