"""report.html in a real Chromium, opened from disk: safe, whole, for everybody, and not too large."""

import csv
import itertools
import re
from dataclasses import replace

import pytest
from browser import fits, rules_broken
from office import COLUMNS
from pages import HOSTILE, asked, busy, hostile, widened

from rotor_import.model.question import CHOICES, KINDS, Question, Shown
from rotor_import.report.page import PAGE, write_page


def test_it_opens_from_disk_without_a_request_and_without_a_complaint(planned, open_page):
    page = open_page(planned)
    assert page.tab.locator("h1").inner_text()
    assert page.shown().count() == 7
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


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("columns", [0, 2000])
def test_hostile_values_are_text(office, open_page, width, columns):
    hostile(office)
    widened(office, columns)
    page = open_page(office.plan().folder / PAGE, width)
    names = page.tab.locator(".who bdi").all_text_contents()
    assert [text for text in HOSTILE if f"{text} {text}" not in names] == []
    page.tab.get_by_role("button", name="Expand all").click()
    body = page.tab.locator("#lines").inner_text()
    assert all(text in body for text in HOSTILE)
    assert "9,700 more characters" in body or "9700 more characters" in body
    assert page.tab.evaluate("document.querySelectorAll('img, iframe, [onload], [onerror]').length") == 0
    assert fits(page)
    assert page.quiet(), (page.requests, page.complaints)


@pytest.mark.parametrize("width", [1280, 390])
def test_hostile_people_and_values_in_every_kind_of_question_are_text(office, open_page, width):
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
    page.tab.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert page.tab.locator("fieldset[data-question]").count() == len(KINDS) + 1
    assert "20 more rows are in review.csv" in page.tab.locator("#q-n-stranger").inner_text()
    for text in HOSTILE[:3]:
        assert text in page.tab.locator("#q-n-conflict").inner_text()
    assert HOSTILE[1] in page.tab.locator("#q-n-1").inner_text()
    assert page.tab.evaluate("document.querySelectorAll('img, iframe, [onload], [onerror]').length") == 0
    assert rules_broken(page) == []
    assert fits(page)
    assert page.quiet(), (page.requests, page.complaints)


@pytest.mark.parametrize("done", [False, True], ids=["plan", "run"])
def test_it_passes_the_rules_of_accessibility_at_every_width(office, open_page, done):
    busy(office)
    office.settings = replace(office.settings, daily_limit=2 if not done else 100)
    outcome = office.run() if done else office.plan()
    for scheme, width in [*itertools.product(("light", "dark"), (1280, 390)), ("light", 320)]:
        page = open_page(outcome.folder / PAGE, width, scheme)
        page.tab.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        # After a run, the outcome is new; all else is as in the plan.
        assert rules_broken(page, "#outcome" if done else None) == [], (scheme, width)
        assert fits(page), (scheme, width)


def test_the_keyboard_alone_reaches_the_report_the_questions_the_search_and_the_rows(planned, open_page):
    tab = open_page(planned).tab
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    assert tab.locator(".skip").bounding_box()["y"] >= 0
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"
    for _ in range(30):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.matches('[data-question] input')"):
            break
    tab.keyboard.press("Space")
    tab.keyboard.press("ArrowRight")
    assert tab.locator("#answered").inner_text() == "1 of 1"
    tab.locator("#find").focus()
    tab.keyboard.type("ada")
    tab.keyboard.press("Enter")
    assert tab.locator("#found").inner_text().startswith("1 of")
    for _ in range(20):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.matches('#lines summary')"):
            break
    tab.keyboard.press("Enter")
    assert tab.locator("#lines ins").is_visible()


def test_on_paper_everything_is_open_and_no_control_is_left(planned, open_page):
    tab = open_page(planned).tab
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate("document.querySelectorAll('details:not([open])').length") == 0
    for control in ("#find", ".tabs", "#dock", ".filters"):
        assert not tab.locator(control).first.is_visible(), control
    assert tab.locator("#lines ins").first.is_visible()
    assert tab.locator(".choice").first.is_visible()
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.evaluate("document.querySelectorAll('details[open]').length") == 0


def test_on_paper_rejected_rows_with_all_their_cells_take_few_pages(office, open_page, tmp_path):
    office.write([{"key": str(at), "first_name": "Ann", "property_city": "Plymouth"} for at in range(30)])
    widened(office, 20)
    tab = open_page(office.plan().folder / PAGE).tab
    tab.pdf(path=tmp_path / "report.pdf", format="Letter")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", (tmp_path / "report.pdf").read_bytes())) < 20


def test_a_link_that_was_cut_short_breaks_nothing(planned, chromium):
    tab = chromium.new_page()
    try:
        complaints = []
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto(f"{planned.as_uri()}#q-%")
        assert tab.locator("#dock").is_visible()
        assert complaints == []
    finally:
        tab.close()


def test_without_its_script_it_is_whole(planned, chromium):
    context = chromium.new_context(java_script_enabled=False, offline=True)
    try:
        tab = context.new_page()
        tab.goto(planned.as_uri())
        assert tab.locator("#lines tbody tr:visible").count() == 7
        assert tab.locator(".issue").first.is_visible()
        for control in ("#tools", "#dock", ".bulk"):
            assert tab.locator(f"{control}:visible").count() == 0, control
    finally:
        context.close()


def test_from_memory_and_from_the_folders_files_it_is_the_same(office):
    hostile(office)
    outcome = office.plan()
    first = (outcome.folder / PAGE).read_text(encoding="utf-8")
    write_page(outcome.folder, outcome.summary)
    assert (outcome.folder / PAGE).read_text(encoding="utf-8") == first


def test_a_hundred_thousand_rows_stay_under_five_megabytes_and_the_page_says_where_the_rest_is(office, open_page):
    note = "a note that is as long as notes are, " * 4
    with office.file.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        blank = [""] * (len(COLUMNS) - 4)
        writer.writerows([at, "", "x", f"p{at // 2}@example.com", *[note] * len(blank)] for at in range(100_000))
    outcome = office.plan()
    page = outcome.folder / PAGE
    assert page.stat().st_size < 5_000_000
    opened_page = open_page(page)
    assert "of 100,000 rows" in opened_page.tab.locator("#rows").inner_text()
    assert "rows.csv" in opened_page.tab.locator("#found").inner_text()
    assert opened_page.quiet()
