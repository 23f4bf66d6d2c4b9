"""The way back of runs that did not go smoothly, or that others built upon."""

from dataclasses import replace

import pytest
from rotor import opened

from rotor_import import resume
from rotor_import.errors import QuotaExhausted, Safeguard, SettingsError
from rotor_import.ledger import schema
from rotor_import.ledger.store import Ledger
from rotor_import.pipeline.upkeep import prune_ledger
from rotor_import.sandbox import Fault

ANN = {"key": "1", "phone": "763-555-0100", "first_name": "Ann"}
BEN = {"key": "2", "phone": "763-555-0101", "first_name": "Ben"}
CY = {"key": "3", "phone": "763-555-0102", "first_name": "Cy"}
NOBODY = {"restored": 0, "deactivated": 0, "kept": 0, "impossible": 0}


@pytest.fixture
def office():
    with opened() as found:
        yield found


def customer(office, name):
    (found,) = [one for one in office.rotor.customers() if one["first_name"] == name]
    return found


def lines(outcome):
    """Of each field, its customer's name, what became of it, and why."""
    return {(line["name"], line["field"]): (line["outcome"], line["reason"]) for line in outcome.table("undo.csv")}


def seeded(office, **more):
    """Ann in Rotor, with another last name than the file's."""
    [id_] = office.rotor.seed([{"phone": "(763) 555-0100", "first_name": "Ann", "last_name": "Ray", **more}])
    return id_


def test_of_a_run_that_is_paused_half_way_what_was_sent_comes_back_and_the_rest_is_never_sent(office):
    office.write([ANN, BEN, CY])
    paused = office.run(max_requests=3)
    assert paused.summary["sent"] == {"created": 1, "updated": 0, "failed": 0, "unknown": 0, "pending": 2}
    undone = office.undo()
    assert undone.summary["undone"] == NOBODY | {"deactivated": 1}
    assert office.pending() == {}
    assert [one["status"] for one in office.rotor.customers()] == ["inactive"]
    assert resume(office.settings, office.world)[0].summary["requests"]["post"] == 0
    assert len(office.rotor.customers()) == 1
    office.hands.at += 1
    again = office.run().check()
    assert again.summary["sent"]["created"] == 2
    assert again.summary["sent"]["updated"] == 1
    assert {one["status"] for one in office.rotor.customers()} == {None, "active"}


def test_an_undo_that_is_paused_by_the_quota_goes_on_and_ends_before_the_next_import(office):
    office.write([ANN, BEN, CY])
    office.run()
    paused = office.undo(max_requests=2)
    assert paused.summary["state"] == "paused"
    assert paused.summary["undone"] == NOBODY | {"deactivated": 1}
    assert paused.summary["sent"]["pending"] == 2
    assert isinstance(paused.report.error, QuotaExhausted)
    with pytest.raises(QuotaExhausted):
        office.run(max_requests=1)
    office.hands.at += 1
    office.run().check()
    assert all(one["status"] == "active" for one in office.rotor.customers())
    assert office.rotor.posts() == 3 + 3 + 3
    assert office.pending() == {}


def test_resume_ends_an_undo(office):
    office.write([ANN, BEN, CY])
    office.run()
    office.undo(max_requests=2)
    [report] = resume(office.settings, office.world)
    assert report.summary["mode"] == "undo"
    assert report.summary["state"] == "complete"
    assert report.summary["undone"] == NOBODY | {"deactivated": 3}


@pytest.mark.parametrize("fault", ["drop after upsert", "500 after upsert"])
def test_of_a_run_whose_answers_were_lost_it_first_finds_out_what_became_of_them(fault):
    with opened(faults=(Fault.parse(fault),)) as office:
        ann = seeded(office)
        office.write([ANN | {"last_name": "Roe"}, BEN])
        lost = office.run(max_attempts=1)
        assert lost.summary["sent"]["unknown"] == 2
        office.rotor.sandbox.suffer()
        undone = office.undo()
        assert undone.summary["undone"] == NOBODY | {"restored": 1, "deactivated": 1}
        assert customer(office, "Ann")["last_name"] == "Ray"
        assert customer(office, "Ann")["id"] == ann
        assert customer(office, "Ben")["status"] == "inactive"
        assert office.undo().posts == 0


