"""Whether later runs built upon those that are to be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rotor_import.errors import Safeguard
from rotor_import.ledger.before_images import BeforeImages
from rotor_import.model.before_image import BeforeImage

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account
    from rotor_import.ledger.runs import Run
    from rotor_import.pipeline.session import Session


@dataclass(frozen=True)
class BuiltUpon:
    """The `runs` are those to be undone, the newest first."""

    session: Session
    account: Account
    runs: Sequence[Run]

    def check(self, images: Sequence[BeforeImage]) -> None:
        """Raises Safeguard where a later run isn't finished, or changed the same customers and nothing is forced."""
        self._check_pending()
        later = self._later(images)
        if not later or self.session.settings.force:
            return
        names = sorted({image.run for image in later}, key=self._began, reverse=True)
        customers = len({image.customer for image in later})
        raise Safeguard(
            f"Later runs changed {customers:,} of the same customers. Undo those too, the newest first:\n"
            f"{self._commands(names)}\n"
            "To undo only what they left as it was, add --force."
        )

    def _check_pending(self) -> None:
        """What the feed has pending would be dropped."""
        names = {run.id for run in self.runs}
        pending = self.session.outbox(self.account).pending()
        blocking = sorted({change.run for change in pending if change.feed == self.runs[0].feed} - names)
        if blocking:
            runs = [run for name in blocking if (run := self.session.runs.find(name)) is not None]
            words = f"Changes of {', '.join(blocking)} are still to be sent. Finish that first: rotor-import resume"
            if all(run.mode != "undo" for run in runs):
                words += f"\nOr undo that too:\n{self._commands(blocking[::-1])}"
            raise Safeguard(words)

    def _later(self, images: Sequence[BeforeImage]) -> list[BeforeImage]:
        """What later runs changed."""
        store, names = BeforeImages(self.session.ledger, self.account.id), [run.id for run in self.runs]
        still = [image for image in images if not image.undone_by]
        found = store.later(still, self.runs[-1].started_at, names) if still else []
        counting = {name for name in {image.run for image in found} if self._counts(name)}
        return [image for image in found if image.run in counting]

    def _counts(self, name: str) -> bool:
        """Whether a later run changed what these left: an undo of what came after them, or of them, did not."""
        undone = self._undone_by(name)
        if not undone:
            return True
        began = self.runs[-1].started_at
        return not undone & {run.id for run in self.runs} and any(self._began(one) < began for one in undone)

    def _undone_by(self, name: str) -> set[str]:
        """The runs that a run has undone, and those that these have undone."""
        run = self.session.runs.find(name)
        own = set(run.summary["undoes"]) if run is not None and run.mode == "undo" else set()
        return own.union(*(self._undone_by(one) for one in own))

    def _began(self, name: str) -> float:
        run = self.session.runs.find(name)
        return run.started_at if run else 0.0

    def _commands(self, later: Sequence[str]) -> str:
        """One command for runs of one feed, else one for each run."""
        own = [run.id for run in self.runs]
        feeds = {run.feed for name in later if (run := self.session.runs.find(name)) is not None}
        if feeds <= {self.runs[0].feed}:
            return f"  rotor-import undo {' '.join([*later, *own])}"
        return "\n".join(f"  rotor-import undo {name}" for name in [*later, " ".join(own)])
