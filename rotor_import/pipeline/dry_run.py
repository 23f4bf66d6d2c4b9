"""The dry run: what an import would do now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rotor_import.config import Settings
from rotor_import.mapping import Mapping
from rotor_import.pipeline.decisions import Decided
from rotor_import.pipeline.drainer import account_of
from rotor_import.pipeline.progress import OnProgress, Telling
from rotor_import.pipeline.reading import read
from rotor_import.pipeline.remote_files import each
from rotor_import.pipeline.saved_mark import check_target
from rotor_import.pipeline.session import Session, World, new_run_id

if TYPE_CHECKING:
    from rotor_import.pipeline.import_report import ImportReport


def plan_import(
    files: Sequence[Path | str],
    mapping: Mapping | str | Path | None,
    settings: Settings | None = None,
    world: World | None = None,
    *,
    save: Path | str | None = None,
    decisions: Decided | None = None,
    progress: OnProgress | None = None,
) -> ImportReport:
    """The dry run: what `run_import` would do now. Sends no POST, and with `directory="none"` nothing at all.

    `save` is where to put the plan, for `run_import` to be held to it. `decisions` and `progress` are as for
    `run_import`. Raises the errors of `rotor_import.errors`.
    """
    if save is not None:
        check_target(Path(save))
    with Telling(world or World(), progress) as told:
        return _plan(each(files), mapping, settings or Settings(), told, save, decisions)


def _plan(
    files: Sequence[Path | str],
    mapping: Mapping | str | Path | None,
    settings: Settings,
    world: World,
    save: Path | str | None,
    decisions: Decided | None,
) -> ImportReport:
    run = new_run_id(world.clock)
    inputs = read(files, mapping, settings, decisions, sleep=world.clock.sleep)
    from rotor_import.pipeline.dry_plan import ImportReport, make_folder, planned, write_report  # noqa: PLC0415 - loaded meanwhile

    make_folder(settings.report_dir)
    looking = settings.directory != "api"
    with Session(settings, world, run, looking=looking) as session:
        account = session.known_account() if looking else account_of(session)
        plan, counted, summary = planned(session, account, inputs, run)
        inputs = replace(inputs, rows=inputs.rows.clear(), looking=None)  # the plan has all that is written and told
        write_report(session, plan, inputs.sources, counted, summary)
        if save is not None:
            from rotor_import.pipeline.approval import Source, keep_plan  # noqa: PLC0415 - few plans are saved

            keep_plan(Path(save), session, account, Source(files, mapping, inputs), plan, summary)
        return ImportReport(summary)
