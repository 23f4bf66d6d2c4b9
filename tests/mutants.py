"""Plausible mistakes in the rules that matter most, each with the one small test that has to notice it.

    python tests/mutants.py [NAME …]

tries all of them, or those in whose names one of the given texts stands. Run it by hand, in the environment of the
tests, after a change to a rule or to its test. Each mistake is made in a copy of the package, never here, and only its
own test is run there. A line says what became of it: `killed` (the test failed, as it should), `SURVIVED` (the test
passed), `gone` (the text to replace stands nowhere, or more than once: bring the list up to date), `broken` (the test
could not be run, or did not end). Where one is not killed, the exit code is 1.

Whoever writes a new rule adds the mistake that is easiest to make in it, and the test that tells them apart: a fixed
case, the smallest that does.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = "rotor_import"
NEEDED = (PACKAGE, "tests", "mappings", "pyproject.toml")
PATIENCE = 300
"""Seconds until a test counts as one that does not end."""

FIXED = "tests/dedupe/test_fixed_cases.py"
UNDOING = "tests/pipeline/test_undoing.py"
AGAIN = "tests/dedupe/test_people_again.py"
DECIDED = "tests/dedupe/test_people_decided.py"
CASES = "tests/promises/test_matching_cases.py"
VERDICTS = "tests/people/test_people_verdicts.py"
LINKS = "tests/dedupe/test_link_index.py"
CHANGES = "tests/plan/test_changes.py"
UNITS = "tests/dedupe/test_units.py"
SCHEDULE = "tests/upsert/test_schedule.py"
LEDGER = "tests/ledger/test_ledger.py"
QUOTA = "tests/quota/test_quota.py"
CLOCK = "tests/quota/test_clock.py"
KEYLESS = "tests/pipeline/test_keyless.py"
OTHER_KEYS = "tests/pipeline/test_other_keys.py"
SAMENESS = "tests/model/test_sameness.py"
POLICY = "tests/model/test_policy.py"
SAVED = "tests/pipeline/test_saved_plans.py"
FIREWALL = "tests/pipeline/test_firewall.py"
BOUNDS = "tests/api/test_api_bounds.py"
ODD = "tests/pipeline/test_odd_answers.py"
PROGRESS = "tests/pipeline/test_progress.py"
REPORT = "tests/pipeline/test_import_report.py"
SERVERS = "tests/remote/test_file_server.py"
REMOTE = "tests/sync/test_remote_folders.py"
TROUBLES = "tests/monitoring/test_several_troubles.py"


@dataclass(frozen=True)
class Mutant:
    """In `file` of the package the text `old`, which stands there once, becomes `new`; `test` has to fail then."""

    name: str
    file: str
    old: str
    new: str
    test: str


STREAMS = "tests/cli/test_streams.py"
FORMULAS = "tests/model/test_formulas.py"
DEADLY = "tests/sync/test_deadly_files.py"
FILE_ORDER = "tests/sync/test_file_order.py"
FAILURES = "tests/crash/test_every_failure.py"
EVERYWHERE = "tests/duplicates/test_same_everywhere.py"

MUTANTS = (
    Mutant(
        "a firewall's page on a first request is the record's own refusal",
        "upsert/doubtful.py",
        "Doubt(change, error, self._came_through)",
        "Doubt(change, error, True)",
        f"{FIREWALL}::test_the_first_one_goes_last_and_may_come_through_then",
    ),
    Mutant(
        "records are rejected though nothing comes through",
        "upsert/doubtful.py",
        "if not self._came_through and not self._precedent(self._waiting.keys()):",
        "if False:",
        f"{FIREWALL}::test_where_everything_is_refused_the_run_stops_and_nothing_is_rejected",
    ),
    Mutant(
        "a firewall that is switched on meanwhile rejects the rest",
        "upsert/drain.py",
        """        self._failing.add(change.customer)
        if len(self._failing) >= DOWN_AFTER:
            self._stop(error)
