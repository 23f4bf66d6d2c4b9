"""Looking for probable duplicates changes nothing: over random files and Rotors, each row ends as without it."""

from hypothesis import event, given, settings
from steps import TOLD_APART_BY, account
from test_people import WORLD, Scene


@settings(settings.get_profile("long"))
@given(world=WORLD)
def test_without_decisions_no_fate_differs(world):
    keyed, before, file = world
    ends = []
    for duplicates in ("report", "off"):
        with account(keyed=keyed, duplicates=duplicates) as steps:
            Scene(steps, before, file)
            outcome = steps.run()
            there = sorted(tuple(one.get(name) or "" for name in TOLD_APART_BY) for one in steps.customers())
            ends.append((outcome.fates(), outcome.posts, outcome.summary["changes"], there))
            event(f"{duplicates}: {min(outcome.summary['review']['duplicate'], 2)} pairs or more")
            again = steps.run()
            assert again.posts == 0
    assert ends[0] == ends[1]
