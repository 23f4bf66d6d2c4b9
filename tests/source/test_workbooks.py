"""Cells of workbooks are read as the sheet shows them, in each of the four formats, whatever wrote the file."""

import datetime as dt
import io
import struct
import zipfile

import makers
import pytest
from cells_of_workbooks import number, ods_column, timed
from makers import PEOPLE, Packed

from rotor_import.errors import SourceError
from rotor_import.source import typed_cells

FOUND = [(2, PEOPLE[1]), (3, PEOPLE[2])]
MAC = '<workbookPr date1904="1"/><extLst><ext><x14:workbookPr xmlns:x14="x" defaultImageDpi="32767"/></ext></extLst>'
ENCRYPTED = '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'


def rows(table):
    return list(zip(table.numbers.to_list(), table.frame.rows(), strict=True))


NUMBERS = {
    "44.977777777777703": "44.9777777777777",
    "44.9777777777777": "44.9777777777777",
    "0.30000000000000004": "0.3",
    "1234.5": "1234.5",
    "100": "100",
    "1.50": "1.5",
    "-0.0": "0",
    "1E3": "1000",
    "7.6355501E9": "7635550100",
    "1E-7": "0.0000001",
    "1E+15": "1000000000000000",
    "1234567890123456789": "1234567890123456789",
    "1E+300": "1E+300",
}


def test_numbers_have_the_fifteen_digits_that_a_sheet_shows(values):
    assert values(makers.raw_xlsx(*map(number, NUMBERS))) == list(NUMBERS.values())
    numbers = [float(one) for one in NUMBERS if len(one) < 19]
    shown = [one for text, one in NUMBERS.items() if len(text) < 19]
    written = [("Name", "Value"), *(("x", one) for one in numbers)]
    assert values(makers.xls(written)) == values(makers.xlsb(written)) == shown
    assert values(ods_column(*(timed("float", "value", repr(one)) for one in numbers))) == shown


def test_a_number_that_is_none_stays_as_it_is_written(values):
    assert values(makers.raw_xlsx(number("abc"), number("nan"), number(" 5 "), number("1_0"))) == [
        "abc",
        "nan",
        "5",
        "1_0",
    ]


@pytest.mark.parametrize(
    ("code", "days", "shown"),
    [
        ("[h]:mm", "10.6319444444444", "255:10:00"),
        ("[h]:mm", "0.395833333333333", "09:30:00"),
        ("[mm]:ss", "1.00001157407407", "24:00:01"),
        ("[h]:mm", "-0.5", "-12:00:00"),
        ("[ss].000", "0.0000173611111", "00:00:01.500"),
        ("h:mm", "0.75", "18:00:00"),
        ("h:mm AM/PM", "0", "00:00:00"),
        ("yyyy-mm-dd", "45418", "2024-05-06"),
        ("[$-409]d\\-mmm\\-yy;@", "45418", "2024-05-06"),
        ("m/d/yy h:mm", "45418.3958333333", "2024-05-06 09:30:00"),
        ("yyyy", "1", "1900-01-01"),
        ("yyyy", "61", "1900-03-01"),
        ("yyyy", "7635550100", "7635550100"),
        ("yyyy", "-1", "-1"),
        ("General", "45418", "45418"),
        ("0.00&quot;d&quot;", "5", "5"),
        ("[Red]#,##0.00", "5", "5"),
        ("0%", "0.15", "0.15"),
        ("000000", "7601", "007601"),
        ("00000-0000", "76011234", "07601-1234"),
    ],
)
def test_a_number_is_shown_in_its_format(values, code, days, shown):
    assert values(makers.raw_xlsx(number(days, 1), codes=[code])) == [shown]
    code = code.replace("&quot;", '"')
    rows = [("Name", "Value"), ("x", float(days))]
    assert values(makers.xls(rows, formats={(1, 1): code})) == [shown]
    assert values(makers.xlsb(rows, masks={(1, 1)}, code=code)) == [shown]


def test_built_in_formats_have_no_code(values):
    cells = [number(45418.5, at) for at in range(4)]
    styles = "".join(f'<xf numFmtId="{at}"/>' for at in (0, 14, 46, 18)).encode()
    content = makers.changed(makers.raw_xlsx(*cells), "xl/styles.xml", b"<xf/>", styles)
    assert values(content) == ["45418.5", "2024-05-06 12:00:00", "1090044:00:00", "2024-05-06 12:00:00"]


