"""However the XML of an .xlsx is written, the same cells are read; what no parser would take is refused."""

import random

import makers
import polars as pl
import pytest

from rotor_import.errors import SourceError
from rotor_import.source.plain_xml import rewritten
from rotor_import.source.sheet_xml import SCHEMA, SheetXml
from rotor_import.source.xml_events import OddXmlError

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEAD = '<row r="1"><c r="A1" t="str"><v>Name</v></c><c r="B1" t="str"><v>Value</v></c></row>'


def sheet(body, *, before="", after="", root="worksheet", attributes=MAIN):
    return f"<{root} {attributes}>{before}<sheetData>{HEAD}{body}</sheetData>{after}</{root}>"


ROW = '<row r="2"><c r="A2" t="str"><v>x</v></c><c r="B2" s="0"><v>7</v></c></row>'
WRITINGS = {
    "plain": sheet(ROW),
    "another order": sheet(ROW.replace('r="B2" s="0"', 's="0" r="B2"')),
    "other attributes": sheet(ROW.replace('s="0"', 's="0" cm="1" vm="2"')),
    "an empty style": sheet(ROW.replace('s="0"', 's=""')),
    "single quotes": sheet(ROW.replace('"', "'")),
    "white space": sheet(ROW.replace("<v>", "\n  <v>").replace("<c", "\n<c").replace("</row>", "\n</row>\n")),
    "line ends of Windows": sheet(ROW.replace("<c", "\r\n<c")),
    "a comment": sheet(ROW.replace("<v>7", "<!-- <c r='Z9'> --><v>7")),
    "a CDATA section": sheet(ROW.replace("7", "<![CDATA[7]]>")),
    "a number of a letter": sheet(ROW.replace("7", "&#55;")),
    "no references": sheet(ROW.replace(' r="A2"', "").replace(' r="B2"', "").replace(' r="2"', "")),
    "small letters": sheet(ROW.replace('r="B2"', 'r="b2"')),
    "blank rows": sheet(ROW + '<row r="3"/><row r="4" ht="9"></row><row r="5"/>'),
    "a long start": '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n' + sheet(ROW),
    "more around the cells": sheet(ROW, before='<cols><col min="1"/></cols>', after='<mergeCells count="0"/>'),
    "another encoding": '<?xml version="1.0" encoding="ISO-8859-1"?>' + sheet(ROW),
    "two bytes a letter": ('<?xml version="1.0" encoding="UTF-16"?>' + sheet(ROW)).encode("utf-16"),
    "a prefix": sheet(ROW, root="x:worksheet", attributes=MAIN.replace("xmlns", "xmlns:x"))
    .replace("<c", "<x:c")
    .replace("</c", "</x:c")
    .replace("<v", "<x:v")
    .replace("</v", "</x:v")
    .replace("<row", "<x:row")
    .replace("</row", "</x:row")
    .replace("sheetData", "x:sheetData"),
    "an extension in a cell": sheet(
        ROW.replace("</v></c></row>", "</v><extLst><ext><v>9</v></ext></extLst></c></row>")
    ),
    "a value beside an inline text": sheet(
        ROW.replace('s="0"><v>7</v>', 't="inlineStr"><v>7</v><is><r><rPr><color rgb="0"/></rPr><t>7</t></r></is>')
    ),
}


@pytest.mark.parametrize("name", WRITINGS)
def test_it_is_read_however_it_is_written(values, name):
    written = WRITINGS[name]
    assert values(makers.raw_xlsx(rows=written)) == ["7"]


BROKEN = {
    "no end": sheet(ROW).replace("</worksheet>", ""),
    "no end of the cells": sheet(ROW).replace("</sheetData>", ""),
    "a cell outside of the rows": sheet(ROW + '<c r="A9"><v>1</v></c>'),
    "a row within a row": sheet('<row r="2">' + ROW + "</row>"),
    "a row without an end": sheet(ROW.replace("</row>", "")),
    "a cell without an end": sheet(ROW.replace("</c></row>", "</row>")),
    "an unknown entity": sheet(ROW.replace("7", "&seven;")),
    "half an entity": sheet(ROW.replace("7", "7&")),
    "no letters": sheet(ROW).encode().replace(b"7", b"\xff"),
    "an unknown encoding": '<?xml version="1.0" encoding="klingon"?>' + sheet(ROW),
    "no sheet": "<html/>",
    "nothing": "",
}


@pytest.mark.parametrize("name", BROKEN)
def test_it_is_called_broken_if_it_is_no_xml(read, name):
    with pytest.raises(SourceError, match=r"people\.xlsx.*damaged"):
        read(makers.raw_xlsx(rows=BROKEN[name]))


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252"])
def test_letters_are_those_of_the_encoding_that_the_sheet_names_where_they_could_be_another_too(values, encoding):
    written = f'<?xml version="1.0" encoding="{encoding}"?>' + sheet(
        ROW.replace("<v>7", "<v>Ã©").replace('s="0"', 't="str"')
    )
    assert values(makers.raw_xlsx(rows=written.encode(encoding))) == ["Ã©"]


def test_a_cell_is_put_together_from_any_number_of_pieces(values):
    cell = f'<c r="@" t="str"><v>{"a<x/>" * 300_000}</v></c>'
    assert values(makers.raw_xlsx(cell)) == ["a" * 300_000]


