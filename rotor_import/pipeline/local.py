"""The sandbox on a socket, for people, and emptied."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rotor_import.config import Settings
from rotor_import.errors import SettingsError
from rotor_import.pipeline.session import Session, World, new_run_id

if TYPE_CHECKING:
    from rotor_import.sandbox import Options, Sandbox


def serve_sandbox(
    port: int,
    state: Path | None,
    behaviour: Mapping[str, Any],
    say: Callable[[str], None],
    *,
    faults: Sequence[str] = (),
    keys: Sequence[str] = (),
) -> None:
    """Serve the sandbox until interrupted. `behaviour`, `faults` and `keys` are as the command line takes them.

    Raises SettingsError if the extra, the file or the port is not available, or an option makes no sense.
    """
    try:
        from rotor_import.sandbox.server import run  # noqa: PLC0415 - an extra
    except ImportError:
        raise SettingsError("The sandbox needs an extra package: pip install 'rotor-import[sandbox]'") from None
    options = _options(behaviour, faults, keys)
    path = Settings(sandbox_state=state).sandbox_path
    with _opened(path, options) as app:
        try:
            with suppress(KeyboardInterrupt):
                run(app, port, lambda base_url: _announce(base_url, path, keys, say))
        except OSError as error:
            raise SettingsError(
                f"Can't use port {port} ({error.strerror}). Choose another with --port; 0 picks any free one."
            ) from None
    say("Stopped.")


def reset_sandbox(settings: Settings, world: World | None = None) -> dict[str, Any]:
    """Empty the embedded sandbox, and let the ledger forget what it knows of it; nobody else's data is touched.

    The ledger goes first: one that knew customers which are gone would hold all of their rows. Raises AccountBusy.
    """
    world, settings = world or World(), replace(settings, sandbox=True)
    with Session(settings, world, new_run_id(world.clock), looking=True) as session:
        account = session.known_account()
        with session.only_one(account) if account else nullcontext():
            if account:
                session.accounts.forget(account.id)
            customers, requests = session.embedded.store.reset()
    return {"sandbox": str(settings.sandbox_path), "customers": customers, "requests": requests}


def _announce(base_url: str, path: Path, keys: Sequence[str], say: Callable[[str], None]) -> None:
    say(f"A local Rotor is running at {base_url} (its file: {path}). Press Ctrl-C to stop it.")
    say(f"It accepts {'the API keys from --allow' if keys else 'any API key'}. Try it in another terminal:")
    say(f"  ROTOR_API_KEY={keys[0].rpartition('=')[0] if keys else 'any'} rotor-import check --base-url {base_url}")
    say(f"Its API: {base_url}/openapi.json")


def _opened(path: Path, options: Options) -> Sandbox:
    from rotor_import.sandbox import Sandbox  # noqa: PLC0415 - an extra

    try:
        return Sandbox(path, options)
    except (OSError, sqlite3.Error) as error:
        raise SettingsError(
            f"Can't use the sandbox's file {path} ({error}). Choose another with --sandbox-state."
        ) from None


def _options(behaviour: Mapping[str, Any], faults: Sequence[str], keys: Sequence[str]) -> Options:
    from rotor_import.sandbox import BadFault, BadOptions, Fault, Options  # noqa: PLC0415 - an extra

    scopes = dict(map(_scopes, keys))
    if len(scopes) < len(keys):
        raise SettingsError("--allow names a key twice. List all of its scopes in one --allow.")
    try:
        return Options(keys=scopes or None, faults=tuple(Fault.parse(fault) for fault in faults), **behaviour)
    except (BadFault, BadOptions) as error:
        raise SettingsError(str(error)) from None


def _scopes(text: str) -> tuple[str, frozenset[str]]:
    key, equals, scopes = text.rpartition("=")
    if not equals or not key:
        raise SettingsError("--allow needs a key and its scopes: KEY=customers:read,customers:write")
    return key, frozenset(filter(None, scopes.split(",")))
