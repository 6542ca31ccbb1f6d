"""TLS to a directory, of a socket that is read in large pieces.

OpenLDAP sends each entry as a record of its own. OpenSSL, given a socket, asks the kernel four times for
each, and wakes for each; 100,000 people took that a second of processor time. Here whatever has come is
taken at once, and OpenSSL reads it from memory.
"""

import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

from ldap3 import Tls

Done = TypeVar("Done")
PIECE = 256 * 1024
# What a server sends entry by entry gathers meanwhile.
GATHERS_SECONDS = 0.002


class VerifiedTls(Tls):
    """TLS in which OpenSSL itself compares the certificate with the host's name.

    ldap3's own comparison is by a function that Python has dropped. `ca_file`: the company's own root
    certificate, or "".
    """

    def __init__(self, host: str, ca_file: str) -> None:
        cast("Any", super()).__init__(validate=ssl.CERT_REQUIRED, ca_certs_file=ca_file or None)
        self._host, self._ca_file = host, ca_file or None

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        context = ssl.create_default_context(cafile=self._ca_file)
        connection.socket = TlsSocket(connection.socket, context, self._host)


class TlsSocket:
    """What ldap3 needs of a socket, encrypted; `gathered` is for entries. All of it raises OSError."""

    def __init__(self, plain: socket.socket, context: ssl.SSLContext, host: str) -> None:
        self._plain = plain
        self._received, self._to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._received, self._to_send, server_hostname=host)
        self._done(self._tls.do_handshake)
        self.shutdown, self.close, self.getpeername = plain.shutdown, plain.close, plain.getpeername

    def sendall(self, data: bytes) -> None:
        """Send all of it."""
        self._done(lambda: self._tls.write(data))

    def recv(self, size: int) -> bytes:
        """Return at most so many bytes, once any are there; b"" where the far side has ended."""
        try:
            return self._done(lambda: self._tls.read(size))
        except ssl.SSLEOFError:
            return b""

    def gathered(self) -> bytes:
        """Return all that has come, once anything has; b"" where the far side has ended."""
        parts = [part := self.recv(PIECE)]
        with suppress(ssl.SSLWantReadError):
            while part:
                parts.append(part := self._tls.read(PIECE))
        return b"".join(parts)

    def _done(self, step: Callable[[], Done]) -> Done:
        """Do a step of TLS, as often as the far side has to be heard for it."""
        while True:
            try:
                done = step()
            except ssl.SSLWantReadError:
                self._send()
                self._hear()
            except ssl.SSLError:
                # What is wrong counts, not whether the far side still hears of it.
                with suppress(OSError):
                    self._send()
                raise
            else:
                self._send()
                return done

    def _send(self) -> None:
        if self._to_send.pending:
            self._plain.sendall(self._to_send.read())

    def _hear(self) -> None:
        time.sleep(GATHERS_SECONDS)
        if data := self._plain.recv(PIECE):
            self._received.write(data)
        else:
            self._received.write_eof()
