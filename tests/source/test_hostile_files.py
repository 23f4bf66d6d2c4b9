"""Files as people send them: each is read right, or refused with its name, the place and what to do."""

import codecs
import datetime as dt
import gzip
import zlib

import makers
import pytest
from makers import PEOPLE, Error

from rotor_import import Settings, plan_import
from rotor_import.errors import SourceError
from rotor_import.model.rows import SourceOptions
from rotor_import.source import read_source, read_sources

CSV = "Name,Zip,Phone\nAnn Ray,07601,(763) 555-0100\nBo Roe,55401,(763) 555-0101\n"
FOUND = [(2, PEOPLE[1]), (3, PEOPLE[2])]
JOSE = "Name,City\nJosé Núñez,Doña Ana\nZoë,Orléans\n"
JOSE_ROWS = [(2, ("José Núñez", "Doña Ana")), (3, ("Zoë", "Orléans"))]
QUICKBOOKS = (
    "Customer Contact List,,\nAcme Plumbing,,\n,,\nCustomer full name,Phone numbers,Email\n"
    "Ann Ray,Phone:(763) 555-0100,ann@example.com\nBo Roe,,bo@example.com\n,,\n"
    '"Tuesday, November 24, 2026 02:05 PM GMT-05:00",,\n'
)
QUICKBOOKS_ROWS = [(5, ("Ann Ray", "Phone:(763) 555-0100", "ann@example.com")), (6, ("Bo Roe", None, "bo@example.com"))]
AT_FIVE = [(5, PEOPLE[1]), (6, PEOPLE[2])]
NOTE = makers.xlsx(sheets={"Read me": [("Hello",)], "Clients": PEOPLE})
TWO = makers.xlsx(sheets={"North": PEOPLE, "South": PEOPLE})


def data(value):
    return value if isinstance(value, bytes) else value.encode()


def formatted(code, value):
    return makers.xlsx([("Name", "Code"), ("Ann", value)], formats={"B2": code})


def hidden(sheet):
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["B"].hidden = True


def merged(sheet):
    sheet.merge_cells("B2:C2")


def far(sheet):
    sheet["XFD1048576"] = "x"


def errors(sheet):
    sheet["B2"] = "#N/A"
    sheet["B3"] = "=A1"


def typed(when=dt.date(2026, 1, 2)):
    moment = dt.datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - a spreadsheet has no time zone
    return [("A", "B", "C"), (when, moment, True), (7.0, 7.5, 7635550100), (False, "00123", 1e15)]


TYPED = [
    (2, ("2026-01-02", "2026-01-02 03:04:05", "true")),
    (3, ("7", "7.5", "7635550100")),
    (4, ("false", "00123", "1000000000000000")),
]

