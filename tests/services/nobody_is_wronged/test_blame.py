"""Deadlines, fines and what is asked of people: nobody is late who was not told, or could not do it."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import update

from db.tables.groups import groups
from db.tables.work import outbox
from regulation.model import Employee, Member, Role
from services.acts import Act, ActKind, ActOutcome, Lane, Priority
from services.app import App
from services.cases import enforcing
from services.groups import card_help
from services.outbox import queue
from services.people import staff
from services.sender import bookkeeping, outcomes
from services.sender.bookkeeping import Route
from tests import company as co
from tests.company import ADMIN, BOT, GROUP, HEAD, OWNER, PLAIN, STAFF, TRAINEE, FakeQQ
from tests.conftest import StoppedClock
from tests.services.cases.living import look, powerless, queued
from tests.services.nobody_is_wronged.conftest import CARDS, fined, in_office, open_codes, told


async def test_02_who_took_office_after_the_deadline_is_fined_by_a_span_of_his_own(
    app: App, left_behind: FakeQQ, clock: StoppedClock
) -> None:
    qq = left_behind
    clock.move(days=5)  # the bot was down over the deadline
    in_office(qq, {OWNER: Role.MEMBER, HEAD: Role.OWNER})
    qq.lists[GROUP].append(Member(TRAINEE, card=CARDS[TRAINEE], role=Role.ADMIN))
    await look(app, qq)
    before = await fined(app)
    assert (ADMIN, "20.00") in before
    assert TRAINEE not in dict(before)
    assert OWNER not in dict(before)  # whether he still led on 03-05 nobody read
    in_office(qq, {ADMIN: Role.MEMBER})
    clock.move(days=3)
    await look(app, qq)
    assert await fined(app) == before
    clock.move(days=1)
    await look(app, qq)
    assert await fined(app) == sorted([*before, (TRAINEE, "20.00")])


async def test_03_nobody_is_late_before_anybody_was_told(app: App, qq: FakeQQ, clock: StoppedClock) -> None:
    powerless(qq)
    async with app.database.transaction() as tx:
        await tx.execute(update(groups).where(groups.c.group_id == GROUP).values(mode="观察"))
    await staff.depart(app, "A009", date(2026, 2, 24), by="10000")
    for _ in range(3):
        await look(app, qq)
        clock.move(days=4)
    assert (await fined(app), await told(app, OWNER)) == ([], "")
    async with app.database.transaction() as tx:
        await tx.execute(update(groups).where(groups.c.group_id == GROUP).values(mode="执行"))
    await look(app, qq)  # 2026-03-14, and only now somebody is told
    assert "3月17日 24:00" in await told(app, OWNER)
    clock.move(days=3)
    await look(app, qq)
    assert await fined(app) == []


async def test_04_a_card_that_qq_cannot_hold_is_never_demanded(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    long = Employee("A009", "买买提·阿卜杜热合曼", "国际业务拓展与战略合作部")
    app.registry = co.registry_of([(long if number == PLAIN else one, number) for one, number in co.PEOPLE])
    qq.lists[GROUP][-1] = Member(PLAIN, card="买买提阿卜杜热合曼")
    for _ in range(4):
        await look(app, qq)
        clock.move(days=2)
    assert "C1" not in await open_codes(app)
    assert await fined(app) == []
    assert (await told(app, STAFF)).count(long.department) == 1
    assert "买买提阿卜杜热合曼" in (await card_help.right_card_for(app, PLAIN, GROUP)).text


async def test_04_a_removal_that_failed_is_said_with_its_cause(app: App, qq: FakeQQ) -> None:
    await staff.depart(app, "A009", by="10000")
    await enforcing.run(app, [GROUP])
    cause = "QQ 说：群主关闭了踢人权限"
    [act] = await queued(app, outbox.c.kind == "remove")
    async with app.database.transaction() as tx:
        await outcomes.record(app, tx, act, ActOutcome("failed", cause))
    for user_id in (OWNER, ADMIN, STAFF):
        assert cause in await told(app, user_id)
    assert "不是管理员" not in await told(app, OWNER)


async def test_11_no_deadline_that_can_be_met_waits_for_one_that_was_missed(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    """The outbox's own order: three to be removed, the oldest deadline has passed meanwhile."""
    due = {TRAINEE: timedelta(hours=-1), HEAD: timedelta(hours=5), PLAIN: timedelta(hours=2)}
    async with app.database.transaction() as tx:
        for user_id, left in due.items():
            act = Act(ActKind.REMOVE, Priority.REMOVE, {}, group_id=GROUP, user_id=user_id)
            await queue(app, tx, replace(act, deadline=clock.now() + left))
    route, turn = Route(BOT, [GROUP], [GROUP]), list[int | None]()
    while claimed := await bookkeeping.claim(app, Lane.REMOVE, route):
        turn += [row.user_id for row in claimed]
    assert turn == [PLAIN, HEAD, TRAINEE]
