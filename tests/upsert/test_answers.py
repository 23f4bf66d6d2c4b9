"""What Rotor's answers mean for the changes that are still to come."""

from rotor import opened

from rotor_import.sandbox import Fault

FAILING = (Fault.parse("500 upsert #1-6"), Fault("400", "last_name=Bad"), Fault.parse("500 upsert #8-13"))


def test_a_refusal_between_two_rows_of_failures_shows_that_rotor_is_not_down():
    """Six changes fail, then one is refused, then six more fail: ten in a row would end the run."""
    with opened(faults=FAILING) as office:
        people = [{"key": str(at), "email": f"person{at}@example.com"} for at in range(13)]
        people[6]["last_name"] = "Bad"
        office.write(people)
        outcome = office.run(concurrency=1, max_attempts=1)
        assert outcome.report.error is None
        assert outcome.summary["sent"] == {"created": 12, "updated": 0, "failed": 1, "unknown": 0, "pending": 0}
        assert outcome.posts == 6 + 1 + 6 + 12
