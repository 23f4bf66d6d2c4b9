"""Paths → tables: files, folders, archives and standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePath

from rotor_import.errors import SourceError
from rotor_import.model.rows import SourceOptions, SourceTable
from rotor_import.source.customer_files import Member, customers_of
from rotor_import.source.delimited import read_delimited
from rotor_import.source.kind import SUFFIXES, kind_of
from rotor_import.source.payload import MOST_BYTES, Payload, read_payload

STANDARD_INPUT = Path("-")
_REPORT_MARK = "summary.json"
_NAMED = 5
_READABLE = "CSV, TSV, XLSX, XLS, XLSB, ODS, VCF or Parquet"


def read_sources(
    paths: Sequence[PurePath], options: SourceOptions, copies: Mapping[PurePath, Path] | None = None
) -> list[SourceTable]:
    """The tables in files, folders, archives and standard input (`-`), in the order of the paths.

    `copies` are files and folders on this computer that are read in place of remote paths.
    Raises SourceError with file, place and remedy.
    """
    return [table for path in paths for table in _tables(path, (copies or {}).get(path), options)]


def read_source(path: Path, options: SourceOptions) -> SourceTable:
    """The only table in a file. Every cell is a string, so `00123` keeps its zeros. Raises SourceError."""
    if path.is_dir():
        raise SourceError(f"{path} is a folder. Name a file in it.")
    tables = _tables(path, None, options)
    if len(tables) > 1:
        named = ", ".join(table.path.name for table in tables[:_NAMED])
        raise SourceError(f"{path} contains several tables ({named}). Unpack it, and name one of them.")
    return tables[0]


def _tables(path: PurePath, copy: Path | None, options: SourceOptions) -> list[SourceTable]:
    if path == STANDARD_INPUT:
        return list(_of_payload(_standard_input(), options))
    here = copy or Path(path)
    if not here.is_dir():
        return list(_of_payload(read_payload(path, here), options))
    files, others = _listed(path, here)
    if not files:
        raise SourceError(f"{path} contains no file that can be read: {_READABLE}, GZ or ZIP.")
    members = [Member(file.name, partial(_of_file, path / file.name, file, options)) for file in files]
    tables, left_out = customers_of(members, options, chosen=True)
    return _with_note(tables, "folder", path, [*left_out, *others])


def _of_file(path: PurePath, here: Path, options: SourceOptions) -> list[SourceTable]:
    return list(_of_payload(read_payload(path, here), options))


def _of_payload(payload: Payload, options: SourceOptions) -> Iterator[SourceTable]:
    kind = kind_of(payload)
    if kind == "gzip":
        payload = payload.gunzipped()
        kind = kind_of(payload)
    if kind == "zip":
        yield from _members(payload, options)
    elif kind == "text":
        yield read_delimited(payload, options)
    elif kind == "vcard":
        from rotor_import.source.vcard import read_vcards  # noqa: PLC0415 - a CSV needs none of it

        yield read_vcards(payload, options)
    elif kind == "parquet":
        from rotor_import.source.parquet import read_parquet  # noqa: PLC0415 - a CSV needs none of it

        yield read_parquet(payload, options)
    else:
        from rotor_import.source.workbook import read_workbook  # noqa: PLC0415 - a CSV needs none of it

        yield read_workbook(payload, kind, options)


def _members(payload: Payload, options: SourceOptions) -> list[SourceTable]:
    names = sorted(payload.archive.names)
    members = [name for name in names if is_source(Path(name)) and "__MACOSX" not in Path(name).parts]
    if not members:
        raise SourceError(f"{payload.path} contains no file that can be read: {_READABLE}.")
    found = [Member(name, partial(_of_member, payload, name, options)) for name in members]
    tables, left_out = customers_of(found, options, chosen=False)
    others = [name for name in names if name not in members and "__MACOSX" not in name]
    return _with_note(tables, "archive", payload.path, [*left_out, *others])


def _of_member(payload: Payload, name: str, options: SourceOptions) -> list[SourceTable]:
    member = Payload.of(payload.path / name, payload.archive.read(name))
    if kind_of(member) in ("zip", "gzip"):
        raise SourceError(f"{member.path} is an archive inside an archive. Unpack it, and name the file inside.")
    return list(_of_payload(member, options))


def _listed(folder: PurePath, here: Path) -> tuple[list[Path], list[str]]:
    """The files of a folder to read, and the names of the rest. A report folder of our own is refused."""
    try:
        entries = sorted(here.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        raise SourceError(f"{folder} can't be read ({error.strerror}).") from None
    if _REPORT_MARK in {entry.name for entry in entries} and any(entry.name == "rows.csv" for entry in entries):
        raise SourceError(
            f"{folder} is a report that rotor-import wrote. Name one of the files in it, such as rejects.csv."
        )
    files = [entry for entry in entries if entry.is_file() and is_source(entry)]
    return files, [entry.name for entry in entries if entry not in files]


def is_source(path: PurePath) -> bool:
    """Whether a file in a folder is one of customers, by its name."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith((".", "~$"))


def _with_note(tables: list[SourceTable], what: str, path: PurePath, others: Sequence[str]) -> list[SourceTable]:
    """Add a note to the first table about what was not read from its folder or archive."""
    if not others:
        return tables
    listed = ", ".join(others[:_NAMED]) + (f" and {len(others) - _NAMED} more" if len(others) > _NAMED else "")
    return [replace(tables[0], notes=(*tables[0].notes, f"not read in the {what} {path}: {listed}")), *tables[1:]]


def _standard_input() -> Payload:
    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise SourceError(f"Standard input is larger than {MOST_BYTES >> 20} MB. Split it into several files.")
    return Payload.of(Path("standard input"), data)
