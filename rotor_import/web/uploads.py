"""Takes in a file that a browser sends, into a private folder, up to a size and in time."""

from __future__ import annotations

import asyncio
import errno
import re
import secrets
import shutil
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from rotor_import.files import create_private, make_private

SECONDS = 60.0
"""How long a browser may send nothing."""
ALL_SECONDS = 900.0
_LONGEST = 120
"""Bytes of a name: some file systems hold no more than 143, and other names are made of it."""
_ENDING = 12
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])(\.|$)")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
ROOM = 16 << 20
"""Bytes that have to be left on the disk, for everything else."""


class TooLarge(Exception):
    """More bytes came than are read."""


class TooSlow(Exception):
    """The browser sent nothing for too long."""


class NoRoom(Exception):
    """The disk is full, or can't be written; the text says which."""


def file_name(given: str) -> str:
    """A name that is safe in any folder: the last part of what was given, without signs that mean something."""
    name = given.replace("\\", "/").rpartition("/")[2]
    name = "".join(sign for sign in name if unicodedata.category(sign) not in ("Cf", "Cc", "Cs", "Co", "Zl", "Zp"))
    name = _UNSAFE.sub("_", name).strip(" .")
    ending = Path(name).suffix
    ending = ending if len(ending.encode()) <= _ENDING else ""
    name = _cut(name.removesuffix(ending), _LONGEST - len(ending.encode())).rstrip(" .") + ending
    return "file" if name in ("", ending) else f"_{name}" if _RESERVED.match(name) else name


def _cut(text: str, most: int) -> str:
    """So much of the text as so many bytes hold, without half a letter."""
    return text.encode()[:most].decode("utf-8", "ignore")


@dataclass(frozen=True)
class Arrived:
    """An upload that is there as a whole, until it is put into a folder of its own; what was not is removed."""

    part: Path
    name: str

    def place(self, own: Path) -> tuple[Path, str]:
        target = own / "file" / self.name  # beside nothing else, whatever it is called
        make_private(target.parent)
        self.part.replace(target)
        return target, self.name

    def close(self) -> None:
        self.part.unlink(missing_ok=True)


async def receive(request: Request, name: str, folder: Path, most: int) -> Arrived:
    """Take in what the browser sends.

    Raises TooLarge, TooSlow, NoRoom, and ClientDisconnect if it broke off; nothing is left of it then.
    """
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) > most:
        raise TooLarge
    if length.isascii() and length.isdigit() and int(length) + ROOM > shutil.disk_usage(folder).free:
        raise NoRoom("the disk is full")
    part = folder / f"{secrets.token_hex(8)}.part"
    try:
        await asyncio.wait_for(_write(request, part, most), ALL_SECONDS)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, TimeoutError):
            raise TooSlow from None
        if isinstance(error, OSError):
            full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            raise NoRoom("the disk is full" if full else error.strerror or "the disk can't be written") from None
        raise

    return Arrived(part, name)


async def _write(request: Request, part: Path, most: int) -> None:
    create_private(part)
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
            await run_in_threadpool(_append, file, chunk)


def _append(file: IO[bytes], chunk: bytes) -> None:
    """At once, so that a disk that is full says so here."""
    file.write(chunk)
    file.flush()
