"""Corrected cells are used as if the file said so, the file stays as it is, and what isn't used is told."""

import csv
from dataclasses import replace
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotor_import import plan_import, run_import
from rotor_import.errors import CorrectionError, PlanError
from rotor_import.files import sha256_of
from rotor_import.mapping import parse_mapping
from rotor_import.model.rows import SourceOptions
from rotor_import.pipeline.corrections import (
    CorrectedCell,
    corrected,
    read_corrections,
    with_cell,
    write_corrections,
)
from rotor_import.source import read_sources

MAPPING = """\
version: 1
feed: f
on_stranger: merge
fields:
  phone: Phone
  email: {column: Email, optional: true}
  first_name: {column: Name, optional: true}
"""
BAD = ["call the office", "nobody"]
HOSTILE = st.one_of(
    st.sampled_from(
        ["=1+1", "'=x", "''@a", "+1 763", "a;=b", "a\n\t-2", '"', "''", '="00123"', "<b>", "\u202egnp", "N/A", "0"]
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=20).filter(
        lambda text: text.strip() and not text.startswith("#")
    ),
)


def of_text(mapping):
    return parse_mapping(mapping, "m.yaml", "f")


@pytest.fixture
def plan_of(office):
    def planned(files, corrections, mapping=MAPPING, **more):
        given = replace(office.settings, corrections=corrections, **more)
        return plan_import(files, of_text(mapping), given, office.world)

    return planned


def written(path, *lines, columns=("row", "column", "was", "now"), **form):
    with path.open("w", newline="", encoding=form.pop("encoding", "utf-8-sig")) as file:
        csv.writer(file, **form).writerows([columns, *lines])
    return path


def two_lines(path):
    """Two customers below a title and a blank line: rows 4 and 5, whose phones are wrong."""
    path.write_text("Customers of Fort Worth\n\nName,Phone\nAnn,call the office\nBo,nobody\n")
    return path


