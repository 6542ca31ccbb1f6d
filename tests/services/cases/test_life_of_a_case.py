"""The life of a case over days: reading, plan, act, deadline, overdue, proposal, cure. Real database, moved clock."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from db.queries.joining import requests
from db.queries.work.outbox import OutboxRow
from db.tables.cases import case_events, cases, penalties
from db.tables.identities import identities
from db.tables.registry import employees
from db.tables.requests import join_requests
from db.tables.work import outbox
from regulation.join_gate import Decision, Verdict
from regulation.model import Employee, Member, Role
from regulation.policy import CardFormat, Policy, Safety
from services.acts import Act, ActKind, Priority
from services.app import App
from services.cases import enforcing
from services.joining.heard import Heard, new_request
from services.outbox import queue
from services.people import roles
from tests.company import (
    ADMIN,
    BOT,
    GROUP,
    OTHER,
    OWNER,
    PEOPLE,
    PLAIN,
    FakeQQ,
    filed,
    registry_of,
    sent,
    settle_in,
)
from tests.conftest import StoppedClock
from tests.services.cases.living import look, powerless, queued, stored, why_not

pytestmark = pytest.mark.dialects


@pytest.fixture
async def qq(app: App) -> FakeQQ:
    made = await settle_in(app)
    await filed(app, GROUP, admin_ids=[ADMIN, 20001])
    made.lists[GROUP] = [
        Member(OWNER, card="市场部-王强", role=Role.OWNER),
        Member(ADMIN, card="市场部-李雷", role=Role.ADMIN),
        Member(20001, card="市场部-张总", role=Role.ADMIN),
        Member(BOT, role=Role.ADMIN),
    ]
    return made


def leaver(app: App) -> None:
    """王强's colleague 郑平 becomes of this department, then leaves today."""
    today = app.now().date()
    gone = Employee("A009", "郑平", "市场部", departed_on=today, departure_known_on=today)
    app.registry = registry_of([(gone if e.employee_no == "A009" else e, qq) for e, qq in PEOPLE])


