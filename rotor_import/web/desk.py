"""The import that is being prepared: which file, where to, what is decided. All of it is in files.

So the page can be closed at any moment: opened again, it stands where it stood.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from rotor_import.config import data_dir
from rotor_import.errors import SettingsError
from rotor_import.files import make_private, write_whole

Destination = Literal["sandbox", "rotor"]
_STATE, _DAMAGED = "import.json", "import.json.damaged"
_VERSION = 1
_ID = re.compile(r"(?:[0-9a-f]{16})?")
_PART = re.compile(r"[0-9a-f]{16}(?:\.part)?")
"""What an import's own folder is called, and an upload that has not arrived completely."""


@dataclass(frozen=True)
class OnDesk:
    """`id` names the import's own folder; `file` is the file's path and `name` what a person calls it.

    `sheet` is the one of a workbook that a person chose. `mapping` is the mapping's path in the working folder. `plan`
    is the run ID of its dry run, and `planned_from` the fingerprint of what that was made from; `run` is the ID of the
    import itself. All are '' as long as there is none.
    """

    id: str = ""
    file: str = ""
    name: str = ""
    uploaded: bool = False
    to: Destination = "rotor"
    sheet: str = ""
    preset: str = ""
    mapping: str = ""
    plan: str = ""
    planned_from: str = ""
    run: str = ""

    @property
    def stands(self) -> str:
        """The run ID of the import, or else of the dry run, so that it tells whether a page shows what there is now."""
        return self.run or self.plan


class Desk:
    """Keeps one import at a time in a folder that only its owner can enter.

    `offered` is a file that the command line names while another import isn't finished; `is_asking`, whether the page
    opens where the file is, since the command line named it. `lost` says that what was on
    the desk can't be read any more, '' where it can. Raises SettingsError if the folder can't be used.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or desk_folder()
        self.offered: Path | None = None
        self.is_asking = False
        self.lost = ""
        self._lock = threading.RLock()
        _make_own(self.folder)
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
        file = Path(self._now.file or self.own / "file")
        return file.with_name(f"{file.name}.corrections.csv")

    def begin(self, place: Callable[[Path], tuple[Path, str]], *, uploaded: bool, to: Destination) -> OnDesk:
        """Put another file on the desk; `place` is given a folder of its own, and hands back the file and its name."""
        name = secrets.token_hex(8)
        folder = self.folder / name
        try:
            make_private(folder)
            file, called = place(folder)
            return self._instead(OnDesk(name, str(file), called, uploaded=uploaded, to=to))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def change(self, **changes: Any) -> OnDesk:
        with self._lock:
            return self._put(replace(self._now, **changes))

    def clear(self) -> None:
        """Take the import off the desk, with what was uploaded for it."""
        self._instead(OnDesk(to=self._now.to))

    def let_go(self) -> None:
        """Remove the upload: its import is complete, and nothing of it needs anybody."""
        if self._now.uploaded:
            Path(self._now.file).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what programs that were killed left behind: only for the one program that uses the desk."""
        for path in [] if self.lost else list(self.folder.iterdir()):
            if _PART.fullmatch(path.name) and path.name != self._now.id:
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)

    def _instead(self, another: OnDesk) -> OnDesk:
        with self._lock:
            before, self.offered, self.lost = self._now, None, ""
            self._put(another)
        if before.id and before.id != another.id:
            shutil.rmtree(self.folder / before.id, ignore_errors=True)
        return another

    def _put(self, now: OnDesk) -> OnDesk:
        """Nothing is changed unless it is saved. Raises SettingsError."""
        text = json.dumps({"version": _VERSION, **asdict(now)}, indent=1)
        try:
            write_whole(self.folder / _STATE, lambda file: file.write(text.encode()))
        except OSError as error:
            raise SettingsError(
                f"Can't save what is on the page in {self.folder} ({error.strerror}). Check that its disk has space."
            ) from None
        self._now = now
        return now

    def _read(self) -> OnDesk:
        """What is on the desk. A damaged file is kept beside, with all that belongs to it. Raises SettingsError."""
        path = self.folder / _STATE
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            if found["version"] > _VERSION:
                raise SettingsError(
                    f"A newer version of rotor-import saved what is on the page ({path}). Install that version, "
                    "or delete the file to start with an empty page."
                )
            return _checked(OnDesk(**{field.name: found.get(field.name, field.default) for field in fields(OnDesk)}))
        except FileNotFoundError:
            return OnDesk()
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self.lost = f"What was on the page can't be read any more. The rest of it is in {self.folder}."
            if path.is_file():
                path.replace(self.folder / _DAMAGED)
            return OnDesk()


def desk_folder() -> Path:
    """Where the desk is, made so that only its owner can enter. Raises SettingsError if it can't be used."""
    folder = data_dir() / "page"
    _make_own(folder)
    return folder


def _make_own(folder: Path) -> None:
    try:
        make_private(folder)
        if os.name == "posix":
            folder.chmod(0o700)
    except OSError as error:
        raise SettingsError(f"Can't use the folder {folder} ({error.strerror}).") from None


def printable(name: str) -> str:
    """A file's name as text, also where its bytes are none."""
    return os.fsencode(name).decode("utf-8", "replace")


def _checked(found: OnDesk) -> OnDesk:
    """Raises ValueError for values that this program never saves: no path leads out of the folder."""
    texts = [value for name, value in asdict(found).items() if name != "uploaded"]
    if not all(isinstance(text, str) for text in texts) or not isinstance(found.uploaded, bool):
        raise ValueError("not as it was saved")
    if not _ID.fullmatch(found.id) or found.to not in get_args(Destination):
        raise ValueError("not as it was saved")
    return found
