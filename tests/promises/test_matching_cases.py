"""Files of a few lines: one key joins two people, or one person is written in two ways. What becomes of each."""

import pytest
from answers import answered_with, choices, questions, rows_of
from steps import account, cut_notes

NORA_IN_ROTOR = """\
    First,Last,Phone,Email
    Nora,Vance,763-555-0101,nora@example.com
    """
NORA = ("Nora", "Vance", "+17635550101", "nora@example.com")


@pytest.fixture(params=[False, True], ids=["", "hold suspicious"])
def anyway(request):
    """What must hold whether households are held or not."""
    return {"hold_suspicious": request.param}


def asked(outcome, kind, rows):
    """The one question, which is of that kind and about these rows."""
    [line] = questions(outcome)
    assert (line["kind"], rows_of(line)) == (kind, set(rows))
    assert line["row"] == str(min(rows))
    assert outcome.summary["review"] == dict.fromkeys(outcome.summary["review"], 0) | {kind: 1}
    return line


def all_held(outcome):
    return outcome.posts == 0 and set(outcome.fates().values()) == {"held"}


class TestStrangersInTheFile:
    PHONE = """\
        First,Last,Phone,Email
        Nora,Vance,763-555-0101,
        Omar,Reyes,763-555-0101,
        """
    EMAIL = """\
        First,Last,Phone,Email
        Nora,Vance,763-555-0101,frontdesk@example.com
        Omar,Reyes,763-555-0102,frontdesk@example.com
        """

    def test_who_share_a_phone_and_nothing_else_are_both_held(self, anyway):
        with account(**anyway) as steps:
            outcome = steps.run(self.PHONE)
            assert all_held(outcome)
            line = asked(outcome, "stranger", {2, 3})
            assert choices(line) == ["same", "separate", "ignore", "skip"]
            assert (line["a_name"], line["a_row"], line["a_id"]) == ("Nora Vance", "2", "")
            assert line["b_name"] == ""
            again = steps.run()
            assert all_held(again)
            assert [one["question"] for one in questions(again)] == [line["question"]]

    def test_and_a_third_who_has_an_email_too_are_all_held(self, anyway):
        with account(**anyway) as steps:
            outcome = steps.run("""\
                First,Last,Phone,Email
                Nora,Vance,763-555-0101,
                Omar,Reyes,763-555-0101,
                Pia,Strand,763-555-0101,pia@example.com
                """)
            assert all_held(outcome)
            asked(outcome, "stranger", {2, 3, 4})

    def test_who_share_an_email_are_held(self, anyway):
        with account(**anyway) as steps:
            outcome = steps.run(self.EMAIL)
            assert all_held(outcome)
            asked(outcome, "stranger", {2, 3})

    def test_separate_gives_the_email_to_the_first_and_writes_it_into_the_others_notes(self):
        with account() as steps:
            asked_about = steps.run(self.EMAIL)
            outcome = steps.run(decisions=answered_with(steps.office, asked_about, "separate"))
            assert outcome.fates() == {2: "create", 3: "create"}
            assert steps.people() == [
                ("Nora", "Vance", "+17635550101", "frontdesk@example.com"),
                ("Omar", "Reyes", "+17635550102", ""),
            ]
            assert "frontdesk@example.com" in steps.one("Omar")["notes"]
            assert not steps.one("Nora").get("notes")
            done_for_good(steps)

    def test_separate_creates_even_whom_it_leaves_without_a_key(self):
        with account() as steps:
            asked_about = steps.run(self.PHONE)
            outcome = steps.run(decisions=answered_with(steps.office, asked_about, "separate"))
            assert outcome.fates() == {2: "create", 3: "create"}
            assert steps.people() == [("Nora", "Vance", "+17635550101", ""), ("Omar", "Reyes", "", "")]
            done_for_good(steps)

    def test_same_makes_them_one(self):
        with account() as steps:
            asked_about = steps.run(self.EMAIL)
            outcome = steps.run(decisions=answered_with(steps.office, asked_about, "same"))
            assert outcome.fates() == {2: "create", 3: "merged"}
            assert steps.people() == [("Omar", "Reyes", "+17635550102", "frontdesk@example.com")]
            done_for_good(steps)

    def test_ignore_takes_the_email_from_all(self):
        with account() as steps:
            asked_about = steps.run(self.EMAIL)
            outcome = steps.run(decisions=answered_with(steps.office, asked_about, "ignore"))
            assert outcome.fates() == {2: "create", 3: "create"}
            assert steps.people() == [
                ("Nora", "Vance", "+17635550101", ""),
                ("Omar", "Reyes", "+17635550102", ""),
            ]
            done_for_good(steps)

    def test_skip_leaves_all_out(self):
        with account() as steps:
            asked_about = steps.run(self.EMAIL)
            outcome = steps.run(decisions=answered_with(steps.office, asked_about, "skip"))
            assert outcome.posts == 0
            assert steps.people() == []
            done_for_good(steps)


