import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotor_import.errors import MappingError
from rotor_import.mapping import parse_mapping

LAUGHS = "\n".join(
    ["a: &a0 [x, x, x, x, x, x, x, x, x]"] + [f"b{at}: &a{at + 1} [{', '.join([f'*a{at}'] * 9)}]" for at in range(20)]
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (LAUGHS, "Does an alias"),
        ("a: &a [*a]", "nested too deeply"),
        ("a: " + "[" * 3000, "nested too deeply"),
        ("a: " + "{a: " * 30 + "1" + "}" * 30, "nested too deeply"),
        ("fields: !!python/object/apply:os.system [id]", "m.yaml:1:9: YAML tags"),
        ("fields: !mine {notes: A}", "aren't supported"),
        ("fields: {notes: A, notes: B}", "m.yaml:1:20: notes is here twice"),
        ("version: 1\nversion: 1", "m.yaml:2:1: version is here twice"),
        ("fields:\n  ? [a]\n  : b", "before a colon must be text"),
        ("fields: {~: A}", "before a colon must be text"),
        ("a: &a {b: c}\nfields: {<<: *a}", "<< isn't supported"),
        ("version: 1\n---\nversion: 1", "only ---"),
        ("a: *b", "begins with * needs quotes"),
        ("a: {", "m.yaml:1:5: line 1"),
        ("a: \x07", "Line 1 contains"),
        ("", "needs `version: 1`"),
        ("just words", "needs `version: 1`"),
        ("version: 1", "fields is missing"),
        ("version: 2\nfields: {notes: A}", "m.yaml:1:1: version can't be 2"),
        ("version: 1\nfields: [notes]", "a block of `key: value` lines"),
        ("version: 1\nfields: {}", "must not be empty"),
        ("version: 1\nfields: {notes: ~}", "m.yaml:2:10: notes: it must be a column's name"),
        ("version: 1\nfields: {notes: [A]}", "m.yaml:2:10: notes: it must be a column's name"),
        ("version: 1\nfields: {notes: {column: [A]}}", "m.yaml:2:18: column: it must be text"),
        ("version: 1\nfields: {notes: {column: ''}}", "it must not be empty"),
        ("version: 1\nfields: {notes: {first_of: A}}", "it must be a list"),
        ("version: 1\nfields: {notes: {column: A, max_length: x}}", "it must be a whole number"),
        ("version: 1\nfields: {notes: {column: A, max_length: 0}}", "it must be 1 or more"),
        ("version: 1\nfields: {notes: {column: A, optional: perhaps}}", "it must be true or false"),
        ("version: 1\nfields: {notes: {column: A, tempalte: B}}", "Did you mean template?"),
        ("version: 1\nfields: {notes: {name: frist, of: A}}", "Did you mean first?"),
        ("version: 1\nfields: {notes: {name: first}}", "name also needs `of:`"),
        ("version: 1\nfields: {notes: {column: A, of: B}}", "of can only be used with"),
        ("version: 1\nfields: {notes: {value: A, when: {B: c}}}", "when can only be used with"),
        ("version: 1\nfields: {notes: {column: A, labels: [B]}}", "labels can only be used for phone and email"),
        ("version: 1\nfields: {notes: {column: A, zip: US}}", "zip can only be used for property_zip"),
        ("version: 1\nfields: {property_zip: {column: A, zip: CA}}", "zip can't be 'CA'"),
        ("version: 1\nfields: {notes: {column: A, when: {'B *': c}}}", "also needs a *"),
        ("version: 1\nfields: {notes: {column: '* A *'}}", "more than one"),
        (
            "version: 1\nfields: {notes: A}\nsource: {encoding: utf-9}",
            "m.yaml:3:10: encoding: there is no encoding called 'utf-9'",
        ),
        ("version: 1\nfields: {notes: A}\nsource: {encoding: base64}", "there is no encoding"),
        ("version: 1\nfields: {notes: A}\nsource: {header_row: 0}", "a row number, 1 or more"),
        ("version: 1\nfields: {notes: A}\nsource: {sheet: 0}", "its number, 1 or more"),
        ("version: 1\nfields: {notes: A}\nsource: {delimiter: ab}", "one character"),
        ("version: 1\nfields: {notes: A}\norder: notes", "it must be a list"),
        (
            "version: 1\nfields: {notes: A}\nignore: {phones: ['1']}",
            "m.yaml:3:10: there is no setting called phones here. Did",
        ),
        ("version: 1\nfields: {notes: A}\nignore: {phone: []}", "m.yaml:3:10: phone: it must not be empty"),
        ("version: 1\nfields: {notes: A}\nignore: {email: a@b.example}", "m.yaml:3:10: email: it must be a list"),
        ("version: 1\nfields: {notes: A}\nignore: {email: [a, ' ']}", "m.yaml:3:21: 1: it is blank"),
        ("version: 1\nfields: {notes: A}\norder: [A, -A]", "a field or a column twice"),
        ("version: 1\nfields: {notes: A}\norder: ['-']", "a field or a column"),
    ],
    ids=lambda one: one[-40:],
)
def test_a_mistake_is_told_in_words_with_its_place(text, words):
    with pytest.raises(MappingError, match=r"m\.yaml") as caught:
        parse_mapping(text, "m.yaml", "m")
    assert words in str(caught.value)


def test_an_alias_may_repeat_what_is_written_once():
    text = 'version: 1\nfields: {phone: {column: A, when: &w {B: c}}, email: {column: "D", when: *w}}'
    loaded = parse_mapping(text, "m.yaml", "m")
    assert loaded.fields["phone"].when == loaded.fields["email"].when == {"B": ("c",)}


def test_text_that_looks_like_a_number_stays_as_it_is_written():
    text = "version: 1\nfields: {notes: {column: A, values: {007: 1.50, 1e3: 0x1F, 2026-03-01: true}}}"
    values = parse_mapping(text, "m.yaml", "m").fields["notes"].values
    assert values == {"007": "1.50", "1e3": "0x1F", "2026-03-01": "true"}


@given(st.text(alphabet=st.sampled_from("abc:{}[]-#&*!|>'\"%@`,? \n\t1~<.\\"), max_size=60))
def test_no_text_gives_anything_but_words(text):
    with pytest.raises(MappingError):
        parse_mapping(text, "m.yaml", "m")
