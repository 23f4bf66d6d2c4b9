import re
from pathlib import Path

import polars as pl
import pytest

from rotor_import.errors import MappingError
from rotor_import.mapping import apply_mapping, load_mapping
from rotor_import.model.fields import FIELDS
from rotor_import.model.rows import SourceTable

ROOT = Path(__file__).parents[2]


@pytest.fixture
def mapping(tmp_path):
    def load(text):
        path = tmp_path / "map.yaml"
        path.write_text(text if "version" in text else f"version: 1\n{text}", encoding="utf-8")
        return load_mapping(str(path))

    return load


def table(**columns):
    clean = {name.replace("_", " "): [value or None for value in values] for name, values in columns.items()}
    frame = pl.DataFrame(clean, schema=dict.fromkeys(clean, pl.String))
    return SourceTable(Path("f.csv"), "", frame, pl.Series(range(2, 2 + frame.height), dtype=pl.UInt32))


def field(loaded, source, name):
    return apply_mapping(loaded, source, 0).frame.get_column(name).to_list()


@pytest.mark.parametrize("name", ["First Name", "first_name", "FIRSTNAME", "first-name"])
def test_a_column_is_named_loosely(mapping, name):
    loaded = mapping(f"fields: {{first_name: {name}}}")
    assert field(loaded, table(First_Name=["Ada"]), "first_name") == ["Ada"]


def test_a_loose_name_that_fits_two_columns_must_be_exact(mapping):
    source = table(e_mail=["a"], Email=["b"])
    assert field(mapping("fields: {notes: Email}"), source, "notes") == ["b"]
    with pytest.raises(MappingError, match="Spell it exactly"):
        apply_mapping(mapping("fields: {notes: EMAIL}"), source, 0)


def test_a_column_that_may_be_absent_is_blank(mapping):
    assert field(mapping("fields: {notes: {column: X, optional: true}}"), table(A=["1"]), "notes") == [None]


def test_candidates_keep_their_order_and_lose_blanks(mapping):
    loaded = mapping('fields: {phone: {first_of: [A, B], split: ","}}')
    assert field(loaded, table(A=["1, ,2", ""], B=["3", "4"]), "phone") == [["1", "2", "3"], ["4"]]


def test_values_are_translated_and_others_reject_their_row(mapping):
    loaded = mapping("fields: {status: {column: A, values: {true: inactive, false: active}}}")
    mapped = apply_mapping(loaded, table(A=["TRUE", "false", "", "maybe"]), 0)
    assert mapped.frame.get_column("status").to_list() == ["inactive", "active", None]
    assert [(one.row, one.value) for one in mapped.rejects] == [(5, "maybe")]


def test_otherwise_is_for_other_values_and_not_for_blanks(mapping):
    loaded = mapping("fields: {status: {column: A, values: {gone: inactive}, otherwise: active}}")
    assert field(loaded, table(A=["gone", "x", ""]), "status") == ["inactive", "active", None]


def test_a_template_leaves_out_lines_whose_columns_are_blank(mapping):
    loaded = mapping('fields: {notes: {template: "A: {A} {B}\\n{{x}} {C}\\nplain"}}')
    source = table(A=["1", ""], B=["", ""], C=["3", ""])
    assert field(loaded, source, "notes") == ["A: 1\n{x} 3\nplain", "plain"]


@pytest.mark.parametrize(
    ("cells", "written"),
    [
        (("12 Maple St", "Eatontown", "NJ"), "At: 12 Maple St, Eatontown NJ."),
        (("12 Maple St", "", "NJ"), "At: 12 Maple St NJ."),
        (("", "Eatontown", ""), "At: Eatontown."),
        (("12 Maple St\n Unit B", "Eatontown", ""), "At: 12 Maple St, Unit B, Eatontown."),
        (("", "", ""), None),
    ],
)
def test_a_line_of_a_template_has_no_gaps_where_columns_are_blank(mapping, cells, written):
    loaded = mapping("fields:\n  notes: {template: 'At: {A}, {B} {gone} {C}.', optional: true}\n")
    assert field(loaded, table(A=[cells[0]], B=[cells[1]], C=[cells[2]]), "notes") == [written]


def test_a_cell_alone_in_its_line_keeps_its_own_lines(mapping):
    loaded = mapping("fields:\n  notes: {template: '{A}'}\n")
    assert field(loaded, table(A=["Ring twice\nNo dogs"]), "notes") == ["Ring twice\nNo dogs"]


def test_a_template_of_blank_columns_alone_is_blank(mapping):
    assert field(mapping('fields: {notes: {template: "{A}"}}'), table(A=["", "x"]), "notes") == [None, "x"]