def done_for_good(steps):
    """Once decided, nothing is sent and nothing is asked."""
    before = steps.people()
    again = steps.run()
    assert (again.posts, questions(again)) == (0, [])
    assert steps.people() == before


class TestStrangersInRotor:
    @pytest.mark.parametrize(
        ("omar", "row"),
        [
            (("Omar", "Reyes", "", ""), "Omar,Reyes,763-555-0101,"),
            (("Omar", "Reyes", "+17635550199", ""), "Omar,Reyes,763-555-0199,nora@example.com"),
        ],
        ids=["phone", "email"],
    )
    def test_rotors_customer_is_side_a_and_nothing_is_sent(self, anyway, omar, row):
        with account(**anyway) as steps:
            steps.run(NORA_IN_ROTOR)
            outcome = steps.run(f"First,Last,Phone,Email\n{row}\n")
            assert all_held(outcome)
            line = asked(outcome, "stranger", {2})
            [nora] = steps.customers()
            assert (line["name"], line["a_id"], line["a_name"]) == ("Omar Reyes", nora["id"], "Nora Vance")
            assert steps.people() == [NORA]
            steps.run(decisions=answered_with(steps.office, outcome, "separate"))
            assert steps.people() == [NORA, omar]
            done_for_good(steps)


class TestHouseholds:
    EMAIL = """\
        First,Last,Phone,Email
        Nora,Vance,763-555-0101,vances@example.com
        Karl,Vance,763-555-0102,vances@example.com
        """

    def test_are_merged_and_named(self):
        with account() as steps:
            outcome = steps.run(self.EMAIL)
            assert outcome.fates() == {2: "create", 3: "merged"}
            line = asked(outcome, "household", {2, 3})
            assert choices(line) == ["same", "separate"]

    def test_by_one_address_in_two_spellings_too(self):
        with account() as steps:
            outcome = steps.run("""\
                First,Last,Phone,Email,Street,City,State,Zip
                Nora,Vance,763-555-0101,nora@example.com,12 Elm St,Blaine,MN,55434
                Omar,Reyes,763-555-0101,omar@example.com,12 Elm Street,Blaine,MN,55434
                """)
            assert outcome.fates() == {2: "create", 3: "merged"}
            asked(outcome, "household", {2, 3})

    def test_are_held_where_asked(self):
        with account(hold_suspicious=True) as steps:
            outcome = steps.run(self.EMAIL)
            assert outcome.fates()[3] == "held"
            [line] = questions(outcome)
            assert line["kind"] == "household"
            assert 3 in rows_of(line)
            assert ("Karl", "Vance") not in {one[:2] for one in steps.people()}

    def test_same_is_remembered(self):
        with account() as steps:
            outcome = steps.run(self.EMAIL)
            steps.run(decisions=answered_with(steps.office, outcome, "same"))
            assert len(steps.people()) == 1
            done_for_good(steps)

    def test_separate_before_anything_is_sent_makes_two(self):
        with account() as steps:
            outcome = steps.plan(self.EMAIL)
            steps.run(decisions=answered_with(steps.office, outcome, "separate"))
            assert steps.people() == [
                ("Karl", "Vance", "+17635550102", ""),
                ("Nora", "Vance", "+17635550101", "vances@example.com"),
            ]
            assert "vances@example.com" in steps.one("Karl")["notes"]
            done_for_good(steps)


