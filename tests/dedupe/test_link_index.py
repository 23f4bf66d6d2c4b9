"""Rows stay with their customers from one import to the next, and holds stay holds."""

from one_by_one import again, groups, held, known, rotor, row, run

from rotor_import.model.change import LinkUpdate
from rotor_import.model.row_link import RowLink


def test_a_second_import_of_a_chain_that_left_a_key_behind_creates_nobody():
    rows = [row(2, "", "E1"), row(3, "P1", "E1"), row(4, "P1", "E2")]
    first = run(rows)
    assert groups(first) == {"new:1": [2, 3, 4]}
    links = [LinkUpdate(RowLink(**{**vars(one.link), "customer": "X"})) for one in first.links]
    second = run(rows, rotor(known("X", "P1", "E2")), links=links)
    assert groups(second) == {"X": [2, 3, 4]}
    assert second.groups[0].keys == {"phone": "P1", "email": "E2"}


def test_an_unchanged_row_moves_no_key_back():
    rows = [row(2, "P1", "E1", key="7")]
    links = [LinkUpdate(RowLink("k:7", 0, "X", rows[0].digest, "", "P1", "E1"))]
    result = run(rows, rotor(known("X", "P9", "E1"), known("Y", "P1")), links=links)
    assert result.groups[0].keys == {"phone": "P9", "email": "E1"}
    assert not result.holds


def test_a_changed_cell_of_a_known_row_moves_its_key():
    links = [LinkUpdate(RowLink("k:7", 0, "X", "old", "", "P1", "E1"))]
    result = run([row(2, "P2", "E1", key="7")], rotor(known("X", "P1", "E1")), links=links)
    assert result.groups[0].keys == {"phone": "P2", "email": "E1"}


def test_a_row_that_changed_its_name_is_known_by_its_keys():
    links = [LinkUpdate(RowLink("h:old", 0, "X", "old", "", "P1", "E1"))]
    directory = rotor(known("X", "P9", "E9"), known("Y", "P1"))
    result = run([row(2, "P1", "E1", last_name="Ray")], directory, links=links)
    assert groups(result) == {"X": [2]}


def test_a_row_whose_customer_is_gone_from_rotor_is_held():
    links = [LinkUpdate(RowLink("k:7", 0, "X", "old", "", "P1", "E1"))]
    assert 2 in held(run([row(2, "P1", "E1", key="7")], rotor(known("Y")), links=links))


def test_content_comes_before_occurrence_where_a_source_key_repeats():
    rows = [row(2, "P1", key="7", last_name="Ray"), row(3, "P1", key="7", last_name="Roe")]
    swapped = [row(2, "P1", key="7", last_name="Roe"), row(3, "P1", key="7", last_name="Ray")]
    links = [LinkUpdate(RowLink("k:7", at, "X", one.digest, "", "P1", "")) for at, one in enumerate(rows)]
    result = run(swapped, rotor(known("X", "P5")), links=links)
    assert result.groups[0].keys["phone"] == "P5"


class TestAHoldKeeps:
    rows = (row(2, "P1", "E1"), row(3, "P1", "E2", last_name="Ray"), row(4, "", "E9"))
    directory = rotor(known("X", "P1"), known("Y", "", "E1"))

    def test_while_nothing_that_it_depends_on_changes(self):
        first = run(self.rows, self.directory)
        assert list(held(first)) == [2]
        later = rotor(known("X", "P1", "E2"), known("Y", "", "E1"), known("new:1", "", "E9"))
        assert list(held(again(self.rows, first, later))) == [2]

    def test_until_a_named_customer_has_other_keys(self):
        first = run(self.rows, self.directory)
        later = rotor(known("X", "P1", "E2"), known("Y", "", "E7"), known("new:1", "", "E9"))
        assert not held(again(self.rows, first, later))

    def test_until_one_of_its_own_cells_changes(self):
        first = run(self.rows, self.directory)
        later = rotor(known("X", "P1", "E2"), known("Y", "", "E1"), known("new:1", "", "E9"))
        mended = [row(2, "P1", "E7"), *self.rows[1:]]
        assert not held(again(mended, first, later))

    def test_until_the_policy_is_another(self):
        first = run(self.rows, self.directory)
        later = rotor(known("X", "P1", "E2"), known("Y", "", "E1"), known("new:1", "", "E9"))
        assert not held(again(self.rows, first, later, on_conflict="server"))
