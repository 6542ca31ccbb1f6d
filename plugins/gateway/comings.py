"""Accounts that come and go: who is it, which groups has it, and then to work."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from nonebot.log import logger

from plugins.gateway import calls
from plugins.gateway.connection import CallError, Connection, Transport
from plugins.gateway.gateway import QQGateway
from plugins.gateway.profiles import profile_of
from plugins.gateway.sender import Sender
from plugins.gateway.waits import end_all, within
from services import connected
from services.app import App
from services.ports import UnreachableError

FRIENDS_SECONDS = 600.0
_PAUSES = (0.5, 1.0, 2.0)


class Comings:
    """Gateway and sender of one running bot, and the tasks that welcome accounts. Knows no NoneBot."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.gateway = QQGateway(app)
        self.sender = Sender(app, self.gateway)
        self._tasks: set[asyncio.Task[Any]] = set()
        app.gateway = self.gateway

    def start(self) -> None:
        """Begin sending whatever waits, as soon as an account connects."""
        self.sender.start()

    async def stop(self) -> None:
        """End cleanly within a few seconds."""
        await self.sender.stop()
        await end_all(list(self._tasks))

    def connect(self, account: int, transport: Transport) -> Connection:
        """Take a new connection; all that needs calls happens in a task of its own."""
        again = self.gateway.connections.was_seen(account)
        if (old := self.gateway.connections.drop(account)) is not None:
            self.sender.detach(old)
        connection = Connection(account, transport, reconnected=again)
        self.gateway.connections.add(connection)
        self._run(self._welcome(connection))
        return connection

    async def disconnect(self, account: int) -> None:
        """Forget an account whose connection is gone."""
        gone = self.gateway.connections.drop(account)
        if gone is not None:
            self.sender.detach(gone)
            await connected.on_disconnect(self.app, account)

    async def _welcome(self, connection: Connection) -> None:
        try:
            await self._identify(connection)
            await self._learn(connection)
            if connection.closed.is_set():
                return
            self.sender.attach(connection)
            await connected.on_connect(self.app, connection.account)
        except Exception as error:  # the plugin's edge: record it, keep the account connected
            logger.opt(exception=error).error(f"catching up after a connect failed: {type(error).__name__}")
        while not connection.closed.is_set():
            await within(connection.closed, FRIENDS_SECONDS)
            await self._refresh_friends(connection)

    async def _identify(self, connection: Connection) -> None:
        """Find out which implementation this is; unknown when it won't say."""
        for pause in _PAUSES:
            try:
                info = await connection.call(calls.version_info())
            except CallError as error:
                logger.warning(f"get_version_info: {error}")
                await within(connection.closed, pause)
                continue
            info = info if isinstance(info, dict) else {}
            connection.profile = profile_of(info.get("app_name"))
            connection.app_version = str(info.get("app_version") or "")[:40]
            connection.told_name = str(info.get("app_name") or "")[:40]
            break
        logger.info(f"implementation: {connection.profile.name} {connection.app_version}")
        connection.identified.set()

    async def _learn(self, connection: Connection) -> None:
        """Read friends and groups; without a group list nothing can be routed, so keep at it."""
        await self._refresh_friends(connection)
        while not connection.closed.is_set():
            try:
                await self.gateway.refresh_groups(connection)
                return
            except UnreachableError as error:
                logger.warning(f"get_group_list: {error}")
                await within(connection.closed, 2.0)

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