def test_one_person_written_in_two_ways_is_one_without_a_question(anyway):
    with account(**anyway) as steps:
        outcome = steps.run("""\
            First,Last,Phone,Email
            William,Tanner,763-555-0101,
            Bill,Tanner,763-555-0101,bill@example.com
            Jon,Abel,763-555-0102,
            John,Abel,763-555-0102,
            Strand,Pia,763-555-0103,
            Pia,Strand,763-555-0103,
            N.,Vance,763-555-0104,
            Nora,Vance,763-555-0104,
            José,Núñez,763-555-0105,
            Jose,Nunez,763-555-0105,
            """)
        assert list(outcome.fates().values()) == ["create", "merged"] * 5
        assert questions(outcome) == []
        done_for_good(steps)


class TestPlaceholders:
    NAMES = (
        *("Nora,Vance", "Omar,Reyes", "Pia,Strand", "Quinn,Abel", "Rosa,Lind", "Sam,Holt"),
        *("Tess,Moss", "Una,Webb", "Vic,Pell", "Wes,Orr", "Xia,Dunn", "Yan,Beck"),
    )
    EMAIL = "First,Last,Phone,Email\n" + "".join(
        f"{name},763-555-01{at},none@example.com\n" for at, name in enumerate(NAMES, start=11)
    )
    PHONE = "First,Last,Phone,Email\n" + "".join(
        f"{name},763-555-0100,{name.partition(',')[0].lower()}@example.com\n" for name in NAMES[:6]
    )

    def test_twelve_with_one_email_are_one_question(self, anyway):
        with account(**anyway) as steps:
            outcome = steps.run(self.EMAIL)
            assert all_held(outcome)
            line = asked(outcome, "stranger", range(2, 14))
            assert "12 rows share none@example.com" in line["reason"]
            assert "12 different names" in line["reason"]

    @pytest.mark.parametrize(("text", "people"), [(EMAIL, 12), (PHONE, 6)], ids=["email", "phone"])
    @pytest.mark.parametrize(("word", "holders"), [("ignore", 0), ("separate", 1)])
    def test_decided_they_are_all_there_and_at_most_one_has_the_key(self, text, people, word, holders):
        with account() as steps:
            outcome = steps.run(text)
            asked(outcome, "stranger", range(2, people + 2))
            done = steps.run(decisions=answered_with(steps.office, outcome, word))
            assert list(done.fates().values()) == ["create"] * people
            found = steps.people()
            assert len(found) == people
            assert sum("none@example.com" in one or "+17635550100" in one for one in found) == holders
            done_for_good(steps)

    def test_that_the_mapping_ignores_join_nobody(self, anyway):
        with account(more="ignore: {email: [None@example.com]}", **anyway) as steps:
            outcome = steps.run(self.EMAIL)
            assert list(outcome.fates().values()) == ["create"] * 12
            assert {one[3] for one in steps.people()} == {""}
            done_for_good(steps)
        with account(more="ignore: {phone: [763-555-0100]}", **anyway) as steps:
            steps.run(self.PHONE)
            assert {one[2] for one in steps.people()} == {""}
            assert len(steps.people()) == 6

    def test_in_the_key_are_blank(self, anyway):
        with account(keyed=True, **anyway) as steps:
            outcome = steps.run("""\
                Id,First,Last,Phone,Email
                N/A,Nora,Vance,763-555-0101,nora@example.com
                N/A,Omar,Reyes,763-555-0102,omar@example.com
                0,Pia,Strand,763-555-0103,pia@example.com
                0,Quinn,Abel,763-555-0104,quinn@example.com
                """)
            assert list(outcome.fates().values()) == ["create"] * 4
            done_for_good(steps)


def test_a_source_key_that_was_somebody_elses_is_held(anyway):
    with account(keyed=True, **anyway) as steps:
        steps.run("""\
            Id,First,Last,Phone,Email
            2001,Nora,Vance,763-555-0101,nora@example.com
            """)
        outcome = steps.run("""\
            Id,First,Last,Phone,Email
            2001,Omar,Reyes,763-555-0199,omar@example.com
            """)
        assert all_held(outcome)
        line = asked(outcome, "stranger", {2})
        assert (line["name"], line["a_name"]) == ("Omar Reyes", "Nora Vance")
        assert steps.people() == [NORA]


