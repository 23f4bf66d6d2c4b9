"""Files by address are planned and imported as files on this computer are, and are named by their addresses."""

import gzip
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from exports import web_export

from rotor_import import plan_import, run_import
from rotor_import.errors import PlanError, SettingsError, SourceError
from rotor_import.files import ScratchFolder

ANN = {"key": "1", "phone": "763-555-0100", "first_name": "Ann"}
BEN = {"key": "2", "phone": "763-555-0101", "first_name": "Ben"}


def written(office, rows):
    path = office.folder / "written.csv"
    office.write(rows, path)
    content = path.read_bytes()
    path.unlink()
    return content


@pytest.fixture(params=["sftp", "s3", "https"])
def remote(request, office):
    """Puts Ann and Ben there, and says the address and how to get in."""
    content = written(office, [ANN, BEN])
    if request.param == "sftp":
        ssh = request.getfixturevalue("ssh")
        (office.folder / "out").mkdir()
        (office.folder / "out" / "people.csv").write_bytes(content)
        yield ssh.address(office.folder / "out" / "people.csv"), ssh.storage
    elif request.param == "s3":
        s3 = request.getfixturevalue("s3")
        bucket = s3.bucket()
        s3.client.put_object(Bucket=bucket, Key="out/people.csv", Body=content)
        yield f"s3://{bucket}/out/people.csv", s3.storage()
    else:
        with web_export() as export:
            export.say(content)
            yield export.url, {}


def settings_of(office, storage):
    return replace(office.settings, storage=storage)


def test_a_file_by_address_is_planned_and_imported_like_any_other(office, remote):
    address, storage = remote
    settings = settings_of(office, storage)
    plan = plan_import([address], office.mapping, settings, office.world)
    assert plan.summary["changes"]["create"] == 2
    assert plan.summary["files"][0]["path"] == address
    assert plan.rows["file"].to_list() == [address] * 2
    report = run_import([address], office.mapping, settings, office.world)
    assert report.summary["sent"]["created"] == 2
    assert run_import([address], office.mapping, settings, office.world).summary["requests"]["post"] == 0


def test_the_same_file_twice_is_refused(office, remote):
    address, storage = remote
    with pytest.raises(SourceError, match="is given twice"):
        plan_import([address, address], office.mapping, settings_of(office, storage), office.world)


def test_one_that_is_not_there_is_said_by_its_address(office, remote):
    address, storage = remote
    if address.startswith("http"):
        pytest.skip("this server has one file")
    gone = address.replace("people", "gone")
    with pytest.raises(SourceError, match=rf"There is no (file )?{gone}\."):
        plan_import([gone], office.mapping, settings_of(office, storage), office.world)
    assert office.rotor.requests() == []


def test_a_saved_plan_of_it_is_carried_out_if_it_is_the_same(office, remote):
    address, storage = remote
    settings = settings_of(office, storage)
    saved = office.folder / "plan.rotor"
    plan_import([address], office.mapping, settings, office.world, save=saved)
    report = run_import([saved], None, settings, office.world)
    assert report.summary["sent"]["created"] == 2


def test_a_saved_plan_of_one_that_was_replaced_is_not_carried_out(office):
    with web_export() as export:
        export.say(written(office, [ANN]))
        saved = office.folder / "plan.rotor"
        plan_import([f"{export.url}?sig=canary"], office.mapping, office.settings, office.world, save=saved)
        assert b"canary" not in saved.read_bytes()
        export.say(written(office, [BEN]))
        with pytest.raises(PlanError, match="has changed since"):
            run_import([saved, f"{export.url}?sig=canary"], None, office.settings, office.world)


def test_a_remote_folder_is_read_as_a_folder(office, ssh):
    folder = office.folder / "out"
    (folder / "below").mkdir(parents=True)
    office.write([ANN], folder / "a.csv")
    (folder / "b.csv.gz").write_bytes(gzip.compress(written(office, [BEN])))
    (folder / "notes.pdf").write_bytes(b"%PDF")
    address = ssh.address(folder)
    plan = plan_import([address], office.mapping, settings_of(office, ssh.storage), office.world)
    assert plan.rows["file"].to_list() == [f"{address}/a.csv", f"{address}/b.csv.gz"]
    [note] = plan.summary["notes"]
    assert note == f"{address}/a.csv: not read in the folder {address}: below, notes.pdf."


def test_a_report_of_our_own_is_refused_there_too(office, ssh):
    office.write([ANN], office.folder / "a.csv")
    report = plan_import([office.folder / "a.csv"], office.mapping, office.settings, office.world)
    address = ssh.address(report.folder)
    with pytest.raises(SourceError, match="is a report that rotor-import wrote"):
        plan_import([address], office.mapping, settings_of(office, ssh.storage), office.world)


def test_addresses_that_differ_in_their_query_alone_are_two_files(office):
    with web_export() as export:
        export.say(written(office, [ANN]))
        addresses = [f"{export.url}?company=1", f"{export.url}?company=2"]
        plan = plan_import(addresses, office.mapping, office.settings, office.world)
    assert plan.rows["file"].to_list() == [export.url, f"{export.url} (2)"]


def test_a_file_and_a_folder_of_one_name_are_no_obstacle(office, s3):
    bucket = s3.bucket()
    for key in ("out/people.csv", "out/people.csv/deep", "out/notes", "out/notes/deep"):
        s3.client.put_object(Bucket=bucket, Key=key, Body=written(office, [ANN]))
    plan = plan_import([f"s3://{bucket}/out"], office.mapping, settings_of(office, s3.storage()), office.world)
    assert plan.rows["file"].to_list() == [f"s3://{bucket}/out/people.csv"]


def test_a_signature_is_in_no_log(office, caplog):
    caplog.set_level("DEBUG")
    with web_export() as export:
        export.say(written(office, [ANN]))
        plan_import([f"{export.url}?sig=canary"], office.mapping, office.settings, office.world)
    assert "canary" not in caplog.text


def test_copies_that_a_killed_program_left_are_removed_and_nothing_that_is_in_use_or_no_copy(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    script = (
        "import os; from rotor_import.files import ScratchFolder; one = ScratchFolder(); "
        "print(one.name, flush=True); os._exit(0)"
    )
    here = {**os.environ, "TMPDIR": str(tmp_path)}
    left = subprocess.run([sys.executable, "-c", script], env=here, capture_output=True, text=True, check=True).stdout
    assert Path(left.strip()).is_dir()
    (tmp_path / "rotor-import-copies-of-mine").mkdir()
    with ScratchFolder() as used, ScratchFolder():
        assert {path.name for path in tmp_path.iterdir()} >= {Path(used).name, "rotor-import-copies-of-mine"}
        assert not Path(left.strip()).exists()
    assert [path.name for path in tmp_path.iterdir()] == ["rotor-import-copies-of-mine"]


def test_no_copy_is_left(office, remote, tmp_path, monkeypatch):
    address, storage = remote
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    plan_import([address], office.mapping, settings_of(office, storage), office.world)
    assert list(tmp_path.glob("rotor-import-*")) == []


def test_a_single_file_in_place_of_a_list_is_that_file(office):
    office.write([ANN], office.file)
    for given in (office.file, str(office.file)):
        assert plan_import(given, office.mapping, office.settings, office.world).summary["rows"]["read"] == 1


def test_an_address_that_cannot_be_used_sends_nothing(office):
    with pytest.raises(SettingsError, match="ftp://"):
        run_import(["ftp://host/people.csv"], office.mapping, office.settings, office.world)
    assert office.rotor.requests() == []