READ = {
    "plain.csv": (CSV, FOUND),
    "crlf.csv": (CSV.replace("\n", "\r\n"), FOUND),
    "cr.csv": (CSV.replace("\n", "\r"), FOUND),
    "mixed-ends.csv": (CSV.replace("\n", "\r", 1).replace("\n", "\r\n", 1), FOUND),
    "bom.csv": (codecs.BOM_UTF8 + CSV.encode(), FOUND),
    "semicolon.csv": (CSV.replace(",", ";"), FOUND),
    "tab.tsv": (CSV.replace(",", "\t"), FOUND),
    "bar.txt": (CSV.replace(",", "|"), FOUND),
    "sep.csv": ("sep=;\r\n" + CSV.replace(",", ";"), FOUND),
    "sep-bom.csv": (codecs.BOM_UTF8 + b"sep=,\n" + CSV.encode(), FOUND),
    "tsv-named.csv": (CSV.replace(",", "\t"), FOUND),
    "utf8.csv": (JOSE, JOSE_ROWS),
    "utf8-bom.csv": (codecs.BOM_UTF8 + JOSE.encode(), JOSE_ROWS),
    "utf16-le.csv": (codecs.BOM_UTF16_LE + JOSE.encode("utf-16-le"), JOSE_ROWS),
    "utf16-be.csv": (codecs.BOM_UTF16_BE + JOSE.encode("utf-16-be"), JOSE_ROWS),
    "utf16-le-bare.csv": (JOSE.encode("utf-16-le"), JOSE_ROWS),
    "utf16-be-bare.csv": (JOSE.encode("utf-16-be"), JOSE_ROWS),
    "utf32.csv": (codecs.BOM_UTF32_LE + JOSE.encode("utf-32-le"), JOSE_ROWS),
    "cp1252.csv": (JOSE.encode("cp1252"), JOSE_ROWS),
    "latin-1.csv": (JOSE.encode("latin-1"), JOSE_ROWS),
    "cp1252-quotes.csv": (
        "Name,City\nAnn “Bo” Roe,O\u2019Hara\n".encode("cp1252"),
        [(2, ("Ann “Bo” Roe", "O\u2019Hara"))],
    ),
    "mac.csv": (JOSE.replace("\n", "\r").encode("mac_roman"), JOSE_ROWS),
    "nul-padded.csv": (CSV.encode() + bytes(300), FOUND),
    "nul-cells.csv": (CSV.replace("55401", "55401\0\0"), FOUND),
    "breaks.csv": (
        'Name,Zip\n"Ann\r\nRay","07601"\n"Bo ""B"" Roe",5\n',
        [(2, ("Ann\r\nRay", "07601")), (3, ('Bo "B" Roe', "5"))],
    ),
    "inches.csv": ('Name,Note\nAnn,5" pipe\nBo,3" tap\n', [(2, ("Ann", '5" pipe')), (3, ("Bo", '3" tap'))]),
    "half-quoted.csv": ('Name,Note\nAnn,"x"y\n', [(2, ("Ann", '"x"y'))]),
    "wrapped.csv": ('Name,Zip\nAnn,="07601"\nBo,"=""00501"""\n', [(2, ("Ann", "07601")), (3, ("Bo", "00501"))]),
    "formula.csv": ("Name,Sum\nAnn,=A1+B1\nBo,=) hi\n", [(2, ("Ann", None)), (3, ("Bo", "=) hi"))]),
    "blank-columns.csv": ("Name,Zip,,\nAnn,1,,\nBo,2,,\n", [(2, ("Ann", "1")), (3, ("Bo", "2"))]),
    "padded-header.csv": (" Name , Zip \nAnn,1\n", [(2, ("Ann", "1"))]),
    "blank-lines.csv": ("\n\nName,Zip\n\nAnn,1\n\n", [(5, ("Ann", "1"))]),
    "one-column.csv": ("Phone\n(763) 555-0100\n(763) 555-0101\n", [(2, ("(763) 555-0100",)), (3, ("(763) 555-0101",))]),
    "quickbooks.csv": (QUICKBOOKS, QUICKBOOKS_ROWS),
    "quickbooks-short.csv": (QUICKBOOKS.replace(",,\n", "\n"), QUICKBOOKS_ROWS),
    "total.csv": ("Name,Due\nAnn,5\nBo,6\nTOTAL,11.00\n", [(2, ("Ann", "5")), (3, ("Bo", "6"))]),
    "named-total.csv": ("Name,Due\nAnn,5\nTotal Plumbing,\n", [(2, ("Ann", "5")), (3, ("Total Plumbing", None))]),
    "one-cell-customer.csv": (
        "Name,Phone\nAnn,5\nMay 4 Ever LLC,\n",
        [(2, ("Ann", "5")), (3, ("May 4 Ever LLC", None))],
    ),
    "people.csv.gz": (gzip.compress(CSV.encode()), FOUND),
    "people.zip": (makers.zipped({"__MACOSX/._p.csv": "x", "p.csv": CSV, "readme.pdf": "%PDF"}), FOUND),
    "book.zip": (makers.zipped({"p.xlsx": makers.xlsx()}), FOUND),
    "p.xlsx.gz": (gzip.compress(makers.xlsx()), FOUND),
    "people.xlsx": (makers.xlsx(), FOUND),
    "people.xls": (makers.xls(), FOUND),
    "small.xls": (makers.ole(makers.biff_book(makers.biff_texts()), small=True), FOUND),
    "excel-5.xls": (
        makers.ole(makers.biff_book(makers.biff_texts(encoding="cp1252"), version=0x500), name="Book"),
        FOUND,
    ),
    "people.xlsb": (makers.xlsb(), FOUND),
    "people.ods": (makers.ods(), FOUND),
    "xlsx-named.xls": (makers.xlsx(), FOUND),
    "xls-named.csv": (makers.xls(), FOUND),
    "csv-named.xlsx": (CSV, FOUND),
    "typed.xlsx": (makers.xlsx(typed()), TYPED),
    "typed.xls": (makers.xls(typed()), TYPED),
    "titles.xlsx": (makers.xlsx([("Clients",), ("Acme",), (), *PEOPLE, (), ("Total customers: 2",)]), AT_FIVE),
    "zip.xlsx": (formatted("00000", 7601), [(2, ("Ann", "07601"))]),
    "zip4.xlsx": (formatted("00000-0000", 76011234), [(2, ("Ann", "07601-1234"))]),
    "either-zip.xlsx": (formatted("[<=99999]00000;00000-0000", 7601), [(2, ("Ann", "07601"))]),
    "social.xlsx": (formatted("000\\-00\\-0000", 12345678), [(2, ("Ann", "012-34-5678"))]),
    "zip.xls": (makers.xls([("Name", "Zip"), ("Ann", 7601)], formats={(1, 1): "00000"}), [(2, ("Ann", "07601"))]),
    "zip.xlsb": (makers.xlsb([("Name", "Zip"), ("Ann", 7601)], masks={(1, 1)}), [(2, ("Ann", "07601"))]),
    "zip.ods": (makers.ods([("Name", "Zip"), ("Ann", (7601, "07601"))]), [(2, ("Ann", "07601"))]),
    "long.ods": (
        makers.ods([("Name", "Id"), ("Ann", (123456789012345678, "1E17"))]),
        [(2, ("Ann", "123456789012345678"))],
    ),
    "phone.xlsx": (formatted("0.00E+00", 7635550100), [(2, ("Ann", "7635550100"))]),
    "errors.xlsx": (
        makers.xlsx(also=errors),
        [(2, ("Ann Ray", None, "(763) 555-0100")), (3, ("Bo Roe", None, "(763) 555-0101"))],
    ),
    "errors.xls": (makers.xls([("A", "B"), ("x", Error("#N/A"))]), [(2, ("x", None))]),
    "errors.xlsb": (makers.xlsb([("A", "B"), ("x", Error("#N/A"))]), [(2, ("x", None))]),
    "errors.ods": (makers.ods([("A", "B"), ("x", Error("#N/A"))]), [(2, ("x", None))]),
    "merged.xlsx": (makers.xlsx(also=merged), [(2, ("Ann Ray", "07601", None)), (3, PEOPLE[2])]),
    "hidden.xlsx": (makers.xlsx(also=hidden), FOUND),
    "notes-first.xlsx": (NOTE, FOUND),
}

