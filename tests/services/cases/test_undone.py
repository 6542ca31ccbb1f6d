"""What is undone after it was decided, paid or acted on: money, others' penalties, what comes back, figures."""

from collections.abc import Awaitable, Callable

import pytest

from config.phrases.penalties import STATES
from db.queries.cases import penalties as penalty_rows
from db.queries.cases import timelines
from db.tables.cases import cases, penalties
from regulation.duties import Code
from regulation.model import Case, Member, Role
from regulation.penalties import Penalty, PenaltyState
from regulation.periods import read_period
from services.answer import Answer
from services.app import App
from services.cases import audit, violations
from services.cases.settling import appeals, dismissals, fine_list
from services.cases.settling import penalties as fines
from services.imports import undoing
from services.inbox import settle
from services.people import own_record, registry, staff
from services.reports import figures, spot_checks
from services.reports.filters import Filters
from tests.company import ADMIN, BOT, GROUP, HEAD, OWNER, PLAIN, STAFF, FakeQQ, filed, sent, settle_in
from tests.conftest import StoppedClock
from tests.services.cases.living import imported, look, powerless, stored
from tests.services.stories import add_case, add_penalty, overdue_case

Undoing = Callable[[App, Case], Awaitable[Answer]]


async def waived(app: App, case: Case) -> Answer:
    return await dismissals.waive(app, case.id, by=STAFF, reason="已说明")


async def dismissed(app: App, case: Case) -> Answer:
    return await dismissals.dismiss(app, case.id, by=STAFF, reason="名册有误")


async def upheld(app: App, case: Case) -> Answer:
    assert (await appeals.appeal(app, case.id, by=OWNER, reason="当时不是群主")).ok
    return (await settle.settle(app, [("S", 1)], approve=True, by=STAFF, reason="属实"))[0]


UNDOINGS = pytest.mark.parametrize("undo", [waived, dismissed, upheld])


async def one(app: App, penalty_id: int) -> Penalty:
    async with app.database.reading() as tx:
        found = await penalty_rows.get(tx, penalty_id)
    assert found is not None
    return found


async def told(app: App, user_id: int, since: int = 0) -> str:
    return "\n".join(text for _, to, text in (await sent(app))[since:] if to == user_id)


async def listed(app: App) -> str:
    """Return `罚单`, asked without a period."""
    async with app.database.reading() as tx:
        return "\n".join(await fine_list.lines_of(app, tx, Filters()))


async def paid(app: App) -> tuple[Case, int]:
    """A penalty of the owner that was confirmed and paid."""
    await settle_in(app)
    case = await overdue_case(app)
    number = await add_penalty(app, case)
    assert (await fines.settle(app, [number], approve=True, by=STAFF, reason="")).ok
    assert (await fines.pay(app, number, by=STAFF)).ok
    return case, number


@UNDOINGS
async def test_what_was_paid_is_to_be_refunded_until_it_is_recorded_once(
    app: App, clock: StoppedClock, undo: Undoing
) -> None:
    case, number = await paid(app)
    answer = await undo(app, case)
    assert "退款" in answer.text
    assert (await one(app, number)).state is PenaltyState.TO_REFUND
    assert (await told(app, OWNER)).count(f"P{number} 作废") + (await told(app, OWNER)).count("已作废") == 1
    assert "会退" in await told(app, OWNER)
    assert f"已退 P{number}" in await told(app, STAFF)
    clock.move(days=40)  # it stays in the list until somebody gives it back
    assert "P1 待退款 20.00 元 王强" in await listed(app)
    assert "P1 20.00 元 待退款" in (await own_record.mine(app, OWNER)).text
    before = len(await sent(app))
    assert (await fines.refund(app, number, by=STAFF)).ok
    assert "20.00 元已登记退还" in await told(app, OWNER, before)
    again = await fines.refund(app, number, by=STAFF)
    assert not again.ok
    assert again.text == "P1 已经登记退款过了。"
    assert "P1 20.00 元 已退款" in (await own_record.mine(app, OWNER)).text
    assert "P1" not in await listed(app)


