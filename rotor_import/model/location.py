"""Where a ledger is: the path of a file, or a database that several machines share. A password is never shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from rotor_import.errors import LedgerError

_SCHEME = re.compile(r"\s*postgres(?:ql)?(?:\+\w+)?://", re.IGNORECASE)
_KEYWORDS = frozenset(
    """
    service user password passfile channel_binding connect_timeout dbname host hostaddr port client_encoding options
    application_name fallback_application_name keepalives keepalives_idle keepalives_interval keepalives_count
    tcp_user_timeout sslmode sslnegotiation sslcompression sslcert sslkey sslcertmode sslpassword sslrootcert sslcrl
    sslcrldir sslsni requirepeer require_auth min_protocol_version max_protocol_version ssl_min_protocol_version
    ssl_max_protocol_version gssencmode krbsrvname gsslib gssdelegation target_session_attrs load_balance_hosts
    """.split()  # noqa: SIM905 - a list of them would be forty lines
)
"""What PostgreSQL's own library takes in a URL or in a connection string."""
_FILE = re.compile(r"(?:\.{1,2}[/\\]|/(?!/)|~|[A-Za-z]:[/\\])")
"""How a path begins that can be nothing else."""
_LIKE_A_DATABASE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^\s*postgres(?:ql)?(?:\+\w+)?:",
        rf"(?:^|[\s;,?&])(?:{'|'.join(_KEYWORDS)}|pwd|username|database|server|data source)\s*=",
        r"^[^/\\\s:]*:.*@",  # user:password@…, whatever the password is made of
        r"^//[^/]*@",
        r"^[\w.-]+:\d+(?:/|$)",  # host:port/…
    )
)
_USER_AT_HOST = re.compile(r"([^/\\\s]+@[^/\\\s]+)/")
_ODD = re.compile(r"[\s=&;@?]")
"""None of these is in a host, or in the name of a user or a database, unless a URL was put together wrongly."""
_PASSWORD = re.compile(r"(\w*(?:passw(?:or)?d|pwd)['\"]?\s*[=:]\s*)(?:'[^']*'|\"[^\"]*\"|\S+)", re.IGNORECASE)
_USER_INFO = re.compile(r"//[^/\s]*@")
_HIDDEN = "***"
_ADDRESS = re.compile(r"(?:\[(?P<v6>[^\]]*)\]|(?P<host>[^:\[\]]*))(?::(?P<port>[0-9]{0,5}))?")
_LAST_PORT = 65535

_EXPECTED = "Write it as postgresql://user@host/database."
_UNCLEAR = (
    "The ledger looks like a database, not like a file. Write a database as a URL that begins with "
    "postgresql://; begin a file's path with / or ./"
)
_ENCODE = "In a name or password, write @ as %40, / as %2F, : as %3A, ? as %3F and # as %23."


@dataclass(frozen=True)
class Database:
    """A PostgreSQL database, as its URL names it. `query` are further settings of the connection."""

    user: str
    password: str = field(repr=False)
    host: str
    port: int | None
    name: str
    query: Mapping[str, tuple[str, ...]] = field(repr=False)

    def __str__(self) -> str:
        """For messages: where it is, without anything secret."""
        host = self.host or ", ".join(self.query.get("host", ()))
        host = f"[{host}]" if ":" in host else host
        info = f"{self.user}{f':{_HIDDEN}' if self.password else ''}@" if self.user or self.password else ""
        return f"postgresql://{info}{host}{f':{self.port}' if self.port else ''}/{self.name}"

    def hide(self, text: str) -> str:
        """The text without the password, in whatever form."""
        secret = {value for name, values in self.query.items() if "pass" in name for value in values}
        for word in sorted({self.password, *secret} - {""}, key=len, reverse=True):
            text = text.replace(word, _HIDDEN)
        return hidden(text)


def hidden(text: str) -> str:
    """The text without what stands where passwords stand in URLs and connection strings."""
    return _USER_INFO.sub(f"//{_HIDDEN}@", _PASSWORD.sub(rf"\1{_HIDDEN}", text))


def database_of(location: str) -> Database | None:
    """The database at this location; None where it is the path of a file.

    Raises LedgerError, whose words never repeat the location, if it is neither or cannot be read.
    """
    if "\0" in location:
        raise LedgerError("The ledger's path contains a character that isn't allowed in a path.")
    scheme = _SCHEME.match(location)
    if scheme:
        return _parsed(location[scheme.end() :].strip())
    if _FILE.match(location) or _is_there(location):
        return None
    if "://" in unquote(location):
        raise LedgerError("--ledger must be the path of a file, or a URL that begins with postgresql://")
    if any(like.search(text) for like in _LIKE_A_DATABASE for text in {location, unquote(location)}):
        raise LedgerError(f"{_UNCLEAR}.")
    folder = _USER_AT_HOST.match(location)
    if folder and not _is_there(folder[1]):
        raise LedgerError(f"{_UNCLEAR}.")
    return None


def _is_there(path: str) -> bool:
    try:
        return Path(path).exists()
    except OSError:
        return False


def _parsed(rest: str) -> Database:
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    authority, _, name = rest.partition("/")
    info, _, address = authority.rpartition("@")
    user, _, password = info.partition(":")
    host, port = _host_and_port(address)
    user, name = unquote(user), unquote(name)
    settings: dict[str, tuple[str, ...]] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        settings[key] = (*settings.get(key, ()), value)
    is_odd = any(map(_ODD.search, (host, name))) or re.search(r"[\s=;&]", user)
    if fragment or "@" in info or not settings.keys() <= _KEYWORDS or is_odd:
        raise LedgerError(f"The ledger's URL can't be read. {_EXPECTED} {_ENCODE}")
    return Database(user, unquote(password), host, port, name, settings)


def _host_and_port(address: str) -> tuple[str, int | None]:
    found = _ADDRESS.fullmatch(address)
    port = int(found["port"] or 0) if found else -1
    if found is None or port > _LAST_PORT:
        raise LedgerError(f"The ledger's URL can't be read: its host and port are unclear. {_EXPECTED} {_ENCODE}")
    return unquote(found["v6"] or found["host"] or ""), port or None
