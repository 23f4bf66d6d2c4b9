"""Where a ledger is: a file's very name, or a database whose password no message repeats."""

import pytest

from rotor_import import Settings
from rotor_import.errors import LedgerError
from rotor_import.model.location import database_of, hidden

CANARY = "PGPWCANARY"


@pytest.mark.parametrize(
    "path",
    [
        *("my?ledger.sqlite", "a#b.sqlite", "50%.sqlite", "%41.sqlite", "two words.sqlite", 'it\'s "mine".sqlite'),
        *("line\nbreak.sqlite", "Zoë's Büro/ledger.sqlite", ":memory:", "file:ledger.sqlite", "a=b.sqlite", ""),
        *("ledger.sqlite?mode=ro", "me@home.sqlite", "/srv/host=a b/ledger", "./host=a", "C:\\data\\ledger.sqlite"),
        *("../user:me@host/ledger", "/a://b", "~/ledger.sqlite", "postgres.sqlite", "-wal"),
    ],
)
def test_a_path_is_a_file_whatever_is_in_it(path):
    assert database_of(path) is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"postgresql://u:{CANARY}@h/d", "postgresql://u:***@h/d"),
        (f"postgres://u:{CANARY}@h:5433/d", "postgresql://u:***@h:5433/d"),
        (f"postgresql+psycopg://u:{CANARY}@h/d", "postgresql://u:***@h/d"),
        (f"POSTGRESQL://u:{CANARY}@h/d", "postgresql://u:***@h/d"),
        (f"  postgresql://u:{CANARY}@h/d\n", "postgresql://u:***@h/d"),
        (f"postgresql://u@h/d?password={CANARY}", "postgresql://u@h/d"),
        (f"postgresql://u@h/d?%70assword={CANARY}&sslmode=require", "postgresql://u@h/d"),
        (f"postgresql://h:5432/d?user=me@server&password={CANARY}", "postgresql://h:5432/d"),
        (f"postgresql://:{CANARY}@h/d", "postgresql://:***@h/d"),
        (f"postgresql://u:{CANARY}@[::1]:5432/d", "postgresql://u:***@[::1]:5432/d"),
        (f"postgresql:///d?host=/tmp/pg&password={CANARY}", "postgresql:///tmp/pg/d"),
        ("postgresql://h", "postgresql://h/"),
    ],
)
def test_a_database_is_named_without_its_password(url, shown):
    database = database_of(url)
    assert str(database) == shown
    assert CANARY not in f"{database!r} {Settings(ledger=url)!r}"


def test_what_is_encoded_in_a_url_is_decoded():
    database = database_of("postgresql://a%40b:p%2Fw%3A%40@%2Fvar%2FPG/d")
    assert (database.user, database.password, database.host, database.name) == ("a@b", "p/w:@", "/var/PG", "d")


@pytest.mark.parametrize(
    "location",
    [
        *(f"postgresql://u:{CANARY}@h:port/d", f"postgresql://u:{CANARY}@h:99999/d", f"postgresql://u:{CANARY}@@h/d"),
        *(f"postgresql://u:p@{CANARY}@h/d", f"postgresql://u:p/{CANARY}@h/d", f"postgresql://u:1/{CANARY}@h/d"),
        *(f"postgresql://u:p#{CANARY}@h/d", f"postgresql://u:p?{CANARY}@h/d", f"postgresql://h/d&password={CANARY}"),
        *(f"postgresql://h/d;password={CANARY}", f"postgresql://u;password={CANARY}@h/d", f"postgres:u:{CANARY}@h/d"),
        *(f"postgresql://h/d?passwort={CANARY}", f"postgresql:/u:{CANARY}@h/d", f"mysql://u:{CANARY}@h/d"),
        *(f"jdbc:postgresql://h/d?password={CANARY}", f"host=127.0.0.1 password={CANARY}", f"password={CANARY}"),
        *(f" host = h password = '{CANARY}'", f"dbname=x;pwd={CANARY}", "service=mine", "user=me,host=h"),
        *(f"Server=h;Database=d;Password={CANARY}", f"u:{CANARY}@h/d", f"u:{CANARY}@h", f"u:p/{CANARY}@h/d"),
        *(f"//u:{CANARY}@h/d", "user@host/db", "localhost:5432/ledger", f"host%3Dh%20password%3D{CANARY}"),
        *(f"https://u:{CANARY}@h/d", f"sqlite:///x?password={CANARY}", "a\0b"),
    ],
)
def test_what_looks_like_a_database_is_no_files_name_and_is_refused_without_repeating_it(location):
    for refused in (lambda: database_of(location), lambda: Settings(ledger=location)):
        with pytest.raises(LedgerError) as error:
            refused()
        assert CANARY not in str(error.value)
        assert "ledger" in str(error.value)


def test_a_file_that_is_there_is_one_whatever_its_name_looks_like(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "host=a").touch()
    (tmp_path / "me@home").mkdir()
    assert database_of("host=a") is database_of("me@home/ledger") is None


@pytest.mark.parametrize(
    "text",
    [
        f"password={CANARY} more",
        f"PASSWORD = '{CANARY} x'",
        f"no postgresql://u:{CANARY}@h/d",
        f"sslpassword={CANARY}",
        f'pwd: "{CANARY}"',
    ],
)
def test_what_stands_where_passwords_stand_is_hidden(text):
    assert CANARY not in hidden(text)


def test_a_password_is_hidden_wherever_it_stands_in_the_databases_own_words():
    database = database_of("postgresql://u:p%40w@h/d?sslpassword=other")
    assert database.hide('role "p@w" and "other" do not exist') == 'role "***" and "***" do not exist'
