"""Proofs given at the same moment to several processes: no guess too many, one QQ number an employee."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from db.engine import Database
from db.queries.people import employees, identities
from db.tables.identities import identities as identity_rows
from db.tables.identities import proof_attempts
from db.writing.bulk import columns_of
from regulation.claims.digits import hash_digits
from services.answer import Answer
from services.app import App
from services.joining import proofs, rounds
from services.joining.heard import Heard
from services.people import registry
from services.people.identities import prove
from tests import company as co

pytestmark = pytest.mark.dialects
NO, NAME, DIGITS = "A020", "冯军", "0012"


@pytest.fixture
async def both(app: App, database_url: str) -> list[App]:
    """Two processes on one database (one, on SQLite), and an employee whose QQ nobody knows."""
    await co.settle_in(app)
    values = {"employee_no": NO, "name": NAME, "department": "市场部", "employment": "regular"}
    values |= {
        "is_head": False,
        "phone_hash": hash_digits(app.phone_key, NO, DIGITS),
        "title": "",
        "also_in": [],
    }
    async with app.database.transaction() as tx:
        await employees.insert_many(tx, columns_of([values]))
        await registry.bump(tx)
    await co.filed(app)
    apps = [app]
    if not app.database.is_sqlite:
        apps.append(replace(app, database=Database(database_url), worker="other", batches={}, unbound={}))
    for one in apps:
        await registry.load(one)
    return apps


async def give(app: App, user_id: int, digits: str) -> Answer:
    async with app.database.transaction() as tx:
        return await prove(app, tx, user_id=user_id, name=NAME, employee_no=NO, digits=digits)


async def bound(app: App) -> list[int]:
    async with app.database.reading() as tx:
        return [one.user_id for one in await identities.load_of(tx, [NO])]


async def test_no_more_guesses_are_judged_than_allowed_however_many_come_at_once(both: list[App]) -> None:
    guesses = [give(both[n % len(both)], 41000 + n, "9999") for n in range(24)]
    await asyncio.gather(*guesses)
    async with both[0].database.reading() as tx:
        judged = (await tx.execute(select(func.count()).select_from(proof_attempts))).scalar_one()
    assert judged == both[0].policy.identity.attempts_per_employee
    for one in both[1:]:
        await one.database.close()


async def test_one_qq_is_bound_however_many_prove_the_same_at_once(both: list[App]) -> None:
    answers = await asyncio.gather(*(give(both[n % len(both)], 41000 + n, DIGITS) for n in range(8)))
    assert sum(answer.ok for answer in answers) == 1
    assert len(await bound(both[0])) == 1
    for one in both[1:]:
        await one.database.close()


async def test_of_requests_heard_at_once_one_is_let_in_and_the_others_are_held(both: list[App]) -> None:
    heard = [Heard(co.BOT, co.GROUP, 41000 + n, f"市场部 {NAME} {NO} {DIGITS}", f"f{n}") for n in range(6)]
    verdicts = await asyncio.gather(*(rounds.hear(both[n % len(both)], one) for n, one in enumerate(heard)))
    for one in both:
        await proofs.all_bound(one)
    assert sorted(verdict.row for verdict in verdicts if verdict is not None) == [6, 6, 6, 6, 6, 10]
    assert len(await bound(both[0])) == 1
    for one in both[1:]:
        await one.database.close()


async def test_the_database_itself_refuses_a_second_qq_by_proof(both: list[App]) -> None:
    row = {"employee_no": NO, "method": "proof", "verified_at": datetime(2026, 3, 2, tzinfo=UTC)}
    with pytest.raises(IntegrityError):
        async with both[0].database.transaction() as tx:
            await tx.execute(insert(identity_rows), [row | {"user_id": 41001}, row | {"user_id": 41002}])
    async with both[0].database.transaction() as tx:
        await tx.execute(insert(identity_rows), [row | {"user_id": 41001}])
        others = [row | {"user_id": 41002, "method": "roster"}, row | {"user_id": 41003, "method": "admin"}]
        await tx.execute(insert(identity_rows), others)
    for one in both[1:]:
        await one.database.close()