REFUSED = {
    "empty.csv": ("", "empty"),
    "blank.csv": (" \n\0\n", "empty"),
    "commas.csv": (",,\n,,\n", "header"),
    "open-quote.csv": ('a,b\n1,2\n3,"4\n5,6\n', "row 3"),
    "swallowing-quote.csv": ('a,b\n1,"2\n3,4\n5,"6"\n', "row 2"),
    "nul.csv": ("a,b\n1,2\nJo\0hn,3\n", "line 3"),
    "mixed.csv": (b"a,b\nJos\xc3\xa9,2\nJos\xe9,3\n", "line 3"),
    "binary.csv": (bytes(range(1, 32)) * 50, "isn't text"),
    "cut-utf16.csv": (codecs.BOM_UTF16_LE + JOSE.encode("utf-16-le")[:-1], "UTF-16"),
    "report.csv": ("%PDF-1.7\nx", "PDF"),
    "photo.xls": (b"\x89PNG\r\n\x1a\n" + bytes(50), "image"),
    "page.xls": ("<html><body><table><tr><td>a</td></tr></table></body></html>", "HTML"),
    "page-bom.xls": (codecs.BOM_UTF16_LE + "\n<TABLE><tr>".encode("utf-16-le"), "HTML"),
    "old.xls": ('<?xml version="1.0"?><Workbook/>', "XML"),
    "api.csv": ('[{"name": "Ann"}]', "JSON"),
    "people.numbers": (makers.zipped({"Index/Document.iwa": b"x"}), "Numbers"),
    "letter.xlsx": (makers.zipped({"word/document.xml": "<x/>"}), "document"),
    "text.ods": (makers.zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "not a spreadsheet"),
    "secret.xlsx": (makers.encrypted(), "password"),
    "cut.xlsx": (makers.xlsx()[:-300], "damaged"),
    "cut.xls": (makers.xls()[:1200], "damaged"),
    "cut.ods": (makers.ods()[:-40], "damaged"),
    "cut.csv.gz": (gzip.compress(CSV.encode() * 50)[:-20], "damaged"),
    "no-sheet.xlsx": (makers.without(makers.xlsx(), "xl/worksheets/sheet1.xml"), "table"),
    "no-book.xlsx": (makers.without(makers.xlsx(), "xl/workbook.xml"), "damaged"),
    "bad-xml.xlsx": (makers.changed(makers.xlsx(), "xl/worksheets/sheet1.xml", b"</sheetData>", b"<x"), "damaged"),
    "bad-record.xlsb": (
        makers.changed(makers.xlsb(), "xl/worksheets/sheet1.bin", b"\x92\x01", b"\x92\x7f\xff"),
        "damaged",
    ),
    "far.xlsx": (makers.xlsx(also=far), "1048576"),
    "far.xlsb": (makers.xlsb([("a",) * 3000, ("b",) * 3000], first_row=9000), "9001"),
    "far.ods": (
        makers.ods(
            body='<table:table table:name="S"><table:table-row table:number-rows-repeated="1048576"><table:table-cell '
            'office:value-type="string" table:number-columns-repeated="16384"/></table:table-row></table:table>'
        ),
        "16384",
    ),
    "two.xlsx": (TWO, "'North', 'South'"),
    "blank.xlsx": (makers.xlsx([]), "no sheet"),
    "nested.zip": (makers.zipped({"a.zip": makers.zipped({"b.csv": CSV})}), "archive inside"),
    "nested.zip.gz": (gzip.compress(makers.zipped({"b.csv": CSV})), "another archive"),
    "pictures.zip": (makers.zipped({"a.png": b"\x89PNG"}), "no file that can be read"),
    "bomb.zip": (makers.zipped({"a.csv": b"a" * (40 * 2**20)}), "unpack"),
    "bomb.csv.gz": (gzip.compress(b"a" * (40 * 2**20)), "unpack"),
    "bomb.xlsx": (makers.zipped({"xl/workbook.xml": b" " * (40 * 2**20)}), "unpack"),
    "people.7z": (b"7z\xbc\xaf\x27\x1c" + bytes(30), "7z"),
    "people.sqlite.csv": (b"SQLite format 3\0" + bytes(30), "SQLite"),
}


