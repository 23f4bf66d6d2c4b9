"""Records → plan: the two stages that decide, given what Rotor holds and what the ledger knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from rotor_import.dedupe import KEYLESS, Contested, DedupedRows, dedupe_rows
from rotor_import.model.change import Change
from rotor_import.model.customer import Directory
from rotor_import.model.decision import Answer, Merge
from rotor_import.model.field_decisions import FieldDecisions, not_asked
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.plan import Plan
from rotor_import.model.question import Question
from rotor_import.model.rows import Notice, Reject
from rotor_import.normalize import identified, records
from rotor_import.pipeline.absence import missing, returned, set_inactive
from rotor_import.pipeline.customer_list import read_directory
from rotor_import.pipeline.decisions import decision_notes, refused_decisions
from rotor_import.pipeline.duplicates import DuplicateSearch, dedupe_and_search
from rotor_import.pipeline.garbage import no_collection
from rotor_import.pipeline.knowledge import Knowledge
from rotor_import.pipeline.questions import field_questions, hold_questions, in_order, row_shown
from rotor_import.pipeline.quota_wait import patiently
from rotor_import.pipeline.reading import Inputs
from rotor_import.pipeline.session import Session
from rotor_import.plan import STATUS, numbered, plan_changes, renumbered

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account
    from rotor_import.ledger.feeds import Feed


def plan_inputs(
    session: Session,
    account: Account | None,
    inputs: Inputs,
    run: str,
    whole: Feed | None = None,
    *,
    lasting: bool = True,
    only_new: bool = False,
) -> tuple[Plan, Knowledge]:
    """The plan, and what the ledger knew when it was made. `whole` and `lasting` are as for `make_plan`.

    If `only_new`, nothing is asked about probable duplicates that were asked about before.
    """
    mapping, knowledge = inputs.mapping, Knowledge.of(session, account, inputs.mapping.feed)
    with ThreadPoolExecutor(1) as beside:
        if lasting or knowledge.links:
            beside.submit(lambda: inputs.identified)  # kept for `make_plan`, which would wait for it
        directory = patiently(
            session, lambda: read_directory(session, account, mapping.default_region, knowledge.links)
        )
    knowledge = knowledge.aware_of(directory, mapping.feed)
    search = None
    if session.settings.duplicates == "report":
        search = DuplicateSearch(
            inputs,
            directory,
            knowledge.natural_keys,
            knowledge.asked,
            only_new=only_new,
            decisions=inputs.decisions,
        )
    with no_collection():
        plan = make_plan(
            inputs,
            directory,
            knowledge,
            _names_of_new_customers(run if lasting else ""),
            whole,
            lasting=lasting,
            search=search,
        )
    return plan, knowledge


def _names_of_new_customers(run: str) -> Callable[[int], pl.Series]:
    """A function that gives the next so many names.

    Names that outlive the run need its ID. Without it polars keeps them in the column itself, as all short texts.
    """
    last = 0

    def names(most: int) -> pl.Series:
        nonlocal last
        first, last = last + 1, last + most
        return pl.select(pl.format(f"new:{run}:{{}}", pl.int_range(first, last + 1))).to_series()

    return names


def make_plan(
    inputs: Inputs,
    directory: Directory,
    knowledge: Knowledge,
    new_customers: Callable[[int], pl.Series],
    whole: Feed | None = None,
    *,
    lasting: bool = True,
    search: DuplicateSearch | None = None,
) -> Plan:
    """Deduplicate the rows and plan the changes; a `search` looks for probable duplicates.

    A `lasting` plan is committed, so each of its rows must be recognizable in the next file. `whole` is the feed if
    its files are the whole truth: customers that they no longer name are missing.
    """
    feed, mapped, back = inputs.mapping.feed, inputs.mapping.mapped_fields, returned(knowledge.links)
    if whole and back and STATUS not in mapped:
        knowledge = knowledge.aware_of_absences(set_inactive(whole, back))
    identify = lasting or bool(knowledge.links)

    def dedupe(merges: Sequence[Merge]) -> DedupedRows:
        return dedupe_rows(
            inputs.identified if identify else inputs.rows,
            directory,
            knowledge.background(feed, inputs.decisions, merges),
            inputs.policy,
            records=records if identify else lambda rows: records(identified(rows)),
            new_customers=new_customers,
            mapped=mapped,
        )

    deduped, found = dedupe_and_search(dedupe, search)
    absent = missing(inputs, deduped, directory, knowledge, whole) if whole else ()
    independent, numbers, of_absent = numbered(
        deduped.independent,
        deduped.contested.groups,
        [customer.customer for customer in absent],
        complete=directory.complete,
        waiting=knowledge.waiting(feed),
    )
    fields = FieldDecisions(feed, inputs.decisions)
    changes = plan_changes(
        deduped.contested.groups,
        directory,
        knowledge.baseline,
        inputs.policy,
        mapped,
        returned=back,
        numbers=numbers,
        decisions=fields,
    )
    plan = _without_changes(inputs, directory, deduped.contested, (*fields.answers.values(), *found.answers))
    notes = (*plan.notes, *found.notes)
    questions = _asked(feed, directory, deduped.contested, changes, found.questions)
    return replace(
        plan,
        changes=changes,
        independent=independent,
        missing=renumbered(absent, of_absent),
        questions=questions,
        asked=tuple(found.asked),
        notes=notes,
    )


def _asked(
    feed: str,
    directory: Directory,
    contested: Contested,
    changes: Sequence[Change],
    about_pairs: Sequence[Question],
) -> tuple[Question, ...]:
    """What the plan asks a person, made of its held rows and fields."""
    held = [field for change in changes for field in change.held_fields]
    refs = {field.ref for field in held}
    records = (record for group in contested.groups for record in group.records if record.ref in refs)
    rows = {record.ref: row_shown(record) for record in records} if refs else {}
    return in_order(
        (
            *contested.questions,
            *hold_questions(feed, contested.holds, changes, directory),
            *field_questions(feed, held, directory, rows),
            *about_pairs,
        )
    )


def _without_changes(
    inputs: Inputs, directory: Directory, contested: Contested, more_answers: Sequence[Answer]
) -> Plan:
    """What a plan says about rows that change nothing, and about decisions."""
    answers = (*contested.answers, *more_answers)
    answers = (*answers, *not_asked(inputs.decisions, answers))
    refused = refused_decisions(inputs.decisions, answers)
    return Plan(
        files=inputs.files,
        changes=(),
        holds=contested.holds,
        rejects=(*inputs.rejects, *_explained(contested.rejects, inputs.notices)),
        notices=(*inputs.notices, *contested.notices),
        left_out=inputs.left_out,
        links=contested.links,
        directory=directory,
        notes=(*inputs.notes, *decision_notes(inputs.decisions, refused)),
        refused=refused,
        skipped=contested.skipped,
        feed=inputs.mapping.feed,
        mapping=inputs.mapping.name,
    )


def _explained(rejects: Iterable[Reject], notices: Iterable[Notice]) -> Iterator[Reject]:
    """The rejects; a row that was left without a key says which values were dropped, so that they can be fixed."""
    dropped: dict[tuple[int, int], list[Notice]] = defaultdict(list)
    for notice in notices:
        if notice.field in KEY_FIELDS:
            dropped[notice.file, notice.row].append(notice)
    for reject in rejects:
        notices_of_row = dropped.get((reject.file, reject.row), [])
        fields = "; ".join(dict.fromkeys(notice.field for notice in notices_of_row))
        values = "; ".join(notice.value for notice in notices_of_row)
        yield replace(reject, field=fields, value=values) if reject.reason == KEYLESS else reject
