"""Records → plan: what Rotor holds and what the ledger remembers, brought to the two stages that decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from rotor_import.dedupe import KEYLESS, Background, PendingElsewhere, PendingKeys
from rotor_import.dedupe.rows import Past, dedupe_rows
from rotor_import.directory import KeyForms, listed_directory, pull, with_unreadable
from rotor_import.errors import ScopeMissing
from rotor_import.model.customer import Directory, DirectorySource
from rotor_import.model.decision import Decision
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.listed import KINDS, narrowed
from rotor_import.model.plan import Plan
from rotor_import.model.row_links import RowLinks
from rotor_import.model.rows import Notice, Reject
from rotor_import.model.three_way import Baseline
from rotor_import.normalize import forms, identified, key_forms, records
from rotor_import.pipeline.absence import missing, returned, set_inactive
from rotor_import.pipeline.decisions import decision_notes
from rotor_import.pipeline.reading import Inputs
from rotor_import.pipeline.session import READ, Session
from rotor_import.plan import STATUS, numbered, plan_changes
from rotor_import.plan.missing import renumbered

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account
    from rotor_import.ledger.feeds import BaselineReader, Feed
    from rotor_import.ledger.pending import PendingChange

NO_SCOPE = (
    "The key may not list customers (scope customers:read), so what is in Rotor already is not known: "
    "new customers are undecided, and Rotor itself matches them by phone, then e-mail."
)
NOT_READ = (
    "Rotor's customer list was not read, so new customers are undecided: "
    "Rotor itself matches them by phone, then e-mail."
)


_NOBODY = pl.DataFrame(schema={"customer": pl.String, **KINDS})


def about(changes: Iterable[PendingChange], directory: Directory) -> Directory:
    """The part of the directory that these changes can meet."""
    changes = list(changes)
    keys = {
        name: {of[name] for change in changes for of in (change.keys, change.before_keys) if of[name]}
        for name in KEY_FIELDS
    }
    return narrowed(directory, {change.customer for change in changes}, keys)


@dataclass(frozen=True)
class Knowledge:
    """What the ledger knows of an account and a feed; empty for a key never seen."""

    links: RowLinks = field(default_factory=lambda: RowLinks.of(()))
    reader: BaselineReader | None = None
    has_baselines: bool = False
    pending: Sequence[PendingChange] = ()
    ours: Mapping[str, Mapping[str, Baseline]] = field(default_factory=dict)
    """Those of the baselines that the ledger lacks, for their answers were lost."""

    @classmethod
    def of(cls, session: Session, account: Account | None, feed: str) -> Knowledge:
        if account is None:
            return cls()
        from rotor_import.ledger.feeds import Feed  # noqa: PLC0415 - only an account has one, and it loads a database

        of = Feed(session.ledger, account.id, feed)
        doubtful = session.attempts.doubtful(session.key_hash)
        pending = session.outbox(account).pending()
        return cls(
            of.all_links(),
            of.reader(),
            of.has_baselines(),
            [replace(one, unknown=one.unknown or (one.customer, one.run) in doubtful) for one in pending],
        )

    def aware_of(self, directory: Directory, feed: str) -> Knowledge:
        """What the feed's lost answers were about, now that Rotor shows it."""
        own = [change for change in self.pending if change.feed == feed and change.unknown]
        if not own:
            return self
        from rotor_import.upsert.refresh import carried_out  # noqa: PLC0415 - only lost answers need it

        return replace(self, ours=carried_out(own, about(own, directory)))

    def aware_of_absences(self, others: Mapping[str, Baseline]) -> Knowledge:
        """Whom another feed set inactive is measured by that feed's baseline of it, whoever has the customer again."""
        ours = {customer: {**self.ours.get(customer, {}), STATUS: status} for customer, status in others.items()}
        return replace(self, ours={**self.ours, **ours})

    def baseline(self, customer: str, name: str) -> Baseline | None:
        known = self.reader.of(customer) if self.reader and self.has_baselines else {}
        return self.ours.get(customer, {}).get(name) or known.get(name)

    def waiting(self, feed: str) -> list[str]:
        """The feed's customers with a change that is still to be sent, those who have waited longest first."""
        own = sorted((change.run, change.number, change.customer) for change in self.pending if change.feed == feed)
        return [customer for _, _, customer in own]

    def past(self, feed: str, decisions: Sequence[Decision]) -> Past:
        has_baselines = self.has_baselines or bool(self.ours)
        prefetch = self.reader.prefetch if self.reader else lambda _customers: None
        background = replace(self._background(feed), decisions=decisions, feed=feed)
        return Past(background, self.links, has_baselines=has_baselines, prefetch=prefetch)

    def _background(self, feed: str) -> Background:
        own = [change for change in self.pending if change.feed == feed]
        others = [change for change in self.pending if change.feed != feed]
        return Background(
            baseline=self.baseline,
            pending=[PendingKeys(change.customer, change.before_keys, change.keys) for change in own],
            elsewhere=PendingElsewhere(
                customers={change.customer: change.feed for change in others},
                keys={
                    (name, keys[name]): change.feed
                    for change in others
                    for keys in (change.keys, change.before_keys)
                    for name in keys
                    if keys[name]
                },
            ),
        )


