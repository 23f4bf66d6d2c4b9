"""Makes workbooks of every kind, byte by byte where no library writes them."""

import datetime as dt
import io
import struct
import zipfile

import openpyxl
import xlwt

NORA = "BEGIN:VCARD\nVERSION:3.0\nFN:Nora Vance\nTEL;TYPE=CELL:763-555-0101\nEMAIL:nora@example.com\nEND:VCARD\n"
BO = "BEGIN:VCARD\nVERSION:4.0\nN:Roe;Bo;;;\nFN:Bo Roe\nTEL;TYPE=work:763-555-0102\nEND:VCARD\n"
PEOPLE = [("Name", "Zip", "Phone"), ("Ann Ray", "07601", "(763) 555-0100"), ("Bo Roe", "55401", "(763) 555-0101")]


def zipped(entries, *, compress=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compress) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return file.getvalue()


def without(data, name):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zipped({one: archive.read(one) for one in archive.namelist() if one != name})


def changed(data, name, old, new):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = {one: archive.read(one) for one in archive.namelist()}
    assert old in entries[name], entries[name]
    return zipped({**entries, name: entries[name].replace(old, new)})


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xlsx(rows=PEOPLE, *, formats=None, also=None, sheets=None):
    """`formats` are number formats by cell name, `also` does more to the sheet; `sheets` are rows by title."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, cells in (sheets or {"Sheet": rows}).items():
        sheet = book.create_sheet(title)
        for row in cells:
            sheet.append(list(row))
    sheet = book.worksheets[0]
    for cell, code in (formats or {}).items():
        sheet[cell].number_format = code
    if also:
        also(sheet)
    return saved(book)


_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_NAMED = {"A": "Name", "B": "Value"}


def text_cell(place, text):
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def raw_xlsx(*cells, codes=(), shared="", properties="", rows=None):
    """One row for each cell of XML, with `@` for its reference. Style 1 has the first of the number formats."""
    lines = [f'<row r="1">{"".join(text_cell(f"{column}1", name) for column, name in _NAMED.items())}</row>']
    for at, cell in enumerate(cells, start=2):
        lines.append(f'<row r="{at}">{text_cell(f"A{at}", "x")}{cell.replace("@", f"B{at}")}</row>')
    formats = "".join(f'<numFmt numFmtId="{at}" formatCode="{code}"/>' for at, code in enumerate(codes, start=164))
    styles = "".join(f'<xf numFmtId="{at}"/>' for at in range(164, 164 + len(codes)))
    links = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    related = "".join(
        f'<Relationship Id="{kind}" Type="{base}/{kind}" Target="{target}"/>'
        for kind, target in (("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"))
    )
    sheet = f"<worksheet {_MAIN}><sheetData>{''.join(lines)}</sheetData></worksheet>"
    styled = f"<numFmts>{formats}</numFmts><cellXfs><xf/>{styles}</cellXfs>"
    book = f'<sheets><sheet name="Sheet" sheetId="1" r:id="worksheet"/></sheets>{properties}'
    return zipped(
        {
            "xl/workbook.xml": f"<workbook {_MAIN} {links}>{book}</workbook>",
            "xl/_rels/workbook.xml.rels": f"<Relationships>{related}</Relationships>",
            "xl/styles.xml": f"<styleSheet {_MAIN}>{styled}</styleSheet>",
            "xl/sharedStrings.xml": f"<sst {_MAIN}>{shared}</sst>",
            "xl/worksheets/sheet1.xml": sheet if rows is None else rows,
        }
    )


def xls(rows=PEOPLE, *, formats=None, sheets=None, merge=None):
    book = xlwt.Workbook()
    for title, cells in (sheets or {"Sheet": rows}).items():
        sheet = book.add_sheet(title)
        for row, values in enumerate(cells):
            for column, value in enumerate(values):
                style = xlwt.XFStyle()
                if isinstance(value, dt.datetime):
                    style.num_format_str = "yyyy-mm-dd hh:mm:ss"
                elif isinstance(value, dt.date):
                    style.num_format_str = "yyyy-mm-dd"
                style.num_format_str = (formats or {}).get((row, column), style.num_format_str)
                if isinstance(value, Error):
                    sheet.row(row).set_cell_error(column, 42, style)  # #N/A
                else:
                    sheet.write(row, column, value, style)
        if merge:
            sheet.merge(*merge)
    return saved(book)


def parquet(frame, **options):
    file = io.BytesIO()
    frame.write_parquet(file, **options)
    return file.getvalue()


class Error(str):
    """An error cell, such as #N/A."""

    __slots__ = ()


_ODS = (
    '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
    "<office:body><office:spreadsheet>{}</office:spreadsheet></office:body></office:document-content>"
)


def _ods_value(kind, attribute, value, shown):
    return (
        f'<table:table-cell office:value-type="{kind}" office:{attribute}="{value}">'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def ods_cell(value):
    if isinstance(value, Error):
        return (
            '<table:table-cell office:value-type="string" calcext:value-type="error">'
            f"<text:p>{value}</text:p></table:table-cell>"
        )
    if isinstance(value, tuple):
        return _ods_value("float", "value", *value)
    if isinstance(value, dt.date):
        return _ods_value("date", "date-value", value, "x")
    if isinstance(value, bool):
        return _ods_value("boolean", "boolean-value", str(value).lower(), "X")
    if value in (None, ""):
        return "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'


def ods(rows=PEOPLE, *, body=None):
    lines = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)
    table = body or f'<table:table table:name="Sheet">{lines}</table:table>'
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": _ODS.format(table),
            "META-INF/manifest.xml": "<manifest/>",
        }
    )


