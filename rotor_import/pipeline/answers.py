"""Answers that are given one by one, kept as a review.csv that holds all lines answered so far."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

import polars as pl

from rotor_import.errors import DecisionError, ReportError
from rotor_import.model.decision import feed_of
from rotor_import.report.cells import table
from rotor_import.report.files import save
from rotor_import.report.read import read_frame
from rotor_import.report.review import BETWEEN_CHOICES, REVIEW

TOGETHER = "together"
"""A column beside those of review.csv: blank for an answer given by itself, else what it was given together with."""
COLUMNS = (*REVIEW, TOGETHER)
_LOCK = threading.Lock()
_OTHER_WORD = "{} isn't one of the choices of this question. Reload this page."


@lru_cache(maxsize=4)
def _read(path: Path, *_state: int) -> pl.DataFrame:
    try:
        frame = read_frame(path)
    except (OSError, pl.exceptions.PolarsError):
        raise ReportError(f"The answers in {path} can't be read. Remove the file to answer again.") from None
    missing = [pl.lit(None, dtype=pl.String).alias(name) for name in COLUMNS if name not in frame.columns]
    return frame.with_columns(missing).select(COLUMNS)


class Answers:
    """The file at `path`; it is not there while nothing is answered."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def lines(self) -> pl.DataFrame:
        """The lines of review.csv that are answered. Raises ReportError."""
        if not self.path.is_file():
            return table(COLUMNS, [])
        about = self.path.stat()
        return _read(self.path, about.st_ino, about.st_mtime_ns, about.st_size)

    def give(self, lines: pl.DataFrame, word: str, together: str = "") -> None:
        """Answer the questions of these lines. Raises DecisionError for a word that one of them doesn't offer."""
        offered = lines.get_column("choices").fill_null("").unique().to_list()
        if any(word not in choices.split(BETWEEN_CHOICES) for choices in offered):
            raise DecisionError(_OTHER_WORD.format(word))
        said = pl.lit(word).alias("decision"), pl.lit(together or None, dtype=pl.String).alias(TOGETHER)
        with _LOCK:
            own = self.lines
            kept = own.filter(~pl.col("question").is_in(lines.get_column("question").implode()))
            self._save(pl.concat([kept, lines.with_columns(said).select(COLUMNS)]))

    def take_back(self, question: str) -> None:
        with _LOCK:
            self._save(self.lines.filter(pl.col("question") != question))

    def take_back_all(self, together: str) -> int:
        """Take back what was answered together; an answer that was given by itself since stays. Their number."""
        with _LOCK:
            own = self.lines
            left = own.filter(pl.col(TOGETHER).ne_missing(pl.lit(together)))
            self._save(left)
            return own.height - left.height

    def keep_those_of(self, feed: str) -> None:
        """Forget answers about another feed: a mapping of another name asks other questions."""
        with _LOCK:
            own = self.lines
            feeds = {asked: feed_of(asked) for asked in own.get_column("question")}
            if any(of != feed for of in feeds.values()):
                self._save(own.filter(pl.Series([of == feed for of in feeds.values()], dtype=pl.Boolean)))

    def _save(self, lines: pl.DataFrame) -> None:
        if lines.is_empty():
            self.path.unlink(missing_ok=True)
        else:
            save(self.path, lines)
