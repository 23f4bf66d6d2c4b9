"""report.html in a real Chromium, opened from disk."""

import csv
import itertools
import re
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from office import COLUMNS
from rotor import opened

from rotor_import.model.question import CHOICES, KINDS, Question, Shown
from rotor_import.report.files import save
from rotor_import.report.page import PAGE, write_page
from rotor_import.report.page_excerpt import LINES
from rotor_import.report.review import review_lines
from rotor_import.report.tables import REVIEW
from rotor_import.sandbox import Fault

A, B, C = "(763) 555-0100", "(763) 555-0101", "(763) 555-0102"
RIGHT_TO_LEFT = "\u202egnp.exe\u2066"
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "</style></script><svg onload=alert(3)>",
    "{{ 7 * 7 }}{% raw %}",
    "-2+3+cmd|' /C calc'!A0",
    "' onmouseover='alert(4)",
    f"{RIGHT_TO_LEFT} שלום",
    "javascript:alert(5)",
    "&amp;lt;b&gt;",
]


def busy(office):
    """Of everything something: create, update, unchanged, held, rejected, a suspicious merge, lost values."""
    office.rotor.seed(
        [
            {"phone": A, "first_name": "Ada", "last_name": "Ray", "email": "ada@example.com"},
            {"phone": B, "first_name": "Bo", "email": "bo@example.com"},
            {"phone": C, "first_name": "Cy"},
        ]
    )
    office.write(
        [
            {"key": "1", "phone": A, "last_name": "Rae"},
            {"key": "2", "phone": C, "first_name": "Cy"},
            {"key": "3", "phone": A, "email": "bo@example.com", "first_name": "Which"},
            {"key": "4", "phone": "nobody", "first_name": "Nobody"},
            {"key": "5", "phone": "(763) 555-0105", "first_name": "Eve", "last_name": "One", "email": "e1@example.com"},
            {"key": "6", "phone": "(763) 555-0105", "first_name": "Fay", "last_name": "Two", "email": "e2@example.com"},
            {"key": "7", "email": "g@example.com", "phone": "(763) 555-0107 ext. 3", "first_name": "Gus"},
        ]
    )


def hostile(office):
    rows = [
        {"key": str(at), "email": f"h{at}@example.com", "first_name": text, "last_name": text, "company_name": text}
        for at, text in enumerate(HOSTILE)
    ]
    rows += [{"key": "r", "phone": HOSTILE[0], "first_name": HOSTILE[1]}]
    rows += [{"key": "long", "email": "long@example.com", "first_name": "W" * 10_000, "last_name": "x y " * 2500}]
    office.write(rows)


def widened(office, columns):
    """The file again, with so many columns more."""
    with office.file.open(newline="", encoding="utf-8") as file:
        head, *lines = csv.reader(file)
    more = [f"{HOSTILE[at % len(HOSTILE)]} {at}" for at in range(columns)]
    with office.file.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head + more, *(line + more for line in lines)])


@pytest.fixture
def planned(office):
    busy(office)
    return office.plan().folder / PAGE


def test_it_opens_from_disk_without_a_request_and_without_a_complaint(planned, open_page):
    page = open_page(planned)
    assert (
        page.tab.locator("h1").inner_text()
        == "7 rows become 2 creates, 1 update; 1 unchanged; 2 rows need your attention."
    )
    assert page.shown().count() == 6
    assert page.quiet(), (page.requests, page.complaints)


def test_its_policy_lets_no_other_script_or_style_in(planned, open_page):
    page = open_page(planned)
    ran = page.tab.evaluate(
        """async () => {
            const broken = [];
            document.addEventListener("securitypolicyviolation", (event) => broken.push(event.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            document.body.insertAdjacentHTML("beforeend", "<img src='http://127.0.0.1:9/x.png'>");
            document.body.setAttribute("style", "color: red");
            await fetch("http://127.0.0.1:9/").catch(() => null);
            while (broken.length < 4) await new Promise((done) => setTimeout(done, 10));
            return [window.ran === true, document.body.style.color, broken.sort()];
        }"""
    )
    assert ran == [False, "", ["connect-src", "img-src", "script-src-elem", "style-src-attr"]]
    policy = re.search(r'Security-Policy" content="([^"]+)', planned.read_text(encoding="utf-8"))[1]
    assert policy.startswith("default-src &#39;none&#39;")
    assert "unsafe" not in policy
    assert not re.search(r"<[^>]+\s(on\w+|style|src)=", planned.read_text(encoding="utf-8"))


