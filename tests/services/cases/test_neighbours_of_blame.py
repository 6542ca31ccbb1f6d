"""The neighbours of the clock of blame: lists cut short, offices lost and regained, what is undone once it was paid."""

from dataclasses import replace
from datetime import date

import pytest

from db.queries.cases import notices
from db.tables.cases import cases, penalties
from regulation.model import Member, Role
from services.app import App
from services.cases import escalation
from services.cases.settling import appeals
from services.cases.settling import penalties as fines
from services.imports import undoing
from services.people import registry, staff
from services.ports import Reading
from tests.company import (
    ADMIN,
    BOT,
    GROUP,
    OWNER,
    PLAIN,
    STAFF,
    FakeQQ,
    filed,
    sent,
    settle_in,
)
from tests.conftest import StoppedClock
from tests.services.cases.living import imported, left_inside, look, powerless, stored
from tests.services.stories import overdue_case

LEFT_ON = date(2026, 2, 20)


@pytest.fixture
async def qq(app: App) -> FakeQQ:
    """A filed group where the bot has no right, and 郑平 who left still sits."""
    return await left_inside(app, LEFT_ON)


def roles(qq: FakeQQ, **changed: Role) -> None:
    by_id = {int(key[1:]): role for key, role in changed.items()}
    qq.lists[GROUP] = [replace(m, role=by_id.get(m.user_id, m.role)) for m in qq.lists[GROUP]]


def short(qq: FakeQQ) -> None:
    """QQ's count says that the list lacks somebody."""
    before = qq.read_members

    async def read(group_id: int, *, max_age: float = 5.0) -> Reading:
        return replace(await before(group_id, max_age=max_age), short=1)

    qq.read_members = read  # pyright: ignore[reportAttributeAccessIssue]


async def fined(app: App) -> list[int]:
    return sorted(who for _, who in await stored(app, penalties.c.id, penalties.c.liable_user_id))


async def test_a_list_that_is_short_shows_whom_it_shows_in_an_office(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    await look(app, qq)
    short(qq)
    clock.move(days=2)
    roles(qq, _20002=Role.MEMBER, _20001=Role.OWNER, _20003=Role.MEMBER)
    await look(app, qq)
    clock.move(days=2)
    await look(app, qq)
    assert await fined(app) == []


async def test_whom_a_short_list_does_not_show_at_the_deadline_is_not_fined_by_it(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    await look(app, qq)
    short(qq)
    clock.move(days=4)
    qq.lists[GROUP] = [m for m in qq.lists[GROUP] if m.user_id != ADMIN]
    await look(app, qq)
    assert await fined(app) == [OWNER]


async def test_who_was_demoted_and_is_admin_again_at_the_deadline_owes_once(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    await look(app, qq)
    for role in (Role.MEMBER, Role.ADMIN):
        clock.move(days=1)
        roles(qq, _20003=role)
        await look(app, qq)
    clock.move(days=2)
    await look(app, qq)
    assert await fined(app) == [OWNER, ADMIN]
    roles(qq, _20003=Role.MEMBER)
    clock.move(days=1)
    await look(app, qq)
    assert await fined(app) == [OWNER, ADMIN]


async def test_an_import_undone_after_its_fine_was_paid_is_a_refund(app: App, clock: StoppedClock) -> None:
    qq = await settle_in(app)
    await filed(
        app,
        GROUP,
        scope={"everyone": True, "departments": [], "employee_nos": []},
        owner_id=None,
        admin_ids=None,
    )
    await registry.load(app)
    powerless(qq)
    number = await imported(app, ("A009", "郑平", "采购部", "离职", str(PLAIN), "2026-03-01"))
    await look(app, qq)
    clock.move(days=4)
    await look(app, qq)
    columns = (penalties.c.id, penalties.c.code, penalties.c.state, penalties.c.liable_user_id)
    mine = [row[0] for row in await stored(app, *columns) if row[1] == "L1" and row[3] == OWNER]
    assert len(mine) == 1
    await fines.settle(app, mine, approve=True, by=STAFF, reason="")
    await fines.pay(app, mine[0], by=STAFF)
    await undoing.undo_import(app, number, by="10000")
    states = {number: state for number, code, state, _ in await stored(app, *columns) if code == "L1"}
    assert states.pop(mine[0]) == "to_refund"
    assert set(states.values()) == {"waived"}
    assert any("退" in text for _, to, text in await sent(app) if to == OWNER)


async def test_whoever_may_have_heard_of_a_removal_that_failed_hears_it_again_after_a_day(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    case = await overdue_case(app, code="L1")
    heard: list[int] = []
    for minutes in (0, 14, 24 * 60):
        clock.move(minutes=minutes)
        async with app.database.transaction() as tx:
            await escalation.removal_failed(app, tx, case, "没有生效")
            if minutes == 0:
                await notices.note_end(tx, case.id, "removal_failed", OWNER, app.now(), reached=False)
        heard.append(sum(to == OWNER and "没能移出" in text for _, to, text in await sent(app)))

    assert heard == [1, 1, 2]


@pytest.fixture
async def reminded(app: App, clock: StoppedClock) -> FakeQQ:
    """郑平 was asked for the card of 采购部 and, on the last day but one, came to 市场部."""
    made = await settle_in(app)
    await filed(app, scope={"everyone": True, "departments": [], "employee_nos": []}, admin_ids=None)
    await registry.load(app)
    made.lists[GROUP] = [
        Member(OWNER, card="市场部-王强", role=Role.OWNER),
        Member(BOT, role=Role.ADMIN),
        Member(PLAIN, card="郑平"),
    ]
    await look(app, made)
    assert "采购部-郑平" in "".join(text for _, _, text in await sent(app))
    clock.move(days=2)
    await staff.transfer(app, "A009", "市场部", by=str(STAFF))
    await staff.complete_handover(app, "A009", by=str(STAFF))
    return made


async def test_who_did_as_they_were_told_is_not_late_for_what_is_asked_since(
    app: App, reminded: FakeQQ, clock: StoppedClock
) -> None:
    reminded.lists[GROUP][-1] = Member(PLAIN, card="采购部-郑平")
    await look(app, reminded)
    assert "市场部-郑平" in "".join(text for _, _, text in await sent(app))
    clock.move(days=3)
    await look(app, reminded)
    assert await fined(app) == []
    clock.move(days=1)
    await look(app, reminded)
    assert await fined(app) == [PLAIN]


async def test_nobody_is_late_for_how_long_an_appeal_took(app: App, qq: FakeQQ, clock: StoppedClock) -> None:
    """What an appeal stops, stops for those who are liable, too."""
    await look(app, qq)  # owner and admins are told on 03-02: by 03-05 24:00
    [leaver] = [number for number, code in await stored(app, cases.c.id, cases.c.code) if code == "L1"]
    clock.move(days=2)
    assert (await appeals.appeal(app, leaver, by=PLAIN, reason="没有离职")).ok
    clock.move(days=4)
    await look(app, qq)
    refused = await appeals.settle(app, 1, uphold=False, by=STAFF, reason="已核实")
    assert "期限顺延到 3月9日 24:00" in refused.text
    await look(app, qq)
    clock.move(days=1)
    await look(app, qq)
    assert await fined(app) == []
    clock.move(days=1)
    await look(app, qq)
    assert OWNER in await fined(app)
