"""Two processes on one PostgreSQL, and what tests see of them."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select, text

from config.settings import Settings
from db.engine import Database
from db.postgres.signals import APPLICATION
from db.queries.work import processes as process_rows
from db.tables.work import outbox
from regulation.model import Member, Role
from regulation.policy import Policy
from services import processes
from services.app import App
from services.cases import audit
from services.ports import Reading, UnreachableError
from services.running.heartbeat import Heart
from tests.company import BOT, GROUP, OTHER, FakeQQ
from tests.conftest import StoppedClock

SECOND_BOT = 90002
SOON = 90.0


@dataclass
class PeerQQ(FakeQQ):
    """The invented QQ, as the process sees it that one account is connected to."""

    app: App | None = None
    account: int = BOT

    def accounts(self) -> tuple[int, ...]:
        return (self.account,)

    def account_for(self, group_id: int) -> int | None:
        assert self.app is not None
        inside = any(member.user_id == self.account for member in self.lists[group_id])
        return self.app.peers.elsewhere.get(group_id, self.account if inside else None)

    async def read_members(self, group_id: int, *, max_age: float = 5.0) -> Reading:
        if all(member.user_id != self.account for member in self.lists.get(group_id, ())):
            raise UnreachableError("没有账号在群里")
        reading = await super().read_members(group_id, max_age=max_age)
        return replace(reading, account=self.account)


Pair = tuple[App, App]


@asynccontextmanager
async def process(url: str, folder: Path, clock: StoppedClock, name: str) -> AsyncGenerator[App]:
    """An App as a process of its own has it."""
    settings = Settings(superusers=frozenset({10000}), data_dir=folder, _env_file=None)  # pyright: ignore[reportCallIssue]
    app = App(settings, Policy(), Database(url), phone_key=b"test key", clock=clock, worker=f"host:1:{name}")
    await processes.begin(app)
    assert app.signals is not None
    async with asyncio.timeout(90):
        await app.signals.up.wait()
    yield app
    await processes.end(app)
    await app.database.close()


async def read_again(first: App, second: App) -> None:
    """Store what QQ shows of both groups, and have both processes know."""
    for app in (first, second):
        assert isinstance(app.gateway, PeerQQ)
        for group_id in (GROUP, OTHER):
            if app.gateway.account_for(group_id) == app.gateway.account:
                await audit.audit_group(app, group_id)
    for app in (first, second):
        await processes.refresh(app)


def both_in(first: App, role: Role, second_role: Role) -> None:
    """Put both accounts into GROUP."""
    assert isinstance(first.gateway, PeerQQ)
    kept = [one for one in first.gateway.lists[GROUP] if one.user_id not in (BOT, SECOND_BOT)]
    ours = [Member(BOT, role=role), Member(SECOND_BOT, role=second_role)]
    first.gateway.lists[GROUP][:] = [*kept, *ours]


async def until(seen: Callable[[], bool], seconds: float = SOON) -> None:
    """Wait until something is so."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not seen():
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.01)


@asynccontextmanager
async def beating(app: App, *names: str) -> AsyncGenerator[None]:
    """Let some of an app's periodic jobs run; its clock stands still, so that none falls due by itself."""
    heart = Heart(app)
    heart.jobs = [every for every in heart.jobs if every.name in names]
    beat = asyncio.create_task(heart.beat_until_stopped())
    await until(lambda: all(every.last is not None for every in heart.jobs) and not heart.running)
    yield
    await heart.stop()
    await beat


async def dies(app: App) -> None:
    """Let go of a process's connection, as its end does, and wait until the server has noticed."""
    await processes.end(app)
    for _ in range(9000):
        async with app.database.reading() as tx:
            if app.worker not in (await process_rows.live_workers(tx) or ()):
                return
    raise AssertionError("still there")


async def cut(app: App) -> None:
    """End a process's listening connection from the server's side."""
    end = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = :name AND datname = current_database()"
    )
    async with app.database.transaction() as tx:
        await tx.execute(end, {"name": APPLICATION + app.worker})


def is_gone(app: App, employee_no: str) -> bool:
    return app.registry.by_no[employee_no].departed_on is not None


async def states(app: App) -> list[str]:
    async with app.database.reading() as tx:
        return [state for (state,) in await tx.rows(select(outbox.c.state).order_by(outbox.c.id))]
