"""Several processes on one PostgreSQL: what each knows of the others, and who does what."""

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import URL

from config.settings import Settings
from db.engine import Database
from db.postgres.signals import APPLICATION
from db.queries.cases import timelines as case_rows
from db.queries.groups import last_seen as group_rows
from db.queries.joining import requests as request_rows
from db.queries.work import outbox as outbox_rows
from db.queries.work import processes as process_rows
from db.queries.work.outbox import OutboxRow
from db.tables.cases import penalties, removal_batches
from db.tables.requests import join_requests
from db.tables.work import outbox
from regulation.model import Employee, Member, Role
from regulation.policy import Policy
from services import followup, processes, trail
from services.acts import Act, ActKind, Lane, Priority, to_group
from services.app import App
from services.cases import audit, enforcing
from services.inbox import settle
from services.joining import rounds, waiting
from services.joining.heard import Heard
from services.outbox import queue
from services.people import registry, staff
from services.ports import Reading
from services.running.heartbeat import Heart
from services.sender import bookkeeping, takeover
from services.sender.bookkeeping import Route
from services.watching import members
from terminal import doctor
from tests import company
from tests.company import BOT, GROUP, OTHER, FakeQQ
from tests.conftest import StoppedClock
from tests.databases import address, new_database
from tests.services.stories import add_penalty, overdue_case

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
        reading = await super().read_members(group_id, max_age=max_age)
        return replace(reading, account=self.account)


@pytest.fixture
async def postgres_url(postgres_server: URL, postgres_template: str) -> AsyncGenerator[str]:
    with new_database(postgres_server, f"qungui_{uuid.uuid4().hex[:12]}", postgres_template) as url:
        yield address(url)


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


Pair = tuple[App, App]


@pytest.fixture
async def pair(postgres_url: str, tmp_path: Path, clock: StoppedClock) -> AsyncGenerator[Pair]:
    """Two processes of the invented company: BOT in GROUP is with the first, SECOND_BOT in OTHER with the other."""
    async with (
        process(postgres_url, tmp_path, clock, "first") as first,
        process(postgres_url, tmp_path, clock, "second") as second,
    ):
        known = await company.settle_in(first)
        known.lists[OTHER] = [
            *(one for one in known.lists[OTHER] if one.user_id != BOT),
            Member(SECOND_BOT, role=Role.ADMIN),
        ]
        second.registry = first.registry
        for app, account in ((first, BOT), (second, SECOND_BOT)):
            app.gateway = PeerQQ(clock, known.lists, known.names, app=app, account=account)
            assert await processes.claim(app, account)
            await processes.refresh(app)
        await read_again(first, second)
        yield first, second


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


# -- being told -----------------------------------------------------------------------------------


async def test_a_change_of_the_registry_is_seen_at_once_by_the_others(pair: Pair) -> None:
    first, second = pair
    async with beating(second, "registry"):
        await staff.depart(first, "A009", by="10000")

        await until(lambda: is_gone(second, "A009"))


async def test_a_change_is_seen_by_looking_where_nothing_can_be_told(pair: Pair, clock: StoppedClock) -> None:
    first, second = pair
    await dies(second)
    async with beating(second, "registry"):
        await staff.depart(first, "A009", by="10000")
        clock.move(seconds=2)

        await until(lambda: is_gone(second, "A009"))


async def test_a_broken_connection_costs_no_change_and_listens_again(pair: Pair) -> None:
    first, second = pair
    async with beating(second, "registry"):
        await cut(second)
        await staff.depart(first, "A009", by="10000")
        await until(lambda: is_gone(second, "A009"))

        await staff.depart(first, "A008", by="10000")
        await until(lambda: is_gone(second, "A008"))


async def test_acts_and_work_wake_the_others(pair: Pair) -> None:
    first, second = pair
    second.outbox_news.clear()
    second.work_news.clear()
    async with first.database.transaction() as tx:
        await queue(first, tx, to_group(OTHER, "一"))
        await followup.groups_changed(first, tx, [OTHER])

    await until(lambda: second.outbox_news.is_set() and second.work_news.is_set())


async def test_who_comes_is_known_at_once_and_who_dies_by_looking(pair: Pair, clock: StoppedClock) -> None:
    first, second = pair
    assert (first.peers.others, second.peers.others) == ({SECOND_BOT}, {BOT})
    async with beating(first, "accounts"):
        await dies(second)
        clock.move(seconds=2)

        await until(lambda: first.peers.others == frozenset())
    assert SECOND_BOT in first.own_accounts()