def test_tags_are_united_stripped_and_once_each(mapping):
    loaded = mapping('fields: {tags: {column: A, split: ",", add: [new]}}')
    assert field(loaded, table(A=["b, a,b", ""]), "tags") == [["b", "a", "new"], ["new"]]


@pytest.mark.parametrize(
    ("cell", "value"), [("yes", "true"), ("N", "false"), ("1", "true"), ("FALSE", "false"), ("", None)]
)
def test_truth_is_read_in_the_usual_ways(mapping, cell, value):
    assert field(
        mapping("fields: {billing_same_as_property: A, notes: B}"), table(A=[cell], B=["x"]), "billing_same_as_property"
    ) == [value]


@pytest.mark.parametrize(
    ("rule", "cell", "reason"),
    [
        ("billing_same_as_property: A", "perhaps", "must be yes or no"),
        ("status: A", "gone", "active or inactive"),
        ("id: A", "12", "UUID"),
        ("notes: {column: A, max_length: 3}", "long", "longer than 3"),
    ],
)
def test_a_value_that_cannot_be_rejects_its_row(mapping, rule, cell, reason):
    mapped = apply_mapping(mapping(f"fields: {{{rule}}}"), table(A=[cell]), 0)
    assert mapped.frame.is_empty()
    assert reason in mapped.rejects[0].reason
    assert mapped.rejects[0].value == cell


def test_the_key_may_be_a_part_of_its_column(mapping):
    loaded = mapping("key: {column: A, before: _}\nfields: {notes: B}")
    mapped = apply_mapping(loaded, table(A=["7_1", "8", ""], B=["x", "y", "z"]), 0)
    assert mapped.frame.get_column("source_key").to_list() == ["7", "8", None]


def test_the_key_may_follow_a_text_that_not_every_row_has(mapping):
    loaded = mapping("key: {first_of: [Gone, A], after: z_}\nfields: {notes: B}")
    mapped = apply_mapping(loaded, table(A=["z_7", "8", "z_z_9"], B=["x", "y", "z"]), 0)
    assert mapped.frame.get_column("source_key").to_list() == ["7", "8", "z_9"]
    with pytest.raises(MappingError, match="has no column 'Gone'"):
        apply_mapping(mapping("key: {first_of: [Gone]}\nfields: {notes: B}"), table(B=["x"]), 0)


def test_the_region_may_be_a_column(mapping):
    loaded = mapping("region: {column: A, otherwise: US}\nfields: {notes: B}")
    mapped = apply_mapping(loaded, table(A=["Canada", "gb", "Nowhere", ""], B=["x"] * 4), 0)
    assert mapped.frame.get_column("region").to_list() == ["CA", "GB", "US", "US"]


def test_where_leaves_rows_out_and_counts_them(mapping):
    loaded = mapping("source: {where: \"A <> 'x'\"}\nfields: {notes: A}")
    mapped = apply_mapping(loaded, table(A=["x", "y", ""]), 0)
    assert mapped.frame.get_column("row").to_list() == [3]
    assert mapped.left_out == (2, 4)


@pytest.mark.parametrize("where", ["no such thing(", "A", "sum(length(A)) > 1", "(SELECT 1)"])
def test_a_where_that_is_no_condition_is_refused(mapping, where):
    loaded = mapping(f"source: {{where: '{where}'}}\nfields: {{notes: A}}")
    with pytest.raises(MappingError, match=r"map\.yaml:.*condition"):
        apply_mapping(loaded, table(A=["x", "y"]), 0)