""",
        "",
        f"{FIREWALL}::test_a_firewall_that_is_switched_on_meanwhile_stops_the_run_and_rejects_nothing",
    ),
    Mutant(
        "any 403 is about the scope",
        "api/interpret.py",
        "said is not None and _is_about_scopes(said)",
        "said is not None",
        "tests/api/test_api_refusals.py::test_403_that_is_not_the_apis_own_is_a_firewalls",
    ),
    Mutant(
        "only single waits are bounded",
        "api/ways.py",
        "            self._bound.keep(client)\n",
        "",
        f"{BOUNDS}::test_after_the_whole_time_nothing_more_is_sent",
    ),
    Mutant(
        "an attempt has what an earlier one has left",
        "api/exchange.py",
        "        self._bound.begin()\n",
        "        self._bound._attempt.__dict__ or self._bound.begin()\n",
        f"{BOUNDS}::test_each_attempt_has_the_whole_time",
    ),
    Mutant(
        "the headers of a request go out before its body",
        "api/time_bound.py",
        "while len(self._unsent) > _AT_ONCE:",
        "while self._unsent:",
        f"{BOUNDS}::test_a_requests_headers_and_its_body_go_out_in_one_step",
    ),
    Mutant(
        "a group is counted although it doesn't fit",
        "ledger/requests.py",
        "for one in requests[:room]]",
        "for one in requests]",
        "tests/quota/test_counted_together.py::test_a_group_that_does_not_fit_is_counted_as_far_as_it_does[sqlite]",
    ),
    Mutant(
        "a group may exceed the run's own bound",
        "quota.py",
        "room = max(0, min(room, limits.max_requests - self._used_here))",
        "room = room if self._used_here < limits.max_requests else 0",
        "tests/quota/test_counted_together.py::test_a_group_keeps_to_the_runs_own_bound[sqlite]",
    ),
    Mutant(
        "of a group whose commit fails the first request goes out",
        "ledger/group_commit.py",
        "            for turn in group:\n                turn.error = error\n",
        "            group[-1].error = error\n",
        "tests/ledger/test_group_commit.py"
        "::test_a_failure_is_that_of_everybody_in_the_group_and_of_nobody_else[error0]",
    ),
    Mutant(
        "a time to come is overlooked where requests are only counted",
        "ledger/quota_slots.py",
        "    if odd:\n",
        "    if odd and False:\n",
        CLOCK,
    ),
    Mutant(
        "a worker that waits for another's answer is not told when it is there",
        "upsert/workers.py",
        "                    self._turn.notify(self._idle)\n",
        "",
        "tests/upsert/test_workers.py::test_a_job_that_waits_for_another_is_taken_once_that_one_is_filed",
    ),
    Mutant(
        "a packed answer is unpacked at once",
        "api/body.py",
        "unzip.decompress(rest, _STEP)",
        "unzip.decompress(rest)",
        f"{BOUNDS}::test_a_few_bytes_do_not_become_a_gigabyte",
    ),
    Mutant(
        "a new customer may have an id that Rotor's list had",
        "upsert/answered.py",
        "if answer.created and id_ in known:",
        "if False:",
        f"{ODD}::test_a_new_customer_has_no_id_that_rotors_list_had",
    ),
    Mutant(
        "another id than the one addressed is believed",
        "upsert/answered.py",
        "return id_.casefold() != change.customer.casefold()",
        "return False",
        f"{ODD}::test_an_id_other_than_the_one_addressed_is_not_believed",
    ),
    Mutant(
        "an id that another change was answered with is believed where nothing says created",
        "upsert/answered.py",
        "if other is None and not known.is_given(id_):",
        "if True:",
        f"{ODD}::test_an_id_that_another_customer_has_is_not_believed",
    ),
    Mutant(
        "tags in one text are letters",
        "api/answers.py",
        "isinstance(tags, list) and all",
        "all",
        f"{ODD}::test_tags_in_one_text_are_not_letters",
    ),
    Mutant(
        "a list is read as long as it says that more comes",
        "directory.py",
        "while more and past <= _PAST:",
        "while more:",
        "tests/pipeline/test_endless_lists.py::test_a_list_without_an_end_is_read_a_page_past_its_total_and_told",
    ),
    Mutant(
        "a run whose result is lost ends as one that did nothing",
        "cli/entry_point.py",
        "if isinstance(code, exit_codes.Standing):",
        "if False:",
        STREAMS,
    ),
    Mutant(
        "a reader who has gone is a lost result",
        "cli/streams.py",
        "        except BrokenPipeError:\n            self._failed = True\n",
        "",
        STREAMS,
    ),
    Mutant(
        "only the beginning of a cell is defused",
        "model/formulas.py",
        """    _Change(_INSIDE, lambda cells: cells.str.replace_all(_INSIDE, "${1}'${2}"), inside=True),\n""",
        "",
        FORMULAS,
    ),
    Mutant(
        "quotes before a sign hide it",
        "model/formulas.py",
        """_SKIPPED = "['\\" \\u00a0]*\"""",
        """_SKIPPED = "[' \\u00a0]*\"""",
        FORMULAS,
    ),
    Mutant("one death is enough", "sync/deadly_files.py", "ENOUGH = 2", "ENOUGH = 1", DEADLY),
    Mutant(
        "a restart of the computer is the file's fault",
        "sync/deadly_files.py",
        "began is not None and not began <= started <= began + _RESTART",
        "began is not None",
        DEADLY,
    ),
    Mutant(
        "Ctrl-C is the file's fault",
        "sync/deadly_files.py",
        "(RotorImportError, KeyboardInterrupt, SystemExit)",
        "RotorImportError",
        DEADLY,
    ),
    Mutant(
        "a file that is put back is not tried again",
        "sync/night.py",
        "self.deadly.forget(file)",
        "pass",
        DEADLY,
    ),
    Mutant(
        "a file that was taken keeps its deaths",
        "ledger/runs.py",
        "    tx.execute(sa.delete(table).where(*here, table.c.sha256.in_([drop.sha256 for drop in drops])))\n",
        "",
        DEADLY,
    ),
    Mutant(
        "a file that was left counts again under a name that it had before the last one",
        "ledger/file_history.py",
        "for table in (_DROPS, _NAMES)",
        "for table in (_DROPS,)",
        FILE_ORDER,
    ),
    Mutant(
        "a new name counts only with a later change",
        "sync/file_order.py",
        "(not seen or file.written_at >= earliest)",
        "file.written_at >= earliest",
        FILE_ORDER,
    ),
    Mutant(
        "too little memory in a worker ends the program",
        "upsert/drain.py",
        "        except MemoryError:  #",
        "        except ZeroDivisionError:  #",
        FAILURES,
    ),
    Mutant(
        "the phone of a customer who is gone from Rotor is anybody's",
        "dedupe/gone.py",
        "        if name is None:",
        '        if name != "email":',
        "tests/dedupe/test_gone.py::test_a_row_with_a_key_of_a_customer_who_is_gone_is_held",
    ),
    Mutant(
        "a customer's rows fold in file order",
        "dedupe/contested.py",
        "sorted(records, key=replay.links.first_seen)",
        "list(records)",
        f"{AGAIN}::test_rows_of_a_customer_fold_in_the_order_in_which_they_were_first_seen",
    ),
    Mutant(
        "the place of an edited row is given away again",
        "dedupe/link_index.py",
        " and link.seen not in taken:",
        ":",
        "tests/promises/test_row_order.py::test_the_place_of_an_edited_row_is_not_given_away_again",
    ),
    Mutant(
        "a known row matches by keys that have not changed",
        "dedupe/row_owners.py",
        "if value and value != link.cell(name)}",
        "if value}",
        f"{LINKS}::test_an_unchanged_row_moves_no_key_back",
    ),
    Mutant(
        "a key goes to a customer although another took it earlier in the file",
        "dedupe/key_moves.py",
        "if not rivals or not self._policy.matching.holds_conflicts:",
        "if True:",
        f"{FIXED}::test_a_customer_who_keeps_an_email_after_all_is_given_none_that_another_row_took_meanwhile",
    ),
    Mutant(
        "a held row does not see that a customer it names has another email",
        "dedupe/replay.py",
        'self.key_index.keys(named.customer) == {"phone": named.phone, "email": named.email} for',
        'self.key_index.keys(named.customer)["phone"] == named.phone for',
        f"{LINKS}::TestAHoldKeeps::test_until_a_named_customer_has_other_keys",
    ),
    Mutant(
        "a row of a refused change stays refused after another row of it was mended",
        "dedupe/link_index.py",
        "if rows <= here[group])",
        "if rows & here[group])",
        f"{FIXED}::test_a_refused_change_of_which_one_row_was_mended_is_sent_again_as_a_whole",
    ),
    Mutant(
        "of contested rows the last address survives where the mapping wants the first",
        "dedupe/survivors.py",
        "return units[0]",
        "return units[-1]",
        f"{FIXED}::TestAnAddressIsNeverMadeOfTwoRows::test_where_the_rows_have_different_phones[first]",
    ),
    Mutant(
        "of independent rows each part of an address comes from another row",
        "dedupe/fold_columns.py",
        "cell = cell.filter(pl.col(UNIT_OF[name]))",
        "pass",
        f"{FIXED}::TestAnAddressIsNeverMadeOfTwoRows::test_where_the_rows_share_every_key[last]",
    ),
    Mutant(
        "of independent rows the last address survives where the mapping wants the first",
        "dedupe/survivors.py",
        "return cells.first()",
        "return cells.last()",
        f"{FIXED}::TestAnAddressIsNeverMadeOfTwoRows::test_where_the_rows_share_every_key[first]",
    ),
    Mutant(
        "of contested rows each part of an address comes from another row",
        "dedupe/units.py",
        "if all(same(value, values[0]) for values in names.values() for value in values):",
        "if True:",
        f"{UNITS}::test_name_and_addresses_are_units_of_their_own",
    ),
    Mutant(
        "a last name alone hides the first name that another row has beside it",
        "dedupe/units.py",
        "    return surviving_row([unit for unit in fuller if len(unit) == most], survivor)",
        "    return chosen",
        f"{UNITS}::test_no_name_and_no_address_is_made_of_two[a last name alone hides no first name]",
    ),
    Mutant(
        "an address is mixed with what is left of Rotor's",
        "plan/changes.py",
        "if self._is_partial(parts, values, held):",
        "if False:",
        f"{CHANGES}::TestAPartialAddress::test_is_held_as_a_whole_and_the_other_fields_are_sent",
    ),
    Mutant(
        "an address is held though nothing of it would be sent",
        "plan/changes.py",
        " and self._verdict(name, values[name]) in (Verdict.SEND, Verdict.HOLD)",
        " and values[name] != held[name]",
        f"{CHANGES}::TestAPartialAddress::test_is_none_where_only_rotor_changed",
    ),
    Mutant(
        "a person's word for Rotor's value is forgotten",
        "plan/changes.py",
        """            case "rotor":
                self._equal[name] = Baseline(value, held or "")
""",
        """            case "rotor":
""",
        f"{CHANGES}::TestAPersonsWord::test_rotor_leaves_it_and_is_remembered_until_a_side_changes",
    ),
    Mutant(
        "a person's word for the file's value is forgotten until it is sent",
        "plan/changes.py",
        'Baseline(baseline.sent, held or "")',
        "baseline",
        f"{CHANGES}::TestAPersonsWord::test_file_sends_the_files_value_and_is_remembered_until_it_is_sent",
    ),
    Mutant(
        "rows that meet in one of Rotor's customers are taken for two",
        "dedupe/directory_match.py",
        "    disputed = disputed.scatter(_of_several_clusters(lines), values=True)\n",
        "",
        f"{FIXED}::test_rows_that_share_no_key_are_one_customer_where_rotor_holds_both_keys",
    ),
    Mutant(
        "a row is compared with those alone who came before it",
        "dedupe/shared_keys.py",
        "if self._compare_again(replay) or self._regain(replay):",
        "if False:",
        f"{AGAIN}::test_a_row_that_meets_its_like_only_later_is_not_held",
    ),
    Mutant(
        "a hold ends where its own import moved the key on",
        "dedupe/strangers.py",
        "return self.is_apart(record, key, link.named[0].customer)",
        "return False",
        f"{AGAIN}::test_a_hold_outlasts_what_its_own_import_moved",
    ),
    Mutant(
        "rows that lost a key together become several customers",
        "dedupe/replay.py",
        "found = self.strangers.among_losers(record) or found",
        "pass",
        f"{DECIDED}::test_separated_rows_of_one_person_become_one_customer",
    ),
    Mutant(
        "a key that a person ignored is given to the next row that has it",
        "dedupe/lost_keys.py",
        'if word == "ignore"}',
        'if word == "nothing"}',
        f"{DECIDED}::test_ignore_gives_the_key_to_nobody_now_or_later",
    ),
    Mutant(
        "a row is held for the sake of a planned customer whom no row makes",
        "dedupe/passes.py",
        "unmade = applied - replay.members.keys()",
        "unmade = applied - applied",
        f"{FIXED}::test_a_planned_customer_whose_only_row_moved_to_somebody_else_holds_up_nobody",
    ),
    Mutant(
        "a decision that another one overtook is forgotten",
        "dedupe/overtaken.py",
        "if not joined:",
        "if joined:",
        "tests/promises/test_people.py::test_rows_that_somebody_separates_join_nobody_through_another_decision",
    ),
    Mutant(
        "another key speaks for two people who have no other one in common",
        "people/compare.py",
        "return others[0] if others else joined_by",
        "return joined_by",
        "tests/people/test_people_verdicts.py::test_of_a_customers_two_keys_one_member_has_one_and_another_the_other",
    ),
    Mutant(
        "tags that are to fill a blank are added to others",
        "plan/changes.py",
        'case "if_empty" if held:',
        'case "if_empty" if False:',
        "tests/plan/test_changes.py::test_tags_for_blanks_are_sent_only_where_rotor_has_none",
    ),
    Mutant(
        "the best customer goes first without those whose key it takes",
        "plan/numbers.py",
        "        ranks[at] = min(ranks[at], *(needed.get(key, ranks[at]) for key in shared))\n",
        "",
        f"{FIXED}::test_who_is_worth_most_takes_along_who_has_to_give_up_a_key_first",
    ),
    Mutant(
        "a missing customer is set inactive over another feed's pending change",
        "plan/missing.py",
        "elif customer in present.pending_elsewhere:",
        "elif False:",
        "tests/sync/test_missing.py::test_who_is_missing_while_another_feeds_change_is_pending_waits_for_it",
    ),
    Mutant(
        "no baseline is kept for a key that Rotor holds already",
        "plan/changes.py",
        "            elif name in self._group.key_baselines:\n"
        "                self._equal[name] = Baseline(self._group.key_baselines[name], value)\n",
        "",
        f"{FIXED}::test_a_key_that_rotor_holds_already_is_remembered_so_that_a_later_edit_of_it_is_not_overwritten",
    ),
    Mutant(
        "a refusal counts as no answer, so that failures before and after it end the run",
        "upsert/drain.py",
        "            self._failing.clear()\n            self._refuse",
        "            self._refuse",
        "tests/upsert/test_answers.py::test_a_refusal_between_two_rows_of_failures_shows_that_rotor_is_not_down",
    ),
    Mutant(
        "a change waits for a key that its holder keeps",
        "upsert/schedule.py",
        "if rival is not None and rival.keys[name] != value:",
        "if rival is not None:",
        f"{SCHEDULE}::test_nobody_waits_for_a_key_that_its_holder_keeps",
    ),
    Mutant(
        "after a pause a change is held for a key that its holder is about to give up",
        "upsert/refresh.py",
        "if waiting is None or waiting.keys[name] == key:",
        "if True:",
        "tests/upsert/test_after_a_pause.py"
        "::test_a_key_that_its_holder_is_about_to_give_up_is_still_taken_after_a_pause",
    ),
    Mutant(
        "after a pause notes that are the customer's email count as sent already",
        "upsert/refresh.py",
        "if name in KEY_FIELDS and field.after and change.keys[name] == known.key(name):",
        "if field.after in known.keys.values():",
        "tests/upsert/test_refresh.py::test_notes_that_are_the_customers_email_are_not_taken_for_carried_out",
    ),
    Mutant(
        "a lost create without keys is found in the customer of another row",
        "upsert/unknown.py",
        " if customer.id not in claimed",
        "",
        "tests/pipeline/test_keyless.py::test_the_customer_of_another_row_is_not_taken_for_it",
    ),
    Mutant(
        "a hold expects keys of a customer whose change was refused",
        "ledger/outbox.py",
        "            tx.execute(sa.update(_NAMED).where(*here).values(dict(change.before_keys)))\n",
        "",
        f"{LEDGER}::test_a_refused_change_leaves_its_rows_what_they_were[sqlite]",
    ),
    Mutant(
        "what comes after an answer is taken for that to the next request",
        "api/ways.py",
        "if isinstance(stream, BoundStream) and stream.is_unasked:",
        "if False:",
        "tests/api/test_api_bounds.py::test_what_comes_after_an_answer_is_never_taken_for_the_next_ones"
        "[an answer-False]",
    ),
    Mutant(
        "workers go on when their caller is disturbed",
        "upsert/workers.py",
        "except BaseException as error:\n                self._over = True",
        "except ValueError as error:\n                self._over = True",
        "tests/upsert/test_workers.py::test_what_is_raised_in_the_callers_thread_lets_nothing_more_be_taken"
        "_and_what_is_under_way_be_filed",
    ),
    Mutant(
        "a refused row is kept as it was before the change, and so looks new each time",
        "ledger/feeds.py",
        'values |= {"digest": digest} | outcome',
        "values |= outcome",
        f"{LEDGER}::test_a_refused_change_leaves_its_rows_what_they_were[sqlite]",
    ),
    Mutant(
        "a request ends before it began where the clock was set back meanwhile",
        "ledger/requests.py",
        "finished_at=sa.case((_TABLE.c.started_at > quota_slots.NOW, _TABLE.c.started_at), else_=quota_slots.NOW),",
        "finished_at=quota_slots.NOW,",
        f"{LEDGER}::TestRequests::test_a_clock_set_back_during_a_request_frees_its_slot_a_day_after_it_began[sqlite]",
    ),
    Mutant(
        "a request of the future counts when its time comes",
        "ledger/quota_slots.py",
        "(_FUTURE, _SEEN), else_=ENDED",
        "else_=ENDED",
        f"{CLOCK}::test_requests_of_the_future_count_from_when_they_are_seen_and_a_note_says_so[sqlite]",
    ),
    Mutant(
        "a request of the future counts from whenever it is looked at",
        "ledger/quota_slots.py",
        "_SEEN = sa.func.coalesce(sa.case((_TABLE.c.recounted_at <= _LATEST, _TABLE.c.recounted_at)), NOW)",
        "_SEEN = NOW",
        f"{CLOCK}::test_requests_of_the_future_count_from_when_they_are_seen_and_a_note_says_so[sqlite]",
    ),
    Mutant(
        "the own time of a request that was seen from before is forgotten at once",
        "ledger/quota_slots.py",
        "sa.update(_TABLE).where(request, _FUTURE, _unseen(_TABLE)).values(recounted_at=NOW),",
        "sa.update(_TABLE).where(request, _FUTURE, _unseen(_TABLE)).values(started_at=NOW, finished_at=NOW),",
        f"{CLOCK}::test_a_clock_that_was_behind_for_a_while_frees_nothing_when_it_is_right_again[sqlite]",
    ),
    Mutant(
        "only a start in the future is seen, not an end",
        "ledger/quota_slots.py",
        "sa.or_(_TABLE.c.started_at > _LATEST, _TABLE.c.finished_at > _TABLE.c.expires_at)",
        "_TABLE.c.started_at > _LATEST",
        f"{CLOCK}::test_one_that_ended_under_a_clock_set_ahead_meanwhile_counts_from_when_it_is_seen[sqlite]",
    ),
    Mutant(
        "a block of the future stays",
        "ledger/quota_slots.py",
        "_BLOCK_ENDS = sa.case((_FAR, _BLOCK_SEEN + DAY), else_=_KEYS.c.blocked_until)",
        "_BLOCK_ENDS = _KEYS.c.blocked_until",
        f"{CLOCK}::test_a_block_of_the_future_ends_a_day_after_it_is_seen[sqlite]",
    ),
    Mutant(
        "a wait of years is believed",
        "quota.py",
        "min(max(wait, least), DAY)",
        "max(wait, least)",
        f"{CLOCK}::test_a_wait_of_more_than_a_day_is_believed_for_a_day_then_one_try_goes_and_blocks_again[sqlite-259200.0]",
    ),
    Mutant(
        "a wait of nothing is believed again and again",
        "quota.py",
        "least = UNKNOWN_RESET if self._refusals >= _AGAIN else 0.0",
        "least = 0.0",
        f"{CLOCK}::test_a_second_429_in_a_row_that_asks_for_no_wait_is_waited_for_an_hour[sqlite]",
    ),
    Mutant(
        "an attempt under way is in doubt for its own key alone",
        "ledger/requests.py",
        "            _doubt(tx, _in_doubt(account))\n",
        "",
        f"{OTHER_KEYS}::test_killed_with_one_key_it_is_unknown_to_the_other_too_and_then_found[sqlite-key-two]",
    ),
    Mutant(
        "attempts of a key that the ledger lacks are nobody's",
        "ledger/requests.py",
        "sa.or_(_TABLE.c.key_hash.in_(of_account), _TABLE.c.run.in_(runs))",
        "_TABLE.c.key_hash.in_(of_account)",
        f"{OTHER_KEYS}::test_a_ledger_that_knows_neither_key_still_knows_whose_the_attempt_was[sqlite]",
    ),
    Mutant(
        "a new plan forgets who was in Rotor before the lost attempt",
        "pipeline/commitment.py",
        "    return earlier.lookalikes, None if",
        "    return _lookalikes(change, unfindable or ()), None if",
        f"{KEYLESS}::test_a_new_file_does_not_create_again_whom_a_lost_answer_may_have_created[False-after-more0]",
    ),
    Mutant(
        "a new plan forgets what the lost attempt said",
        "pipeline/commitment.py",
        "None if attempted == change.fields else attempted",
        "None",
        f"{KEYLESS}::test_a_new_file_does_not_create_again_whom_a_lost_answer_may_have_created[False-after-more1]",
    ),
    Mutant(
        "an older ledger creates its keyless customers again",
        "upsert/unknown.py",
        "if change.unfindable or (_is_unfindable_once_sent(change) and directory.complete):",
        "if change.unfindable:",
        "tests/pipeline/test_older_ledger.py::test_nobody_is_doubled_keyless_or_not_and_the_rows_are_linked_again",
    ),
    Mutant(
        "what was only planned is looked for after a newer plan was sent",
        "upsert/unknown.py",
        "return change if change.unknown or change.attempted is None else self._never_sent(change)",
        "return change",
        f"{KEYLESS}::test_what_a_newer_file_said_when_it_was_sent_is_looked_for_not_what_was_only_planned",
    ),
    Mutant(
        "the baseline of one field takes the place of all others",
        "ledger/baselines.py",
        '"fields": {**known.get(customer, {}), **fields}}',
        '"fields": fields}',
        f"{LEDGER}::test_a_baseline_of_one_field_leaves_the_others[sqlite]",
    ),
    Mutant(
        "a list that was being read hides what Rotor told another program meanwhile",
        "ledger/accounts.py",
        'newer = newer.join(before, on=before.columns, how="anti") if newer.height and before.height else newer',
        "newer = newer.clear()",
        "tests/pipeline/test_meanwhile.py"
        "::test_whom_a_run_creates_while_a_plan_reads_the_list_is_known_afterwards[more0]",
    ),
    Mutant(
        "what an error left undone is written after the account was given back",
        "ledger/store.py",
        "                with self._due_lock:\n                    self._due.clear()\n                self._fence",
        "                self._fence",
        f"{LEDGER}::test_what_is_due_when_a_run_breaks_off_is_left_to_the_next_one[sqlite]",
    ),
    Mutant(
        "under a lowered limit the first slot that ends is taken for a free one",
        "quota.py",
        "usage.ends[-window.limit] + window.seconds",
        "usage.ends[0] + window.seconds",
        f"{QUOTA}::test_under_a_lower_limit_a_slot_is_free_once_enough_requests_are_a_day_old[sqlite]",
    ),
    Mutant(
        "a second window of the quota is not counted",
        "ledger/requests.py",
        "for window in windows:",
        "for window in windows[:1]:",
        f"{QUOTA}::test_two_windows_are_kept_both[sqlite-gaps0]",
    ),
    Mutant(
        "the next free slot is told of the first window alone",
        "quota.py",
        "windows = (_free_at(window, usage) for window in self._limits.windows)",
        "windows = (_free_at(window, usage) for window in self._limits.windows[:1])",
        f"{QUOTA}::test_a_full_window_is_named_and_its_next_slot_told_and_people_count_in_the_longest[sqlite]",
    ),
    Mutant(
        "a request may have ended before it began",
        "ledger/quota_slots.py",
        "_SEEN = sa.case((_HAS_BEGUN, _TABLE.c.started_at), else_=_FIRST_SEEN)",
        "_SEEN = _FIRST_SEEN",
        CLOCK,
    ),
    Mutant(
        "the forecast does not count today",
        "quota.py",
        "(_day(end) - _day(first)).days + 1",
        "(_day(end) - _day(first)).days",
        f"{QUOTA}::test_the_forecast_counts_days_and_what_reading_costs_on_each[sqlite-case2]",
    ),
    Mutant(
        "white space around a text is a difference in columns",
        "model/sameness.py",
        "literal=True).str.strip_chars(_WHITE_SPACE)",
        "literal=True)",
        f"{SAMENESS}::test_what_does_not_count_in_values_does_not_in_columns[space]",
    ),
    Mutant(
        "the kind of a line end is a difference in columns",
        "model/sameness.py",
        'column.str.replace_all("\\r\\n", "\\n", literal=True).str',
        "column.str",
        f"{SAMENESS}::test_what_does_not_count_in_values_does_not_in_columns[line end]",
    ),
    Mutant(
        "columns strip what polars takes for white space",
        "model/sameness.py",
        "literal=True).str.strip_chars(_WHITE_SPACE)",
        "literal=True).str.strip_chars()",
        f"{SAMENESS}::test_what_does_not_count_in_values_does_not_in_columns[separator]",
    ),
    Mutant(
        "a matching policy read back holds nothing suspicious",
        "model/policy.py",
        'hold_suspicious == "1",',
        "False,",
        f"{POLICY}::test_a_matching_policy_comes_back_from_its_text[('hold', 'hold', True, False)]",
    ),
    Mutant(
        "a matching policy read back allows no rows without keys",
        "model/policy.py",
        'allow_keyless == "1",',
        "False,",
        f"{POLICY}::test_a_matching_policy_comes_back_from_its_text[('hold', 'hold', False, True)]",
    ),
    Mutant(
        "a saved plan is not bound to what it holds",
        "pipeline/plan_snapshot.py",
        "for table in APPROVED}",
        'for table in APPROVED if table.name != "review"}',
        f"{SAVED}::test_a_plan_that_would_say_something_else_in_one_table_alone_is_refused[review]",
    ),
    Mutant(
        "a saved plan is carried out where no row has another fate",
        "pipeline/approval.py",
        "if hashes(as_csv(now)) == self.saved.manifest.entries:",
        'if hashes(as_csv(now))["rows.csv"] == self.saved.manifest.entries["rows.csv"]:',
        f"{SAVED}::test_a_plan_that_would_say_something_else_in_one_table_alone_is_refused[review]",
    ),
    Mutant(
        "a saved plan is not bound to the customers that its rows are",
        "pipeline/plan_snapshot.py",
        '[pl.col("customer").is_in(ids.implode())]',
        "[pl.lit(value=False)]",
        f"{SAVED}::test_an_edited_customer_is_refused_by_id_and_field_and_the_values_stand_in_the_table",
    ),
    Mutant(
        "a saved plan is not bound to the customers who have a key that it takes",
        "pipeline/plan_snapshot.py",
        "    for key in KEY_FIELDS:",
        "    for key in ():",
        f"{SAVED}::test_a_customer_who_got_an_email_that_the_plan_gives_to_another_is_refused",
    ),
    Mutant(
        "a table that nobody asked for is written",
        "report/report_table.py",
        "if not table.is_wanted(self):",
        "if False:",
        "tests/report/test_tables.py::test_each_table_is_written_and_read_back_with_its_columns",
    ),
    Mutant(
        "the phone of a customer who is gone is forgotten",
        "dedupe/gone.py",
        "            self._former.update(dict.fromkeys(self._keys[customer] - living, customer))",
        "            pass",
        f"{CASES}::TestGoneFromRotor::test_who_was_deleted_there_is_not_created_again_without_a_word[new email]",
    ),
    Mutant(
        "who was merged in Rotor is not offered the one who is left",
        "dedupe/gone.py",
        '                return holder, f"{whose} {name}"',
        "                return None",
        f"{CASES}::TestGoneFromRotor::test_who_was_merged_there_is_offered_the_one_who_is_left",
    ),
    Mutant(
        "the mapping's placeholder is ignored only as it is written there",
        "normalize/unwanted.py",
        "            ignored = normal.is_in(pl.Series(forms, dtype=pl.String).implode()).fill_null(value=False)",
        "            ignored = values.is_in(pl.Series(forms, dtype=pl.String).implode()).fill_null(value=False)",
        f"{CASES}::TestPlaceholders::test_that_the_mapping_ignores_join_nobody[]",
    ),
    Mutant(
        "a partial address is sent where a person has to say so",
        "plan/changes.py",
        "            if self._is_partial(parts, values, held):",
        "            if False:",
        f"{CASES}::TestAPartialAddress::test_is_held_and_asked_about",
    ),
    Mutant(
        "what a person said about a partial address is forgotten",
        "plan/changes.py",
        'self._decisions.word(self._group.customer, unit, said, in_rotor) or "nothing"',
        '"nothing"',
        f"{CASES}::TestAPartialAddress::test_decided_it_is_sent_or_not_and_not_asked_again",
    ),
    Mutant(
        "the columns make an address of two rows",
        "dedupe/fold_columns.py",
        "cell = cell.filter(pl.col(UNIT_OF[name]))",
        "pass",
        f"{CASES}::TestNothingIsMadeOfTwoRows::test_an_address_is_one_rows_and_the_other_is_told",
    ),
    Mutant(
        "a first name beside a last name counts as one person",
        "people/compare.py",
        "return apart if self.both_named or self.company is False",
        "return apart if self.company is False",
        f"{VERDICTS}::test_what_agrees_beside_the_key_decides",
    ),
    Mutant(
        "a row without phone and email is rejected before its source key is asked about",
        "dedupe/replay.py",
        'if self.strangers.waits(record, "", late=late):',
        "if False:",
        f"{AGAIN}::test_rows_of_one_source_key_are_held_together_though_one_has_no_other_key",
    ),
    Mutant(
        "a question's name depends on where its rows stand",
        "model/decision.py",
        "sorted((record.natural_key, record.digest) for record in records)",
        "((record.natural_key, record.digest) for record in records)",
        f"{DECIDED}::test_a_question_has_one_name_in_whatever_order_its_rows_stand",
    ),
    Mutant(
        "same is forgotten where A gave the key up",
        "dedupe/key_words.py",
        'known = asked.customer if asked.customer in self._directory.customers else ""',
        'known = ""',
        f"{DECIDED}::test_same_joins_a_though_a_gave_the_key_up",
    ),
    Mutant(
        "a link that a row left behind counts as one of the rows that are held",
        "dedupe/link_index.py",
        "every[link.group].add((link.natural_key, link.digest))",
        "every[link.group].add((*link.row_key, link.digest))",
        f"{AGAIN}::test_a_hold_outlasts_another_order_though_a_rejected_row_has_its_legacy_id",
    ),
    Mutant(
        "the lock is beside the name that was given, not beside the file",
        "ledger/sqlite_file.py",
        "self.path = path.resolve()",
        "self.path = path.absolute()",
        "tests/ledger/test_ledger_places.py",
    ),
    Mutant(
        "a path's question mark begins a URL's query",
        "ledger/sqlite_file.py",
        'sa.URL.create("sqlite", database=str(self.path))',
        'f"sqlite:///{self.path}"',
        "tests/ledger/test_ledger_places.py",
    ),
    Mutant(
        "a folder that is made is open to others",
        "files.py",
        "_OWNERS_FOLDER = 0o700",
        "_OWNERS_FOLDER = 0o755",
        "tests/ledger/test_ledger_places.py",
    ),
    Mutant(
        "a connection string is the name of a file",
        "model/location.py",
        "if any(like.search(text) for like in _LIKE_A_DATABASE",
        "if not any(like.search(text) for like in _LIKE_A_DATABASE",
        "tests/model/test_location.py",
    ),
    Mutant(
        "a feed's last complete run is pruned",
        "ledger/prune.py",
        "run.ended < before and not run.pending and run.id not in needed",
        "run.ended < before and not run.pending",
        "tests/ledger/test_prune.py::test_of_a_feed_that_has_slept_for_years_the_last_run_stays_to_be_compared_with",
    ),
    Mutant(
        "the files that a pruned run took are forgotten",
        "ledger/prune.py",
        '_DROPS.c.run == _RUN, _DROPS.c.sha256.startswith("name:")',
        "_DROPS.c.run == _RUN",
        "tests/ledger/test_prune.py::test_a_file_that_was_taken_is_not_taken_again",
    ),
    Mutant(
        "a pending change's attempts are pruned",
        "ledger/prune.py",
        "_REQUESTS.c.run.not_in(stays),",
        "",
        "tests/ledger/test_prune.py",
    ),
    Mutant(
        "a doubtful attempt is pruned",
        "ledger/prune.py",
        '_REQUESTS.c.result != "unknown",',
        "",
        "tests/ledger/test_prune.py::test_a_doubtful_attempt_stays",
    ),
    Mutant(
        "prune reaches into the last 24 hours",
        "ledger/prune.py",
        "before = min(before, now - DAY)",
        "before = min(before, now)",
        "tests/ledger/test_prune.py::test_nothing_of_the_last_day_goes_so_the_quota_counts_as_before",
    ),
    Mutant(
        "a report with a person's own files is removed",
        "report/remove.py",
        "if not all(_OURS.fullmatch(path.name)",
        "if False and all(_OURS.fullmatch(path.name)",
        "tests/ledger/test_prune.py::test_old_reports_go_and_files_of_a_persons_own_stay",
    ),
    Mutant(
        "a caller's function that fails ends the run that it watches",
        "pipeline/progress.py",
        "        except Exception as error:",
        "        except AssertionError as error:",
        f"{PROGRESS}::test_an_exception_in_it_costs_nothing_and_is_told_at_the_end[sending]",
    ),
    Mutant(
        "a caller's function that failed is called again",
        "pipeline/progress.py",
        "if self._on_progress is None or self._error is not None:",
        "if self._on_progress is None:",
        f"{PROGRESS}::test_an_exception_in_it_costs_nothing_and_is_told_at_the_end[sending]",
    ),
    Mutant(
        "a report's tables are looked for in the working directory",
        "pipeline/import_report.py",
        "Path(report).absolute() if report",
        "Path(report) if report",
        f"{REPORT}::test_the_tables_are_found_from_another_working_directory",
    ),
    Mutant(
        "rejects of several files do not say of which",
        "report/frames.py",
        "pl.lit(file).alias(FILE)",
        "pl.lit(files[0]).alias(FILE)",
        f"{REPORT}::test_rejects_of_several_files_are_one_frame_that_names_the_file_of_each",
    ),
    Mutant(
        "a saved plan takes other decisions than its own in a frame",
        "pipeline/run.py",
        "decided=decided is not None",
        "decided=settings.decisions is not None",
        "tests/pipeline/test_decisions_in_a_frame.py"
        "::test_a_saved_plan_keeps_the_decisions_of_its_frame_and_refuses_others",
    ),
    Mutant(
        "what a pair's fields say is added up as threads take turns",
        "duplicates/weights.py",
        "reduce(add, map(pl.col, names))",
        "pl.sum_horizontal(names)",
        f"{EVERYWHERE}::test_more_processors_are_no_change",
    ),
    Mutant(
        "chances are added up as floats",
        "duplicates/estimate.py",
        "(numbers * _UNIT).round().cast(pl.Int64)",
        "numbers * _UNIT",
        f"{EVERYWHERE}::test_another_order_of_lines_changes_no_digit",
    ),
    Mutant(
        "of pairs that weigh the same any comes first",
        "duplicates/search.py",
        'shown.sort("weight", "a", "b", "in_rotor", descending=[True, False, False, False])',
        'shown.sort("weight", "a", "b", descending=[True, False, False])',
        f"{EVERYWHERE}::test_pairs_that_weigh_the_same_stand_in_the_order_of_their_ids",
    ),
    Mutant(
        "who may have been in Rotor before counts as created by the run",
        "ledger/before_images.py",
        'return "created" if is_certain else "updated"',
        'return "created"',
        f"{UNDOING}::test_somebody_who_may_have_been_there_before_is_not_set_inactive",
    ),
    Mutant(
        "an undo that goes on doesn't see that a new customer was edited",
        "pipeline/sending.py",
        "changes = without_edited(session, account, run, outbox, changes, everybody)",
        "pass",
        f"{UNDOING}::test_a_new_customer_who_is_edited_while_the_undo_is_paused_stays_active",
    ),
    Mutant(
        "an undo sends what it planned before a long question",
        "pipeline/undoing.py",
        "directory if asked_at.is_fresh() else None",
        "directory",
        f"{UNDOING}::test_what_is_edited_while_the_question_waits_stays",
    ),
    Mutant(
        "the rest of an undo goes by the list that the next command reads",
        "pipeline/execute.py",
        'reader = whole_directory if run.mode == "undo" else read_directory',
        "reader = read_directory",
        f"{UNDOING}::test_whatever_command_goes_on_with_an_undo_an_edit_made_meanwhile_stays",
    ),
    Mutant(
        "a phone is given back that somebody else still has",
        "upsert/undo_drain.py",
        "if not taken:",
        "if True:",
        f"{UNDOING}::test_where_rotor_does_not_clear_a_phone_nobody_else_gets_it_back",
    ),
    Mutant(
        "a phone that was given up doesn't count as changed when its row comes again",
        "ledger/undone.py",
        "replace(link, gone=self._run, **given)",
        "replace(link, gone=self._run)",
        f"{UNDOING}::test_both_sides_of_a_phone_that_moved_get_theirs_back",
    ),
    Mutant(
        "who waits for another import counts as undone",
        "ledger/undone.py",
        "if not images or not (customer.is_back or fields):",
        "if not images:",
        f"{UNDOING}::test_who_waits_for_another_import_can_be_undone_later",
    ),
    Mutant(
        "a later undo of something older is no later change",
        "pipeline/built_upon.py",
        "if not undone:\n            return True",
        "if not undone:\n            return True\n        return False",
        f"{UNDOING}::test_an_undo_of_an_undo_that_another_one_built_upon_says_so_first",
    ),
    Mutant(
        "the file of a night that was undone stays taken",
        "ledger/file_history.py",
        '.values(state="undone")',
        '.values(state="taken")',
        "tests/sync/test_undo_a_night.py::test_the_file_of_a_night_that_was_undone_is_taken_again_if_it_comes_again",
    ),
    Mutant(
        "a trial leaves behind whose phone its customer takes",
        "pipeline/moving_together.py",
        "if uses[name] > 1",
        "if uses[name] > 10**9",
        "tests/pipeline/test_trials.py::test_who_gives_up_a_phone_goes_with_whoever_takes_it",
    ),
    Mutant(
        "any host key of a server of files is trusted",
        "remote/connect.py",
        '"known_hosts": (), ',
        '"known_hosts": None, ',
        f"{SERVERS}::test_without_a_known_hosts_file_of_its_own_that_of_the_user_counts",
    ),
    Mutant(
        "a rename on a server is done again after its answer was lost",
        "remote/server.py",
        "return (there.size, there.changed) == (entry.size, entry.changed)",
        "return False",
        f"{SERVERS}::test_a_rename_overwrites_nothing_and_loses_nothing",
    ),
    Mutant(
        "a Ctrl-C counts as a lost connection",
        "remote/server.py",
        "isinstance(error, Exception) and not is_final(error)",
        "not is_final(error)",
        f"{SERVERS}::test_a_ctrl_c_is_no_lost_connection",
    ),
    Mutant(
        "a remote file that was replaced under the same size and time is put away unread",
        "sync/remote_folder.py",
        "return bool(file.stamp.etag) or self._content(file.path, file.stamp) == file.sha256",
        "return True",
        f"{REMOTE}::test_a_file_that_is_replaced_while_it_is_sent_stays_even_with_the_same_size_and_time",
    ),
    Mutant(
        "a remote file that is replaced at the last moment is put away unread",
        "sync/remote_folder.py",
        "if moved is None or _stamp(moved) == file.stamp:",
        "if True:",
        f"{REMOTE}::test_a_file_that_is_replaced_at_the_last_moment_stays_to_be_taken",
    ),
    Mutant(
        "what was fetched but not taken counts as known",
        "sync/known_contents.py",
        " if one.sha256 in done}",
        "}",
        f"{REMOTE}::test_one_that_was_fetched_and_not_taken_is_fetched_again_whatever_its_etag_says",
    ),
    Mutant(
        "a mark that a move left behind calls the next file complete",
        "sync/night.py",
        "stamp.changed / 1e9 <= taken.get(name, 0.0)",
        "stamp.changed / 1e9 > taken.get(name, 0.0)",
        "tests/sync/test_drop_folder.py::test_a_mark_of_a_refused_file_is_removed_too",
    ),
    Mutant(
        "another failure in between makes a wrong file well again",
        "monitoring/trouble.py",
        "return before.difference(_over(ending)).union(begun(ending))",
        "return frozenset(begun(ending)) or before.difference(_over(ending))",
        f"{TROUBLES}::test_a_wrong_file_is_not_well_again_because_rotor_was_down_in_between",
    ),
    Mutant(
        "people are told each night",
        "monitoring/telling.py",
        'return "alarm" if trouble - told else None',
        'return "alarm" if trouble else None',
        "tests/monitoring/test_sixty_nights_told.py",
    ),
    Mutant(
        "a company has another one's secrets in its environment",
        "cli/sync_every.py",
        "hidden = {*_HIDDEN, *foreign}",
        "hidden = {*_HIDDEN}",
        "tests/cli/test_every_profile.py::test_a_child_has_no_secret_of_another_company",
    ),
)


