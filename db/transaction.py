"""A transaction, as queries see it, whatever connection it runs on."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from sqlalchemy import ARRAY, BigInteger, CursorResult, Executable, bindparam, cast, func, select

from db.postgres.locks import Lock, key
from db.writing.bulk import Bulk

# Where processes on one PostgreSQL tell each other what changed: see `db.postgres.signals`.
CHANNEL = "qungui"
R = TypeVar("R")
_KEYS = func.unnest(cast(bindparam("keys"), ARRAY(BigInteger))).column_valued("one")
_LOCK = select(func.pg_advisory_xact_lock(_KEYS))
# A statement that is made once, with its parameters.
Asked = tuple[Executable, Mapping[str, Any]]
Found = Sequence[Sequence[Any]]
# An insertion that is made once, its rows, and who gets what it returns.
Parting = tuple[Executable, Sequence[Mapping[str, Any]], Callable[[Found], None]]


class Sealing(Protocol):
    """What seals the rows that a transaction writes; see `db.ledger`."""

    async def note(self, tx: "Transaction", statement: Executable, rows: Any, *, once: bool = False) -> None:
        """Note what a statement that is about to run will write; `once`: a constant of its module."""

    def added(self, statement: Executable, rows: Sequence[Sequence[Any]]) -> None:
        """Note the rows that a statement has written and returned."""

    async def close(self, tx: "Transaction") -> Bulk | None:
        """Return the seals of what was written, which are to be written at the very end."""


class Transaction(ABC):
    """One unit of work. Queries take it first; `after_commit` holds what to do once it is durable."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.sealing: Sealing | None = None
        self._last: dict[Callable[[Transaction, Any], Awaitable[None]], dict[int, Any]] = {}
        self._after: list[Callable[[], None]] = []
        self._parting: list[Parting] = []

    async def execute(self, statement: Executable, rows: Any = None) -> CursorResult[Any]:
        """Run one statement, with parameters (a mapping, or a list of them) if given; return its result."""
        if self.sealing is not None and statement.is_dml:
            await self.sealing.note(self, statement, rows)
        return await self._execute(statement, rows)

    def at_the_end(self, work: "Callable[[Transaction, dict[int, R]], Awaitable[None]]") -> dict[int, R]:
        """Return what `work` will be called with, once, before the commit; it is empty at first.

        So rows that many transactions write are locked all together, in one order.
        """
        return self._last.setdefault(work, {})

    def add_last(
        self, statement: Executable, rows: Sequence[Mapping[str, Any]], then: Callable[[Found], None]
    ) -> None:
        """Leave an insertion that is made once for the end: nothing else in this transaction rests on it.

        `then` gets what it returned, before what waits for the commit. Not for sealed tables.
        """
        self._parting.append((statement, rows, then))

    async def finish(self) -> None:
        """Do what was left for the end and seal what was written: the last thing before the commit."""
        for work, given in self._last.items():
            await work(self, given)
        sealing, self.sealing = self.sealing, None
        seals = None if sealing is None else await sealing.close(self)
        await self._part(self._parting, seals)

    async def _part(self, parting: Sequence[Parting], seals: Bulk | None) -> None:
        """Write what was left for the very end; nothing follows but the commit."""
        for statement, rows, then in parting:
            then(await self._add(statement, rows))
        if seals is not None:
            await self.many(seals)

    @abstractmethod
    async def _execute(self, statement: Executable, rows: Any) -> CursorResult[Any]:
        """Run one statement; return its result."""

    @abstractmethod
    async def many(self, bulk: Bulk) -> None:
        """Run one statement of `db.writing.bulk` for all its rows."""

    @abstractmethod
    def chunks(self, statement: Executable, size: int) -> AsyncGenerator[Sequence[Any]]:
        """Run a select; yield its rows, `size` at a time, so that nobody else waits."""

    async def rows(self, statement: Executable, given: Any = None) -> Sequence[Any]:
        """Run a select, with parameters if given; return its rows, each to be unpacked as a tuple."""
        return (await self.execute(statement, given)).all()

    async def fetch(self, statement: Executable, given: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Run a select that is made once (a constant of its module) with its parameters; return its rows.

        Or a change that returns rows, of a table that isn't sealed. In a thread it costs a fraction of
        `execute`; see `db.prepared`.
        """
        return (await self.execute(statement, given)).all()

    async def several(self, *asked: Asked) -> Sequence[Sequence[Sequence[Any]]]:
        """Run selects that are made once; return the rows of each. PostgreSQL gets them in one go."""
        return [await self.fetch(statement, given) for statement, given in asked]

    async def change(self, statement: Executable, given: Mapping[str, Any]) -> int:
        """Run an update or delete that is made once, like `fetch`; return how many rows it touched."""
        return (await self.execute(statement, given)).rowcount

    async def add(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Any]]:
        """Run an insertion that is made once for these rows; return what it returns of those it wrote.

        Of a sealed table that is every column: then nothing has to be looked up to seal them.
        """
        found = await self._add(statement, rows)
        if self.sealing is not None:
            self.sealing.added(statement, found)
        return found

    async def _add(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Any]]:
        return (await self._execute(statement, rows)).all()

    def unhurried(self, items: Iterable[R]) -> Iterable[R]:
        """Yield each of many; where somebody only looks, what hurries goes first every so often."""
        return items

    async def notify(self, topic: str) -> None:
        """Tell every process, once this transaction is durable, what changed (`db.postgres.signals`).

        SQLite has one bot, and what the terminal changes there is found by looking.
        """
        if self.dialect == "postgresql":
            await self.execute(select(func.pg_notify(CHANNEL, topic)))

    async def lock(self, lock: Lock, *numbers: int) -> None:
        """Keep every other transaction that asks for the same lock waiting until this one ends.

        Of several numbers the locks are taken in their order; who sorts them can't wait in a circle.
        On SQLite a writing transaction keeps all others out anyway.
        """
        await self.several(*self.locking((lock, numbers or (0,))))

    def locking(self, *locks: tuple[Lock, Sequence[int]]) -> list[Asked]:
        """Return what takes these locks, in their order, as something to ask with `several`."""
        keys = [key(lock, number) for lock, numbers in locks for number in numbers]
        return [(_LOCK, {"keys": keys})] if keys and self.dialect == "postgresql" else []

    def after_commit(self, action: Callable[[], None]) -> None:
        """Call `action` once this transaction is durable; not at all if it fails."""
        self._after.append(action)

    def committed(self) -> None:
        """Run what waited for the commit."""
        for action in self._after:
            action()
