"""Three real bots on one PostgreSQL, six QQ accounts: one is killed under load, nothing is lost or doubled."""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.engine import URL

from db.ledger import Ledger
from db.tables.cases import cases
from db.tables.groups import memberships
from db.tables.requests import join_requests
from db.tables.work import outbox
from simulator import Implementation, World
from tests.databases import address, new_database
from tests.journeys.harness import BOSS, POLICY, STAFF, TOKEN, Journey, Row

ACCOUNTS = tuple(range(88880001, 88880007))
OWN = {account: 700001 + n for n, account in enumerate(ACCOUNTS)}
# Two accounts of ours are admins there: the first one's, and the third one's in another process.
SHARED = 700010
GROUPS = (*OWN.values(), SHARED)
FRIEND = ACCOUNTS[4]
OWNER, WRONG_CARD = 20001, 20006
LEAVER = Row("C001", "离人", "市场部", 22001)
JOINERS = {
    group_id: [
        (
            Row(f"D{n}{k}", f"来{chr(0x4E10 + 8 * n + k)}", "市场部", None, f"139000{n}{k:04}"),
            31000 + 10 * n + k,
        )
        for k in range(4)
    ]
    for n, group_id in enumerate(GROUPS)
}


@dataclass
class Company:
    """Three processes that share a world and a database."""

    bots: list[Journey]

    @property
    def world(self) -> World:
        return self.bots[0].world

    async def connect(self, account: int, bot: Journey) -> Implementation:
        return await bot.connect(account, "llbot", reconnect_seconds=0.3)

    async def ask(self, group_id: int, k: int) -> None:
        row, user_id = JOINERS[group_id][k]
        await self.world.ask_to_join(group_id, user_id, f"市场部 {row.name} {row.no} {row.phone[-4:]}")

    def inside(self, group_id: int, k: int) -> bool:
        return self.bots[0].inside(group_id, JOINERS[group_id][k][1])

    def log(self, bot: Journey) -> str:
        return bot.log.read_text("utf-8")


