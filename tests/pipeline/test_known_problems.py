"""Problems that an earlier run of the feed has told are known, as long as the row and the reason stay the same."""

import pytest

from rotor_import.cli.exit_codes import DONE, TROUBLED, code_of_report
from rotor_import.config import Tolerance
from rotor_import.errors import SettingsError
from rotor_import.sandbox import Fault

GOOD = {"key": "k1", "first_name": "Ann", "phone": "763-555-0100"}
KEYLESS = {"key": "k2", "first_name": "Bo", "phone": "123"}
KNOWN = Tolerance.parse("known")


def code(outcome, tolerance=KNOWN):
    return code_of_report(outcome.report, tolerance)


def test_a_rejected_row_is_new_once_wherever_it_then_stands(office):
    office.write([GOOD, KEYLESS])
    first = office.run()
    assert (first.summary["known"]["rejected"], code(first)) == (0, TROUBLED)
    office.write([KEYLESS, GOOD | {"first_name": "Anna"}])
    second = office.run()
    assert (second.summary["rows"]["rejected"], second.summary["known"]["rejected"]) == (1, 1)
    assert (code(second), code(second, Tolerance())) == (DONE, TROUBLED)


@pytest.mark.parametrize("change", [{"first_name": "Bob"}, {"phone": "12"}, {"last_name": "Roe"}])
def test_a_row_whose_content_changed_is_new_again(office, change):
    office.write([GOOD, KEYLESS])
    office.run()
    office.write([GOOD, KEYLESS | change])
    again = office.run()
    assert (again.summary["rows"]["rejected"], again.summary["known"]["rejected"], code(again)) == (1, 0, TROUBLED)


def test_the_same_row_rejected_for_another_reason_is_new_again(office):
    office.write([GOOD, KEYLESS])
    office.run()
    office.mapping.write_text(office.mapping.read_text() + "invalid: {phone: reject}\n")
    again = office.run()
    assert (again.summary["rows"]["rejected"], again.summary["known"]["rejected"]) == (1, 0)


def test_a_dry_run_tells_nothing_and_knows_what_runs_told(office):
    office.write([GOOD, KEYLESS])
    assert office.plan().summary["known"]["rejected"] == 0
    assert office.run().summary["known"]["rejected"] == 0
    assert office.plan().summary["known"]["rejected"] == 1


def test_a_second_new_problem_beside_a_known_one_counts_alone(office):
    office.write([GOOD, KEYLESS])
    office.run()
    office.write([GOOD, KEYLESS, KEYLESS | {"key": "k3", "first_name": "Cy"}])
    again = office.run()
    assert (again.summary["rows"]["rejected"], again.summary["known"]["rejected"]) == (2, 1)
    assert code(again) == TROUBLED
    assert code(again, Tolerance.parse("known", "1")) == DONE


def test_a_held_row_and_a_held_field_are_known_by_their_question(office):
    office.write([GOOD, GOOD | {"key": "k4", "phone": "", "email": "cy@example.com", "first_name": "Cy"}])
    office.run()
    conflict = {"key": "k5", "first_name": "Di", "phone": "763-555-0100", "email": "cy@example.com"}
    office.write([GOOD, conflict])
    first = office.run()
    assert (first.summary["rows"]["held"], first.summary["known"]["held"]) == (1, 0)
    office.write([conflict, GOOD | {"last_name": "Ray"}])
    again = office.run()
    assert (again.summary["rows"]["held"], again.summary["known"]["held"], code(again)) == (1, 1, DONE)


def test_a_row_that_rotor_refused_is_known_the_next_time(office):
    office.rotor.sandbox.suffer(Fault.parse("400:first_name=Bo"))
    office.write([GOOD, KEYLESS | {"phone": "763-555-0102"}])
    first = office.run()
    assert (first.summary["sent"]["failed"], code(first)) == (1, TROUBLED)
    office.write([KEYLESS | {"phone": "763-555-0102"}, GOOD])
    again = office.run()
    assert (again.summary["rows"]["rejected"], again.summary["known"]["rejected"], code(again)) == (1, 1, DONE)


def test_a_limit_is_a_number_a_percentage_or_known_and_the_widest_counts():
    assert Tolerance.parse("5", "2%", "known") == Tolerance(5, 2.0, known=True)
    assert Tolerance.parse("1", "3") == Tolerance(3)
    with pytest.raises(SettingsError, match="known"):
        Tolerance.parse("knwon")