def test_it_filters_searches_and_unfolds(planned, open_page):
    page = open_page(planned)
    tab = page.tab
    tab.get_by_label("Update", exact=False).check()
    assert page.shown().count() == 1
    line = page.shown().first
    assert "Ada Ray" in line.inner_text()
    assert not line.locator("del").is_visible()
    line.locator("summary").click()
    assert line.locator("del").inner_text() == "Ray"
    assert line.locator("ins").inner_text() == "Rae"
    tab.get_by_label("All", exact=True).check()
    tab.get_by_label("Search").fill("763 NOBODY")
    assert page.shown().count() == 0
    tab.get_by_label("Search").fill("fay")
    assert page.shown().count() == 1
    assert tab.locator("#found").inner_text() == "1 of 6 lines in this page"
    page.shown().get_by_text("1 row merged into it").click()
    assert page.shown().get_by_text("Row 7").is_visible()
    assert page.quiet()


def test_what_needs_a_person_comes_first_with_both_sides_and_all_rows(planned, open_page):
    tab = open_page(planned).tab
    held = tab.get_by_role("article", name="Conflict, row 4")
    lines = [line.inner_text().split("\t") for line in held.get_by_role("row").all()]
    names = next(line for line in lines if line[0] == "Name")
    assert [cell.partition("\n")[0].strip() for cell in names[1:]] == ["Which", "Ada Ray", "Bo"]
    emails = held.get_by_role("row", name="Email").get_by_role("cell")
    assert [emails.nth(at).get_attribute("class") for at in range(3)] == [None, "differs", "same"]
    assert "differs" in emails.nth(1).inner_text()
    assert held.get_by_text("use A", exact=True).is_visible()
    held.get_by_text("What row 4 says").click()
    assert held.locator("details").get_by_text("Which").is_visible()
    merge = tab.get_by_role("article", name="Suspicious merge into customer C3").inner_text()
    assert all(
        text in merge for text in ("2 rows become one customer", "Eve", "Fay", "e1@example.com", "e2@example.com")
    )
    lost = tab.get_by_text("values are not sent, for a later row")
    lost.click()
    assert "e1@example.com" in tab.get_by_role("region", name="Values that lost in a merge").inner_text()


def asked(outcome, questions):
    """The report with these questions in it."""
    save(
        outcome.folder / REVIEW.file_name(),
        review_lines(questions, [file["path"] for file in outcome.summary["files"]]),
    )
    write_page(outcome.folder, outcome.summary)
    return outcome.folder / PAGE


@pytest.mark.parametrize("width", [1280, 390])
def test_each_kind_of_question_has_a_section_and_hostile_people_are_text(office, open_page, width):
    busy(office)
    people = [Shown("", (0, 2), text, text, "+17635550101", text, text) for text in HOSTILE]
    row, a, b = people[:3]
    many = tuple((0, row) for row in range(2, 32))
    questions = [
        Question(f"n-{kind}", kind, CHOICES[kind], HOSTILE[5], many if kind == "stranger" else ((0, 2),), row, a, b)
        for kind in KINDS
    ]
    questions.append(Question("n-1", "field", CHOICES["field"], "both", (), field="notes", file_value=HOSTILE[1]))
    page = open_page(asked(office.plan(), questions), width)
    tab = page.tab
    stranger = tab.get_by_role("article", name="Stranger, row 2")
    assert "Row 2 and 29 more" in stranger.inner_text()
    stranger.get_by_text("The first 10 of 30 rows").click()
    assert "20 more rows are in review.csv" in stranger.inner_text()
    assert all(HOSTILE[at] in stranger.inner_text() for at in range(3))
    for kind in ("Conflict, row 2", "Household, row 2", "Field 2"):
        assert tab.get_by_role("article", name=kind).count() == 1
    assert HOSTILE[1] in tab.get_by_role("article", name="Field 2").inner_text()
    assert tab.evaluate("document.querySelectorAll('img, iframe, [onload], [onerror]').length") == 0
    assert rules_broken(page) == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.quiet(), (page.requests, page.complaints)


