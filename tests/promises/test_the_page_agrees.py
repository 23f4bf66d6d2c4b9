"""The page's list of what needs a person adds up to the headline, and each of its lines leads somewhere."""

from hypothesis import given
from rotor import opened
from worlds import CUSTOMERS, KEYED_ROWS

from rotor_import.report.page import PAGE
from rotor_import.report.page.issues import issues
from rotor_import.report.page.your_columns import your_columns
from rotor_import.report.read import read_frames


def told(listed, word):
    """The sum of what the list says is on hold, or rejected."""
    tags = [issue.tag for issue in listed if issue.tag.endswith(word) and issue.href != "#kind-field"]
    return sum(int(tag.split()[0].replace(",", "")) for tag in tags)


@given(KEYED_ROWS, CUSTOMERS)
def test_the_list_adds_up_to_the_headline(rows, customers):
    with opened(strangers="hold") as office:
        office.rotor.seed([{name: value for name, value in one.items() if value} for one in customers])
        office.write(rows)
        for outcome in (office.plan(), office.run()):
            summary, frames = outcome.summary, read_frames(outcome.folder)
            listed = issues(summary, frames, your_columns(frames, summary))
            assert told(listed, "on hold") == summary["rows"]["held"]
            assert told(listed, "rejected") == summary["rows"]["rejected"]
            page = (outcome.folder / PAGE).read_text(encoding="utf-8")
            for issue in listed:
                assert f'id="{issue.href[1:]}"' in page, issue.href