def test_days_are_counted_from_1904_where_the_workbook_says_so_itself(values):
    cell = number(45418 - 1462, 1)
    assert values(makers.raw_xlsx(cell, codes=["yyyy-mm-dd"], properties=MAC)) == ["2024-05-06"]
    extension = MAC.replace(' date1904="1"', "").replace("x14:workbookPr", 'x14:workbookPr date1904="1"')
    assert values(makers.raw_xlsx(cell, codes=["yyyy-mm-dd"], properties=extension)) == ["2020-05-05"]
    packed = [("Name", "Value"), ("x", 45418.0 - 1462)]
    assert values(makers.xlsb(packed, masks={(1, 1)}, code="yyyy-mm-dd", is_1904=True)) == ["2024-05-06"]


def test_times_and_moments_of_an_ods_are_read(values):
    times = {
        "PT09H30M00S": "09:30:00",
        "PT255H10M": "255:10:00",
        "P1DT1H": "25:00:00",
        "-PT00H00M01.5S": "-00:00:01.500",
    }
    assert values(ods_column(*(timed("time", "time-value", one) for one in times))) == list(times.values())
    dates = {
        "2024-05-06": "2024-05-06",
        "2024-05-06T09:30:00": "2024-05-06 09:30:00",
        "2024-05-06T00:00:00": "2024-05-06",
    }
    assert values(ods_column(*(timed("date", "date-value", one) for one in dates))) == list(dates.values())
    assert values(ods_column(timed("time", "time-value", "soon"))) == ["x"]


def test_white_space_of_an_ods_is_what_its_elements_say(values):
    text = "<text:p>a\n  b<text:s text:c='2'/>c<text:tab/>d\N{NO-BREAK SPACE}e</text:p>"
    text += "<text:p>f<text:line-break/>g</text:p>"
    note = "<office:annotation><text:p>who wrote it</text:p></office:annotation>"
    cell = f'<table:table-cell office:value-type="string">{note}{text}</table:table-cell>'
    assert values(ods_column(cell)) == ["a b  c\td\N{NO-BREAK SPACE}e\nf\ng"]


def spaces(count):
    """A cell of that many thousand spaces between two letters."""
    text = "<text:s text:c='1000'/>" * count
    return f'<table:table-cell office:value-type="string"><text:p>a{text}b</text:p></table:table-cell>'


def test_a_cell_of_an_ods_is_put_together_from_any_number_of_pieces(values):
    assert values(ods_column(spaces(50_000))) == [f"a{' ' * 50_000_000}b"]


def test_a_cell_of_an_ods_that_stands_for_too_much_text_is_refused_before_it_is_built(read, monkeypatch):
    monkeypatch.setattr(typed_cells, "MOST_UNPACKED", 2**20)
    with pytest.raises(SourceError, match="more than 1 MB of text"):
        read(ods_column(spaces(1100)))


def test_an_error_of_an_ods_is_blank_and_named_also_where_it_is_called_a_number(read):
    cell = (
        '<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0">'
        "<text:p>#DIV/0!</text:p></table:table-cell>"
    )
    assert [one.value for one in read(ods_column(cell)).findings] == ["an error (#DIV/0!) instead of a value"]


@pytest.mark.parametrize("entry", ["content.xml", "encrypted-package"])
def test_an_ods_with_a_password_is_called_so(read, entry):
    content = makers.zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            entry: bytes(range(256)),
            "META-INF/manifest.xml": f"<manifest:manifest>{ENCRYPTED}</manifest:manifest>",
        }
    )
    with pytest.raises(SourceError, match=r"people\.xlsx is protected by a password"):
        read(content)


