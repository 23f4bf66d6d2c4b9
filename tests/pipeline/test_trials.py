"""Which customers a trial takes."""

from hypothesis import given
from hypothesis import strategies as st

from rotor_import.model.change import CustomerChange, FieldChange
from rotor_import.pipeline.moving_together import moving_together
from rotor_import.pipeline.trial import choose_from, kind_of

FIELDS = ("first_name", "last_name", "company_name", "notes")


def change(number, fields=("first_name",), phone="", before="", customer=None, succeeds=""):
    return CustomerChange(
        customer=customer or f"new:{number}",
        number=number,
        kind="create",
        fields=tuple(FieldChange(name, "", "x", "x") for name in fields),
        keys={"phone": phone, "email": ""},
        before_keys={"phone": before, "email": ""},
        succeeds=succeeds,
    )


def test_who_gives_up_a_phone_goes_with_whoever_takes_it():
    changes = [
        change(1, phone="+17635550100"),
        change(2, before="+17635550100"),
        change(3),
        change(4, succeeds="new:3"),
        change(5),
    ]
    assert moving_together(changes) == [(1, 2), (3, 4), (5,)]
    assert [one.number for one in choose_from(changes, 1, ())] == [5]


def test_each_customer_says_what_none_before_it_shows():
    changes = [change(1), change(2), change(3, ("first_name", "notes")), change(4)]
    first, second = choose_from(changes, 2, ())
    assert (first.number, first.shows) == (1, ("first name (new)",))
    assert (second.number, second.shows) == (3, ("notes (new)",))


def test_a_further_trial_shows_what_the_first_did_not():
    changes = [change(1), change(2, ("notes",)), change(3, ("company_name",))]
    told = {"first name (new)", "notes (new)"}
    assert [one.number for one in choose_from(changes, 1, told)] == [3]


@given(st.lists(st.sets(st.sampled_from(FIELDS), min_size=1), min_size=1, max_size=12))
def test_as_many_as_there_are_kinds_show_everything_and_no_more_are_taken_than_asked(shown):
    changes = [change(number, tuple(sorted(fields))) for number, fields in enumerate(shown, start=1)]
    taken = {one.number for one in choose_from(changes, len(FIELDS), ())}
    assert len(taken) == min(len(FIELDS), len(changes))
    assert set().union(*(shown[number - 1] for number in taken)) == set().union(*shown)
    assert taken == {one.number for one in choose_from(changes, len(FIELDS), ())}


def test_a_kind_of_warning_has_the_words_that_all_of_its_rows_share():
    assert kind_of("the extension 12 was dropped") == kind_of("the extension 7 was dropped")
    assert kind_of("not a valid email address: it has no @") == "not a valid email address"
    assert kind_of("it isn't a phone, and can't be used") == "it isn't a phone, and can't be used"
    typo = "the domain is probably a typo of gmail.com; `fix_typos: true` in the mapping sends that"
    assert kind_of(typo) == typo