def test_lost_answers_to_an_undo_are_settled_when_it_goes_on(office):
    seeded(office)
    office.write([ANN | {"last_name": "Roe"}, BEN])
    office.run()
    office.rotor.sandbox.suffer(Fault.parse("drop after upsert"))
    lost = office.undo(max_attempts=1)
    assert lost.summary["sent"]["unknown"] == 2
    assert lost.summary["undone"] == NOBODY
    office.rotor.sandbox.suffer()
    undone = office.undo()
    assert undone.posts == 0
    assert undone.summary["run"] == lost.summary["run"]
    assert undone.summary["undone"] == NOBODY | {"restored": 1, "deactivated": 1}
    redone = office.undo(undone.summary["run"])
    assert redone.summary["undone"] == NOBODY | {"restored": 2}
    assert customer(office, "Ann")["last_name"] == "Roe"
    assert customer(office, "Ben")["status"] == "active"


def test_a_run_that_a_later_one_built_upon_says_so_first(office):
    seeded(office)
    office.write([ANN | {"last_name": "Roe"}, BEN])
    first = office.run().summary["run"]
    office.hands.at += 1
    office.write([ANN | {"last_name": "Low"}, BEN])
    second = office.run().summary["run"]
    with pytest.raises(Safeguard, match=f"rotor-import undo {second} {first}"):
        office.undo(first)
    forced = office.undo(first, force=True)
    assert forced.summary["undone"] == NOBODY | {"kept": 1, "deactivated": 1}
    assert customer(office, "Ann")["last_name"] == "Low"
    office.hands.at += 1
    assert office.undo(second).summary["undone"] == NOBODY | {"restored": 1}
    assert customer(office, "Ann")["last_name"] == "Roe"


def test_a_later_run_that_is_not_finished_says_so_first(office):
    office.write([ANN])
    first = office.run().summary["run"]
    office.hands.at += 1
    office.write([ANN, BEN, CY])
    second = office.run(max_requests=2)
    assert second.summary["sent"]["pending"] == 1
    with pytest.raises(Safeguard, match=second.summary["run"]):
        office.undo(first)


def test_both_sides_of_a_phone_that_moved_get_theirs_back(office):
    seeded(office, email="ann@example.com")
    office.write([ANN | {"phone": "763-555-0103", "email": "ann@example.com"}, BEN | {"phone": "763-555-0100"}])
    office.run()
    assert customer(office, "Ben")["phone"] == "+17635550100"
    undone = office.undo()
    assert customer(office, "Ann")["phone"] == "(763) 555-0100"
    assert (customer(office, "Ben")["phone"] or "") == ""
    assert undone.summary["undone"] == NOBODY | {"restored": 1, "deactivated": 1}
    office.hands.at += 1
    office.run().check()
    assert customer(office, "Ben")["phone"] == "+17635550100"
    assert customer(office, "Ann")["phone"] == "+17635550103"


def test_a_phone_that_somebody_else_has_by_now_is_not_taken_from_them(office):
    seeded(office, email="ann@example.com")
    office.write([ANN | {"phone": "763-555-0103", "email": "ann@example.com"}])
    office.run()
    office.rotor.seed([{"phone": "(763) 555-0100", "first_name": "Eve"}])
    undone = office.undo()
    assert lines(undone)["Ann Ray", "phone"] == ("impossible", "another customer has it now")
    assert customer(office, "Ann")["phone"] == "+17635550103"
    assert undone.posts == 0


def test_tags_stay_and_are_told():
    with opened() as office:
        seeded(office, tags=["vip"])
        office.write([ANN | {"last_name": "Roe", "tags": ["new"]}])
        office.run()
        undone = office.undo()
        assert lines(undone) == {
            ("Ann Roe", "last_name"): ("restored", ""),
            ("Ann Roe", "tags"): ("impossible", "Rotor's API can't remove tags"),
        }
        assert customer(office, "Ann")["tags"] == ["vip", "new"]
        assert undone.summary["undone"] == NOBODY | {"impossible": 1}


def test_a_field_that_rotor_does_not_clear_is_told():
    with opened(empty="ignored") as office:
        office.rotor.seed([{"phone": "(763) 555-0100", "first_name": "Ann"}])
        office.write([ANN | {"last_name": "Roe"}])
        office.run()
        undone = office.undo()
        assert lines(undone)["Ann Roe", "last_name"] == ("impossible", "Rotor doesn't clear this field")
        assert undone.summary["undone"] == NOBODY | {"impossible": 1}
        assert office.undo().posts == 0