def test_a_damaged_columns_reason_and_example_read_as_one_line(planned, open_page):
    tab = open_page(planned).tab
    cell = (
        tab.get_by_role("region", name="Columns with invalid values").get_by_role("row").nth(1).get_by_role("cell").last
    )
    assert cell.locator("bdi").first.evaluate("one => getComputedStyle(one).display") == "inline"


def test_the_quality_of_each_column_is_told_with_reasons_and_examples(planned, open_page):
    tab = open_page(planned).tab
    lines = tab.get_by_role("region", name="Quality of each column").get_by_role("row")
    phone = next(line for line in lines.all() if line.get_by_role("rowheader").all_inner_texts() == ["phone"])
    cells = phone.get_by_role("cell").all_inner_texts()
    assert cells[1:7] == ["0", "5", "2", "0", "1", "1"]
    assert "not a valid phone number" in cells[7]
    assert "nobody" in cells[7]
    assert "its extension was dropped" in cells[7]


def test_columns_that_are_not_imported_are_named_on_the_first_screen(office, open_page):
    office.write([{"phone": A, "first_name": "Ada"}])
    widened(office, 2)
    tab = open_page(office.plan().folder / PAGE).tab
    named = tab.locator("#not-imported")
    assert named.locator("bdi").all_inner_texts() == [f"{HOSTILE[0]} 0", f"{HOSTILE[1]} 1"]
    assert named.bounding_box()["y"] < 900


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("columns", [0, 2000])
def test_hostile_values_are_text(office, open_page, width, columns):
    hostile(office)
    widened(office, columns)
    page = open_page(office.plan().folder / PAGE, width)
    names = page.tab.locator(".who bdi").all_text_contents()
    assert [text for text in HOSTILE if f"{text} {text}" not in names] == []
    page.tab.get_by_role("button", name="Unfold all").click()
    body = page.tab.locator("#lines").inner_text()
    assert all(text in body for text in HOSTILE)
    assert "9,700 more characters" in body or "9700 more characters" in body
    assert page.tab.evaluate("document.querySelectorAll('img, iframe, [onload], [onerror]').length") == 0
    assert page.tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.quiet(), (page.requests, page.complaints)


def rules_broken(page):
    found = Axe().run(page.tab, options={"resultTypes": ["violations"]}).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in found]


@pytest.mark.parametrize("done", [False, True], ids=["plan", "run"])
def test_it_passes_the_rules_of_accessibility(office, open_page, done):
    busy(office)
    office.settings = replace(office.settings, daily_limit=2 if not done else 100)
    outcome = office.run() if done else office.plan()
    for scheme, width in itertools.product(("light", "dark"), (1280, 390)):
        page = open_page(outcome.folder / PAGE, width, scheme)
        page.tab.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert rules_broken(page) == [], (scheme, width)
        assert page.tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), (scheme, width)


def test_the_keyboard_alone_reaches_the_report_the_search_and_the_rows(planned, open_page):
    tab = open_page(planned).tab
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    assert tab.locator(".skip").bounding_box()["y"] >= 0
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"
    tab.locator("#search").focus()
    tab.keyboard.type("ada")
    tab.keyboard.press("Enter")
    assert tab.locator("#found").inner_text().startswith("1 of")
    for _ in range(20):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.matches('#lines summary')"):
            break
    tab.keyboard.press("Enter")
    assert tab.locator("#lines ins").is_visible()


def test_on_paper_everything_is_unfolded_and_no_control_is_left(planned, open_page):
    tab = open_page(planned).tab
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate("document.querySelectorAll('details:not([open])').length") == 0
    assert not tab.locator("#search").is_visible()
    assert tab.locator("#lines ins").first.is_visible()
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.evaluate("document.querySelectorAll('details[open]').length") == 0