# -- who serves -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "chosen"),
    [
        ({1: "member", 2: "member"}, 1),
        ({1: "member", 2: "admin"}, 2),
        ({2: "admin", 1: "admin"}, 1),
        ({3: "owner", 2: "admin"}, 2),
    ],
)
def test_an_admin_serves_and_of_several_the_lowest_number(roles: dict[int, str], chosen: int) -> None:
    assert processes.choose(roles) == chosen


@pytest.mark.parametrize(
    ("role", "second_role", "served_by"),
    [
        (Role.ADMIN, Role.ADMIN, BOT),
        (Role.MEMBER, Role.ADMIN, SECOND_BOT),
        (Role.MEMBER, Role.MEMBER, BOT),
    ],
)
async def test_a_shared_group_is_served_by_one_and_both_know_which(
    pair: Pair, role: Role, second_role: Role, served_by: int
) -> None:
    first, second = pair
    both_in(first, role, second_role)
    await read_again(first, second)

    assert {app.qq.account_for(GROUP) for app in pair} == {served_by}
    assert [processes.is_ours(app, GROUP) for app in pair] == [served_by == BOT, served_by == SECOND_BOT]


async def test_the_other_account_takes_over_a_shared_group_when_a_process_dies(pair: Pair) -> None:
    first, second = pair
    both_in(first, Role.ADMIN, Role.ADMIN)
    await read_again(first, second)
    await dies(first)
    await processes.refresh(second)

    assert processes.is_ours(second, GROUP)


async def test_a_group_that_one_account_left_is_served_by_the_other(pair: Pair) -> None:
    first, second = pair
    both_in(first, Role.ADMIN, Role.ADMIN)
    await read_again(first, second)

    await members.group_gone(first, GROUP, BOT)
    await processes.refresh(second)

    async with first.database.reading() as tx:
        row = await group_rows.get(tx, GROUP)
    assert row is not None
    assert row.gone_at is None
    assert processes.is_ours(second, GROUP)
    await members.group_gone(second, GROUP, SECOND_BOT)
    async with first.database.reading() as tx:
        row = await group_rows.get(tx, GROUP)
    assert row is not None
    assert row.gone_at is not None


async def test_our_accounts_are_never_judged_wherever_they_are_connected(pair: Pair) -> None:
    first, second = pair
    both_in(first, Role.ADMIN, Role.MEMBER)
    await company.filed(first)
    await read_again(first, second)
    await dies(second)
    await processes.refresh(first)
    await audit.audit_group(first, GROUP)

    async with first.database.reading() as tx:
        found = await case_rows.open_of_group(tx, GROUP)
    assert not {case.user_id for case in found} & {BOT, SECOND_BOT}


async def test_a_request_heard_by_two_accounts_is_taken_in_by_the_one_that_serves(pair: Pair) -> None:
    first, second = pair
    both_in(first, Role.ADMIN, Role.ADMIN)
    await read_again(first, second)
    await asyncio.gather(
        rounds.hear(first, Heard(BOT, GROUP, 30001, "你好", "flag-1")),
        rounds.hear(second, Heard(SECOND_BOT, GROUP, 30001, "你好", "flag-2")),
    )

    async with first.database.reading() as tx:
        assert (await tx.rows(select(join_requests.c.account))) == [(BOT,)]


