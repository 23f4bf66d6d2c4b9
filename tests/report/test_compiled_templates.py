"""Compiled templates are kept, and never used for another text, another jinja2 or where they can't be trusted."""

import sys

import jinja2
import pytest

from rotor_import.report.page.compiled import CompiledTemplates


def render(text, folder):
    """What a template says, in an environment that begins anew."""
    loader, kept_there = jinja2.DictLoader({"page": text}), CompiledTemplates(folder)
    return jinja2.Environment(loader=loader, bytecode_cache=kept_there, autoescape=True).get_template("page").render()


@pytest.fixture
def rendered(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return lambda text: render(text, tmp_path)


def kept(folder):
    return list(folder.iterdir())


def test_a_template_is_compiled_once(rendered, tmp_path, monkeypatch):
    assert rendered("{{ 1 + 1 }}") == "2"
    [file] = kept(tmp_path)
    monkeypatch.setattr(jinja2.Environment, "compile", lambda *_: pytest.fail("It was compiled again."))
    assert rendered("{{ 1 + 1 }}") == "2"
    assert kept(tmp_path) == [file]


def test_another_text_is_compiled_anew(rendered):
    assert (rendered("one"), rendered("two"), rendered("one")) == ("one", "two", "one")


def test_what_is_damaged_is_compiled_anew(rendered, tmp_path):
    rendered("one")
    [file] = kept(tmp_path)
    whole = file.read_bytes()
    for damage in (*(whole[:end] for end in range(len(whole))), b"damaged", b"\0" * 1000):
        file.write_bytes(damage)
        assert rendered("one") == "one"
        assert file.read_bytes() == whole


def test_where_nothing_can_be_kept_it_is_compiled_each_time(rendered, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered("one") == "one"
    assert kept(tmp_path) == []
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert render("one", tmp_path / "missing") == "one"
