"""DingTalk 钉钉: the company's directory and its records of leavers, by plain HTTP."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import timedelta
from typing import TypeVar

from config.phrases import dingtalk as say
from db.queries.people import dingtalk as ids
from db.queries.people import employees
from db.queries.work import sources as runs
from services.app import App
from services.imports.changes import MOST_NAMED
from services.imports.known import KnownPerson, some_people
from services.imports.reading.how import How
from services.imports.reading.listed import ListedRoster, read_rows
from services.imports.reading.noted import Refusal
from services.imports.reading.person import Roster
from services.imports.reading.words.departments import DepartmentReader
from services.imports.sources import configured
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
_NAMED = 3
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
        unknown = await self._ask_for_missing(found, numbers)
        await self._keep_ids(found, numbers)
        async with self._app.database.reading() as tx:
            everybody = {user.job_number for user in found.users.values()}
            people = await some_people(tx, everybody, standing=True)
            people |= await some_people(tx, asked_for(found, numbers))
            hidden = await some_people(tx, {numbers[one] for one in unknown}) if unknown else {}
        policy = self._app.policy
        path = DepartmentReader(policy.departments, policy.company).path
        how = How("roster", policy, self._app.phone_key, self._app.now().date())

        def as_read() -> ListedRoster | Refusal:
            listed = rows(found, Before(numbers, people, path))
            # First everybody listed, in this order.
            ids = [*found.users, *[""] * (len(listed) - len(found.users))]
            return read_rows(listed, None, how, ids)

        read = await asyncio.to_thread(as_read)
        if isinstance(read, Refusal):
            raise SourceError(read.reason)
        origin = say.ORIGIN.format(departments=len(found.departments))
        # What can't be seen is there all the same, for whomever it listed by an earlier number.
        read.roster.ids |= dict.fromkeys(unknown, "")
        return Reading(read, complete=True, origin=origin, aside=_missed(read.roster, hidden))

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

    async def _ask_for_missing(self, found: Directory, numbers: Mapping[str, str]) -> list[str]:
        """Ask for those who were listed until now and are nowhere in it.

        Return the ids of those of whom nothing is known. No more are asked for than it takes to know that
        staff are to be asked about all of them; so who would not leave by it comes last.
        """
        missing = sorted(found.missing(numbers))
        async with self._app.database.reading() as tx:
            said = await runs.said_of(tx, NAME, {numbers[one] for one in missing})
            missing = [one for one in missing if said.get(numbers[one]) in LISTED]
            if not missing:
                return []
            concerned = {numbers[one] for one in missing}
            people = await some_people(tx, concerned)
            others = await runs.listed_by(tx, configured.others(self._app.policy.sources, NAME), concerned)
            here = await employees.count_here(tx, self._app.now().date())
        leave = {no for no, one in people.items() if one.departed_on is None and no not in others}
        first = [one for one in missing if numbers[one] in leave]
        rest = [one for one in missing if numbers[one] not in leave]
        enough = self._app.policy.safety.departures_allowed(here) + 1

        def ask(client: Client) -> list[str]:
            unknown = directory.ask_for(client, first, found, enough)
            return unknown + directory.ask_for(client, rest, found, len(rest))

        return await self._ask(ask)

    async def _keep_ids(self, found: Directory, before: dict[str, str]) -> None:
        now = {user.ding_id: user.job_number for user in found.users.values() if user.job_number}
        changed = {ding_id: number[:64] for ding_id, number in now.items() if before.get(ding_id) != number}
        if changed:
            async with self._app.database.transaction() as tx:
                await ids.keep(tx, changed)


def _missed(roster: Roster, people: Mapping[str, KnownPerson]) -> str:
    """Note in a reading of whom nothing is known; return how that is said."""
    if not people:
        return ""
    roster.seen |= people.keys()
    named = [f"{people[number].name}（{number}）" for number in sorted(people)]
    roster.notes.append(say.UNKNOWN_PEOPLE.format(count=len(named), named="、".join(named[:MOST_NAMED])))
    return say.UNKNOWN_PEOPLE.format(count=len(named), named="、".join(named[:_NAMED]))


def open_source(app: App, name: str) -> DingTalk:
    """Return what reads the company's DingTalk."""
    settings = app.policy.sources.dingtalk
    secret = app.settings.dingtalk_app_secret

    def connect() -> Client:
        if not secret:
            raise SourceError(say.NO_SECRET)
        return Client(settings.base_url, settings.app_key, secret)

    return DingTalk(app, connect)
