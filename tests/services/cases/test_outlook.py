"""`离职` is answered group by group, by the very plan that acts; who is back is asked back."""

from datetime import timedelta

from sqlalchemy import update

from db.tables.cases import cases
from db.tables.groups import groups
from db.tables.registry import employees
from services.app import App
from services.cases import audit
from services.people import registry, staff
from tests import company as co
from tests.company import ADMIN, GROUP, OTHER, OWNER, PLAIN, sent
from tests.conftest import StoppedClock
from tests.services.stories import add_case

EVERYONE = {"everyone": True, "departments": [], "employee_nos": []}


def lines_of(text: str) -> dict[str, str]:
    """Return what an answer says of each group."""
    listed = (line.removeprefix("· ").split("：", 1) for line in text.splitlines() if line.startswith("· "))
    return dict(listed)


async def company(app: App) -> co.FakeQQ:
    """郑平 is a plain member of a filed group, and owns an unfiled one."""
    qq = await co.settle_in(app)
    await co.filed(app, scope=EVERYONE, admin_ids=[ADMIN])
    await registry.load(app)
    await audit.audit_group(app, GROUP)
    return qq


async def test_each_group_says_what_will_happen_there(app: App) -> None:
    await company(app)
    async with app.database.transaction() as tx:
        await tx.execute(update(groups).where(groups.c.group_id == OTHER).values(bot_role="admin"))
    said = (await staff.depart(app, "A009", by="10000")).text
    assert lines_of(said) == {"市场部群": "移出", "采购部群": "还没有备案，只记录"}
    await co.filed(app, OTHER, scope=EVERYONE)
    await staff.rehire(app, "A009", by="10000")
    said = (await staff.depart(app, "A009", by="10000")).text
    assert "是群主，不会自动移出" in lines_of(said)["采购部群"]


async def test_where_the_bot_has_no_right_or_is_gone_the_owner_must(app: App) -> None:
    await company(app)
    for change, words in (
        ({"bot_role": None}, "还没有读全成员"),
        ({"bot_role": "member"}, "我不是管理员"),
        ({"bot_role": "admin", "mode": "提醒"}, "“提醒”模式"),
        ({"mode": "观察"}, "只记录"),
        ({"gone_at": app.now()}, "我不在群里了"),
    ):
        async with app.database.transaction() as tx:
            await tx.execute(update(groups).where(groups.c.group_id == GROUP).values(**change))
        said = (await staff.depart(app, "A009", by="10000")).text
        assert words in lines_of(said)["市场部群"], said
        await staff.rehire(app, "A009", by="10000")


async def test_beyond_a_brake_it_says_that_it_will_be_withheld(app: App) -> None:
    await company(app)
    app.policy = app.policy.__class__(
        safety=app.policy.safety.__class__(max_removals=0, max_removal_ratio=0.0)
    )
    said = (await staff.depart(app, "A009", by="10000")).text
    assert "等行政部确认" in lines_of(said)["市场部群"]


async def test_where_one_of_two_clocks_shows_an_earlier_day_it_waits_for_the_right_one(app: App) -> None:
    qq = await company(app)
    for seconds, words in ((-86400.0, "校准后再处理"), (86400.0, "移出"), (0.0, "移出")):
        qq.skew = seconds
        said = (await staff.depart(app, "A009", by="10000")).text
        assert words in lines_of(said)["市场部群"], said
        await staff.rehire(app, "A009", by="10000")


async def test_by_a_registry_that_is_too_old_it_says_that_it_waits_for_a_new_one(
    app: App, clock: StoppedClock
) -> None:
    await company(app)
    clock.move(days=60)
    for on in (None, app.now().date() + timedelta(days=3)):
        said = (await staff.depart(app, "A009", on, by="10000")).text
        assert "导入新的名册后再处理" in lines_of(said)["市场部群"]


async def test_somebody_nobody_can_recognise_is_said_to_be_so(app: App) -> None:
    await company(app)
    async with app.database.transaction() as tx:
        row = {"employee_no": "Z1", "name": "无名", "department": "市场部", "employment": "regular"}
        await tx.execute(employees.insert().values(**row))
        await registry.bump(tx)
    assert "没有核实过的 QQ" in (await staff.depart(app, "Z1", by="10000")).text


async def test_who_is_back_is_asked_back_where_they_were_removed_and_are_not_in_again(app: App) -> None:
    await company(app)
    await staff.depart(app, "A009", by="10000")
    closed = {"closed_at": app.now(), "closed_as": "removed", "status": "closed", "opened_at": app.now()}
    async with app.database.transaction() as tx:
        case = await add_case(tx, code="L1", user_id=30077, employee_no="A009", **closed)
        await add_case(tx, code="L1", user_id=PLAIN, subject="x", employee_no="A009", **closed)
        assert case.id
        await tx.execute(update(cases).values(reason="departed"))
    said = (await staff.rehire(app, "A009", by="10000")).text
    assert "请回：市场部群" in said
    [asked] = [text for _, to, text in await sent(app) if to == OWNER and "重新邀请" in text]
    assert "QQ 30077" in asked
    assert str(PLAIN) not in asked
