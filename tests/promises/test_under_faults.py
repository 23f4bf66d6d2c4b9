"""The same end state, whatever goes wrong on the way."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st
from plain import picture, replay
from rotor import opened
from worlds import CUSTOMERS, KEYED_ROWS, ROWS

from rotor_import.errors import RetriableApiError
from rotor_import.sandbox import Fault

WORLDS = settings.get_profile("long")
PASSING = [
    f"{what} {moment}"
    for what in ("408", "500", "502", "503", "504", "drop", "timeout", "truncated", "html")
    for moment in ("before", "after")
]
RATES = st.lists(
    st.builds("{} {} {}%".format, st.sampled_from(PASSING), st.sampled_from(["", "upsert"]), st.integers(5, 30)),
    min_size=1,
    max_size=3,
)


@settings(WORLDS)
@given(customers=CUSTOMERS, rows=st.one_of(ROWS, KEYED_ROWS), faults=RATES, seed=st.integers(0, 1000))
def test_under_any_passing_faults_the_end_is_the_same_as_without(customers, rows, faults, seed):
    with opened(faults=tuple(map(Fault.parse, faults)), seed=seed) as office:
        known = office.rotor.seed(customers)
        before = office.rotor.customers()
        office.write(rows)
        outcome = None
        while outcome is None or outcome.summary["sent"]["unknown"] + outcome.summary["sent"]["pending"]:
            with suppress(RetriableApiError):  # before there is a plan: nothing was sent
                outcome = office.run(max_attempts=2)
        outcome.check()
        fates = outcome.fates()
        kept = [row for at, row in enumerate(rows, start=2) if fates.get(at) not in ("held", "rejected", None)]
        assert picture(office.rotor.customers(), known=known) == picture(replay(before, kept), known=known)
        office.rotor.sandbox.suffer()
        assert office.run().check().posts == 0
