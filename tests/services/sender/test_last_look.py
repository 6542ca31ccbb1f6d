"""The last look: each act judged once more, by what is committed, in the transaction that begins it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from db.queries.joining import requests
from db.tables.cases import case_events, cases
from db.tables.groups import filings
from db.tables.registry import employees
from db.tables.work import outbox, outbox_cases
from regulation.duties import Code
from regulation.join_gate import Decision, Verdict
from regulation.policy import Kick
from services.acts import Act, ActKind, Lane, Priority
from services.app import App
from services.cases import enforcing
from services.cases.settling import waivers
from services.groups import modes
from services.joining import rounds
from services.joining.heard import Heard, answer_act, new_request
from services.outbox import queue
from services.people import grants, registry, staff
from services.sender import bookkeeping, last_look
from services.sender.bookkeeping import Route
from tests.company import BOT, GROUP, HEAD, OWNER, PLAIN, STRANGER, FakeQQ, filed, members, settle_in
from tests.services.stories import add_case

ROUTE = Route(BOT, [GROUP], [GROUP])
TWO = (PLAIN, HEAD)


@pytest.fixture
async def qq(app: App) -> FakeQQ:
    """A group where 郑平 and 张总 are to be removed: both left today."""
    made = await settle_in(app)
    await filed(app, scope={"everyone": True, "departments": [], "employee_nos": []})
    await registry.load(app)
    made.lists[GROUP] = members(plain=TWO)
    app.policy = replace(app.policy, kick=Kick(batch=True))
    for no in ("A009", "A001"):
        await staff.depart(app, no, app.now().date(), by="10000")
    await enforcing.run(app, [GROUP])
    return made


def another_process(app: App) -> App:
    return App(app.settings, app.policy, app.database, app.phone_key, app.clock, registry=app.registry)


async def begun(app: App) -> list[int]:
    """Claim removals and begin them, as the lane does; return whom."""
    claimed = await bookkeeping.claim(app, Lane.REMOVE, ROUTE, limit=20)
    assert claimed
    return sorted(row.user_id or 0 for row in await bookkeeping.begin(app, claimed, BOT))


async def dropped(app: App) -> dict[int, str]:
    async with app.database.reading() as tx:
        wanted = select(outbox.c.user_id, outbox.c.result).where(outbox.c.state == "dropped")
        return dict(await tx.rows(wanted))


async def test_those_who_still_are_to_go_go_in_one_call(app: App, qq: FakeQQ) -> None:
    assert await begun(app) == sorted(TWO)


@pytest.mark.dialects
async def test_a_rehire_that_another_process_recorded_counts_at_once(app: App, qq: FakeQQ) -> None:
    await staff.rehire(another_process(app), "A001", by="10000")

    assert await begun(app) == [PLAIN]
    assert await dropped(app) == {HEAD: "已没有移出的理由"}


async def rehired(app: App) -> None:
    await staff.rehire(another_process(app), "A001", by="10000")


async def waived(app: App) -> None:
    await waivers.waive(another_process(app), HEAD, Code.L1, 3, "交接", by=10000)


@pytest.mark.parametrize(("meanwhile", "why"), [(rehired, "已没有移出的理由"), (waived, "已豁免")])
async def test_what_is_recorded_after_the_group_was_read_counts_too(
    app: App, qq: FakeQQ, monkeypatch: pytest.MonkeyPatch, meanwhile: Any, why: str
) -> None:
    read = last_look.read

    async def then(app: App, group_id: int) -> last_look.Look:
        found = await read(app, group_id)
        await meanwhile(app)
        return found

    monkeypatch.setattr(last_look, "read", then)
    assert await begun(app) == [PLAIN]
    assert await dropped(app) == {HEAD: why}


async def test_an_appeal_and_an_office_meanwhile_count(app: App, qq: FakeQQ) -> None:
    async with app.database.transaction() as tx:
        await tx.execute(update(cases).where(cases.c.user_id == HEAD).values(frozen=True))
    qq.lists[GROUP] = members(admins=[PLAIN], plain=[HEAD])

    assert await begun(app) == []
    assert await dropped(app) == {HEAD: "正在申诉", PLAIN: "是群主或管理员"}


async def test_a_pause_puts_them_back(app: App, qq: FakeQQ) -> None:
    claimed = await bookkeeping.claim(app, Lane.REMOVE, ROUTE, limit=20)
    await modes.pause(app, by="10000")

    assert await bookkeeping.begin(app, claimed, BOT) == []
    assert await dropped(app) == {}


# -- answers --------------------------------------------------------------------------------------


@pytest.fixture
async def approval(app: App, qq: FakeQQ) -> int:
    """An approval of 王强's request, queued: its account was busy. Returns the request."""
    verdict = Verdict(Decision.APPROVE, 10, "approved", "A002")
    heard = Heard(BOT, GROUP, OWNER, "", "flag")
    async with app.database.transaction() as tx:
        row = new_request(heard, verdict, registry_version=1, answers=True, now=app.now())
        made = next(iter((await requests.add_many(tx, [row])).values()))
        await queue(app, tx, answer_act(heard, made, approve=True, reason=""))
    return made


async def answers(app: App) -> list[bool]:
    """Claim and begin one answer after the other; return what QQ would be told."""
    told: list[bool] = []
    while claimed := await bookkeeping.claim(app, Lane.ANSWER, ROUTE):
        told += [bool(row.payload["approve"]) for row in await bookkeeping.begin(app, claimed, BOT)]
    return told


