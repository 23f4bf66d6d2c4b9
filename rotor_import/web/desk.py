"""The import that is being prepared: which file, where to, what is decided. All of it is in files.

So the page can be closed at any moment: opened again, it stands where it stood.
"""

from __future__ import annotations

import json
import secrets
import shutil
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from rotor_import.config import data_dir
from rotor_import.files import make_private, write_whole

Destination = Literal["sandbox", "rotor"]
_STATE = "import.json"


@dataclass(frozen=True)
class OnDesk:
    """`id` names the import's own folder; `file` is the file's path and `name` what a person calls it.

    `mapping` is the mapping's path in the working folder. `plan` is the run ID of its dry run, and `planned_from` the
    fingerprint of what that was made from; `run` is the ID of the import itself. All are '' as long as there is none.
    """

    id: str = ""
    file: str = ""
    name: str = ""
    uploaded: bool = False
    to: Destination = "rotor"
    preset: str = ""
    mapping: str = ""
    plan: str = ""
    planned_from: str = ""
    run: str = ""


class Desk:
    """Keeps one import at a time in a folder that only its owner can enter."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or data_dir() / "page"
        make_private(self.folder)
        self._lock = threading.RLock()
        self._now = self._read()

    @property
    def now(self) -> OnDesk:
        return self._now

    @property
    def own(self) -> Path:
        """The folder of the import on the desk: the upload, and the decisions."""
        folder = self.folder / self._now.id
        make_private(folder)
        return folder

    @property
    def decisions(self) -> Path:
        """Where the answers are, as a review.csv."""
        return self.own / "review.csv"

    @property
    def corrections(self) -> Path:
        """Where corrected cells are: beside the file that they correct, which stays as it is."""
        file = Path(self._now.file)
        return file.with_name(f"{file.name}.corrections.csv")

    def begin(self, place: Callable[[Path], tuple[Path, str]], *, uploaded: bool, to: Destination) -> OnDesk:
        """Put another file on the desk; `place` is given a folder of its own, and hands back the file and its name."""
        name = secrets.token_hex(8)
        folder = self.folder / name
        make_private(folder)
        try:
            file, called = place(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        with self._lock:
            before, self._now = self._now, OnDesk(name, str(file), called, uploaded=uploaded, to=to)
            self._write()
            if before.id:
                shutil.rmtree(self.folder / before.id, ignore_errors=True)
            return self._now

    def change(self, **changes: Any) -> OnDesk:
        with self._lock:
            self._now = replace(self._now, **changes)
            self._write()
            return self._now

    def clear(self) -> None:
        """Take the import off the desk, with what was uploaded for it."""
        with self._lock:
            before, self._now = self._now, OnDesk(to=self._now.to)
            self._write()
            if before.id:
                shutil.rmtree(self.folder / before.id, ignore_errors=True)

    def let_go(self) -> None:
        """Remove the upload: its import is complete, and nothing of it needs anybody."""
        if self._now.uploaded:
            Path(self._now.file).unlink(missing_ok=True)

    def _write(self) -> None:
        text = json.dumps(asdict(self._now), indent=1)
        write_whole(self.folder / _STATE, lambda file: file.write(text.encode()))

    def _read(self) -> OnDesk:
        """What is on the desk; nothing, if its file is gone or was written by another version."""
        try:
            found = json.loads((self.folder / _STATE).read_text(encoding="utf-8"))
            on_desk = OnDesk(**{field.name: found[field.name] for field in fields(OnDesk)})
        except (OSError, ValueError, TypeError, KeyError):
            return OnDesk()
        return on_desk if on_desk.file and Path(on_desk.file).is_file() else OnDesk(to=on_desk.to)