class TestTheOrderOfRowsIsNoChange:
    ROWS = ("Karl,Vance,763-555-0101,karl@example.com", "Nora,Vance,763-555-0101,nora@example.com")

    @pytest.mark.parametrize("keyed", [False, True], ids=["", "keyed"])
    def test_a_file_sorted_another_way_sends_nothing(self, keyed):
        header = "Id,First,Last,Phone,Email\n" if keyed else "First,Last,Phone,Email\n"
        rows = [f"{at},{row}\n" if keyed else f"{row}\n" for at, row in enumerate(self.ROWS, start=1)]
        with account(keyed=keyed) as steps:
            first = steps.run(header + "".join(rows))
            asked(first, "household", {2, 3})
            before = steps.people()
            for order in (rows[::-1], rows):
                outcome = steps.run(header + "".join(order))
                assert outcome.posts == 0
                assert [line["question"] for line in questions(outcome)] == [
                    line["question"] for line in questions(first)
                ]
            assert steps.people() == before


class TestNothingIsMadeOfTwoRows:
    def test_an_address_is_one_rows_and_the_other_is_told(self):
        with account() as steps:
            outcome = steps.run("""\
                First,Last,Phone,Street,City,State,Zip
                Nora,Vance,763-555-0101,12 Elm St,Blaine,MN,55434
                Nora,Vance,763-555-0101,400 Lake Rd,,WI,
                """)
            [nora] = steps.customers()
            address = [nora.get(f"property_{part}") or "" for part in ("street1", "city", "state", "zip")]
            assert address == ["400 Lake Rd", "", "WI", ""]
            lost = " ".join(" ".join(line.values()) for line in outcome.table("merges.csv"))
            assert "12 Elm St" in lost
            assert "Blaine" in lost
            done_for_good(steps)

    NAMES = """\
        First,Last,Phone,Email
        Nora,,763-555-0101,
        Karl,Vance,763-555-0101,
        Omar,,763-555-0101,
        """

    def test_a_name_is_one_rows_even_by_rotors_rule(self):
        with account(more="on_stranger: merge") as steps:
            steps.run(self.NAMES)
            assert steps.people() == [("Omar", "", "+17635550101", "")]

    def test_by_default_all_of_them_are_held(self):
        with account() as steps:
            outcome = steps.run(self.NAMES)
            assert all_held(outcome)
            asked(outcome, "stranger", {2, 3, 4})


class TestAPartialAddress:
    FIRST = """\
        First,Last,Phone,Street,City,State,Zip
        Nora,Vance,763-555-0101,12 Elm St,Blaine,MN,55434
        """
    THEN = """\
        First,Last,Phone,Street,City,State,Zip
        Nora,Vance,763-555-0101,400 Lake Rd,Hudson,WI,
        """

    @staticmethod
    def address(steps):
        [one] = steps.customers()
        return " ".join(one.get(f"property_{part}") or "" for part in ("street1", "city", "state", "zip"))

    def test_is_held_and_asked_about(self):
        with account() as steps:
            steps.run(self.FIRST)
            outcome = steps.run(self.THEN)
            assert outcome.posts == 0
            [line] = questions(outcome)
            assert (line["kind"], choices(line), rows_of(line)) == ("field", ["file", "rotor"], {2})
            assert "400 Lake Rd" in line["file_value"]
            assert "12 Elm St" in line["rotor_value"]
            assert self.address(steps) == "12 Elm St Blaine MN 55434"

    @pytest.mark.parametrize(
        ("word", "address"), [("file", "400 Lake Rd Hudson WI 55434"), ("rotor", "12 Elm St Blaine MN 55434")]
    )
    def test_decided_it_is_sent_or_not_and_not_asked_again(self, word, address):
        with account() as steps:
            steps.run(self.FIRST)
            outcome = steps.run(self.THEN)
            steps.run(decisions=answered_with(steps.office, outcome, word))
            assert self.address(steps) == address
            done_for_good(steps)

    def test_is_sent_where_the_mapping_says_so(self):
        with account(more="on_partial: send") as steps:
            steps.run(self.FIRST)
            outcome = steps.run(self.THEN)
            assert (outcome.posts, questions(outcome)) == (1, [])
            assert self.address(steps) == "400 Lake Rd Hudson WI 55434"