@pytest.fixture
def read(tmp_path):
    def go(name, content, **options):
        path = tmp_path / name
        path.write_bytes(data(content))
        return read_source(path, SourceOptions(**options))

    return go


def rows(table):
    return list(zip(table.numbers.to_list(), table.frame.rows(), strict=True))


@pytest.mark.parametrize("name", READ)
def test_it_is_read_right(read, name):
    content, found = READ[name]
    assert rows(read(name, content)) == found


@pytest.mark.parametrize("name", READ)
def test_each_of_its_rows_has_one_fate(tmp_path, name):
    content, found = READ[name]
    (tmp_path / name).write_bytes(data(content))
    (tmp_path / "map.yaml").write_text("version: 1\nfields: {tags: {add: [x]}}\n")
    settings = Settings(directory="none", ledger=str(tmp_path / "ledger.sqlite"), report_dir=tmp_path / "reports")
    counts = plan_import([tmp_path / name], tmp_path / "map.yaml", settings).summary["rows"]
    assert (
        counts["read"] == len(found) == sum(counts[fate] for fate in ("left_out", "rejected", "merged", "held", "kept"))
    )


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_name_place_and_remedy(read, name):
    content, words = REFUSED[name]
    with pytest.raises(SourceError) as caught:
        read(name, content)
    assert name in str(caught.value)
    assert words in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cp1252.csv", "Windows-1252"),
        ("utf16-le-bare.csv", "UTF-16"),
        ("semicolon.csv", "semicolons"),
        ("nul-padded.csv", "NUL"),
        (
            "quickbooks.csv",
            "row 8 was skipped, as it isn't a customer: 'Tuesday, November 24, 2026 02:05 PM GMT-05:00'",
        ),
        ("quickbooks.csv", "row 1 was skipped, as it isn't a customer: 'Customer Contact List'"),
        ("quickbooks.csv", "the header is in row 4"),
        ("total.csv", "row 4 was skipped, as it isn't a customer: 'TOTAL 11.00'"),
        ("merged.xlsx", "merged"),
        ("hidden.xlsx", "1 hidden rows and 1 hidden columns"),
        ("notes-first.xlsx", "sheet 'Clients'"),
        ("people.zip", "readme.pdf"),
    ],
)
def test_the_notes_say_how(read, name, words):
    assert words in "; ".join(read(name, READ[name][0]).notes)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("errors.xlsx", [(2, "Zip"), (3, "Zip")]),
        ("errors.xls", [(2, "B")]),
        ("errors.xlsb", [(2, "B")]),
        ("errors.ods", [(2, "B")]),
        ("formula.csv", [(2, "Sum")]),
        ("quickbooks.csv", []),
        ("quickbooks-short.csv", []),
    ],
)
def test_a_cell_without_a_value_is_reported(read, name, found):
    findings = read(name, READ[name][0]).findings
    assert [(one.row, one.column) for one in findings] == found
    assert not any(one.rejected for one in findings)


