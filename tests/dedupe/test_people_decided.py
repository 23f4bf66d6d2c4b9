"""What a person says about people who share a key is done, remembered, and refused where it fits no more."""

from itertools import permutations

import pytest
from sharing_worlds import Account, fates, person

from rotor_import.dedupe.passes import Passes
from rotor_import.model.decision import Decision

PHONE, OTHER = "+17635550101", "+17635550102"
NORA = person("Nora", "Vance", PHONE)
OMAR = person("Omar", "Reyes", PHONE)
OMAR_BY_EMAIL = person("Omar", "Reyes", PHONE, "omar@example.com")


def decided(account, lines, word):
    first, _ = account.run(lines)
    [asked] = first.questions
    planned, _ = account.run(lines, account.decide(first, lambda _: word))
    assert {answer.why for answer in planned.answers if answer.question == asked.name} == {""}
    return asked, planned


def stays(account, lines, *, reversed_too=True):
    """Nothing is sent and nothing asked, neither for the same rows nor for them in another order."""
    for order in (lines, lines[::-1])[: 1 + reversed_too]:
        planned, sent = account.run(order)
        assert (sent, planned.questions) == (set(), ())


def keys(account):
    return sorted((one.values["first_name"], one.phone, one.email) for one in account.customers.values())


def test_separate_leaves_the_key_to_the_first_seen_and_writes_it_into_the_others_notes():
    account, lines = Account(), [NORA, OMAR_BY_EMAIL | {"notes": "gate code 7"}]
    decided(account, lines, "separate")
    assert keys(account) == [("Nora", PHONE, ""), ("Omar", "", "omar@example.com")]
    assert account.customers["r2"].values["notes"] == "gate code 7\nShared phone: 763-555-0101"
    stays(account, lines)


def test_separate_creates_once_who_is_left_without_a_key():
    account, lines = Account(), [NORA, OMAR]
    decided(account, lines, "separate")
    assert keys(account) == [("Nora", PHONE, ""), ("Omar", "", "")]
    stays(account, lines)
    changed = [NORA, OMAR | {"notes": "gate code 7"}]
    planned, sent = account.run(changed)
    assert set(fates(planned).values()) == {"r1", "r2"}
    assert sent == {"r2"}


def test_separated_rows_of_one_person_become_one_customer():
    lines = [NORA, OMAR, OMAR | {"notes": "rear door"}, person("Pia", "Strand", PHONE)]
    account = Account()
    decided(account, lines, "separate")
    assert keys(account) == [("Nora", PHONE, ""), ("Omar", "", ""), ("Pia", "", "")]
    stays(account, lines)


def test_a_separated_row_stays_apart_where_the_others_change():
    account, lines = Account(), [NORA | {"key": "1"}, OMAR_BY_EMAIL | {"key": "2"}]
    decided(account, lines, "separate")
    lines = [lines[0] | {"first_name": "Norah"}, lines[1] | {"last_name": "Reyes-Lind"}]
    planned, _ = account.run(lines)
    assert (fates(planned), planned.questions) == ({2: "r1", 3: "r2"}, ())
    assert account.customers["r2"].phone == ""


def test_a_key_that_was_somebody_elses_is_left_with_him():
    account = Account()
    account.run([person("Nora", "Vance", PHONE, "nora@example.com", key="7")])
    lines = [person("Omar", "Reyes", OTHER, "omar@example.com", key="7")]
    asked, planned = decided(account, lines, "separate")
    assert asked.reason == "same legacy ID, but different names, phones and emails"
    assert asked.a.id == "r1"
    assert keys(account) == [("Nora", PHONE, "nora@example.com"), ("Omar", OTHER, "omar@example.com")]
    assert fates(planned) == {2: "new:1"}
    stays(account, lines)


def test_ignore_gives_the_key_to_nobody_now_or_later():
    account = Account()
    lines = [
        person(name, "", f"+1763555011{at}", "none@example.com") for at, name in enumerate(["Nora", "Omar", "Pia"])
    ]
    asked, _ = decided(account, lines, "ignore")
    assert asked.reason == "3 rows share none@example.com, 3 different names"
    assert {one.email for one in account.customers.values()} == {""}
    stays(account, lines)
    planned, _ = account.run([*lines, person("Quinn", "", OTHER, "none@example.com")])
    assert (len(account.customers), planned.questions) == (4, ())
    assert account.customers["r4"].email == ""


def test_ignore_is_refused_where_it_would_leave_nobody_a_key():
    account, lines = Account(), [NORA, OMAR]
    first, _ = account.run(lines)
    planned, sent = account.run(lines, account.decide(first, lambda _: "ignore"))
    assert (sent, set(fates(planned).values())) == (set(), {"held"})
    assert "--allow-keyless" in planned.answers[0].why


def test_same_follows_rotors_rule():
    account, lines = Account(), [NORA, OMAR_BY_EMAIL]
    decided(account, lines, "same")
    assert keys(account) == [("Omar", PHONE, "omar@example.com")]
    stays(account, lines, reversed_too=False)


