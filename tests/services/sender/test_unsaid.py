"""What a plan has to say and wasn't said yet, at night or in a pause: said only while it still holds."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from db.queries.cases import planned_acts
from db.queries.work.outbox import OutboxRow
from db.tables.cases import cases
from db.tables.work import outbox
from regulation.model import Employee, Member
from regulation.policy import Mode
from services.acts import ActKind, ActOutcome, Lane
from services.app import App
from services.cases import audit, enforcing
from services.filing import owner_notice
from services.groups import modes
from services.inbox import settle
from services.people import registry
from services.sender import bookkeeping, outcomes
from services.sender.bookkeeping import Route
from services.watching import connected
from services.watching import members as watched
from tests.company import (
    BOT,
    GONE,
    GROUP,
    HEAD,
    OTHER,
    OWNER,
    PLAIN,
    STAFF,
    STRANGER,
    FakeQQ,
    filed,
    members,
    settle_in,
    store,
)
from tests.conftest import StoppedClock
from tests.services.cases.living import queued, send, stored, why_not
from tests.services.inbox.asking import ask_to_join

NIGHT, MORNING = timedelta(hours=12), timedelta(hours=12)


@pytest.fixture
async def qq(app: App, clock: StoppedClock) -> FakeQQ:
    """At night, in a filed group with somebody nobody knows."""
    clock.time += NIGHT
    made = await settle_in(app)
    await filed(app, GROUP)
    await registry.load(app)
    made.lists[GROUP] = members(plain=[STRANGER])
    return made


def said_of(row: OutboxRow) -> str:
    return "".join(part.get("text", "") for part in row.payload.get("parts", ()))


async def in_the_morning(app: App, qq: FakeQQ, clock: StoppedClock) -> list[str]:
    """Send what waits, as if it were morning; return what is said to people about cases."""
    clock.time += MORNING
    return [said_of(row) for row in await send(app, qq) if row.case_ids]


async def test_a_group_that_is_observed_by_then_hears_nothing_and_nobodys_clock_runs(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    await enforcing.run(app, [GROUP])
    await modes.set_group_mode(app, GROUP, Mode.OBSERVE, by="10000")

    assert await in_the_morning(app, qq, clock) == []
    assert {told for _, told in await stored(app, cases.c.id, cases.c.first_reminded_at)} == {None}


async def test_it_is_said_once_the_group_is_observed_no_more(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    await enforcing.run(app, [GROUP])
    await modes.set_group_mode(app, GROUP, Mode.OBSERVE, by="10000")
    await in_the_morning(app, qq, clock)
    await modes.set_group_mode(app, GROUP, Mode.ENFORCE, by="10000")

    await enforcing.run(app, [GROUP])

    assert any(str(STRANGER) in said_of(row) for row in await send(app, qq))


async def test_who_left_meanwhile_is_told_of_to_nobody_but_who_stayed_is(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    qq.lists[GROUP].append(Member(STRANGER + 1))
    await enforcing.run(app, [GROUP])
    qq.lists[GROUP] = [member for member in qq.lists[GROUP] if member.user_id != STRANGER]
    await enforcing.run(app, [GROUP])

    said = await in_the_morning(app, qq, clock)
    await enforcing.run_due(app)
    again = [said_of(row) for row in await send(app, qq)]

    assert not [text for text in said if str(STRANGER) in text]
    assert [text for text in again if str(STRANGER + 1) in text]
    assert not [text for text in again if f"{STRANGER}、" in text]


async def test_what_still_holds_is_said(app: App, qq: FakeQQ, clock: StoppedClock) -> None:
    await enforcing.run(app, [GROUP])

    assert [text for text in await in_the_morning(app, qq, clock) if str(STRANGER) in text]


async def test_of_a_group_that_we_were_taken_out_of_nothing_is_said_until_we_are_back(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    await enforcing.run(app, [GROUP])
    await watched.group_gone(app, GROUP, BOT)
    assert await in_the_morning(app, qq, clock) == []

    await connected.compare_groups(app, BOT)
    await enforcing.run_due(app)

    assert [said_of(row) for row in await send(app, qq) if row.user_id == OWNER]


async def test_who_is_owner_by_the_morning_is_asked_and_the_old_one_is_not(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    await enforcing.run(app, [GROUP])
    qq.lists[GROUP] = [*members(HEAD, plain=[STRANGER, OWNER])]
    await enforcing.run(app, [GROUP])

    clock.time += MORNING
    told = [row.user_id for row in await send(app, qq) if row.case_ids]

    assert HEAD in told
    assert OWNER not in told


@pytest.mark.parametrize(("there", "asked"), [([HEAD], HEAD), ([], OWNER)])
async def test_who_began_a_discussion_is_asked_to_end_it_as_long_as_they_are_in_the_group(
    there: list[int], asked: int, app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    ended = app.now().date() - timedelta(days=1)
    await filed(app, OTHER, kind="讨论组", issue="定价", ends_on=ended, initiator_id=HEAD)
    qq.lists[OTHER] = members(plain=[HEAD])
    await enforcing.run(app, [OTHER])
    qq.lists[OTHER] = members(plain=there)
    await enforcing.run(app, [OTHER])

    clock.time += MORNING
    told = [row.user_id for row in await send(app, qq) if "定价" in said_of(row)]

    assert told == [asked]


async def test_who_began_a_discussion_and_owns_it_no_more_is_not_asked_what_the_owner_is(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    await filed(app, OTHER, kind="讨论组", issue="定价", initiator_id=OWNER)
    qq.lists[OTHER] = members(plain=[STRANGER])
    await enforcing.run(app, [OTHER])
    qq.lists[OTHER] = [*members(HEAD, plain=[STRANGER, OWNER])]
    await enforcing.run(app, [OTHER])

    clock.time += MORNING
    told = [row.user_id for row in await send(app, qq) if str(STRANGER) in said_of(row)]

    assert HEAD in told
    assert OWNER not in told


async def test_no_head_is_asked_in_the_morning_to_have_an_office_handed_over_that_was_by_then(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    qq.lists[GROUP] = members(GONE)
    await enforcing.run(app, [GROUP])
    qq.lists[GROUP] = members(OWNER, plain=[GONE])
    await audit.audit_group(app, GROUP)

    clock.time += MORNING

    assert [row.kind for row in await send(app, qq) if row.payload.get("purpose") == "hand_over"] == []


async def notice_to_file(app: App) -> OutboxRow:
    async with app.database.transaction() as tx:
        assert await owner_notice.tell_owner_to_file(app, tx, GROUP, to=OWNER)
    [row] = await queued(app, outbox.c.state == "waiting", outbox.c.user_id == OWNER)
    return row


async def test_a_notice_to_file_that_was_dropped_can_be_given_the_same_day(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    await notice_to_file(app)
    await modes.set_general_mode(app, Mode.OBSERVE, by="10000")
    clock.time += MORNING

    claimed = await bookkeeping.claim(app, Lane.MESSAGE, Route(BOT, [GROUP], [GROUP]))
    assert await bookkeeping.begin(app, claimed, BOT) == []

    clock.time -= MORNING
    assert (await notice_to_file(app)).id != claimed[0].id


async def test_a_notice_to_file_carries_no_case_under_appeal(app: App, qq: FakeQQ) -> None:
    await enforcing.run(app, [OTHER])
    async with app.database.transaction() as tx:
        await tx.execute(update(cases).where(cases.c.code == "F1").values(frozen=True))
        assert await owner_notice.tell_owner_to_file(app, tx, OTHER, to=STRANGER)

    [row] = await queued(app, outbox.c.user_id == STRANGER)
    assert row.case_ids == ()


@pytest.mark.dialects
async def test_what_a_restored_copy_had_to_say_is_said_anew(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    await enforcing.run(app, [GROUP])
    async with app.database.transaction() as tx:
        assert await planned_acts.drop_messages(tx, app.now(), "恢复")
    assert await in_the_morning(app, qq, clock) == []

    await enforcing.run(app, [GROUP])

    assert [said_of(row) for row in await send(app, qq) if str(STRANGER) in said_of(row)]


async def test_who_stands_in_for_an_owner_is_told_to_file_once_it_is_wanted_again(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    qq.lists[OTHER] = members(BOT, (), (PLAIN,))
    await enforcing.run(app, [OTHER])
    await modes.set_general_mode(app, Mode.OBSERVE, by="10000")
    assert await in_the_morning(app, qq, clock) == []
    await modes.set_general_mode(app, Mode.ENFORCE, by="10000")

    await enforcing.run(app, [OTHER])

    assert [row for row in await send(app, qq) if row.payload["purpose"] == "file"]


async def test_a_group_is_still_introduced_to_cards_where_one_of_many_was_mended_meanwhile(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    people = [(Employee(f"B{n:03}", f"员工{n}", "市场部"), 40000 + n) for n in range(22)]
    async with app.database.transaction() as tx:
        for employee, user_id in people:
            await store(tx, employee, user_id)
    await registry.load(app)
    qq.lists[GROUP] = members(plain=[user_id for _, user_id in people])
    clock.time += MORNING
    await enforcing.run(app, [GROUP])
    qq.lists[GROUP].pop()
    await enforcing.run(app, [GROUP])

    assert "card_intro" not in [row.payload["purpose"] for row in await send(app, qq)]
    await enforcing.run_due(app)
    said = [row.payload["purpose"] for row in await send(app, qq) if row.user_id is None]

    assert said == ["card_intro"]


async def without_effect(app: App) -> None:
    row = (await queued(app, outbox.c.kind == ActKind.ANSWER_REQUEST.value))[-1]
    async with app.database.transaction() as tx:
        await tx.execute(update(outbox).where(outbox.c.id == row.id).values(state="failed"))
        await outcomes.record(app, tx, row, ActOutcome("failed", "机器人权限不足"))


async def test_who_answered_again_is_not_told_of_the_answer_before(app: App, clock: StoppedClock) -> None:
    qq = await settle_in(app)
    request_id = await ask_to_join(app)
    for _ in range(2):
        [answer] = await settle.settle(app, [("J", request_id)], approve=False, by=STAFF)
        assert answer.ok
        waiting = await queued(app, outbox.c.state == "waiting")
        assert not [row for row in waiting if "没有生效" in said_of(row) and await why_not(app, row) is None]
        await without_effect(app)
    said = [row for row in await send(app, qq) if "没有生效" in said_of(row)]
    assert [row.user_id for row in said].count(STAFF) == 1


async def test_who_asked_hears_of_each_answer_that_fails(app: App, clock: StoppedClock) -> None:
    await settle_in(app)
    request_id = await ask_to_join(app)
    route = Route(BOT, [GROUP], [GROUP])
    told: list[int | None] = []
    for _ in range(2):
        [answer] = await settle.settle(app, [("J", request_id)], approve=False, by=STAFF)
        assert answer.ok
        await without_effect(app)
        for row in await bookkeeping.claim(app, Lane.MESSAGE, route, limit=9):
            told += [row.user_id] if "没有生效" in said_of(row) else []
            await bookkeeping.end(app, row, ActOutcome("done"))
    assert told.count(STAFF) == 2