async def test_a_wrong_card_is_reminded_then_overdue_then_set_by_the_bot(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    qq.lists[GROUP].append(Member(20006, card="孙丽"))
    async with app.database.transaction() as tx:
        await tx.execute(
            update(employees).where(employees.c.employee_no == "A006").values(employment="regular")
        )
    app.registry = registry_of(
        [
            (replace(e, regularized_on=clock.now().date()) if e.employee_no == "A006" else e, q)
            for e, q in PEOPLE
        ]
    )
    said = await look(app, qq)
    reminder = next(row for row in said if row.kind is ActKind.SEND_GROUP)
    assert {"at": 20006} in reminder.payload["parts"]
    [(_, status, due)] = await stored(app, cases.c.id, cases.c.status, cases.c.due_at)
    assert status == "reminded"
    assert due.isoformat() == "2026-03-06T00:00:00+08:00"

    clock.move(hours=2)
    assert await look(app, qq) == []  # one reminder a person a day
    clock.time = due - timedelta(seconds=1)
    await look(app, qq)
    assert await stored(app, penalties.c.id) == []
    clock.time = due + timedelta(seconds=1)
    await look(app, qq)
    assert [m.card for m in qq.lists[GROUP] if m.user_id == 20006] == ["市场部-孙丽"]
    [(_, closed_as, overdue)] = await stored(app, cases.c.id, cases.c.closed_as, cases.c.overdue_at)
    assert (closed_as, overdue) == ("corrected", due)
    [(_, amount, liable, state)] = await stored(
        app, penalties.c.id, penalties.c.amount, penalties.c.liable_user_id, penalties.c.state
    )
    assert (str(amount), liable, state) == ("10.00", 20006, "proposed")
    events = [kind for _, kind in await stored(app, case_events.c.id, case_events.c.kind)]
    life = ["opened", "reminded", "overdue", "closed"]
    assert list(dict.fromkeys(kind for kind in events if kind in life)) == life


async def test_a_departed_member_is_removed_at_once_and_nobody_is_blamed(app: App, qq: FakeQQ) -> None:
    qq.lists[GROUP].append(Member(PLAIN, card="市场部-郑平"))
    leaver(app)
    done = await look(app, qq)
    assert [row.user_id for row in done if row.kind is ActKind.REMOVE] == [PLAIN]
    assert await stored(app, cases.c.id, cases.c.code, cases.c.closed_as) == [(1, "L1", "removed")]
    assert await stored(app, penalties.c.id) == []


async def test_where_the_bot_has_no_right_owner_and_each_admin_are_proposed_twenty_after_the_deadline(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    qq.lists[GROUP] = [replace(m, role=Role.MEMBER) if m.user_id == BOT else m for m in qq.lists[GROUP]]
    qq.lists[GROUP].append(Member(PLAIN, card="市场部-郑平"))
    powerless(qq)
    leaver(app)
    told = await look(app, qq)
    assert {row.user_id for row in told if "郑平" in str(row.payload)} >= {OWNER, ADMIN, 20001}
    clock.move(hours=1)
    assert not [row for row in await look(app, qq) if "郑平" in str(row.payload)]  # told once
    clock.move(days=3)
    await look(app, qq)
    assert await stored(app, penalties.c.id) == []  # the third day is not over
    clock.move(days=1)
    await look(app, qq)
    await look(app, qq)
    found = await stored(app, penalties.c.liable_user_id, penalties.c.amount)
    assert [(liable, str(amount)) for liable, amount in found] == [
        (20001, "20.00"),
        (OWNER, "20.00"),
        (ADMIN, "20.00"),
    ]


async def test_an_unreachable_group_is_unknown_and_nothing_is_opened_or_closed(app: App, qq: FakeQQ) -> None:
    qq.lists[GROUP].append(Member(PLAIN, card="市场部-郑平"))
    leaver(app)
    qq.down = True
    [outcome] = await enforcing.run(app, [GROUP])
    assert outcome.unknown
    assert await stored(app, cases.c.id) == []


async def test_too_many_at_once_are_withheld_whole_and_the_batch_is_shown_once(app: App, qq: FakeQQ) -> None:
    app.policy = replace(app.policy, safety=Safety(max_removals=1, max_removal_ratio=0.1))
    today = app.now().date()
    crowd = [
        (Employee(f"B{n}", f"离{n}", "市场部", departed_on=today, departure_known_on=today), 25000 + n)
        for n in range(4)
    ]
    app.registry = registry_of([*PEOPLE, *crowd])
    qq.lists[GROUP] += [Member(user_id) for _, user_id in crowd]
    done = await look(app, qq)
    assert [row for row in done if row.kind is ActKind.REMOVE] == []
    shown = [row for row in done if "R1" in str(row.payload)]
    assert shown
    assert not [row for row in await look(app, qq) if "R" in str(row.payload.get("parts"))]


async def test_a_cure_ends_the_case_and_its_reminders(app: App, qq: FakeQQ, clock: StoppedClock) -> None:
    app.policy = replace(Policy(), card=CardFormat(auto_fix="never"))
    qq.lists[GROUP].append(Member(20006, card="x"))
    app.registry = registry_of(
        [
            (replace(e, regularized_on=clock.now().date()) if e.employee_no == "A006" else e, q)
            for e, q in PEOPLE
        ]
    )
    await look(app, qq)
    qq.lists[GROUP][-1] = Member(20006, card="市场部-孙丽")
    clock.move(days=5)
    assert [row for row in await look(app, qq) if row.kind is ActKind.SEND_GROUP] == []
    assert await stored(app, cases.c.id, cases.c.closed_as) == [(1, "cured")]
    assert await stored(app, penalties.c.id) == []


async def set_card_row(app: App, state: str) -> None:
    """A newcomer's card that the bot sets, as the join gate queues it: bound to no case."""
    act = Act(ActKind.SET_CARD, Priority.CARD, {"card": "市场部-王强"}, group_id=GROUP, user_id=OWNER)
    async with app.database.transaction() as tx:
        await queue(app, tx, act)
        values = {"state": state, "finished_at": app.now() if state == "done" else None}
        await tx.execute(update(outbox).where(outbox.c.kind == "set_card").values(**values))


def reminders(rows: list[OutboxRow]) -> list[OutboxRow]:
    return [row for row in rows if row.payload.get("purpose") == "card_reminder"]


async def test_a_reading_from_before_the_bot_set_the_card_reminds_nobody(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    qq.lists[GROUP][0] = replace(qq.lists[GROUP][0], card="")
    await set_card_row(app, "done")
    assert reminders(await look(app, qq)) == []
    clock.move(seconds=2)
    assert len(reminders(await look(app, qq))) == 1  # seen wrong after it was set


async def test_a_reminder_is_dropped_while_the_bot_sets_that_card(app: App, qq: FakeQQ) -> None:
    qq.lists[GROUP][0] = replace(qq.lists[GROUP][0], card="")
    await enforcing.run(app, [GROUP])
    [row] = await queued(app, outbox.c.kind == "send_group")
    assert await why_not(app, row) is None
    await set_card_row(app, "claimed")
    assert await why_not(app, row)


async def test_a_reminder_of_a_card_that_is_not_the_right_one_any_more_is_dropped(
    app: App, qq: FakeQQ
) -> None:
    qq.lists[GROUP][0] = replace(qq.lists[GROUP][0], card="")
    await enforcing.run(app, [GROUP])
    [row] = await queued(app, outbox.c.kind == "send_group")
    moved = [
        (replace(one, department="财务部") if number == OWNER else one, number) for one, number in PEOPLE
    ]
    app.registry = registry_of(moved)
    not_said = await why_not(app, row)
    assert not_said is not None
    assert "应有的名片已变" in not_said.detail


async def test_nobody_is_reminded_whom_the_gate_is_just_letting_in(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    qq.lists[GROUP][0] = replace(qq.lists[GROUP][0], card="")
    heard = Heard(BOT, GROUP, OWNER, "", "flag")
    verdict = Verdict(Decision.APPROVE, 10, "proved")
    made = new_request(heard, verdict, registry_version=1, answers=True, now=app.now())
    async with app.database.transaction() as tx:
        await requests.add_many(tx, [made])
    assert reminders(await look(app, qq)) == []
    async with app.database.transaction() as tx:
        await tx.execute(update(join_requests).values(state="answered"))
    clock.move(minutes=1)
    assert len(reminders(await look(app, qq))) == 1


async def test_a_card_that_qq_cannot_hold_is_never_demanded_and_admin_staff_are_told_once(
    app: App, qq: FakeQQ
):
    department, name = "国际业务拓展与战略合作部", "买买提·阿卜杜热合曼"
    people = [
        (replace(one, department=department, name=name) if qq_no == PLAIN else one, qq_no)
        for one, qq_no in PEOPLE
    ]
    app.registry = registry_of(people)
    qq.lists[GROUP].append(Member(PLAIN, card="买买提阿卜杜热合曼"))
    for _ in range(2):
        await look(app, qq)
    assert await stored(app, cases.c.code) == [("M2",)]
    told = [user_id for _, user_id, text in await sent(app) if user_id and department in text]
    async with app.database.reading() as tx:
        assert sorted(told) == list(await roles.admin_staff(app, tx))


async def test_who_has_two_qqs_is_reminded_once_a_day(app: App, qq: FakeQQ, clock: StoppedClock) -> None:
    other = 20103
    people = [*PEOPLE, *((employee, other) for employee, number in PEOPLE if number == ADMIN)]
    app.registry = registry_of(people)
    async with app.database.transaction() as tx:
        row = {"user_id": other, "employee_no": "A003", "method": "admin", "verified_at": app.now()}
        await tx.execute(insert(identities).values(**row))
    everyone = {"everyone": True, "departments": [], "employee_nos": []}
    await filed(app, OTHER, owner_id=PLAIN, admin_ids=[], scope=everyone)
    qq.lists[GROUP][1] = replace(qq.lists[GROUP][1], card="李雷")
    plain = Member(PLAIN, card="采购部-郑平", role=Role.OWNER)
    qq.lists[OTHER] = [plain, Member(other, card="雷"), Member(BOT, role=Role.ADMIN)]

    def reminded(rows: list[OutboxRow]) -> list[int]:
        said = [row for row in rows if row.payload.get("purpose") == "card_reminder"]
        return [part["at"] for row in said for part in row.payload["parts"] if "at" in part]

    assert reminded(await look(app, qq, [GROUP])) == [ADMIN]
    clock.move(hours=2)
    assert reminded(await look(app, qq, [OTHER])) == []
    clock.move(hours=22)
    assert reminded(await look(app, qq, [OTHER])) == [other]
