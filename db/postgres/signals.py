"""What processes on one PostgreSQL tell each other, and which QQ accounts each of them holds.

One connection beside the pool listens for notifications and holds session locks. When it breaks,
the locks are gone: it is made again at once, and what it held is claimed again. Notifications only
shorten somebody's wait; nothing rests on them, for all that changed is found by looking, too.
"""

import asyncio
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from db.engine import Database
from db.postgres.locks import Lock, key
from db.transaction import CHANNEL

if TYPE_CHECKING:
    from psycopg import AsyncConnection

APPLICATION = "qungui "
GRACE_SECONDS = 10.0
PATIENCE_SECONDS = 5.0
# How often a silent connection is asked whether it still is one.
ALIVE_SECONDS = 10.0
_PAUSES = (0.05, 0.2, 0.5, 1.0, 2.0)
# The server notices within half a minute that a machine has vanished, and lets its locks go.
_KEEP_ALIVE = (
    "SELECT set_config('tcp_keepalives_idle', '10', false), "
    "set_config('tcp_keepalives_interval', '5', false), set_config('tcp_keepalives_count', '3', false)"
)


class Claim(StrEnum):
    """What became of asking for an account."""

    OURS = "ours"
    TAKEN = "taken"
    # The database can't be asked just now.
    UNKNOWN = "unknown"


class DownError(Exception):
    """The connection is down, and didn't come back in time."""


