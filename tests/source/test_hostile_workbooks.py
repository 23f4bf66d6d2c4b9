"""Workbooks that would exhaust memory or patience, or trip over their own numbers, are read or refused in words."""

import itertools
import math
import struct

import makers
import pytest
from cells_of_workbooks import number, ods_column, timed

from rotor_import.errors import SourceError
from rotor_import.source import opc, sheet, typed_cells
from rotor_import.source.number_format import masked
from rotor_import.source.plain_xml import rewritten

HUGE = ["9" * 400, "9" * 5000, f"{'9' * 400}.0", "1e400", "-1e400", "+1e400", "1e99999", "nan", "inf", "-Infinity"]


@pytest.mark.parametrize("code", ["General", "00000", "[h]:mm", "yyyy-mm-dd", "h:mm"])
def test_a_number_beyond_what_a_sheet_holds_stays_as_it_is_written_in_every_format(values, code):
    assert values(makers.raw_xlsx(*(number(one, 1) for one in HUGE), codes=[code])) == HUGE


def test_a_number_of_thousands_of_digits_is_shown_in_a_format_with_a_condition(values):
    cells = [number(one, 1) for one in ("9" * 5000, "76011234", "7601")]
    shown = [f"{'9' * 4996}-9999", "07601-1234"[1:], "07601"]
    assert values(makers.raw_xlsx(*cells, codes=["[&lt;=99999]00000;0000-0000"])) == shown


def test_a_number_of_an_ods_beyond_what_a_sheet_holds_stays_as_it_is_written(values):
    assert values(ods_column(*(timed("float", "value", one) for one in HUGE))) == HUGE
    zeros = [f"0{'7' * 5000}", f"{'0' * 5000}7"]
    cells = [makers.ods_cell((one.lstrip("0"), one)) for one in zeros]
    assert values(ods_column(*cells)) == zeros


def test_what_a_cell_of_an_ods_shows_is_read_where_its_value_is_blank(values):
    kinds = {"float": "value", "date": "date-value", "boolean": "boolean-value", "string": "string-value"}
    assert values(ods_column(*(timed(kind, name, "") for kind, name in kinds.items()))) == ["x"] * 4


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_a_binary_number_that_is_none_is_an_error_with_its_name(read, value):
    written = [("Name", "Value"), ("x", value)]
    for content in (makers.xls(written), makers.xlsb(written), makers.xls(written, formats={(1, 1): "yyyy-mm-dd"})):
        [finding] = read(content).findings
        assert finding.reason == "left blank: an error (#NUM!) instead of a value"


def test_an_error_without_a_name_is_told_all_the_same(read):
    unnamed = b"\x03\xee"  # an error of an .xlsb by its number, which no list has
    binary = makers.xlsb([("Name", "Value"), ("x", makers.Packed(unnamed))])
    cell = '<table:table-cell office:value-type="error"><text:p/></table:table-cell>'
    old = makers.biff_texts([("Name", "Value"), ("x", "")]) + makers.biff(0x205, struct.pack("<HHHBB", 1, 1, 0, 238, 1))
    for content in (binary, ods_column(cell), makers.biff_book(old)):
        [finding] = read(content).findings
        assert finding.reason == "left blank: an error (of unknown kind) instead of a value"


def test_a_format_that_is_longer_than_a_spreadsheet_takes_shows_nothing_and_takes_no_time(values):
    codes = ["[" * 60_000, '"' * 60_001, ";" * 60_000, "0" * 60_000, '"a;' * 20_000, "yyyy" + "\\-" * 126]
    written = [one.replace('"', "&quot;") for one in codes]
    cells = [number(45418, at) for at in range(1, len(codes) + 1)]
    assert values(makers.raw_xlsx(*cells, codes=written)) == ["45418"] * len(codes)
    before = b"".join(makers.biff(0x41E, struct.pack("<HHB", 164, len(one), 0) + one.encode()[:8000]) for one in codes)
    people = makers.biff_texts([("Name", "Value"), ("x", "45418")])
    assert values(makers.biff_book(people, before=before * 20)) == ["45418"]


def test_a_style_that_names_a_format_of_thousands_of_digits_shows_plain_numbers(values):
    content = makers.raw_xlsx(number(5, 1), codes=["0"])
    assert values(
        makers.changed(content, "xl/styles.xml", b'<xf numFmtId="164"/>', b'<xf numFmtId="%s"/>' % (b"9" * 5000))
    ) == ["5"]


def test_thousands_of_formats_and_kinds_of_cells_take_no_longer_than_one(values):
    signs = itertools.islice(itertools.product("0-() ", repeat=7), 4000)
    codes = [f"00{''.join(one)}" for one in signs]
    cells = [number(7, at) for at in range(1, len(codes) + 1)]
    assert values(makers.raw_xlsx(*cells, codes=codes)) == [masked("7", one) for one in codes]
    words = [f"k{''.join(one)}" for one in itertools.islice(itertools.product("abcdefgh", repeat=5), 4000)]
    assert values(makers.raw_xlsx(*(f'<c r="@" t="{one}"><v>{one}</v></c>' for one in words))) == words


