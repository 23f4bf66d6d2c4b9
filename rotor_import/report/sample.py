"""sample.csv: the customers of a trial, with what to look at in Rotor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rotor_import.model.change import label_of
from rotor_import.model.fields import Value
from rotor_import.model.summary import TriedCustomer
from rotor_import.report.cells import person, table
from rotor_import.report.files import save

SAMPLE = "sample.csv"
COLUMNS = ("customer", "id", "name", "outcome", "look_at")


def full_name(values: Mapping[str, Value]) -> str:
    """A person's or else a company's name; '' where there is none."""
    return person(values)[0]


def write_sample(folder: Path, customers: Sequence[TriedCustomer]) -> None:
    """Raises ReportError. Nothing is written where the report's folder is gone."""
    if folder.is_dir():
        lines = (
            (label_of(one["number"]), one["id"], one["name"], one["outcome"], "; ".join(one["shows"]))
            for one in customers
        )
        save(folder / SAMPLE, table(COLUMNS, lines))