def test_a_customer_who_is_gone_is_told_and_one_whom_rotor_refuses_too():
    with opened(faults=(Fault.parse("400:last_name=Ray"),)) as office:
        gone = seeded(office)
        office.rotor.seed([{"phone": "(763) 555-0101", "first_name": "Ben", "last_name": "Ray"}])
        office.write([ANN | {"last_name": "Roe"}, BEN | {"last_name": "Roe"}])
        office.run()
        office.rotor.sandbox.store.delete(gone)
        undone = office.undo()
        told = lines(undone)
        assert told["", ""] == ("impossible", "its customer is gone from Rotor")
        assert told["Ben Roe", "last_name"][0] == "impossible"
        assert "Rotor refused it" in told["Ben Roe", "last_name"][1]
        assert undone.summary["undone"] == NOBODY | {"impossible": 2}
        assert undone.summary["sent"]["failed"] == 1


def test_an_edit_made_while_it_is_paused_stays(office):
    seeded(office)
    office.rotor.seed([{"phone": "(763) 555-0101", "first_name": "Ben", "last_name": "Ray"}])
    office.write([ANN | {"last_name": "Roe"}, BEN | {"last_name": "Roe"}])
    office.run()
    paused = office.undo(max_requests=2)
    assert paused.summary["sent"]["pending"] == 1
    (left,) = [one for one in office.rotor.customers() if one["last_name"] == "Roe"]
    office.rotor.sandbox.edit(left["id"], last_name="Edited")
    undone = office.undo()
    assert undone.summary["undone"] == NOBODY | {"restored": 1, "kept": 1}
    assert {one["last_name"] for one in office.rotor.customers()} == {"Ray", "Edited"}


def test_the_next_file_is_compared_with_what_it_would_have_been_compared_with(office):
    seeded(office)
    office.write([ANN | {"last_name": "Roe"}])
    office.run()
    office.undo()
    office.rotor.sandbox.edit(customer(office, "Ann")["id"], last_name="Edited")
    office.hands.at += 1
    outcome = office.run().check()
    assert outcome.fates() == {2: "update"}, "without a baseline the file wins, as it would have"
    assert customer(office, "Ann")["last_name"] == "Roe"


def test_runs_of_several_feeds_are_undone_one_feed_at_a_time(office):
    office.write([ANN])
    first = office.run().summary["run"]
    office.hands.at += 1
    office.mapping.write_text(office.mapping.read_text().replace("feed: nightly", "feed: other"))
    second = office.run().summary["run"]
    with pytest.raises(SettingsError, match=f"several feeds.*\n.*{second}\n.*{first}"):
        office.undo(first, second)


def test_a_run_of_a_version_that_kept_no_images_says_so(office):
    office.write([ANN])
    office.run()
    with Ledger(office.settings.ledger) as ledger, ledger.atomic() as tx:
        tx.execute(schema.before_images.delete())
    for command in (office.undo, office.verify):
        with pytest.raises(SettingsError, match="earlier version"):
            command()


def test_a_key_that_cannot_list_customers_is_told_so_and_nothing_is_sent():
    scopes = {"a-key": frozenset({"customers:write"})}
    with opened(keys=scopes) as office:
        office.write([ANN])
        office.run()
        for command in (office.undo, office.verify):
            with pytest.raises(SettingsError, match="customers:read"):
                command()
        assert office.rotor.posts() == 1


def test_a_name_that_is_no_run_is_told(office):
    office.write([ANN])
    office.run()
    for name in ("nothing", "2099"):
        with pytest.raises(SettingsError, match="There is no run"):
            office.undo(name)


