"""Reads a directory with ldap3: over verified TLS, page by page, to the end or not at all; blocks."""

import logging
import re
import socket
import ssl
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Timer
from typing import Any, cast
from urllib.parse import urlsplit

from ldap3 import DSA, SUBTREE, Connection, Server
from ldap3.core.exceptions import (
    LDAPBindError,
    LDAPCertificateError,
    LDAPCommunicationError,
    LDAPException,
    LDAPInvalidDnError,
    LDAPInvalidFilterError,
    LDAPStartTLSError,
)
from ldap3.utils.dn import parse_dn  # pyright: ignore[reportUnknownVariableType]

from config.phrases.sources import DIRECTORY
from services.imports.sources.directory.entries import EntriesStrategy, RawEntry
from services.imports.sources.directory.names import plain
from services.imports.sources.directory.rows import Entry
from services.imports.sources.directory.tls import VerifiedTls
from services.imports.sources.model import SourceError

PAGE = 1000
_log = logging.getLogger("qungui")
# Whole: ldap3 packs them for the socket.
CONNECT_SECONDS, ANSWER_SECONDS = 10, 60
# Whoever sends a byte now and then has answered in time; so the whole reading has its own.
READING_SECONDS = 1800.0
# An entry's own part of its name.
_OWN = re.compile(r"(?:[^,\\]|\\.)*,")
_PAGED = "1.2.840.113556.1.4.319"
# No such object, or a name that is none.
_NO_SUCH = (32, 34)
_HALTS = {3: "limit", 4: "limit", 11: "limit", 51: "busy", 52: "busy"}
_IS_AD = "1.2.840.113556.1.4.800"
_AD_PEOPLE = "(&(objectCategory=person)(objectClass=user))"
_PEOPLE = "(objectClass=inetOrgPerson)"


@dataclass(frozen=True, slots=True)
class Address:
    """Where and as whom a directory is read. `ca_file`: the company's own root certificate, or ""."""

    url: str
    bind_dn: str
    password: str = field(repr=False)
    ca_file: str = ""

    @property
    def host(self) -> str:
        """Return the host's name."""
        return urlsplit(self.url).hostname or ""


@contextmanager
def opened(address: Address) -> Generator[Connection]:
    """Connect and bind, and hang up at the end. Raises `SourceError`."""
    secure = urlsplit(address.url).scheme == "ldaps"
    connection = _connection(address, secure=secure)
    try:
        with _ended_in_time(connection):
            try:
                _bind(connection, secure=secure)
            except (LDAPException, OSError) as error:
                raise SourceError(_why(error)) from error
            EntriesStrategy.put_into(connection)
            yield connection
    finally:
        _close(connection)


