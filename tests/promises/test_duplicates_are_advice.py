"""Looking for probable duplicates changes nothing: over random files and Rotors, each row ends as without it."""

from hypothesis import event, given, settings
from hypothesis import strategies as st
from steps import TOLD_APART_BY, account

PEOPLE = st.fixed_dictionaries(
    {
        "first_name": st.sampled_from(["Bob", "Robert", "Nora", "Karl", ""]),
        "last_name": st.sampled_from(["Okonkwo", "Okonkwo", "Okonkow", "Vance"]),
        "phone": st.sampled_from([f"763-555-01{at:02}" for at in range(12)]),
        "email": st.sampled_from(["", "", "bob@example.com", "nora@example.com"]),
        "property_street1": st.sampled_from(["123 Main St", "123 Main Street", "9 Lake Rd"]),
        "property_city": st.just("Blaine"),
        "property_zip": st.just("55434"),
    }
)


@settings(settings.get_profile("long"))
@given(there=st.lists(PEOPLE, max_size=3), file=st.lists(PEOPLE, min_size=1, max_size=6), keyed=st.booleans())
def test_without_decisions_no_fate_differs(there, file, keyed):
    ends = []
    for duplicates in ("report", "off"):
        with account(keyed=keyed, duplicates=duplicates) as steps:
            steps.office.rotor.seed(there)
            steps.write_rows([{"key": str(at), **row} for at, row in enumerate(file)])
            outcome = steps.run()
            people = sorted(tuple(one.get(name) or "" for name in TOLD_APART_BY) for one in steps.customers())
            ends.append((outcome.fates(), outcome.posts, outcome.summary["changes"], people))
            event(f"{duplicates}: {'pairs' if outcome.summary['review']['duplicate'] else 'no pair'}")
            assert steps.run().posts == 0
    assert ends[0] == ends[1]