def test_a_plan_of_many_days_shows_each_day(office, open_page):
    office.settings = replace(office.settings, daily_limit=10)
    office.write([{"key": str(at), "email": f"p{at}@example.com"} for at in range(25)])
    outcome = office.plan()
    tab = open_page(outcome.folder / PAGE).tab
    tab.locator("summary", has_text="Requests day by day").click()
    counts = tab.get_by_role("region", name="Requests day by day").get_by_role("cell").all_inner_texts()
    assert len(counts) == outcome.summary["forecast"]["days"]
    assert sum(map(int, counts)) == outcome.summary["forecast"]["requests"]
    assert tab.locator(".chart .series rect").count() == len(counts)


def test_after_a_run_it_holds_the_forecast_against_the_outcome(office, open_page):
    busy(office)
    tab = open_page(office.run().folder / PAGE).tab
    assert (
        tab.locator("h1").inner_text() == "7 rows become 2 created, 1 updated; 1 unchanged; 2 rows need your attention."
    )
    table = tab.get_by_role("region", name="Forecast and outcome").get_by_role("row").all_inner_texts()
    assert [line.split() for line in table[1:]] == [
        ["create", "created", "2"],
        ["unchanged", "unchanged", "1"],
        ["update", "updated", "1"],
    ]
    assert tab.get_by_text("Nothing drifted").is_visible()


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
        failures = tab.get_by_role("region", name="Failures, in Rotor's words").get_by_role("row").all()
        assert len(failures) == 2
        cells = failures[1].get_by_role("cell").all_inner_texts()
        [rejected] = outcome.table("rejects.csv")
        assert failures[1].get_by_role("rowheader").inner_text() == "2"
        assert cells[:3] == ["create", "refused", rejected["_reason"]]
        drifted = tab.get_by_role("region", name="What drifted from the forecast").get_by_role("row")
        assert drifted.count() == 2
        used = outcome.summary["requests"]["used"]
        hours = tab.get_by_role("region", name="Requests by hour").get_by_role("row").all()[1:]
        counts = [list(map(int, hour.get_by_role("cell").all_inner_texts())) for hour in hours]
        assert [sum(column) for column in zip(*counts, strict=True)] == [used, 1, 2]


def test_of_a_sync_it_tells_the_reconciliation(office, tmp_path, open_page):
    drop = tmp_path / "drop"
    drop.mkdir()
    office.write([{"key": "1", "email": "a@example.com", "first_name": "Ada"}], drop / "one.csv")
    office.sync(drop)
    office.write([{"key": "1", "email": "a@example.com", "first_name": "Adele"}], drop / "two.csv")
    outcome = office.sync(drop)
    lines = outcome.table("reconcile.csv")
    told = open_page(outcome.folder / PAGE).tab.get_by_role("region", name="Reconciliation").get_by_role("row")
    assert told.count() == len(lines) + 1
    assert [lines[0][name] for name in ("field", "last_sent", "file", "done")] == [
        told.nth(1).get_by_role("cell").all_inner_texts()[at] for at in (0, 1, 3, 4)
    ]


def test_from_memory_and_from_the_folders_files_it_is_the_same(office):
    hostile(office)
    outcome = office.plan()
    first = (outcome.folder / PAGE).read_text(encoding="utf-8")
    write_page(outcome.folder, outcome.summary)
    assert (outcome.folder / PAGE).read_text(encoding="utf-8") == first


def test_a_hundred_thousand_rows_stay_under_five_megabytes_and_say_where_the_rest_is(office, open_page):
    note = "a note that is as long as notes are, " * 4
    with office.file.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        blank = [""] * (len(COLUMNS) - 4)
        writer.writerows([at, "", "x", f"p{at}@example.com", *[note] * len(blank)] for at in range(100_000))
    outcome = office.plan()
    page = outcome.folder / PAGE
    assert page.stat().st_size < 5_000_000
    opened_page = open_page(page)
    assert "of 100,000; all are in rows.csv" in opened_page.tab.locator("#changes").inner_text()
    assert opened_page.shown().count() == LINES
    assert opened_page.quiet()
