"""DingTalk 钉钉: the company's directory and its records of leavers, by plain HTTP."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import timedelta
from typing import TypeVar

from config.phrases import dingtalk as say
from db.queries.people import dingtalk as ids
from db.queries.work import sources as runs
from services.app import App
from services.imports.known import some_people
from services.imports.reading.how import How
from services.imports.reading.listed import ListedRoster, read_rows
from services.imports.reading.noted import Refusal
from services.imports.reading.words.departments import DepartmentReader
from services.imports.sources.dingtalk import directory
from services.imports.sources.dingtalk.client import Client
from services.imports.sources.dingtalk.directory import Directory
from services.imports.sources.dingtalk.people import Before, asked_for, rows
from services.imports.sources.model import Reading, SourceError
from services.imports.sources.standing import LISTED

T = TypeVar("T")
NAME = "dingtalk"
# Records of leavers are asked for this far back: longer than any pause between two readings should be.
LEFT_WITHIN = timedelta(days=60)
__all__ = ["DingTalk", "open_source"]


class DingTalk:
    """The directory of one company. `connect`: makes the client."""

    name = NAME

    def __init__(self, app: App, connect: Callable[[], Client]) -> None:
        self._app, self._connect = app, connect

    async def read(self) -> Reading:
        """Read everybody, or raise `SourceError`: a part of a directory is none."""
        async with self._app.database.reading() as tx:
            numbers = await ids.numbers(tx)
        since = self._app.now() - LEFT_WITHIN
        found = await self._ask(lambda client: directory.read(client, since))
        if missing := await self._missing(found, numbers):
            await self._ask(lambda client: directory.ask_for(client, missing, found))
        await self._keep_ids(found, numbers)
        async with self._app.database.reading() as tx:
            everybody = {user.job_number for user in found.users.values()}
            people = await some_people(tx, everybody, standing=True)
            people |= await some_people(tx, asked_for(found, numbers))
        policy = self._app.policy
        path = DepartmentReader(policy.departments, policy.company).path
        how = How("roster", policy, self._app.phone_key, self._app.now().date())

        def as_read() -> ListedRoster | Refusal:
            return read_rows(rows(found, Before(numbers, people, path)), None, how)

        read = await asyncio.to_thread(as_read)
        if isinstance(read, Refusal):
            raise SourceError(read.reason)
        return Reading(read, complete=True, origin=say.ORIGIN.format(departments=len(found.departments)))

    async def _ask(self, work: Callable[[Client], T]) -> T:
        client = self._connect()

        def whole() -> T:
            with closing(client):
                return work(client)

        try:
            return await asyncio.to_thread(whole)
        finally:
            # Where nobody waits for it any more it ends by this.
            client.stop()

    async def _missing(self, found: Directory, numbers: Mapping[str, str]) -> list[str]:
        """Return the ids of those who were listed until now and are nowhere in it."""
        missing = found.missing(numbers)
        async with self._app.database.reading() as tx:
            said = await runs.said_of(tx, NAME, {numbers[one] for one in missing})
        return [one for one in missing if said.get(numbers[one]) in LISTED]

    async def _keep_ids(self, found: Directory, before: dict[str, str]) -> None:
        now = {user.ding_id: user.job_number for user in found.users.values() if user.job_number}
        changed = {ding_id: number[:64] for ding_id, number in now.items() if before.get(ding_id) != number}
        if changed:
            async with self._app.database.transaction() as tx:
                await ids.keep(tx, changed)


def open_source(app: App, name: str) -> DingTalk:
    """Return what reads the company's DingTalk."""
    settings = app.policy.sources.dingtalk
    secret = app.settings.dingtalk_app_secret

    def connect() -> Client:
        if not secret:
            raise SourceError(say.NO_SECRET)
        return Client(settings.base_url, settings.app_key, secret)

    return DingTalk(app, connect)
