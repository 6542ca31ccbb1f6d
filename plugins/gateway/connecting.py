"""Accounts that come and go: who is it, which groups has it, and then to work."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from nonebot.log import logger

from config.phrases import gateway as say
from db.postgres.signals import Signals
from plugins.gateway import calls
from plugins.gateway.cancellation import end_all, within
from plugins.gateway.connection import CallError, Connection, RefusedError, Transport
from plugins.gateway.gateway import QQGateway
from plugins.gateway.incoming.event_counts import counted
from plugins.gateway.incoming.shedding import Shedding
from plugins.gateway.outgoing.sender import Sender
from plugins.gateway.profiles import profile_of
from regulation.model import Role
from services import processes
from services.app import App
from services.ports import UnreachableError
from services.watching import connected

FRIENDS_SECONDS = 600.0
CLAIM_SECONDS = 6.0
# How soon an implementation is asked again that would not say what it is.
ASK_AGAIN_SECONDS = 30.0
_PAUSES = (0.5, 1.0, 2.0)


class Comings:
    """Gateway and sender of one running bot, and the tasks that welcome accounts. Knows no NoneBot."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.gateway = QQGateway(app)
        self.sender = Sender(app, self.gateway)
        self.shedding = Shedding(app)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._refused: set[int] = set()
        self._hang_ups: dict[int, Callable[[], Awaitable[None]] | None] = {}
        app.gateway = self.gateway

    def start(self) -> None:
        """Begin sending whatever waits, as soon as an account connects."""
        self.sender.start()
        if self.app.signals is not None:
            self.heed_losses(self.app.signals)

    async def stop(self) -> None:
        """End cleanly within a few seconds."""
        await self.shedding.stop()
        await self.sender.stop()
        await end_all(list(self._tasks))

    async def claim(self, account: int) -> bool:
        """Take an account for this process; False when another one holds it, and it must be closed."""
        self._refused.discard(account)
        ours = await processes.claim(self.app, account)
        if not ours:
            self.refuse(account)
        return ours

    def refuse(self, account: int) -> None:
        """Have its events dropped: another process acts for this account."""
        self._refused.add(account)
        self.gateway.connections.wake()

    async def is_served(self, account: int, since: float) -> bool:
        """Tell whether this process acts for an account, once that is known: it may just have connected.

        `since` (the loop's time): when the connection came that an event of the account was sent by.
        """
        loop, connections = asyncio.get_running_loop(), self.gateway.connections
        until = since + CLAIM_SECONDS
        while account not in connections.numbers() and account not in self._refused:
            if (left := until - loop.time()) <= 0:
                return False
            await connections.change(left)
        return account in connections.numbers()

    def connect(
        self,
        account: int,
        transport: Transport,
        hang_up: Callable[[], Awaitable[None]] | None = None,
        *,
        peer: str = "",
    ) -> Connection:
        """Take a new connection from `peer`; all that needs calls happens in a task of its own.

        `hang_up` closes it, should another process hold the account.
        """
        again = self.gateway.connections.was_seen(account)
        if (old := self.gateway.connections.drop(account)) is not None:
            self.sender.detach(old)
        connection = Connection(
            account,
            counted(transport, self.app.tally),
            reconnected=again,
            may_wait=self.app.database.must_be_free,
            peer=peer,
        )
        self._hang_ups[account] = hang_up
        self.gateway.connections.add(connection)
        processes.hear(self.app, "accounts")
        self._run(self._welcome(connection))
        return connection

    async def disconnect(self, account: int) -> None:
        """Forget an account whose connection is gone."""
        gone = self.gateway.connections.drop(account)
        if gone is not None:
            self.sender.detach(gone)
            self._hang_ups.pop(account, None)
        await processes.release(self.app, account)
        if gone is not None:
            await connected.on_disconnect(self.app, account)

    def heed_losses(self, signals: Signals) -> None:
        """Give up every account from now on that turns out to be another process's."""
        self._run(self._heed_losses(signals))

    async def _heed_losses(self, signals: Signals) -> None:
        """Stop serving what another process may have claimed while the database was out of reach."""
        while True:
            account = await signals.lost.get()
            logger.warning(say.ACCOUNT_LOST.format(account=str(account)[-4:].rjust(len(str(account)), "*")))
            hang_up = self._hang_ups.get(account)
            await self.disconnect(account)
            if hang_up is not None:
                await hang_up()

    async def _welcome(self, connection: Connection) -> None:
        known = False
        try:
            known = await self._identify(connection)
            await self._learn(connection)
            if connection.closed.is_set():
                return
            self.sender.attach(connection)
            await connected.on_connect(self.app, connection.account)
        except Exception as error:  # the plugin's edge: record it, keep the account connected
            logger.opt(exception=error).error(f"catching up after a connect failed: {type(error).__name__}")
        while not connection.closed.is_set():
            await within(connection.closed, FRIENDS_SECONDS if known else ASK_AGAIN_SECONDS)
            known = known or await self._identify(connection, again=True)
            await self._refresh_friends(connection)

    async def _identify(self, connection: Connection, *, again: bool = False) -> bool:
        """Find out which implementation this is, and return whether it said so.

        One that refuses each time is unknown from then on; others only when they are asked `again`.
        """
        said, refusals = False, 0
        for pause in _PAUSES:
            try:
                info = await connection.call(calls.version_info())
            except CallError as error:
                logger.warning(f"get_version_info: {error}")
                refusals += isinstance(error, RefusedError)
                await within(connection.closed, pause)
                continue
            info = info if isinstance(info, dict) else {}
            connection.profile = profile_of(info.get("app_name"), info.get("app_version"))
            connection.app_version = str(info.get("app_version") or "")[:40]
            connection.told_name = str(info.get("app_name") or "")[:40]
            said = True
            break
        logger.info(f"implementation: {connection.profile.name} {connection.app_version}")
        if said or again or refusals == len(_PAUSES):
            connection.identified.set()
            self.gateway.connections.wake()
        if again:
            self.app.hastened.add("requests")
            self.app.work_news.set()
        return said

    async def _learn(self, connection: Connection) -> None:
        """Read friends and groups; without a group list nothing can be routed, so keep at it."""
        await self._refresh_friends(connection)
        # Else any other account of ours might serve its groups, with no right to, until they are read anew.
        connection.recall(await self._roles_of(connection.account))
        while not connection.closed.is_set():
            try:
                await self.gateway.refresh_groups(connection)
                return
            except UnreachableError as error:
                logger.warning(f"get_group_list: {error}")
                await within(connection.closed, 2.0)

    async def _roles_of(self, account: int) -> dict[int, Role]:
        try:
            return await processes.roles_of(self.app, account)
        except Exception as error:  # the plugin's edge: the next readings tell
            logger.opt(exception=error).error(f"roles of an account: {type(error).__name__}")
            return {}

    async def _refresh_friends(self, connection: Connection) -> None:
        if connection.closed.is_set():
            return
        try:
            await self.gateway.refresh_friends(connection)
        except UnreachableError as error:
            logger.info(f"get_friend_list: {error}")

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
