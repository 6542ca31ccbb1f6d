"""Nobody is wronged: the very histories that once ended unfairly, each with its right outcome.

They take days, so they are played on the real services and a real database with a clock that is moved by
hand, and a QQ that answers from memory; `look` does what the sender would. What the wire alone can show
is in tests/journeys/test_nobody_is_wronged.py.
"""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from db.queries.cases import timelines
from db.tables.cases import cases, penalties
from regulation.model import Member, Role
from services.app import App
from services.cases import audit
from services.people import registry, staff
from tests import company as co
from tests.company import ADMIN, BOT, GROUP, HEAD, OWNER, PLAIN, TRAINEE, FakeQQ, sent
from tests.conftest import StoppedClock
from tests.services.cases.living import look, powerless, stored

EVERYONE = {"everyone": True, "departments": [], "employee_nos": []}
THIRD = 700003
CARDS = {OWNER: "市场部-王强", ADMIN: "市场部-李雷", HEAD: "市场部-张总", TRAINEE: "市场部-孙丽"}


@pytest.fixture
async def qq(app: App) -> FakeQQ:
    """A filed group for everybody, with 郑平 in it; the registry is the database's."""
    made = await co.settle_in(app)
    made.lists[GROUP] = [
        Member(OWNER, card=CARDS[OWNER], role=Role.OWNER),
        Member(ADMIN, card=CARDS[ADMIN], role=Role.ADMIN),
        Member(HEAD, card=CARDS[HEAD], role=Role.ADMIN),
        Member(BOT, role=Role.ADMIN),
        Member(PLAIN, card="采购部-郑平"),
    ]
    await co.filed(app, scope=EVERYONE, owner_id=None, admin_ids=None)
    await registry.load(app)
    await audit.audit_group(app, GROUP)
    return made


@pytest.fixture
async def left_behind(app: App, qq: FakeQQ) -> FakeQQ:
    """The bot is no admin; 郑平 left, owner and admins are told at once: due 2026-03-05 24:00."""
    powerless(qq)
    await staff.depart(app, "A009", by="10000")
    await look(app, qq)
    return qq


def in_office(qq: FakeQQ, roles: dict[int, Role]) -> None:
    """Give people of the group these roles in QQ."""
    qq.lists[GROUP] = [replace(m, role=roles.get(m.user_id, m.role)) for m in qq.lists[GROUP]]


async def fined(app: App) -> list[tuple[int, str]]:
    """Return who is to pay how much."""
    columns = (penalties.c.id, penalties.c.liable_user_id, penalties.c.amount)
    return sorted((who, str(amount)) for _, who, amount in await stored(app, *columns))


async def open_codes(app: App) -> list[str]:
    async with app.database.reading() as tx:
        return sorted(case.code for case in await timelines.open_of_group(tx, GROUP))


async def overdue(app: App, qq: FakeQQ, clock: StoppedClock) -> int:
    """Let the deadline pass; return the L1 case, with a proposal for 王强, 李雷 and 张总 each."""
    clock.move(days=4)
    await look(app, qq)
    assert await fined(app) == [(HEAD, "20.00"), (OWNER, "20.00"), (ADMIN, "20.00")]
    [case_id] = [number for number, code in await stored(app, cases.c.id, cases.c.code) if code == "L1"]
    return case_id


async def penalty_of(app: App, user_id: int) -> tuple[int, str]:
    columns = (penalties.c.id, penalties.c.state, penalties.c.liable_user_id)
    [found] = [(number, state) for number, state, who in await stored(app, *columns) if who == user_id]
    return found


async def told(app: App, user_id: int) -> str:
    return "\n".join(text for _, to, text in await sent(app) if to == user_id)


async def group(
    app: App, qq: FakeQQ, group_id: int, members: Sequence[Member], *, filed: bool = True
) -> None:
    """One more group, read once."""
    qq.lists[group_id], qq.names[group_id] = list(members), f"第{group_id % 10}群"
    async with app.database.transaction() as tx:
        await co.seen(app, tx, group_id)
    if filed:
        await co.filed(app, group_id, scope=EVERYONE, name=qq.names[group_id], admin_ids=None, owner_id=None)
    await audit.audit_group(app, group_id)
