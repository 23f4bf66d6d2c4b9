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
SAMENESS = "tests/model/test_sameness.py"
POLICY = "tests/model/test_policy.py"
SAVED = "tests/pipeline/test_saved_plans.py"


@dataclass(frozen=True)
class Mutant:
    """In `file` of the package the text `old`, which stands there once, becomes `new`; `test` has to fail then."""

    name: str
    file: str
    old: str
    new: str
    test: str


MUTANTS = (
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
        "if here[group] == count)",
        "if here[group])",
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
        "dedupe/contested.py",
        "unmade = applied - replay.members.keys()",
        "unmade = applied - applied",
        f"{FIXED}::test_a_planned_customer_whose_only_row_moved_to_somebody_else_holds_up_nobody",
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
        "if name in KEY_FIELDS and field.after == known.key(name):",
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
        "a refused row is kept as it was before the change, and so looks new each time",
        "ledger/feeds.py",
        'values |= {"digest": row.digest} | outcome',
        "values |= outcome",
        f"{LEDGER}::test_a_refused_change_leaves_its_rows_what_they_were[sqlite]",
    ),
    Mutant(
        "a request ends before it began where the clock was set back meanwhile",
        "ledger/requests.py",
        "finished_at=sa.case((_TABLE.c.started_at > _NOW, _TABLE.c.started_at), else_=_NOW),",
        "finished_at=_NOW,",
        f"{LEDGER}::TestRequests::test_a_clock_set_back_during_a_request_frees_its_slot_a_day_after_it_began[sqlite]",
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
        "for window in self._limits.windows)",
        "for window in self._limits.windows[:1])",
        f"{QUOTA}::test_a_full_window_is_named_and_its_next_slot_told_and_people_count_in_the_longest[sqlite]",
    ),
    Mutant(
        "the forecast does not count today",
        "quota.py",
        "(finish - today).days + sends_today,",
        "(finish - today).days,",
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
