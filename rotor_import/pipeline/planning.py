"""Records → plan: what Rotor holds and what the ledger remembers, brought to the two stages that decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from rotor_import.dedupe import KEYLESS, Background, Busy, PendingKeys
from rotor_import.dedupe.rows import dedupe_rows
from rotor_import.directory import KeyForms, directory_of, pull
from rotor_import.errors import ScopeMissing
from rotor_import.ledger.accounts import Account, unreadable
from rotor_import.ledger.feeds import Feed
from rotor_import.ledger.pending import Pending
from rotor_import.model.change import PinUpdate
from rotor_import.model.customer import Directory
from rotor_import.model.fields import KEY_FIELDS, Values
from rotor_import.model.plan import Plan
from rotor_import.model.rows import Notice, Reject
from rotor_import.model.threeway import Memory
from rotor_import.normalize import identified, key_forms, records
from rotor_import.pipeline.absence import missing, returned
from rotor_import.pipeline.reading import Inputs
from rotor_import.pipeline.session import READ, Session
from rotor_import.plan import numbered, plan_changes
from rotor_import.plan.missing import renumbered
from rotor_import.upsert.refresh import carried_out

NO_SCOPE = (
    "The key may not list customers (scope customers:read), so what is in Rotor already is not known: "
    "new customers are undecided, and Rotor itself matches them by phone, then e-mail."
)
NOT_READ = (
    "Rotor's customer list was not read, so new customers are undecided: "
    "Rotor itself matches them by phone, then e-mail."
)


@dataclass(frozen=True)
class Knowledge:
    """What the ledger knows of an account and a feed; empty for a key never seen."""

    pins: list[PinUpdate] = field(default_factory=list)
    memories: Mapping[str, Mapping[str, Memory]] = field(default_factory=dict)
    pending: list[Pending] = field(default_factory=list)
    ours: Mapping[str, Mapping[str, Memory]] = field(default_factory=dict)
    """Those of the memories that the ledger lacks, for their answers were lost."""

    @classmethod
    def of(cls, session: Session, account: Account | None, feed: str) -> Knowledge:
        if account is None:
            return cls()
        known = Feed(session.ledger, account.id, feed)
        doubtful = session.attempts.doubtful(session.key_hash)
        pending = session.outbox(account).pending()
        return cls(
            known.pins(),
            known.memories(),
            [replace(one, unknown=one.unknown or (one.customer, one.run) in doubtful) for one in pending],
        )

    def aware_of(self, directory: Directory, feed: str) -> Knowledge:
        """What the feed's lost answers were about, now that Rotor shows it."""
        found = carried_out((change for change in self.pending if change.feed == feed), directory)
        memories = {customer: {**self.memories.get(customer, {}), **fields} for customer, fields in found.items()}
        return replace(self, memories={**self.memories, **memories}, ours=found)

    def memory(self, customer: str, name: str) -> Memory | None:
        return self.memories.get(customer, {}).get(name)

    def waiting(self, feed: str) -> list[str]:
        """The feed's customers with a change that is still to be sent, those who have waited longest first."""
        own = sorted((change.run, change.number, change.customer) for change in self.pending if change.feed == feed)
        return [customer for _, _, customer in own]

    def background(self, feed: str) -> Background:
        own = [change for change in self.pending if change.feed == feed]
        others = [change for change in self.pending if change.feed != feed]
        return Background(
            pins=self.pins,
            memory=self.memory,
            pending=[PendingKeys(change.customer, change.before_keys, change.keys) for change in own],
            busy=Busy(
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


def read_directory(session: Session, account: Account | None, region: str, pins: list[PinUpdate]) -> Directory:
    """As `--directory` says; less where the key lacks the scope, with words about it."""
    settings = session.settings
    mirror = session.accounts.mirror(account.id) if account else {}
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
    ours = {update.pin.customer for update in pins}
    known = {id_: values for id_, values in mirror.items() if id_ in ours}
    return _directory(known, region, source="none", note=NOT_READ)


def _pulled(session: Session, account: Account, mirror: Mapping[str, Values], region: str) -> Directory:
    started = session.world.clock.now()
    shown = pull(session.client, lambda done, total: session.world.progress("reading Rotor", done, total))
    known = {id_: {**unreadable(mirror.get(id_, {})), **values} for id_, values in shown.items()}
    session.accounts.replace_mirror(account.id, known, started)
    return _directory(known, region, source="api", complete=True)


def _directory(
    customers: Mapping[str, Values], region: str, *, source: str, complete: bool = False, note: str = ""
) -> Directory:
    phones, emails = normal_forms(region)
    kind = {"api": "api", "ledger": "ledger"}.get(source, "none")
    return directory_of(customers, phones, emails, source=kind, complete=complete, note=note)  # type: ignore[arg-type]  # one of three words


def normal_forms(region: str) -> tuple[KeyForms, KeyForms]:
    phones, emails = key_forms(region)
    return (lambda values: phones(list(values))), (lambda values: emails(list(values)))


def make_plan(
    inputs: Inputs,
    directory: Directory,
    knowledge: Knowledge,
    new_customers: Callable[[int], list[str]],
    whole: Feed | None = None,
    *,
    lasting: bool = True,
) -> Plan:
    """`lasting` plans are committed, so that every row has to be known again. `whole` is the feed where its files are the whole truth: customers whom they name no more are missing."""
    mapped = inputs.mapping.mapped_fields
    identify = lasting or bool(knowledge.pins)
    deduped = dedupe_rows(
        inputs.identified if identify else inputs.rows,
        directory,
        knowledge.background(inputs.mapping.feed),
        inputs.policy,
        records=records if identify else lambda rows: records(identified(rows)),
        new_customers=new_customers,
        mapped=mapped,
    )
    tangled = deduped.tangled
    absent = missing(inputs, deduped, directory, knowledge.pins, knowledge.memory, whole) if whole else ()
    plain, numbers, of_absent = numbered(
        deduped.plain,
        tangled.groups,
        [one.customer for one in absent],
        complete=directory.complete,
        waiting=knowledge.waiting(inputs.mapping.feed),
    )
    return Plan(
        files=inputs.files,
        changes=plan_changes(
            tangled.groups,
            directory,
            knowledge.memory,
            inputs.policy,
            mapped,
            returned=returned(knowledge.pins),
            numbers=numbers,
        ),
        holds=tangled.holds,
        rejects=(*inputs.rejects, *_explained(tangled.rejects, inputs.notices)),
        notices=inputs.notices,
        left_out=inputs.left_out,
        pins=tangled.pins,
        plain=plain,
        directory=directory,
        notes=inputs.notes,
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
