"""Takes in a file that a browser sends, into a private folder, up to a size and in time."""

from __future__ import annotations

import asyncio
import re
import secrets
import unicodedata
from collections.abc import Callable
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from rotor_import.files import create_private

SECONDS = 60.0
"""How long a browser may send nothing."""
ALL_SECONDS = 900.0
_LONGEST = 120
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


class TooLarge(Exception):
    """More bytes came than are read."""


class TooSlow(Exception):
    """The browser sent nothing for too long."""


def file_name(given: str) -> str:
    """A name that is safe in any folder: the last part of what was given, without signs that mean something."""
    name = given.replace("\\", "/").rpartition("/")[2]
    name = "".join(sign for sign in name if unicodedata.category(sign) not in ("Cf", "Cc", "Cs", "Co"))
    name = _UNSAFE.sub("_", name).strip(" .")
    ending = Path(name).suffix[-_LONGEST:]
    name = name[: _LONGEST - len(ending)] + ending if len(name) > _LONGEST else name
    return "file" if not name else f"_{name}" if _RESERVED.match(name) else name


async def receive(request: Request, name: str, folder: Path, most: int) -> Callable[[Path], tuple[Path, str]]:
    """What moves the upload into the folder that it is given. Raises TooLarge or TooSlow, and leaves nothing then."""
    part = folder / f"{secrets.token_hex(8)}.part"
    create_private(part)
    try:
        await asyncio.wait_for(_write(request, part, most), ALL_SECONDS)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, TimeoutError):
            raise TooSlow from None
        raise

    def place(own: Path) -> tuple[Path, str]:
        target = own / name
        part.replace(target)
        return target, name

    return place


async def _write(request: Request, part: Path, most: int) -> None:
    size, chunks = 0, request.stream().__aiter__()
    with part.open("wb") as file:
        while True:
            try:
                chunk = await asyncio.wait_for(chunks.__anext__(), SECONDS)
            except StopAsyncIteration:
                return
            size += len(chunk)
            if size > most:
                raise TooLarge
            await run_in_threadpool(file.write, chunk)
