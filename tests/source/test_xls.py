"""Workbooks of Excel 5.0 to 2003: each is read right, and none takes more memory than its size lets expect."""

import datetime as dt
import io
import struct
import tracemalloc
from contextlib import contextmanager
from pathlib import Path

import makers
import pytest
import xlwt
from makers import PEOPLE, Error

from rotor_import.errors import SourceError
from rotor_import.model.rows import SourceOptions
from rotor_import.source import read_source, xls
from rotor_import.source.kind import kind_of
from rotor_import.source.payload import Payload
from rotor_import.source.workbook import read_workbook

FOUND = [(2, PEOPLE[1]), (3, PEOPLE[2])]
POLES = [("Imię", "Phone"), ("Łucja", "763 555 0100")]
CODEPAGE_1250 = makers.biff(0x42, struct.pack("<H", 1250))
CHART = makers.biff_start(32) + makers.biff_number(1, 0, 17.5) + makers.biff_number(2, 0, 21.25) + makers.biff(0x0A)
LAST_CELL = makers.biff_text(65535, 255, "x")


def format_record(code):
    return makers.biff(0x41E, struct.pack("<HB", 164, len(code)) + code)


def style_record(number):
    return makers.biff(0xE0, struct.pack("<HHH", 0, number, 1) + bytes(10))


def in_a_row(count, record):
    return b"".join(record for _ in range(count))


@pytest.fixture
def read(tmp_path):
    def go(content, **options):
        path = tmp_path / "people.xls"
        path.write_bytes(content)
        return read_source(path, SourceOptions(**options))

    return go


def read_bytes(content):
    payload = Payload.of(Path("people.xls"), content)
    return read_workbook(payload, kind_of(payload), SourceOptions())


@contextmanager
def memory(most):
    """What is done within takes at most so many MB."""
    tracemalloc.start()
    try:
        yield
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < most * 2**20


def rows(table):
    return list(zip(table.numbers.to_list(), table.frame.rows(), strict=True))


