"""After a run and its undo, Rotor holds what it held before, and the run again ends as the first one did."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plain import picture
from rotor import opened
from worlds import CUSTOMERS, KEYED_ROWS, ROWS, edits

LONG = settings.get_profile("long")
TEXTS = ("phone", "email", "first_name", "last_name", "company_name", "notes")


def shown(office):
    """Every customer by ID; an email may have been stored with a space behind it, and comes back without."""
    return {one["id"]: one | {"email": (one["email"] or "").strip()} for one in office.rotor.customers()}


def told(outcome):
    """The fields that were not taken back, by customer."""
    lines = [line for line in outcome.table("undo.csv") if line["outcome"] in ("kept", "impossible")]
    return {(line["id"], line["field"]) for line in lines}


def check_back(before, office, outcome):
    """Each field of each customer is as before but for those that are told, and new customers are inactive."""
    excused, now = told(outcome), shown(office)
    assert before.keys() <= now.keys()
    for id_, customer in now.items():
        if id_ not in before:
            is_excused = any(one == id_ for one, _ in excused)
            assert is_excused or customer["status"] == "inactive"
            continue
        for name in TEXTS:
            if (id_, name) not in excused:
                assert (customer[name] or "") == (before[id_][name] or ""), name
        if (id_, "tags") not in excused:
            assert customer["tags"] == before[id_]["tags"]
        assert (customer["status"] or "active") == (before[id_]["status"] or "active")


@settings(LONG)
@given(customers=CUSTOMERS, rows=st.one_of(ROWS, KEYED_ROWS))
def test_a_run_that_was_undone_left_nothing_and_the_run_again_ends_as_the_first(customers, rows):
    with opened() as office:
        known = office.rotor.seed(customers)
        before = shown(office)
        office.write(rows)
        first = office.run()
        after = picture(office.rotor.customers(), known=known)
        planned = office.undo(dry_run=True)
        undone = office.undo()
        check_back(before, office, undone)
        assert undone.summary["undone"] == planned.summary["undone"]
        assert sum(undone.summary["undone"].values()) == sum(
            first.summary["sent"][name] for name in ("created", "updated")
        )
        assert undone.posts == planned.summary["changes"]["update"]
        assert not any(one == "kept" for one in told(undone))

        again = office.undo()
        assert again.posts == 0
        office.hands.at += 1
        office.run().check()
        assert picture(office.rotor.customers(), known=known) == after
        assert all(one["status"] != "inactive" for one in office.rotor.customers())
        assert office.run().check().posts == 0


@settings(LONG)
@given(data=st.data(), customers=CUSTOMERS, rows=st.one_of(ROWS, KEYED_ROWS))
def test_what_somebody_has_edited_since_stays(data, customers, rows):
    with opened() as office:
        office.rotor.seed(customers)
        before = shown(office)
        office.write(rows)
        office.run()
        left, edited = shown(office), {}
        for id_ in data.draw(st.lists(st.sampled_from(sorted(left)), unique=True, max_size=3)) if left else ():
            name = data.draw(st.sampled_from(["first_name", "last_name", "company_name", "notes"]))
            edited[id_, name] = data.draw(st.sampled_from(["Edited", "Someone"]))
            office.rotor.sandbox.edit(id_, **{name: edited[id_, name]})
        undone = office.undo()
        excused, now = told(undone), shown(office)
        for (id_, name), value in edited.items():
            assert now[id_][name] == value
        for id_, customer in now.items():
            names = {name for one, name in edited if one == id_}
            if id_ not in before:
                assert customer["status"] == (None if names else "inactive")
            elif not names:
                assert all(
                    (id_, name) in excused or (customer[name] or "") == (before[id_][name] or "") for name in TEXTS
                )
        kept = {line["id"] for line in undone.table("undo.csv") if line["outcome"] == "kept"}
        assert kept <= {id_ for id_, _ in edited}
        assert undone.summary["undone"]["kept"] == len(kept)
        assert office.undo().posts == 0


@settings(LONG)
@given(data=st.data(), customers=CUSTOMERS, rows=st.one_of(ROWS, KEYED_ROWS))
def test_several_runs_are_taken_back_to_before_the_first(data, customers, rows):
    with opened() as office:
        office.rotor.seed(customers)
        before, runs = shown(office), []
        for _ in range(data.draw(st.integers(2, 3))):
            office.write(rows)
            runs.append(office.run().summary["run"])
            office.hands.at += 1
            for at, name, value in data.draw(edits(rows)):
                rows[at] = {**rows[at], name: value}
        undone = office.undo(*data.draw(st.permutations(runs)))
        check_back(before, office, undone)
        assert undone.summary["undoes"] == runs[::-1]
        assert undone.summary["undone"]["kept"] == 0
        assert office.undo(*runs).posts == 0


@settings(LONG)
@given(customers=CUSTOMERS, rows=st.one_of(ROWS, KEYED_ROWS))
def test_an_undo_can_be_undone_and_the_next_import_finds_what_it_would_have_found(customers, rows):
    with opened() as office:
        known = office.rotor.seed(customers)
        office.write(rows)
        first = office.run()
        assume(first.posts)
        run = first.summary["run"]
        after, fates = picture(office.rotor.customers(), known=known), office.plan().fates()
        undone = office.undo(run)
        redone = office.undo(undone.summary["run"])
        assert redone.summary["undone"]["kept"] == redone.summary["undone"]["deactivated"] == 0
        assert picture(office.rotor.customers(), known=known) == after
        assert all(one["status"] != "inactive" for one in office.rotor.customers())
        assert office.plan().fates() == fates
        assert office.run().posts == 0
        twice = office.undo(run)
        assert twice.summary["undone"] == undone.summary["undone"]
