"""Whom the gate found proved is bound after the answer; what a crash left unbound is made good."""

import asyncio

import pytest
from sqlalchemy import delete, select, update

from db.queries.people import employees
from db.tables.cases import cases
from db.tables.identities import identities
from db.tables.registry import employees as employee_table
from db.tables.requests import join_requests
from db.writing.bulk import columns_of
from regulation.claims.digits import hash_digits
from regulation.join_gate import Decision
from regulation.model import Member
from services.app import App
from services.cases import audit
from services.inbox import settle
from services.joining import proofs, rounds
from services.joining.heard import Heard
from services.people import identities as binding
from services.people import registry
from tests import company as co

NEW, OTHER_QQ = 31001, 31002
COMMENT = "市场部 冯小雨 A020 4321"


async def a_company_with_somebody_new(app: App, employment: str = "regular") -> None:
    """A filed group, and an employee without a QQ."""
    await co.settle_in(app)
    await co.filed(app)
    row = {"employee_no": "A020", "name": "冯小雨", "department": "市场部", "employment": employment}
    row |= {
        "title": "",
        "is_head": False,
        "also_in": [],
        "phone_hash": hash_digits(b"test key", "A020", "4321"),
    }
    async with app.database.transaction() as tx:
        await employees.insert_many(tx, columns_of([row]))
        await registry.bump(tx)
    await registry.refresh(app)


@pytest.fixture
async def asked(app: App) -> App:
    """Somebody new, whose proof was taken and bound."""
    await a_company_with_somebody_new(app)
    verdict = await rounds.hear(app, Heard(co.BOT, co.GROUP, NEW, COMMENT, "1"))
    assert verdict is not None
    assert (verdict.answer, verdict.bind) == (Decision.APPROVE, True)
    await proofs.all_bound(app)
    return app


async def as_a_crash_leaves_it(app: App) -> None:
    """Take back what follows the answer: the verdict is stored, the identity isn't."""
    async with app.database.transaction() as tx:
        await tx.execute(update(join_requests).values(to_bind=True))
        await tx.execute(delete(identities).where(identities.c.user_id == NEW))
        await registry.bump(tx)
    await registry.load(app)


async def bound_to(app: App) -> dict[int, str]:
    async with app.database.reading() as tx:
        found = await tx.rows(select(identities.c.user_id, identities.c.employee_no))
    return {row.user_id: row.employee_no for row in found if row.user_id in (NEW, OTHER_QQ)}


async def still_to_bind(app: App) -> int:
    async with app.database.reading() as tx:
        return len(await tx.rows(select(join_requests.c.id).where(join_requests.c.to_bind)))


async def test_a_proof_binds_and_leaves_nothing_to_do(asked: App) -> None:
    assert await bound_to(asked) == {NEW: "A020"}
    assert asked.registry.identities[NEW].employee_no == "A020"
    assert await still_to_bind(asked) == 0
    assert await proofs.make_good(asked) == 0


@pytest.mark.dialects
async def test_what_a_crash_left_unbound_is_bound(asked: App) -> None:
    await as_a_crash_leaves_it(asked)
    assert NEW not in asked.registry.identities
    assert await proofs.make_good(asked) == 1
    assert await bound_to(asked) == {NEW: "A020"}
    assert asked.registry.identities[NEW].method == "proof"
    assert await still_to_bind(asked) == 0


async def test_nobody_is_bound_to_who_has_another_qq_by_then(asked: App) -> None:
    await as_a_crash_leaves_it(asked)
    async with asked.database.transaction() as tx:
        await binding.bind(asked, tx, OTHER_QQ, "A020", "admin", "20004")
    assert await proofs.make_good(asked) == 1
    assert await bound_to(asked) == {OTHER_QQ: "A020"}
    assert await still_to_bind(asked) == 0


async def test_nobody_is_bound_to_who_is_no_longer_in_the_registry(asked: App) -> None:
    await as_a_crash_leaves_it(asked)
    async with asked.database.transaction() as tx:
        await tx.execute(delete(employee_table).where(employee_table.c.employee_no == "A020"))
        await registry.bump(tx)
    assert await proofs.make_good(asked) == 1
    assert await bound_to(asked) == {}
    assert await still_to_bind(asked) == 0