def saved(fill):
    book = xlwt.Workbook()
    fill(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_small_file_that_lies_in_small_sectors_is_read(read):
    assert rows(read(makers.ole(makers.biff_book(makers.biff_texts()), small=True))) == FOUND


def test_a_stream_of_full_sectors_and_one_without_a_container_are_read(read):
    stream = makers.biff_book(makers.biff_texts())
    assert rows(read(makers.ole(stream))) == rows(read(stream)) == FOUND


def test_excel_5_is_read_in_its_code_page(read):
    cells = makers.biff_texts(POLES, "cp1250")
    stream = makers.biff_book(cells, before=CODEPAGE_1250, name="Łódź".encode("cp1250"), version=0x500)
    table = read(makers.ole(stream, name="Book"))
    assert (table.frame.columns, rows(table)) == (["Imię", "Phone"], [(2, ("Łucja", "763 555 0100"))])
    assert table.notes == ("sheet 'Łódź'",)


def test_excel_5_shows_the_zeros_of_its_number_formats(read):
    before = CODEPAGE_1250 + format_record(b"00000") + style_record(0) + style_record(164)
    cells = makers.biff_texts([("Name", "Zip"), ("Ann",)], "cp1250") + makers.biff_number(1, 1, 7601, style=1)
    stream = makers.biff_book(cells, before=before, version=0x500)
    assert rows(read(makers.ole(stream, name="Book"))) == [(2, ("Ann", "07601"))]


def test_a_chart_within_a_sheet_overwrites_no_cell(read):
    assert rows(read(makers.ole(makers.biff_book(makers.biff_texts() + CHART)))) == FOUND


def test_cells_after_a_chart_within_a_sheet_are_read(read):
    assert rows(read(makers.ole(makers.biff_book(CHART + makers.biff_texts())))) == FOUND


def test_a_sheet_that_is_a_chart_is_no_table(read):
    with pytest.raises(SourceError, match="no sheet with a table"):
        read(makers.ole(makers.biff_book(makers.biff_texts(), kind=2)))


def test_dates_times_and_whole_numbers_are_written_as_a_person_reads_them(read):
    moment = dt.datetime(2026, 1, 31, 3, 4, 5)  # noqa: DTZ001 - a spreadsheet has no time zone
    cells = [("A", "B", "C", "D"), (dt.date(2026, 1, 31), moment, 7635550100, 0.1 + 0.2)]
    assert rows(read(makers.xls(cells))) == [(2, ("2026-01-31", "2026-01-31 03:04:05", "7635550100", "0.3"))]
    assert rows(read(makers.xls([("A", "B"), ("x", 0.75)], formats={(1, 1): "hh:mm"}))) == [(2, ("x", "18:00:00"))]


def test_days_are_counted_from_1904_where_the_workbook_says_so(read):
    def fill(book):
        book.dates_1904 = True
        sheet = book.add_sheet("S")
        style = xlwt.easyxf(num_format_str="yyyy-mm-dd")
        for at, cell in enumerate(["A", "B"]):
            sheet.write(0, at, cell)
            sheet.write(1, at, 44591 - 1462 if at else "x", style)

    assert rows(read(saved(fill))) == [(2, ("x", "2022-01-30"))]


def test_a_day_that_no_calendar_has_stays_a_number(read):
    cells = [("A", "B"), ("x", 7635550100)]
    assert rows(read(makers.xls(cells, formats={(1, 1): "yyyy-mm-dd"}))) == [(2, ("x", "7635550100"))]


def test_an_error_is_blank_and_named_and_a_formula_without_a_text_is_blank(read):
    def fill(book):
        sheet = book.add_sheet("S")
        for row, cells in enumerate([("A", "B"), ("x",), ("y", xlwt.Formula("1/0"))]):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
        sheet.row(1).set_cell_error(1, 7)

    table = read(saved(fill))
    assert rows(table) == [(2, ("x", None)), (3, ("y", None))]
    assert [(one.row, one.column, one.value) for one in table.findings] == [
        (2, "B", "an error (#DIV/0!) instead of a value")
    ]


def test_errors_below_the_last_value_are_named(read):
    table = read(makers.xls([("A", "B"), ("x", "1"), (None, Error("#N/A"))]))
    assert [(one.row, one.column) for one in table.findings] == [(3, "B")]


def test_hidden_rows_and_columns_are_read_and_counted_where_there_are_cells(read):
    def fill(book):
        sheet = book.add_sheet("S")
        for row, cells in enumerate(PEOPLE):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
        for at in (1, 9):
            sheet.row(at).hidden = True
            sheet.col(at).hidden = True

    table = read(saved(fill))
    assert rows(table) == FOUND
    assert "1 hidden rows and 1 hidden columns were read too" in table.notes


def test_merged_cells_are_counted_and_a_merge_below_the_table_adds_no_rows(read):
    def fill(book):
        sheet = book.add_sheet("S")
        for row, cells in enumerate([*PEOPLE, ("Total: 2", None, None)]):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
        sheet.merged_ranges.append((100, 60000, 0, 0))

    table = read(saved(fill))
    assert rows(table) == FOUND
    assert [note.split(":")[0] for note in table.notes] == [
        "sheet 'S'",
        "1 merged cells",
        "row 4 was skipped, as it isn't a customer",
    ]


def test_the_sheet_that_is_shown_is_taken_and_a_hidden_one_by_its_name(read):
    def fill(book):
        for name, visibility in (("Old", 1), ("New", 0)):
            sheet = book.add_sheet(name)
            sheet.visibility = visibility
            for row, cells in enumerate([("Name", "Of"), ("Ann", name)]):
                for column, cell in enumerate(cells):
                    sheet.write(row, column, cell)
        book.active_sheet = 1

    assert rows(read(saved(fill))) == [(2, ("Ann", "New"))]
    assert rows(read(saved(fill), sheet="old")) == rows(read(saved(fill), sheet=1)) == [(2, ("Ann", "Old"))]


def test_a_formula_that_ends_too_early_does_no_harm(read):
    cut = makers.biff(0x06, struct.pack("<HHHdHIH", 1, 3, 0, 1.0, 0, 0, 1) + b"\1")
    table = read(makers.ole(makers.biff_book(makers.biff_texts() + makers.biff_text(0, 3, "Sum") + cut)))
    assert rows(table) == [(2, (*PEOPLE[1], "1")), (3, (*PEOPLE[2], None))]


PASSWORD = makers.biff(0x2F, struct.pack("<HHHH", 1, 1, 1, 1) + bytes(46))
SHARED = struct.pack("<IIHBi", 10**9, 10**9, 1000, 4, -1007) + b"x" * 1000
"""A billion texts of which the first says that the next begins where it began itself."""
CROSSED = [
    makers.ole_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1),
    *(makers.ole_entry(f"e{at}", 2, 0, 0, left=at + 1, right=at + 1) for at in range(1, 62)),
    makers.ole_entry("Workbook", 2, 0, 0),
    bytes(128),
]
REFUSED = {
    "password": (makers.ole(makers.biff_book(makers.biff_texts(), before=PASSWORD)), "password"),
    "Excel 4": (makers.biff_start(16, 0x400) + makers.biff_texts() + makers.biff(0x0A), "before Excel 5.0"),
    "no end": (makers.ole(makers.biff_book(makers.biff_texts())[:-4]), "damaged"),
    "no stream": (makers.ole(makers.biff_book(makers.biff_texts()), name="Workbooks"), "damaged"),
    "half a container": (makers.ole(makers.biff_book(makers.biff_texts()))[:700], "damaged"),
    "half a record": (makers.biff_book(makers.biff_texts())[:-90], "damaged"),
    "unknown letters": (
        makers.biff_book(makers.biff_texts(), before=makers.biff(0x42, b"\xff\xff"), version=0x500),
        "damaged",
    ),
    "last cell": (makers.ole(makers.biff_book(makers.biff_texts() + LAST_CELL)), "row 65536 and column 256"),
    "small sectors in a circle": (
        makers.ole(makers.biff_book(makers.biff_texts()), small=True, small_chain=[1, 0]),
        "damaged",
    ),
    "a directory of many ways": (makers.ole(makers.biff_book(makers.biff_texts()), entries=CROSSED), "damaged"),
    "shared texts that overlap": (
        makers.ole(makers.biff_book(makers.biff_texts(), before=makers.biff(0xFC, SHARED))),
        "damaged",
    ),
    "sizes said again and again": (
        makers.ole(makers.biff_book(in_a_row(500, makers.biff(0x200, bytes(14)) + LAST_CELL))),
        "row 65536 and column 256",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_words_and_before_it_fills_the_memory(name):
    content, words = REFUSED[name]
    with pytest.raises(SourceError, match=words) as caught, memory(64):
        read_bytes(content)
    assert "people.xls" in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_fault_of_the_program_is_not_called_the_files(monkeypatch):
    def faulty(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(xls, "text_grid", faulty)
    with pytest.raises(ZeroDivisionError):
        read_bytes(makers.xls())


def name_of_names(at):
    """A defined name that joins the one before it to itself: forty of them would hold a thousand billion letters."""
    token = b"\x17\x01\x00x" if at == 0 else 2 * (b"\x23" + struct.pack("<H", at) + bytes(2)) + b"\x08"
    head = struct.pack("<HBBHHHBBBB", 0, 0, 1, len(token), 0, 0, 0, 0, 0, 0)
    return makers.biff(0x18, head + b"\0" + b"n" + token)


@pytest.mark.parametrize(
    ("before", "cells"),
    [
        (b"", makers.biff(0x1B8, struct.pack("<HHHH", 0, 65535, 0, 65535) + bytes(40))),
        (b"".join(map(name_of_names, range(40))), b""),
    ],
    ids=["a link over every cell", "names that double"],
)
def test_what_is_not_needed_is_not_read(before, cells):
    with memory(16):
        assert rows(read_bytes(makers.ole(makers.biff_book(makers.biff_texts() + cells, before=before)))) == FOUND


@pytest.mark.parametrize("at", range(0, 5632, 97))
def test_no_single_wrong_byte_gets_past_as_anything_but_a_refusal(read, at):
    content = bytearray(makers.xls())
    content[at % len(content)] ^= 0xFF
    try:
        read(bytes(content))
    except SourceError as refusal:
        assert "people.xls" in str(refusal)  # noqa: PT017 - most bytes do no harm, and then it is read