async def test_an_approval_that_still_is_right_goes_out(app: App, approval: int) -> None:
    assert await answers(app) == [True]


@pytest.mark.parametrize("comment", ["放我进来", "王强 A001 0000"])
async def test_whoever_is_verified_by_now_is_not_turned_away_for_the_comment(
    app: App, qq: FakeQQ, comment: str
) -> None:
    verdict = await rounds.hear(app, Heard(BOT, GROUP, STRANGER, comment, "1"))
    assert verdict is not None
    assert verdict.answer is Decision.REJECT
    await grants.bind_by_staff(app, STRANGER, "A002", by=10000)

    assert await answers(app) == [True]


async def test_whoever_left_the_scope_meanwhile_is_rejected(app: App, approval: int) -> None:
    await filed_for(app, "采购部")

    assert await answers(app) == [False]


@pytest.mark.dialects
async def test_whoever_left_the_company_meanwhile_is_rejected(app: App, approval: int) -> None:
    await staff.depart(another_process(app), "A002", date(2026, 3, 1), by="10000")

    assert await answers(app) == [False]


async def test_an_approval_of_before_a_pause_is_judged_after_it(app: App, approval: int) -> None:
    await modes.pause(app, by="10000")
    assert await answers(app) == []
    await filed_for(app, "采购部")
    await modes.resume(app, by="10000")

    assert await answers(app) == [False]


async def test_what_now_is_for_a_human_waits_for_one(app: App, approval: int) -> None:
    async with app.database.transaction() as tx:
        await tx.execute(
            update(employees).where(employees.c.employee_no == "A002").values(employment="probation")
        )
        await registry.bump(tx)

    assert await answers(app) == []
    async with app.database.reading() as tx:
        row = await requests.get(tx, approval)
    assert row is not None
    assert row.state == "waiting"


async def filed_for(app: App, department: str) -> None:
    scope = {"everyone": False, "departments": [department], "employee_nos": []}
    async with app.database.transaction() as tx:
        await tx.execute(update(filings).where(filings.c.group_id == GROUP).values(scope=scope))


# -- whose turn it is -----------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=8))
async def test_no_deadline_is_missed_that_another_order_could_keep(
    app: App, clock: Any, jobs: list[tuple[int, int]]
) -> None:
    """Each job: the slot in which it is queued, and for how many slots from then it is in time."""
    start = clock.time
    async with app.database.transaction() as tx:
        for table in (outbox_cases, outbox, case_events, cases):
            await tx.execute(delete(table))
    misses, done, slot = 0, 0, 0
    while done < len(jobs):
        clock.time = start + timedelta(hours=slot)
        for n, (since, span) in enumerate(jobs):
            if since == slot:
                await _queue_removal(app, 30000 + n, start + timedelta(hours=since + span))
        for row in await bookkeeping.claim(app, Lane.REMOVE, ROUTE):
            due = start + timedelta(hours=sum(jobs[(row.user_id or 0) - 30000]))
            misses, done = misses + (clock.time > due), done + 1
        slot += 1
    clock.time = start
    assert misses == _fewest_misses(jobs)


async def _queue_removal(app: App, user_id: int, due: Any) -> None:
    async with app.database.transaction() as tx:
        case = await add_case(
            tx, code="L1", user_id=user_id, subject=str(user_id), opened_at=app.now(), due_at=due
        )
        act = Act(ActKind.REMOVE, Priority.REMOVE, {}, group_id=GROUP, user_id=user_id, case_ids=(case.id,))
        await queue(app, tx, act)


def _fewest_misses(jobs: list[tuple[int, int]]) -> int:
    """Match jobs with slots as well as can be (augmenting paths)."""
    holder: dict[int, int] = {}

    def place(job: int, tried: set[int]) -> bool:
        since, span = jobs[job]
        for slot in set(range(since, since + span + 1)) - tried:
            tried.add(slot)
            if slot not in holder or place(holder[slot], tried):
                holder[slot] = job
                return True
        return False

    return sum(not place(job, set()) for job in range(len(jobs)))


async def test_a_deadline_that_passed_while_it_waited_lets_others_go_first(app: App, clock: Any) -> None:
    await _queue_removal(app, 30001, app.now() + timedelta(hours=1))
    await _queue_removal(app, 30002, app.now() + timedelta(hours=5))
    clock.move(hours=2)

    first = await bookkeeping.claim(app, Lane.REMOVE, ROUTE)

    assert [row.user_id for row in first] == [30002]


@pytest.mark.dialects
async def test_a_call_for_many_takes_only_those_whose_turn_it_is(app: App) -> None:
    await _queue_removal(app, 30001, app.now() + timedelta(hours=1))
    await _queue_removal(app, 30002, app.now() + timedelta(hours=5))
    async with app.database.transaction() as tx:
        case = await add_case(
            tx, code="L1", user_id=1, subject="1", group_id=8, opened_at=app.now(),
            due_at=app.now() + timedelta(hours=2),
        )  # fmt: skip
        await queue(
            app, tx, Act(ActKind.REMOVE, Priority.REMOVE, {}, group_id=8, user_id=1, case_ids=(case.id,))
        )
    both = Route(BOT, [GROUP, 8], [GROUP, 8])

    taken = [[row.user_id for row in await bookkeeping.claim(app, Lane.REMOVE, both, limit=9)] for _ in "123"]

    assert taken == [[30001], [1], [30002]]