def record(kind, body=b""):
    """A record of an .xlsb."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, sizes = len(body), []
    while True:
        sizes.append(size & 0x7F | (0x80 if size > 127 else 0))
        size >>= 7
        if not size:
            return head + bytes(sizes) + body


def wide(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


class Packed(bytes):
    """A cell of an .xlsb as it is stored: the type of its record, and its value."""

    __slots__ = ()


def xlsb(rows=PEOPLE, *, first_row=0, masks=(), code="00000", shared=(), is_1904=False):
    """Texts, numbers, booleans and errors; `masks` are cells that have the number format `code`."""
    cells = []
    for number, row in enumerate(rows, start=first_row):
        cells.append(record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0)))
        for column, value in enumerate(row):
            head = struct.pack("<II", column, int((number, column) in masks))
            if isinstance(value, Packed):
                cells.append(record(value[0], head + value[1:]))
            elif isinstance(value, Error):
                cells.append(record(3, head + bytes([42])))
            elif isinstance(value, bool):
                cells.append(record(4, head + bytes([value])))
            elif isinstance(value, int | float):
                cells.append(record(5, head + struct.pack("<d", value)))
            else:
                cells.append(record(6, head + wide(value)))
    size = struct.pack("<IIII", first_row, first_row + len(rows) - 1, 0, len(rows[0]) - 1)
    sheet = record(129) + record(148, size) + record(145) + b"".join(cells) + record(146) + record(130)
    texts = b"".join(record(19, b"\0" + wide(text)) for text in shared)
    book = (
        record(131)
        + record(153, struct.pack("<III", int(is_1904), 0, 0))
        + record(143)
        + record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("Sheet"))
    )
    styles = (
        *(
            record(278),
            record(615, struct.pack("<I", 1)),
            record(44, struct.pack("<H", 164) + wide(code)),
            record(616),
        ),
        record(617, struct.pack("<I", 2)),
        *(record(47, struct.pack("<HH", 0, code) + bytes(12)) for code in (0, 164)),
        *(record(618), record(279)),
    )
    relations = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.bin"/></Relationships>'
    )
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.bin": book + record(144) + record(132),
            "xl/_rels/workbook.bin.rels": relations,
            "xl/worksheets/sheet1.bin": sheet,
            "xl/styles.bin": b"".join(styles),
            "xl/sharedStrings.bin": record(159, bytes(8)) + texts + record(160),
        }
    )


def encrypted():
    """The outside of a workbook with a password."""
    names = "".join(name.ljust(32, "\0") for name in ("Root Entry", "EncryptionInfo", "EncryptedPackage"))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + names.encode("utf-16-le") + bytes(4096)


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTOR, _SMALL = 512, 64
_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF


def biff(kind, body=b""):
    """A record of an .xls."""
    return struct.pack("<HH", kind, len(body)) + body


def biff_start(kind, version=0x600):
    """What opens the workbook (5), a sheet (16) or a chart (32)."""
    return biff(0x809, struct.pack("<HHHH", version, kind, 4000, 1999) + bytes(8))


def biff_number(row, column, value, style=0):
    return biff(0x203, struct.pack("<HHHd", row, column, style, value))


def biff_text(row, column, text, encoding=None):
    """`encoding` is that of Excel 5.0; later versions say how wide a text is."""
    raw = text.encode(encoding or "utf-16-le")
    return biff(0x204, struct.pack("<HHHH", row, column, 0, len(text)) + (b"" if encoding else b"\1") + raw)


def biff_texts(rows=PEOPLE, encoding=None):
    return b"".join(
        biff_text(row, at, cell, encoding) for row, cells in enumerate(rows) for at, cell in enumerate(cells)
    )


def biff_book(cells, *, before=b"", name=b"Clients", version=0x600, kind=0):
    """A workbook with one sheet; `before` are more records of the workbook, `kind` is 2 for a chart."""
    length = bytes([len(name)]) if version < 0x600 else bytes([len(name), 0])
    start = biff_start(5, version) + before
    sheet = len(start) + 4 + 6 + len(length + name) + 4
    entry = biff(0x85, struct.pack("<IBB", sheet, 0, kind) + length + name)
    return start + entry + biff(0x0A) + biff_start(16, version) + cells + biff(0x0A)


def ole_entry(name, kind, start, size, *, left=_FREE, right=_FREE, child=_FREE):
    title = (name + "\0").encode("utf-16-le")
    links = struct.pack("<HBBIII", len(title), kind, 1, left, right, child)
    return title.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)


def ole(stream, *, name="Workbook", small=False, small_chain=None, entries=None):
    """A compound file with one stream, of small sectors if it is `small`; `entries` stand for its directory.

    The sectors are: which follows which, the directory, the same for small sectors, and then the stream.
    """
    if not small:
        stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // _SECTOR)
    first = 1 + len(entries or [1, 1, 1, 1]) // 4
    chain = [0xFFFFFFFD, *range(2, first), _END, _END, *range(first + 2, first + sectors + 1), _END]
    small_chain = small_chain or ([*range(1, -(-len(stream) // _SMALL)), _END] if small else [])
    root = ole_entry("Root Entry", 5, first + 1 if small else _END, sectors * _SECTOR if small else 0, child=1)
    entries = entries or [root, ole_entry(name, 2, 0 if small else first + 1, len(stream)), bytes(128), bytes(128)]
    head = _OLE + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, first, 1 if small else 0, _END, 0)
    head += struct.pack("<I", 0).ljust(_SECTOR - len(head), b"\xff")
    tables = [struct.pack(f"<{len(one)}I", *one).ljust(_SECTOR, b"\xff") for one in (chain, small_chain)]
    return head + tables[0] + b"".join(entries) + tables[1] + stream.ljust(sectors * _SECTOR, b"\0")