@pytest.mark.parametrize("state", ["proposed", "confirmed", "settled", "waived", "appealed", "refunded"])
async def test_nothing_is_given_back_that_was_not_undone_after_it_was_paid(app: App, state: str) -> None:
    await settle_in(app)
    number = await add_penalty(app, await overdue_case(app), state=state)
    answer = await fines.refund(app, number, by=STAFF)
    assert not answer.ok
    assert ("已经登记退款" if state == "refunded" else STATES[state]) in answer.text
    assert (await one(app, number)).state == state


@pytest.fixture
async def qq(app: App) -> FakeQQ:
    """A filed group for everybody, where the bot has no right; 郑平 left and nobody removed him."""
    made = await settle_in(app)
    made.lists[GROUP] = [
        Member(OWNER, card="市场部-王强", role=Role.OWNER),
        Member(ADMIN, card="市场部-李雷", role=Role.ADMIN),
        Member(HEAD, card="市场部-张总", role=Role.ADMIN),
        Member(BOT),
        Member(PLAIN, card="采购部-郑平"),
    ]
    everyone = {"everyone": True, "departments": [], "employee_nos": []}
    await filed(app, scope=everyone, owner_id=None, admin_ids=None)
    await registry.load(app)
    await audit.audit_group(app, GROUP)
    powerless(made)
    return made


async def overdue(app: App, qq: FakeQQ, clock: StoppedClock) -> tuple[Case, dict[int, int]]:
    """Return the overdue L1 case, and the penalty of each who is liable."""
    await staff.depart(app, "A009", by="10000")
    await look(app, qq)
    clock.move(days=4)
    await look(app, qq)
    rows = await stored(app, penalties.c.id, penalties.c.liable_user_id, penalties.c.case_id)
    assert {who for _, who, _ in rows} == {OWNER, ADMIN, HEAD}
    async with app.database.reading() as tx:
        case = await timelines.get(tx, rows[0][2])
    assert case is not None
    return case, {who: number for number, who, _ in rows}