def test_what_differs_from_what_the_run_left_is_listed(office):
    seeded(office)
    office.write([ANN | {"last_name": "Roe"}, BEN])
    office.run()
    same = office.verify()
    assert same["fields"] == {"equal": same["fields"]["equal"], "different": 0, "unreadable": 0}
    assert same["customers"] == 2
    ann = customer(office, "Ann")["id"]
    office.rotor.sandbox.edit(ann, last_name="Edited", phone="(763) 555-0100")
    office.rotor.sandbox.store.delete(customer(office, "Ben")["id"])
    found = office.verify()
    ben = [one for one in found["differences"] if one["id"] != ann]
    assert [one for one in found["differences"] if one["id"] == ann] == [
        {"id": ann, "field": "last_name", "left": "Roe", "now": "Edited"}
    ]
    assert {one["field"]: one["left"] for one in ben} == {"first_name": "Ben", "phone": "+17635550101"}
    assert {one["now"] for one in ben} == {""}
    assert office.rotor.posts() == 2


def test_somebody_who_may_have_been_there_before_is_not_set_inactive():
    """Without Rotor's list, and with the answer lost, nobody knows whether the customer was new."""
    with opened(faults=(Fault.parse("drop after upsert #1"),)) as office:
        seeded(office)
        office.write([ANN | {"last_name": "Roe"}])
        office.run(directory="none")
        assert customer(office, "Ann")["last_name"] == "Roe"
        undone = office.undo()
        assert customer(office, "Ann")["status"] is None
        assert undone.summary["undone"] == NOBODY | {"impossible": 1}


def test_what_is_edited_while_the_question_waits_stays(office):
    seeded(office)
    office.write([ANN | {"last_name": "Roe"}])
    office.run()

    def edit_and_agree(_proposal):
        office.hands.at += 7200
        office.rotor.sandbox.edit(customer(office, "Ann")["id"], last_name="Edited")
        return True

    undone = office.undo(confirm=edit_and_agree)
    assert customer(office, "Ann")["last_name"] == "Edited"
    assert undone.summary["undone"] == NOBODY | {"kept": 1}


def test_a_no_leaves_everything_as_it_is(office):
    office.write([ANN])
    office.run()
    declined = office.undo(confirm=lambda _proposal: False)
    assert declined.report.is_declined
    assert declined.posts == 0
    assert office.undo().summary["undone"] == NOBODY | {"deactivated": 1}


def test_who_waits_for_another_import_can_be_undone_later(office):
    seeded(office)
    office.write([ANN | {"last_name": "Roe"}])
    first = office.run().summary["run"]
    office.hands.at += 1
    feed = office.mapping.read_text()
    office.mapping.write_text(feed.replace("feed: nightly", "feed: other"))
    office.write([ANN | {"last_name": "Low"}])
    office.run(max_requests=1)
    told = office.undo(first)
    assert lines(told)["Ann Roe", ""][1].startswith("another import's change")
    assert told.summary["undone"] == NOBODY | {"impossible": 1}
    resume(office.settings, office.world)
    assert customer(office, "Ann")["last_name"] == "Low"
    office.hands.at += 1
    assert office.undo().summary["undone"] == NOBODY | {"restored": 1}
    assert office.undo(first).summary["undone"] == NOBODY | {"restored": 1}
    assert customer(office, "Ann")["last_name"] == "Ray"


def test_an_undo_and_what_it_undid_come_back_together(office):
    seeded(office)
    office.write([ANN | {"last_name": "Roe"}, BEN])
    run = office.run().summary["run"]
    undone = office.undo().summary["run"]
    both = office.undo(undone, run)
    assert both.posts == 0
    assert customer(office, "Ann")["last_name"] == "Ray"
    assert customer(office, "Ben")["status"] == "inactive"


@pytest.mark.parametrize("edit", [{"first_name": ""}, {"tags": ["vip"]}, {"notes": "Called them."}])
def test_a_new_customer_with_any_edit_stays_active(office, edit):
    office.write([ANN | {"tags": ["new"]}])
    office.run()
    [made] = office.rotor.customers()
    office.rotor.sandbox.edit(made["id"], **edit)
    undone = office.undo()
    assert undone.posts == 0
    assert undone.summary["undone"] == NOBODY | {"kept": 1}


def test_a_new_customer_who_is_edited_while_the_undo_is_paused_stays_active(office):
    office.write([ANN, BEN])
    office.run()
    office.undo(max_requests=2)
    (left,) = [one for one in office.rotor.customers() if one["status"] is None]
    office.rotor.sandbox.edit(left["id"], notes="Called them.")
    undone = office.undo()
    assert undone.summary["undone"] == NOBODY | {"deactivated": 1, "kept": 1}
    assert undone.posts == 0


