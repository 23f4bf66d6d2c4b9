"""Compares Rotor with what a run left there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rotor_import.config import Settings
from rotor_import.ledger.feeds import Feed
from rotor_import.model.before_image import BeforeImage
from rotor_import.model.customer import Customer
from rotor_import.model.fields import UNREADABLE_FIELDS, blank, one_text
from rotor_import.model.sameness import NormalForm, same_field
from rotor_import.pipeline.customer_list import whole_directory
from rotor_import.pipeline.drainer import account_of
from rotor_import.pipeline.history import changed_by, find_run, saved_summary
from rotor_import.pipeline.quota_wait import patiently
from rotor_import.pipeline.session import Session, World, new_run_id
from rotor_import.pipeline.ways import normal_form
from rotor_import.report import write_page, write_verification

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account
    from rotor_import.ledger.runs import Run
    from rotor_import.model.summary import Summary


def verify(name: str, settings: Settings, world: World | None = None) -> dict[str, Any]:
    """Read Rotor's list, and compare each field with what the run left there. Sends no POST.

    Fields that Rotor never shows are `unreadable`. The differences are also in verify.csv of the run's report, where
    that still is. Raises SettingsError.
    """
    world = world or World()
    with Session(settings, world, new_run_id(world.clock)) as session:
        account = account_of(session)
        run = find_run(session, name)
        images, unsaved = changed_by(session, account, [run])
        links = Feed(session.ledger, account.id, run.feed).all_links()
        directory = patiently(session, lambda: whole_directory(session, account, run.region, links))
        compared = _Compared(normal_form(run.region, images, directory.customers))
        for image in images:
            compared.add(image, directory.customers.get(image.customer))
        gone = sum(image.customer not in directory.customers for image in images)
        notes = [*_notes(images, _pending(session, account, run), gone), *unsaved]
        shown = _written(session, run, compared.differences)
    return {
        "run": run.id,
        "customers": len(images),
        "fields": compared.counts,
        "differences": compared.differences,
        "report": shown,
        "notes": notes,
    }


def _written(session: Session, run: Run, differences: Sequence[Mapping[str, str]]) -> str:
    """Write the differences into the run's report; its folder comes back, '' if that is gone."""
    folder = Path(run.report)
    if not run.report or not folder.is_dir():
        return ""
    write_verification(folder, differences)
    if (summary := saved_summary(folder)) and run.mode != "undo":
        write_page(folder, cast("Summary", summary), None, session.counted.log(run.id))
    return run.report


class _Compared:
    """The fields so far: how many are as the run left them, and those that are not."""

    def __init__(self, normal: NormalForm) -> None:
        self._normal = normal
        self.counts = {"equal": 0, "different": 0, "unreadable": 0}
        self.differences: list[dict[str, str]] = []

    def add(self, image: BeforeImage, held: Customer | None) -> None:
        """`held` is the customer as Rotor shows it, None for one who is gone."""
        for field in image.fields:
            if field.field in UNREADABLE_FIELDS and held is not None:
                self.counts["unreadable"] += 1
                continue
            nothing = blank(field.field)
            now = nothing if held is None else held.values.get(field.field, nothing)
            if held is not None and same_field(field.field, field.left, now, self._normal):
                self.counts["equal"] += 1
                continue
            self.counts["different"] += 1
            left, shown = one_text(field.left), one_text(now)
            self.differences.append({"id": image.customer, "field": field.field, "left": left, "now": shown})


def _pending(session: Session, account: Account, run: Run) -> int:
    """How many of the run's changes are still to be sent."""
    return sum(change.run == run.id for change in session.outbox(account).pending())


def _notes(images: Sequence[BeforeImage], pending: int, gone: int) -> Iterator[str]:
    if gone:
        customers = "1 customer is" if gone == 1 else f"{gone:,} customers are"
        yield f"{customers} gone from Rotor: each field counts as different, and is blank now."
    undone = {image.undone_by for image in images if image.undone_by}
    if undone:
        yield f"This run was undone by {', '.join(sorted(undone))}."
    if pending:
        yield f"{pending:,} of this run's changes {'is' if pending == 1 else 'are'} not sent yet."
