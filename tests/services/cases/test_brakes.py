"""The brakes over any sequence of departures, imports, confirmations, restarts and midnights: what is really removed."""

import asyncio
import tempfile
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import insert

from config.settings import Settings
from db.engine import Database
from db.queries.cases import batches as batch_rows
from db.tables import metadata
from db.tables.base import ZONE
from db.tables.registry import registry_state
from regulation.model import Employee, Member, Role
from regulation.policy import Policy, Safety
from services.acts import ActOutcome, Lane
from services.app import App
from services.cases import batches, enforcing
from services.imports import apply as imports
from services.imports.model import Preview
from services.people import registry, staff
from services.sender import bookkeeping
from services.sender.bookkeeping import Route
from tests import company as co
from tests.conftest import StoppedClock

T = TypeVar("T")
SIZES = {700001: 15, 700002: 8}
SAFETY = Safety(max_removals=2, max_removal_ratio=0.2, max_removals_total=4)
HOUR = timedelta(hours=1)
ROUTE = Route(co.BOT, list(SIZES), list(SIZES))


def allowed(group_id: int) -> int:
    """Return how many people of a group an unconfirmed hour may cost."""
    return max(SAFETY.max_removals, int(SAFETY.max_removal_ratio * (SIZES[group_id] + 2)))


class Brakes(RuleBasedStateMachine):
    """A company whose people leave; what is removed without a human's word stays within the limits."""

    @initialize()
    def open(self) -> None:
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = StoppedClock(datetime(2026, 3, 2, 22, 0, tzinfo=ZONE))
        self.removed: list[tuple[datetime, int]] = []
        self.confirmed: set[int] = set()
        self.do(self._open())

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def _app(self) -> App:
        at = Path(self.folder.name)
        config = Settings(data_dir=at, _env_file=None)  # pyright: ignore[reportCallIssue]
        policy = replace(Policy(), safety=SAFETY)
        app = App(config, policy, Database(f"sqlite+aiosqlite:///{at / 'b.db'}"), b"key", self.clock)
        app.gateway = self.qq
        return app

    async def _open(self) -> None:
        self.qq = co.FakeQQ(self.clock)
        self.app = self._app()
        await self.app.database.plainly(metadata.create_all)
        number = 30000
        async with self.app.database.transaction() as tx:
            await tx.execute(insert(registry_state).values(id=1, version=1, as_of=self.clock.now()))
            await co.store(tx, Employee("B0", "群主", "市场部"), 29999)
            for group_id, size in SIZES.items():
                listed = [Member(29999, role=Role.OWNER), Member(co.BOT, role=Role.ADMIN)]
                for _ in range(size):
                    number += 1
                    await co.store(tx, Employee(f"A{number}", f"人{number}", "市场部"), number)
                    listed.append(Member(number, card=f"市场部-人{number}"))
                self.qq.lists[group_id] = listed
                self.qq.names[group_id] = "群"
        self.staying = list(range(30001, number + 1))
        async with self.app.database.transaction() as tx:
            for group_id in SIZES:
                await co.seen(self.app, tx, group_id)
        for group_id in SIZES:
            await co.filed(self.app, group_id, owner_id=29999, admin_ids=[])
        await registry.load(self.app)

    @rule(count=st.integers(1, 4), first=st.integers(0, 30))
    def leave(self, count: int, first: int) -> None:
        """Some people leave, as one import or one list of departures says."""
        for _ in range(min(count, len(self.staying))):
            number = self.staying.pop(first % len(self.staying))
            self.do(staff.depart(self.app, f"A{number}", self.clock.now().date(), by="terminal"))

    @rule(count=st.integers(1, 6), first=st.integers(0, 30))
    def leave_by_roster(self, count: int, first: int) -> None:
        """A roster says that some people left; what it holds back is said twice."""
        gone = [self.staying.pop(first % len(self.staying)) for _ in range(min(count, len(self.staying)))]
        if gone:
            self.do(self._take_roster(gone))

    async def _take_roster(self, gone: list[int]) -> None:
        rows = [f"A{number},人{number},市场部,离职" for number in gone]
        data = "\r\n".join(["工号,姓名,部门,状态", *rows]).encode()
        made = await imports.preview_file(self.app, data, "名册.csv", by="terminal", source="terminal")
        assert isinstance(made, Preview), made
        words = [await imports.settle_import(self.app, made.id, approve=True, by=co.ROOT) for _ in range(2)]
        assert any(word.ok for word in words)

    @rule()
    def plan(self) -> None:
        self.do(enforcing.run_due(self.app))

    @rule(count=st.integers(1, 6))
    def remove(self, count: int) -> None:
        for _ in range(count):
            self.do(self._remove_one())
            self.clock.move(seconds=4)

    async def _remove_one(self) -> None:
        claimed = await bookkeeping.claim(self.app, Lane.REMOVE, ROUTE)
        for row in await bookkeeping.begin(self.app, claimed, co.BOT) if claimed else ():
            group_id = row.group_id or 0
            if not self.confirmed.issuperset(row.case_ids):
                self.removed.append((self.clock.now(), group_id))
            self.qq.lists[group_id] = [m for m in self.qq.lists[group_id] if m.user_id != row.user_id]
            await bookkeeping.end(self.app, row, ActOutcome("done", confirmed_by="member_list"))

    @rule()
    def confirm(self) -> None:
        """Admin staff confirm what waits for them."""
        self.do(self._confirm())

    async def _confirm(self) -> None:
        async with self.app.database.reading() as tx:
            waiting = await batch_rows.waiting(tx)
        for batch in waiting:
            if (await batches.settle_batch(self.app, batch.id, approve=True, by=co.ROOT)).ok:
                self.confirmed |= {one.case_id for one in batch.removals}

    @rule()
    def restart(self) -> None:
        self.do(self.app.database.close())
        self.app = self._app()
        self.do(registry.load(self.app))

    @rule(minutes=st.sampled_from([1, 6, 20, 59, 61]))
    def wait(self, minutes: int) -> None:
        self.clock.move(minutes=minutes)

    @rule()
    def midnight(self) -> None:
        day = self.clock.time.replace(hour=0, minute=0, second=0)
        self.clock.time = day + timedelta(days=1, minutes=-1 if self.clock.time.hour < 23 else 1)

    @invariant()
    def within_the_limits(self) -> None:
        for at, group_id in self.removed:
            hour = [g for t, g in self.removed if at - HOUR < t <= at]
            assert len(hour) <= SAFETY.max_removals_total
            assert hour.count(group_id) <= allowed(group_id)

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.do(self.app.database.close())
            self.runner.close()
            self.folder.cleanup()


TestBrakes = Brakes.TestCase
TestBrakes.settings = settings(
    max_examples=settings().max_examples // 3, stateful_step_count=25, deadline=None
)