def test_a_new_customer_whom_another_feed_has_too_stays_active(office):
    office.write([ANN])
    first = office.run().summary["run"]
    office.hands.at += 1
    office.mapping.write_text(office.mapping.read_text().replace("feed: nightly", "feed: other"))
    office.run()
    undone = office.undo(first)
    assert lines(undone) == {("Ann", "status"): ("kept", "another feed has this customer")}


def test_of_an_undo_that_is_paused_a_dry_run_says_how_it_stands(office):
    office.write([ANN, BEN])
    office.run()
    paused = office.undo(max_requests=2)
    standing = office.undo(dry_run=True)
    assert standing.posts == 0
    assert standing.summary["run"] == paused.summary["run"]
    assert standing.summary["undone"] == NOBODY | {"deactivated": 1}
    assert standing.summary["sent"]["pending"] == 1


def test_where_rotor_does_not_clear_a_phone_nobody_else_gets_it_back():
    with opened(empty="ignored") as office:
        office.rotor.seed([{"phone": "(763) 555-0100", "email": "ann@example.com", "first_name": "Ann"}])
        office.write([ANN | {"phone": "763-555-0103", "email": "ann@example.com"}, BEN | {"phone": "763-555-0100"}])
        office.run()
        undone = office.undo()
        assert lines(undone)["Ann", "phone"] == ("impossible", "another customer has it now")
        assert customer(office, "Ann")["phone"] == "+17635550103"
        assert customer(office, "Ben")["status"] == "inactive"
        assert lines(undone)["Ben", "phone"] == ("deactivated", "Rotor doesn't clear this field")
        assert undone.summary["undone"] == NOBODY | {"impossible": 1, "deactivated": 1}
        office.hands.at += 1
        office.run().check()
        assert customer(office, "Ben")["status"] == "active"


def test_of_a_customer_of_whom_rotor_refuses_a_field_the_others_come_back():
    with opened(faults=(Fault.parse("400:first_name=Ann"),)) as office:
        office.rotor.seed([{"phone": "(763) 555-0100", "first_name": "Ann", "last_name": "Ray"}])
        office.write([ANN | {"first_name": "Anna", "last_name": "Roe"}])
        office.run()
        undone = office.undo()
        told = lines(undone)
        (fates,) = [{field: fate for (_, field), (fate, _) in told.items()}]
        assert fates["first_name"] == "impossible"
        assert undone.summary["undone"] == NOBODY | {"impossible": 1}


def test_a_redone_run_is_as_it_was_and_its_file_too(office):
    office.write([ANN, BEN])
    office.run(max_requests=3)
    undone = office.undo().summary["run"]
    office.undo(undone)
    with Ledger(office.settings.ledger) as ledger, ledger.atomic() as tx:
        states = tx.execute(schema.runs.select().order_by(schema.runs.c.started_at)).mappings().all()
    assert [(one["mode"], one["state"]) for one in states] == [
        ("run", "superseded"),
        ("undo", "undone"),
        ("undo", "complete"),
    ]


def test_an_undo_of_an_undo_that_another_one_built_upon_says_so_first(office):
    seeded(office)
    runs = []
    for name in ("Roe", "Low"):
        office.write([ANN | {"last_name": name}])
        runs.append(office.run().summary["run"])
        office.hands.at += 1
    newer = office.undo(runs[1]).summary["run"]
    older = office.undo(runs[0]).summary["run"]
    assert customer(office, "Ann")["last_name"] == "Ray"
    with pytest.raises(Safeguard, match=f"undo {older} {newer}"):
        office.undo(newer)
    office.undo(newer, older)
    assert customer(office, "Ann")["last_name"] == "Low"


@pytest.mark.parametrize("directory", ["none", "ledger"])
def test_whatever_command_goes_on_with_an_undo_an_edit_made_meanwhile_stays(office, directory):
    seeded(office)
    office.write([ANN | {"last_name": "Roe"}])
    office.run()
    office.undo(max_requests=1)
    office.rotor.sandbox.edit(customer(office, "Ann")["id"], last_name="Edited")
    [report] = resume(replace(office.settings, directory=directory), office.world)
    assert report.summary["undone"] == NOBODY | {"kept": 1}
    assert customer(office, "Ann")["last_name"] == "Edited"