class Signals:
    """Listens and holds locks from `start` to `stop`, whatever happens to its connection.

    `hear(topic)` is called for every notification; with an empty topic after each (re)connection,
    when anything may have been missed. `lost` yields accounts that are no longer ours.
    """

    def __init__(self, database: Database, worker: str, hear: Callable[[str], None]) -> None:
        self._database = database
        self._worker = worker
        self._hear = hear
        self._held: set[int] = set()
        self._shown: set[int] = set()
        # Claims and releases come in the order they were asked for.
        self._gate = asyncio.Lock()
        self._orders: asyncio.Queue[_Order] = asyncio.Queue()
        self._stir = asyncio.Event()
        self._down_since = time.monotonic()
        self._task: asyncio.Task[None] | None = None
        self.up = asyncio.Event()
        self.lost: asyncio.Queue[int] = asyncio.Queue()

    @property
    def held(self) -> frozenset[int]:
        """Return the accounts that this process holds."""
        return frozenset(self._held)

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._task = asyncio.create_task(self._keep_connected(), name="signals")

    async def stop(self) -> None:
        """Let go of everything."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # -- accounts -------------------------------------------------------------------------------

    async def claim(self, account: int) -> Claim:
        """Hold an account for this process, unless another one does."""
        async with self._gate:
            if account in self._held:
                return Claim.OURS
            try:
                taken = await self._ask("SELECT pg_try_advisory_lock(%s)", key(Lock.ACCOUNT, account))
            except DownError:
                return Claim.UNKNOWN
            if taken:
                self._held.add(account)
            return Claim.OURS if taken else Claim.TAKEN

    async def release(self, account: int) -> None:
        """Let another process have an account."""
        async with self._gate:
            if account not in self._held:
                return
            with suppress(DownError):
                await self._show(self._shown - {account})
                await self._ask("SELECT pg_advisory_unlock(%s)", key(Lock.ACCOUNT, account))
            self._held.discard(account)

    async def show(self, accounts: Collection[int]) -> None:
        """Have the other processes see which accounts of ours can act, if the connection is up."""
        async with self._gate:
            with suppress(DownError):
                await self._show(set(accounts) & self._held)

    async def _show(self, wanted: set[int]) -> None:
        if wanted == self._shown:
            return
        for account in wanted - self._shown:
            await self._ask("SELECT pg_advisory_lock_shared(%s)", key(Lock.PRESENT, account))
            self._shown.add(account)
        for account in self._shown - wanted:
            await self._ask("SELECT pg_advisory_unlock_shared(%s)", key(Lock.PRESENT, account))
            self._shown.discard(account)
        await self._ask("SELECT pg_notify(%s, 'accounts')", CHANNEL)

    async def _ask(self, statement: str, *values: Any) -> Any:
        order = _Order(statement, values)
        self._orders.put_nowait(order)
        self._stir.set()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await order.answer
        except TimeoutError as error:
            raise DownError from error

    # -- the connection -------------------------------------------------------------------------

    async def _keep_connected(self) -> None:
        # Not at the top: a bot on SQLite does without it.
        from psycopg import Error

        tries = 0
        while True:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    connection = await self._connect()
                try:
                    tries = 0
                    await self._serve(connection)
                finally:
                    self._went_down()
                    await connection.close()
            except (Error, OSError, TimeoutError):
                self._give_up_late()
                await asyncio.sleep(_PAUSES[min(tries, len(_PAUSES) - 1)])
                tries += 1

    def _went_down(self) -> None:
        self.up.clear()
        self._down_since = time.monotonic()
        while not self._orders.empty():
            self._orders.get_nowait().fail()

    def _give_up_late(self) -> None:
        """Serve no account any longer that another process may have claimed meanwhile."""
        if time.monotonic() - self._down_since > GRACE_SECONDS:
            for account in sorted(self._held):
                self.lost.put_nowait(account)
            self._held.clear()
            self._shown.clear()

    async def _connect(self) -> "AsyncConnection[tuple[Any, ...]]":
        from psycopg import AsyncConnection

        given = self._database.connect_args()
        given |= {"application_name": APPLICATION + self._worker, "autocommit": True}
        connection = await AsyncConnection.connect(**given)
        try:
            await connection.execute(_KEEP_ALIVE)
            await connection.execute(b"LISTEN " + CHANNEL.encode())
            await self._claim_again(connection)
        except BaseException:
            await connection.close()
            raise
        return connection

    async def _claim_again(self, connection: "AsyncConnection[tuple[Any, ...]]") -> None:
        """Claim what the last connection held; what another process was quicker to claim is lost."""
        self._shown.clear()
        for account in sorted(self._held):
            wanted = [key(Lock.ACCOUNT, account)]
            row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", wanted)).fetchone()
            if row is None or not row[0]:
                self._held.discard(account)
                self.lost.put_nowait(account)

    async def _serve(self, connection: "AsyncConnection[tuple[Any, ...]]") -> None:
        """Do what is asked and hear what is told until the connection breaks. Raises psycopg's error."""
        self.up.set()
        self._hear("")
        while True:
            self._stir.clear()
            while not self._orders.empty():
                await self._orders.get_nowait().carry_out(connection)
            async for told in connection.notifies(timeout=0):
                self._hear(told.payload)
            if not await self._stirred(connection):
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await connection.execute("SELECT 1")

    async def _stirred(self, connection: "AsyncConnection[tuple[Any, ...]]") -> bool:
        """Wait until the server sends something or somebody asks; False when it was silent for long."""
        loop, socket = asyncio.get_running_loop(), connection.fileno()
        loop.add_reader(socket, self._stir.set)
        try:
            async with asyncio.timeout(ALIVE_SECONDS):
                await self._stir.wait()
        except TimeoutError:
            return False
        finally:
            loop.remove_reader(socket)
        return True


class _Order:
    """A statement for the connection, and where its answer (the first column) is awaited."""

    def __init__(self, statement: str, values: tuple[Any, ...]) -> None:
        self.statement = statement.encode()
        self.values = values
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def carry_out(self, connection: "AsyncConnection[tuple[Any, ...]]") -> None:
        if self.answer.done():
            return
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                row = await (await connection.execute(self.statement, self.values)).fetchone()
        except BaseException:
            self.fail()
            raise
        if self.answer.done():
            # Nobody knows of what was just locked: only a new connection lets go of it.
            raise TimeoutError
        self.answer.set_result(None if row is None else row[0])

    def fail(self) -> None:
        if not self.answer.done():
            self.answer.set_exception(DownError())
