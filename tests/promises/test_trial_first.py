"""A trial and then the rest leave what one run would have left, and send nothing twice."""

from hypothesis import given, settings
from hypothesis import strategies as st
from plain import picture
from rotor import opened
from worlds import CUSTOMERS, KEYED_ROWS, ROWS

LONG = settings.get_profile("long")


@settings(LONG)
@given(
    customers=CUSTOMERS,
    rows=st.one_of(ROWS, KEYED_ROWS),
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    directory=st.sampled_from(["api", "api", "none"]),
)
def test_trials_and_then_the_rest_end_as_one_run_would(customers, rows, sizes, directory):
    pictures = []
    for trials in ([], sizes):
        with opened() as office:
            known = [f"{at:08}-0000-4000-8000-000000000000" for at in range(len(customers))]
            office.rotor.seed([one | {"id": id_} for one, id_ in zip(customers, known, strict=True)])
            office.write(rows)
            posts = 0
            for size in trials:
                trial = office.run(directory=directory, sample=size)
                posts += trial.posts
                assert trial.posts or not trial.summary["sent"]["pending"]
                if directory == "api":
                    office.check_outbox()
            rest = office.run(directory=directory)
            pictures.append((picture(office.rotor.customers(), known=known), posts + rest.posts))
            assert rest.summary["state"] == "complete"
            assert office.run(directory=directory).posts == 0
    assert pictures[0] == pictures[1]
