"""What was answered and fixed since the dry run: its own answers and corrections are kept beside those of now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rotor_import.files import write_whole
from rotor_import.pipeline.answers import Answers
from rotor_import.pipeline.corrections import CorrectedCell, read_corrections
from rotor_import.web.desk import Desk

_ANSWERS, _CORRECTIONS = "planned-review.csv", "planned-corrections.csv"


def keep_for(desk: Desk) -> Callable[[], None]:
    """What the plan that begins now is made from; to be called once there is that plan."""
    own, before = desk.own, {_ANSWERS: _bytes(desk.decisions), _CORRECTIONS: _bytes(desk.corrections)}

    def keep() -> None:
        for name, data in before.items():
            if data is None:
                (own / name).unlink(missing_ok=True)
            else:
                write_whole(own / name, lambda file, data=data: file.write(data))  # type: ignore[misc]

    return keep


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def words_of(answers: Answers) -> dict[str, str]:
    """The word of each question."""
    lines = answers.lines
    return dict(zip(lines.get_column("question").to_list(), lines.get_column("decision").to_list(), strict=True))


def planned_words(desk: Desk) -> dict[str, str]:
    """The answers that the plan was made with."""
    return words_of(Answers(desk.own / _ANSWERS))


def corrections_of(path: Path) -> dict[tuple[str, int, str], CorrectedCell]:
    """The corrections by their place. Raises CorrectionError."""
    return {cell.place: cell for cell in read_corrections(path)} if path.is_file() else {}


def planned_corrections(desk: Desk) -> dict[tuple[str, int, str], CorrectedCell]:
    return corrections_of(desk.own / _CORRECTIONS)
