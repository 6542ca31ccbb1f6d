"""The clock of blame on the real database: who is told, who held the office, who owes what and who nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from db.queries.groups import office_history
from db.queries.work.outbox import OutboxRow
from db.tables.cases import cases, penalties
from db.tables.groups import filings, groups, memberships
from regulation.model import Employee, Member, Role
from services.acts import ActKind
from services.app import App
from services.cases import violations
from tests.company import ADMIN, GROUP, HEAD, OWNER, PEOPLE, PLAIN, FakeQQ, registry_of
from tests.conftest import StoppedClock
from tests.services.cases.living import left_inside, look, stored

LEFT_ON = date(2026, 2, 20)
NEW_OWNER = HEAD


@pytest.fixture
async def qq(app: App) -> FakeQQ:
    """A filed group where the bot has no right, and 郑平 who left ten days ago still sits."""
    return await left_inside(app, LEFT_ON)


def words(row: OutboxRow) -> str:
    return "".join(part.get("text", "") for part in row.payload.get("parts", ()))


def said_of_leaver(rows: list[OutboxRow]) -> dict[int | None, str]:
    return {
        row.user_id: words(row) for row in rows if row.kind is ActKind.SEND_PRIVATE and "郑平" in words(row)
    }


async def fined(app: App) -> list[int]:
    return sorted(who for _, who in await stored(app, penalties.c.id, penalties.c.liable_user_id))


async def status(app: App) -> str:
    [(_, found)] = [row for row in await stored(app, cases.c.id, cases.c.status) if row[0] == 1]
    return found


def hand_over(qq: FakeQQ, *, to: int) -> None:
    """The owner gives the group to somebody else, and is a plain member from then on."""
    roles = {OWNER: Role.MEMBER, to: Role.OWNER}
    qq.lists[GROUP] = [replace(m, role=roles.get(m.user_id, m.role)) for m in qq.lists[GROUP]]


async def test_a_group_just_entered_has_the_whole_span_though_the_departure_is_old(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    told = said_of_leaver(await look(app, qq))
    assert set(told) == {OWNER, ADMIN}
    assert "3月5日 24:00" in told[OWNER]
    clock.move(days=3)
    await look(app, qq)
    assert (await status(app), await fined(app)) == ("reminded", [])
    clock.move(days=1)
    await look(app, qq)
    assert (await status(app), await fined(app)) == ("overdue", [OWNER, ADMIN])


@pytest.mark.parametrize("where", ["observed", "unfiled"])
async def test_nobody_is_told_in_an_observed_or_unfiled_group_so_nobody_is_fined(
    app: App, qq: FakeQQ, clock: StoppedClock, where: str
) -> None:
    async with app.database.transaction() as tx:
        if where == "observed":
            await tx.execute(update(groups).where(groups.c.group_id == GROUP).values(mode="观察"))
        else:
            await tx.execute(update(filings).values(state="closed"))
    for _ in range(3):
        await look(app, qq)
        clock.move(days=5)
    await look(app, qq)
    leaver = await stored(app, cases.c.id, cases.c.code, cases.c.status)
    assert ("L1", "open") in [(code, how) for _, code, how in leaver]
    fines = await stored(app, penalties.c.id, penalties.c.code)
    assert [code for _, code in fines if code == "L1"] == []
    [number] = [number for number, code, _ in leaver if code == "L1"]
    assert "未通知" in (await violations.story(app, number)).text


async def test_a_notice_that_reached_nobody_is_said_again_a_day_later_and_starts_no_clock(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    qq.deaf = {OWNER, ADMIN}
    await look(app, qq)
    clock.move(hours=2)
    assert said_of_leaver(await look(app, qq)) == {}
    clock.move(days=9)
    qq.deaf = set()
    assert await status(app) == "open"
    again = said_of_leaver(await look(app, qq))
    assert set(again) == {OWNER, ADMIN}
    assert "3月14日 24:00" in again[OWNER]
    assert await fined(app) == []


async def test_who_took_office_while_the_bot_was_down_over_the_deadline_owes_nothing_until_told(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    await look(app, qq)
    clock.move(days=5)
    hand_over(qq, to=NEW_OWNER)
    told = said_of_leaver(await look(app, qq))
    # Nobody read whether the group was handed over before the deadline or after; the admin stayed.
    assert await fined(app) == [ADMIN]
    assert set(told) == {NEW_OWNER}
    assert "3月10日 24:00" in told[NEW_OWNER]
    clock.move(days=3)
    await look(app, qq)
    assert await fined(app) == [ADMIN]
    clock.move(days=1)
    await look(app, qq)
    assert await fined(app) == sorted([ADMIN, NEW_OWNER])


async def test_an_admin_appointed_after_the_deadline_owes_nothing(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    await look(app, qq)
    clock.move(days=5)
    qq.lists[GROUP] = [replace(m, role=Role.ADMIN) if m.user_id == HEAD else m for m in qq.lists[GROUP]]
    await look(app, qq)
    assert await fined(app) == [OWNER, ADMIN]


async def test_who_gave_the_office_up_before_the_deadline_owes_nothing(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    await look(app, qq)
    clock.move(days=2)
    hand_over(qq, to=NEW_OWNER)
    await look(app, qq)
    clock.move(days=2)
    await look(app, qq)
    assert await fined(app) == [ADMIN]


async def test_the_next_look_is_at_the_deadline_of_who_was_told_later(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    await look(app, qq)
    clock.move(days=5)
    hand_over(qq, to=NEW_OWNER)
    await look(app, qq)
    await look(app, qq)
    [(_, at)] = [row for row in await stored(app, groups.c.group_id, groups.c.look_at) if row[0] == GROUP]
    assert at is not None
    assert at.isoformat() <= "2026-03-11T00:00:00+08:00"


async def test_notices_tell_namesakes_apart_by_qq_number_and_card(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    namesake = 20019
    gone = Employee("A019", "郑平", "市场部", departed_on=LEFT_ON, departure_known_on=LEFT_ON)
    known = [(app.registry.by_no[e.employee_no], number) for e, number in PEOPLE if number != PLAIN]
    here = (Employee("A009", "郑平", "市场部"), PLAIN)
    app.registry = registry_of([*known, here, (gone, namesake)])
    qq.lists[GROUP].append(Member(namesake, card="老郑"))
    told = said_of_leaver(await look(app, qq))
    assert f"郑平（QQ {namesake}，群里显示「老郑」）" in told[OWNER]
    assert str(PLAIN) not in told[OWNER]


async def test_a_case_says_who_let_the_member_in(app: App, qq: FakeQQ) -> None:
    stranger = 30007
    qq.lists[GROUP].append(Member(stranger, nickname="路人"))
    await look(app, qq)
    async with app.database.transaction() as tx:
        await tx.execute(update(memberships).where(memberships.c.user_id == stranger).values(let_in_by=ADMIN))
    await look(app, qq)
    [number] = [n for n, code in await stored(app, cases.c.id, cases.c.code) if code == "M1"]
    story = (await violations.story(app, number)).text
    assert f"由 李雷（QQ {ADMIN}） 放行入群" in story


async def test_who_let_somebody_in_counts_for_that_stay_alone(app: App, qq: FakeQQ) -> None:
    stranger = Member(30007, nickname="路人")
    qq.lists[GROUP].append(stranger)
    await look(app, qq)
    async with app.database.transaction() as tx:
        await tx.execute(update(memberships).where(memberships.c.user_id == 30007).values(let_in_by=ADMIN))
    qq.lists[GROUP].remove(stranger)
    app.clock.move(minutes=1)  # pyright: ignore[reportAttributeAccessIssue]
    await look(app, qq)
    qq.lists[GROUP].append(stranger)
    app.clock.move(minutes=1)  # pyright: ignore[reportAttributeAccessIssue]
    await look(app, qq)
    async with app.database.reading() as tx:
        wanted = select(memberships.c.let_in_by).where(memberships.c.user_id == 30007)
        assert (await tx.execute(wanted)).scalar_one() is None


async def test_the_owner_of_an_unfiled_group_is_told_anew_after_a_handover(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    async with app.database.transaction() as tx:
        await tx.execute(update(filings).values(state="closed"))
    first = [row.user_id for row in await look(app, qq) if row.payload.get("purpose") == "file"]
    clock.move(hours=1)
    hand_over(qq, to=NEW_OWNER)
    second = [row.user_id for row in await look(app, qq) if row.payload.get("purpose") == "file"]
    assert (first, second) == ([OWNER], [NEW_OWNER])
    clock.move(days=4)
    await look(app, qq)
    assert await fined(app) == [NEW_OWNER]


async def test_the_history_of_offices_is_kept_as_read(app: App, qq: FakeQQ, clock: StoppedClock) -> None:
    await look(app, qq)
    began = clock.now()
    clock.move(hours=3)
    await look(app, qq)
    last_seen = clock.now()
    clock.move(days=1)
    hand_over(qq, to=NEW_OWNER)
    await look(app, qq)
    async with app.database.reading() as tx:
        found = await office_history.of_group(tx, GROUP)
    owners = [(one.user_id, one.since, one.until) for one in found if one.role is Role.OWNER]
    assert owners == [(OWNER, began, last_seen), (NEW_OWNER, clock.now(), None)]
    assert clock.now() - last_seen == timedelta(days=1)
