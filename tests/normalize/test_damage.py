# ruff: noqa: RUF001 - garbled letters look like others: that is what is tested

import polars as pl
import pytest

from rotor_import.model.rows import MappedTable
from rotor_import.normalize import normalize
from rotor_import.normalize.damage import unmixed


def table(**columns):
    count = len(next(iter(columns.values())))
    lists = {"phone", "email", "tags"}
    placed = {"source_key": [None] * count, "region": ["US"] * count, "id": [None] * count}
    frame = pl.DataFrame(
        {"row": pl.Series(range(2, 2 + count), dtype=pl.UInt32)}
        | {
            name: pl.Series(cells, dtype=pl.List(pl.String) if name in lists else pl.String)
            for name, cells in (placed | columns).items()
        }
    )
    return MappedTable(0, frame)


@pytest.mark.parametrize("invalid", ["drop", "reject"])
@pytest.mark.parametrize(
    ("field", "cell", "words"),
    [
        ("phone", "7.64E+09", "format the column as text"),
        ("phone", "7,64E+09", "format the column as text"),
        ("phone", "2026-03-12", "turned it into a date"),
        ("phone", "3/12/2026", "turned it into a date"),
        ("phone", "12-Mar", "turned it into a date"),
        ("phone", "Mar-12", "turned it into a date"),
        ("phone", "12-Mar-2026 00:00:00", "turned it into a date"),
        ("email", "2026-03-12T00:00:00", "turned it into a date"),
        ("email", "March 12, 2026", "turned it into a date"),
        ("email", "andrÃ©zoë@example.com", "garbled"),
        ("email", "andr\ufffd@example.com", "garbled"),
    ],
)
def test_a_key_that_a_spreadsheet_destroyed_rejects_its_row_whatever_invalid_says(field, cell, words, invalid):
    good = {"phone": "763-555-0100", "email": "ann@example.com"}[field]
    found = normalize(table(**{field: [[cell, good], [good, cell]]}), invalid={field: invalid})
    assert [(one.row, one.field, one.value) for one in found.rejects] == [(2, field, cell)]
    assert words in found.rejects[0].reason
    assert found.frame.get_column("row").to_list() == [3]


def test_a_phone_that_became_a_decimal_number_is_mended_and_told():
    found = normalize(table(phone=[["7635550100.0"]]), invalid={})
    assert found.frame.get_column("phone").to_list() == ["+17635550100"]
    assert [(one.field, one.value) for one in found.notices] == [("phone", "7635550100.0")]


@pytest.mark.parametrize("cell", ["763.555.0100", "(763) 555-0100", "+1 763-555-0100", "763 555 0100"])
def test_a_phone_that_is_none_of_that_is_left_alone(cell):
    found = normalize(table(phone=[[cell]]), invalid={})
    assert found.frame.get_column("phone").to_list() == ["+17635550100"]
    assert not found.notices


@pytest.mark.parametrize(
    ("cell", "mended"),
    [
        ("CafÃ©", "Café"),
        ("Annâ€™s", "Ann’s"),
        ("CafÃƒÂ©", "Café"),
        ("WÅ‚adysÅ‚aw", "Władysław"),
        ("Ãœber", "Über"),
        ("Â© 2026", "© 2026"),
        ("Ã\x81ngel", "Ángel"),
        ("DonÃ", "Donà"),
        ("BawoÅ‚", "Bawoł"),
        ("Ren√©e D√≠az", "Renée Díaz"),
        ("O‚ÄôBrien", "O’Brien"),
        ("Jos├® Mu├▒oz", "José Muñoz"),
        ("Jos├⌐", "José"),
        ("ZoĂ«", "Zoë"),
        ("Ĺ\x81ukasz WiĹ›niewski", "Łukasz Wiśniewski"),
        ("Ð¡Ð¾Ð½", "Сон"),
    ],
)
def test_letters_garbled_throughout_are_mended_and_told(cell, mended):
    found = normalize(table(last_name=[cell, "plain"], tags=[["x", cell], None]), invalid={})
    assert found.frame.get_column("last_name").to_list() == [mended, "plain"]
    assert found.frame.get_column("tags").to_list() == [["x", mended], None]
    assert {(one.row, one.field, one.value) for one in found.notices} == {(2, "last_name", cell), (2, "tags", cell)}


@pytest.mark.parametrize(
    "cell", ["CafÃ© Zoë", "Caf\ufffd", "MÃ¼ller “Ann”", "Ã?lvarez", "Ren√©e Zoë", "Jos├® Peña", "MĂĽller", "ZoĂ« Łódź"]
)
def test_letters_garbled_in_part_or_lost_reject_the_row(cell):
    found = normalize(table(last_name=[cell, "plain"]), invalid={})
    assert [(one.row, one.field, one.value) for one in found.rejects] == [(2, "last_name", cell)]
    assert found.frame.get_column("row").to_list() == [3]


@pytest.mark.parametrize(
    "cell",
    [
        *("SÃO PAULO", "NESTLÉ®", "«CAFÉ»", "Zoë", "François", "“BLÅ”", "Ann’s — €5…", "Łódź", "Москва", "東京"),
        *(
            "Úštěk",
            "ORĂŞTIE",
            "BRĂILA „Sud”",
            "√ paid",
            "Ørsted—Åse",
            "CÔTÉ",
            "5 ¬ 3",
            "Ann–Émile",
            "└── files",
            "ГОСТ",
        ),
    ],
)
def test_letters_that_are_right_are_left_alone(cell):
    assert unmixed(cell).value == cell
    assert normalize(table(last_name=[cell]), invalid={}).frame.get_column("last_name").to_list() == [cell]


def test_an_id_of_which_excel_kept_some_digits_would_merge_strangers_so_it_rejects_its_row():
    found = normalize(table(source_key=["1.23E+11", "12E4", "1"], last_name=["a", "b", "c"]), invalid={})
    assert [(one.row, one.value) for one in found.rejects] == [(2, "1.23E+11")]
    assert found.frame.get_column("source_key").to_list() == ["12E4", "1"]
