"""Reading which join requests wait: one reading at a time, shared by all who asked before it began.

Many answers may be read back at once, and a list holds up to 500 requests.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from db.batching import Batch
from plugins.gateway.calls import Call
from plugins.gateway.connection import CallError, Connection
from services.ports import Pending, UnreachableError

_SHARERS = 10_000
Ask = Callable[[Connection, Call], Awaitable[Any]]


class PendingReader:
    """Reads each account's list. `ask` makes a call; it raises `UnreachableError`."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._readings: dict[int, Batch[Connection, Pending | UnreachableError]] = {}

    async def read(self, connection: Connection) -> Pending:
        """Return what waits, from a list read after this was called. Raises `UnreachableError`."""
        account = connection.account
        if account not in self._readings:
            self._readings[account] = Batch(self._for_all, limit=_SHARERS)
        found = await self._readings[account].do(connection)
        if isinstance(found, UnreachableError):
            raise UnreachableError(str(found)) from found
        return found

    async def _for_all(self, asked: Sequence[Connection]) -> Sequence[Pending | UnreachableError]:
        try:
            # The account may have connected anew meanwhile.
            found = await self._read(asked[-1])
        except UnreachableError as error:
            return [error] * len(asked)
        return [found] * len(asked)

    async def _read(self, connection: Connection) -> Pending:
        first, *others = connection.profile.pending_calls
        answers = [await self._ask(connection, first)]
        for call in others:
            try:
                answers.append(await connection.call(call))
            except CallError:
                # Some don't know this list; only the ordinary one is needed.
                answers.append(None)
        return connection.profile.read_pending(answers, connection.account)
