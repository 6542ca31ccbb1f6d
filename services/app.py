"""App: what every use case is handed. Made once by an entry point, never global state of its own."""

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from config.settings import Settings
from db.batching import Batch
from db.engine import Database
from db.ledger import Ledger
from db.postgres.signals import Signals
from db.tables.base import ZONE
from regulation.policy import Policy
from regulation.registry import Registry
from services.metrics import Tally
from services.ports import Clock, Gateway

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")


class SystemClock:
    """The operating system's clock, told in Asia/Shanghai."""

    def now(self) -> datetime:
        """Return the time now, aware."""
        return datetime.now(ZONE)


def _worker_name() -> str:
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True, slots=True)
class Peers:
    """What is known of the other processes on the same database; see `services.processes`.

    `others`: QQ accounts that they hold. `elsewhere`: groups of our accounts that one of theirs
    serves, group → account. `ours`: every account of the company, connected or not.
    """

    others: frozenset[int] = frozenset()
    elsewhere: Mapping[int, int] = field(default_factory=dict[int, int])
    ours: frozenset[int] = frozenset()


@dataclass
class App:
    """Settings, policy, database, clock and gateway of one process.

    `registry` is the index that decisions read; `services.people.registry.refresh` replaces it when the
    database says so. `gateway` is None in the terminal: nothing there may need QQ.
    `outbox_news` is set whenever rows were written that a sender should look at; `hastened` names
    periodic jobs that are to run at the next beat. `signals` is None on SQLite and in the terminal.
    `renamed_at`: when departments were last called otherwise. `tally` counts what `/metrics` shows of
    this process. `unbound` are the QQ numbers whose proof was just taken, each with its employee
    number, until `services.joining.proofs` has bound them.
    """

    settings: Settings
    policy: Policy
    database: Database
    phone_key: bytes
    clock: Clock = field(default_factory=SystemClock)
    gateway: Gateway | None = None
    registry: Registry = field(
        default_factory=lambda: Registry.build([], [], Policy().departments, version=0)
    )
    worker: str = field(default_factory=_worker_name)
    batches: dict[str, Batch[Any, Any]] = field(default_factory=dict[str, Batch[Any, Any]])
    outbox_news: asyncio.Event = field(default_factory=asyncio.Event)
    work_news: asyncio.Event = field(default_factory=asyncio.Event)
    hastened: set[str] = field(default_factory=set[str])
    peers: Peers = field(default_factory=Peers)
    signals: Signals | None = None
    tally: Tally = field(default_factory=Tally)
    renamed_at: datetime | None = None
    unbound: dict[int, str] = field(default_factory=dict[int, str])
    memories: dict[type[Any], Any] = field(default_factory=dict[type[Any], Any])

    def __post_init__(self) -> None:
        """Have what is written sealed with the key that lies beside the database."""
        self.database.ledger = Ledger(self.phone_key)

    @property
    def qq(self) -> Gateway:
        """Return the gateway. Raises RuntimeError where there is none (the terminal)."""
        if self.gateway is None:
            raise RuntimeError("no gateway here")
        return self.gateway

    def batch(
        self,
        name: str,
        work: "Callable[[App, Sequence[T]], Awaitable[Sequence[R]]]",
        *,
        linger: float = 0.0,
    ) -> Batch[T, R]:
        """Return this process's batch of one kind of work, made at its first use; see `Batch`."""
        if name not in self.batches:
            self.batches[name] = Batch(partial(work, self), linger=linger)
        return self.batches[name]

    def memory(self, kind: type[S]) -> S:
        """Return what this process remembers of one kind, empty at its first use; lost with the process."""
        if (known := self.memories.get(kind)) is None:
            known = self.memories[kind] = kind()
        return known

    def own_accounts(self) -> frozenset[int]:
        """Return every QQ account of ours: connected here, to another process, or lately."""
        here = frozenset(self.gateway.accounts()) if self.gateway is not None else frozenset[int]()
        return here | self.peers.others | self.peers.ours

    def superusers(self) -> frozenset[int]:
        """Return the superusers of `.env` whose employee has not departed: whoever has loses every right."""
        named, today = self.settings.superusers, self.now().date()
        return frozenset(qq for qq in named if not self.registry.has_departed(qq, today))

    def now(self) -> datetime:
        """Return the time now, aware, in Asia/Shanghai."""
        return self.clock.now()
