"""The workbook, read back by another library and by our own reader: every cell is what the CSV file says, as text."""

import json
import re
import stat
import sys

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rotor_import import Settings
from rotor_import.errors import ReportError, SettingsError
from rotor_import.model.rows import SourceOptions
from rotor_import.report import text, workbook
from rotor_import.report.files import save
from rotor_import.report.workbook import Bounds, write_workbook
from rotor_import.source import read_source

SUMMARY = {
    "run": "a-run",
    "mode": "plan",
    "state": "complete",
    "files": [{"path": "people.csv", "sha256": "", "rows": 3}],
    "rows": {"read": 3, "left_out": 0, "rejected": 1, "merged": 0, "held": 0, "kept": 2},
    "changes": {"create": 2, "update": 0, "unchanged": 0, "undecided": 0},
    "sent": {"created": 0, "updated": 0, "failed": 0, "unknown": 0, "pending": 0},
    "requests": {"used": 2, "get": 1, "post": 0, "remaining": 998, "limit": 1000},
    "forecast": {"requests": 2, "days": 1, "finish": "2026-12-05"},
    "report": "reports/a-run",
    "reject_reasons": {"it has no phone": 1},
}
HOSTILE = [
    *("00123", "(763) 555-0100", "+17635550100", "=1+1", "+1 763", "@x", "-1", "1234567890123456789", "1E5", "1/2"),
    *("2026-01-31", "3-4", "TRUE", "#N/A", " spaces ", "a\nb", "tab\there", "<r>", "<r><x</r>", "<r><t>a</t></r>"),
    *("{=1+1}", "http://example.com", "mailto:a@example.com", "internal:Sheet!A1", "'=1", "''", "'", "&amp;", "<b>"),
    *("_x0041_", "x005F_", "山田", "e\u0301", "\u202egnp", "👩‍👧", "0x10", "1,5", ".5", "٣"),
]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "summary.json").write_text(json.dumps(SUMMARY))
    return tmp_path


def put(folder, name, **columns):
    save(folder / f"{name}.csv", pl.DataFrame(columns))


def read(folder):
    """By sheet: the rows of values, None for blank cells."""
    book = openpyxl.load_workbook(folder / "report.xlsx")
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def cells(folder, name):
    """The text that openpyxl shows of a sheet's cells: it takes no escape of a sign back in a cell's own string."""
    return [[_unescaped(cell) for cell in row] for row in read(folder)[name][1:]]


def _unescaped(cell):
    return "" if cell is None else re.sub("_x005F_", "_", cell)


def test_text_stays_text_whatever_it_looks_like(folder):
    put(folder, "updates", customer=HOSTILE, after=HOSTILE[::-1])
    assert write_workbook(folder) == folder / "report.xlsx"
    assert cells(folder, "updates") == [list(pair) for pair in zip(HOSTILE, HOSTILE[::-1], strict=True)]
    sheet = openpyxl.load_workbook(folder / "report.xlsx")["updates"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr"}
    assert {cell.number_format for row in sheet.iter_rows() for cell in row} == {"@"}


def test_our_own_reader_reads_what_the_csv_file_says(folder):
    put(folder, "creates", customer=[f"C{at}" for at in range(len(HOSTILE))], phone=HOSTILE, email=HOSTILE)
    write_workbook(folder)
    table = read_source(folder / "report.xlsx", SourceOptions(sheet="creates", header_row=1))
    assert table.frame.columns == ["customer", "phone", "email"]
    assert [text or "" for text in table.frame["phone"]] == [text.strip() for text in HOSTILE]
    csv = read_source(folder / "creates.csv", SourceOptions(header_row=1))
    restored = [text[1:] if re.match(r"'+[=+\-@]", text or "") else text for text in csv.frame["phone"]]
    # In a text file an error has no type of its own: the word is one.
    assert restored == [None if text == "#N/A" else text for text in table.frame["phone"]]
    assert [one.value for one in csv.findings if one.column == "phone"] == ["#N/A"]


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=8))
@settings(max_examples=60)
def test_any_cell_comes_back(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("any")
    (folder / "summary.json").write_text(json.dumps(SUMMARY))
    columns = {"customer": [f"C{at}" for at in range(len(rows))], "a": [a for a, _ in rows], "b": [b for _, b in rows]}
    save(folder / "rows.csv", pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)))
    write_workbook(folder)
    assert [row[1:] for row in cells(folder, "rows")] == [[possible(a), possible(b)] for a, b in rows]


def possible(text):
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "�", re.sub("\r\n?", "\n", text))
    return re.sub("_x005F_", "_", text)  # as `cells` reads it


def test_what_a_workbook_cannot_hold_is_replaced_and_said(folder):
    put(folder, "rows", file=["a\x00b", "c\x1b[31md", "plain"], row=["1", "2", "3"])
    write_workbook(folder)
    assert cells(folder, "rows") == [["a�b", "1"], ["c�[31md", "2"], ["plain", "3"]]
    assert ["rows: 2 cells hold characters that no workbook can; � stands for each", None, None] in read(folder)[
        "summary"
    ]


