"""A saved plan is carried out as it was approved, or not at all, and then it is said what has changed."""

import json
import stat
import zipfile
from contextlib import ExitStack
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rotor import opened

from rotor_import import plan_import, run_import
from rotor_import.errors import PlanError, SettingsError, SourceError
from rotor_import.mapping import Mapping, load_mapping, presets
from rotor_import.pipeline.saved_mark import is_saved_plan

ANN = {"key": "1", "phone": "763-555-0101", "email": "ann@example.com", "first_name": "Ann"}
BO = {"key": "2", "phone": "763-555-0102", "first_name": "Bo"}
CY = {"key": "3", "email": "cy@example.com", "first_name": "Cy"}


@pytest.fixture
def desk(office):
    """Ann is in Rotor under another name; Bo and Cy are new."""
    office.rotor.seed([{"phone": "(763) 555-0101", "first_name": "Anna", "last_name": "Ray"}])
    office.write([ANN, BO, CY])
    return Desk(office)


class Desk:
    def __init__(self, office):
        self.office = office
        self.plan_file = office.folder / "plan.rotor"

    def approve(self, mapping=None, **more):
        settings, world = replace(self.office.settings, **more), self.office.world
        report = plan_import([self.office.file], mapping or self.office.mapping, settings, world, save=self.plan_file)
        return report.summary

    def run(self, *files, mapping=None, **more):
        settings, world = replace(self.office.settings, **more), self.office.world
        return run_import([self.plan_file, *files], mapping, settings, world)

    def refused(self, *words, **more):
        before = self.office.rotor.posts()
        with pytest.raises(PlanError) as error:
            self.run(**more)
        for word in words:
            assert word in str(error.value)
        assert self.office.rotor.posts() == before
        assert self.office.pending() == {}
        return str(error.value)

    def changed(self):
        """The newest table of what changed."""
        path = max(self.office.folder.glob("reports/*/changed.csv"))
        return path.read_text(encoding="utf-8-sig").splitlines()[1:]


def test_unchanged_the_run_does_exactly_the_plan(desk):
    approved = desk.approve()
    done = desk.run()
    assert done.summary["changes"] == approved["changes"]
    assert done.summary["plan"] == approved["run"]
    assert done.summary["sent"] == {"created": 2, "updated": 1, "failed": 0, "unknown": 0, "pending": 0}
    assert desk.office.rotor.posts() == 3


def test_a_changed_file_is_refused_by_name(desk):
    desk.approve()
    desk.office.write([ANN, BO, CY | {"first_name": "Cyd"}])
    words = desk.refused(str(desk.office.file), "3 rows", "has changed")
    assert words.count(str(desk.office.file)) == 1


def test_another_file_in_its_place_is_told_from_a_change(desk):
    desk.approve()
    other = desk.office.folder / "other.csv"
    desk.office.write([ANN], other)
    with pytest.raises(
        PlanError, match=r"3 rows\) has changed or is missing; .*other.csv \(1 rows\) was not in the plan"
    ):
        desk.run(other)


def test_a_plan_whose_name_is_mistyped_is_asked_for_and_no_mapping(desk):
    with pytest.raises(SourceError, match=r"There is no file .*nope\.rotor"):
        run_import([desk.office.folder / "nope.rotor"], None, desk.office.settings, desk.office.world)
    with pytest.raises(SettingsError, match="A mapping is needed"):
        run_import([desk.office.file], None, desk.office.settings, desk.office.world)


def test_a_file_that_is_gone_is_asked_for_and_found_by_its_content_where_it_moved(desk):
    desk.approve()
    moved = desk.office.file.rename(desk.office.folder / "elsewhere.csv")
    desk.refused(str(desk.office.file), "no longer there")
    assert desk.run(moved).summary["sent"]["created"] == 2


def test_several_files_that_moved_are_put_in_the_plans_order(desk):
    office, other = desk.office, desk.office.folder / "other.csv"
    office.write([{**BO, "first_name": "Bob"}], other)
    settings, world = office.settings, office.world
    plan_import([office.file, other], office.mapping, settings, world, save=desk.plan_file)
    one, two = (path.rename(path.with_suffix(".txt")) for path in (office.file, other))
    assert desk.run(two, one).summary["sent"]["created"] == 2
    assert {one["first_name"] for one in office.rotor.customers()} == {"Ann", "Bob", "Cy"}