def test_texts_are_what_their_xml_says(values):
    cells = {
        '<c r="@" t="str"><v>a &amp; b &lt;c&gt; &quot;d&quot;</v></c>': 'a & b <c> "d"',
        '<c r="@" t="str"><v>&apos;e&apos; &#233;&#xE9;</v></c>': "'e' éé",
        '<c r="@" t="str"><v>a_x000D_&#10;b _x005F_x0041_</v></c>': "a\r\nb _x0041_",
        '<c r="@" t="inlineStr"><is><t xml:space="preserve"> a  b </t></is></c>': "a  b",
        '<c r="@" t="str"><v>2024-05-06 00:00:00</v></c>': "2024-05-06",
        '<c r="@" t="b"><v>1</v></c>': "true",
        '<c r="@" t="b"><f>TRUE()</f><v>0</v></c>': "false",
        '<c r="@"><f t="shared" si="0"/><v>3</v></c>': "3",
        '<c r="@" t="str"><f>A1</f><v></v></c>': None,
    }
    assert values(makers.raw_xlsx(*cells)) == list(cells.values())


def test_shared_texts_are_what_their_xml_says(values):
    shared = {
        "<si><t>a</t></si>": "a",
        "<si/>": None,
        "<si></si>": None,
        "<si><t/></si>": None,
        "<si><r><t>a </t></r><r><rPr><b/></rPr><t xml:space='preserve'> b</t></r></si>": "a b",
        "<si><t>漢字</t><rPh sb='0' eb='1'><t>かんじ</t></rPh><phoneticPr fontId='1'/></si>": "漢字",
        "<si><r><t>•\N{NO-BREAK SPACE}</t></r><r><t>a &amp; b</t></r></si>": "•\N{NO-BREAK SPACE}a & b",
        "<si>\n  <t>_x000D_c</t>\n</si>": "c",
    }
    cells = [f'<c r="@" t="s"><v>{at}</v></c>' for at in range(len(shared))]
    assert values(makers.raw_xlsx(*cells, shared="".join(shared))) == list(shared.values())
    for prefixed in (lambda text: f"<!-- one -->{text}", lambda text: text.replace("<si>", "<si id='1'>")):
        assert values(makers.raw_xlsx(*cells, shared=prefixed("".join(shared)))) == list(shared.values())


def test_hidden_rows_are_counted_in_every_writing(read):
    rows = '<row r="3" hidden="1"/><row r="4" hidden="true"><c r="A4" t="str"><v>y</v></c></row><row hidden="0" r="5"/>'
    columns = '<cols><col min="1" max="1" hidden="1"/></cols>'
    merged = '<mergeCells><mergeCell ref="A4:B4"/></mergeCells>'
    for written in (ROW + rows, ROW.replace("7", "<![CDATA[7]]>") + rows):
        notes = read(makers.raw_xlsx(rows=sheet(written, before=columns, after=merged))).notes
        assert "2 hidden rows and 1 hidden columns were read too" in notes
        assert notes[1].startswith("1 merged cells")


def test_a_sheet_that_the_top_does_not_tell_the_end_of_is_read_whole(values):
    rows = "".join(
        f'<row r="{at}"><c r="A{at}" t="str"><v>{"x" * 60}</v></c><c r="B{at}"><v>{at}</v></c></row>'
        for at in range(2, 9000)
    )
    assert values(makers.raw_xlsx(rows=sheet(rows))) == [str(at) for at in range(2, 9000)]


def cell(chance, place):
    style = chance.choice(("", ' s="1"', ' s="0"'))
    kind, inner = chance.choice(
        (
            ("", ""),
            ("", "<v>1.5</v>"),
            ("", "<f>A1</f><v>2</v>"),
            ("", "<f/>"),
            (' t="str"', "<f>A1</f><v>a &amp; b</v>"),
            (' t="inlineStr"', "<is><t>c</t></is>"),
            (' t="e"', "<v>#N/A</v>"),
            (' t="b"', "<v>1</v>"),
            (' t="s"', "<v>3</v>"),
        )
    )
    return f'<c r="{place}"{style}{kind}>{inner}</c>' if inner else f'<c r="{place}"{style}/>'


@pytest.mark.parametrize("seed", range(30))
def test_expressions_and_the_parser_find_the_same_cells(seed):
    chance = random.Random(seed)
    rows = []
    for at in range(2, chance.randrange(3, 40)):
        cells = "".join(cell(chance, f"{column}{at}") for column in "ABCZ" if chance.random() < 0.8)
        hidden = chance.choice(("", ' hidden="1"'))
        rows.append(f'<row r="{at}"{hidden}>{cells}</row>' if cells else f'<row r="{at}"{hidden}/>')
    data = sheet("".join(rows)).encode()
    both = []
    for one in (data, rewritten(data)):
        xml = SheetXml(one)
        both.append((pl.concat([pl.DataFrame(schema=SCHEMA), *xml.cells()]).rows(), xml.marks))
    assert both[0] == both[1]


@pytest.mark.parametrize("seed", range(200))
def test_a_damaged_sheet_is_read_as_the_parser_reads_it_or_left_to_the_parser(seed):
    """Where the expressions read a sheet that a parser refuses, a damaged byte must have left its cells readable."""
    chance = random.Random(seed)
    data = bytearray(sheet(ROW).encode())
    at = chance.randrange(data.index(b"<sheetData>"), len(data))
    data[at] = chance.choice(b"<>/\"'& crv1x")
    try:
        found = pl.concat([pl.DataFrame(schema=SCHEMA), *SheetXml(bytes(data)).cells()]).rows()
    except OddXmlError:
        return
    try:
        parsed = pl.concat([pl.DataFrame(schema=SCHEMA), *SheetXml(rewritten(bytes(data))).cells()]).rows()
    except OddXmlError:
        return
    assert found == parsed