async def test_a_second_process_is_refused_an_account_with_a_plain_line(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = pair

    with caplog.at_level(logging.WARNING, logger="qungui"):
        assert not await processes.claim(second, BOT)

    assert "另一个进程（host:1:first）" in caplog.text
    assert str(BOT) not in caplog.text
    await processes.release(first, BOT)
    assert await processes.claim(second, BOT)


# -- the outbox -----------------------------------------------------------------------------------


async def test_two_workers_share_the_outbox_without_waiting_or_doubling(pair: Pair) -> None:
    first, _ = pair
    async with first.database.transaction() as tx:
        await queue(first, tx, *(to_group(GROUP, str(n)) for n in range(40)))
    route = Route(BOT, [GROUP], [GROUP])

    async def take(app: App) -> list[int]:
        got: list[int] = []
        while rows := await bookkeeping.claim(app, Lane.MESSAGE, route, limit=3):
            got += [row.id for row in rows]
        return got

    taken = [one for part in await asyncio.gather(*map(take, (*pair, *pair))) for one in part]
    assert sorted(taken) == list(range(1, 41))


async def test_a_row_in_another_workers_hands_is_stepped_over(pair: Pair) -> None:
    first, second = pair
    async with first.database.transaction() as tx:
        await queue(first, tx, to_group(GROUP, "一"), to_group(GROUP, "二"))
    mine = outbox_rows.route(BOT, [GROUP], [GROUP], [])
    asked: dict[str, Any] = {"lane": "message", "mine": mine, "now": first.now()}
    async with (
        first.database.transaction() as tx,
        second.database.transaction() as other,
        asyncio.timeout(90),
    ):
        held = await outbox_rows.claim(tx, worker=first.worker, **asked)
        others = await outbox_rows.claim(other, worker=second.worker, limit=9, **asked)

    assert [len(held), len(others)] == [1, 1]
    assert held[0].id != others[0].id


async def test_people_of_anothers_groups_are_left_to_it(pair: Pair) -> None:
    first, second = pair
    near = Act(ActKind.SEND_PRIVATE, Priority.NOTICE, {}, group_id=GROUP, user_id=20004)
    anyone = Act(ActKind.SEND_PRIVATE, Priority.NOTICE, {}, user_id=20005)
    async with first.database.transaction() as tx:
        await queue(first, tx, near, anyone)

    got = await bookkeeping.claim(second, Lane.MESSAGE, Route(SECOND_BOT, [OTHER], [OTHER], [BOT]), limit=9)
    left = await bookkeeping.claim(first, Lane.MESSAGE, Route(BOT, [GROUP], [GROUP], [SECOND_BOT]), limit=9)

    assert [[row.user_id for row in part] for part in (got, left)] == [[20005], [20004]]


async def test_what_a_dead_process_had_in_hand_waits_again_and_a_living_ones_is_left(pair: Pair) -> None:
    first, second = pair
    async with first.database.transaction() as tx:
        await queue(first, tx, to_group(GROUP, "一"))
    await bookkeeping.claim(first, Lane.MESSAGE, Route(BOT, [GROUP], [GROUP]))

    await takeover.take_over(second)
    assert await states(first) == ["claimed"]
    await dies(first)
    await takeover.take_over(second)

    assert await states(first) == ["waiting"]


async def test_a_dead_processs_act_is_read_back_by_one_that_can_look(pair: Pair) -> None:
    first, second = pair
    async with first.database.transaction() as tx:
        await queue(first, tx, Act(ActKind.REMOVE, Priority.REMOVE, {}, group_id=GROUP, user_id=20009))
    row = (await bookkeeping.claim(first, Lane.REMOVE, Route(BOT, [GROUP], [GROUP])))[0]
    await begun(first, row)
    second.peers = replace(second.peers, others=frozenset({90003}))
    await dies(first)

    assert await takeover.take_over(second) == []
    assert isinstance(second.gateway, PeerQQ)
    both_in(second, Role.MEMBER, Role.ADMIN)
    adopted = await takeover.take_over(second)

    assert [one.id for one in adopted] == [row.id]
    assert await states(first) == ["verifying"]


async def begun(app: App, row: OutboxRow) -> None:
    """Leave a row as a process does that dies right after it began the act."""
    async with app.database.transaction() as tx:
        marks = {"acted_at": app.now(), "acted_by": BOT, "attempts": 1}
        assert await outbox_rows.change(tx, row.id, app.worker, **marks)


async def states(app: App) -> list[str]:
    async with app.database.reading() as tx:
        return [state for (state,) in await tx.rows(select(outbox.c.state).order_by(outbox.c.id))]


# -- the inbox ------------------------------------------------------------------------------------


async def test_two_processes_settle_an_item_once(pair: Pair) -> None:
    first, second = pair
    await rounds.hear(first, Heard(BOT, GROUP, 30001, "你好", "flag-1"))
    items = [("J", 1)]

    answers = await asyncio.gather(
        *(settle.settle(app, items, approve=True, by=10000) for app in (first, second, first, second))
    )

    assert sorted(one.ok for [one] in answers) == [False, False, False, True]
    assert await states(first) == ["waiting"] * len(await states(first))
    async with first.database.reading() as tx:
        answered = select(func.count()).where(outbox.c.kind == "answer_request")
        assert (await tx.execute(answered)).scalar_one() == 1


async def test_two_processes_decide_a_fine_once_and_nobody_is_told_otherwise(pair: Pair) -> None:
    first, second = pair
    for n in range(1, 7):
        assert await add_penalty(first, await overdue_case(first, subject=str(40000 + n))) == n

    answers = await asyncio.gather(
        *(
            settle.settle(app, [("P", n)], approve=approve, by=10000)
            for n in range(1, 7)
            for app, approve in ((first, True), (second, False))
        )
    )

    assert [[a.ok, b.ok].count(True) for [a], [b] in zip(answers[::2], answers[1::2], strict=True)] == [1] * 6
    async with first.database.reading() as tx:
        kept = dict(await tx.rows(select(penalties.c.id, penalties.c.state)))
        told = (await tx.execute(select(outbox.c.key).where(outbox.c.key.startswith("penalty:")))).scalars()
        confirmed = {int(key.split(":")[1]) for key in told}
    assert confirmed == {number for number, state in kept.items() if state == "confirmed"}


async def test_a_request_in_somebodys_hands_is_stepped_over_not_waited_for(pair: Pair) -> None:
    first, second = pair
    await rounds.hear(first, Heard(BOT, GROUP, company.CLERK, "", "flag-1"))
    everyone = {"everyone": True, "departments": [], "employee_nos": []}
    await company.filed(first, scope=everyone)

    async with first.database.transaction() as tx, asyncio.timeout(90):
        assert len(await request_rows.unsettled(tx, take=True)) == 1
        assert await waiting.decide_waiting(second, GROUP) == 0

    assert await waiting.decide_waiting(second, GROUP) == 1


# -- acting ---------------------------------------------------------------------------------------


LEAVERS = tuple(
    (Employee(f"L{n}", f"离{n}", "市场部", departed_on=date(2026, 3, 1)), 21000 + n) for n in range(4)
)


async def with_leavers(first: App, second: App) -> None:
    """Two of the departed are still in GROUP, two in OTHER; both groups are filed for all."""
    everyone = {"everyone": True, "departments": [], "employee_nos": []}
    for group_id, owner in ((GROUP, company.OWNER), (OTHER, company.PLAIN)):
        await company.filed(first, group_id, scope=everyone, owner_id=owner)
    async with first.database.transaction() as tx:
        for person, user_id in LEAVERS:
            await company.store(tx, person, user_id)
        await registry.bump(tx)
    assert isinstance(first.gateway, PeerQQ)
    for n, (_, user_id) in enumerate(LEAVERS):
        first.gateway.lists[GROUP if n < 2 else OTHER].append(Member(user_id))
    # Seen while nobody knew that they had left.
    await read_again(first, second)
    for app in (first, second):
        await registry.refresh(app)


async def removals(app: App) -> int:
    async with app.database.reading() as tx:
        wanted = select(func.count()).where(outbox.c.kind == "remove")
        return (await tx.execute(wanted)).scalar_one()


def limited(*apps: App, total: int) -> None:
    for app in apps:
        app.policy = replace(app.policy, safety=replace(app.policy.safety, max_removals_total=total))


async def test_two_processes_in_one_group_at_once_remove_nobody_twice(pair: Pair) -> None:
    first, second = pair
    both_in(first, Role.ADMIN, Role.ADMIN)
    await with_leavers(first, second)

    await asyncio.gather(*(enforcing.run(app, [GROUP]) for app in (first, second, first, second)))

    assert await removals(first) == 2


async def test_the_brake_counts_what_all_processes_would_remove(pair: Pair) -> None:
    first, second = pair
    await with_leavers(first, second)
    limited(first, second, total=3)

    await enforcing.run(first, [GROUP])
    await enforcing.run(second, [OTHER])

    assert await removals(first) == 0
    async with first.database.reading() as tx:
        batches = await tx.rows(select(removal_batches.c.state, removal_batches.c.removals))
    assert [(state, len(listed)) for state, listed in batches] == [("replaced", 2), ("waiting", 4)]


async def test_nothing_is_counted_twice_by_the_brake(pair: Pair) -> None:
    first, second = pair
    await with_leavers(first, second)
    limited(first, second, total=4)

    await asyncio.gather(enforcing.run(first, [GROUP]), enforcing.run(second, [OTHER]))

    assert await removals(first) == 4


async def test_the_timeline_of_a_case_stays_whole_when_two_write_at_once(pair: Pair) -> None:
    first, second = pair
    await with_leavers(first, second)
    await audit.audit_group(first, GROUP)
    async with first.database.reading() as tx:
        case = (await case_rows.open_of_group(tx, GROUP))[0]

    async def write(app: App, n: int) -> None:
        async with app.database.transaction() as tx:
            await case_rows.add_event(tx, case.id, app.now(), "seen", {"n": n})
            await asyncio.sleep(0.01)

    await asyncio.gather(*(write(app, n) for n in range(4) for app in (first, second)))

    async with first.database.reading() as tx:
        assert len(await case_rows.timeline(tx, case.id)) >= 9
    assert (await trail.verify(first)).misfit is None


async def test_doctor_names_the_processes_and_their_accounts(pair: Pair) -> None:
    (sign,) = await doctor._processes(pair[0])

    assert sign.ok
    assert "2 个机器人进程" in sign.what
    assert f"host:1（{BOT}）" in sign.what
