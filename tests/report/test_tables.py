"""The registry of report tables: what is declared in it is written, read back, and a sheet."""

import codecs

from openpyxl import load_workbook

from rotor_import.report.files import save
from rotor_import.report.read import read_frames
from rotor_import.report.tables import REJECTS, TABLES
from rotor_import.report.workbook import write_workbook


def test_each_table_is_written_and_read_back_with_its_columns(office):
    office.write([{"key": "1", "email": "a@example.com"}, {"key": "2", "phone": "none"}])
    folder = office.plan().folder
    frames = read_frames(folder)
    for table in TABLES:
        assert tuple(frames[table].columns[-len(table.columns) :]) == table.columns, table.name
    # There is no file of undecided customers where none is undecided, and none of a sync, a trial or a check where
    # there was none.
    assert {table.name for table in TABLES if not table.files(folder)} == {
        *("undecided", "reconcile", "sample", "verify")
    }


def test_each_file_of_a_table_is_a_sheet_in_the_order_of_the_registry(office):
    office.write([{"key": "1", "email": "a@example.com"}])
    folder = office.plan().folder
    save(folder / REJECTS.file_name(1), REJECTS.empty)
    write_workbook(folder)
    sheets = load_workbook(folder / "report.xlsx", read_only=True).sheetnames
    assert sheets == ["summary", *(path.stem for table in TABLES if table.has_sheet for path in table.files(folder))]
    assert "rejects-2" in sheets


def test_every_csv_of_a_report_begins_with_the_mark_that_lets_excel_show_accents(office):
    office.write([{"key": "1", "phone": "(763) 555-0100", "first_name": "Zoë"}, {"key": "2", "phone": "x"}])
    files = list(office.run().folder.glob("*.csv"))
    assert len(files) > 8
    assert [file.name for file in files if not file.read_bytes().startswith(codecs.BOM_UTF8)] == []
