"""Whatever the columns are called and hold, a suggestion is a mapping that loads and runs."""

import csv

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rotor_import.errors import SourceError
from rotor_import.mapping import apply_mapping, parse_mapping
from rotor_import.pipeline.suggesting import suggest_mapping
from rotor_import.source import read_sources

STRANGE = (
    *("yes", "null", "1", "- x", "a: b", "Phone *", "E-mail {1}", "First\nName", '"quoted"', "#", "Address_2+ City"),
    *("Name", "Phone", "Email", "Phone 1 - Value", "Phone 1 - Label", "Street • x", "'", "[a]", "&a", "*a", "!x", "|"),
)
NAMES = st.one_of(
    st.sampled_from(STRANGE), st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
)
CELLS = st.sampled_from(
    (
        *("", "Ann Ray", "763-555-0100", "ann@example.com", "x ::: y", '"a","b"', "12 Maple St, Red Bank, NJ 07701"),
        *("7701", "true", "no", "Mobile:763-555-0100 Fax:1", "* VIP ::: * myContacts", "{x}", "=1+1", "é", "1_2"),
    )
)
WORLDS = settings.get_profile("worlds")
PLAIN = parse_mapping("version: 1\nfields: {tags: {add: [x]}}", "m", "m").source_options


@settings(WORLDS, suppress_health_check=[*WORLDS.suppress_health_check, HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAMES, min_size=1, max_size=6, unique_by=str.strip), rows=st.data())
def test_a_suggestion_loads_and_runs(names, rows, tmp_path):
    path = tmp_path / "strange.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(names)
        for _ in range(rows.draw(st.integers(1, 4))):
            writer.writerow([rows.draw(CELLS) for _ in names])
    try:
        [source] = read_sources([path], PLAIN)
    except SourceError:
        return
    mapping = parse_mapping(suggest_mapping(path), "suggested.yaml", "strange")
    apply_mapping(mapping, source, 0)


def test_where_nothing_is_recognized_there_is_a_mapping_to_fill_in(tmp_path):
    path = tmp_path / "blank.csv"
    path.write_text("A,B\n,0\n,0\n")
    assert parse_mapping(suggest_mapping(path), "suggested.yaml", "blank").mapped_fields == ("tags",)
