"""Random files and random Rotors, small enough that keys collide all the time."""

from hypothesis import strategies as st
from plain import EMAILS, PHONES

TEXTS = st.sampled_from(["", "Ada", "Bo", "Cy"])
TAGS = st.lists(st.sampled_from(["vip", "new", "old"]), unique=True, max_size=2)


def written(normals):
    """A key in one of the ways in which people write it, or blank."""
    every = [one for spellings in normals.values() for one in spellings]
    return st.one_of(st.just(""), st.sampled_from(every))


def fields():
    return {
        "phone": written(PHONES),
        "email": written(EMAILS),
        "first_name": TEXTS,
        "last_name": TEXTS,
        "company_name": TEXTS,
        "tags": TAGS,
    }


ROWS = st.lists(st.fixed_dictionaries(fields()), min_size=1, max_size=7)
KEYED_ROWS = st.lists(
    st.fixed_dictionaries({"key": st.sampled_from(["", "1", "2", "3", "4"]), **fields()}),
    min_size=1,
    max_size=7,
)
CUSTOMERS = st.lists(st.fixed_dictionaries(fields()), max_size=4)

EDITED = st.sampled_from(["phone", "email", "first_name", "last_name", "company_name"])


@st.composite
def edits(draw, rows):
    """Cells that somebody changes in the file: (row, field, value)."""
    if not rows:
        return []
    one = st.integers(0, len(rows) - 1).flatmap(
        lambda at: EDITED.flatmap(lambda name: st.tuples(st.just(at), st.just(name), fields()[name]))
    )
    return draw(st.lists(one, max_size=3))
