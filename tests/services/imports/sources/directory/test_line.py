"""The line to the directory: to whom it says it is, in time, and what is cut off on it is no answer."""

import asyncio
import socket
import ssl
import threading
from contextlib import suppress

import pytest

from services.imports.sources.directory import client
from services.imports.sources.directory.tls import TlsSocket
from services.imports.sources.model import Outcome
from tests.services.imports.sources.directory.cutting import Ill, between
from tests.services.imports.sources.directory.slapd import Slapd

# Bytes of an answer that make some 550,000: in the certificate, in either page, and before the very end,
# where everybody came but not the word that they are all.
PLACES = {"certificate": 700, "first": 150_000, "second": 450_000, "end": -200}


@pytest.fixture(params=["ldaps", "start_tls"])
def url(request, directory) -> str:
    """The directory's address, encrypted from the start or on demand."""
    return directory.url if request.param == "ldaps" else directory.plain_url


@pytest.mark.parametrize("ill", [Ill.ENDS, Ill.BREAKS, Ill.SPOILT])
async def test_what_is_cut_off_is_no_answer_wherever_it_is(app, reads, url, ill):
    async with between(url) as whole:
        # Nobody of them is taken: they have a number, and no name.
        await reads(url=whole.url, attributes={"name": "description"})
    for place, most in PLACES.items():
        async with between(url, most if most > 0 else whole.passed + most, ill) as cut:
            pulled = await reads(url=cut.url)
        assert pulled.outcome is Outcome.FAILED, place
        assert (
            "加密" in pulled.text if (place, url[:5]) == ("certificate", "ldap:") else "断了" in pulled.text
        )
    assert app.registry.by_no == {}


@pytest.mark.parametrize("most", [0, PLACES["first"]])
async def test_who_says_nothing_more_is_not_waited_for(app, reads, url, most, monkeypatch):
    monkeypatch.setattr(client, "ANSWER_SECONDS", 1)
    async with between(url, most, Ill.SILENT) as far:
        assert "断了" in (await reads(url=far.url)).text
    assert app.registry.by_no == {}


@pytest.mark.parametrize("most", [0, PLACES["certificate"], PLACES["first"]])
async def test_who_sends_a_byte_now_and_then_is_not_waited_for_for_ever(app, reads, url, most, monkeypatch):
    monkeypatch.setattr(client, "READING_SECONDS", 1.0)
    async with between(url, most, Ill.DRIPS) as far:
        assert "还没有给完" in (await reads(url=far.url)).text
    assert app.registry.by_no == {}


async def test_what_is_no_answer_at_all_leaves_no_connection_open(app, reads, directory):
    async with between(directory.plain_url, 3, Ill.SPOILT) as far:
        assert (await reads(url=far.url)).outcome is Outcome.FAILED
        await asyncio.wait_for(far.hung_up.wait(), 30)


async def test_start_tls_trusts_nobody_either(app, reads, directory):
    for values in ({"ca_file": ""}, {"url": directory.plain_url.replace("localhost", "127.0.0.1")}):
        assert "证书没有通过验证" in (await reads(**{"url": directory.plain_url, **values})).text


@pytest.mark.parametrize("says_so", [True, False])
def test_what_had_come_is_given_before_the_end(directory: Slapd, says_so: bool):
    ours, far = socket.socketpair()

    def serve() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(
            directory.ca_file.with_name("server.pem"), directory.ca_file.with_name("server.key")
        )
        with context.wrap_socket(far, server_side=True) as line:
            line.sendall(b"half a mess")
            line.sendall(b"age")
            # Who hangs up at once is not answered.
            with suppress(OSError):
                if says_so:
                    line.unwrap()

    thread = threading.Thread(target=serve)
    thread.start()
    with ours:
        line = TlsSocket(ours, ssl.create_default_context(cafile=directory.ca_file), "localhost")
        came = b""
        while part := line.gathered():
            came += part
        assert (came, line.gathered()) == (b"half a message", b"")
    thread.join()
