"""Base URLs and keys are checked before anything is sent."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_rotor import Says

from rotor_import.api import RotorClient, address, check_base_url
from rotor_import.errors import SettingsError


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://api.getrotor.com/open-api", "https://api.getrotor.com/open-api"),
        ("https://api.getrotor.com/open-api//", "https://api.getrotor.com/open-api"),
        ("HTTPS://API.getrotor.com:443/Open-API/", "https://api.getrotor.com/Open-API"),
        ("https://api.getrotor.com", "https://api.getrotor.com"),
        ("https://api.getrotor.com:8443/", "https://api.getrotor.com:8443"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://localhost:80/x", "http://localhost/x"),
        ("http://LOCALHOST", "http://localhost"),
        ("http://[::1]:8080/x/", "http://[::1]:8080/x"),
    ],
)
def test_a_base_url_is_normalized(url, normal):
    assert check_base_url(url) == normal
    assert check_base_url(normal) == normal


@given(st.from_regex(address.NORMAL, fullmatch=True))
def test_a_url_that_is_taken_as_it_is_is_one_that_httpx_gives_back(url):
    assert str(httpx.URL(url)).rstrip("/") == url == check_base_url(url)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "https"),
        ("api.getrotor.com", "https"),
        ("ftp://api.getrotor.com", "https"),
        ("sandbox:", "https"),
        ("http://api.getrotor.com", "expose the key"),
        ("http://localhost.example.com", "expose the key"),
        ("http://127.0.0.1.example.com", "expose the key"),
        ("http://10.0.0.1", "expose the key"),
        ("http://0.0.0.0", "expose the key"),
        ("https://", "host"),
        ("https:///open-api", "host"),
        ("https://user:hunter2@api.getrotor.com", "password"),
        ("https://@api.getrotor.com", "password"),
        ("http://127.0.0.1:80@evil.example", "password"),
        ("https://api.getrotor.com/?", "query"),
        ("https://api.getrotor.com/?a=hunter2", "query"),
        ("https://api.getrotor.com/#", "fragment"),
        ("https://api.getrotor.com/#hunter2", "fragment"),
        ("https://api.getrotor.com:99999", "port"),
        ("https://api.getrotor.com:0", "port"),
        ("https://api.getrotor.com:x", "not a valid URL"),
        ("https://[::1", "."),
        ("https://api.getrotor.com\n", "."),
        ("https://api.getrotor.com/a b", "space"),
        ("http://127.0.0.1\\@evil.example", "."),
    ],
)
def test_any_other_base_url_is_refused_in_words(url, words):
    with pytest.raises(SettingsError, match=words) as caught:
        check_base_url(url)
    assert "hunter2" not in str(caught.value)


def test_the_client_checks_its_base_url(meter):
    with pytest.raises(SettingsError):
        RotorClient("http://api.getrotor.com", "k", meter=meter)


@pytest.mark.parametrize(
    "key", ["", "canary\n", "canary\r\nx: y", " canary", "ca nary", "canäry", "cana\u2013ry", "canary\x00"]
)
def test_a_key_that_no_header_can_carry_is_refused_unquoted(key, meter):
    with pytest.raises(SettingsError) as caught:
        RotorClient("https://api.getrotor.com", key, meter=meter)
    assert "can" not in str(caught.value).replace("cannot", "")
    assert caught.value.__context__ is None


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_no_proxy_stands_before_loopback(name, rotor, connect, monkeypatch):
    monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    rotor.script(Says(200, {"company_id": "co"}))
    assert connect().auth_test().company_id == "co"


def test_a_proxy_of_the_environment_is_used(rotor, connect, monkeypatch, meter):
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", rotor.url.removesuffix("/open-api"))
    rotor.script(Says(407))
    client = connect(base_url="https://rotor.invalid")
    with pytest.raises(Exception, match="proxy refused"):
        client.auth_test()
    assert meter.results == ["not sent"] * 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "ftp://user:hunter2@proxy.example"),
        ("HTTPS_PROXY", "socks5://user:hunter2@proxy.example"),
        ("HTTPS_PROXY", "http://proxy.example:hunter2"),
        ("SSL_CERT_FILE", "/nowhere/hunter2.pem"),
    ],
)
def test_an_environment_that_cannot_be_used_is_named(name, value, meter, monkeypatch):
    monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name) as caught:
        RotorClient("https://api.getrotor.com", "k", meter=meter)
    assert "hunter2" not in str(caught.value)