async def test_a_second_qq_right_behind_the_first_is_held(asked: App) -> None:
    await as_a_crash_leaves_it(asked)
    await proofs.make_good(asked)
    verdict = await rounds.hear(asked, Heard(co.BOT, co.GROUP, OTHER_QQ, COMMENT, "2"))
    assert verdict is not None
    assert verdict.answer is Decision.HOLD
    assert await bound_to(asked) == {NEW: "A020"}


@pytest.mark.dialects
async def test_requests_that_a_proof_not_yet_bound_concerns_wait_for_it(app: App) -> None:
    await a_company_with_somebody_new(app)
    first = await rounds.hear(app, Heard(co.BOT, co.GROUP, NEW, COMMENT, "1"))
    assert app.unbound == {NEW: "A020"}
    again, second = await asyncio.gather(
        rounds.hear(app, Heard(co.BOT, co.GROUP, NEW, "我又来了", "2")),
        rounds.hear(app, Heard(co.BOT, co.GROUP, OTHER_QQ, COMMENT, "3")),
    )
    assert first is not None
    assert again is not None
    assert second is not None
    assert [one.answer for one in (first, again, second)] == [
        Decision.APPROVE,
        Decision.APPROVE,
        Decision.HOLD,
    ]
    assert app.unbound == {}
    assert await bound_to(app) == {NEW: "A020"}


@pytest.mark.dialects
@pytest.mark.parametrize("heard_by", ["this process", "one that is gone"])
async def test_a_consent_right_behind_the_request_lets_in_who_proved_themselves(
    app: App, monkeypatch: pytest.MonkeyPatch, heard_by: str
) -> None:
    monkeypatch.setattr(proofs, "LINGER_SECONDS", 1.0)
    await a_company_with_somebody_new(app, "probation")
    verdict = await rounds.hear(app, Heard(co.BOT, co.GROUP, NEW, COMMENT, "1"))
    assert verdict is not None
    assert (verdict.answer, verdict.bind) == (Decision.HOLD, True)
    if heard_by == "one that is gone":
        await proofs.all_bound(app)
        await as_a_crash_leaves_it(app)
    [consent] = await settle.settle(app, [("E", 1)], approve=True, by=co.HEAD)
    assert consent.ok
    async with app.database.reading() as tx:
        [row] = await tx.rows(select(join_requests.c.state, join_requests.c.verdict))
    assert tuple(row) == ("answering", "approve")
    assert await bound_to(app) == {NEW: "A020"}


async def test_what_the_database_refuses_now_is_bound_later(app: App) -> None:
    await a_company_with_somebody_new(app)
    await rounds.hear(app, Heard(co.BOT, co.GROUP, NEW, COMMENT, "1"))
    real, app.database = app.database, type(app.database)("sqlite+aiosqlite:////nowhere/at/all.db")
    await proofs.all_bound(app)
    await app.database.close()
    app.database = real
    assert app.unbound == {}
    assert (await bound_to(app), await still_to_bind(app)) == ({}, 1)
    assert await proofs.make_good(app) == 1
    assert await bound_to(app) == {NEW: "A020"}


@pytest.mark.dialects
async def test_whoever_is_inside_before_the_proof_is_bound_is_accused_of_nothing(asked: App) -> None:
    await as_a_crash_leaves_it(asked)
    qq = asked.qq
    assert isinstance(qq, co.FakeQQ)
    qq.lists[co.GROUP] = [*qq.lists[co.GROUP], Member(NEW, nickname="雨")]
    about = select(cases.c.code, cases.c.status).where(cases.c.user_id == NEW)

    await audit.audit_group(asked, co.GROUP)
    async with asked.database.reading() as tx:
        assert await tx.rows(about) == []
    await proofs.make_good(asked)
    await audit.audit_group(asked, co.GROUP)

    async with asked.database.reading() as tx:
        assert [row.code for row in await tx.rows(about)] == ["C1"], "known by now, and the card is judged"