@pytest.fixture
async def company(postgres_server: URL, tmp_path: Path) -> AsyncGenerator[Company]:
    """Staff imported, every group filed with its account as admin; three bots started, two accounts each."""
    with new_database(postgres_server, f"qungui_{uuid.uuid4().hex[:12]}", None) as url:
        world = World()
        bots: list[Journey] = []
        for name in "abc":
            (tmp_path / name).mkdir()
            bots.append(Journey(tmp_path / name, address(url), policy=POLICY, world=world))
        made = Company(bots)
        populate(world)
        await bots[0].import_roster((*STAFF, LEAVER, *(row for part in JOINERS.values() for row, _ in part)))
        await asyncio.gather(*(bot.start(60) for bot in bots))
        # Nothing is written to admin staff before the account is there whose friends they are.
        await made.connect(FRIEND, bots[2])
        await bots[2].stored(known_members(OWN[FRIEND]), [(1,)])
        others = [(n, account) for n, account in enumerate(ACCOUNTS) if account != FRIEND]
        await asyncio.gather(*(made.connect(account, bots[n // 2]) for n, account in others))
        # Members are judged from here on: by now each account has told that it is one of ours.
        await bots[0].stored(known_members(*GROUPS), [(len(GROUPS) + 1,)])
        await bots[0].import_filings(*((g, f"群{g}", "市场部", OWNER) for g in GROUPS))
        yield made
        await asyncio.gather(*(account.stop() for bot in bots for account in bot.accounts))
        for bot in bots:
            bot.accounts.clear()
        await asyncio.gather(*(bot.close() for bot in bots))


def populate(world: World) -> None:
    for group_id in GROUPS:
        world.add_group(group_id, f"群{group_id}", OWNER)
        world.add_member(group_id, OWNER, nickname="王强", card="市场部-王强", role="owner")
        world.add_member(group_id, WRONG_CARD, nickname="王芳", card="市场部-王芳")
        world.add_member(group_id, 22001, nickname="x", card="市场部-离人")
    for account, group_id in OWN.items():
        world.add_member(group_id, account, nickname="群规", card="群规", role="admin")
        world.befriend(account, OWNER)
    for account in (ACCOUNTS[0], ACCOUNTS[2]):
        world.add_member(SHARED, account, nickname="群规", card="群规", role="admin")
    # Admin staff are friends of one account only, in whatever process it is.
    world.befriend(FRIEND, BOSS)


async def test_three_processes_share_a_company_and_one_may_die(company: Company) -> None:
    a, b, c = company.bots
    await a_second_claim_is_refused(company, b)

    await asyncio.gather(*(company.ask(group_id, 0) for group_id in GROUPS))
    await a.until(lambda: all(company.inside(g, 0) for g in GROUPS), "the first ones are in")
    before = answered_by(company, SHARED)
    assert len(before) == 1

    await load(company)
    await a.kill()
    for account in a.accounts:
        await account.stop()
    await company.ask(SHARED, 2)
    await a.until(lambda: company.inside(SHARED, 2), "the other account serves the shared group")
    assert answered_by(company, SHARED) == before | {ACCOUNTS[2]}
    await company.connect(ACCOUNTS[0], b)
    await company.connect(ACCOUNTS[1], c)
    await asyncio.gather(*(company.ask(group_id, 3) for group_id in GROUPS))

    await all_is_settled(company)
    nothing_is_doubled(company)
    await the_books_are_right(company)


def known_members(*group_ids: int) -> Select[int]:
    """Return the count of our accounts that were seen in these groups."""
    ours = memberships.c.user_id.in_(ACCOUNTS) & memberships.c.group_id.in_(group_ids)
    return select(func.count()).where(ours, memberships.c.role == "admin")


async def a_second_claim_is_refused(company: Company, bot: Journey) -> None:
    """An account that another process holds is hung up on, and nothing is asked of it."""
    apart = World()
    url = f"ws://127.0.0.1:{bot.port}/onebot/v11/ws"
    second = Implementation(apart, ACCOUNTS[0], url, token=TOKEN, profile="llbot", reconnect_seconds=0.1)
    await second.start(wait=True)
    await bot.until(lambda: second.connections > 1, "hung up on")
    await second.stop()
    assert apart.calls == []
    assert "另一个进程" in company.log(bot)
    await apart.close()


async def load(company: Company) -> None:
    """Requests, wrong cards and a departure everywhere at once."""
    gone = Row(LEAVER.no, LEAVER.name, LEAVER.department, LEAVER.qq, status="离职")
    for group_id in GROUPS:
        await company.world.change_card(group_id, WRONG_CARD, "王芳")
        await company.world.say(group_id, WRONG_CARD, "在")
    await asyncio.gather(*(company.ask(group_id, 1) for group_id in GROUPS))
    await company.bots[0].import_roster((gone,))


def answered_by(company: Company, group_id: int) -> set[int]:
    """Return which accounts answered requests of a group, by the simulator's record."""
    return {h.operator_id for h in company.world.happened if (h.kind, h.group_id) == ("joined", group_id)}


async def all_is_settled(company: Company) -> None:
    bot, joined = company.bots[1], (0, 1, 3)
    await bot.until(lambda: all(company.inside(g, k) for g in GROUPS for k in joined), "everybody is in")
    await bot.until(lambda: not any(bot.inside(g, 22001) for g in GROUPS), "the departed is out")
    under_way = select(func.count()).where(outbox.c.state.in_(("waiting", "claimed", "verifying")))
    await bot.stored(under_way, [(0,)])


def nothing_is_doubled(company: Company) -> None:
    happened = company.world.happened
    for kind in ("joined", "kicked"):
        times = Counter((h.group_id, h.user_id) for h in happened if h.kind == kind)
        assert {who: n for who, n in times.items() if n > 1} == {}
    assert {h.user_id for h in happened if h.kind == "kicked"} == {22001}
    told = Counter((s.group_id, s.user_id, s.text) for s in company.world.shown)
    assert {words: n for words, n in told.items() if n > 1} == {}
    reminded = Counter(s.group_id for s in company.world.shown if WRONG_CARD in s.at)
    assert all(n == 1 for n in reminded.values())


async def the_books_are_right(company: Company) -> None:
    bot = company.bots[1]
    verdicts = select(join_requests.c.verdict, join_requests.c.state, func.count()).group_by(
        join_requests.c.verdict, join_requests.c.state
    )
    assert [tuple(row) for row in await bot.rows(verdicts)] == [("approve", "answered", 3 * len(GROUPS) + 1)]
    removed = select(cases.c.group_id, cases.c.closed_as).where(cases.c.code == "L1")
    assert sorted(tuple(row) for row in await bot.rows(removed)) == [(g, "removed") for g in sorted(GROUPS)]
    ours = select(cases.c.id).where(cases.c.user_id.in_(ACCOUNTS))
    assert await bot.rows(ours) == []
    dead = select(outbox.c.kind, outbox.c.user_id, outbox.c.payload, outbox.c.result).where(
        outbox.c.state == "dead"
    )
    assert await bot.rows(dead) == []
    assert not [bot for bot in company.bots if "deadlock" in company.log(bot)]
    database = bot.database()
    async with database.reading() as tx:
        assert (await Ledger(bot.settings()["PHONE_KEY"].encode()).verify(tx)).misfit is None
    await database.close()
