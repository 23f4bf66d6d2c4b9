"""Whoever was held, merged or decided stays so: the same file again sends nothing, in whatever order its rows stand."""

from hypothesis import event, given, settings
from hypothesis import strategies as st
from people_worlds import KEYED_LINES, LINES, PEOPLE, POLICIES, Account

WORLDS = settings.get_profile("worlds")


def by_content(planned):
    """Fates that do not depend on where a row stands; rows that are alike change places."""
    held = sorted(hold.record.natural_key for hold in planned.holds)
    return (
        held,
        sorted(planned.skipped and [len(planned.skipped)]),
        sorted((group.customer, sorted(record.natural_key for record in group.records)) for group in planned.groups),
    )


def again_is_nothing(account, lines, first):
    second, sent = account.run(lines)
    assert sent == set()
    assert [hold.record.ref for hold in second.holds] == [hold.record.ref for hold in first.holds]
    assert {asked.name for asked in second.questions} == {asked.name for asked in first.questions}
    return second


@settings(WORLDS)
@given(
    lines=LINES | KEYED_LINES,
    customers=st.lists(PEOPLE, max_size=3),
    policy=POLICIES,
    word=st.functions(
        like=lambda _name: None, returns=st.sampled_from(["same", "separate", "ignore", "skip", None]), pure=True
    ),
    data=st.data(),
)
def test_an_import_and_what_a_person_says_to_it_are_done_once(lines, customers, policy, word, data):
    account = Account.holding(*customers, **policy)
    planned = account.plan(lines)
    first, _ = account.run(lines)
    assert {one.name for one in planned.questions} == {one.name for one in first.questions}
    event(f"questions: {sorted({asked.kind for asked in first.questions})}")
    again_is_nothing(account, lines, first)
    decided, _ = account.run(lines, account.decide(first, lambda asked: word(asked.name)))
    for answer in decided.answers:
        event(f"answer: {answer.why}")
    again_is_nothing(account, lines, decided)
    shuffled = data.draw(st.permutations(lines))
    third, _ = account.run(shuffled)
    assert len(third.holds) == len(decided.holds)
    assert {group.customer for group in third.groups} == {group.customer for group in again_groups(account, shuffled)}


def again_groups(account, lines):
    return account.plan(lines).groups
