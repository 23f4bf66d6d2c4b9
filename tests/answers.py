"""What a person writes into review.csv, given back to the program."""

import csv
import re


def rows_of(line):
    """The numbers of all rows of a question."""
    return {int(number) for number in re.findall(r"\d+", line["rows"])}


def questions(outcome, kind=None):
    return [line for line in outcome.table("review.csv") if kind in (None, line["kind"])]


def choices(line):
    return line["choices"].split(" | ")


def answered(office, outcome, word_of):
    """review.csv with the word that `word_of` finds for each line, '' for none: the file for `decisions`."""
    lines = questions(outcome)
    path = office.folder / "decided.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows({**line, "decision": word_of(line)} for line in lines)
    return path


def answered_with(office, outcome, word):
    return answered(office, outcome, lambda _: word)
