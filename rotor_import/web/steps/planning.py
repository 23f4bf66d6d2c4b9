"""Makes the dry run of what is on the desk."""

from __future__ import annotations

from pathlib import Path

from rotor_import.pipeline import World, plan_import
from rotor_import.web.asked import forget_other_feeds, keep_rows
from rotor_import.web.since_plan import keep_for
from rotor_import.web.suspicious import suspicious
from rotor_import.web.workspace import Workspace


def begin_plan(workspace: Workspace) -> None:
    """Plan in the background. Raises Busy."""
    forget_other_feeds(workspace)
    desk, settings = workspace.desk.now, workspace.settings_now()
    origin, keep = workspace.planned_from(), keep_for(workspace.desk)

    def work(world: World) -> None:
        report = plan_import([Path(desk.file)], desk.mapping, settings, world)
        keep()
        folder = Path(report.summary["report"])
        keep_rows(workspace, folder)
        suspicious(workspace, folder)  # found now, so that the page is there at once
        workspace.desk.change(plan=report.summary["run"], planned_from=origin, run="")

    workspace.jobs.begin("plan", work)
