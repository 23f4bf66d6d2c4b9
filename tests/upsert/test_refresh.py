from rotor_import.ledger.pending import PendingChange
from rotor_import.model.change import FieldChange
from rotor_import.model.customer import Customer, Directory
from rotor_import.upsert.refresh import carried_out

KEYS = {"phone": "", "email": "ada@example.com"}
ADA = Customer("X", {"email": "ada@example.com", "last_name": " Lovelace"}, "", "ada@example.com")


def found_equal(name, value):
    """The fields of a change without an answer that Rotor turns out to hold."""
    fields = (FieldChange(name, "", value, value),)
    change = PendingChange(
        customer="X",
        feed="nightly",
        run="r",
        number=1,
        kind="update",
        unknown=True,
        fields=fields,
        keys=KEYS,
        before_keys=KEYS,
        rows=(),
    )
    return list(carried_out([change], Directory({"X": ADA}, "api", True))["X"])


def test_what_rotor_holds_in_another_spelling_was_carried_out():
    assert found_equal("last_name", "Lovelace") == ["last_name"]


def test_notes_that_are_the_customers_email_are_not_taken_for_carried_out():
    assert found_equal("notes", "ada@example.com") == []