@contextmanager
def _ended_in_time(connection: Any) -> Generator[None]:
    """Hang up on a reading that takes longer than any may. Raises `SourceError` for it."""
    late = Event()

    def hang_up() -> None:
        late.set()
        with suppress(OSError):
            connection.socket.shutdown(socket.SHUT_RDWR)

    timer = Timer(READING_SECONDS, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except SourceError as error:
        if late.is_set():
            raise SourceError(DIRECTORY["slow"].format(minutes=round(READING_SECONDS / 60))) from error
        raise
    finally:
        timer.cancel()


def _connection(address: Address, *, secure: bool) -> Connection:
    try:
        server = Server(
            address.host,
            port=urlsplit(address.url).port or (636 if secure else 389),
            use_ssl=secure,
            tls=VerifiedTls(address.host, address.ca_file),
            get_info=DSA,
            connect_timeout=CONNECT_SECONDS,
        )
        return Connection(
            server,
            address.bind_dn or None,
            address.password or None,
            read_only=True,
            check_names=False,
            auto_referrals=False,
            receive_timeout=ANSWER_SECONDS,
        )
    except (LDAPException, OSError) as error:
        raise SourceError(_why(error)) from error


def _bind(connection: Any, *, secure: bool) -> None:
    """Say who we are, never before the line is encrypted, and read what the server says of itself."""
    connection.open(read_server_info=False)
    if not secure and not connection.start_tls(read_server_info=False):
        raise LDAPStartTLSError
    if not connection.bind(read_server_info=True):
        raise LDAPBindError


def _close(connection: Any) -> None:
    """Say good-bye, if the server still hears it."""
    with suppress(LDAPException, OSError):
        connection.unbind()
    if connection.socket is not None:
        connection.socket.close()


def _why(error: Exception) -> str:
    """Return what failed, in words; nothing of what the server wrote."""
    if (
        isinstance(error, LDAPCertificateError | ssl.SSLCertVerificationError)
        or "certificate" in str(error).casefold()
    ):
        return DIRECTORY["certificate"]
    if isinstance(error, LDAPBindError):
        return DIRECTORY["bind"]
    if isinstance(error, LDAPStartTLSError):
        return DIRECTORY["start_tls"]
    if isinstance(error, LDAPCommunicationError | OSError):
        return DIRECTORY["connect"]
    if isinstance(error, LDAPInvalidFilterError | LDAPInvalidDnError):
        return DIRECTORY["wrong"]
    _log.warning("the directory was not read: %s", type(error).__name__)
    return DIRECTORY["other"]


def _halted(code: int | None) -> str:
    """Return why a server gave no more, by its result code (RFC 4511)."""
    return DIRECTORY.get(_HALTS.get(code or 0, ""), DIRECTORY["code"].format(code=code))


def is_ad(connection: Connection) -> bool:
    """Tell whether this is Active Directory, by its own word."""
    info: Any = connection.server.info
    return info is not None and any(feature[0] == _IS_AD for feature in info.supported_features or ())


def default_base(connection: Connection) -> str:
    """Return where a directory's people are by its own word. Raises `SourceError`."""
    info: Any = connection.server.info
    found = (
        list(info.other.get("defaultNamingContext", ())) or list(info.naming_contexts or ()) if info else []
    )
    if not found:
        raise SourceError(DIRECTORY["no_base"])
    return str(found[0])


def people(connection: Connection, base: str, query: str, attributes: Sequence[str]) -> Iterator[Entry]:
    """Give every entry below `base`. Raises `SourceError` unless the server says that it gave all.

    Page by page by hand: ldap3's own generator ends without a word where a server ends in the middle.
    """
    depth = len(_parsed(base))
    query = query or (_AD_PEOPLE if is_ad(connection) else _PEOPLE)
    cookie: bytes | None = None
    read = 0
    units: dict[str, tuple[str, ...]] = {}
    while True:
        page = _page(connection, base, query, attributes, cookie)
        result: dict[str, Any] = connection.result or {}
        read += len(page)
        for dn, values in page:
            above = dn[match.end() :] if (match := _OWN.match(dn)) else ""
            if above not in units:
                units[above] = units_of(above, depth)
            yield Entry(dn, units[above], values)
        if result.get("result") in _NO_SUCH:
            raise SourceError(DIRECTORY["wrong"])
        if result.get("result") != 0:
            raise SourceError(DIRECTORY["partial"].format(count=read, why=_halted(result.get("result"))))
        cookie = result.get("controls", {}).get(_PAGED, {}).get("value", {}).get("cookie")
        if not cookie:
            return


def _page(
    connection: Connection, base: str, query: str, attributes: Sequence[str], cookie: bytes | None
) -> list[RawEntry]:
    ours: Any = connection
    ours.strategy.taken.clear()
    try:
        ours.search(base, query, SUBTREE, attributes=list(attributes), paged_size=PAGE, paged_cookie=cookie)
    except (LDAPException, OSError, IndexError) as error:
        raise SourceError(_why(error)) from error
    return list(ours.strategy.taken)


def _parsed(dn: str) -> list[tuple[str, str, str]]:
    try:
        return cast("list[tuple[str, str, str]]", parse_dn(dn)) if dn else []
    except LDAPException as error:
        raise SourceError(DIRECTORY["wrong"]) from error


def units_of(above: str, depth: int) -> tuple[str, ...]:
    """Return the units between an entry and the base, top first; `above`: the name of what it lies in."""
    parts = _parsed(above)
    between = parts[: len(parts) - depth]
    return tuple(plain(value) for name, value, _ in reversed(between) if name.casefold() == "ou")