def test_skip_leaves_all_out():
    account, lines = Account(), [NORA, OMAR]
    decided(account, lines, "skip")
    assert account.customers == {}
    stays(account, lines)


def test_separate_takes_a_household_apart_that_was_merged_before():
    account = Account()
    lines = [person("Nora", "Vance", PHONE, "vances@example.com"), person("Karl", "Vance", OTHER, "vances@example.com")]
    first, _ = account.run(lines)
    assert (len(account.customers), first.questions[0].kind) == (1, "household")
    second, _ = account.run(lines)
    assert second.questions[0].name == first.questions[0].name
    account.run(lines, account.decide(second, lambda _: "separate"))
    assert keys(account) == [("Karl", OTHER, ""), ("Nora", PHONE, "vances@example.com")]
    stays(account, lines)


@pytest.mark.parametrize("word", ["ignore", "skip", "create", "use A"])
def test_a_word_that_a_household_does_not_offer_is_refused_in_words(word):
    account = Account()
    lines = [person("Nora", "Vance", PHONE), person("Karl", "Vance", PHONE)]
    first, _ = account.run(lines)
    planned, _ = account.run(lines, account.decide(first, lambda _: word))
    assert [answer.why for answer in planned.answers] == ["this answer belongs to another kind of question"]
    assert [asked.name for asked in planned.questions] == [asked.name for asked in first.questions]


def test_a_decision_is_refused_where_somebody_else_is_side_a_by_now():
    account, lines = Account.holding(person("Nora", "Vance", PHONE)), [OMAR]
    first, _ = account.run(lines)
    account.customers.clear()
    account.keep("r9", {"first_name": "Pia", "phone": PHONE})
    planned, sent = account.run(lines, account.decide(first, lambda _: "same"))
    assert (sent, fates(planned)) == (set(), {2: "held"})
    assert [answer.why for answer in planned.answers] == [
        "the row could be other customers now than when you were asked"
    ]


class TestTheMapping:
    def test_separates_where_a_key_is_left(self):
        account, lines = Account.holding(on_stranger="separate"), [NORA, OMAR_BY_EMAIL]
        planned, _ = account.run(lines)
        assert planned.questions == ()
        assert keys(account) == [("Nora", PHONE, ""), ("Omar", "", "omar@example.com")]
        stays(account, lines)

    def test_holds_who_would_be_left_without_a_key_until_a_person_says_it(self):
        account, lines = Account.holding(on_stranger="separate"), [NORA, OMAR]
        first, _ = account.run(lines)
        assert fates(first)[3] == "held"
        account.run(lines, account.decide(first, lambda _: "separate"))
        assert keys(account) == [("Nora", PHONE, ""), ("Omar", "", "")]
        stays(account, lines)

    def test_creates_him_where_keyless_rows_are_allowed(self):
        account, lines = Account.holding(on_stranger="separate", allow_keyless=True), [NORA, OMAR]
        account.run(lines)
        assert keys(account) == [("Nora", PHONE, ""), ("Omar", "", "")]
        stays(account, lines)

    def test_merges_by_rotors_rule_and_marks_it(self):
        planned, _ = Account.holding(on_stranger="merge").run([NORA, OMAR])
        assert (fates(planned), planned.questions) == ({2: "new:1", 3: "new:1"}, ())
        assert planned.groups[0].suspicious == ((0, 3),)


def test_notes_that_somebody_wrote_in_rotor_stay():
    account = Account.holding(NORA, person("Omar", "Reyes", "", "omar@example.com", notes="pays late"))
    lines = [OMAR_BY_EMAIL | {"phone": OTHER}, person("Omar", "Reyes", OTHER, "omar@example.com")]
    account.run(lines)
    assert account.customers["r2"].values["notes"] == "pays late"


NONE = "none@example.com"
MOVES = [
    person("Omar", "Reyes", OTHER, NONE),
    person("Karl", "Strand", "+17635550103", NONE),
    person("Nora", "Vance", PHONE, "nora@example.com"),
]
"""Nora is in Rotor with the email that others have too, and gives it up in the import that asks about them."""


def test_separate_gives_a_key_that_a_gave_up_to_the_first_of_the_others():
    account = Account.holding({"first_name": "Nora", "last_name": "Vance", "phone": PHONE, "email": NONE})
    decided(account, MOVES, "separate")
    assert keys(account) == [
        ("Karl", "+17635550103", ""),
        ("Nora", PHONE, "nora@example.com"),
        ("Omar", OTHER, NONE),
    ]
    stays(account, MOVES)


def test_same_joins_a_though_a_gave_the_key_up():
    account = Account.holding({"first_name": "Nora", "last_name": "Vance", "phone": PHONE, "email": NONE})
    decided(account, MOVES, "same")
    assert len(account.customers) == 1
    stays(account, MOVES)


def test_separate_leaves_the_customer_to_whom_its_phone_and_email_belong():
    """The first row has neither: it would keep a phone that a blank cannot take away."""
    account = Account()
    lines = [
        {"key": "7", "first_name": "Karl", "last_name": "Vance"},
        person("Nora", "Vance", PHONE, "nora@example.com", key="7"),
    ]
    decided(account, lines, "separate")
    assert keys(account) == [("Karl", "", ""), ("Nora", PHONE, "nora@example.com")]
    stays(account, lines)


