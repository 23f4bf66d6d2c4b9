"""The page has of a long plan what it would have of all its lines, although it is made of a few customers."""

import polars as pl
import pytest

from rotor_import.model.change import label_of
from rotor_import.pipeline import results
from rotor_import.report.page_excerpt import LINES, plan_of
from rotor_import.report.report_table import PlanTables
from rotor_import.report.tables import ROWS, TABLES

LONG = [table for table in TABLES if table.customers_for_page is not None]


@pytest.fixture
def plan(office, monkeypatch):
    """More new customers than the page shows, some merged from several rows, some in Rotor, some contested."""
    office.rotor.seed([{"phone": "763-555-0100", "first_name": "Ada"}, {"phone": "763-555-0101", "first_name": "Bo"}])
    rows = [{"key": str(at), "email": f"p{at}@example.com", "first_name": "Pat"} for at in range(LINES + 300)]
    rows += [{"key": f"again {at}", "email": f"p{at}@example.com", "last_name": "Ray"} for at in range(0, 800, 7)]
    rows += [{"key": "ada", "phone": "763-555-0100", "first_name": "Ada"}, {"key": "bo", "phone": "763-555-0101"}]
    rows += [
        {"key": "x", "phone": "763-555-0101", "email": "p3@example.com", "first_name": "Bo"},
        {"key": "none", "phone": "nobody"},
    ]
    office.write(rows)
    seen = []
    write = results.write_plan
    monkeypatch.setattr(results, "write_plan", lambda *given: seen.append(given) or write(*given))
    office.plan()
    [(_, _, plan, *_)] = seen
    assert plan.independent.groups.height > LINES
    assert plan.changes
    return plan


@pytest.mark.parametrize("table", LONG, ids=lambda table: table.name)
def test_a_long_tables_excerpt_has_all_lines_of_the_customers_that_the_page_shows_and_no_others(plan, table):
    tables = PlanTables(plan, (), lambda _name, _frames: None)
    shown = tables[ROWS].get_column("customer").implode()
    whole = pl.concat([table.empty, *table.make(tables)]) if table.is_wanted(tables) else table.empty
    assert tables[table].equals(whole.filter(pl.col("customer").is_in(shown)))


def test_the_part_of_a_plan_that_is_about_some_customers_is_about_them_alone(plan):
    numbers = plan.independent.groups.get_column("number").head(2).to_list()
    labels = pl.Series([*map(label_of, numbers), plan.changes[0].label, None])
    part = plan_of(plan, labels)
    assert {change.label for change in part.changes} == {plan.changes[0].label}
    assert set(part.independent.groups.get_column("number")) == set(numbers)
    assert set(part.independent.rows.get_column("group")) == set(part.independent.groups.get_column("group"))
