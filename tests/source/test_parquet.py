"""Parquet files: every value arrives as the text that a person would write, and damaged files cost nothing else."""

import datetime as dt
import io
import random
import subprocess
import sys
from contextlib import suppress
from decimal import Decimal

import polars as pl
import pytest
from makers import parquet as parquet_of

from rotor_import import Settings, plan_import
from rotor_import.errors import SourceError
from rotor_import.model.rows import SourceOptions
from rotor_import.source import parquet, read_source, read_sources
from rotor_import.source.parquet_text import as_texts

PEOPLE = pl.DataFrame({"Name": ["Ann Ray", "Bo Roe"], "Zip": ["07601", "55401"], "Phone": [7635550100, 7635550101]})
ROWS = [(2, ("Ann Ray", "07601", "7635550100")), (3, ("Bo Roe", "55401", "7635550101"))]
NOON = dt.datetime(2026, 1, 31, 15, 4, 5)  # noqa: DTZ001 - a column without a time zone


@pytest.fixture
def read(tmp_path):
    def go(frame, name="people.parquet"):
        path = tmp_path / name
        path.write_bytes(frame if isinstance(frame, bytes) else parquet_of(frame))
        return read_source(path, SourceOptions())

    return go


def test_rows_are_numbered_as_below_a_header(read):
    for name in ("people.parquet", "named.csv"):
        table = read(PEOPLE, name)
        assert list(zip(table.numbers.to_list(), table.frame.rows(), strict=True)) == ROWS


VALUES = {
    "text": (pl.Series(["Ann", "00123", None]), ["Ann", "00123", None]),
    "true or false": (pl.Series([True, False, None]), ["true", "false", None]),
    "whole numbers": (pl.Series([1, 2**62, None]), ["1", "4611686018427387904", None]),
    "numbers": (pl.Series([7635550100.0, 7.5, 0.1 + 0.2]), ["7635550100", "7.5", "0.3"]),
    "no numbers": (pl.Series([float("nan"), float("inf"), -0.5]), [None, None, "-0.5"]),
    "short numbers": (pl.Series([7.1, 2.0, None], dtype=pl.Float32), ["7.1", "2", None]),
    "money": (pl.Series([Decimal("12.50"), Decimal("3.00"), None]), ["12.50", "3", None]),
    "decimals": (
        pl.Series([Decimal(7635550100), Decimal("1.25"), Decimal("0.5")], dtype=pl.Decimal(30, 10)),
        ["7635550100", "1.25", "0.50"],
    ),
    "dates": (pl.Series([dt.date(2026, 1, 2), None]), ["2026-01-02", None]),
    "moments": (
        pl.Series([NOON, NOON.replace(hour=0, minute=0, second=0), NOON.replace(microsecond=120000)]),
        ["2026-01-31 15:04:05", "2026-01-31", "2026-01-31 15:04:05.12"],
    ),
    "moments in a zone": (
        pl.Series([NOON]).dt.replace_time_zone("America/Chicago"),
        ["2026-01-31 15:04:05 CST"],
    ),
    "times": (pl.Series([dt.time(9, 30), dt.time(9, 30, 1, 500000)]), ["09:30:00", "09:30:01.5"]),
    "durations": (
        pl.Series([dt.timedelta(hours=255, minutes=10), dt.timedelta(seconds=-61)]),
        ["255:10:00", "-0:01:01"],
    ),
    "lists": (pl.Series([["a", None, "b"], [], None]), ["a, b", None, None]),
    "lists of numbers": (pl.Series([[1.0, 2.5]]), ["1, 2.5"]),
    "lists in lists": (pl.Series([[["a"], ["b", "c"]]]), ["a, b, c"]),
    "arrays": (pl.Series([[1, 2]], dtype=pl.Array(pl.Int64, 2)), ["1, 2"]),
    "lists of columns": (
        pl.Series([[{"street": "1 Elm St", "city": None}, {"street": "2 Oak St", "city": "Blaine"}]]),
        ["street: 1 Elm St; street: 2 Oak St, city: Blaine"],
    ),
    "maps": (pl.Series([[{"key": "gate", "value": "4411"}]]), ["gate: 4411"]),
    "categories": (pl.Series(["x", None], dtype=pl.Categorical), ["x", None]),
    "nothing": (pl.Series([None, None]), [None, None]),
    "texts as bytes": (pl.Series(["é".encode(), None]), ["é", None]),
}  # fmt: skip


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_is_what_a_person_would_write(kind):
    values, texts = VALUES[kind]
    stored = pl.read_parquet(io.BytesIO(parquet_of(pl.DataFrame({"Value": values}))))
    frame, undecoded = as_texts(stored)
    assert frame.get_column("Value").to_list() == texts
    assert undecoded == []