def test_a_changed_mapping_is_refused_with_its_line_and_a_comment_is_no_change(desk):
    desk.approve()
    text = desk.office.mapping.read_text()
    desk.office.mapping.write_text(text.replace("first_name: first_name", "first_name: last_name"))
    desk.refused("mapping.yaml:9:3", "fields.first_name.column", '"first_name"', '"last_name"')
    desk.office.mapping.write_text(text + "on_both: file\n")
    desk.refused("on_both", '"hold"', '"file"')
    desk.office.mapping.write_text(text + "# looked through\n")
    assert desk.run().summary["sent"]["created"] == 2


def test_a_mapping_that_says_the_same_in_another_order_is_no_change(desk):
    desk.approve()
    head, _, fields = desk.office.mapping.read_text().partition("fields:\n")
    *lines, last = fields.rstrip().splitlines()
    desk.office.mapping.write_text(f"{head}fields:\n" + "\n".join([last, *lines]) + "\n")
    assert desk.run().summary["sent"]["created"] == 2


def test_the_same_cells_in_other_bytes_are_no_change(desk, monkeypatch):
    """Another version of a library may write the tables otherwise."""
    desk.approve()
    monkeypatch.setattr("rotor_import.pipeline.approval.as_csv", lambda tables: dict.fromkeys(tables, b"otherwise"))
    assert desk.run().summary["sent"]["created"] == 2


def test_a_mapping_that_is_given_too_must_be_the_same(desk):
    desk.approve()
    other = desk.office.folder / "other.yaml"
    other.write_text(desk.office.mapping.read_text().replace("feed: nightly", "feed: weekly"))
    desk.refused("feed", "nightly", "weekly", mapping=other)
    assert desk.run(mapping=desk.office.mapping).summary["sent"]["created"] == 2


def test_an_edited_customer_is_refused_by_id_and_field_and_the_values_stand_in_the_table(desk):
    desk.approve()
    [anna] = desk.office.rotor.customers()
    desk.office.rotor.sandbox.edit(anna["id"], notes="Rings twice")
    words = desk.refused(f"customer {anna['id']}: notes", "changed.csv")
    assert "Rings" not in words
    assert desk.changed() == [f"customer,{anna['id']},notes,,Rings twice"]


def test_a_tag_with_a_comma_in_it_is_not_two_tags(desk):
    [anna] = desk.office.rotor.customers()
    desk.office.rotor.sandbox.edit(anna["id"], tags=["a, b"])
    desk.approve()
    desk.office.rotor.sandbox.edit(anna["id"], tags=["a", "b"])
    desk.refused(f"customer {anna['id']}: tags")


def test_a_plan_made_again_has_the_same_hashes_wherever_its_file_is(desk):
    desk.approve()
    first = manifest_of(desk.plan_file)
    desk.office.file = desk.office.file.rename(desk.office.folder / "elsewhere.csv")
    desk.approve()
    again = manifest_of(desk.plan_file)
    assert first["id"] != again["id"]
    assert (first["inputs"], first["entries"]) == (again["inputs"], again["entries"])


def test_a_customer_that_the_plan_has_nothing_to_do_with_may_change(desk):
    [other] = desk.office.rotor.seed([{"phone": "763-555-0199", "first_name": "Other"}])
    desk.approve()
    desk.office.rotor.sandbox.edit(other, first_name="Changed")
    assert desk.run().summary["sent"]["created"] == 2


def test_a_new_customer_who_takes_a_key_is_refused_with_the_row_that_it_concerns(desk):
    desk.approve()
    [new] = desk.office.rotor.seed([{"phone": "7635550102", "first_name": "Somebody"}])
    words = desk.refused(
        f"customer {new} is new, or now has the phone of these rows", ":3 was create and would now be update"
    )
    assert "Somebody" not in words
    assert f"customer,{new},phone,,7635550102" in desk.changed()


def test_a_customer_who_got_an_email_that_the_plan_gives_to_another_is_refused(desk):
    """By Rotor's own rule Ann's phone decides, so that her row and what it sends stay as they were approved."""
    desk.office.mapping.write_text(desk.office.mapping.read_text() + "on_conflict: server\n")
    desk.approve()
    [new] = desk.office.rotor.seed([{"email": ANN["email"]}])
    desk.refused(f"customer {new} is new, or now has the email of these rows")
    assert {line.split(",")[0] for line in desk.changed()} == {"customer"}


def test_a_customer_who_is_gone_is_refused(desk):
    desk.approve()
    [anna] = desk.office.rotor.customers()
    desk.office.rotor.sandbox.store.delete(anna["id"])
    desk.refused(f"customer {anna['id']} is gone from Rotor", ":2 was update and would now be create")


def test_another_import_of_the_feed_meanwhile_is_refused_by_its_run(desk):
    desk.approve()
    done = desk.office.run()
    desk.refused("customer", ":3 was create and would now be unchanged")
    assert done.summary["sent"]["created"] == 2


