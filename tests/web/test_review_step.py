"""The review step in a real browser: answered by pointer and by keyboard, at once and undone, and rows fixed."""

import csv
from pathlib import Path

import pytest
from browser import fits
from hostile import HOSTILE
from questions import FIRST_WRONG, ROWS, WRONG, content

from rotor_import.model.question import CHOICES, KINDS, Question, Shown
from rotor_import.pipeline.answers import Answers
from rotor_import.report.files import save
from rotor_import.report.review import REVIEW, review_lines


def words(running):
    lines = Answers(running.workspace.desk.decisions).lines
    return dict(zip(lines.get_column("question"), lines.get_column("decision"), strict=True))


@pytest.fixture
def review(window, computer):
    """The step, with a dry run of a file that asks of everything something."""
    window.planned(computer.file("clients.csv", content()))
    return window.visit("/review")


def time_stands_still(window):
    """Loads the step anew, where nothing goes away after so many seconds, however long a test takes."""
    window.tab.clock.install(time=0)
    window.visit("/review")
    window.tab.clock.pause_at("1970-01-02")


def head(window):
    return window.tab.locator("h1").inner_text()


def until(window, text):
    window.tab.locator("h1", has_text=text).wait_for()


def kind(window, name):
    return window.tab.locator(f".asked[data-kind={name}]")


def test_an_answer_is_saved_at_once_folds_its_card_and_can_be_changed(review, running):
    tab, cards = review.tab, kind(review, "conflict")
    asked = cards.nth(0).get_attribute("data-asked")
    assert tab.locator(f'[data-question="{asked}"] input[type=radio]').evaluate_all(
        "all => all.map((one) => one.value)"
    ) == list(CHOICES["conflict"])
    tab.locator(f'[data-question="{asked}"] input[value="use A"]').check()
    until(review, "1 answered")
    assert words(running) == {asked: "use A"}
    assert "A, Renée García" in cards.nth(0).locator(".folded").inner_text()
    assert not cards.nth(0).locator(".card").is_visible()
    assert tab.inner_text("[data-action=next]") == "Plan again with 1 answer"
    review.visit("/review")
    cards.nth(0).get_by_role("button", name="Change").click()
    with tab.expect_response("**/review/answer"):
        cards.nth(0).locator('input[value="skip"]').check()
    tab.wait_for_function("document.querySelector('[data-word]').textContent === 'Skip'")
    review.visit("/review")
    assert words(running) == {asked: "skip"}
    assert review.quiet(), review.complaints


def test_a_bar_answers_the_open_questions_of_a_kind_or_of_a_key_and_takes_them_back(review, running):
    time_stands_still(review)
    tab, cards = review.tab, kind(review, "conflict")
    bars = tab.locator(".bulk[data-kind=conflict]")
    assert bars.first.locator("legend").inner_text() == "Answer all 3"
    cards.nth(1).locator('input[value="use B"]').check()
    until(review, "1 answered")
    assert bars.first.locator("legend").inner_text() == "Answer the other 2"
    bars.first.get_by_role("button", name="Skip").click()
    until(review, "3 answered")
    assert sorted(words(running).values()) == ["skip", "skip", "use B"]
    assert "2 questions answered: Skip" in tab.locator(".toast").inner_text()
    cards.nth(2).get_by_role("button", name="Change").click()
    cards.nth(2).locator('input[value="use A"]').check()
    tab.wait_for_function("document.querySelectorAll('[data-word]')[2].textContent.startsWith('A,')")
    tab.locator(".toast").get_by_role("button", name="Undo").click()
    until(review, "2 answered")
    assert sorted(words(running).values()) == ["use A", "use B"]
    assert not tab.locator(".toast").is_visible()
    bars.first.get_by_role("button", name="New customers").click()
    until(review, "3 answered")
    review.visit("/review")  # it is undone as easily later
    bars.first.get_by_role("button", name="Undo").click()
    until(review, "2 answered")
    assert cards.nth(0).locator(".card").is_visible()
    assert review.quiet(), review.complaints


def test_keys_answer_move_and_undo_only_while_a_card_has_the_focus(review, running):
    tab, cards = review.tab, tab_cards(review)
    tab.locator("h1").click()
    tab.keyboard.press("1")
    assert head(review).endswith("0 answered")
    cards.nth(0).locator("input").first.focus()
    tab.keyboard.press("2")
    until(review, "1 answered")
    first = cards.nth(0).get_attribute("data-asked")
    assert words(running) == {first: "use B"}
    tab.keyboard.press("j")
    tab.keyboard.press("J")
    tab.keyboard.press("4")
    until(review, "2 answered")
    assert words(running)[cards.nth(2).get_attribute("data-asked")] == "skip"
    tab.keyboard.press("k")
    tab.keyboard.press("k")
    tab.keyboard.press("u")
    until(review, "1 answered")
    assert first not in words(running)
    assert cards.nth(0).locator(".card").is_visible()
    # The arrows choose as in any form: the card stays until the focus has left it.
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")
    tab.wait_for_function("document.activeElement.value === 'create'")
    assert cards.nth(0).locator(".card").is_visible()
    tab.keyboard.press("j")
    cards.nth(0).locator(".folded").wait_for()
    until(review, "2 answered")
    field = tab.locator(".mend input").first
    field.focus()
    tab.keyboard.type("123juk")
    assert "123juk" in field.input_value()
    assert head(review).endswith("2 answered")
    assert review.quiet(), review.complaints


def tab_cards(window):
    return window.tab.locator(".asked")