def test_the_survivor_of_a_part_is_that_of_its_unit(mapping):
    loaded = mapping("fields: {notes: A}\nsurvivor: {last_name: first, property_zip: first, notes: join}")
    assert loaded.policy().survivor == {"name": "first", "property_address": "first", "notes": "join"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fields: {frist_name: A}", "Did you mean first_name?"),
        ("feilds: {}", "Did you mean fields?"),
        ("fields: {notes: {column: A, value: b}}", "exactly one"),
        ("fields: {notes: {}}", "exactly one"),
        ("fields: {notes: {column: A, otherwise: b}}", "otherwise can only be used with values"),
        ("fields: {notes: {column: A, sql: b}}", "exactly one"),
        ("fields: {notes: A}\nkey: {colum: A}", "Did you mean column?"),
        ("fields: {notes: A}\nregion: usa", "two capital letters"),
        ("fields: {notes: A}\nsurvivor: {phone: first}", "Rotor matches customers by it"),
        ("fields: {notes: A}\nsurvivor: {tags: join}", "can't be joined"),
        ("fields: {notes: A}\nsurvivor: {name: join}", "can't be joined"),
        ("fields: {notes: A}\nsurvivor: {last_name: join}", "all of name comes from one row"),
        ("fields: {notes: A}\nsurvivor: {name: first, last_name: last}", "set only name"),
        ("fields: {notes: A}\nwrite: {tags: clear}", "can't remove tags"),
        ("fields: {notes: A}\nwrite: {status: clear}", "doesn't accept a blank"),
        ("fields: {notes: A}\nwrite: {notse: clear}", "Did you mean notes?"),
        ("fields: {notes: A}\nwrite: {notes: if_emtpy}", "Did you mean if_empty?"),
        ("fields: {notes: A}\nfields: {notes: B}", "twice"),
        ("[version, 2]", "needs `version: 1`"),
        ("fields: !!python/object:os.system {}", "map.yaml"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_the_right_word(mapping, text, words):
    with pytest.raises(MappingError, match=r"map\.yaml") as caught:
        mapping(text)
    assert words in str(caught.value)


def test_the_fingerprint_is_of_what_it_says_and_not_of_how(mapping):
    one = mapping("fields: {notes: A}").fingerprint
    assert mapping("# a comment\nfields:\n  notes: {column: A}").fingerprint == one
    assert mapping("fields: {notes: B}").fingerprint != one


def test_the_preset_fits_the_header_that_the_system_writes():
    loaded = load_mapping("jobber")
    header = (ROOT / "sample_data" / "jobber_clients.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    mapped = apply_mapping(loaded, table(**{name: ["x"] for name in header}), 0)
    assert set(loaded.mapped_fields) <= {"id", *FIELDS}
    assert mapped.frame.columns[:4] == ["row", "source_key", "region", "id"]


EXAMPLES = re.findall(r"```yaml\n(.*?)```", (ROOT / "mappings" / "README.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_of_the_reference_loads(mapping, example):
    text = example if "fields:" in example else f"{example}fields: {{notes: A}}\n"
    loaded = mapping(text if "version:" in text else f"version: 1\n{text}")
    assert loaded.fields


def test_the_reference_names_every_key():
    text = (ROOT / "mappings" / "README.md").read_text(encoding="utf-8")
    loaded = load_mapping("jobber")
    for model in (type(loaded), type(loaded.source), type(loaded.fields["phone"]), type(loaded.key)):
        for name in model.model_fields:
            assert re.search(rf"\b{name}\b", text) or name in ("encoding", "header_row"), name


def keys(loaded, source):
    return apply_mapping(loaded, source, 0).frame.get_column("source_key").to_list()


def test_a_key_is_the_same_with_and_without_what_stands_before_it(mapping):
    loaded = mapping("key: {column: Id, after: zcrm_}\nfields: {phone: A}\n")
    assert keys(loaded, table(Id=["zcrm_17", "17", "17zcrm_", "zcrm_", ""], A=["1"] * 5)) == [
        "17",
        "17",
        "17zcrm_",
        None,
        None,
    ]


def test_a_key_may_be_after_one_text_and_before_another(mapping):
    loaded = mapping("key: {column: Id, after: C-, before: _}\nfields: {phone: A}\n")
    assert keys(loaded, table(Id=["C-17_2", "18_3"], A=["1", "2"])) == ["17", "18"]


def test_a_key_is_the_first_column_that_the_file_has(mapping):
    loaded = mapping("key: {first_of: [Record ID - Contact, Record ID]}\nfields: {phone: A}\n")
    assert keys(loaded, table(record_id=["7"], A=["1"])) == ["7"]
    assert keys(loaded, table(**{"Record ID - Contact": ["8"], "Record ID": ["7"], "A": ["1"]})) == ["8"]
    with pytest.raises(MappingError, match=r"map.yaml:2:\d+: f.csv has no column 'Record ID'"):
        keys(loaded, table(A=["1"]))


@pytest.mark.parametrize("key", ["{before: _}", "{column: A, first_of: [B]}"])
def test_a_key_has_one_origin(mapping, key):
    with pytest.raises(MappingError, match="either column or first_of"):
        mapping(f"key: {key}\nfields: {{phone: A}}\n")


def test_sql_names_a_column_as_loosely_as_the_rest(mapping):
    loaded = mapping("source: {where: kind <> 'x'}\nfields: {notes: {sql: UPPER(\"zip code\")}}\n")
    assert field(loaded, table(**{"ZIP Code": ["a", "b"], "Kind": ["x", "y"]}), "notes") == ["B"]
    with pytest.raises(MappingError, match=r"map.yaml:3:\d+: 'zip code' could be 'ZIP Code' and 'Zip code'"):
        field(loaded, table(**{"ZIP Code": ["a"], "Zip code": ["b"], "Kind": ["y"]}), "notes")
    with pytest.raises(MappingError, match=r"has no column 'zip code'.*double quotes"):
        field(loaded, table(Kind=["y"]), "notes")
