"""Takes a file that the command line names."""

from __future__ import annotations

from pathlib import Path

from rotor_import.errors import SourceError
from rotor_import.pipeline.file_found import refuse_saved_plan
from rotor_import.web.desk import printable
from rotor_import.web.standing import standing
from rotor_import.web.workspace import Workspace


def check(file: Path) -> None:
    """Raises SourceError for what is no file of customers at first sight."""
    if str(file) == "-":
        raise SourceError("The page can't read standard input. Save it as a file, and name the file.")
    if file.is_dir():
        raise SourceError(f"{file} is a folder. Name a file in it.")
    if not file.is_file():
        raise SourceError(f"There is no file {file}. Check the name and the folder.")
    refuse_saved_plan(file)


def take(workspace: Workspace, file: Path) -> None:
    """Put the file on the desk; one that is there already stays as it stands.

    If another import isn't finished, the page asks which of the two is meant. Raises SourceError.
    """
    check(file)
    desk, whole = workspace.desk, file.resolve()
    is_the_same = desk.now.file == str(whole)
    if is_the_same and (standing(workspace).state != "complete" or not workspace.is_outdated()):
        desk.offered = None
    elif is_unfinished(workspace) and not is_the_same:
        desk.offered, desk.is_asking = whole, True
    else:
        begin(workspace, whole)


def begin(workspace: Workspace, file: Path) -> None:
    """A file that was imported before and has changed since keeps its mapping."""
    desk, before = workspace.desk, workspace.desk.now
    desk.begin(lambda _folder: (file, printable(file.name)), uploaded=False, to=before.to)
    if before.file == str(file):
        desk.change(mapping=before.mapping, preset=before.preset, sheet=before.sheet)
    desk.is_asking = True
    workspace.jobs.forget()


def is_unfinished(workspace: Workspace) -> bool:
    """Whether something would be lost with the import on the desk: it is being sent, or questions are answered."""
    desk = workspace.desk
    if workspace.jobs.running is not None or not desk.now.id:
        return workspace.jobs.running is not None
    now = standing(workspace)
    is_answered = desk.decisions.is_file() or desk.corrections.is_file()
    return bool(now.left) or (is_answered and now.state != "complete")
