"""`plan` of many rows beside polars and beside a loop, of four times as many, and of few."""

from bounds.bench import CHANGES, NOT_READ
from bounds.table import GIGABYTES, SECONDS, TIMES, Line

NOBODY = "http://127.0.0.1:9/open-api"
AGE = "1000000000"
"""Seconds for which the mirror is good: Rotor's list is not read again."""
FEW = 10_000
ONE_IN = 10
"""The loop reads so many times fewer rows, and its time is taken so many times."""


def none(bench):
    """Rotor's list isn't read. The loop is what people would write instead."""
    path, some = bench.export(bench.rows), bench.export(max(bench.rows // ONE_IN, 1))
    found = bench.in_turns(
        floor=lambda: bench.floor(path),
        plan=lambda: bench.plan(path, *NOT_READ),
        loop=lambda: bench.script("rival_loop.py", some, bench.folder / "loop.csv").scaled(ONE_IN),
    )
    floor, plan, loop = found.values()
    what = f"`plan`, {bench.rows:,} rows, without Rotor's list"
    yield Line(f"{what} ÷ polars reads and writes the file", f"{plan} ÷ {floor}", plan.wall / floor.wall, TIMES, 6, 4)
    yield Line(f"{what}: peak memory", f"polars: {GIGABYTES.format(floor.peak)}", plan.peak, GIGABYTES, 1.2)
    words = "a loop over csv, phonenumbers and email-validator, of a tenth of the rows, scaled"
    yield Line(f"{words} ÷ `plan` of all", f"{loop} ÷ {plan}", loop.wall / plan.wall, TIMES, 15, 20, least=True)


def mirrored(bench):
    """Rotor holds every customer, and the ledger knows what; a few rows differ."""
    ledger, edited = bench.imported
    options = ("--ledger", ledger, "--base-url", NOBODY, "--directory-max-age", AGE)
    found = bench.in_turns(floor=lambda: bench.floor(edited), plan=lambda: bench.plan(edited, *options, update=CHANGES))
    floor, plan = found.values()
    what = f"`plan`, {bench.rows:,} rows against a mirror of all of them, {CHANGES:,} changes"
    yield Line(f"{what} ÷ polars reads and writes the file", f"{plan} ÷ {floor}", plan.wall / floor.wall, TIMES, 9, 6)
    yield Line(f"{what}: peak memory", f"polars: {GIGABYTES.format(floor.peak)}", plan.peak, GIGABYTES, 1.8)


def four(bench):
    one, many = bench.export(bench.rows), bench.export(bench.rows * 4)
    found = bench.in_turns(
        four=lambda: bench.plan(many, *NOT_READ),
        one=lambda: bench.plan(one, *NOT_READ),
    )
    most, least = found.values()
    what = f"`plan`, {bench.rows * 4:,} rows ÷ {bench.rows:,}, without Rotor's list"
    yield Line(f"{what}: time", f"{most} ÷ {least}", most.wall / least.wall, TIMES, 4)
    memory = f"{GIGABYTES.format(most.peak)} ÷ {GIGABYTES.format(least.peak)}"
    yield Line(f"{what}: peak memory", memory, most.peak / least.peak, TIMES)


def small(bench):
    path = bench.export(FEW)
    plan = bench.in_turns(warm=True, plan=lambda: bench.plan(path, *NOT_READ))["plan"]
    measured = f"{plan}, {GIGABYTES.format(plan.peak)}"
    yield Line(f"`plan`, {FEW:,} rows, the whole process", measured, plan.wall, SECONDS, 0.8, 0.6)
