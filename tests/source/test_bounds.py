"""Files that would exhaust memory or patience are refused in words, before either is spent."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotor_import.errors import SourceError
from rotor_import.model.rows import SourceOptions
from rotor_import.source import bounds, read_source, stray_quotes
from rotor_import.source.stray_quotes import first_cells

HEADER = "First,Phone,Notes\n"


@pytest.fixture
def read(tmp_path):
    def go(data):
        path = tmp_path / "people.csv"
        path.write_bytes(data.encode())
        return read_source(path, SourceOptions())

    return go


def many(count):
    return ",".join(f"c{at}" for at in range(count))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (f"{many(100_000)}\n{',' * 99_999}\n", "row 1: the header has 100,000 columns"),
        (f"{HEADER}Nora,1,{'x' * 2**21}\n", "row 2: a cell is longer than 1,048,576 bytes"),
        (f"{HEADER}Nora,1,x\nOmar,2,{'x' * 2**25}\n", "line 3: the line is longer than 16 MB"),
        (
            f'{HEADER}Nora,1,"{"x" * 99}\n' + f"{'x' * 99}\n" * 200_000 + '"\n',
            "line 2: a cell is longer than 1,048,576",
        ),
        (f"{many(10_000)}\n" + "a\n" * 3000, "most of its 3,000 rows have few cells"),
        (HEADER + "\n" * 20_000_001, "more than 20,000,000 lines"),
    ],
    ids=["columns", "cell", "line", "quoted lines", "short rows", "lines"],
)
def test_what_is_beyond_any_table_is_refused_with_its_place(read, data, words):
    with pytest.raises(SourceError, match=r"people\.csv") as caught:
        read(data)
    assert words in str(caught.value)
    assert str(caught.value).endswith((".", "`."))


def test_as_many_columns_and_characters_as_a_spreadsheet_has_are_read(read):
    found = read(f"{many(bounds.MOST_COLUMNS)}\n{'x' * 32_767}{',' * (bounds.MOST_COLUMNS - 1)}\n")
    assert (found.frame.width, len(found.frame.item(0, 0))) == (bounds.MOST_COLUMNS, 32_767)


def test_a_file_of_many_lines_is_no_problem(read):
    lines = io.StringIO()
    lines.write(HEADER)
    lines.writelines(f"Nora,{at},x\n" for at in range(100_000))
    assert read(lines.getvalue()).frame.height == 100_000


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('"Will "Buck" Tanner",Tanner,1', ('Will "Buck" Tanner', "Tanner", "1")),
        ('Nora,"Pipes "R" Us",""', ("Nora", 'Pipes "R" Us', None)),
        ('"Buck" Tanner,x,1', ('"Buck" Tanner', "x", "1")),
        ('Nora,"6"" pipe "Buck" x",1', ("Nora", '6" pipe "Buck" x', "1")),
    ],
)
def test_a_line_whose_quotes_are_not_doubled_is_read_in_the_only_way_that_fits_and_told(read, line, cells):
    found = read(f"a,b,c\n{line}\nx,y,z\n")
    assert found.frame.rows() == [cells, ("x", "y", "z")]
    [finding] = found.findings
    assert (finding.row, finding.value, finding.rejected) == (2, line, False)
    assert "a quote inside a cell isn't doubled" in finding.reason


@pytest.mark.parametrize(
    "line",
    [
        'Nora,"The "Good" Roof, Inc.",1',
        'Nora,"Bob "the builder", Inc.",1',
        'Nora,"The "Good" Roof, Inc.",1,2',
        '"a "b", "c" d",1',
        'Nora,"5" pipe, new",1',
        'Nora,"","" x,1',
        'Nora,"Pipes, "R',
        'Nora,"x "y" z",' + '"",' * 101 + "1",
    ],
)
def test_a_line_that_may_be_other_cells_however_its_quotes_are_read_is_rejected_with_its_own_text(read, line):
    found = read(f"a,b,c\n{line}\nx,y,z\n")
    [finding] = found.findings
    assert (finding.row, finding.value, finding.rejected) == (2, line, True)
    assert "double each quote inside a cell" in finding.reason
    assert found.frame.rows()[1] == ("x", "y", "z")


@pytest.mark.parametrize("width", [12, 40])
def test_a_line_of_many_quoted_cells_is_read_in_the_only_way_that_fits(read, width):
    cells = ["Ray, Ann", *(f"x{at}, y" for at in range(width - 3)), 'Will "Buck" Tanner', ""]
    line = ",".join(f'"{cell}"' for cell in cells)
    found = read(f"{many(width)}\n{line}\n")
    assert found.frame.drop(f"c{width - 1}", strict=False).rows() == [tuple(cells[:-1])]
    assert [one.rejected for one in found.findings] == [False]


@pytest.mark.parametrize("most", range(1, 60))
def test_a_search_that_is_given_up_never_takes_the_first_reading_for_the_only_one(monkeypatch, most):
    monkeypatch.setattr(stray_quotes, "_MOST_STEPS", most)
    assert stray_quotes.cells_of('"a","b","c "d" e","f",1', ",", 4) is None
    assert stray_quotes.cells_of('"a","b","c "d" e","f",1', ",", 5) in (None, ["a", "b", 'c "d" e', "f", "1"])


@pytest.mark.parametrize("row", ['Nora,"Pipes "R\nUs" x",1', 'Nora,"Pipes "R"\n Us",1'])
def test_both_halves_of_a_line_that_was_broken_at_such_a_quote_are_rejected(read, row):
    found = read(f"a,b,c\nx,y,z\n{row}\nx,y,z\n")
    assert [(one.row, one.rejected) for one in found.findings] == [(3, True), (4, True)]


def test_a_line_that_is_rejected_for_its_quotes_is_not_called_short_too(read):
    [finding] = read('a,b,c,d\nNora,"Pipes, "R\nx,y,z,1\n').findings
    assert finding.rejected


def _readings(line, at=0):
    """Every way to read the line."""
    for cell, after in first_cells(line, at, ","):
        if after > len(line):
            yield [cell]
        else:
            yield from ([cell, *rest] for rest in _readings(line, after))


@given(line=st.text(alphabet='"",a', min_size=1, max_size=16), width=st.integers(1, 6))
def test_the_only_reading_is_the_one_that_trying_all_of_them_gives(line, width):
    fits = [cells for cells in _readings(line) if len(cells) == width]
    is_sure = len(fits) == 1 and not any('"' in cell and "," in cell for cell in fits[0])
    assert stray_quotes.cells_of(line, ",", width) == (fits[0] if is_sure else None)


@pytest.mark.parametrize("line", ['x,"a "b" c",' + "," * 3_000_000, '"a "",,,,' * 60, '",,,' * 190, '"' * 10_000_000])
def test_a_line_of_many_quotes_or_cells_is_given_up_soon(line):
    assert stray_quotes.cells_of(line, ",", 200) is None


@pytest.mark.parametrize(
    "row",
    ['"Nora\nVance","Pipes "R" Us",1', '"Pipes "R" Us","Nora\nVance",1', 'Nora,"a\nb "c" d",1'],
)
def test_a_row_of_several_lines_with_such_a_quote_makes_the_file_unreadable_with_its_place(read, row):
    with pytest.raises(SourceError, match=r"people\.csv, row 3.*a quote inside a cell isn't doubled\. Close it, or"):
        read(f"a,b,c\nx,y,z\n{row}\nx,y,z\n")


def test_a_row_of_several_lines_whose_quotes_are_doubled_is_read_beside_lines_whose_quotes_are_not(read):
    found = read('a,b,c\n"Nora\n""Vance""",x,1\n"Will "Buck" Tanner",y,2\n')
    assert found.frame.rows() == [('Nora\n"Vance"', "x", "1"), ('Will "Buck" Tanner', "y", "2")]
    assert [(one.row, one.value) for one in found.findings] == [(3, '"Will "Buck" Tanner",y,2')]