class TestGoneFromRotor:
    @pytest.mark.parametrize(
        "row",
        ["Nora,Vance,763-555-0101,nora.vance@example.com", "Nora,Vance,763-555-0199,nora@example.com"],
        ids=["new email", "new phone"],
    )
    def test_who_was_deleted_there_is_not_created_again_without_a_word(self, row):
        with account() as steps:
            steps.run(NORA_IN_ROTOR)
            steps.forget("nora@example.com")
            outcome = steps.run(f"First,Last,Phone,Email\n{row}\n")
            assert all_held(outcome)
            line = asked(outcome, "gone", {2})
            assert choices(line) == ["create", "skip"]
            assert line["name"] == "Nora Vance"
            steps.run(decisions=answered_with(steps.office, outcome, "create"))
            assert [one[:2] for one in steps.people()] == [("Nora", "Vance")]
            done_for_good(steps)

    def test_who_was_merged_there_is_offered_the_one_who_is_left(self):
        with account() as steps:
            steps.run("""\
                First,Last,Phone,Email
                Nora,Vance,763-555-0101,nora@example.com
                Nora,Vance,763-555-0102,nora.v@example.com
                """)
            steps.forget("nora.v@example.com")
            steps.edit("nora@example.com", {"email": "nora.v@example.com"})
            outcome = steps.run()
            assert outcome.posts == 0
            line = asked(outcome, "gone", {3})
            [left] = steps.customers()
            assert choices(line) == ["create", "use A", "skip"]
            assert (line["name"], line["a_id"], line["a_name"]) == ("Nora Vance", left["id"], "Nora Vance")
            done = steps.run(decisions=answered_with(steps.office, outcome, "use A"))
            assert 3 not in {row for row, fate in done.fates().items() if fate == "held"}
            assert [one["id"] for one in steps.customers()] == [left["id"]]
            done_for_good(steps)


def test_two_unicode_forms_of_a_name_are_one():
    with account() as steps:
        steps.run("First,Last,Phone\nRen\u00e9e,N\u00fa\u00f1ez,763-555-0101\n")
        outcome = steps.run("First,Last,Phone\nRene\u0301e,Nu\u0301n\u0303ez,763-555-0101\n")
        assert (outcome.fates(), outcome.posts) == ({2: "unchanged"}, 0)


def test_tags_are_told_as_what_rotor_will_hold():
    with account() as steps:
        steps.run('First,Last,Phone,Tags\nNora,Vance,763-555-0101,"gutters,vip"\n')
        outcome = steps.run('First,Last,Phone,Tags\nNora,Vance,763-555-0101,"spring,VIP"\n')
        [nora] = steps.customers()
        [line] = [line for line in outcome.table("updates.csv") if line["field"] == "tags"]
        assert sorted(line["after"].split(", ")) == sorted(nora["tags"])
        assert {"gutters", "vip", "spring"} <= set(line["after"].split(", "))
        done_for_good(steps)


class TestWhatRotorKept:
    ROW = "First,Last,Phone,Notes\nNora,Vance,763-555-0101,Prefers mornings and has a dog named {}\n"

    def test_otherwise_than_it_was_sent_is_told_and_is_nobodys_edit(self):
        with account() as steps:
            cut_notes(steps.office.rotor, 20)
            first = steps.run(self.ROW.format("Otto"))
            assert [(line["row"], line["field"]) for line in first.table("warnings.csv")] == [("2", "notes")]
            again = steps.run()
            assert (again.fates(), again.posts, questions(again)) == ({2: "unchanged"}, 0, [])
            then = steps.run(self.ROW.format("Bella"))
            assert (then.fates(), questions(then)) == ({2: "update"}, [])
