"""A QQ that is not whose it was taken for: their cases say so when they close, and staff hear what stands."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import insert

from db.queries.cases import timelines
from db.tables.cases import cases, penalties
from db.tables.registry import employees
from regulation.model import Closure
from services.app import App
from services.cases import audit, violations
from services.cases.settling import dismissals
from services.people import grants, registry, staff
from tests.company import GROUP, PLAIN, ROOT, filed, settle_in
from tests.services.cases.living import stored
from tests.services.stories import add_penalty, overdue_case

Unbind = Callable[[App], Awaitable[str]]

pytestmark = pytest.mark.dialects


@pytest.fixture(autouse=True)
async def company(app: App) -> None:
    await settle_in(app)
    await registry.load(app)
    await filed(app)


async def unbound(app: App) -> str:
    return (await grants.unbind_by_staff(app, PLAIN, by=ROOT)).text


async def bound_anew(app: App) -> str:
    return (await grants.bind_by_staff(app, PLAIN, "A005", by=ROOT)).text


async def unbound_then_bound(app: App) -> str:
    said = await unbound(app)
    await audit.audit_group(app, GROUP)
    return said + await bound_anew(app)


async def leaver(app: App) -> int:
    """郑平 left, and is in the group still: return the case."""
    assert (await staff.depart(app, "A009", by=str(ROOT))).ok
    await audit.audit_group(app, GROUP)
    return next(id for id, code in await stored(app, cases.c.id, cases.c.code) if code == "L1")


async def closed_as(app: App, case_id: int) -> str | None:
    return dict(await stored(app, cases.c.id, cases.c.closed_as))[case_id]


@pytest.mark.parametrize("unbind", [unbound, bound_anew, unbound_then_bound])
async def test_a_leaver_whose_qq_is_not_theirs_has_bettered_nothing(app: App, unbind: Unbind) -> None:
    case_id = await leaver(app)
    said = await unbind(app)
    await audit.audit_group(app, GROUP)

    assert await closed_as(app, case_id) == Closure.UNBOUND
    assert "QQ 已不归本人" in (await violations.story(app, case_id)).text
    assert all(word in said for word in ("郑平", f"V{case_id} ", "撤销"))


async def test_a_fine_is_spoken_of_as_long_as_nobody_settled_it(app: App) -> None:
    case_id = await leaver(app)
    async with app.database.reading() as tx:
        case = await timelines.get(tx, case_id)
    assert case is not None
    fine = await add_penalty(app, case)
    await unbound(app)
    await audit.audit_group(app, GROUP)

    assert (await grants.bind_by_staff(app, PLAIN, "A005", by=ROOT)).ok
    assert [state for _, state in await stored(app, penalties.c.id, penalties.c.state)] == ["proposed"]
    assert (await dismissals.dismiss(app, case_id, by=ROOT, reason="绑错了人")).ok
    assert await stored(app, penalties.c.id, penalties.c.state) == [(fine, "waived")]


async def test_of_whom_nothing_stands_nothing_is_said(app: App) -> None:
    assert "在案" not in await unbound(app)


async def test_who_may_be_the_former_holder_is_asked_about_though_unbound_before(app: App) -> None:
    await overdue_case(app)
    async with app.database.transaction() as tx:
        row = {"employee_no": "B109", "name": "郑平", "department": "采购部", "employment": "regular"}
        await tx.execute(insert(employees).values(**row, is_head=False))
    await unbound(app)
    answer = await grants.bind_by_staff(app, PLAIN, "B109", by=ROOT)
    assert f"绑定 {PLAIN} B109 原工号=A009" in answer.text