def block_of_cells(rows, columns):
    cell = f'<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}">'
    return f'<table:table-row table:number-rows-repeated="{rows}">{cell}<text:p>a</text:p></table:table-cell>'


@pytest.mark.parametrize(
    "body",
    [
        f'<table:table table:name="S">{block_of_cells(60, 100)}</table:table-row></table:table>' * 2,
        f'<table:table table:name="S">{block_of_cells(60, 100) * 2}{"</table:table-row>" * 2}</table:table>',
    ],
    ids=["tables of one name", "rows within rows"],
)
def test_cells_that_lie_on_each_other_are_counted_each(read, monkeypatch, body):
    monkeypatch.setattr(typed_cells, "MOST_CELLS", 10_000)
    with pytest.raises(SourceError, match="more than 10,000 cells"):
        read(makers.ods(body=body))


def test_cells_of_an_xlsb_at_one_place_are_counted_each(read, monkeypatch):
    monkeypatch.setattr(typed_cells, "MOST_CELLS", 3)
    with pytest.raises(SourceError, match="more than 3 cells"):
        read(makers.xlsb())


def test_a_workbook_of_too_many_sheets_is_refused(read):
    tables = "".join(f'<table:table table:name="{at}"/>' for at in range(sheet.MOST_SHEETS + 2))
    with pytest.raises(SourceError, match="more than 10,000 sheets"):
        read(makers.ods(body=tables))


def test_a_sheet_that_is_named_again_and_again_is_read_once(values):
    entry = b'<sheet name="Sheet" sheetId="1" r:id="worksheet"/>'
    again = b"".join(entry.replace(b'"Sheet"', b'"%d"' % at) for at in range(20_000))
    assert values(makers.changed(makers.raw_xlsx(number(7)), "xl/workbook.xml", entry, again)) == ["7"]
    entry = makers.record(156, struct.pack("<II", 0, 1) + makers.wide("rId1") + makers.wide("Sheet"))
    assert values(makers.changed(makers.xlsb(), "xl/workbook.bin", entry, entry * 2)) == ["07601", "55401"]


def test_sheets_of_an_xls_that_lie_in_one_place_are_called_broken(read):
    content = makers.biff_book(makers.biff_texts())
    entry = content.index(struct.pack("<H", 0x85))
    length = 4 + int.from_bytes(content[entry + 2 : entry + 4], "little")
    [place] = struct.unpack_from("<I", content, entry + 4)
    moved = content[entry : entry + 4] + struct.pack("<I", place + length) + content[entry + 8 : entry + length]
    twice = content[:entry] + moved * 2 + content[entry + length :]
    with pytest.raises(SourceError, match="is damaged"):
        read(twice)


DEEP = "<a>" * 100_000 + "</a>" * 100_000


@pytest.mark.parametrize(
    "content",
    [
        makers.ods(body=f'{DEEP}<table:table table:name="S"/>'),
        makers.raw_xlsx(rows=f"<worksheet><sheetData/>{DEEP}</worksheet>"),
        makers.raw_xlsx(rows=f"<worksheet><sheetData><!-- -->{DEEP}</sheetData></worksheet>"),
    ],
    ids=["ods", "around cells", "within cells"],
)
def test_elements_within_elements_without_end_are_called_broken(read, content):
    with pytest.raises(SourceError, match="is damaged"):
        read(content)


def test_blank_cells_and_rows_without_number_are_not_kept(values):
    blank = f'<row r="2">{"<c/>" * 5000}</row>{"<row/>" * 5000}'
    head = f"{makers.text_cell('A1', 'Name')}{makers.text_cell('B1', 'Value')}"
    last = '<row r="9000"><c/><c><v>7</v></c></row>'
    written = f"<worksheet><sheetData><!-- --><row r='1'>{head}</row>{blank}{last}</sheetData></worksheet>"
    assert values(makers.raw_xlsx(rows=written)) == ["7"]
    assert rewritten(written.encode()).count(b"<row") == 2


def test_a_cell_beyond_all_columns_is_called_broken(read):
    cells = "<c/>" * 20_000 + "<c><v>7</v></c>"
    with pytest.raises(SourceError, match="is damaged"):
        read(makers.raw_xlsx(rows=f"<worksheet><sheetData><!-- --><row>{cells}</row></sheetData></worksheet>"))


@pytest.mark.parametrize("part", ["xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_part_that_would_make_too_large_a_tree_is_refused(read, monkeypatch, part):
    monkeypatch.setattr(opc, "LARGEST_TREE", 2**20)
    content = makers.changed(makers.raw_xlsx(number(7)), part, b"</", b" " * 2**20 + b"</")
    with pytest.raises(SourceError, match=f"{part}' is larger than 1 MB"):
        read(content)


@pytest.mark.parametrize("name", ["²", "0", "9" * 5000, 10**4000, "-1"])
def test_a_number_that_no_sheet_has_is_refused_with_the_names_of_those_there_are(read, name):
    with pytest.raises(SourceError, match="Its sheets: 'Sheet'"):
        read(makers.xlsx(), sheet=name)
