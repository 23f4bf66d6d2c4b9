"""Files that would exhaust memory or patience are refused in words, before either is spent."""

import io

import pytest

from rotor_import.errors import SourceError
from rotor_import.model.rows import SourceOptions
from rotor_import.source import bounds, read_source

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
    assert "a quote within a cell isn't doubled" in finding.reason


@pytest.mark.parametrize(
    "line",
    [
        'Nora,"The "Good" Roof, Inc.",1',
        'Nora,"Bob "the builder", Inc.",1',
        'Nora,"The "Good" Roof, Inc.",1,2',
        '"a "b", "c" d",1',
        'Nora,"5" pipe, new",1',
    ],
)
def test_a_line_that_may_be_other_cells_however_its_quotes_are_read_is_rejected_with_its_own_text(read, line):
    found = read(f"a,b,c\n{line}\nx,y,z\n")
    [finding] = found.findings
    assert (finding.row, finding.value, finding.rejected) == (2, line, True)
    assert "double each quote within a cell" in finding.reason
    assert found.frame.rows()[1] == ("x", "y", "z")