def test_shared_texts_numbers_in_30_bits_and_rich_texts_of_an_xlsb_are_read(values):
    hundredths = struct.pack("<I", (12345 << 2) | 3)
    negative = struct.pack("<i", (-5 << 2) | 2)
    double = struct.pack("<I", struct.unpack("<I", struct.pack("<d", 0.5)[4:])[0])
    cells = [b"\x07" + struct.pack("<I", 1), b"\x02" + hundredths, b"\x02" + negative, b"\x02" + double]
    cells += [
        b"\x3e\x01" + makers.wide("rich"),
        b"\x08" + makers.wide("made"),
        b"\x0a\x01",
        b"\x09" + struct.pack("<d", 2.5),
    ]
    written = [("Name", "Value"), *(("x", Packed(one)) for one in cells)]
    shown = ["two", "123.45", "-5", "0.5", "rich", "made", "true", "2.5"]
    assert values(makers.xlsb(written, shared=["one", "two"])) == shown


def test_nul_characters_are_taken_out_and_told(read):
    wide = [[text.encode("utf-16-le").decode("latin-1") for text in cells] for cells in PEOPLE]
    cells = [
        makers.biff(0x204, struct.pack("<HHHH", row, at, 0, len(text)) + b"\0" + text.encode("latin-1"))
        for row, texts in enumerate(wide)
        for at, text in enumerate(texts)
    ]
    table = read(makers.ole(makers.biff_book(b"".join(cells))))
    assert (table.frame.columns, rows(table)) == (list(PEOPLE[0]), FOUND)
    assert "NUL characters were removed from 9 cells" in table.notes


def test_texts_of_two_bytes_a_letter_keep_letters_beyond_latin(values):
    wide = "Łucja".encode("utf-16-le").decode("latin-1")
    cells = [
        makers.biff_texts([("Name", "Value"), ("x", wide)]),
        makers.biff_text(2, 0, "a\0b"),
        makers.biff_text(2, 1, "c"),
    ]
    table = values(makers.ole(makers.biff_book(b"".join(cells))))
    assert table == ["Łucja", "c"]


def renamed(data, change, also=(b"", b"")):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return makers.zipped({change(name): archive.read(name).replace(*also) for name in archive.namelist()})


def test_parts_are_found_whatever_they_are_called(read):
    content = makers.xlsx()
    for change in (str.upper, str.lower, lambda name: name.replace("/", "\\"), lambda name: f"/{name}"):
        assert rows(read(renamed(content, change))) == FOUND
    moved = renamed(content, lambda name: name.replace("xl/", "Book/"), (b"xl/", b"Book/"))
    assert rows(read(moved)) == FOUND
    spaced = makers.changed(content, "xl/_rels/workbook.xml.rels", b"sheet1.xml", b"sheet%201.xml")
    assert rows(read(renamed(spaced, lambda name: name.replace("sheet1", "sheet 1")))) == FOUND


def test_an_ods_without_the_entry_that_says_so_is_read(read):
    content = makers.changed(
        makers.ods(),
        "META-INF/manifest.xml",
        b"<manifest/>",
        b"<m t='application/vnd.oasis.opendocument.spreadsheet'/>",
    )
    assert rows(read(makers.without(content, "mimetype"))) == FOUND


def test_a_text_that_is_repeated_without_end_is_refused_before_it_is_built(read):
    cells = ['<c r="@" t="s"><v>0</v></c>'] * 400
    with pytest.raises(SourceError, match="more than 256 MB of text"):
        read(makers.raw_xlsx(*cells, shared=f"<si><t>{'x' * 2**20}</t></si>"))
    said = 'office:value-type="string" table:number-columns-repeated="400"'
    wide = f"<table:table-cell {said}><text:p>{'x' * 2**20}</text:p></table:table-cell>"
    with pytest.raises(SourceError, match="more than 256 MB of text"):
        read(ods_column(wide))


@pytest.mark.parametrize("place", ["1", "-1", "x", "99999999999"])
def test_a_reference_to_no_shared_text_is_called_broken(read, place):
    with pytest.raises(SourceError, match="is damaged"):
        read(makers.raw_xlsx(f'<c r="@" t="s"><v>{place}</v></c>', shared="<si><t>a</t></si>"))


def test_moments_of_many_writers_are_equal(values):
    moment = dt.datetime(2024, 5, 6, 9, 30)  # noqa: DTZ001 - a spreadsheet has no time zone
    written = [("Name", "Value"), ("x", moment)]
    shown = ["2024-05-06 09:30:00"]
    assert values(makers.xlsx(written)) == values(makers.xls(written)) == shown
    assert values(makers.raw_xlsx('<c r="@" t="d"><v>2024-05-06T09:30:00</v></c>')) == shown
