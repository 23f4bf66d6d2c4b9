"""What a mapping may decide, seen in Rotor after the runs."""

import pytest
from rotor import opened

from rotor_import.sandbox import Fault

A, B = "(763) 555-0100", "(763) 555-0101"


def held_by(office, **values):
    """The one customer with these values."""
    found = [
        one for one in office.rotor.customers() if all((one[name] or "") == value for name, value in values.items())
    ]
    assert len(found) == 1, found
    return found[0]


class TestOnConflictServer:
    @pytest.fixture
    def office(self):
        with opened(more="on_conflict: server") as one:
            yield one

    def test_the_phones_customer_takes_the_email_too(self, office):
        office.rotor.seed([{"phone": A}, {"email": "b@example.com"}])
        office.write([{"key": "1", "phone": A, "email": "b@example.com"}])
        outcome = office.run().check()
        assert outcome.summary["changes"]["update"] == 1 == outcome.posts
        held_by(office, phone=A, email="b@example.com")
        held_by(office, phone="", email="b@example.com")
        assert office.run().check().posts == 0

    def test_a_new_customer_whose_email_is_anothers_gets_it_by_id_and_merges_with_nobody(self, office):
        office.rotor.seed([{"email": "b@example.com", "first_name": "Bo"}])
        office.write(
            [
                {"key": "1", "phone": A, "first_name": "Ada"},
                {"key": "2", "email": "b@example.com", "company_name": "Harbor"},
                {"key": "3", "phone": A, "email": "b@example.com"},
            ]
        )
        outcome = office.run().check()
        assert outcome.summary["sent"] == {"created": 1, "updated": 1, "failed": 0, "unknown": 0, "pending": 0}
        assert outcome.posts == 3
        assert held_by(office, first_name="Ada", email="b@example.com")["phone"] == "+17635550100"
        assert held_by(office, first_name="Bo", email="b@example.com")["company_name"] == "Harbor"
        assert office.run().check().posts == 0


class TestWrite:
    def test_if_empty_fills_and_never_overwrites(self):
        with opened(more="write: {last_name: if_empty, tags: if_empty}") as office:
            office.rotor.seed([{"phone": A, "last_name": "Ray", "tags": ["vip"]}, {"phone": B}])
            rows = [
                {"key": str(at), "phone": phone, "last_name": "Roe", "tags": ["new"]} for at, phone in enumerate((A, B))
            ]
            office.write(rows)
            office.run().check()
            assert held_by(office, phone=A)["last_name"] == "Ray"
            assert held_by(office, phone=A)["tags"] == ["vip"]
            assert held_by(office, phone=B)["last_name"] == "Roe"
            assert held_by(office, phone=B)["tags"] == ["new"]
            office.write([{**row, "last_name": "Rae"} for row in rows])
            assert office.run().check().posts == 0

    def test_a_key_is_filled_and_never_overwritten(self):
        with opened(more="write: {email: if_empty}") as office:
            office.rotor.seed([{"phone": A, "email": "old@example.com"}, {"phone": B}])
            office.write([{"phone": A, "email": "a@example.com"}, {"phone": B, "email": "b@example.com"}])
            office.run().check()
            assert held_by(office, phone=A)["email"] == "old@example.com"
            assert held_by(office, phone=B)["email"] == "b@example.com"

    def test_clear_sends_a_blank_once_and_leaves_what_somebody_writes_then(self):
        with opened(more="write: {last_name: clear}") as office:
            [one] = office.rotor.seed([{"phone": A, "last_name": "Ray"}])
            office.write([{"key": "1", "phone": A}])
            assert office.run().check().posts == 1
            assert held_by(office, phone=A)["last_name"] is None
            assert office.run().check().posts == 0
            office.rotor.sandbox.edit(one, last_name="Roe")
            assert office.run().check().posts == 0
            assert held_by(office, phone=A)["last_name"] == "Roe"

    def test_clear_sends_a_blank_once_for_a_field_that_rotor_does_not_show(self):
        with opened(more="write: {billing_city: clear}") as office:
            text = office.mapping.read_text().replace("last_name: last_name", "billing_city: last_name")
            office.mapping.write_text(text)
            office.rotor.seed([{"phone": A, "billing_city": "Plymouth"}])
            office.write([{"key": "1", "phone": A}])
            assert office.run().check().posts == 1
            assert not held_by(office, phone=A)["billing_city"]
            assert office.run().check().posts == 0

    def test_clear_frees_a_key(self):
        with opened(more="write: {email: clear}") as office:
            office.rotor.seed([{"phone": A, "email": "a@example.com"}])
            office.write([{"phone": A}])
            assert office.run().check().posts == 1
            assert held_by(office, phone=A)["email"] is None
            assert office.run().check().posts == 0

    def test_a_blank_cell_overwrites_nothing(self, office):
        office.rotor.seed([{"phone": A, "last_name": "Ray", "tags": ["vip"]}])
        office.write([{"phone": A}])
        assert office.run().check().summary["changes"]["unchanged"] == 1


class TestSurvivor:
    rows = (
        {"key": "1", "phone": A, "first_name": "Ada", "company_name": "x\ny"},
        {"key": "1", "phone": A, "first_name": "Ann", "company_name": "y\nz"},
    )

    @pytest.mark.parametrize(
        ("rule", "name", "value"),
        [("last", "first_name", "Ann"), ("first", "first_name", "Ada"), ("join", "company_name", "x\ny\nz")],
    )
    def test_each_rule(self, rule, name, value):
        with opened(more=f"survivor: {{{name}: {rule}}}") as office:
            office.write(self.rows)
            outcome = office.run().check()
            assert office.rotor.customers()[0][name] == value
            lost = {line["field"] for line in outcome.table("merges.csv")}
            assert ("first_name" in lost) == (rule != "join" or name != "first_name")

    def test_values_that_lost_are_listed(self, office):
        office.write(
            [{"key": "1", "phone": A, "email": "a@example.com"}, {"key": "1", "phone": B, "email": "a@example.com"}]
        )
        [line] = office.run().table("merges.csv")
        assert (line["row"], line["field"], line["lost"], line["kept"]) == (
            "2",
            "phone",
            "+17635550100",
            "+17635550101",
        )


