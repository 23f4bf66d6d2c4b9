"""What a command names: its mapping, its folder, its settings, and so which feed of which account it is about."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rotor_import.config import Settings
from rotor_import.errors import RotorImportError
from rotor_import.ledger.feed_states import FeedStates
from rotor_import.ledger.file_history import FileHistory
from rotor_import.ledger.runs import Runs
from rotor_import.ledger.store import Ledger
from rotor_import.mapping import load_mapping
from rotor_import.pipeline.session import Session, World

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account


@dataclass(frozen=True)
class Job:
    """A command and what it names; `settings` are None if they can't be used, and `run` is '' if it made none.

    A saved plan has its own mapping, so that none is named. `asked_for` is the profile that somebody chose, even one
    that can't be used.
    """

    command: Literal["run", "sync"]
    mapping: str | None
    world: World
    settings: Settings | None
    folder: str = ""
    run: str = ""
    asked_for: str = ""

    @property
    def profile(self) -> str:
        return self.asked_for if self.settings is None else self.settings.profile

    @property
    def where(self) -> str:
        """Which feed it is about, in words."""
        profile = f" (profile {self.profile})" if self.profile else ""
        if self.feed is None and self.mapping is None:
            is_plan = self.command == "run" and self.settings is not None
            return f"a saved plan{profile}" if is_plan else f"profile {self.profile}" if self.profile else "no mapping"
        return f"feed {self.feed}{profile}" if self.feed else f"mapping {self.named}{profile}"

    @property
    def named(self) -> str:
        """What the feed of a mapping that can't be read is called unless it says otherwise."""
        return Path(self.mapping or "").stem

    @cached_property
    def feed(self) -> str | None:
        """The feed, if that can be known."""
        if self.mapping is None:
            return self._feed_of_run()
        try:
            return load_mapping(self.mapping).feed
        except RotorImportError:
            return None

    @cached_property
    def account(self) -> Account | None:
        """The account, if the ledger knows the key's."""
        if self.settings is None:
            return None
        try:
            with Session(self.settings, self.world, "", looking=True) as session:
                return session.known_account()
        except RotorImportError:
            return None

    def last_file(self) -> float | None:
        """When a sync of the feed last took a file."""
        if self.settings is None or self.account is None or self.feed is None:
            return None
        try:
            with Ledger(self.settings.ledger_url) as ledger:
                known = FileHistory(ledger, self.account.id).known(self.feed)
        except RotorImportError:
            return None
        return max((file.at for file in known if file.state == "taken"), default=None)

    def states(self, ledger: Ledger) -> FeedStates:
        account = None if self.account is None else self.account.id
        return FeedStates(ledger, self._key, account, self.feed)

    @property
    def _key(self) -> str:
        """Names the job while its account or its feed isn't known: from what stands in the command alone."""
        settings = self.settings or Settings()
        rotor = "sandbox" if settings.sandbox else settings.base_url
        parts = (rotor, self.command, self.folder, self.mapping or "", settings.profile)
        return hashlib.sha256("\n".join(parts).encode(errors="surrogateescape")).hexdigest()

    def _feed_of_run(self) -> str | None:
        if self.settings is None or not self.run:
            return None
        try:
            with Ledger(self.settings.ledger_url) as ledger:
                run = Runs(ledger).find(self.run)
        except RotorImportError:
            return None
        return None if run is None else run.feed