def test_who_says_little_of_himself_goes_with_those_of_his_name():
    lines = [
        person("", "Reyes", PHONE, key="1"),
        person("Nora", "Vance", PHONE, key="2"),
        person("N.", "", PHONE, key="2"),
        person("Omar", "Reyes", PHONE, "omar@example.com", key="1"),
    ]
    account = Account()
    _, planned = decided(account, lines, "separate")
    owners = fates(planned)
    assert (owners[2], owners[3]) == (owners[5], owners[4])
    assert owners[2] != owners[3]


KARL_WITH_BOTH = person("Karl", "Strand", OTHER, "one@example.com")


def test_what_is_said_about_one_key_says_nothing_about_another():
    """Karl keeps the phone, and is no more Nora than Lena is."""
    lines = [
        person("Nora", "Vance", "", "one@example.com"),
        person("Omar", "Reyes", OTHER),
        KARL_WITH_BOTH,
        person("Lena", "Moss", "", "one@example.com"),
    ]
    for order in permutations(lines):
        account = Account()
        first, _ = account.run(list(order))
        planned, _ = account.run(list(order), account.decide(first, lambda _: "separate"))
        assert all(len(group.records) == 1 for group in planned.groups)


def test_same_joins_the_rows_of_a_question_whatever_becomes_of_their_keys():
    lines = [KARL_WITH_BOTH, person("Nora", "Vance", PHONE, "one@example.com"), person("Omar", "Reyes", OTHER)]
    account = Account()
    asked, _ = account.run(lines)
    account.run(lines, account.decide(asked, lambda _: "same"))
    assert len(account.customers) == 1
    stays(account, lines)


def test_rows_that_lost_a_key_are_not_one_for_its_sake():
    account = Account.holding(person("Karl", "Strand", PHONE))
    lines = [
        person("Nora", "Vance", PHONE, key="3"),
        person("Lena", "Moss", PHONE, "two@example.com", key="3"),
    ]
    for _ in range(3):
        asked, _ = account.run(lines)
        planned, _ = account.run(lines, account.decide(asked, lambda _: "separate"))
    assert planned.questions == ()
    assert sorted(one.values["first_name"] for one in account.customers.values()) == ["Karl", "Lena", "Nora"]


def test_separate_leaves_the_key_to_whom_the_person_saw_as_a():
    lines = [person("Nora", "Vance", PHONE, "one@example.com"), KARL_WITH_BOTH]
    account = Account()
    words = account.decide(account.plan(lines), lambda _: "separate")
    account.run(lines[::-1], words)
    assert keys(account) == [("Karl", OTHER, ""), ("Nora", PHONE, "one@example.com")]


def test_ignore_is_remembered_beside_another_decision_and_refused_where_nothing_would_be_left():
    account = Account.holding(person("Nora", "Vance", OTHER))
    lines = [KARL_WITH_BOTH, person("Lena", "Moss", PHONE, "one@example.com")]
    for _ in range(2):
        asked, _ = account.run(lines)
        account.run(lines, account.decide(asked, lambda _: "ignore"))
    last, _ = account.run(lines)
    again, sent = account.run(lines)
    assert (sent, [one.name for one in again.questions]) == (set(), [one.name for one in last.questions])


def test_separate_creates_once_who_has_nothing_but_a_legacy_id():
    lines = [person("", "Vance", key="3"), person("Omar", "Reyes", PHONE, key="3")]
    account = Account()
    decided(account, lines, "separate")
    assert sorted(one.values["last_name"] for one in account.customers.values()) == ["Reyes", "Vance"]
    stays(account, lines)


def test_who_says_nothing_of_himself_bridges_nobody_where_people_are_separated():
    lines = [person("", "", PHONE, "desk@example.com"), NORA, OMAR_BY_EMAIL]
    _, planned = decided(Account(), lines, "separate")
    assert fates(planned)[3] != fates(planned)[4]


def test_a_question_has_one_name_in_whatever_order_its_rows_stand():
    lines = [NORA, OMAR_BY_EMAIL, person("Pia", "Strand", PHONE)]
    names = {asked.name for order in permutations(lines) for asked in Account().plan(order).questions}
    assert len(names) == 1


@pytest.mark.parametrize(
    "decision",
    [Decision(2, "feed-0", "file"), Decision(2, "feed-0", "rotor"), Decision(2, "feed-0", "different")],
    ids=lambda one: one.word,
)
def test_a_decision_about_no_key_costs_no_other_pass(monkeypatch, decision):
    account, passes, settled = Account(), [], Passes.settled
    monkeypatch.setattr(Passes, "settled", lambda self: (passes.append(self), settled(self))[1])
    account.run([NORA, OMAR_BY_EMAIL])
    before = len(passes)
    account.run([NORA, OMAR_BY_EMAIL], [decision])
    assert len(passes) == 2 * before
