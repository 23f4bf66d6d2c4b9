"""Rotor's list as a frame is what each of its customers says alone."""

from hypothesis import given
from hypothesis import strategies as st

from rotor_import.api import Page
from rotor_import.directory import customer_values, frame_of_items, pull
from rotor_import.model.fields import FIELDS, TAGS_FIELD

CELLS = st.sampled_from([None, "", "x", "0", 3, 1.5, True, False, ["a"], {"k": 1}])
TAGS = st.sampled_from([None, [], [""], ["", ""], ["x", "y"], ["x", 1], ["x\0y"], ["\0", ""]])
ADDRESSES = st.one_of(st.none(), st.dictionaries(st.sampled_from(["street1", "city", "zip", "other"]), CELLS))
ITEMS = st.fixed_dictionaries(
    {"id": st.sampled_from("ABCDEFG")},
    optional={name: TAGS if name == TAGS_FIELD else CELLS for name in FIELDS} | {"address": ADDRESSES},
)


def values(frame):
    found = {}
    for line in frame.iter_rows(named=True):
        id_ = line.pop("customer")
        cells = {name: tuple(cell) if isinstance(cell, list) else cell for name, cell in line.items()}
        found[id_] = {name: cell for name, cell in cells.items() if cell is not None}
    return found


@given(items=st.lists(ITEMS, max_size=4, unique_by=lambda item: item["id"]))
def test_a_page_as_a_frame_says_what_each_customer_does(items):
    assert values(frame_of_items(items)) == {item["id"]: customer_values(item) for item in items}


@given(items=st.lists(st.fixed_dictionaries({"id": st.just("A"), "tags": TAGS}), min_size=1, max_size=4))
def test_tags_are_as_they_were(items):
    assert frame_of_items(items).get_column("tags").to_list() == [[*map(str, i["tags"] or ())] or None for i in items]


class Shifting:
    """A list that grows while it is read for the first time, so that a customer is on two pages."""

    def __init__(self):
        self._pages = [
            ([{"id": "A"}, {"id": "B"}], 3, True),
            ([{"id": "B"}, {"id": "C"}], 4, False),
            ([{"id": "N"}, {"id": "A"}], 4, True),
            ([{"id": "B"}, {"id": "C", "notes": "c"}], 4, False),
        ]

    def customers_page(self, _page, *, limit):
        assert limit
        items, total, more = self._pages.pop(0)
        return Page(tuple(items), total, more)


def test_a_list_that_shifted_while_it_was_read_is_read_again():
    assert values(pull(Shifting())) == {"N": {}, "A": {}, "B": {}, "C": {"notes": "c"}}
