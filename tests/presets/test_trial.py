"""25 customers of each preset's sample together show every column and every kind of change, warning and merge."""

import re
from collections import defaultdict
from dataclasses import replace

import pytest
from preset_samples import SAMPLES, read_cases

from rotor_import import Settings, plan_import, run_import
from rotor_import.mapping import load_mapping
from rotor_import.report.read import read_frame
from rotor_import.source import read_source

CASES = [*((case.sample, case.preset) for case in read_cases()), (SAMPLES / "jobber_clients.csv", "jobber")]
EACH_SAMPLE = pytest.mark.parametrize(("file", "preset"), CASES, ids=[file.stem for file, _ in CASES])
COUNT = 25


def table(report, name):
    """A table of the report's folder, its row numbers as numbers."""
    lines = read_frame(report.folder / name).fill_null("").to_dicts()
    return [{**line, "row": int(line["row"])} if "row" in line else line for line in lines]


def kind(reason):
    """A warning's reason without what stands in the one row alone."""
    return re.sub(r"\d+|'[^']*'", "", reason.partition(": ")[0])


def shown(report, source):
    """By customer that is sent, what the plan's tables say of it, and which mapped columns are filled in its rows."""
    mapped = {one["column"] for one in report.summary["columns"]}
    cells = dict(zip(source.numbers, source.frame.iter_rows(named=True), strict=True))
    found, by_row = defaultdict(set), {}
    sent = {line["customer"] for line in report.creates.to_dicts()} | {
        line["customer"] for line in report.updates.to_dicts()
    }
    for line in report.rows.to_dicts():
        if line["customer"] in sent:
            by_row[line["row"]] = line["customer"]
            filled = (name for name, cell in cells[line["row"]].items() if cell and name in mapped)
            found[line["customer"]] |= {("column", name) for name in filled}
    for line in report.creates.to_dicts():
        found[line["customer"]] |= {("create", name) for name, cell in line.items() if cell and name != "customer"}
    for line in report.updates.to_dicts():
        found[line["customer"]].add(("update", line["field"]))
    for line in table(report, "warnings.csv"):
        if line["row"] in by_row:
            found[by_row[line["row"]]].add(("warning", line["field"], kind(line["reason"])))
    for line in table(report, "merges.csv"):
        if line["customer"] in sent:
            found[line["customer"]].add(("merge", line["field"]))
    return found


def office(folder):
    return Settings(
        sandbox=True,
        sandbox_state=folder / "sandbox.sqlite",
        ledger=str(folder / "ledger.sqlite"),
        report_dir=folder / "reports",
        duplicates="off",
    )


@EACH_SAMPLE
def test_a_trial_shows_all_that_the_plan_does_and_the_next_run_sends_the_rest(file, preset, tmp_path):
    settings = office(tmp_path)
    source = read_source(file, load_mapping(preset).source_options)
    plan = plan_import([file], preset, settings)
    by_customer = shown(plan, source)
    everything = set().union(*by_customer.values())

    trial = run_import([file], preset, replace(settings, sample=COUNT))
    tried = {line["customer"] for line in table(trial, "sample.csv")}
    sent, pending = trial.summary["sent"], trial.summary["sent"]["pending"]
    assert len(tried) == sent["created"] + sent["updated"] == min(COUNT, len(by_customer))
    assert set().union(*(by_customer[customer] for customer in tried)) == everything
    assert pending == len(by_customer) - len(tried)
    assert trial.summary["state"] == ("paused" if pending else "complete")

    rest = run_import([file], preset, settings)
    assert rest.summary["state"] == "complete"
    assert rest.summary["sent"]["created"] == (len(by_customer) if pending else 0)
    assert run_import([file], preset, settings).summary["requests"]["post"] == 0