def read_directory(session: Session, account: Account | None, region: str, links: RowLinks) -> Directory:
    """As `--directory` says; less where the key lacks the scope, with words about it."""
    settings = session.settings
    mirror = session.accounts.mirror_frame(account.id) if account else _NOBODY
    if account is not None and settings.directory == "api":
        age = None if account.pulled_at is None else session.world.clock.now() - account.pulled_at
        if age is not None and 0 <= age < settings.directory_max_age:
            return _directory(mirror, region, source="ledger", complete=True)
        if READ in account.scopes:
            try:
                return _pulled(session, account, mirror, region)
            except ScopeMissing:
                session.accounts.remember(
                    session.key_hash, session.account_url, account.company, account.scopes - {READ}
                )
        return _directory(mirror, region, source="ledger", note=NO_SCOPE)
    if settings.directory == "ledger":
        return _directory(mirror, region, source="ledger", note=NOT_READ)
    known = mirror.join(links.customers().to_frame(), on="customer", how="semi", maintain_order="left")
    return _directory(known, region, source="none", note=NOT_READ)


def _pulled(session: Session, account: Account, mirror: pl.DataFrame, region: str) -> Directory:
    return _directory(pull_into_ledger(session, account, mirror), region, source="api", complete=True)


def pull_into_ledger(session: Session, account: Account, mirror: pl.DataFrame) -> pl.DataFrame:
    """What Rotor holds now, kept in the place of `mirror`. Raises ScopeMissing."""
    started, before = session.world.clock.now(), session.accounts.acknowledged(account.id)
    shown = pull(session.client, lambda done, total: session.world.progress("reading Rotor", done, total))
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


def make_plan(
    inputs: Inputs,
    directory: Directory,
    knowledge: Knowledge,
    new_customers: Callable[[int], pl.Series],
    whole: Feed | None = None,
    *,
    lasting: bool = True,
) -> Plan:
    """`lasting` plans are committed, so that every row has to be known again.

    `whole` is the feed where its files are the whole truth: customers whom they name no more are missing.
    """
    mapped = inputs.mapping.mapped_fields
    identify = lasting or bool(knowledge.links)
    back = returned(knowledge.links)
    if whole and back and STATUS not in mapped:
        knowledge = knowledge.aware_of_absences(set_inactive(whole, back))
    deduped = dedupe_rows(
        inputs.identified if identify else inputs.rows,
        directory,
        knowledge.past(inputs.mapping.feed, inputs.decisions),
        inputs.policy,
        records=records if identify else lambda rows: records(identified(rows)),
        new_customers=new_customers,
        mapped=mapped,
    )
    contested = deduped.contested
    elsewhere = {change.customer for change in knowledge.pending if change.feed != inputs.mapping.feed}
    absent = (
        missing(inputs, deduped, directory, knowledge.links, knowledge.baseline, whole, pending_elsewhere=elsewhere)
        if whole
        else ()
    )
    independent, numbers, of_absent = numbered(
        deduped.independent,
        contested.groups,
        [one.customer for one in absent],
        complete=directory.complete,
        waiting=knowledge.waiting(inputs.mapping.feed),
    )
    return Plan(
        files=inputs.files,
        changes=plan_changes(
            contested.groups,
            directory,
            knowledge.baseline,
            inputs.policy,
            mapped,
            returned=back,
            numbers=numbers,
        ),
        holds=contested.holds,
        rejects=(*inputs.rejects, *_explained(contested.rejects, inputs.notices)),
        notices=(*inputs.notices, *contested.notices),
        left_out=inputs.left_out,
        links=contested.links,
        independent=independent,
        directory=directory,
        notes=(*inputs.notes, *decision_notes(inputs.decisions, contested.answers)),
        skipped=contested.skipped,
        feed=inputs.mapping.feed,
        missing=renumbered(absent, of_absent),
    )


def _explained(rejects: Iterable[Reject], notices: Iterable[Notice]) -> Iterator[Reject]:
    """Rows that were left without a key, with the values that had to be dropped: those are to be mended."""
    dropped: dict[tuple[int, int], list[Notice]] = defaultdict(list)
    for notice in notices:
        if notice.field in KEY_FIELDS:
            dropped[notice.file, notice.row].append(notice)
    for reject in rejects:
        found = dropped.get((reject.file, reject.row), [])
        fields = "; ".join(dict.fromkeys(notice.field for notice in found))
        values = "; ".join(notice.value for notice in found)
        yield replace(reject, field=fields, value=values) if reject.reason == KEYLESS else reject