@pytest.mark.parametrize("letter", ["x", "é", "👩"])
def test_a_cell_that_is_too_long_is_cut_between_characters_and_said(folder, letter):
    put(folder, "creates", notes=[letter * 40_000, letter * 16_000])
    write_workbook(folder)
    long, short = (row[0] for row in cells(folder, "creates"))
    assert short == letter * 16_000
    assert 32_700 < len(long.encode("utf-16-le")) / 2 <= 32_767
    assert set(long.removesuffix("… (cut: the whole is in the CSV file)")) == {letter}
    assert ["creates: 1 cells are longer than 32,767 characters; whole in creates.csv", None, None] in read(folder)[
        "summary"
    ]


def test_rows_and_columns_beyond_a_sheet_are_said(folder):
    put(folder, "rows", **{f"c{at}": [str(row) for row in range(9)] for at in range(7)})
    write_workbook(folder, Bounds(rows=5, columns=4))
    assert [row[0] for row in read(folder)["rows"]] == ["c0", "0", "1", "2", "3"]
    assert len(read(folder)["rows"][0]) == 4
    remarks = [row[0] for row in read(folder)["summary"]]
    assert "rows: the first 4 of 9 rows; the rest in rows.csv" in remarks
    assert "rows: the first 4 of 7 columns; the rest in rows.csv" in remarks


def test_the_summary_is_first_and_its_counts_are_numbers(folder):
    put(folder, "rows", file=["people.csv"], row=["1"])
    put(folder, "rejects", Name=["x"])
    put(folder, "rejects-2", Name=["y"])
    write_workbook(folder)
    sheets = read(folder)
    assert list(sheets) == ["summary", "rows", "rejects", "rejects-2"]
    assert sheets["summary"][0] == ["Dry run of people.csv: nothing was sent.", None, None]
    assert ["Rows read", 3, None] in sheets["summary"]
    assert ["Requests needed", 2, "1 day, done by 2026-12-05"] in sheets["summary"]
    said = {(line.label.strip(), line.figure) for part in text.sections(SUMMARY) for line in part.lines}
    assert said <= {(row[0], row[1]) for row in sheets["summary"]}


def test_the_header_stays_and_filters_and_the_columns_are_wide_enough(folder):
    put(folder, "rows", file=["people.csv"] * 3, reason=["a long reason " * 9] * 3, row=["1"] * 3)
    write_workbook(folder)
    sheet = openpyxl.load_workbook(folder / "report.xlsx")["rows"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:C4")
    widths = {letter: round(sheet.column_dimensions[letter].width) for letter in "ABC"}
    assert 11 <= widths["A"] <= 13
    assert 48 <= widths["B"] <= 50
    assert 8 <= widths["C"] <= 10


def test_a_table_without_rows_is_a_sheet_with_its_header(folder):
    save(folder / "updates.csv", pl.DataFrame(schema={"customer": pl.String, "id": pl.String}))
    write_workbook(folder)
    assert read(folder)["updates"] == [["customer", "id"]]


def test_it_is_readable_by_its_owner_only_and_leaves_nothing_beside_it(folder):
    put(folder, "rows", file=["people.csv"])
    write_workbook(folder)
    assert stat.S_IMODE((folder / "report.xlsx").stat().st_mode) == 0o600
    assert sorted(path.name for path in folder.iterdir()) == ["report.xlsx", "rows.csv", "summary.json"]


def test_a_folder_that_is_gone_has_no_workbook(tmp_path):
    assert write_workbook(tmp_path / "gone") is None


def test_a_place_that_cannot_be_written_is_told_in_words(folder):
    (folder / "report.xlsx").mkdir()
    (folder / "report.xlsx" / "in the way").touch()
    with pytest.raises(ReportError, match=r"report\.xlsx can't be written"):
        write_workbook(folder)


def test_without_the_extra_it_says_so_before_anything_is_read(monkeypatch):
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(SettingsError, match=r"rotor-import\[excel\]"):
        Settings(xlsx=True)


def test_it_is_written_again_with_the_outcome(office):
    office.write([{"key": "1", "phone": "(763) 555-0100"}, {"key": "2", "email": "bob@example.com"}])
    paused = office.run(xlsx=True, max_requests=3)
    assert [row[2] for row in read(paused.folder)["results"][1:]] == ["created", "not sent"]
    done = office.run()
    assert done.folder == paused.folder
    assert [row[2] for row in read(done.folder)["results"][1:]] == ["created", "created"]
    assert ["Added", 2, None] in read(done.folder)["summary"]


def test_none_is_written_where_nobody_asked(office):
    office.write([{"key": "1", "phone": "(763) 555-0100"}])
    assert not workbook.has_workbook(office.plan().folder)
    assert workbook.has_workbook(office.plan(xlsx=True).folder)