@given(cells=st.lists(st.lists(HOSTILE, min_size=3, max_size=3), min_size=1, max_size=4), data=st.data())
def test_any_text_comes_back_from_the_file_of_corrections_and_into_its_cell(tmp_path_factory, cells, data):
    folder = tmp_path_factory.mktemp("corrections")
    frame = pl.DataFrame(cells, schema=["Name", "Phone", "=Odd; name"], orient="row")
    frame.write_parquet(folder / "a.parquet")
    [source] = read_sources([folder / "a.parquet"], SourceOptions())
    row, column = data.draw(st.sampled_from(source.numbers.to_list())), data.draw(st.sampled_from(source.frame.columns))
    was, now = source.frame.get_column(column)[source.numbers.index_of(row)] or "", data.draw(HOSTILE)
    lines = with_cell((), CorrectedCell(row, column, was, now.strip()))
    write_corrections(folder / "c.csv", lines)
    if not lines:
        assert not (folder / "c.csv").exists()
        return
    assert read_corrections(folder / "c.csv") == lines
    assert (folder / "c.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    done = corrected([source], lines, ())
    assert done.notes == ("Corrections used: 1 of 1.",)
    [table] = done.sources
    other = table.frame.get_column(column).to_list()
    assert other.pop(source.numbers.index_of(row)) == now.strip()
    before = source.frame.get_column(column).to_list()
    before.pop(source.numbers.index_of(row))
    assert other == before
    assert table.frame.drop(column).equals(source.frame.drop(column))


@pytest.mark.parametrize(
    "form",
    [{}, {"delimiter": ";"}, {"delimiter": "\t", "encoding": "utf-16"}, {"delimiter": ";", "encoding": "cp1252"}],
    ids=["comma", "semicolon", "unicode text", "Excel's own encoding"],
)
def test_rows_are_numbered_as_a_spreadsheet_shows_them_whatever_saved_the_corrections(tmp_path, plan_of, form):
    file = two_lines(tmp_path / "c.csv")
    before = file.read_bytes()
    path = written(tmp_path / "fixed.csv", (5, "Phone", "nobody", "763-555-0105"), (4, "Name", "Ann", "Renée"), **form)
    report = plan_of([file], path)
    assert report.summary["rows"]["rejected"] == 1
    assert report.creates.select("first_name", "phone").rows() == [("Bo", "+17635550105")]
    assert "Corrections used: 2 of 2." in report.summary["notes"]
    assert report.rejects.get_column("Name").to_list() == ["Renée"]
    assert file.read_bytes() == before


def test_corrections_are_read_from_a_workbook_too(tmp_path, plan_of):
    book = openpyxl.Workbook()
    for line in (("row", "column", "was", "now"), (4, "Phone", BAD[0], "763-555-0104")):
        book.active.append(line)
    book.save(tmp_path / "fixed.xlsx")
    report = plan_of([two_lines(tmp_path / "c.csv")], tmp_path / "fixed.xlsx")
    assert report.summary["rows"]["rejected"] == 1


def of_kind(kind, path):
    """A file with the header, a good customer, and one without a valid phone."""
    lines = [("Name", "Phone"), ("Ann", "763-555-0101"), ("Bo", "nobody")]
    if kind == "csv":
        path.write_text("\n".join(map(",".join, lines)))
    elif kind == "xlsx":
        book = openpyxl.Workbook()
        for line in lines:
            book.active.append(line)
        book.save(path)
    elif kind == "parquet":
        pl.DataFrame(lines[1:], schema=lines[0], orient="row").write_parquet(path)
    else:
        path.write_text("".join(f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:;{name};;;\r\nTEL;TYPE=CELL:{phone}\r\nEND:VCARD\r\n"
                                for name, phone in lines[1:]))  # fmt: skip
    return path


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet", "vcf"])
def test_cells_of_every_kind_of_file_are_corrected(tmp_path, plan_of, kind):
    file = of_kind(kind, tmp_path / f"c.{kind}")
    [source] = read_sources([file], SourceOptions())
    column = next(name for name in source.frame.columns if "nobody" in source.frame.get_column(name).to_list())
    mapping = MAPPING.replace("phone: Phone", f"phone: '{column}'")
    before, row = sha256_of(file), source.numbers[1]
    wrong = plan_of([file], None, mapping)
    assert (wrong.summary["rows"]["rejected"], list(wrong.rejects.get_column("_row"))) == (1, [row])
    path = written(tmp_path / "fixed.csv", (row, column, "nobody", "763-555-0102"))
    report = plan_of([file], path, mapping)
    assert (report.summary["rows"]["rejected"], report.summary["changes"]["create"]) == (0, 2)
    assert report.summary["files"][0]["sha256"] == before == sha256_of(file)


def test_of_several_files_the_column_file_says_which(tmp_path, plan_of):
    files = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        files.append(two_lines(tmp_path / name / f"{name}.csv"))
    cells = [
        CorrectedCell(4, "Phone", BAD[0], "763-555-0101", str(files[1])),
        CorrectedCell(5, "Phone", BAD[1], "763-555-0102", "b.csv"),
        CorrectedCell(5, "Phone", BAD[1], "763-555-0103", "c.csv"),
        CorrectedCell(4, "Phone", BAD[0], "763-555-0104"),
    ]
    write_corrections(tmp_path / "fixed.csv", cells)
    report = plan_of(files, tmp_path / "fixed.csv")
    assert report.creates.get_column("phone").to_list() == ["+17635550101", "+17635550102"]
    assert report.summary["notes"][-3:] == [
        "Corrections used: 2 of 4.",
        "Correction of row 4, column Phone isn't used: it doesn't say of which file, in a column file.",
        "Correction of row 5 of c.csv, column Phone isn't used: there is no file c.csv.",
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ((4, "Phone", "another text", "1"), "row 4, column Phone isn't used: the file says something else now."),
        ((40, "Phone", "nobody", "1"), "row 40, column Phone isn't used: the file has no such row."),
        ((3, "Phone", "Phone", "1"), "row 3, column Phone isn't used: the file has no such row."),
        ((4, "Fax", "", "1"), "row 4, column Fax isn't used: the file has no such column."),
    ],
)
def test_what_is_not_used_is_told(tmp_path, plan_of, line, why):
    report = plan_of([two_lines(tmp_path / "c.csv")], written(tmp_path / "fixed.csv", line))
    assert report.summary["rows"]["rejected"] == 2
    assert report.summary["notes"][-2:] == ["Corrections used: 0 of 1.", f"Correction of {why}"]


def test_a_row_that_could_not_be_read_is_not_corrected(tmp_path, plan_of):
    file = tmp_path / "c.csv"
    file.write_text("Name,Phone\nAnn,763-555-0101\nBo,nobody,too,many\nCy,763-555-0103\n")
    report = plan_of([file], written(tmp_path / "fixed.csv", (3, "Phone", "nobody", "763-555-0102")))
    assert report.summary["rows"]["rejected"] == 1
    assert report.summary["notes"][-1] == "Correction of row 3, column Phone isn't used: the row can't be read."


def test_of_columns_with_the_same_header_each_is_corrected_by_its_own_name(tmp_path, plan_of):
    file = tmp_path / "c.csv"
    file.write_text("Name,Phone,Phone\nAnn,nobody,nobody\n")
    path = written(tmp_path / "fixed.csv", (2, "Phone (2)", "nobody", "763-555-0102"))
    mapping = MAPPING.replace("phone: Phone", "phone: {first_of: [Phone, Phone (2)]}")
    assert plan_of([file], path, mapping).creates.get_column("phone").to_list() == ["+17635550102"]