def test_rows_are_fixed_in_place_and_planned_again_while_the_file_stays_as_it_is(review, running):
    tab, desk = review.tab, running.workspace.desk
    before = Path(desk.now.file).read_bytes()
    row = tab.locator(f'.mend[data-row="{FIRST_WRONG}"]')
    phone, email = row.get_by_label("Phone"), row.get_by_label("Email")
    assert (phone.input_value(), phone.get_attribute("aria-invalid")) == ("call the office", "true")
    assert (
        "Not a valid phone number" in tab.locator(f"#{phone.get_attribute('aria-describedby').split()[0]}").inner_text()
    )
    phone.fill("(763) 555-0111")
    phone.press("Tab")
    row.get_by_text("Fixed").wait_for()
    assert row.get_by_text("Was call the office").is_visible()
    assert phone.get_attribute("aria-invalid") is None
    phone.focus()
    phone.press("Escape")
    row.get_by_text("Needs one of them").wait_for()
    assert phone.input_value() == "call the office"
    assert not desk.corrections.exists()
    email.fill("ben@example.com")
    email.press("Enter")
    row.get_by_text("Fixed").wait_for()
    assert tab.locator(".mend").count() == 10
    tab.get_by_role("link", name="Show the other 4 rows").click()
    tab.locator(".mend").nth(13).wait_for()
    tab.click("[data-action=next]")
    review.until("planned")
    review.visit("/review")
    assert tab.locator(f'.mend[data-row="{FIRST_WRONG}"]').count() == 0
    assert tab.get_by_text("13 rejected rows").is_visible()
    assert Path(desk.now.file).read_bytes() == before
    with desk.corrections.open(newline="", encoding="utf-8-sig") as file:
        assert list(csv.reader(file)) == [
            ["row", "column", "was", "now"],
            [str(FIRST_WRONG), "Email", "ben.example.com", "ben@example.com"],
        ]
    assert review.quiet(), review.complaints


def hostile(running, count=1):
    """Questions of every kind, whose every value is hostile, in the dry run's report."""
    folder = running.workspace.plan_folder()
    questions = []
    for at, name in enumerate(KINDS):
        for more in range(count):
            texts = [HOSTILE[(at + more + part) % len(HOSTILE)] for part in range(4)]
            people = [Shown("", (0, 2 + part), text, text, text, text, text) for part, text in enumerate(texts[:3])]
            refs = ((0, 2), (0, 3)) if name in ("stranger", "household") else ((0, 2),)
            values = ("notes", texts[1], texts[2]) if name == "field" else ()
            named = Question(f"clients-{at * 1000 + more:016x}", name, CHOICES[name], texts[3], refs, *people, *values)
            questions.append(named)
    path = running.workspace.plan_summary()["files"][0]["path"]
    save(folder / "review.csv", review_lines(questions, [path]))
    return questions


def test_hostile_cells_run_nowhere_and_come_back_as_they_were(review, running):
    asked = hostile(running)
    review.visit("/review")
    tab = review.tab
    assert sorted(one.name for one in asked) == sorted(
        tab.locator("[data-question]").evaluate_all("all => all.map((one) => one.dataset.question)")
    )
    for number, one in enumerate(asked, 1):
        tab.locator(f'[data-question="{one.name}"] input').last.check()
        until(review, f"{number} answered")
    assert tab.locator("main script, main img, main svg[onload], main style").count() == 0
    lines = Answers(running.workspace.desk.decisions).lines
    path = running.workspace.plan_summary()["files"][0]["path"]
    assert lines.select(REVIEW).drop("decision").equals(review_lines(asked, [path]).drop("decision"), null_equal=True)
    row = tab.locator(f'.mend[data-row="{FIRST_WRONG}"]')
    for text in HOSTILE[:5]:
        row.get_by_label("Phone").fill(text)
        row.get_by_label("Phone").press("Enter")
        row.locator(".hint", has_text="Was call the office").wait_for()
    assert review.quiet(), review.complaints
    assert fits(review)


def test_all_of_many_questions_are_reached(review, running):
    hostile(running, count=60)
    review.visit("/review")
    tab = review.tab
    section = tab.locator("#kind-conflict")
    assert section.locator("[data-question]").count() == 25
    for count in (50, 60):
        section.locator("[data-more]").click()
        section.locator("[data-question]").nth(count - 1).wait_for()
    assert section.locator("[data-more]").count() == 0
    section.locator(".asked").nth(59).locator("input").first.check()
    until(review, "1 answered")
    review.visit("/review?kind=conflict&from=51")
    assert tab.locator("[data-question]").count() == 10
    assert tab.get_by_text("51 to 60 of 60").is_visible()
    assert review.quiet(), review.complaints


def test_every_state_is_accessible_and_fits_every_screen(running, open_window, computer):
    window = open_window(running)
    window.planned(computer.file("clients.csv", content((*ROWS, *WRONG[:3]))))
    window.visit("/review")
    window.tab.locator(".bulk").first.get_by_role("button", name="Skip").click()
    until(window, "answered")
    window.tab.locator(".toast").wait_for()
    row = window.tab.locator(".mend").first
    row.get_by_label("Email").fill("ben@example.com")
    row.get_by_label("Email").press("Enter")
    row.get_by_text("Fixed").wait_for()
    for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light"), (390, "dark"), (320, "light")):
        window.tab.set_viewport_size({"width": width, "height": 900})
        window.tab.emulate_media(color_scheme=scheme)
        assert fits(window), width
        if width != 320:
            assert window.accessible() == [], (width, scheme)
    assert window.quiet(), window.complaints
