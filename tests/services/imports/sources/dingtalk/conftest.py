"""A DingTalk on a real socket, one for all tests, and a clock that a client's pauses move on."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from services.imports.sources.dingtalk.client import Client
from tests.services.imports.sources.dingtalk.server import DingTalk, Host, served


class Waits(list[float]):
    """What was waited, without waiting."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)

    def clock(self) -> float:
        return sum(self)


@dataclass
class Line:
    """Where DingTalk is served."""

    host: Host
    address: str

    def client(self, company: DingTalk, waits: Waits, secret: str = "secret") -> Client:
        self.host.there = company
        return Client(self.address, "key", secret, pause=waits, clock=waits.clock)


@pytest.fixture(scope="session")
def line() -> Iterator[Line]:
    host = Host()
    with served(host) as address:
        yield Line(host, address)
