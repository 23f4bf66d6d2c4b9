"""Questions on the page: their cards, their choices, and the decisions that are downloaded and followed."""

import csv

import pytest
from answers import questions
from browser import fits, rules_broken
from pages import A, asked, busy

from rotor_import.model.question import CHOICES, Question, Shown
from rotor_import.report.files import save
from rotor_import.report.page import PAGE, write_page
from rotor_import.report.review import review_lines
from rotor_import.report.tables import REVIEW

MANY = 7


@pytest.fixture
def office_line(office):
    """An office where strangers share keys in several ways: conflicts, a shared line, a household."""
    office.mapping.write_text(office.mapping.read_text().replace("on_stranger: merge", "on_stranger: hold"))
    office.rotor.seed(
        [
            {
                "phone": f"(763) 555-01{at:02}",
                "first_name": "Ann",
                "last_name": f"Old{at}",
                "email": f"a{at}@example.com",
            }
            for at in range(2 * MANY)
        ]
    )
    conflicts = [
        {"key": f"c{at}", "phone": f"(763) 555-01{at:02}", "email": f"a{at + MANY}@example.com", "first_name": "Ann"}
        for at in range(MANY)
    ]
    line = [
        {"key": name, "phone": "(763) 555-0190", "first_name": name, "last_name": f"{name}son"}
        for name in ("Ada", "Bo", "Cy")
    ]
    office.write([*conflicts, *line, {"key": "n", "email": "new@example.com", "first_name": "Nell"}])
    return office


def downloaded(page, path):
    with page.tab.expect_download() as download:
        page.tab.get_by_role("button", name="Download decisions").click()
    assert download.value.suggested_filename == "review.csv"
    download.value.save_as(path)
    return path


def unfolded(page):
    page.tab.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    return page


def test_a_card_has_the_row_beside_a_and_b_with_what_differs_marked(planned, open_page):
    tab = open_page(planned).tab
    card = tab.get_by_role("article", name="Conflict: Row 4")
    names = card.get_by_role("row", name="Name").get_by_role("cell").all_text_contents()
    assert [name.strip() for name in names] == ["Which", "differs: Ada Ray", "differs: Bo"]
    emails = card.get_by_role("row", name="Email").get_by_role("cell")
    assert emails.nth(1).locator(".differs").count() == 1
    assert emails.nth(2).locator(".same").count() == 1
    assert "same as the row" in emails.nth(2).text_content()
    card.get_by_text("What row 4 says").click()
    assert card.locator("details").get_by_text("Which").is_visible()
    values = card.locator("input[type=radio]").evaluate_all("all => all.map((one) => one.value)")
    assert values == list(CHOICES["conflict"])


def test_of_values_that_are_nearly_alike_the_letters_that_differ_are_marked(office, open_page):
    busy(office)
    row, a = (Shown("", (0, at), name, "", phone) for at, name, phone in
              ((2, "Jon Abbott", "+16125550133"), (3, "John Abbott", "+16125550933")))  # fmt: skip
    question = Question("n-1", "duplicate", CHOICES["duplicate"], "alike", ((0, 2),), row, a, score=0.91)
    tab = open_page(asked(office.plan(), [question])).tab
    card = tab.locator("#q-n-1")
    assert card.locator("mark").all_text_contents() == ["h", "9"]
    assert "91% alike" in card.inner_text()
    assert "(612) 555-0133" in card.inner_text()


