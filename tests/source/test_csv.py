import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from rotor_import.errors import SourceError
from rotor_import.model.rows import SourceOptions
from rotor_import.source import delimited, encoding, read_source
from rotor_import.source.cells import table
from rotor_import.source.payload import Payload


@pytest.fixture
def read(tmp_path):
    def go(data, **options):
        path = tmp_path / "people.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read_source(path, SourceOptions(**options))

    return go


def rows(table):
    return list(zip(table.numbers.to_list(), table.frame.rows(), strict=True))


def test_every_cell_is_text_and_zeros_stay(read):
    assert rows(read("Zip,Phone\n00123,1.4E+10\n")) == [(2, ("00123", "1.4E+10"))]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("a,b\n1,2\n\n3,4\n", [(2, ("1", "2")), (4, ("3", "4"))]),
        ("\n\na,b\n1,2\n", [(4, ("1", "2"))]),
        (",\na,b\n1,2\n", [(3, ("1", "2"))]),
        ('a,b\n"x\n\ny",2\n3,4\n', [(2, ("x\n\ny", "2")), (3, ("3", "4"))]),
        ('a,b\r\n"x\r\ny",2\r\n,\r\n3,4\r\n', [(2, ("x\r\ny", "2")), (4, ("3", "4"))]),
        ("a\n1\n\n2\n", [(2, ("1",)), (4, ("2",))]),
        ('a,b\n1,5" pipe\n\n3,4\n', [(2, ("1", '5" pipe')), (4, ("3", "4"))]),
    ],
)
def test_rows_are_numbered_as_a_spreadsheet_shows_them(read, data, found):
    assert rows(read(data)) == found


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(read, delimiter):
    assert rows(read(f"a{delimiter}b\n1{delimiter}2\n")) == [(2, ("1", "2"))]


def test_a_line_in_whose_middle_the_sample_ends_says_nothing_about_the_delimiter(read):
    lines = ["Name;Notes", "Vance, Nora;" + "x" * 40_000, "Roe, Bo" + "x" * 40_000 + ";y"]
    assert read("\n".join(lines)).frame.columns == ["Name", "Notes"]


def test_a_line_that_ends_where_the_sample_ends_is_one_more(read):
    lines = ["Name;Notes", "Vance, Nora;y", "Roe, Bo;"]
    text = "\n".join(lines)
    assert read(text + "x" * (2**16 - len(text))).frame.columns == ["Name", "Notes"]


def test_a_delimiter_of_several_bytes_parts_cells_too(read):
    assert rows(read("a§b\n1§2\n", delimiter="§")) == [(2, ("1", "2"))]


def test_a_byte_order_mark_is_no_part_of_the_header(read):
    assert read(b"\xef\xbb\xbfa,b\n1,2\n").frame.columns == ["a", "b"]


def test_white_space_around_a_cell_goes_and_blank_is_null(read):
    assert rows(read("a,b,c\n 1 ,\u00a02\u00a0, \n")) == [(2, ("1", "2", None))]


def test_null_values_are_blank(read):
    assert rows(read("a,b\nNULL,x\n", null_values=("", "NULL"))) == [(2, (None, "x"))]


def test_a_column_without_a_name_is_called_by_its_place(read):
    assert read(",b\n1,2\n").frame.columns == ["column_1", "b"]


def test_a_row_with_too_few_cells_has_blanks_and_is_reported(read):
    table = read("a,b,c\n1\n3,4,5\n")
    assert rows(table) == [(2, ("1", None, None)), (3, ("3", "4", "5"))]
    assert [(one.row, one.rejected) for one in table.findings] == [(2, False)]


def test_a_row_with_too_many_cells_is_rejected_with_the_surplus(read):
    table = read("a,b\n1,2,3\n4,5\n6,7,,\n")
    assert rows(table) == [(2, ("1", "2")), (3, ("4", "5")), (4, ("6", "7"))]
    assert [(one.row, one.value, one.rejected) for one in table.findings] == [(2, "3", True)]


def test_one_line_broken_in_two_is_rejected_whole(read):
    table = read("a,b,c\n1,2,3\n4,fi\nve,6\n7,8,9\n")
    assert [(one.row, one.rejected) for one in table.findings] == [(3, True), (4, True)]
    assert table.frame.height == 4


@pytest.mark.parametrize("data", ["a,b,c\n1,2\n3,4\n", "a,b,c\n1,2,3,\n4,5,6,,\n"])
def test_lines_that_all_lack_or_exceed_by_blanks_are_fine(read, data):
    assert read(data).findings == ()


def test_the_columns_of_rejects_are_no_data(read):
    table = read("a,_row,_field,_value,_reason\n1,7,phone,x,y\n,8,,,\n")
    assert rows(table) == [(2, ("1",))]


def test_a_file_of_nothing_but_the_columns_of_rejects_has_no_rows(read):
    assert rows(read("_row,_field,_value,_reason\n7,phone,x,y\n")) == []


def test_a_quote_within_a_cell_stays_where_a_later_one_seems_to_close_it(read):
    assert rows(read('a,b\n1,t=s"2\n3,4\n5,66"\n')) == [(2, ("1", 't=s"2')), (3, ("3", "4")), (4, ("5", '66"'))]


def test_a_header_alone_is_a_file_of_no_rows(read):
    assert rows(read("a,b\n")) == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b",,\n,,\n", "no header"),
        (b"a,b\n1,\xc3\xa9\n2,\xff\n", "line 3"),
        (b"a,b\n\n1,x\0y\n", "line 3"),
        (b'a,b\n1,"2\n3,4\n', "row 2"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(read, data, words):
    with pytest.raises(SourceError, match=r"people\.csv") as caught:
        read(data)
    assert words in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SourceError, match="no file"):
        read_source(tmp_path / "none.csv", SourceOptions())


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n\t,;"'), max_size=6)