def copy_to(folder):
    """What the tests need, in a folder where it may be spoiled."""
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)


def tested(folder, *tests):
    """Pytest's exit code (0 passed, 1 failed) and its words, in the copy; None where it does not end."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", *tests]
    # Compiled modules are told from newer ones by size and second, which a mutant may have in common with the original.
    here = {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, check=False, cwd=folder, env=os.environ | here, capture_output=True, text=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stdout + done.stderr


def fate(mutant, folder):
    path = folder / PACKAGE / mutant.file
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if text.count(mutant.old) != 1:
        return "gone"
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        code, _ = tested(folder, mutant.test)
    finally:
        path.write_text(text, encoding="utf-8")
    return {0: "SURVIVED", 1: "killed"}.get(code, "broken")


def main(names):
    wanted = [one for one in MUTANTS if not names or any(name in one.name for name in names)]
    if not wanted:
        sys.exit(f"No mutant has one of these in its name: {', '.join(names)}")
    with tempfile.TemporaryDirectory(prefix="mutants") as name:
        folder = Path(name)
        copy_to(folder)
        code, words = tested(folder, *dict.fromkeys(one.test for one in wanted))
        if code != 0:
            sys.exit(f"{words}\nWithout any mistake all these tests have to pass.")
        fates = Counter()
        for mutant in wanted:
            started = time.monotonic()
            became = fate(mutant, folder)
            fates[became] += 1
            print(f"{became:8} {time.monotonic() - started:5.1f} s  {mutant.name}", flush=True)  # noqa: T201 - for people
    print(", ".join(f"{count} {became}" for became, count in fates.items()))  # noqa: T201 - for people
    return int(fates.total() > fates["killed"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
