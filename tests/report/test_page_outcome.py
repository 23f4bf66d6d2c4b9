"""After a run, report.html holds the plan beside what came of it."""

from drops import Box
from pages import A, B, busy, figures
from rotor import opened

from rotor_import.report.page import PAGE
from rotor_import.sandbox import Fault


def lines_of(tab, name):
    return tab.get_by_role("table", name=name).get_by_role("row").all()[1:]


def test_after_a_run_it_holds_the_plan_against_the_outcome(office, open_page):
    busy(office)
    tab = open_page(office.run().folder / PAGE).tab
    assert [line.inner_text().split() for line in lines_of(tab, "Plan and outcome")] == [
        ["Add", "Added", "2"],
        ["Unchanged", "Unchanged", "1"],
        ["Update", "Updated", "1"],
    ]
    assert tab.get_by_text("Everything went as planned").is_visible()


def test_what_rotor_refused_stands_in_its_own_words_and_retries_by_hour(open_page):
    with opened(faults=(Fault.parse("400:first_name=Eve"), Fault.parse("503 upsert #2"))) as office:
        office.write(
            [
                {"key": str(at), "email": f"{name}@example.com", "first_name": name}
                for at, name in enumerate(("Eve", "Fay"))
            ]
        )
        outcome = office.run(concurrency=1)
        tab = open_page(outcome.folder / PAGE).tab
        [failure] = lines_of(tab, "Not sent, or refused")
        cells = failure.get_by_role("cell").all_inner_texts()
        [rejected] = outcome.table("rejects.csv")
        assert failure.get_by_role("rowheader").inner_text().split()[-1] == "2"
        assert cells[:3] == ["Add", "Refused by Rotor", rejected["_reason"]]
        assert rejected["_reason"].lower() in tab.locator(".issues").inner_text().lower()
        assert len(lines_of(tab, "Different from the plan")) == 1
        used = outcome.summary["requests"]["used"]
        counts = [
            [int(cell) for cell in hour.get_by_role("cell").all_inner_texts() if cell.strip()]
            for hour in lines_of(tab, "Requests by hour")
        ]
        assert [sum(column) for column in zip(*counts, strict=True)] == [used, 1, 2]


def test_of_a_sync_it_tells_the_reconciliation(office, tmp_path, open_page):
    drop = tmp_path / "drop"
    drop.mkdir()
    office.write([{"key": "1", "email": "a@example.com", "first_name": "Ada"}], drop / "one.csv")
    office.sync(drop)
    office.write([{"key": "1", "email": "a@example.com", "first_name": "Adele"}], drop / "two.csv")
    outcome = office.sync(drop)
    lines = outcome.table("reconcile.csv")
    told = lines_of(open_page(outcome.folder / PAGE).tab, "Reconciliation")
    assert len(told) == len(lines)
    cells = told[0].get_by_role("cell").all_inner_texts()
    assert cells[0] == lines[0]["field"].replace("_", " ")
    assert [lines[0][name] for name in ("last_sent", "file", "done")] == [cells[at] for at in (1, 3, 4)]


def test_a_long_reconciliation_shows_its_beginning_and_the_rest_when_asked(office, open_page):
    box = Box(office)
    box.put("one.csv", [{"key": str(at), "email": f"p{at}@example.com"} for at in range(40)])
    box.night()
    box.put("two.csv", [{"key": str(at), "email": f"p{at}@example.com"} for at in range(15)])
    tab = open_page(box.night(force=True).folder / PAGE, 390).tab
    assert len(lines_of(tab, "Reconciliation")) == 10
    tab.get_by_text("Show the other 15").click()
    assert tab.get_by_role("table", name="Reconciliation, continued").get_by_role("row").last.is_visible()


def notes(page):
    """What stands below the figures, by their names."""
    names = page.tab.locator(".figure .name").all_inner_texts()
    return dict(zip((name.strip() for name in names), page.tab.locator(".figure .note").all_inner_texts(), strict=True))


def test_without_rotors_list_nobody_knows_how_many_were_new(office, open_page):
    office.write([{"key": str(at), "email": f"p{at}@example.com"} for at in range(3)])
    page = open_page(office.run(directory="none").folder / PAGE)
    assert (figures(page)["Added"], notes(page)["Added"]) == ("3", "of 3 to add or update")


def test_customers_that_are_set_inactive_are_among_those_to_update(office, open_page):
    office.mapping.write_text(office.mapping.read_text() + "drop: full\nmissing: inactive\n")
    box = Box(office)
    rows = [{"key": str(at), "email": f"p{at}@example.com"} for at in range(4)]
    box.put("1.csv", rows)
    box.night()
    box.put("2.csv", rows[1:])
    page = open_page(box.night().folder / PAGE)
    assert (figures(page)["Updated"], notes(page)["Updated"]) == ("1", "of 1 to update")


def test_a_pause_that_rotor_asked_for_says_when_it_ends_though_some_of_the_quota_is_left(office, open_page):
    office.rotor.sandbox.suffer(Fault.parse("429:7200 upsert #3+"))
    office.write([{"key": str(at), "email": f"p{at}@example.com"} for at in range(6)])
    outcome = office.run(concurrency=1)
    assert outcome.summary["requests"]["remaining"] > outcome.summary["forecast"]["requests"]
    tab = open_page(outcome.folder / PAGE).tab
    for part in ("#notice", "#quota"):
        assert "Jan 15, 2027, 10:00 AM UTC" in tab.locator(part).inner_text()
    assert "all can go today" not in tab.locator("body").inner_text()


def test_a_row_that_rotor_refused_is_shown_and_found_by_its_cells(office, open_page):
    office.rotor.sandbox.suffer(Fault.parse("400:first_name=Bo"))
    office.write([{"key": "1", "phone": A, "first_name": "Bo", "last_name": "Rae"}, {"key": "2", "phone": B}])
    page = open_page(office.run().folder / PAGE)
    row = page.tab.locator("#rejected").get_by_role("row", name="Bo Rae")
    row.locator("summary").click()
    assert A in row.inner_text()
    page.tab.locator("#find").fill("rae")
    assert page.shown().count() == 1