@given(cells=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6), ends=st.sampled_from(["\n", "\r\n"]))
def test_what_a_spreadsheet_writes_is_read_back(tmp_path_factory, cells, ends):
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=ends, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b", "c"), *cells])
    path = Path(tmp_path_factory.getbasetemp()) / "round.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    expected = [
        (number, tuple(cell.strip() or None for cell in row))
        for number, row in enumerate(cells, start=2)
        if any(cell.strip() for cell in row)
    ]
    found = rows(read_source(path, SourceOptions()))
    assert [number for number, _ in found] == [number for number, _ in expected]
    assert [[cell or "" for cell in row] for _, row in found] == [[cell or "" for cell in row] for _, row in expected]


SPACES = ["", " ", "\t", "\u00a0", "\u3000", "\u0085", "\x0b"]
SAID = st.sampled_from(["", "a", "1", "é", "=A1", '5" x', "\x03", "\x1f", "-"])
BARE = st.tuples(st.sampled_from(SPACES), SAID, st.sampled_from(SPACES)).map("".join)
QUOTED = st.lists(st.sampled_from(["", "a", " ", "\u00a0", "=", ",", "\n", "\r\n", "\r", '""', "é"]), max_size=3)
CELL = st.sampled_from(["", "x", '""']) | BARE | QUOTED.map(lambda inner: f'"{"".join(inner)}"')
LINE = (st.tuples(CELL, CELL, CELL) | st.lists(CELL, max_size=4)).map(",".join)
ENDS = st.sampled_from(["\n", "\r\n"])


@given(
    lines=st.lists(st.tuples(LINE, ENDS)),
    is_closed=st.booleans(),
    more=st.sampled_from([0, 0, 120]),
    is_sure=st.booleans(),
    piece=st.sampled_from([1, 9, delimited.PIECE]),
)
def test_the_quick_way_gives_what_the_careful_one_gives(lines, is_closed, more, is_sure, piece):
    header = ",".join(["Name", *(f"Phone {at}" for at in range(more)), "Zip", "City"])
    body = "".join(("x," * more if line else "") + line + end for line, end in lines)
    text = "\n".join([header, body if is_closed else body.removesuffix("\n").removesuffix("\r")])
    payload, options = Payload.of(Path("f.csv"), text.encode()), SourceOptions(null_values=("-",))
    layout = delimited.Layout(encoding.Text(payload.data), ",", is_sure=is_sure)
    found = delimited.quick(payload, layout, options, piece=piece)
    if found is None:
        return
    event("tidy" if found.is_tidy else "untidy")
    slow = delimited.careful(payload, layout, options)
    one, other = (table(payload, cells, options, text=True) for cells in (found, slow))
    assert (rows(one), one.findings, one.notes) == (rows(other), other.findings, other.notes)


@given(
    lines=st.lists(LINE, max_size=6),
    bad=st.sampled_from([b"", b"\xff", b"\xc3", b"\x00", b"\x02", b"\r", b'"']),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf", b"sep=,\n"]),
    end=ENDS,
)
def test_a_text_that_is_presumed_to_be_utf8_is_read_as_one_that_was_decoded(lines, bad, mark, end):
    text = end.join(["Name,Phone,City", *lines]).encode()
    payload, options = Payload.of(Path("f.csv"), mark + text + bad), SourceOptions()

    def decoded():
        layout = delimited.Layout.of(encoding.decode(payload, "auto"), options, is_sure=True)
        cells = delimited.careful(payload, layout, options)
        return table(payload, replace(cells, notes=(*layout.notes, *cells.notes)), options, text=True)

    one, other = (outcome(way) for way in (lambda: delimited.read_delimited(payload, options), decoded))
    assert one == other


def outcome(way):
    try:
        found = way()
    except SourceError as error:
        return str(error)
    return rows(found), found.findings, found.notes, found.sha256


@given(cells=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_the_quick_way_is_taken_for_what_a_program_writes(cells):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("Name", "Phone"), *((f"x{a}", b) for a, b in cells)])
    payload = Payload.of(Path("f.csv"), text.getvalue().encode())
    assert delimited.quick(payload, delimited.Layout(encoding.Text(payload.data), ","), SourceOptions()) is not None


def test_a_column_may_be_called_by_a_sign_and_hold_a_formula(tmp_path):
    path = tmp_path / "signs.csv"
    path.write_text("#,#1\n=A1+B1,x\n")
    [finding] = read_source(path, SourceOptions()).findings
    assert (finding.column, finding.row) == ("#", 2)


@given(text=st.text(alphabet='"a,é\n', max_size=40))
def test_text_that_is_looked_at_in_pieces_is_what_it_is_as_a_whole(text):
    data = ("x" * (encoding.PIECE - 1) + "é" + text).encode()
    found = encoding.decode(Payload.of(Path("f.csv"), data), "auto")
    assert (found.whole.encode(), found.plain, found.notes) == (data, data, ())
    with pytest.raises(SourceError, match="UTF-8"):
        encoding.decode(Payload.of(Path("f.csv"), data + b"\xc3"), "auto")


def test_whether_a_file_is_mac_roman_is_no_matter_of_chance(read):
    letters = " ".join("éüöäñçàèœŠŽ€“”")
    found = read(f"Name,City\rAda,{letters}\r".encode("cp1252"))
    assert rows(found) == [(2, ("Ada", letters))]
    assert "Windows-1252, which is a guess" in found.notes[0]