async def test_the_others_penalties_are_put_before_admin_staff_and_each_ends_as_they_say(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    case, number = await overdue(app, qq, clock)
    await fines.settle(app, [*number.values()], approve=True, by=STAFF, reason="")
    await fines.pay(app, number[ADMIN], by=STAFF)
    before = len(await sent(app))
    assert (await upheld(app, case)).ok
    states = {who: (await one(app, penalty)).state for who, penalty in number.items()}
    assert states == {OWNER: "waived", ADMIN: "proposed", HEAD: "proposed"}
    asked = await told(app, STAFF, before)
    assert all(f"P{number[who]}" in asked for who in (ADMIN, HEAD))
    assert "（原已缴）" in await listed(app)
    for who in (ADMIN, HEAD):
        assert "重新审核" in await told(app, who, before)
        assert "作废" not in await told(app, who, before)
    await fines.settle(app, [number[ADMIN]], approve=True, by=STAFF, reason="")
    await fines.settle(app, [number[HEAD]], approve=False, by=STAFF, reason="同一原因")
    assert (await one(app, number[ADMIN])).state is PenaltyState.SETTLED
    assert (await one(app, number[HEAD])).state is PenaltyState.WAIVED
    assert "作废" in await told(app, HEAD, before)
    assert "维持" in await told(app, ADMIN, before)
    assert "作废" not in await told(app, ADMIN, before)


UNTIL = "2026-03-12 借调"


@pytest.mark.parametrize("reason", ["", UNTIL])
@UNDOINGS
async def test_who_must_be_out_comes_back_the_next_day_and_a_spot_check_names_them_meanwhile(
    app: App, qq: FakeQQ, clock: StoppedClock, undo: Undoing, reason: str
) -> None:
    case, _ = await overdue(app, qq, clock)
    if reason and undo is upheld:
        await appeals.appeal(app, case.id, by=OWNER, reason="借调")
        await appeals.settle(app, 1, uphold=True, by=STAFF, reason=reason)
    elif reason:
        settled = dismissals.waive if undo is waived else dismissals.dismiss
        await settled(app, case.id, by=STAFF, reason=reason)
    else:
        await undo(app, case)
    await look(app, qq)
    [checked] = (await spot_checks.draw_one(app, GROUP, by=STAFF)).results
    assert (checked.outcome, checked.findings.by_code["L1"]) == ("findings", 1)
    if reason:
        clock.move(days=6)  # 2026-03-12
        await look(app, qq)
        assert "L1" not in [code for _, code in await open_cases(app)]
    clock.move(days=1)
    await look(app, qq)
    again = [number for number, code in await open_cases(app) if code == "L1"]
    assert len(again) == 1
    assert f"V{case.id}" in (await violations.story(app, again[0])).text


async def open_cases(app: App) -> list[tuple[int, str]]:
    rows = await stored(app, cases.c.id, cases.c.code, cases.c.closed_at)
    return [(number, code) for number, code, closed in rows if closed is None]


async def test_a_card_that_was_excused_stays_so_while_it_is_the_same(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    qq.lists[GROUP][-1] = Member(PLAIN, card="平平")
    await look(app, qq)
    [(number, _)] = [row for row in await open_cases(app) if row[1] == "C1"]
    await dismissals.waive(app, number, by=STAFF, reason="艺名")
    for card, opened in (("平平", []), ("小平", [Code.C1])):
        clock.move(days=2)
        qq.lists[GROUP][-1] = Member(PLAIN, card=card)
        await look(app, qq)
        assert [code for _, code in await open_cases(app) if code == "C1"] == opened


async def test_what_an_undone_import_brought_is_in_no_figure_and_no_record(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    number = await imported(app, ("A009", "郑平", "采购部", "离职", str(PLAIN), "2026-03-01"))
    await look(app, qq)
    clock.move(days=4)
    await look(app, qq)  # overdue, and fined
    clock.move(hours=1)
    assert (await undoing.undo_import(app, number, by="10000")).state == "undone"
    await look(app, qq)
    period = read_period("本月", clock.now().date())
    assert period is not None
    counted = await figures.load(app, period, Filters(group_id=GROUP))
    seen = {code: n for code, n in counted.by_clause.items() if code == "L1"}
    assert (seen, counted.cured) == ({}, 0)
    others = [row for row in await stored(app, cases.c.id, cases.c.code) if row[1] != "L1"]
    assert (counted.opened, counted.open) == (len(others), len(others))
    record = (await own_record.mine(app, PLAIN)).text
    assert "离职" not in record
    assert "已了结" not in record
    assert "罚单：没有" in (await own_record.mine(app, OWNER)).text


@pytest.mark.parametrize(("number", "asked"), [("A009", True), ("N1", False)])
async def test_nobody_is_asked_back_whom_the_company_no_longer_knows(
    app: App, qq: FakeQQ, clock: StoppedClock, number: str, asked: bool
) -> None:
    roster = await imported(app, (number, "郑平", "采购部", "离职", "30077", "2026-03-01"))
    closed = {"status": "closed", "closed_at": clock.now(), "closed_as": "removed", "opened_at": clock.now()}
    async with app.database.transaction() as tx:
        await add_case(tx, code="L1", user_id=30077, employee_no=number, **closed)
    said = (await undoing.undo_import(app, roster, by="10000")).text
    assert ("请回" in said) is asked
    assert any("QQ 30077" in text and "重新邀请" in text for _, _, text in await sent(app)) is asked


async def test_an_appeal_against_what_was_waived_goes_on_with_nothing(app: App) -> None:
    await settle_in(app)
    case = await overdue_case(app)
    await dismissals.waive(app, case.id, by=STAFF, reason="已说明")
    assert (await appeals.appeal(app, case.id, by=PLAIN, reason="记错了")).ok
    [answer] = await settle.settle(app, [("S", 1)], approve=False, by=STAFF)
    assert answer.text == f"S1 申诉不成立：V{case.id} 仍按已免除处理。"
    assert "仍按已免除处理" in await told(app, PLAIN)