def test_a_tag_that_somebody_took_away_in_rotor_stays_away(office):
    [one] = office.rotor.seed([{"phone": A}])
    office.write([{"key": "1", "phone": A, "tags": ["a", "b"]}])
    office.run()
    office.rotor.sandbox.edit(one, tags=["a"])
    assert office.run().check().posts == 0
    office.write([{"key": "1", "phone": A, "tags": ["a", "b", "c"]}])
    assert office.run().check().posts == 1
    assert held_by(office, phone=A)["tags"] == ["a", "c"]


def test_a_person_who_moves_takes_the_key_only_when_it_is_free(office):
    """X gives up its email and Y, who is new, takes it: Y waits for X however many requests run at once."""
    for count in range(1, 9):
        office.rotor.seed([{"phone": f"(763) 555-01{count:02d}", "email": f"e{count}@example.com"}])
    rows = []
    for count in range(1, 9):
        rows.append({"phone": f"(763) 555-01{count:02d}", "email": f"new{count}@example.com"})
        rows.append({"phone": f"(763) 555-01{count + 50:02d}", "email": f"e{count}@example.com"})
    office.write(rows)
    outcome = office.run(concurrency=8).check()
    assert outcome.summary["sent"]["created"] == 8 == outcome.summary["changes"]["create"]
    assert len(office.rotor.customers()) == 16
    assert office.run().check().posts == 0


def test_who_waits_for_a_refused_change_is_held_and_so_stays():
    with opened(faults=(Fault("400", "last_name=Bad"),)) as office:
        office.rotor.seed([{"phone": A, "email": "a@example.com"}])
        office.write(
            [
                {"key": "1", "phone": A, "email": "new@example.com", "last_name": "Bad"},
                {"key": "2", "phone": B, "email": "a@example.com"},
            ]
        )
        outcome = office.run()
        assert outcome.fates() == {2: "rejected", 3: "held"}
        assert outcome.summary["rows"] | {"kept": 0} == outcome.summary["rows"]
        assert outcome.table("rejects.csv")[0]["phone"] == A
        assert "Refused by the sandbox" in outcome.table("rejects.csv")[0]["_reason"]
        again = office.run().check()
        assert (again.posts, again.fates()) == (0, {2: "rejected", 3: "held"})
        office.write(
            [
                {"key": "1", "phone": A, "email": "new@example.com", "last_name": "Good"},
                {"key": "2", "phone": B, "email": "a@example.com"},
            ]
        )
        mended = office.run().check()
        assert mended.fates() == {2: "update", 3: "create"}
        assert held_by(office, email="a@example.com")["phone"] == "+17635550101"


def test_fields_that_cannot_be_read_back_are_compared_with_what_was_last_sent():
    with opened() as office:
        text = office.mapping.read_text().replace("last_name: last_name", "billing_city: last_name")
        office.mapping.write_text(text)
        office.rotor.seed([{"phone": A}])
        office.write([{"key": "1", "phone": A, "last_name": "Plymouth"}])
        assert office.run().check().posts == 1
        assert office.run().check().posts == 0
        office.write([{"key": "1", "phone": A, "last_name": "Boulder"}])
        assert office.run().check().posts == 1
        assert held_by(office, phone=A)["billing_city"] == "Boulder"


def test_a_spelling_that_rotor_changes_is_not_sent_again_and_again(office):
    office.write([{"key": "1", "phone": A, "first_name": "ada"}])
    original = office.rotor.sandbox.store.insert

    def titled(customers):
        return original([{**one, "first_name": (one.get("first_name") or "").title()} for one in customers])

    office.rotor.sandbox.store.insert = titled
    office.run()
    assert office.rotor.customers()[0]["first_name"] == "Ada"
    assert office.run().check().posts == 0


def test_a_duplicate_phone_in_another_spelling_is_updated_by_id_and_keeps_its_spelling(office):
    office.rotor.seed([{"phone": "(763) 555 0100 ", "first_name": "Ada"}])
    office.write([{"phone": "7635550100", "first_name": "Ann"}])
    assert office.run().check().summary["changes"]["update"] == 1
    held_by(office, first_name="Ann", phone="(763) 555 0100 ")


@pytest.mark.parametrize("directory", ["ledger", "none"])
def test_rows_of_one_source_key_stay_one_customer_though_nobody_knows_who_is_in_rotor(directory, office):
    [old] = office.rotor.seed([{"phone": B, "first_name": "Old"}])
    office.write(
        [
            {"key": "1", "phone": A, "first_name": "Ada"},
            {"key": "1", "phone": "(763) 555-0102", "last_name": "Ray"},
            {"key": "1", "phone": "(763) 555-0103", "last_name": "Roe"},
            {"key": "2", "phone": B, "last_name": "Lee"},
            {"key": "2", "phone": "(763) 555-0104"},
        ]
    )
    outcome = office.run(directory=directory).check()
    assert outcome.summary["changes"]["undecided"] == 5 == outcome.posts
    assert held_by(office, first_name="Ada", last_name="Roe")["phone"] == "+17635550103"
    assert held_by(office, first_name="Old", last_name="Lee")["id"] == old
    assert len(office.rotor.customers()) == 2
    assert office.run(directory=directory).check().posts == 0
    assert office.run().check().posts == 0
