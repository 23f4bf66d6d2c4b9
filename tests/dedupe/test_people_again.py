"""Whoever was held, merged or decided stays so: the same file again sends nothing, in whatever order its rows stand."""

import random
from itertools import permutations

from hypothesis import event, given, settings
from hypothesis import strategies as st
from sharing_worlds import HOLDING, KEYED_LINES, LINES, PARTING, PEOPLE, Account, fates, person

WORLDS = settings.get_profile("worlds")


def refs(planned):
    return [hold.record.ref for hold in planned.holds], planned.skipped


def again_is_nothing(account, lines, first):
    second, sent = account.run(lines)
    assert sent == set()
    assert refs(second) == refs(first)
    return second


@settings(WORLDS)
@given(
    lines=LINES | KEYED_LINES,
    customers=st.lists(PEOPLE, max_size=3),
    policy=HOLDING | PARTING,
    seed=st.integers(0, 1000),
)
def test_an_import_and_what_a_person_says_to_it_are_done_once(lines, customers, policy, seed):
    account = Account.holding(*customers, **policy)
    planned = account.plan(lines)
    first, _ = account.run(lines)
    assert planned.questions == first.questions
    again_is_nothing(account, lines, first)

    def word(asked):
        return random.Random(f"{seed}{asked.name}").choice([*asked.choices, None])

    decided, _ = account.run(lines, account.decide(first, word))
    event(f"asked: {sorted({asked.kind for asked in first.questions})}")
    for answer in decided.answers:
        event(f"answer: {answer.why}")
    again_is_nothing(account, lines, decided)
    shuffled = random.Random(seed).sample(lines, len(lines))
    third = account.plan(shuffled)
    assert len(third.holds) == len(decided.holds)
    assert not [customer for customer in fates(third).values() if customer.startswith("new:")]


def test_a_row_that_meets_its_like_only_later_is_not_held():
    """The second has nothing in common with the first; the third is a relative of both."""
    lines = [
        {"first_name": "Nora", "last_name": "Vance", "phone": "+17635550101"},
        {"first_name": "Omar", "last_name": "Reyes", "phone": "+17635550101", "property_street1": "12 Elm St"},
        {
            "first_name": "Karl",
            "last_name": "Vance",
            "phone": "+17635550101",
            "property_street1": "12 Elm Street",
        },
    ]
    for order in (lines, lines[::-1], [lines[1], lines[0], lines[2]]):
        planned = Account().plan(order)
        assert len(planned.groups) == 1
        assert [asked.kind for asked in planned.questions] == ["household"]


def test_rows_that_name_nobody_are_no_bridge():
    lines = [
        {"phone": "+17635550101"},
        {"first_name": "Nora", "last_name": "Vance", "phone": "+17635550101"},
        {"first_name": "Omar", "last_name": "Reyes", "phone": "+17635550101"},
    ]
    assert set(fates(Account().plan(lines)).values()) == {"held"}


def test_a_hold_outlasts_what_its_own_import_moved():
    """Nora's phone moves on in the import that held Omar for it: he does not get it the next time."""
    account = Account.holding({"first_name": "Nora", "phone": "+17635550101", "email": "one@example.com"})
    lines = [
        {"first_name": "Omar", "last_name": "Reyes", "phone": "+17635550101"},
        {"first_name": "Nora", "phone": "+17635550102", "email": "one@example.com"},
    ]
    first, _ = account.run(lines)
    assert fates(first) == {2: "held", 3: "r1"}
    again_is_nothing(account, lines, first)


def test_all_stay_held_though_one_of_them_was_imported_by_another_row():
    account = Account()
    lines = [
        {"first_name": "Nora", "phone": "+17635550101", "email": "one@example.com"},
        {"first_name": "Omar", "phone": "+17635550101"},
        {"first_name": "Nora", "email": "one@example.com"},
    ]
    first, _ = account.run(lines)
    assert fates(first) == {2: "held", 3: "held", 4: "new:2"}
    second = again_is_nothing(account, lines, first)
    assert second.questions[0].name == first.questions[0].name
    corrected = [lines[0], lines[1] | {"phone": "+17635550103"}, lines[2]]
    third, sent = account.run(corrected)
    assert (set(fates(third).values()), len(sent)) == ({"r1", "new:1"}, 2)


