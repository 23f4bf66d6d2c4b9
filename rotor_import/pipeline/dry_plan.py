"""What a dry run makes of files that were read; `dry_run` loads it meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rotor_import.model.plan import Plan
from rotor_import.model.summary import Summary
from rotor_import.pipeline.file_stats import file_stats
from rotor_import.pipeline.import_report import ImportReport
from rotor_import.pipeline.planning import plan_inputs
from rotor_import.pipeline.problems import known_of, problems_of
from rotor_import.pipeline.reading import Inputs
from rotor_import.pipeline.results import plan_summary, write_report
from rotor_import.pipeline.session import Session
from rotor_import.report import ColumnCounts, count_cells, make_folder

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account

__all__ = ["ImportReport", "make_folder", "planned", "write_report"]


def planned(
    session: Session, account: Account | None, inputs: Inputs, run: str
) -> tuple[Plan, Sequence[ColumnCounts], Summary]:
    """The plan, what becomes of the files' cells, and its summary."""
    plan, _ = plan_inputs(session, account, inputs, run, lasting=False)
    folder, stats = session.settings.report_dir / run, file_stats(inputs)
    counted = count_cells(plan, inputs.sources, inputs.uses, inputs.rows)
    known = known_of(session, account, inputs.mapping.feed, problems_of(plan, inputs.sources))
    summary = plan_summary(session, plan, counted, run=run, mode="plan", folder=folder, file_stats=stats)
    summary["known"] = known
    return plan, counted, summary
