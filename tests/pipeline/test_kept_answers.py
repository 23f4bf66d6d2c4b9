"""Answers that are given one by one are kept as a review.csv, which the command line takes as it is."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotor_import.errors import DecisionError
from rotor_import.model.question import CHOICES, KINDS, Question, Shown
from rotor_import.pipeline.answers import TOGETHER, Answers
from rotor_import.pipeline.decisions import read_decisions
from rotor_import.report.review import REVIEW, review_lines

TEXTS = st.one_of(
    st.sampled_from(["=1+1", "'=x", "+1 763", "a;=b", 'a\n"b', "<script>", "\u202egnp", "''", ""]),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12).map(str.strip),
)
PEOPLE = st.builds(Shown, id=TEXTS, name=TEXTS, company=TEXTS, phone=TEXTS, email=TEXTS, address=TEXTS)


@st.composite
def asked(draw):
    """Lines of questions of every kind, each with the word that is its answer."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=6))
    questions = [
        Question(f"f-{at:016x}", kind, CHOICES[kind], draw(TEXTS), ((0, at + 2),), *(draw(PEOPLE) for _ in range(3)))
        for at, kind in enumerate(kinds)
    ]
    words = [draw(st.sampled_from(CHOICES[kind])) for kind in kinds]
    return review_lines(questions, ["a.csv"]), words


@given(world=asked(), order=st.randoms())
def test_the_answers_are_the_decisions_that_the_command_line_reads(tmp_path_factory, world, order):
    lines, words = world
    answers = Answers(tmp_path_factory.mktemp("answers") / "review.csv")
    places = list(range(lines.height))
    order.shuffle(places)
    for at in places:
        answers.give(lines[at], words[at])
    assert answers.path.read_bytes().startswith(codecs.BOM_UTF8)
    found = {one.question: one.word for one in read_decisions(answers.path, "f")}
    assert found == dict(zip(lines.get_column("question"), words, strict=True))
    kept = answers.lines.sort("question").select(REVIEW).drop("decision")
    assert kept.equals(lines.sort("question").drop("decision"), null_equal=True)


def lines_of(kind, count):
    return review_lines(
        [Question(f"f-{at:016x}", kind, CHOICES[kind], "why", ((0, at + 2),)) for at in range(count)], ["a.csv"]
    )


@pytest.fixture
def answers(tmp_path):
    return Answers(tmp_path / "review.csv")


def words(answers):
    return dict(zip(answers.lines.get_column("question"), answers.lines.get_column("decision"), strict=True))


def test_a_later_answer_takes_the_place_of_an_earlier_one_and_the_last_taken_back_leaves_no_file(answers):
    lines = lines_of("conflict", 2)
    answers.give(lines[0], "use A")
    answers.give(lines[1], "create")
    answers.give(lines[0], "skip")
    first, second = lines.get_column("question")
    assert words(answers) == {second: "create", first: "skip"}
    answers.take_back(second)
    assert words(answers) == {first: "skip"}
    answers.take_back(first)
    assert not answers.path.exists()


def test_what_was_answered_together_is_taken_back_together_but_for_what_was_answered_by_itself_since(answers):
    lines = lines_of("household", 4)
    answers.give(lines[0], "separate")
    answers.give(lines[1:], "same", "1 household")
    answers.give(lines[2], "separate")
    assert answers.take_back_all("1 household") == 2
    assert set(words(answers)) == {lines.get_column("question")[0], lines.get_column("question")[2]}
    assert answers.lines.get_column(TOGETHER).null_count() == 2


def test_a_word_that_a_question_does_not_offer_changes_nothing(answers):
    with pytest.raises(DecisionError, match="separate isn't one of the choices"):
        answers.give(lines_of("conflict", 2), "separate")
    assert not answers.path.exists()


def test_answers_about_another_feed_are_forgotten(answers):
    answers.give(lines_of("gone", 2), "skip")
    answers.keep_those_of("f")
    assert answers.lines.height == 2
    answers.keep_those_of("g")
    assert not answers.path.exists()
