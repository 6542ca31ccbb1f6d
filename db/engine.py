"""The database: one engine, and transactions as the only way in.

SQLite takes one writer at a time: writers queue on a lock here and begin immediately, so that
nobody meets `database is locked` half-way. PostgreSQL needs neither.

Which way when, and what each costs: docs/architecture.md, "Transactions". In short: `transaction` and
`reading` are blocks that a task holds; `run` is a function that runs in one thread from end to end;
`look` is `run` for what may wait, `together` for what comes by the hundred; `alone` keeps other processes
out of a longer piece of work; `plainly` is Alembic's.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import URL, Connection, func, select
from sqlalchemy.engine import make_url

from db.batching import Batch
from db.ledger import Ledger, Seals
from db.postgres.locks import Lock, key
from db.scheduling.calm import Calm
from db.scheduling.turns import Turns
from db.threads import ROOM, Threads, Work
from db.transaction import Sealing, Transaction

if TYPE_CHECKING:
    from db.postgres.pool import Pool

__all__ = ["Database", "Transaction"]
R = TypeVar("R")
# So few that a join request, which waits for the same lock, waits for no more than some 20 ms.
_TOGETHER = 20
# Transactions open at once: fewer than the pools have connections, for the rest is wanted by threads
# and by `alone`. One more waits here; in a pool it would hold a thread that those who are in need to end.
_OPEN_SQLITE, _OPEN_POSTGRESQL = 8, 18
# Looks at once: they are work for the interpreter, of which there is one.
_LOOKS = 2


class HeldError(RuntimeError):
    """A mistake of ours: this task holds a transaction, and wants what may keep it waiting."""


class Database:
    """An open database. `url` is SQLAlchemy's, with an async driver; SQLite is opened in threads.

    `ledger` seals what is written, once there is a key for it.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._threads = Threads(self.url, is_sqlite=self.is_sqlite)
        self._pool = None if self.is_sqlite else _pool(self.url)
        self._turns = Turns() if self.is_sqlite else None
        self._room = asyncio.Semaphore(_OPEN_SQLITE if self.is_sqlite else _OPEN_POSTGRESQL)
        self._looks = asyncio.Semaphore(_LOOKS)
        self._calm = Calm()
        self._holders: set[asyncio.Task[Any] | None] = set()
        self.ledger: Ledger | None = None
        self._together: Batch[Work[Any], Any] = Batch(self._run_all, limit=_TOGETHER)

    @property
    def path(self) -> Path | None:
        """Return the SQLite file, or None on another database or in memory."""
        name = self.url.database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    def must_be_free(self) -> None:
        """Raise `HeldError` if this task holds a transaction: whoever asks QQ for something may wait long."""
        if asyncio.current_task() in self._holders:
            raise HeldError("a transaction is held open")

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """Open a writing transaction: committed when the block ends, rolled back when it raises.

        A use case's usual way: the block may call whatever it likes but QQ. Each statement crosses into a
        thread and back, so what runs for every event, or has dozens of statements, takes `run`.
        """
        self.must_be_free()
        async with self._turn():
            async with self._open(immediate=True) as transaction:
                transaction.sealing = self._sealing()
                yield transaction
                await transaction.finish()
            transaction.committed()

    @asynccontextmanager
    async def _turn(self, urgent: bool = False) -> AsyncGenerator[None]:
        # Whoever waits for their turn waits for those before them too.
        with self._calm.broken():
            async with nullcontext() if self._turns is None else self._turns.turn(urgent=urgent):
                yield

    def _sealing(self) -> Sealing | None:
        return None if self.ledger is None else Seals(self.ledger)

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a reading transaction: one consistent view, no lock, and nobody waits for it."""
        return self._open(immediate=False)

    @asynccontextmanager
    async def _open(self, *, immediate: bool) -> AsyncGenerator[Transaction]:
        self.must_be_free()
        async with self._room, self._connected(immediate) as transaction:
            holder = asyncio.current_task()
            self._holders.add(holder)
            try:
                yield transaction
            finally:
                self._holders.discard(holder)

    @asynccontextmanager
    async def _connected(self, immediate: bool) -> AsyncGenerator[Transaction]:
        pool = self._pool
        async with self._threads.hopping(immediate=immediate) if pool is None else pool.connected() as tx:
            yield tx

    async def plainly(self, work: Callable[[Connection], R], *, writes: bool = True) -> R:
        """Call `work` with a synchronous connection in a thread, as one transaction.

        For Alembic, which knows no other connection; nothing that it writes is sealed.
        """
        async with self._turn() if writes else nullcontext():
            return await self._threads.plainly(work, writes=writes)

    async def run(
        self, work: Work[R], *, writes: bool = True, durable: bool = True, urgent: bool = False
    ) -> R:
        """Run `work` as one transaction in one thread, and return what it returned.

        Less than half the cost of a block, since it crosses into a thread once. `work` may await nothing
        but the transaction (RuntimeError else), and must leave alone what the event loop may change
        meanwhile. `writes=False`: it only reads, so it waits for no turn. `durable=False`: a note, which the
        next start finds anew if a power cut takes it; its commit doesn't wait for the disk, so nobody waits
        behind it (decision 16). `urgent`: somebody in QQ waits for it, so it goes before what waits to be
        written.
        """

        async def finished(tx: Transaction) -> R:
            tx.sealing = self._sealing() if writes else None
            result = await work(tx)
            await tx.finish()
            return result

        async with self._turn(urgent) if writes else nullcontext():
            result, transaction = await self._threads.run(finished, writes=writes, durable=durable)
        transaction.committed()
        return result

    def hurry(self) -> AbstractContextManager[None]:
        """Have those who look step aside while this block lasts: somebody in QQ waits for what it does."""
        return self._calm.broken()

    async def look(self, work: Work[R]) -> R:
        """Like `run`, to show somebody something: it may wait, so it goes behind all that hurries.

        Few run at once; and between two statements, in SQLite within one too, each steps aside for what is
        done in a `hurry`, and for whoever writes: somebody may wait behind them.
        """
        async with self._looks:
            return await self._threads.look(work, await self._calm.come())

    async def together(self, work: Work[R]) -> R:
        """Like `run`, in one transaction with whatever else comes at the same time: a tenth of its cost.

        Where one of them raises, all are rolled back and each is run again alone.
        """
        return await self._together.do(work)

    async def _run_all(self, works: Sequence[Work[Any]]) -> Sequence[Any]:
        async def all_of(tx: Transaction) -> list[Any]:
            return [await work(tx) for work in works]

        return await self.run(all_of)

    @asynccontextmanager
    async def alone(self, lock: Lock) -> AsyncGenerator[None]:
        """Have this block to ourselves among all processes on one PostgreSQL; no work for QQ in it.

        For work of several transactions: `Transaction.lock` ends with one. On SQLite there is one bot: its
        own tasks must keep apart by themselves.
        """
        if self.is_sqlite:
            yield
            return
        async with self._connected(immediate=False) as tx:
            await tx.execute(select(func.pg_advisory_xact_lock(key(lock))))
            yield

    async def compact(self) -> None:
        """Have what was overwritten leave SQLite's log too; a reader at work puts it off to the next time."""
        if self.is_sqlite:
            async with self._turn():
                await self._threads.checkpoint("TRUNCATE")

    async def checkpoint(self) -> None:
        """Write SQLite's log into its file beside the work, so that no commit has to; nobody waits for it.

        The first time, the log is made as long as it will be needed.
        """
        if not self.is_sqlite:
            return
        await self._threads.checkpoint("PASSIVE")
        log = Path(f"{self.path}-wal")
        if await asyncio.to_thread(_is_short, log):
            async with self._turn():
                await self._threads.make_room()
            await asyncio.to_thread(_to_disk, log)

    def connect_args(self) -> dict[str, Any]:
        """Return what PostgreSQL's driver is connected with, for a connection beside the pool."""
        assert self._pool is not None
        return self._pool.connect_args()

    async def close(self) -> None:
        """Close every connection."""
        await self._threads.close()
        if self._pool is not None:
            await self._pool.close()


def _pool(url: URL) -> "Pool":
    # Not for SQLite: see there.
    from db.postgres.pool import Pool

    return Pool(url)


def _is_short(log: Path) -> bool:
    return log.exists() and log.stat().st_size < ROOM


def _to_disk(file: Path) -> None:
    """Have the file system give a file its blocks now, not when the next commit waits."""
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())
