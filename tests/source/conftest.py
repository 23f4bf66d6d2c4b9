"""What the tests of workbooks share: the bytes of one are read as a file."""

import pytest

from rotor_import.model.rows import SourceOptions
from rotor_import.source import read_source


@pytest.fixture
def read(tmp_path):
    def go(content, **options):
        path = tmp_path / "people.xlsx"
        path.write_bytes(content)
        return read_source(path, SourceOptions(**options))

    return go


@pytest.fixture
def values(read):
    """The cells of the second column."""
    return lambda content: [row[1] for row in read(content).frame.rows()]