def test_another_import_that_changed_no_customer_of_the_plan_is_named_by_its_run(desk):
    """The file's new row says what the ledger held as Bo's old email."""
    desk.office.run()
    desk.office.write([ANN, BO | {"first_name": "Bob"}, CY])
    desk.approve()
    desk.office.write([ANN, BO | {"first_name": "Bill"}, CY])
    [bo] = [one["id"] for one in desk.office.rotor.customers() if one["first_name"] == "Bo"]
    later = desk.office.run()
    desk.office.rotor.sandbox.edit(bo, first_name="Bo")
    desk.office.write([ANN, BO | {"first_name": "Bob"}, CY])
    desk.refused(f"the run {later.summary['run']} has imported this feed since")


def test_a_program_that_plans_differently_is_refused_with_both_versions(desk):
    desk.approve()
    rewrite(desk.plan_file, lambda manifest: manifest | {"program": "0.0.1"}, rows=("update", "unchanged"))
    desk.refused("plans it differently from 0.0.1", ":2 was unchanged and would now be update")


@pytest.mark.parametrize(
    ("table", "directory", "now", "before", "words"),
    [
        ("creates", "api", "Bo", "Bob", "C2 (creates.csv): first_name"),
        ("updates", "api", "Ann\n", "Anne\n", "C1:first_name (updates.csv): after"),
        ("undecided", "none", "Bo", "Bob", "C2 (undecided.csv): first_name"),
        ("review", "api", "Anna Ray", "Anna Roe", " (review.csv): a_name"),
        ("customer", "api", "Ray", "Roe", ": last_name"),
    ],
    ids=["creates", "updates", "undecided", "review", "customer"],
)
def test_a_plan_that_would_say_something_else_in_one_table_alone_is_refused(desk, table, directory, now, before, words):
    """The last row stands between Anna and another customer, so that each table has a line."""
    desk.office.rotor.seed([{"email": "dee@example.com"}])
    desk.office.write([ANN, BO, CY, {"key": "4", "phone": ANN["phone"], "email": "dee@example.com"}])
    desk.approve(directory=directory)
    assert f"{table}.csv" in manifest_of(desk.plan_file)["entries"]
    rewrite(desk.plan_file, lambda manifest: manifest, **{table: (now, before)})
    desk.refused(words)


@pytest.mark.parametrize(
    ("planned", "given", "words"),
    [
        ({}, {"hold_suspicious": True}, "--hold-suspicious"),
        ({}, {"allow_keyless": True}, "--allow-keyless"),
        ({}, {"directory": "none"}, "--directory was api and is now none"),
        ({"directory": "ledger"}, {"directory": "none"}, "--directory was ledger and is now none"),
    ],
)
def test_an_option_that_contradicts_is_refused(desk, planned, given, words):
    desk.approve(**planned)
    desk.refused(words, **given)


def test_the_plans_own_options_need_not_be_given_again(desk):
    desk.office.write([ANN, {"key": "4", "first_name": "Keyless"}])
    desk.approve(allow_keyless=True)
    assert desk.run().summary["sent"]["created"] == 1


def test_another_rotor_is_refused(desk):
    desk.approve()
    desk.refused("address was http://127.0.0.1/open-api", base_url="http://localhost/open-api")


def test_a_paused_run_goes_on_by_the_same_command_even_without_the_file(desk):
    desk.approve()
    paused = desk.run(max_requests=3)
    assert paused.summary["state"] == "paused"
    desk.office.file.unlink()
    went_on = desk.run()
    assert went_on.summary["run"] == paused.summary["run"]
    assert went_on.summary["state"] == "complete"
    assert desk.office.rotor.posts() == 3


def test_a_plan_that_was_carried_out_does_nothing_and_says_so(desk):
    desk.approve()
    first = desk.run()
    again = desk.run()
    [note] = again.summary["notes"]
    assert first.summary["run"] in note
    assert "already carried out" in note
    assert desk.office.rotor.posts() == 3


def test_a_plan_whose_rest_another_import_took_over_is_refused(desk):
    desk.approve()
    desk.run(max_requests=3)
    desk.office.write([ANN, BO, CY, {"key": "4", "email": "dee@example.com"}])
    desk.office.run()
    desk.refused("replaced the rest of it")