def test_decisions_made_on_the_page_are_downloaded_and_followed(office_line, open_page, tmp_path):
    office = office_line
    outcome = office.plan()
    page = unfolded(open_page(outcome.folder / PAGE))
    words = {}
    for at, line in enumerate(questions(outcome)):
        word = {"conflict": ("use A", "use B", "skip")[at % 3], "stranger": "separate"}[line["kind"]]
        if at == 5:  # left for later
            continue
        words[line["question"]] = word
        page.tab.locator(f"#q-{line['question']} input[value='{word}']").check()
    assert page.tab.locator("#answered").inner_text() == f"{len(words)} of {len(words) + 1}"
    path = downloaded(page, tmp_path / "review.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines = list(csv.DictReader(file))
    assert {line["question"]: line["decision"] for line in lines if line["decision"]} == words
    assert list(lines[0]) == list(outcome.table("review.csv")[0])
    done = office.run(decisions=path)
    assert f"Decisions applied: {len(words)} of {len(words)}." in done.summary["notes"]
    assert done.summary["review"]["conflict"] == 1
    assert done.summary["review"]["stranger"] == 0
    assert page.quiet(), page.complaints


def test_hostile_values_come_back_from_the_download_as_they_were_and_run_nowhere(office, open_page, tmp_path):
    busy(office)
    evil = ['=1+1"', "</script><script>alert(1)</script>", "a,b\n;c", "+1 763", "'@x"]
    people = [Shown("", (0, 2), name, name, name, name, name) for name in evil]
    asks = [
        Question(f"n-{at:016x}", "conflict", CHOICES["conflict"], name, ((0, 2),), who, people[0], people[1])
        for at, (name, who) in enumerate(zip(evil, people, strict=True))
    ]
    outcome = office.plan()
    page = unfolded(open_page(asked(outcome, asks)))
    path = downloaded(page, tmp_path / "review.csv")
    with (
        path.open(newline="", encoding="utf-8-sig") as file,
        (outcome.folder / "review.csv").open(newline="", encoding="utf-8-sig") as own,
    ):
        assert list(csv.DictReader(file)) == list(csv.DictReader(own))
    assert page.quiet(), page.complaints


def test_decisions_of_a_feed_whose_name_looks_like_a_formula_are_downloaded_too(office, open_page, tmp_path):
    busy(office)
    office.mapping.write_text(office.mapping.read_text().replace("feed: nightly", 'feed: "=nightly"'))
    page = unfolded(open_page(office.plan().folder / PAGE))
    page.tab.locator("#kind-conflict input[value='use A']").check()
    path = downloaded(page, tmp_path / "review.csv")
    assert "'=nightly-" in path.read_text(encoding="utf-8-sig")
    done = office.run(decisions=path)
    assert "Decisions applied: 1 of 1." in done.summary["notes"]
    assert page.quiet(), page.complaints


def test_one_click_answers_a_group_leaves_single_answers_alone_and_is_undone(office_line, open_page):
    page = unfolded(open_page(office_line.plan().folder / PAGE))
    group = page.tab.locator("#kind-conflict")
    first = group.locator("fieldset[data-question]").first
    first.locator("input[value='skip']").check()
    bulk = group.locator(".bulk")
    assert bulk.locator("legend").inner_text() == f"Answer the other {MANY - 1}"
    bulk.get_by_role("button", name="Use B").click()
    assert group.locator("input[value='use B']:checked").count() == MANY - 1
    assert first.locator("input[value='skip']").is_checked()
    bulk.get_by_role("button", name="Undo").click()
    assert group.locator("input:checked").count() == 1


def test_answers_are_there_again_when_the_page_is_opened_again(office_line, open_page):
    file = office_line.plan().folder / PAGE
    page = unfolded(open_page(file))
    page.tab.locator("#kind-conflict input[value='use A']").first.check()
    page.tab.reload()
    assert page.tab.locator("#answered").inner_text().startswith("1 of ")
    assert page.tab.locator("#kind-conflict input[value='use A']").first.is_checked()


def test_a_long_group_shows_three_cards_and_the_others_when_asked(office_line, open_page):
    page = open_page(office_line.plan().folder / PAGE, 390)
    group = page.tab.locator("#kind-conflict")
    assert group.locator("article:visible").count() == 3
    group.get_by_text(f"Show the other {MANY - 3} questions").click()
    assert group.locator("article:visible").count() == MANY
    assert fits(page)
    assert rules_broken(page) == []


def test_a_link_to_a_question_in_a_folded_part_unfolds_it(office_line, open_page):
    outcome = office_line.plan()
    last = [line for line in questions(outcome) if line["kind"] == "conflict"][-1]
    tab = open_page(outcome.folder / PAGE).tab
    assert not tab.locator(f"#q-{last['question']}").is_visible()
    tab.locator(f"#lines a[href='#q-{last['question']}']").click()
    tab.locator(f"#q-{last['question']}").wait_for()


def test_a_suspicious_merge_shows_its_rows_and_what_was_dropped(planned, open_page):
    tab = open_page(planned).tab
    merge = tab.get_by_role("article", name="Suspicious merge into customer C3").inner_text()
    assert all(
        text in merge for text in ("2 rows become one customer", "Eve", "Fay", "e1@example.com", "e2@example.com")
    )
    tab.locator("#dropped summary").click()
    assert "e1@example.com" in tab.get_by_role("table", name="Values dropped when rows were merged").inner_text()


def test_a_household_is_no_call_for_attention_but_can_be_separated(office, open_page, tmp_path):
    office.mapping.write_text(office.mapping.read_text().replace("on_stranger: merge", "on_stranger: hold"))
    office.write(
        [
            {"key": "1", "phone": A, "email": "ann@example.com", "first_name": "Ann", "last_name": "Ray"},
            {"key": "2", "phone": A, "email": "bob@example.com", "first_name": "Bob", "last_name": "Ray"},
        ]
    )
    outcome = office.plan()
    assert outcome.summary["suspicious"] == 1
    assert [line["kind"] for line in questions(outcome)] == ["household"]
    page = open_page(outcome.folder / PAGE)
    assert "nothing needs your attention" in page.tab.locator("h1").inner_text()
    assert "1 to check" in page.tab.locator(".issues").inner_text()
    assert page.tab.locator("#suspicious").count() == 0  # it is asked about once
    page.tab.locator("#kind-household input[value='separate']").check()
    done = office.run(decisions=downloaded(page, tmp_path / "review.csv"))
    assert done.summary["sent"]["created"] == 2


def test_a_decision_that_is_in_the_file_already_is_chosen_on_the_page_made_from_it(office_line, open_page, tmp_path):
    outcome = office_line.plan()
    lines = questions(outcome)
    lines[0]["decision"] = "Use B"
    with (outcome.folder / "review.csv").open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    write_page(outcome.folder, outcome.summary)
    page = open_page(outcome.folder / PAGE)
    assert page.tab.locator(f"#q-{lines[0]['question']} input:checked").get_attribute("value") == "use B"
    with downloaded(page, tmp_path / "again.csv").open(newline="", encoding="utf-8-sig") as file:
        assert [line["decision"] for line in csv.DictReader(file) if line["decision"]] == ["use B"]


def test_of_several_files_every_row_in_a_title_has_its_file(office, open_page):
    questions = [
        Question(f"n-{at}", "household", CHOICES["household"], "alike", rows)
        for at, rows in enumerate((((0, 2), (0, 3)), ((0, 2), (1, 4), (1, 5))))
    ]
    office.write([{"key": "1", "phone": A}, {"key": "2", "phone": A}])
    outcome = office.plan()
    files = ["north/clients.csv", "south/clients.csv"]
    save(outcome.folder / REVIEW.file_name(), review_lines(questions, files))
    summary = {**outcome.summary, "files": [{**outcome.summary["files"][0], "path": path} for path in files]}
    write_page(outcome.folder, summary)
    titles = open_page(outcome.folder / PAGE).tab.locator("#kind-household h4").all_inner_texts()
    assert titles == ["north/clients.csv, rows 2, 3", "north/clients.csv, row 2; south/clients.csv, rows 4, 5"]


def test_questions_that_the_page_lacks_are_said_to_be_missing_from_the_download(office, open_page):
    office.write([{"key": "1", "phone": A}])
    many = [Question(f"n-{at}", "household", CHOICES["household"], "alike", ((0, 2),)) for at in range(130)]
    group = open_page(asked(office.plan(), many)).tab.locator("#kind-household")
    assert "130 households" in group.locator("h3").inner_text()
    said = group.get_by_text("30 more questions").inner_text()
    assert "not in the file that you download" in said