def test_columns_in_columns_are_columns(read):
    frame = pl.DataFrame({"id": [1], "address": [{"street": "1 Elm St", "geo": {"lat": 1.5}}]})
    assert read(frame).frame.to_dicts() == [{"id": "1", "address.street": "1 Elm St", "address.geo.lat": "1.5"}]


def test_bytes_that_are_no_text_are_named(read):
    table = read(pl.DataFrame({"Name": ["Ann", "Bo"], "Photo": [None, b"\xff\xd8"]}))
    assert table.frame.rows() == [("Ann", None), ("Bo", None)]
    assert [(one.row, one.column, one.value) for one in table.findings] == [(3, "Photo", "2 bytes")]


def test_the_row_numbers_of_pandas_are_no_column(read):
    assert read(PEOPLE.with_columns(pl.Series("__index_level_0__", [0, 1]))).frame.columns == PEOPLE.columns


def test_it_is_planned_like_any_file(tmp_path):
    (tmp_path / "people.parquet").write_bytes(parquet_of(PEOPLE))
    (tmp_path / "map.yaml").write_text("version: 1\nfields: {last_name: Name, phone: Phone}\n")
    options = Settings(directory="none", ledger=str(tmp_path / "ledger.sqlite"), report_dir=tmp_path / "reports")
    assert plan_import([tmp_path / "people.parquet"], tmp_path / "map.yaml", options).summary["rows"]["kept"] == 2


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (parquet_of(PEOPLE)[:-20], "damaged"),
        (parquet_of(PEOPLE)[:-4] + b"PARE", "encrypted"),
        (b"PAR1" + bytes(40) + b"PAR1", "no columns|damaged|can't be read"),
        (pl.DataFrame(), "no columns"),
        (pl.DataFrame({f"c{at}": ["x"] for at in range(16_385)}), "16,385 columns"),
        (pl.DataFrame({"Name": ["Ann", "x" * (2**20 + 1)]}), "row 3: the cell in 'Name' is longer"),
        (pl.DataFrame({"Name": pl.Series(["x" * 50_000]).cast(pl.Categorical).new_from_index(0, 40_000)}), "unpack"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(read, frame, words):
    with pytest.raises(SourceError, match=words) as caught:
        read(frame)
    assert "people.parquet" in str(caught.value)
    assert str(caught.value).endswith(".")


def test_more_than_memory_is_for_is_refused_before_it_is_unpacked(read, monkeypatch):
    monkeypatch.setattr(parquet, "MOST_UNPACKED", 100)
    monkeypatch.setattr(parquet, "_read", None)
    with pytest.raises(SourceError, match="unpack"):
        read(pl.DataFrame({"Name": [str(at) for at in range(1000)]}))
    monkeypatch.setattr(parquet, "_MOST_CELLS", 1999)
    monkeypatch.setattr(parquet, "MOST_UNPACKED", 2**30)
    with pytest.raises(SourceError, match="1,000 rows and 2 columns"):
        read(pl.DataFrame({"Name": [1] * 1000, "Phone": [1] * 1000}))


FOOTERS = {
    "a number that never ends": b"\x36" + b"\xff" * 2_000_000,
    "a text that is longer than the file": b"\x18\xff\xff\xff\xff\x7fx",
    "a list of more than the file has": b"\x49\xfc\xff\xff\xff\xff\x7f\x00",
    "a map of more than the file has": b"\x1b\xff\xff\xff\xff\xff\xff\xff\x7f\x55",
    "columns in columns without end": b"\x1c" * 100_000,
    "lists in lists without end": b"\x19" + b"\x19" * 100_000,
    "maps in maps without end": b"\x1b" + b"\x01\xbb" * 100_000,
    "no kind of value": b"\x1f",
    "a text for a number of rows": b"\x38\x0212\x00",
    "a truth for a number of rows": b"\x31\x00",
    "numbers for groups": b"\x46\x02\x00",
    "a text for columns": b"\x28\x02ab\x00",
    "no end": b"\x15\x02",
    "nothing": b"",
}


@pytest.mark.parametrize("footer", FOOTERS.values(), ids=FOOTERS)
def test_a_footer_of_any_bytes_is_refused_in_words_before_anything_is_read(read, monkeypatch, footer):
    monkeypatch.setattr(parquet, "_read", None)
    with pytest.raises(SourceError, match=r"people\.parquet is damaged.*\.$"):
        read(b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1")


@pytest.mark.parametrize("size", [30, 2**31, 2**32 - 1])
def test_a_footer_that_would_begin_before_the_file_is_refused(read, size):
    with pytest.raises(SourceError, match="damaged"):
        read(b"PAR1" + bytes(20) + size.to_bytes(4, "little") + b"PAR1")


def test_a_footer_of_millions_of_values_is_given_up(read, monkeypatch):
    monkeypatch.setattr("rotor_import.source.parquet_footer._MOST_VALUES", 1_000)
    groups = b"\x49\xfc\xe8\x07" + bytes(1_001)  # a list of 1,000 groups without anything
    with pytest.raises(SourceError, match="too many row groups"):
        read(b"PAR1" + groups + len(groups).to_bytes(4, "little") + b"PAR1")


def test_as_many_rows_as_a_number_can_say_are_refused_before_anything_is_read(read, monkeypatch):
    monkeypatch.setattr(parquet, "_read", None)
    rows = b"\x36\xfe" + b"\xff" * 8 + b"\x01\x00"
    with pytest.raises(SourceError, match="9,223,372,036,854,775,807 rows"):
        read(b"PAR1" + rows + len(rows).to_bytes(4, "little") + b"PAR1")


def test_the_process_that_reads_loads_nothing_before_its_memory_is_limited_and_no_other_reader_after():
    words = (
        "import sys\n"
        "def own(): return sorted(name for name in sys.modules if name.startswith(('rotor_import.', 'polars.')))\n"
        "from rotor_import.source import parquet_worker\n"
        "print(own())\n"
        "from rotor_import.source import parquet_text\n"
        "print([name for name in own() if name.startswith('rotor_import.')])\n"
    )
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    before = ["rotor_import.source", "rotor_import.source.parquet_worker"]
    after = [*before[:1], "rotor_import.source.parquet_text", *before[1:]]
    assert done.stdout.splitlines() == [str(before), str(after)]


def test_damage_that_would_end_the_whole_process_is_refused(tmp_path, capfd):
    """A damaged bitmap makes polars ask for two exabytes, which ends the process that it runs in."""
    frame = pl.DataFrame({"Name": ["Ann", None, "Bo"] * 50, "Due": [Decimal("1.5"), None, Decimal("2.5")] * 50})
    whole, chance = bytearray(parquet_of(frame, compression="uncompressed")), random.Random(7)
    (tmp_path / "good.csv").write_text("Name\nAnn\n")
    for _ in range(4):
        damaged = bytearray(whole)
        for _ in range(10):
            damaged[chance.randrange(4, len(damaged) // 2)] = chance.randrange(256)
        (tmp_path / "bad.parquet").write_bytes(damaged)
        with suppress(SourceError):  # some damage goes unnoticed
            read_sources([tmp_path / "bad.parquet"], SourceOptions())
    assert read_sources([tmp_path / "good.csv"], SourceOptions())[0].frame.rows() == [("Ann",)]
    assert capfd.readouterr().err == ""
