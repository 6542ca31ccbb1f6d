"""Early admission: per employee and group, by the head of the owner's department, with an end."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from db.queries.joining import early_admissions as rows
from db.queries.joining import requests
from db.tables.registry import employees
from services.answer import Answer
from services.app import App
from services.filing import closing
from services.inbox import listing, settle
from services.joining import consents, early_admission, rounds
from services.joining.heard import Heard
from tests import company as co
from tests.services.inbox.asking import ask_to_join


@pytest.fixture
async def qq(app: App) -> co.FakeQQ:
    found = await co.settle_in(app)
    await co.filed(app)
    return found


async def consented(app: App, day: date | None = None) -> set[str]:
    async with app.database.reading() as tx:
        return set((await rows.consents(tx, [co.GROUP], day or app.now().date())).get(co.GROUP, ()))


async def propose(app: App, employee_no: str = "A006") -> str:
    return (await early_admission.propose(app, employee_no, co.GROUP, "新项目", by=co.OWNER)).text


async def test_a_consent_is_said_to_last_until_regularisation_and_lasts_if_that_is_put_off(
    app: App, qq: co.FakeQQ
) -> None:
    await propose(app)
    [answer] = await settle.settle(app, [("E", 1)], approve=True, by=co.HEAD)
    assert answer.ok
    assert "到 2026-06-01 为止" in answer.text
    assert "到 2026-06-01 为止" in await propose(app)
    assert await consented(app) == {"A006"}
    assert await consented(app, date(2026, 6, 2)) == {"A006"}


async def test_a_day_of_regularisation_that_is_over_ends_no_consent(app: App, qq: co.FakeQQ) -> None:
    # As a wrong roster has it, before it is undone.
    await propose(app)
    people = app.registry
    yesterday = app.now().date() - timedelta(days=1)
    app.registry = co.registry_of([(replace(e, regularized_on=yesterday), q) for e, q in co.PEOPLE])
    [answer] = await settle.settle(app, [("E", 1)], approve=True, by=co.HEAD)
    assert str(yesterday) not in answer.text
    app.registry = people
    assert await consented(app) == {"A006"}


async def test_a_consent_lasts_at_most_as_long_as_the_policy_says(app: App, qq: co.FakeQQ) -> None:
    people = [(replace(e, regularized_on=None), q) for e, q in co.PEOPLE]
    app.registry = co.registry_of(people)
    await propose(app)
    await consents.settle(app, 1, approve=True, by=co.HEAD)
    last = app.now().date() + timedelta(days=180)
    assert await consented(app, last) == {"A006"}
    assert await consented(app, last + timedelta(days=1)) == set()


async def test_only_the_head_or_a_superuser_consents(app: App, qq: co.FakeQQ) -> None:
    await propose(app)
    for by in (co.OWNER, co.STAFF, co.BUYER_HEAD):
        [answer] = await settle.settle(app, [("E", 1)], approve=True, by=by)
        assert not answer.ok
    assert await consented(app) == set()


async def test_without_a_head_admin_staff_decide(app: App, qq: co.FakeQQ) -> None:
    app.registry = co.registry_of([(replace(e, is_head=False), q) for e, q in co.PEOPLE])
    assert "行政部" in await propose(app)
    [answer] = await settle.settle(app, [("E", 1)], approve=True, by=co.STAFF)
    assert answer.ok


async def test_one_item_whoever_asks(app: App, qq: co.FakeQQ) -> None:
    async with app.database.transaction() as tx:
        made = await early_admission.ask(app, tx, "A006", co.GROUP, reason="", asked_by=None)
    assert f"E{made} 已在等待" in await propose(app)
    assert len(await co.sent(app)) == 1


@pytest.mark.parametrize(
    ("employee_no", "says"), [("A002", "已转正"), ("A007", "在职员工"), ("Z9", "在职员工")]
)
async def test_refuses_who_needs_none_or_is_nobody(
    app: App, qq: co.FakeQQ, employee_no: str, says: str
) -> None:
    assert says in await propose(app, employee_no)


async def test_an_unfiled_group_admits_nobody_early(app: App, qq: co.FakeQQ) -> None:
    text = (await early_admission.propose(app, "A006", co.OTHER, "x", by=co.PLAIN)).text
    assert "备案" in text


async def test_a_second_settler_is_told_who_was_first(app: App, qq: co.FakeQQ, clock: Any) -> None:
    await propose(app)
    await settle.settle(app, [("E", 1)], approve=False, by=co.HEAD)
    [answer] = await settle.settle(app, [("E", 1)], approve=True, by=co.ROOT)
    assert "张总" in answer.text
    assert "驳回" in answer.text


async def test_nobody_is_asked_any_more_about_a_group_whose_filing_ended(app: App, qq: co.FakeQQ) -> None:
    await propose(app)
    async with app.database.transaction() as tx:
        await closing.close(app, tx, co.GROUP, by="bot", source="qq")

    async with app.database.reading() as tx:
        assert await listing.mine(app, tx, co.HEAD) == []
    [answer] = await settle.settle(app, [("E", 1)], approve=True, by=co.HEAD)
    assert (answer.ok, answer.text) == (False, "E1 已由机器人于 10:00 自动结束，不用再办了。")
    assert await consented(app) == set()


async def approve(app: App, request_id: int, by: int) -> Answer:
    [answer] = await settle.settle(app, [("J", request_id)], approve=True, by=by)
    return answer


@pytest.mark.parametrize(
    ("row", "by"), [(1, co.ADMIN), (1, co.STAFF), (9, co.ADMIN), (9, co.STAFF), (6, co.STAFF)]
)
async def test_nobody_lets_in_whoever_is_on_probation_before_the_head_consents(
    app: App, qq: co.FakeQQ, row: int, by: int
) -> None:
    asker = co.STRANGER if row == 6 else co.TRAINEE
    request_id = await ask_to_join(app, asker, row=row, employee_no="A006")
    answer = await approve(app, request_id, by)
    assert not answer.ok
    assert all(word in answer.text for word in ("试用期", "主管", "E1"))
    async with app.database.reading() as tx:
        assert [item.name for item in await listing.mine(app, tx, co.HEAD)] == ["E1"]
        request = await requests.get(tx, request_id)
    assert request is not None
    assert request.state == "waiting"

    await settle.settle(app, [("E", 1)], approve=True, by=co.HEAD)
    if row == 6:
        assert (await approve(app, request_id, by)).ok
    async with app.database.reading() as tx:
        request = await requests.get(tx, request_id)
    assert request is not None
    assert request.state == "answering"


async def test_who_decides_where_there_is_no_head_is_named(app: App, qq: co.FakeQQ) -> None:
    app.registry = co.registry_of([(replace(e, is_head=False), q) for e, q in co.PEOPLE])
    request_id = await ask_to_join(app, co.TRAINEE, row=9, employee_no="A006")
    assert "要先由行政部同意提前入群" in (await approve(app, request_id, co.ADMIN)).text


async def test_whoever_is_regular_by_now_is_let_in_without_a_consent(app: App, qq: co.FakeQQ) -> None:
    request_id = await ask_to_join(app, co.TRAINEE, row=9, employee_no="A006")
    async with app.database.transaction() as tx:
        await tx.execute(update(employees).values(employment="regular", regularized_on=None))
    assert (await approve(app, request_id, co.ADMIN)).ok


async def test_a_request_for_an_unfiled_group_is_its_settlers_to_judge(app: App, qq: co.FakeQQ) -> None:
    request_id = await ask_to_join(app, co.TRAINEE, row=2, employee_no="A006", group_id=co.OTHER)
    assert (await approve(app, request_id, co.STAFF)).ok


async def test_whoever_asks_for_what_a_held_request_has_brought_gives_the_reason_and_hears_the_answer(
    app: App, qq: co.FakeQQ
) -> None:
    await rounds.hear(app, Heard(co.BOT, co.GROUP, co.TRAINEE, "", "1"))
    assert "您的理由补上了" in await propose(app)
    assert "不用重复提交" in await propose(app)
    async with app.database.reading() as tx:
        [item] = await listing.mine(app, tx, co.HEAD)
    assert "新项目" in item.what
    await settle.settle(app, [("E", 1)], approve=False, by=co.HEAD, reason="等转正")
    assert any(
        "提前入群 E1" in text and "等转正" in text for _, to, text in await co.sent(app) if to == co.OWNER
    )
