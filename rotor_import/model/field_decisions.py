"""A person's decisions about fields of which the file and Rotor say different things, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from rotor_import.model.decision import Answer, Decision, FieldWord, field_question
from rotor_import.model.fields import Value, one_text

OTHER_WORD = "this answer belongs to another kind of question"
NOT_ASKED = "the file and Rotor now agree about this field, or one of them has changed since you were asked"


class FieldDecisions:
    """The decisions of one import that say `file` or `rotor`, by their questions."""

    def __init__(self, feed: str = "", given: Iterable[Decision] = ()) -> None:
        self._feed = feed
        self._given = {decision.question: decision for decision in given}
        self.answers: dict[str, Answer] = {}

    def word(self, customer: str, field: str, file_value: Value, rotor_value: Value) -> FieldWord | None:
        """What a person said about a field that would be held, None for nothing that fits."""
        if not self._given:
            return None
        asked = field_question(self._feed, customer, field, one_text(file_value), one_text(rotor_value))
        decision = self._given.get(asked)
        if decision is None:
            return None
        match decision.word:
            case "file" | "rotor":
                self.answers[asked] = Answer(asked)
                return decision.word
            case "use A" | "use B" | "create" | "skip" | "same" | "separate" | "ignore" | "different":
                self.answers[asked] = Answer(asked, OTHER_WORD)
                return None
            case unhandled:
                assert_never(unhandled)


def not_asked(given: Sequence[Decision], answers: Iterable[Answer]) -> Iterator[Answer]:
    """Answers to the decisions about fields that none of the `answers` is to: nobody asked."""
    answered = {answer.question for answer in answers}
    for decision in given:
        if decision.word in ("file", "rotor") and decision.question not in answered:
            yield Answer(decision.question, NOT_ASKED)
