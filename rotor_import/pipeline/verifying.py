"""Compares Rotor with what a run left there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rotor_import.config import Settings
from rotor_import.ledger.feeds import Feed
from rotor_import.model.before_image import BeforeImage, FieldImage
from rotor_import.model.customer import Customer
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD, UNREADABLE_FIELDS, Value, one_text
from rotor_import.model.sameness import same
from rotor_import.pipeline.customer_list import normal_forms, whole_directory
from rotor_import.pipeline.drainer import account_of
from rotor_import.pipeline.history import changed_by, find_run, not_saved, saved_summary
from rotor_import.pipeline.quota_wait import patiently
from rotor_import.pipeline.session import Session, World, new_run_id
from rotor_import.plan import ACTIVE, STATUS
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
        images = changed_by(session, account, [run])
        links = Feed(session.ledger, account.id, run.feed).all_links()
        directory = patiently(session, lambda: whole_directory(session, account, run.region, links))
        phones, emails = normal_forms(run.region)
        compared = _Compared({"phone": phones, "email": emails})
        for image in images:
            compared.add(image, directory.customers.get(image.customer))
        gone = sum(image.customer not in directory.customers for image in images)
        notes = [*_notes(images, pending_of(session, account, run), gone), *not_saved(session, account, [run])]
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

    def __init__(self, forms: Any) -> None:
        self._forms = forms
        self.counts = {"equal": 0, "different": 0, "unreadable": 0}
        self.differences: list[dict[str, str]] = []

    def add(self, image: BeforeImage, held: Customer | None) -> None:
        """`held` is the customer as Rotor shows it, None for one who is gone."""
        for field in image.fields:
            if field.field in UNREADABLE_FIELDS and held is not None:
                self.counts["unreadable"] += 1
                continue
            now = _now(field, held)
            if held is not None and self._is_same(field, now):
                self.counts["equal"] += 1
                continue
            self.counts["different"] += 1
            left, shown = one_text(field.left), one_text(now)
            self.differences.append({"id": image.customer, "field": field.field, "left": left, "now": shown})

    def _is_same(self, field: FieldImage, now: Value) -> bool:
        if field.field in KEY_FIELDS:
            return bool(self._form(field.field, field.left) == self._form(field.field, now))
        if field.field == STATUS:
            return (field.left or ACTIVE) == (now or ACTIVE)
        return same(field.left, now)

    def _form(self, name: str, value: Value) -> Value:
        text = str(value)
        return (self._forms[name]([text]).get(text) or text) if text else ""


def _now(field: FieldImage, held: Customer | None) -> Value:
    blank: Value = () if field.field == TAGS_FIELD else ""
    return blank if held is None else held.values.get(field.field, blank)


def pending_of(session: Session, account: Account, run: Run) -> int:
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
