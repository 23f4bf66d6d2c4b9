"""The sandbox on a socket, for people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rotor_import.config import Settings
from rotor_import.errors import SettingsError


def serve_sandbox(port: int, state: Path | None, daily_limit: int, say: Callable[[str], None]) -> None:
    """Serve until interrupted. Raises SettingsError where the extra or the port is not to be had."""
    try:
        from rotor_import.sandbox import Options, Sandbox  # noqa: PLC0415 - an extra
        from rotor_import.sandbox.server import run  # noqa: PLC0415 - an extra
    except ImportError:
        raise SettingsError("The sandbox needs the extra: pip install 'rotor-import[sandbox]'.") from None
    path = Settings(sandbox_state=state).sandbox_path

    def ready(base_url: str) -> None:
        say(f"A local Rotor listens on {base_url} (its file: {path}). Ctrl-C ends it.")
        say("It takes any API key. Try it, in another terminal:")
        say(f"  ROTOR_API_KEY=any rotor-import check --base-url {base_url}")

    try:
        with Sandbox(path, Options(daily_limit=daily_limit)) as app:
            run(app, port, ready)
    except OSError as error:
        raise SettingsError(
            f"The port {port} cannot be had ({error.strerror}). Give another with --port; 0 takes any."
        ) from None
    except KeyboardInterrupt:
        say("Stopped.")
