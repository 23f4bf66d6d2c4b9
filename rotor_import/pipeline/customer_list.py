"""Rotor's customer list: read from Rotor, or as the ledger remembers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from rotor_import.directory import KeyForms, listed_directory, pull, with_unreadable
from rotor_import.errors import ScopeMissing, SettingsError
from rotor_import.model.customer import Directory, DirectorySource
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.listed import KINDS
from rotor_import.model.row_links import RowLinks
from rotor_import.normalize import forms, key_forms
from rotor_import.pipeline.garbage import no_collection
from rotor_import.pipeline.session import READ, Session

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account

NO_SCOPE = (
    "The API key can't list customers (it lacks the scope customers:read), so it isn't known who is in Rotor already: "
    "new customers are undecided, and Rotor matches them by phone, then email."
)
NOT_READ = (
    "Rotor's customer list was not read, so new customers are undecided: Rotor matches them by phone, then email."
)
_NOBODY = pl.DataFrame(schema={"customer": pl.String, **KINDS})


def read_directory(
    session: Session, account: Account | None, region: str, links: RowLinks, *, always: bool = False
) -> Directory:
    """Rotor's customers from where `--directory` says; if the key lacks the scope, fewer of them and a note.

    With `always`, they are read from Rotor all the same.
    """
    settings = replace(session.settings, directory="api", directory_max_age=0.0) if always else session.settings
    mirror = session.accounts.mirror_frame(account.id) if account else _NOBODY
    if account is not None and settings.directory == "api":
        age = None if account.pulled_at is None else session.world.clock.now() - account.pulled_at
        if age is not None and 0 <= age < settings.directory_max_age:
            return _directory(mirror, region, source="ledger", complete=True)
        if READ in account.scopes:
            notes: list[str] = []
            try:
                mirror = pull_into_ledger(session, account, mirror, notes.append)
                return _directory(mirror, region, source="api", complete=True, note=" ".join(notes))
            except ScopeMissing:
                session.accounts.remember(
                    session.key_hash, session.account_url, account.company, account.scopes - {READ}
                )
        return _directory(mirror, region, source="ledger", note=NO_SCOPE)
    if settings.directory == "ledger":
        return _directory(mirror, region, source="ledger", note=NOT_READ)
    known = mirror.join(links.customers().to_frame(), on="customer", how="semi", maintain_order="left")
    return _directory(known, region, source="none", note=NOT_READ)


def whole_directory(session: Session, account: Account, region: str, links: RowLinks) -> Directory:
    """All of Rotor's customers as Rotor shows them now, whatever `--directory` says. Raises SettingsError."""
    directory = read_directory(session, account, region, links, always=True)
    if not directory.complete:
        raise SettingsError(
            "This compares customers with Rotor's list, which the API key can't read. "
            "Use a key with the scope customers:read."
        )
    return directory


def pull_into_ledger(
    session: Session, account: Account, mirror: pl.DataFrame, tell: Callable[[str], None] = lambda _words: None
) -> pl.DataFrame:
    """What Rotor holds now, stored in the ledger in place of `mirror`. Raises ScopeMissing."""
    started, before = session.world.clock.now(), session.accounts.acknowledged(account.id)
    with no_collection():  # of a million customers' objects hardly any is in a cycle
        shown = pull(session.client, lambda done, total: session.world.progress("reading Rotor", done, total), tell)
    known = with_unreadable(shown, mirror)
    session.accounts.replace_mirror(account.id, known, started, before)
    return known


def _directory(
    customers: pl.DataFrame, region: str, *, source: DirectorySource, complete: bool = False, note: str = ""
) -> Directory:
    phones, emails = (partial(forms, name=name, region=region) for name in KEY_FIELDS)
    return listed_directory(customers, phones, emails, source=source, complete=complete, note=note)


def normal_forms(region: str) -> tuple[KeyForms, KeyForms]:
    phones, emails = key_forms(region)
    return (lambda values: phones(list(values))), (lambda values: emails(list(values)))
