"""One run of a source at a time, over all processes; what was cut short is done anew."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from db.queries.work import sources as source_rows
from services.imports.sources.model import Outcome
from services.imports.sources.pulling import pull
from tests.services.imports.sources.conftest import Listed, crowd, row_of


class Slow(Listed):
    """Says that it is asked, and answers when it may."""

    def __init__(self, *given, entered, go):
        super().__init__(*given)
        self.entered, self.go = entered, go

    async def read(self):
        self.entered.set()
        await self.go.wait()
        return await super().read()


@pytest.mark.dialects
async def test_a_source_is_read_by_one_process_at_a_time(app, gives):
    entered, go = asyncio.Event(), asyncio.Event()

    first = asyncio.create_task(pull(app, Slow(app, "ldap", crowd(range(3)), entered=entered, go=go)))
    await entered.wait()
    other = replace(app, worker="elsewhere:1:aa")
    assert (await pull(other, Listed(other, "ldap", crowd(range(3))))).outcome is Outcome.BUSY
    go.set()
    assert (await first).outcome is Outcome.APPLIED
    rest = timedelta(hours=4)
    assert (await pull(other, Listed(other, "ldap", crowd(range(3))), rest=rest)).outcome is Outcome.BUSY
    assert (await pull(other, Listed(other, "ldap", crowd(range(3))))).outcome is Outcome.UNCHANGED


async def test_a_run_of_a_process_that_ended_is_done_anew_before_its_time(app):
    host = app.worker.rsplit(":", 2)[0]
    async with app.database.transaction() as tx:
        await source_rows.begin(tx, "ldap", f"{host}:999999999:aa", app.now(), rest=timedelta(), dead=())
    rest = timedelta(hours=4)
    assert (await pull(app, Listed(app, "ldap", crowd(range(3))), rest=rest)).outcome is Outcome.APPLIED


async def test_a_run_that_was_cut_by_a_stop_is_done_anew_before_its_time(app):
    entered, rest = asyncio.Event(), timedelta(hours=4)
    source = Slow(app, "ldap", crowd(range(3)), entered=entered, go=asyncio.Event())
    cut = asyncio.create_task(pull(app, source, rest=rest))
    await entered.wait()
    cut.cancel()
    await asyncio.wait([cut])
    assert (await row_of(app, "ldap")).reason == "读取中途停了，没有改动"
    assert (await pull(app, Listed(app, "ldap", crowd(range(3))), rest=rest)).outcome is Outcome.APPLIED