def test_an_undo_that_rotor_never_answers_keeps_no_import_away(office):
    seeded(office)
    office.write([ANN | {"last_name": "Roe"}])
    office.run()
    office.rotor.sandbox.suffer(Fault.parse("500 before upsert"))
    assert office.undo(max_attempts=1).summary["sent"]["unknown"] == 1
    office.rotor.sandbox.suffer(Fault.parse("500 before upsert #1"), Fault.parse("500 before upsert #2"))
    office.hands.at += 1
    office.write([ANN | {"last_name": "Low"}])
    outcome = office.run(max_attempts=1).check()
    assert customer(office, "Ann")["last_name"] == "Low"
    assert outcome.summary["state"] == "complete"


def test_a_new_customer_who_cannot_be_set_inactive_keeps_its_phone():
    with opened(faults=(Fault.parse("400:status=inactive"),)) as office:
        office.write([ANN])
        office.run()
        undone = office.undo()
        assert customer(office, "Ann")["phone"] == "+17635550100"
        assert undone.summary["undone"] == NOBODY | {"impossible": 1}
        office.hands.at += 1
        office.run().check()
        assert len(office.rotor.customers()) == 1


def test_a_phone_that_somebody_gets_while_the_undo_is_paused_leaves_the_other_fields_their_way_back(office):
    seeded(office, email="ann@example.com")
    office.write([ANN | {"phone": "763-555-0103", "email": "ann@example.com", "last_name": "Roe"}])
    office.run()
    office.undo(max_requests=1)
    office.rotor.seed([{"phone": "(763) 555-0100", "first_name": "Eve"}])
    undone = office.undo()
    assert customer(office, "Ann")["last_name"] == "Ray"
    assert customer(office, "Ann")["phone"] == "+17635550103"
    assert undone.summary["undone"] == NOBODY | {"impossible": 1}


def test_an_undo_of_which_nothing_was_sent_yet_can_be_called_off(office):
    office.write([ANN])
    run = office.run().summary["run"]
    paused = office.undo(max_requests=1)
    assert paused.summary["sent"]["pending"] == 1
    office.undo(paused.summary["run"])
    with Ledger(office.settings.ledger) as ledger, ledger.atomic() as tx:
        states = dict(tx.execute(schema.runs.select().with_only_columns(schema.runs.c.id, schema.runs.c.state)).all())
    assert states[run] == "complete"
    assert office.pending() == {}
    assert office.undo(run).summary["undone"] == NOBODY | {"deactivated": 1}


def test_what_an_undo_still_needs_is_not_pruned(office):
    office.write([ANN, BEN])
    office.run()
    office.hands.at += 1
    office.write([CY])
    office.run()
    office.undo(office.runs()[0], max_requests=2)
    office.hands.at += 1000 * 24 * 3600
    prune_ledger(office.settings, world=office.world)
    [report] = resume(office.settings, office.world)
    assert report.summary["undone"] == NOBODY | {"deactivated": 2}


def test_an_undo_that_was_carried_out_without_an_answer_counts_as_that_before_an_import(office):
    seeded(office)
    office.write([ANN | {"last_name": "Roe"}])
    office.run()
    office.rotor.sandbox.suffer(Fault.parse("drop after upsert"))
    assert office.undo(max_attempts=1).summary["sent"]["unknown"] == 1
    office.rotor.sandbox.suffer()
    office.hands.at += 600
    assert office.run().check().summary["sent"]["updated"] == 1
    assert customer(office, "Ann")["last_name"] == "Roe"


def test_what_came_back_comes_back_once_though_another_field_is_kept(office):
    seeded(office)
    office.write([ANN | {"last_name": "Roe", "company_name": "Firm"}])
    run = office.run().summary["run"]
    ann = customer(office, "Ann")["id"]
    office.rotor.sandbox.edit(ann, company_name="Edited")
    assert office.undo(run).summary["undone"] == NOBODY | {"kept": 1}
    office.hands.at += 1
    office.write([ANN | {"last_name": "Ray", "company_name": "Firm"}])
    assert office.run().check().posts == 0
    office.undo(run, force=True)
    office.rotor.sandbox.edit(ann, last_name="Edited")
    office.hands.at += 1
    assert office.run().check().posts == 0, "the file says what it said, so the edit stays"