def test_a_cell_that_says_it_already_is_no_complaint_and_null_words_are_blank(tmp_path, plan_of):
    file = tmp_path / "c.csv"
    file.write_text("Name,Phone\nAnn,763-555-0101\n")
    path = written(tmp_path / "fixed.csv", (2, "Phone", "nobody", "763-555-0101"), (2, "Name", "Ann", "N/A"))
    mapping = MAPPING + 'source: {null_values: ["", "N/A"]}\n'
    report = plan_of([file], path, mapping)
    assert report.summary["notes"][-1] == "Corrections used: 2 of 2."
    assert report.creates.get_column("first_name").to_list() == [None]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([("x", "Phone", "a", "b")], "line 2 has 'x' in the column row: it must be a number"),
        ([(4, "", "a", "b")], "line 2 has nothing in the column column"),
        ([(4, "Phone", "a", "b"), (4, "Phone", "a", "c")], "line 3 corrects row 4, column Phone, as an earlier line"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_line(tmp_path, plan_of, lines, words):
    with pytest.raises(CorrectionError, match=words):
        plan_of([two_lines(tmp_path / "c.csv")], written(tmp_path / "fixed.csv", *lines))


def test_another_file_is_not_taken_for_one_of_corrections(tmp_path, plan_of):
    file = two_lines(tmp_path / "c.csv")
    with pytest.raises(CorrectionError, match="has no column row: it isn't a file of corrections"):
        plan_of([file], file)


class Approved:
    """A plan with a corrected cell, saved."""

    def __init__(self, office):
        self.office = office
        self.file = two_lines(office.folder / "c.csv")
        self.corrections = written(office.folder / "fixed.csv", (5, "Phone", "nobody", "763-555-0105"))
        self.mapping = office.folder / "m.yaml"
        self.mapping.write_text(MAPPING)
        self.plan = office.folder / "p.rotor"
        given = replace(office.settings, corrections=self.corrections)
        plan_import([self.file], str(self.mapping), given, office.world, save=self.plan)

    def run(self, **more):
        return run_import([self.plan], None, replace(self.office.settings, **more), self.office.world)


@pytest.fixture
def approved(office):
    return Approved(office)


def test_a_saved_plan_carries_its_corrections_out_without_their_file(approved):
    approved.corrections.unlink()
    report = approved.run()
    assert report.summary["sent"]["created"] == 1
    assert [one["phone"] for one in approved.office.rotor.customers()] == ["+17635550105"]


def test_a_saved_plan_takes_the_same_corrections_again_and_refuses_others(approved):
    other = written(approved.office.folder / "other.csv", (5, "Phone", "nobody", "763-555-0106"))
    with pytest.raises(PlanError, match=r"the corrected cells \(--corrections\)"):
        approved.run(corrections=other)
    assert approved.run(corrections=approved.corrections).summary["sent"]["created"] == 1


def test_a_saved_plan_whose_file_was_corrected_is_refused(approved):
    approved.file.write_text(approved.file.read_text().replace("nobody", "763-555-0105"))
    with pytest.raises(PlanError, match=r"the file .* has changed"):
        approved.run()


def test_a_run_that_paused_is_gone_on_with_only_under_the_same_corrections(office):
    file = office.folder / "c.csv"
    file.write_text("Name,Phone\nAnn,763-555-0101\nBo,nobody\n")
    path = written(office.folder / "fixed.csv", (3, "Phone", "nobody", "763-555-0103"))
    limit = office.rotor.posts()
    settings = replace(office.settings, max_requests=3)
    first = run_import([file], of_text(MAPPING), settings, office.world)
    again = run_import([file], of_text(MAPPING), replace(office.settings, corrections=path), office.world)
    assert first.summary["run"] != again.summary["run"]
    assert limit < office.rotor.posts()
    assert {one["phone"] for one in office.rotor.customers()} == {"+17635550101", "+17635550103"}
    assert Path(again.summary["report"]).is_dir()


def test_a_blank_cell_is_not_corrected_in_a_file_that_has_changed_since(tmp_path, plan_of):
    file = tmp_path / "a.csv"
    file.write_text("Name,Phone\nAnn,763-555-0100\nBo,\n")
    mark = sha256_of(file)
    path = tmp_path / "c.csv"
    write_corrections(path, [CorrectedCell(3, "Phone", "", "763-555-0101", sha256=mark)])
    assert plan_of([file], path).summary["changes"]["create"] == 2
    file.write_text("Name,Phone,Email\nAnn,763-555-0100,\nZed,,zed@example.com\nBo,,\n")
    report = plan_of([file], path)
    assert "763-555-0101" not in (Path(report.summary["report"]) / "creates.csv").read_text()
    [_, note] = [note for note in report.summary["notes"] if "orrection" in note]
    assert note.startswith("Correction of row 3, column Phone isn't used: the file has changed since")
