"""A file is fetched from the web whole or not at all, and only if it changed."""

from base64 import b64encode

import pytest
from exports import web_export

from rotor_import.api.download import Download
from rotor_import.errors import SourceError
from rotor_import.model.remote import remote_of

SECRET = "canary-word"  # noqa: S105 - it opens nothing
CONTENT = b"Phone,Name\n763-555-0100,Ada\n" * 5000


@pytest.fixture
def export():
    with web_export() as one:
        one.say(CONTENT, '"v1"', "Sat, 28 Nov 2026 18:30:00 GMT")
        yield one


@pytest.fixture
def target(tmp_path):
    return tmp_path / "copy"


class Fetching:
    def __init__(self, **storage):
        self.waits = []
        self._download = Download(10_000_000, storage, self.waits.append)

    def __call__(self, export, target, etag="", query=""):
        return self._download.fetch(remote_of(export.url + query), target, etag)


def test_it_is_whole_and_its_etag_and_last_change_are_known(export, target):
    found = Fetching()(export, target)
    assert target.read_bytes() == CONTENT
    assert (found.etag, found.changed) == ('"v1"', 1795890600.0)


def test_one_that_has_not_changed_is_not_fetched(export, target):
    assert Fetching()(export, target, '"v1"') is None
    assert (export.fetched(), target.exists()) == (0, False)
    export.say(b"new", '"v2"')
    assert Fetching()(export, target, '"v1"').etag == '"v2"'


def test_one_that_is_cut_off_is_fetched_again(export, target):
    export.cut_after = 70_000
    fetching = Fetching()
    fetching(export, target)
    assert (target.read_bytes(), fetching.waits) == (CONTENT, [0.5])


def test_one_of_which_nobody_says_how_long_it_is_has_to_come_twice_alike(export, target):
    export.says_length = False
    Fetching()(export, target)
    assert (target.read_bytes(), export.fetched()) == (CONTENT, 2)
    export.cut_after = 70_000
    fetching = Fetching()
    fetching(export, target)
    assert (target.read_bytes(), fetching.waits) == (CONTENT, [0.5])
    assert [path.name for path in target.parent.iterdir()] == [target.name]


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><title>Log in", b"\xef\xbb\xbf\n<html>"])
def test_a_page_in_place_of_the_file_is_said(export, target, page):
    export.say(page)
    with pytest.raises(SourceError, match="gives a web page"):
        Fetching()(export, target)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_an_answer_that_may_pass_is_asked_for_again(export, target, status):
    export.answers = [(status, {})] * 2
    fetching = Fetching()
    fetching(export, target)
    assert (target.read_bytes(), fetching.waits) == (CONTENT, [0.5, 1])
    export.answers = [(status, {})] * 5
    with pytest.raises(SourceError, match=f"the server answers {status}"):
        fetching(export, target)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "was refused"),
        (403, "was refused"),
        (404, "There is no"),
        (202, "answers 202"),
        (206, "answers 206"),
        (418, "answers 418"),
    ],
)
def test_an_answer_that_stays_is_said_at_once_and_without_the_signature(export, target, status, words):
    export.answers = [(status, {})]
    fetching = Fetching(token=SECRET)
    with pytest.raises(SourceError, match=words) as refused:
        fetching(export, target, query="?sig=canary")
    assert fetching.waits == []
    assert "canary" not in str(refused.value)
    assert export.asked[0]["path"].endswith("?sig=canary")


def test_a_redirect_is_followed_but_not_to_where_everybody_could_read_it(export, target):
    export.answers = [(302, {"Location": "/elsewhere.csv"})]
    Fetching()(export, target)
    assert target.read_bytes() == CONTENT
    export.answers = [(302, {"Location": "http://example.com/people.csv"})]
    with pytest.raises(SourceError, match="without https"):
        Fetching()(export, target)
    export.answers = [(302, {"Location": export.url})] * 9
    with pytest.raises(SourceError, match="TooManyRedirects"):
        Fetching()(export, target)


def test_a_profile_logs_in_with_a_token_or_a_password(export, target):
    Fetching(token=SECRET)(export, target)
    assert export.asked[-1]["authorization"] == f"Bearer {SECRET}"
    Fetching(username="ann", password=SECRET)(export, target)
    assert export.asked[-1]["authorization"] == f"Basic {b64encode(f'ann:{SECRET}'.encode()).decode()}"


def test_one_that_is_too_large_is_refused(export, target):
    with pytest.raises(SourceError, match="is larger than 0 MB"):
        Download(1000, {}, lambda _: None).fetch(remote_of(export.url), target)


def test_an_address_on_the_web_without_https_is_refused(target):
    with pytest.raises(SourceError, match="without https"):
        Download(1000, {}, lambda _: None).fetch(remote_of("http://example.com/people.csv"), target)
