import polars as pl
import pytest

from rotor_import.errors import MappingError

COLUMNS = {"State": [" mn ", "x", ""], "N": ["1", "2.5", ""], "First Name": ["Ann", "", "Bob"]}

REFUSED = [
    "read_csv('/etc/passwd')",
    "(SELECT 1)",
    "(SELECT * FROM read_csv('/etc/passwd'))",
    "EXISTS (SELECT 1)",
    "State IN (SELECT State FROM self)",
    "State = ANY(SELECT 1)",
    "COUNT(*)",
    "COUNT(State)",
    "COUNT(DISTINCT State)",
    "SUM(N)",
    "MAX(State)",
    "FIRST(State)",
    "STRING_AGG(State, ',')",
    "ARRAY_AGG(State)",
    "CORR(N, N)",
    "QUANTILE_CONT(N, 0.5)",
    "ROW_NUMBER() OVER ()",
    "RANK() OVER (ORDER BY N)",
    "LAG(State) OVER (ORDER BY N)",
    "FIRST_VALUE(State) OVER ()",
    "UPPER(State) || (SELECT State)",
    "CASE WHEN State = 'x' THEN MAX(State) END",
    "UNNEST(STRING_TO_ARRAY(State, ','))",
    "DATE(State)",
    "*",
    '"*"',
    '"^St.*$"',
    "COLUMNS('.*')",
    "State.N",
    "State AS other",
    "State, N",
    "State; DROP TABLE x",
    "STRING_TO_ARRAY(State, ',')",
    "no such thing(",
    "CAST(N AS INT)",
    "(" * 5000 + "1" + ")" * 5000,
    "NOT " * 900 + "TRUE",
    "1" + "+1" * 1900,
    "LPAD(State, 2000000000, 'x')",
    "RPAD(State, 1000 * 1000 * 1000, 'x')",
    "RPAD(State, CAST(N AS INT), 'x')",
    "REPLACE(" * 5 + "State" + ", 'x', 'xxxxxxxxxx')" * 5,
    "REPLACE(REPLACE(REPLACE(State, '', 'xxxxxxxxxxxxxxxx'), 'x', 'yyyyyyyyyyyyyyyy'), 'y', 'xxxxxxxxxxxxxxxx')",
]


@pytest.mark.parametrize("sql", REFUSED, ids=lambda sql: sql[:40])
def test_sql_that_looks_beyond_its_row_is_refused_with_its_place(apply, sql):
    text = f"fields:\n  company_name: N\n  notes:\n    sql: |-\n      {sql}\n"
    with pytest.raises(MappingError, match=r"map\.yaml:5:5: this SQL can't"):
        apply(text, COLUMNS)


@pytest.mark.parametrize("sql", [one for one in REFUSED if "*" not in one[:3]], ids=lambda sql: sql[:40])
def test_so_it_is_as_a_condition(apply, sql):
    with pytest.raises(MappingError, match=r"map\.yaml:3:3: this SQL condition can't"):
        apply(f"source:\n  where: |-\n      {sql}\nfields: {{notes: N}}\n", COLUMNS)


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        ("UPPER(TRIM(State))", ["MN", "X", None]),
        ("State || '!'", ["mn !", "x!", None]),
        ("CONCAT_WS('-', State, N)", ["mn -1", "x-2.5", None]),
        ('COALESCE(State, "First Name")', ["mn", "x", "Bob"]),
        ("CASE WHEN State = 'x' THEN 'is x' ELSE 'is not' END", ["is not", "is x", "is not"]),
        ("State IN ('x', 'y')", ["false", "true", None]),
        ("REGEXP_LIKE(State, '^x$') AND N IS NOT NULL", ["false", "true", "false"]),
        ("CAST(N AS FLOAT) * 2", ["2", "5", None]),
        ("ROUND(CAST(N AS FLOAT) / 3, 2)", ["0.33", "0.83", None]),
        ("TRY_CAST(N AS INT)", ["1", None, None]),
        ("SPLIT_PART(N, '.', 2)", [None, "5", None]),
        ("DATE('2026-03-01', '%Y-%m-%d')", ["2026-03-01"] * 3),
        ("'x'", ["x"] * 3),
        ("REPLACE(State, 'm', '')", ["n", "x", None]),
        ("NULL", [None] * 3),
        ("LPAD(N, 5, '0')", ["00001", "002.5", None]),
        (
            "REPLACE(REPLACE(REPLACE(REPLACE(State, 'mn', 'Minnesota'), 'St', 'Street'), 'Rd', 'Road'), 'x', 'Lane')",
            ["Minnesota", "Lane", None],
        ),
    ],
)
def test_an_expression_over_the_row_becomes_text(apply, sql, values):
    mapped = apply(f"fields:\n  company_name: N\n  notes:\n    sql: |-\n      {sql}\n", COLUMNS)
    assert mapped.frame.get_column("notes").dtype == pl.String
    assert mapped.frame.get_column("notes").to_list() == values


def test_a_column_may_be_named_loosely_and_of_one_that_is_absent_the_nearest_is_told(apply):
    mapped = apply("fields: {notes: {sql: UPPER(first_name)}}", COLUMNS)
    assert mapped.frame.get_column("notes").to_list() == [
        (name or "").upper() or None for name in COLUMNS["First Name"]
    ]
    with pytest.raises(MappingError, match=r"no column 'Sttae'. It has: State"):
        apply("fields: {notes: {sql: UPPER(Sttae)}}", COLUMNS)


def test_an_absent_column_is_blank_where_it_may_be_absent(apply):
    mapped = apply("fields: {notes: {sql: 'COALESCE(Gone, N)', optional: true}}", COLUMNS)
    assert mapped.frame.get_column("notes").to_list() == ["1", "2.5", None]


def test_no_value_of_the_file_stands_in_an_error(apply):
    with pytest.raises(MappingError) as caught:
        apply("fields: {notes: {sql: 'CAST(S AS INT)'}}", {"S": ["secret-value"]})
    assert "secret" not in str(caught.value)


def test_no_rows_stay_none(apply):
    mapped = apply("fields: {notes: {sql: UPPER(S)}, last_name: {name: last, of: S}}", {"S": []})
    assert mapped.frame.is_empty()