def test_a_saved_plan_is_for_its_owner_and_holds_no_key(desk):
    desk.approve(key="canary-key-0f6c2d")
    assert stat.S_IMODE(desk.plan_file.stat().st_mode) == 0o600
    with zipfile.ZipFile(desk.plan_file) as archive:
        assert not any(b"canary-key" in archive.read(name) for name in archive.namelist())
    manifest = manifest_of(desk.plan_file)
    assert (manifest["format"], manifest["version"]) == ("rotor-import plan", 1)


def manifest_of(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("rotor-plan.json"))


def rewrite(path, change, **words):
    """The plan with another manifest, and in these tables with one text in the place of another, hashed anew."""
    import hashlib  # noqa: PLC0415 - used here alone

    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    manifest = change(json.loads(entries.pop("rotor-plan.json")))
    for table, (old, new) in words.items():
        before = entries[f"{table}.csv"]
        entries[f"{table}.csv"] = after = before.replace(old.encode(), new.encode())
        assert after != before
        manifest["entries"][f"{table}.csv"] = hashlib.sha256(after).hexdigest()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("rotor-plan.json", json.dumps(manifest))
        for name, data in entries.items():
            archive.writestr(name, data)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda manifest: manifest | {"version": 3, "program": "9.0"}, ["newer version", "9.0"]),
        (lambda manifest: manifest | {"format": "other"}, ["damaged"]),
        (lambda manifest: manifest | {"unheard_of": 1}, ["damaged"]),
        (lambda manifest: manifest | {"entries": {}}, ["damaged"]),
        (lambda manifest: manifest | {"entries": manifest["entries"] | {"rows.csv": "0" * 64}}, ["damaged", "changed"]),
        (lambda _: [], ["damaged"]),
        (lambda _: {}, ["damaged"]),
    ],
)
def test_a_newer_or_spoilt_plan_is_refused_in_words(desk, change, words):
    desk.approve()
    rewrite(desk.plan_file, change)
    desk.refused(*words)


class Approved:
    """A desk with a plan of Ann that nobody has carried out yet: refusals leave it as it is."""

    def __init__(self, contexts):
        self._contexts = contexts
        self._desk = None

    def desk(self):
        """Its plan file is to be written anew from `whole`."""
        if self._desk is None or self._desk.office.rotor.posts():
            office = self._contexts.enter_context(opened())
            office.write([ANN])
            self._desk = Desk(office)
            self._desk.approve()
            self.whole = self._desk.plan_file.read_bytes()
        return self._desk


@pytest.fixture(scope="module")
def approved():
    with ExitStack() as contexts:
        yield Approved(contexts)


@settings(settings.get_profile("worlds"))
@given(part=st.floats(0, 1, exclude_max=True), flipped=st.integers(0, 255))
def test_a_plan_with_any_byte_spoilt_or_cut_off_is_refused_in_words_or_is_no_plan(approved, part, flipped):
    desk = approved.desk()
    whole = bytearray(approved.whole)
    at = int(part * len(whole))
    whole[at] ^= flipped
    if flipped == 0:
        whole = whole[:at]
    desk.plan_file.write_bytes(bytes(whole))
    if is_saved_plan(desk.plan_file):
        try:
            report = desk.run()
        except PlanError:
            assert desk.office.rotor.posts() == 0
        else:  # a byte of the zip file's own that says nothing about what it holds
            assert report.summary["sent"]["created"] == 1


def test_a_plan_is_not_written_over_anything_else(desk):
    with pytest.raises(PlanError, match="is not a saved plan"):
        plan_import([desk.office.file], desk.office.mapping, desk.office.settings, save=desk.office.file)
    with pytest.raises(PlanError, match="no folder"):
        plan_import([desk.office.file], desk.office.mapping, desk.office.settings, save=desk.office.folder / "a" / "b")
    desk.approve()
    desk.approve()
    assert is_saved_plan(desk.plan_file)


def test_a_saved_plan_is_known_by_its_bytes_and_is_no_file_of_customers(desk):
    desk.approve()
    desk.plan_file = desk.plan_file.rename(desk.plan_file.with_suffix(".csv"))
    with pytest.raises(PlanError, match="is a saved plan, not a file of customers"):
        plan_import([desk.plan_file], desk.office.mapping, desk.office.settings, desk.office.world)
    assert desk.run().summary["sent"]["created"] == 2


def test_a_mapping_handed_over_as_an_object_is_kept_whole_in_the_plan(desk):
    desk.approve(mapping=load_mapping(str(desk.office.mapping)))
    assert desk.run().summary["sent"]["created"] == 2


def test_every_preset_comes_back_from_a_plan_as_it_was():
    for preset in presets():
        kept = json.loads(json.dumps(preset.mapping.model_dump(mode="json")))
        assert Mapping.model_validate(kept).fingerprint == preset.mapping.fingerprint
