"""An account's ledger, client and quota, opened together, and the lock that keeps other runs out."""

from __future__ import annotations

import random
import secrets
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rotor_import.api import RetryPolicy, check_base_url, check_key, longest_attempt
from rotor_import.config import Settings
from rotor_import.errors import LedgerError, SettingsError
from rotor_import.ledger.quota_usage import NoRequests, is_there
from rotor_import.model.clock import Clock
from rotor_import.model.progress import Stage
from rotor_import.quota import Limits, Quota

if TYPE_CHECKING:
    import httpx

    from rotor_import.api import RotorClient
    from rotor_import.ledger.accounts import Account, Accounts
    from rotor_import.ledger.outbox import Outbox
    from rotor_import.ledger.requests import Requests
    from rotor_import.ledger.runs import Run, Runs
    from rotor_import.ledger.store import Ledger
    from rotor_import.pipeline.proposal import Confirm
    from rotor_import.sandbox import Sandbox

READ = "customers:read"
_SANDBOX_URL = "http://127.0.0.1/open-api"


Stopping = Callable[[], bool]


@contextmanager
def _undisturbed() -> Iterator[Stopping]:
    yield lambda: False


def _uptime() -> float:
    """Python's monotonic clock leaves out the time that a computer slept; Linux has one that does not."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic()


@dataclass(frozen=True)
class World:
    """What is handed in from outside: clock, chance, transport, progress, signals, and the computer's own start.

    Within `shield` a signal ends nothing; the function that it yields says whether somebody wants to stop, and
    the clock's sleep then raises Interrupted.
    """

    clock: Clock = field(default_factory=Clock)
    jitter: Callable[[], float] = random.random
    transport: httpx.BaseTransport | None = None
    progress: Callable[[Stage, int, int], None] = lambda _stage, _done, _total: None
    shield: Callable[[], AbstractContextManager[Stopping]] = _undisturbed
    uptime: Callable[[], float] = _uptime
    """Seconds since this computer started."""
    confirm: Confirm | None = None
    """Asked by `run_import` before it sends anything; a run that nobody confirms sends without asking."""


@dataclass(frozen=True)
class _Way:
    """How Rotor is reached; without a `transport` that is the network."""

    url: str
    key: str = field(repr=False)
    transport: httpx.BaseTransport | None


class Session:
    """An account's ledger, client and quota, as a context manager. Without a key only the ledger can be read.

    A session that is only `looking` sends nothing, and makes no ledger where there is none.
    """

    def __init__(self, settings: Settings, world: World, run: str, *, looking: bool = False) -> None:
        self.settings = settings
        self.world = world
        self.run = run
        self._blank = looking and not is_there(settings.ledger_url)
        self._stack = ExitStack()
        try:
            self._open(looking=looking)
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def account(self, *, scope: str = "") -> Account:
        """The key's account; Rotor is asked about a key never seen, or one that lacked the scope."""
        known = self.known_account()
        if known is not None and (not scope or scope in known.scopes):
            return known
        identity = self.client.auth_test()
        self.accounts.remember(self.key_hash, self.account_url, identity.company_id, identity.scopes)
        account = self.known_account()
        if account is None:
            raise LedgerError("The ledger didn't save the account. Check that there is space on its disk.")
        return account

    def known_account(self) -> Account | None:
        return None if self._blank else self.accounts.find(self.key_hash)

    def outbox(self, account: Account) -> Outbox:
        from rotor_import.ledger.outbox import Outbox  # noqa: PLC0415 - only an account has one

        return Outbox(self.ledger, account.id)

    def outbox_of(self, account: Account, run: Run) -> Outbox:
        """The outbox as the run uses it."""
        if run.mode != "undo":
            return self.outbox(account)
        from rotor_import.ledger.undo_outbox import UndoOutbox  # noqa: PLC0415 - as above

        return UndoOutbox(self.ledger, account.id, run.id, run.summary["undoes"])

    def only_one(self, account: Account) -> AbstractContextManager[None]:
        """Lock the account until the block or the process ends. Raises AccountBusy if another run has the lock."""
        return self.ledger.hold(account.id, self.world.clock.now())

    def _open(self, *, looking: bool) -> None:
        settings = self.settings
        transport, url, key = self.world.transport, settings.base_url, settings.key
        company = ""
        if settings.sandbox:
            self.embedded = self._sandbox()
            transport, url, key = self._transport_to(self.embedded), _SANDBOX_URL, "sandbox"
            company = self.embedded.store.company_id
        self.has_key = bool(key)
        url = check_base_url(url)
        self.account_url = "sandbox" if settings.sandbox else url
        self.retry = RetryPolicy(settings.max_attempts, settings.retry_base, settings.retry_cap)
        self._way = _Way(url, check_key(key) if key else "", transport)
        self.key_hash = ""
        if not self._blank:
            self._open_ledger(f"{key} {company}" if company else key)  # one that was reset is another account
        self.counted = NoRequests() if self._blank else self.attempts
        self.quota = Quota(self.counted, self.key_hash, self._limits(), self.world.clock, self.run)
        if self.has_key and not looking:
            _ = self.client

    def _open_ledger(self, key: str) -> None:
        """The imports are late because a database takes long to load."""
        from rotor_import.ledger.accounts import Accounts  # noqa: PLC0415
        from rotor_import.ledger.requests import Requests  # noqa: PLC0415
        from rotor_import.ledger.runs import Runs  # noqa: PLC0415
        from rotor_import.ledger.store import Ledger  # noqa: PLC0415

        self.ledger: Ledger = self._stack.enter_context(Ledger(self.settings.ledger_url))
        self.accounts: Accounts = Accounts(self.ledger)
        self.runs: Runs = Runs(self.ledger)
        self.attempts: Requests = Requests(self.ledger)
        self.key_hash = self.accounts.key_hash(self.account_url, key)

    @cached_property
    def client(self) -> RotorClient:
        """A session that sends makes it at once, so that a wrong address or proxy is reported before anything else."""
        from rotor_import.api import RotorClient  # noqa: PLC0415 - a session that only looks needs no network

        world, settings, way = self.world, self.settings, self._way
        client = RotorClient(
            way.url,
            way.key,
            meter=self.quota,
            transport=way.transport,
            timeout=settings.timeout,
            retry=self.retry,
            sleep=world.clock.sleep,
            now=world.clock.now,
            monotonic=world.clock.monotonic,
            jitter=world.jitter,
            patience=settings.patience,
            wall=world.clock.moment,
        )
        return self._stack.enter_context(client)

    def _limits(self) -> Limits:
        settings = self.settings
        return Limits(
            windows=settings.quota_windows,
            max_requests=settings.max_requests,
            patience=settings.patience,
            timeout=longest_attempt(settings.timeout),
            way_out=self._way_out(),
        )

    def _way_out(self) -> str:
        """The embedded Rotor need not be waited for."""
        if not self.settings.sandbox:
            return ""
        path = self.settings.sandbox_state
        state = "" if path is None else f" --sandbox-state {shlex.quote(str(path))}"
        return f"To start over with an empty sandbox now: rotor-import sandbox reset{state}"

    def _sandbox(self) -> Sandbox:
        try:
            from rotor_import.sandbox import Sandbox  # noqa: PLC0415 - an extra
        except ImportError:
            raise SettingsError("--sandbox needs an extra package: pip install 'rotor-import[sandbox]'") from None
        import sqlite3  # noqa: PLC0415 - for its error alone

        path = self.settings.sandbox_path
        try:
            sandbox = Sandbox(path, now=self.world.clock.moment)
        except (OSError, sqlite3.Error) as error:
            raise SettingsError(
                f"Can't use the sandbox's file {path} ({error}). Choose another with --sandbox-state."
            ) from None
        return self._stack.enter_context(sandbox)

    @staticmethod
    def _transport_to(sandbox: Sandbox) -> httpx.BaseTransport:
        from rotor_import.api import wsgi_transport  # noqa: PLC0415 - a session that only looks needs no network

        return wsgi_transport(sandbox)


def need_key(session: Session) -> None:
    """Raises SettingsError, and says what to do, if there is no key."""
    if not session.has_key and session.settings.profile:
        raise SettingsError(
            f"There is no API key. Name its file (key_file) or its environment variable (key_env) in the profile "
            f"{session.settings.profile}."
        )
    if not session.has_key:
        raise SettingsError(
            "There is no API key. Set ROTOR_API_KEY or use --key-file. With --sandbox, no key is needed."
        )


def new_run_id(clock: Clock) -> str:
    """A name that sorts by time and is unique across machines."""
    return f"{clock.moment():%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