def test_rows_of_one_source_key_are_held_together_though_one_has_no_other_key():
    """The order in which they stand says nothing, now and later."""
    lines = [
        {"key": "1", "company_name": "Acme Roofing LLC"},
        {"email": "one@example.com"},
        {"key": "1", "email": "one@example.com", "company_name": "Northside Plumbing"},
    ]
    for order in permutations(lines):
        account = Account()
        first, sent = account.run(order)
        assert (len(sent), len(first.holds)) == (1, 2)
        for other in permutations(lines):
            later, sent = account.run(other)
            assert (sent, later.questions[0].name) == (set(), first.questions[0].name)


def test_who_is_held_for_another_key_is_shown_beside_a_row_that_is_alone_with_its_key():
    lines = [
        {"key": "1", "first_name": "Nora", "last_name": "Vance", "email": "one@example.com"},
        {"key": "1", "first_name": "Omar", "last_name": "Reyes"},
        {"key": "2", "first_name": "Karl", "last_name": "Strand", "email": "one@example.com"},
    ]
    questions = {asked.refs[-1][1]: asked for asked in Account().plan(lines).questions}
    assert questions[4].reason == "same email, but different names"
    assert questions[4].a.name == "Nora Vance"


FAMILY_PHONE = "+17635550101"
KARL = person("Karl", "Moss", FAMILY_PHONE)


def test_a_household_is_asked_about_though_its_rows_have_their_like_among_them():
    """Each is the same as its own like, and the first row meets nobody."""
    lines = [person("Lena", "Moss", FAMILY_PHONE, "one@example.com"), KARL, KARL]
    for order in (lines, lines[::-1], [KARL, lines[0], KARL]):
        planned = Account().plan(order)
        assert [asked.kind for asked in planned.questions] == ["household"]


def test_a_household_with_somebody_in_rotor_is_asked_about_though_its_rows_are_alike():
    account = Account.holding(person("Omar", "Strand", FAMILY_PHONE, "one@example.com"))
    planned = account.plan(
        [person("Karl", "Reyes", FAMILY_PHONE), person("Karl", "Reyes", FAMILY_PHONE, "one@example.com")]
    )
    assert [(asked.kind, asked.a.id) for asked in planned.questions] == [("household", "r1")]


def test_who_could_be_either_of_two_makes_them_no_one_person():
    for names in (
        [("John", "Smith"), ("J.", "Smith"), ("Jane", "Smith")],
        [("Nora", "Vance"), ("Nora", ""), ("Nora", "Reyes")],
    ):
        for order in permutations(names):
            planned = Account().plan([person(first, last, FAMILY_PHONE) for first, last in order])
            assert [asked.kind for asked in planned.questions] == ["household"]


def test_rows_of_a_customer_fold_in_the_order_in_which_they_were_first_seen():
    lines = [{"key": str(at), **KARL, "notes": note} for at, note in enumerate(("gate code 7", "rear door"))]
    account = Account()
    account.run(lines)
    _, sent = account.run(lines[::-1])
    assert (sent, account.customers["r1"].values["notes"]) == (set(), "rear door")


def test_a_hold_outlasts_another_order_though_a_rejected_row_has_its_legacy_id():
    """The rejected row stands where the held one stood before, and leaves no link of its own."""
    lines = [
        {"first_name": "Cy", "company_name": "Acme", "phone": FAMILY_PHONE},
        {"key": "4", "first_name": "Bo", "last_name": "Cy", "company_name": "Acme"},
        {"key": "4", "last_name": "Bo", "company_name": "Northside", "phone": FAMILY_PHONE},
    ]
    account = Account()
    account.run(lines)
    for order in ([0, 2, 1], [2, 1, 0], [1, 2, 0]):
        _, sent = account.run([lines[at] for at in order])
        assert sent == set()
