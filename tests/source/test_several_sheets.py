"""Of a workbook with several sheets each is read as if it were the only one, whichever is looked at before."""

import io
import struct
import zipfile
from pathlib import Path

import makers
import pytest
from makers import PEOPLE

from rotor_import.source import payload
from rotor_import.source.ods import OdsBook
from rotor_import.source.payload import Archive
from rotor_import.source.xls import XlsBook
from rotor_import.source.xlsb import XlsbBook
from rotor_import.source.xlsx import XlsxBook

NOTES = [("Remark",), ("nothing",)]
WANTED = ("Name", "Zip", "Phone")


def xlsb(sheets):
    """The first sheet's other parts stand for all."""
    first, *others = (makers.xlsb(rows) for rows in sheets.values())
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    for at, (name, content) in enumerate(zip(list(sheets)[1:], others, strict=True), start=2):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries[f"xl/worksheets/sheet{at}.bin"] = archive.read("xl/worksheets/sheet1.bin")
        named = struct.pack("<II", 0, at) + makers.wide(f"rId{at}") + makers.wide(name)
        end = makers.record(144)
        entries["xl/workbook.bin"] = entries["xl/workbook.bin"].replace(end, makers.record(156, named) + end)
        relations = entries["xl/_rels/workbook.bin.rels"].decode()
        one = relations[relations.index("<Relationship ") : relations.index("</Relationships>")]
        other = one.replace("rId1", f"rId{at}").replace("sheet1", f"sheet{at}")
        entries["xl/_rels/workbook.bin.rels"] = relations.replace("</R", f"{other}</R").encode()
    return makers.zipped(entries)


def ods(sheets):
    tables = []
    for name, rows in sheets.items():
        lines = (f"<table:table-row>{''.join(map(makers.ods_cell, row))}</table:table-row>" for row in rows)
        tables.append(f'<table:table table:name="{name}">{"".join(lines)}</table:table>')
    return makers.ods(body="".join(tables))


BOOKS = {"xlsx": XlsxBook, "xlsb": XlsbBook, "ods": OdsBook}
MAKERS = {
    "xlsx": lambda sheets: makers.xlsx(sheets=sheets),
    "xls": lambda sheets: makers.xls(sheets=sheets),
    "xlsb": xlsb,
    "ods": ods,
}


def opened(kind, content):
    path = Path(f"people.{kind}")
    return BOOKS[kind](path, Archive(path, content)) if kind in BOOKS else XlsBook(path, content)


@pytest.mark.parametrize("kind", ["xlsx", "xlsb"])
def test_a_sheet_that_is_read_again_counts_once_towards_the_most_that_an_archive_unpacks_to(read, monkeypatch, kind):
    people = [PEOPLE[0], *PEOPLE[1:] * 200]
    content = MAKERS[kind]({"Clients": people, "Notes": NOTES})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    monkeypatch.setattr(payload, "MOST_UNPACKED", size)
    assert read(content, wanted=WANTED).frame.rows() == people[1:]


@pytest.mark.parametrize("kind", MAKERS)
def test_the_top_of_a_sheet_is_its_first_rows_and_then_the_whole_is_there_too(kind):
    book = opened(kind, MAKERS[kind]({"Sheet": PEOPLE, "Notes": NOTES}))
    assert book.names() == ["Sheet", "Notes"]
    assert book.sheet("Sheet", 2).grid.rows() == PEOPLE[:2]
    assert book.sheet("Notes", 1).grid.rows() == NOTES[:1]
    assert book.sheet("Sheet", 9).grid.rows() == book.sheet("Sheet").grid.rows() == PEOPLE
    assert book.names() == ["Sheet", "Notes"]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "xlsb"])
def test_what_is_odd_in_a_sheet_is_counted_once_also_where_its_top_was_looked_at(read, kind):
    nul = "B_x0000_o" if kind == "xlsx" else "B\0o"
    people = [PEOPLE[0], (nul, *PEOPLE[1][1:])]
    table = read(MAKERS[kind]({"Sheet": NOTES, "Clients": people}), wanted=WANTED)
    assert table.frame.rows() == [("Bo", *PEOPLE[1][1:])]
    assert "NUL characters were removed from 1 cells" in table.notes
