"""What sshfs does in another way than a file drop needs it: asyncssh's own steps, on a channel of sshfs's pool."""

from __future__ import annotations

from typing import IO, Any

_AT_ONCE = 1 << 22
"""Bytes that are read at once. asyncssh asks for them in pieces, side by side."""


async def fetch(system: Any, path: str, file: IO[bytes]) -> None:
    """Copy a file to this computer without holding it in memory.

    sshfs leaves its copy open when the connection is lost.
    """

    async def fetched() -> None:
        async with system._pool.get() as channel, channel.open(path, "rb") as remote:  # noqa: SLF001 - it has no other
            while piece := await remote.read(_AT_ONCE):
                file.write(piece)

    await _translated(fetched)


async def rename(system: Any, path: str, to: str) -> None:
    """Rename a file; one that is there stays, and that is an error.

    sshfs overwrites it; and where a server can't do that, it copies and removes, even if the copy failed.
    """

    async def renamed() -> None:
        async with system._pool.get() as channel:  # noqa: SLF001 - it has no other
            await channel.rename(path, to)

    await _translated(renamed)


async def _translated(step: Any) -> None:
    """With Python's own errors for files that aren't there or mustn't be touched."""
    from sshfs.utils import wrap_exceptions  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra without types

    await wrap_exceptions(step)()