def test_a_sheet_is_taken_by_name_by_number_or_by_the_columns_that_are_wanted(read):
    book = makers.xlsx(sheets={"North": PEOPLE, "South": [("Client", "Mobile"), ("Cy", "x")]})
    assert rows(read("b.xlsx", book, sheet="south")) == rows(read("b.xlsx", book, sheet=2)) == [(2, ("Cy", "x"))]
    assert rows(read("b.xlsx", book, wanted=("Client", "Mobile"))) == [(2, ("Cy", "x"))]
    for name in ("East", 3):
        with pytest.raises(SourceError, match="'North', 'South'"):
            read("b.xlsx", book, sheet=name)


def test_what_the_options_say_outranks_what_is_found(read):
    assert rows(read("a.csv", "a;b,c\n1;2,3\n", delimiter=";")) == [(2, ("1", "2,3"))]
    assert rows(read("a.csv", "x,y\na,b\n1,2\n", header_row=2)) == [(3, ("1", "2"))]
    assert rows(read("a.csv", "a,b\nñ,2\n".encode("cp850"), encoding="cp850")) == [(2, ("ñ", "2"))]
    assert rows(read("a.xlsx", makers.xlsx([("x", "y"), *PEOPLE]), header_row=2)) == [(3, PEOPLE[1]), (4, PEOPLE[2])]
    for options in ({"encoding": "klingon"}, {"encoding": "utf-16"}, {"header_row": 9}):
        with pytest.raises(SourceError, match=r"a\.csv"):
            read("a.csv", b"a,b\n1,2\n3,4", **options)


def test_headers_of_one_name_are_told_apart(read):
    assert read("a.csv", "A,A,A (2),,A\n1,2,3,4,5\n").frame.columns == ["A", "A (3)", "A (2)", "column_4", "A (4)"]


def test_an_archive_of_several_tables_is_several_sources(tmp_path):
    path = tmp_path / "two.zip"
    path.write_bytes(makers.zipped({"b.csv": CSV, "a/c.xlsx": makers.xlsx()}))
    assert [str(one.path.relative_to(path)) for one in read_sources([path], SourceOptions())] == ["a/c.xlsx", "b.csv"]
    with pytest.raises(SourceError, match="several tables"):
        read_source(path, SourceOptions())


def test_a_folder_is_its_files_without_locks_hidden_ones_and_reports(tmp_path):
    folder = tmp_path / "drop"
    (folder / "rotor-import-reports").mkdir(parents=True)
    for name in ("b.csv", "a.csv", ".hidden.csv", "~$a.xlsx", "notes.docx"):
        (folder / name).write_text(CSV)
    tables = read_sources([folder], SourceOptions())
    assert [one.path.name for one in tables] == ["a.csv", "b.csv"]
    assert "notes.docx" in tables[0].notes[-1]
    assert "rotor-import-reports" in tables[0].notes[-1]


def test_a_folder_without_a_table_and_one_of_our_reports_are_refused(tmp_path):
    with pytest.raises(SourceError, match="no file that can be read"):
        read_sources([tmp_path], SourceOptions())
    for name in ("summary.json", "rows.csv"):
        (tmp_path / name).write_text("a,b\n1,2\n")
    with pytest.raises(SourceError, match="report"):
        read_sources([tmp_path], SourceOptions())


def test_an_archive_that_lies_about_its_sizes_is_refused(tmp_path):
    body = zlib.compress(b"a" * (40 * 2**20))[2:-4]
    small = makers.zipped({"a.csv": b"a" * 10}, compress=8)
    path = tmp_path / "liar.zip"
    start = small.index(b"a.csv") + 5
    end = small.index(b"PK\x01\x02")
    path.write_bytes(small[:start] + body + small[end:])
    with pytest.raises(SourceError, match="liar"):
        read_sources([path], SourceOptions())
