"""What was found while reading, in the report: notes for the person, rejects and warnings for rows."""

import csv
import io
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
from program import PROGRAM, clean

from rotor_import import Settings, plan_import
from rotor_import.errors import SourceError

MAPPING = "version: 1\nfields:\n  first_name: First\n  phone: Phone\n  email: Email\n"
HEADER = "First,Phone,Email\n"
ANN, BO = "Ann,(763) 555-0100,ann@example.com\n", "Bo,(763) 555-0101,bo@example.com\n"


@pytest.fixture
def plan(tmp_path):
    settings = Settings(
        sandbox=True,
        sandbox_state=tmp_path / "rotor.sqlite",
        ledger=str(tmp_path / "ledger.sqlite"),
        report_dir=tmp_path / "reports",
    )
    (tmp_path / "map.yaml").write_text(MAPPING)

    def go(*files):
        return plan_import(files, tmp_path / "map.yaml", settings).summary

    return go


def report(summary, tmp_path, name):
    with (tmp_path / "reports" / summary["run"] / name).open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_rows_that_are_rejected_as_they_were_read_are_counted_and_come_back_in_the_rejects(plan, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(
        HEADER + ANN + "Cy,(763) 555-0102,cy@example.com,more\n" + "Di,(763) 555-0103\n" + BO + "Total: 4\n"
    )
    summary = plan(file)
    assert summary["rows"] == {"read": 4, "left_out": 0, "rejected": 1, "merged": 0, "held": 0, "kept": 3}
    [reject] = report(summary, tmp_path, "rejects.csv")
    assert (reject["First"], reject["_row"], reject["_value"]) == ("Cy", "3", "more")
    assert [one["row"] for one in report(summary, tmp_path, "warnings.csv")] == ["4"]
    assert [one["row"] for one in report(summary, tmp_path, "rows.csv")] == ["2", "3", "4", "5"]
    assert any("row 6 was skipped, as it isn't a customer: 'Total: 4'" in note for note in summary["notes"])


def test_a_file_named_twice_is_refused_in_its_folder_too(plan, tmp_path):
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "people.csv").write_text(HEADER + ANN)
    assert plan(folder)["rows"]["read"] == 1
    with pytest.raises(SourceError, match="twice"):
        plan(folder, folder / "people.csv")


def test_the_standard_input_is_read(plan, monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO((HEADER + ANN + BO).encode())))
    summary = plan("-")
    assert summary["rows"]["kept"] == 2
    assert summary["files"][0]["path"] == "standard input"


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_the_notes_are_for_the_person_and_in_the_summary(tmp_path, more):
    (tmp_path / "map.yaml").write_text(MAPPING)
    (tmp_path / "p.csv").write_bytes((HEADER + "Zoë,(763) 555-0100,\n").replace(",", ";").encode("cp1252"))
    done = subprocess.run(
        [*PROGRAM, "plan", "p.csv", "-m", "map.yaml", "--sandbox", *more],
        cwd=tmp_path,
        env=clean(XDG_DATA_HOME=str(tmp_path / "data")),
        capture_output=True,
        text=True,
        check=False,
    )
    words = (
        "p.csv: read as Windows-1252, which is a guess: if the letters in line 2 look wrong, "
        "name the encoding in the mapping: `source: {encoding: …}`; cells are separated by semicolons."
    )
    assert done.returncode == 0, done.stderr
    assert words in done.stderr
    if more:
        assert words in json.loads(done.stdout)["notes"]
