"""What a plan or a run hands to Python: a summary, and the report's tables as frames."""

import shutil
from dataclasses import replace

import polars as pl
import pytest

from rotor_import import plan_import, resume, run_import
from rotor_import.errors import QuotaExhausted, ReportError

TABLES = ("rows", "creates", "updates", "review", "results")
NUMBERS = {"row", "a_row", "b_row", "_row"}

ANN = {"phone": "763-555-0101", "email": "ann@example.com", "first_name": "Ann"}
BO = {"phone": "763-555-0102", "email": "bo@example.com", "first_name": "Bo"}
NEW = {"key": "1", "phone": "763-555-0103", "company_name": "+Cy Roofs", "tags": ["a", "b"]}
CHANGED = {"key": "2", "phone": "763-555-0101", "first_name": "Anna"}
BETWEEN = {"key": "3", "phone": "763-555-0101", "email": "bo@example.com"}
KEYLESS = {"key": "4", "first_name": "Nobody"}


@pytest.fixture
def busy(office):
    """An office whose file has a row for each table of the report."""
    office.rotor.seed([ANN, BO])
    office.write([NEW, CHANGED, BETWEEN, KEYLESS])
    return office


def as_text(frame):
    """A frame as its CSV file has it."""
    return [{name: "" if cell is None else str(cell) for name, cell in line.items()} for line in frame.to_dicts()]


@pytest.mark.parametrize("way", ["plan", "run"])
def test_each_table_is_what_its_file_says(busy, way):
    outcome = getattr(busy, way)().check()
    for name in TABLES:
        frame = getattr(outcome.report, name)
        assert frame.height, name
        assert as_text(frame) == outcome.table(f"{name}.csv")
    assert as_text(outcome.report.rejects.drop("_file")) == outcome.table("rejects.csv")


def test_row_numbers_are_integers_scores_are_numbers_and_all_else_is_text(busy):
    report = busy.plan().report
    for name in (*TABLES, "rejects"):
        for column, kind in getattr(report, name).schema.items():
            assert kind == (pl.Int64 if column in NUMBERS else pl.Float64 if column == "score" else pl.String), column
    assert report.rows.filter(pl.col("row") >= 4).get_column("disposition").to_list() == ["held", "rejected"]


def test_a_cell_that_looks_like_a_formula_is_what_the_file_said_and_a_blank_is_null(busy):
    report = busy.plan().report
    [new] = report.creates.to_dicts()
    assert (new["company_name"], new["last_name"], new["tags"]) == ("+Cy Roofs", None, "a, b")
    assert "'+Cy Roofs" in (report.folder / "creates.csv").read_text("utf-8")


def test_after_a_run_the_frames_say_what_came_of_it(busy):
    planned, done = busy.plan().report, busy.run().report
    assert set(planned.results.get_column("outcome")) == {"not sent"}
    assert set(done.results.get_column("outcome")) == {"created", "updated"}
    assert done.results.get_column("id").null_count() == 0
    known = dict(done.rows.select("row", "id").iter_rows())
    assert known[2] in {customer["id"] for customer in busy.rotor.customers()}


def test_a_table_is_read_when_it_is_asked_for_and_once(busy):
    report = busy.plan().report
    rows = report.rows
    shutil.rmtree(report.folder)
    assert report.rows is rows
    with pytest.raises(ReportError, match=r"review\.csv isn't there any more.*plan_import"):
        _ = report.review
    with pytest.raises(ReportError, match=r"rejects\.csv isn't there any more"):
        _ = report.rejects
    assert report.summary["rows"]["read"] == 4


@pytest.mark.parametrize(
    "content", ["", "row\n1\n", "file,row,disposition,reason,customer,id,merged_into\na,two,,,,,\n"]
)
def test_a_table_that_was_overwritten_is_refused_in_words(busy, content):
    report = busy.plan().report
    (report.folder / "rows.csv").write_text(content, "utf-8")
    with pytest.raises(ReportError, match=r"rows\.csv can't be read"):
        _ = report.rows


def test_the_tables_are_found_from_another_working_directory(busy, tmp_path, monkeypatch):
    monkeypatch.chdir(busy.folder)
    relative = replace(busy.settings, report_dir=busy.settings.report_dir.relative_to(busy.folder))
    report = plan_import([busy.file], busy.mapping, relative, busy.world)
    monkeypatch.chdir(tmp_path)
    assert report.rows.height == report.summary["rows"]["read"]


@pytest.mark.parametrize("column", ["_row", "_reason", "_file"])
def test_a_column_called_like_one_of_rejects_csv_stands_beside_it(busy, column):
    head, *rows = busy.file.read_text(encoding="utf-8").splitlines()
    busy.file.write_text("\n".join([f"{head},{column}", *(f"{row},mine" for row in rows)]), encoding="utf-8")
    outcome = busy.plan().check()
    [reject] = outcome.report.rejects.to_dicts()
    assert (reject[f"{column}_"], reject["_row"], reject["first_name"]) == ("mine", 5, "Nobody")
    assert reject["_file"] == str(busy.file)


def test_rejects_of_several_files_are_one_frame_that_names_the_file_of_each(busy):
    other = busy.folder / "other.csv"
    other.write_text("key,id,phone,email,first_name,last_name,company_name,tags,Color\n9,,,,Zed,,,,red\n", "utf-8")
    report = plan_import([busy.file, other], busy.mapping, busy.settings, busy.world)
    rejects = report.rejects
    assert rejects.columns[-5:] == ["_file", "_row", "_field", "_value", "_reason"]
    assert rejects.select("_file", "_row", "first_name", "Color").rows() == [
        (str(busy.file), 5, "Nobody", None),
        (str(other), 2, "Zed", "red"),
    ]
    (report.folder / "rejects-2.csv").unlink()
    with pytest.raises(ReportError, match=r"rejects-2\.csv"):
        _ = replace(report).rejects


def test_a_report_without_a_folder_has_empty_tables_with_their_columns(busy):
    busy.run()
    [report] = resume(busy.settings, busy.world)
    assert report.folder is None
    assert report.rows.schema["row"] == pl.Int64
    assert report.rejects.columns == ["_file", "_row", "_field", "_value", "_reason"]
    assert {getattr(report, name).height for name in (*TABLES, "rejects")} == {0}
    assert "Nothing is pending" in repr(report)


def test_the_short_form_of_a_report_says_what_it_came_to_and_where_it_is(busy):
    report = busy.plan().report
    short = repr(report)
    assert short.startswith("<ImportReport plan ")
    assert report.summary["run"] in short
    assert str(report.folder) in short
    assert "\n" not in short
    assert len(short) < 400


def test_the_short_form_of_a_paused_report_says_why(busy):
    settings = replace(busy.settings, max_requests=2)
    report = run_import([busy.file], busy.mapping, settings, busy.world)
    assert isinstance(report.error, QuotaExhausted)
    assert str(report.error) in repr(report)
    assert ", paused:" in repr(report)
