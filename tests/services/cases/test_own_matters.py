"""Nobody of admin staff settles what concerns themselves, on whatever path."""

from collections.abc import Awaitable, Callable

import pytest

from db.queries.cases import penalties as penalty_rows
from db.tables.cases import appeals as appeal_table
from db.tables.cases import cases
from db.tables.groups import waivers
from regulation.duties import Code
from regulation.model import Member, Role
from services.answer import Answer
from services.app import App
from services.cases import audit
from services.cases.settling import appeals, dismissals, penalties
from services.cases.settling import waivers as waiving
from services.inbox import settle
from services.people import staff
from tests import company as co
from tests.company import GROUP, HEAD, OWNER, PLAIN, ROOT, STAFF
from tests.services.cases.living import stored
from tests.services.stories import add_penalty, overdue_case

OWN = {"liable": "A004", "liable_user_id": STAFF, "liable_employee_no": "A004"}
Step = Callable[[App, int], Awaitable[Answer]]


async def _first(answers: Awaitable[list[Answer]]) -> Answer:
    return (await answers)[0]


async def waive(app: App, by: int) -> Answer:
    return await dismissals.waive(app, 1, by=by, reason="已说明")


async def dismiss(app: App, by: int) -> Answer:
    return await dismissals.dismiss(app, 1, by=by, reason="有误")


async def exempt(app: App, by: int) -> Answer:
    return await waiving.waive(app, STAFF, Code.C1, 3, "出差", by=by)


async def let_off(app: App, by: int) -> Answer:
    return await _first(settle.settle(app, [("P", 1)], approve=False, by=by, reason="不罚"))


async def confirm(app: App, by: int) -> Answer:
    return await _first(settle.settle(app, [("P", 1)], approve=True, by=by))


async def uphold(app: App, by: int) -> Answer:
    return await _first(settle.settle(app, [("S", 1)], approve=True, by=by, reason="属实"))


async def refuse(app: App, by: int) -> Answer:
    return await _first(settle.settle(app, [("S", 1)], approve=False, by=by, reason="不属实"))


async def paid(app: App, by: int) -> Answer:
    return await penalties.pay(app, 1, by=by)


async def refunded(app: App, by: int) -> Answer:
    return await penalties.refund(app, 1, by=by)


PATHS: dict[str, tuple[Step, str]] = {
    "免除 V": (waive, "proposed"), "撤销 V": (dismiss, "proposed"), "豁免": (exempt, "proposed"),
    "驳回 P": (let_off, "proposed"), "同意 P": (confirm, "proposed"), "同意 S": (uphold, "appealed"),
    "驳回 S": (refuse, "appealed"), "已缴": (paid, "confirmed"), "已退": (refunded, "to_refund"),
}  # fmt: skip


async def own_case(app: App, state: str) -> None:
    """Hold a card and its fine against the clerk 赵敏, who contests it where `state` is appealed."""
    case = await overdue_case(app, user_id=STAFF, employee_no="A004", subject=str(STAFF))
    await add_penalty(app, case, state="proposed" if state == "appealed" else state, **OWN)
    if state == "appealed":
        assert (await appeals.appeal(app, case.id, by=STAFF, reason="当天出差")).ok


async def everything(app: App) -> list[object]:
    async with app.database.reading() as tx:
        fines = await penalty_rows.of_case(tx, 1)
    return [
        *fines,
        await stored(app, cases.c.id, cases.c.status, cases.c.closed_as, cases.c.frozen),
        await stored(app, appeal_table.c.id, appeal_table.c.state),
        await stored(app, waivers.c.id),
    ]


@pytest.mark.parametrize("path", PATHS)
async def test_a_clerk_settles_nothing_of_their_own_and_somebody_else_does(app: App, path: str) -> None:
    await co.settle_in(app)
    step, state = PATHS[path]
    await own_case(app, state)
    before = await everything(app)
    answer = await step(app, STAFF)
    assert not answer.ok
    assert "与您本人有关" in answer.text
    assert await everything(app) == before
    assert (await step(app, ROOT)).ok
    assert await everything(app) != before


async def test_a_superuser_does_where_there_is_nobody_else_of_admin_staff(app: App) -> None:
    await co.settle_in(app)
    app.settings = app.settings.model_copy(update={"superusers": frozenset({HEAD})})
    case = await overdue_case(app, user_id=HEAD, employee_no="A001", subject=str(HEAD))
    assert not (await dismissals.waive(app, case.id, by=HEAD, reason="有误")).ok
    await staff.depart(app, "A004", by=str(HEAD))
    assert (await dismissals.waive(app, case.id, by=HEAD, reason="有误")).ok


@pytest.mark.parametrize("group_id", [None, GROUP])
async def test_who_owns_a_group_spares_themselves_by_no_waiver_of_a_leaver(
    app: App, group_id: int | None
) -> None:
    qq = await co.settle_in(app)
    qq.lists[GROUP] = [Member(STAFF, role=Role.OWNER), Member(co.BOT, role=Role.ADMIN), Member(PLAIN)]
    await staff.depart(app, "A009", by=str(ROOT))
    await co.filed(app, owner_id=STAFF)
    await audit.audit_group(app, GROUP)
    [case_id] = [number for number, code in await stored(app, cases.c.id, cases.c.code) if code == "L1"]
    spare = {"reason": "借调", "group_id": group_id}
    assert "与您本人有关" in (await waiving.waive(app, PLAIN, Code.L1, 9, by=STAFF, **spare)).text
    assert "与您本人有关" in (await dismissals.waive(app, case_id, by=STAFF, reason="借调")).text
    assert (await waiving.waive(app, PLAIN, Code.L1, 9, by=ROOT, **spare)).ok


async def test_others_matters_are_theirs_to_settle(app: App) -> None:
    await co.settle_in(app)
    number = await add_penalty(app, await overdue_case(app), liable_user_id=OWNER)
    assert (await _first(settle.settle(app, [("P", number)], approve=False, by=STAFF, reason="初犯"))).ok
