"""Nobody is wronged: the very histories that once ended unfairly, each with its right outcome.

They take days, so they are played on the real services and a real database with a clock that is moved by
hand, and a QQ that answers from memory; `look` does what the sender would. What the wire alone can show
is in tests/journeys/test_nobody_is_wronged.py.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from db.queries.cases import timelines
from db.tables.cases import cases, penalties
from db.tables.groups import filings, groups
from db.tables.work import outbox
from regulation.model import Employee, Member, Role
from regulation.periods import read_period
from regulation.policy import DepartmentNames
from services.acts import Act, ActKind, ActOutcome, Lane, Priority
from services.app import App
from services.cases import audit, enforcing
from services.cases.settling import appeals, dismissals
from services.cases.settling import penalties as fines
from services.filing import hand_in, review
from services.groups import card_help
from services.imports import undoing
from services.joining import invitations, rounds
from services.joining.heard import Heard
from services.outbox import queue
from services.people import registry, renaming, roles, staff
from services.people.roles import Who
from services.reports import figures, spot_checks
from services.reports.filters import Filters
from services.running import status
from services.sender import bookkeeping, outcomes
from services.sender.bookkeeping import Route
from tests import company as co
from tests.company import ADMIN, BOT, GROUP, HEAD, OWNER, PLAIN, STAFF, TRAINEE, FakeQQ, sent
from tests.conftest import StoppedClock
from tests.services.cases.living import imported, look, powerless, queued, stored

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


async def test_05_what_was_paid_is_refunded_and_an_appeal_drops_no_other_fine(
    app: App, left_behind: FakeQQ, clock: StoppedClock
) -> None:
    case_id = await overdue(app, left_behind, clock)
    (mine, _), (other, _) = await penalty_of(app, OWNER), await penalty_of(app, ADMIN)
    await fines.settle(app, [mine, other], approve=True, by=STAFF, reason="")
    await fines.pay(app, mine, by=STAFF)
    assert (await appeals.appeal(app, case_id, by=ADMIN, reason="当时不是管理员")).ok
    await appeals.settle(app, 1, uphold=True, by=STAFF, reason="属实")
    assert (await penalty_of(app, ADMIN))[1] == "waived"
    assert (await penalty_of(app, OWNER))[1] == "proposed"  # decided anew, known as paid
    assert f"P{mine}" in await told(app, STAFF)
    assert (await dismissals.dismiss(app, case_id, by=STAFF, reason="名册有误")).ok
    assert (await penalty_of(app, OWNER))[1] == "to_refund"
    assert "退" in await told(app, OWNER)
    assert (await fines.refund(app, mine, by=STAFF)).ok
    assert not (await fines.refund(app, mine, by=STAFF)).ok
    assert (await penalty_of(app, OWNER))[1] == "refunded"


async def test_06_who_must_be_out_is_named_again_after_an_upheld_appeal(
    app: App, left_behind: FakeQQ, clock: StoppedClock
) -> None:
    qq, case_id = left_behind, await overdue(app, left_behind, clock)
    await appeals.appeal(app, case_id, by=OWNER, reason="没有收到通知")
    await appeals.settle(app, 1, uphold=True, by=STAFF, reason="属实")
    await look(app, qq)
    assert "L1" not in await open_codes(app)
    [checked] = (await spot_checks.draw_one(app, GROUP, by=STAFF)).results
    assert checked.findings.quiet
    clock.move(days=1)
    await look(app, qq)
    assert "L1" in await open_codes(app)


async def test_06_14_an_undone_import_stands_in_no_figure_and_who_was_removed_is_asked_back(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    number = await imported(app, ("A009", "郑平", "采购部", "离职", str(PLAIN), "2026-03-01"))
    await look(app, qq)
    assert PLAIN not in {member.user_id for member in qq.lists[GROUP]}
    undone = await undoing.undo_import(app, number, by="10000")
    assert undone.state == "undone"
    assert "市场部群" in undone.text
    assert f"郑平（QQ {PLAIN}）" in await told(app, OWNER)
    period = read_period("本月", clock.now().date())
    assert period is not None
    counted = await figures.load(app, period, Filters(group_id=GROUP))
    assert "L1" not in counted.by_clause
    assert counted.cured == 0


async def test_14_who_was_being_removed_when_the_import_was_undone_is_asked_back(
    app: App, qq: FakeQQ
) -> None:
    number = await imported(app, ("A009", "郑平", "采购部", "离职", str(PLAIN), "2026-03-01"))
    await enforcing.run(app, [GROUP])
    [act] = await queued(app, outbox.c.kind == "remove")
    assert (await undoing.undo_import(app, number, by="10000")).state == "undone"
    assert f"郑平（QQ {PLAIN}）" not in await told(app, OWNER)
    async with app.database.transaction() as tx:
        await outcomes.record(app, tx, act, ActOutcome("done", confirmed_by="member_list"))
    assert f"郑平（QQ {PLAIN}）" in await told(app, OWNER)


@pytest.mark.dialects
async def test_14_who_comes_back_by_a_roster_is_asked_back_too(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    """The next roster puts right what the last one said wrongly: nobody has to undo anything."""
    qq.lists[GROUP].append(Member(TRAINEE, card=CARDS[TRAINEE]))
    left = [("A009", "郑平", "采购部", str(PLAIN)), ("A006", "孙丽", "市场部", str(TRAINEE))]
    await imported(app, *((*one[:3], "离职", one[3], "2026-03-01") for one in left))
    await look(app, qq)
    assert not {PLAIN, TRAINEE} & {member.user_id for member in qq.lists[GROUP]}
    clock.move(days=1)
    await imported(app, *((*one[:3], "正式", one[3], "") for one in left))
    [asked] = [text for _, to, text in await sent(app) if to == OWNER and f"郑平（QQ {PLAIN}）" in text]
    assert f"孙丽（QQ {TRAINEE}）" in asked
    verdict = await rounds.hear(app, Heard(BOT, GROUP, PLAIN, "我回来了", "flag-1"))
    assert verdict is not None
    assert verdict.row == 10


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


@pytest.mark.parametrize("invited", [True, False])
async def test_08_where_the_bot_owns_a_group_without_admins_others_are_asked_to_have_it_filed(
    app: App, qq: FakeQQ, invited: bool
) -> None:
    if invited:
        await invitations.invited(app, BOT, THIRD, HEAD, "flag")
    await group(app, qq, THIRD, [Member(BOT, role=Role.OWNER), Member(PLAIN)], filed=False)
    for _ in range(2):
        await enforcing.run(app, [THIRD])
    asked = [to for _, to, text in await sent(app) if to and "第3群" in text and "备案" in text]
    assert asked == ([HEAD] if invited else [co.ROOT, STAFF])


async def test_08_an_admin_who_filed_for_the_bot_is_no_drift(app: App, qq: FakeQQ) -> None:
    await group(app, qq, THIRD, [Member(BOT, role=Role.OWNER), Member(HEAD, role=Role.ADMIN)], filed=False)
    handed_in = await hand_in.file(app, THIRD, hand_in.Wish("市场部日常沟通", "市场部"), by=HEAD)
    assert handed_in.ok, handed_in.text
    assert (await review.settle(app, 2, approve=True, by=STAFF)).ok
    await audit.audit_group(app, THIRD)
    async with app.database.reading() as tx:
        assert {case.code for case in await timelines.open_of_group(tx, THIRD)} & {"F1", "F2"} == set()


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


async def test_13_a_superuser_who_departed_has_no_right_and_another_is_asked_for(
    app: App, qq: FakeQQ
) -> None:
    app.settings = app.settings.model_copy(update={"superusers": frozenset({co.ROOT, HEAD})})
    await staff.depart(app, "A001", by="10000")
    async with app.database.reading() as tx:
        assert HEAD not in await roles.admin_staff(app, tx)
        assert await roles.roles_of(app, tx, HEAD) & {Who.SUPERUSER, Who.ADMIN_STAFF, Who.HEAD} == set()
    assert f"张总（QQ {HEAD}）" in (await status.report(app)).text


async def test_01_a_renamed_department_loses_nobody_refuses_nobody_and_costs_nobody(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    """`departments.renamed`, then the roster with the new name: a year in which nothing happened."""
    await group(app, qq, THIRD, co.members(owner=HEAD, plain=(OWNER,)))
    async with app.database.transaction() as tx:
        scope = {"everyone": False, "departments": ["市场部"], "employee_nos": []}
        await tx.execute(update(filings).where(filings.c.group_id == THIRD).values(scope=scope))
    await renaming.take_up(app, app.policy.departments)
    names = DepartmentNames(renamed={"市场部": "市场营销中心"})
    app.policy = replace(app.policy, departments=names)
    await registry.load(app)
    assert await renaming.take_up(app, names) is None
    await imported(
        app,
        ("A001", "张总", "市场营销中心", "正式", str(HEAD), ""),
        ("A002", "王强", "市场营销中心", "正式", str(OWNER), ""),
        ("A003", "李雷", "市场营销中心/华东组", "正式", str(ADMIN), ""),
    )
    asks = Heard(BOT, THIRD, co.TRAINEE, "", "flag-1")
    for _ in range(5):
        await enforcing.run(app, [THIRD])
        clock.move(days=1)
    async with app.database.reading() as tx:
        assert {case.code for case in await timelines.open_of_group(tx, THIRD)} & {"M2", "T1"} == set()
        kinds = set((await tx.execute(select(outbox.c.kind))).scalars())
    assert "remove" not in kinds
    assert await fined(app) == []
    verdict = await rounds.hear(app, replace(asks, user_id=ADMIN))
    assert verdict is None or verdict.row == 10
