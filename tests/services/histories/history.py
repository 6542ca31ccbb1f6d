"""Random histories of a company, lived hour by hour on the real services and a real database.

Beside them the truth is kept in a few plain words: who works where, who really led which group when, whom
which notice reached. Whatever the bot proposes, removes or calls known is then held against that alone.
"""

import asyncio
import random
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from config.settings import Settings
from db.engine import Database
from db.queries.work.outbox import OutboxRow
from regulation.model import Employee, Member, Role, Status
from regulation.policy import Policy
from services.app import App
from services.people import registry, renaming
from tests import company as co
from tests.company import BOT, GROUP, HEAD, OTHER, OWNER, PLAIN, ROOT
from tests.conftest import StoppedClock
from tests.services.histories import doings, truth
from tests.services.histories.company import (
    BUYERS,
    FRESH,
    GROUPS,
    MARKET,
    START,
    STEPS,
    UNFILED,
    Person,
    TrueQQ,
)


@dataclass
class History(doings.Doings, truth.Truth):
    """One company over a fortnight; `seed` decides everything."""

    seed: int
    app: App
    clock: StoppedClock
    names: dict[str, str] = field(default_factory=lambda: {MARKET: MARKET, BUYERS: BUYERS})
    offices: dict[int, list[tuple[datetime, int, frozenset[int]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    since: dict[tuple[int, int], datetime] = field(default_factory=dict[tuple[int, int], datetime])
    appealing: set[int] = field(default_factory=set[int])
    lost: set[int] = field(default_factory=set[int])
    paused: bool = False
    undoable: tuple[int, tuple[int, ...], datetime] | None = None
    removed: list[str] = field(default_factory=list[str])
    fined: set[int] = field(default_factory=set[int])
    codes: list[str] = field(default_factory=list[str])
    said: list[tuple[OutboxRow, datetime]] = field(default_factory=list)

    async def begin(self) -> None:
        self.chance = random.Random(self.seed)
        self.qq = TrueQQ(self.clock)
        await co.settle_in(self.app)
        self.app.gateway = self.qq
        pool = [(Employee(f"A{qq}", f"员工{qq}", MARKET), qq) for qq in FRESH]
        async with self.app.database.transaction() as tx:
            for employee, qq in pool:
                await co.store(tx, employee, qq)
        self.fresh = list(FRESH)
        self.people = {
            qq: Person(
                e.employee_no,
                e.name,
                e.department.split("/")[0],
                left=e.departed_on is not None,
                trainee=e.employment is Status.PROBATION,
            )
            for e, qq in (*co.PEOPLE, *pool)
        }
        self.begin_joins()
        await self.store_newcomers(Person)
        self.qq.names = {GROUP: "市场部群", OTHER: "大群", UNFILED: "新群"}
        plain = {
            GROUP: (HEAD, OWNER, self.fresh[-1]),
            OTHER: (PLAIN, OWNER, co.ADMIN, co.BUYER_HEAD),
            UNFILED: (PLAIN, co.TRAINEE),
        }
        for group_id in GROUPS:
            right = self.chance.choice([Role.ADMIN, Role.MEMBER])
            owner, admin = self.fresh.pop(0), self.fresh.pop(0)
            listed = [Member(owner, role=Role.OWNER), Member(admin, role=Role.ADMIN), Member(BOT, role=right)]
            self.qq.lists[group_id] = [self.carded(m) for m in (*listed, *map(Member, plain[group_id]))]
            async with self.app.database.transaction() as tx:
                await co.seen(self.app, tx, group_id)
        for group_id, scope in ((GROUP, [MARKET]), (OTHER, [])):
            wanted = {"everyone": not scope, "departments": scope, "employee_nos": []}
            facts = {"name": None, "owner_id": None, "admin_ids": None}
            await co.filed(self.app, group_id, scope=wanted, **facts)
        await registry.load(self.app)
        await renaming.take_up(self.app, self.app.policy.departments)
        self.note()

    async def live(self) -> None:
        await self.begin()
        for _ in range(STEPS):
            await self.chance.choice(self.happenings)()
            self.note()
            if self.chance.random() < 0.8:  # else the bot is down: nobody reads, nobody speaks
                await self.look()
            self.clock.move(hours=self.chance.choice([1, 7, 13, 24, 31]))

    @property
    def happenings(self):
        often = [self.depart, self.transfer, self.hand_over_work, self.hand_over, self.appoint, self.join]
        often += [self.ask, self.ask, self.work_off]
        return [
            *often, *often, self.rehire, self.dismiss, self.leave, self.change_mode,
            self.change_right, self.pause, self.rename_group, self.rename_department, self.take_roster,
            self.undo_roster, self.contest, self.throw_out, self.pay, self.pay, self.take_back, self.contest_number,
        ]  # fmt: skip


Lived = TypeVar("Lived", bound=History)


def live(seed: int, template: bytes, kind: type[Lived] = History) -> Lived:
    with asyncio.Runner() as runner, tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        (at / "h.db").write_bytes(template)
        config = Settings(data_dir=at, superusers=frozenset({ROOT}), _env_file=None)  # pyright: ignore[reportCallIssue]
        clock = StoppedClock(START)
        database = Database(f"sqlite+aiosqlite:///{at / 'h.db'}")
        one = kind(seed, App(config, Policy(), database, b"key", clock), clock)
        try:
            runner.run(one.live())
        finally:
            runner.run(database.close())
        return one
