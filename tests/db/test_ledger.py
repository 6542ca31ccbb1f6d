"""The ledger finds what was changed by hand: a row, a line, or that one of them is gone."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, delete, func, insert, select, update

from db.ledger import Ledger, Misfit, Verified, head
from db.migrate import seal_all
from db.queries.joining import requests
from db.queries.work import trail
from db.sealed import SEALED
from db.tables.cases import case_events, cases, penalties
from db.tables.ledger import ledger
from db.tables.requests import join_requests
from db.tables.work import audit_trail
from db.transaction import Transaction
from regulation.join_gate import not_judged
from services.app import App
from services.joining.heard import Heard, new_request
from tests.company import PLAIN, settle_in
from tests.services.stories import add_case, add_penalty


async def verified(app: App) -> Verified:
    assert app.database.ledger is not None
    async with app.database.reading() as tx:
        return await app.database.ledger.verify(tx)


@pytest.fixture
async def company(app: App) -> App:
    """Return an app whose database holds a case, its penalty, and a line of the trail."""
    await settle_in(app)
    async with app.database.transaction() as tx:
        case = await add_case(tx, opened_at=app.now() - timedelta(days=5))
        line = {"at": app.now(), "actor": "10000", "source": "chat", "action": "waive", "subject": "V1"}
        await trail.add_many(tx, [{**line, "detail": {"reason": "出差"}}])
    await add_penalty(app, case)
    assert (await verified(app)).misfit is None
    return app


async def by_hand(app: App, work: Callable[[Connection], object]) -> Misfit:
    """Change the database past the program; return what the ledger says of it."""
    await app.database.plainly(work)
    found = (await verified(app)).misfit
    assert found is not None
    return found


BY_HAND = {
    "a penalty of 20 made 2,000": (update(penalties).values(amount=Decimal(2000)), "penalties", "changed"),
    "a penalty gone": (delete(penalties), "penalties", "gone"),
    "a case moved to somebody else": (
        update(cases).values(subject="20009", user_id=20009, employee_no="A002"), "cases", "changed",
    ),
    "a line of the trail changed": (update(audit_trail).values(actor="10001"), "audit_trail", "changed"),
    "a line of the trail gone": (delete(audit_trail), "audit_trail", "gone"),
    "a case's timeline rewritten": (update(case_events).values(data={"group_id": 1}), "case_events", "changed"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BY_HAND)
async def test_names_what_was_changed_by_hand(company: App, kind: str):
    change, source, why = BY_HAND[kind]
    found = await by_hand(company, lambda connection: connection.execute(change))
    assert (found.source, found.why) == (source, why)
    assert found.seq is not None


async def test_a_deleted_case_is_missed(company: App):
    def work(connection: Connection) -> None:
        for table in (penalties, case_events, cases):
            connection.execute(delete(table))

    assert (await by_hand(company, work)).why == "gone"


async def test_a_row_added_by_hand_has_no_line(company: App):
    row = {"at": company.now(), "actor": "bot", "source": "job", "action": "x", "subject": "V9", "detail": {}}
    found = await by_hand(company, lambda connection: connection.execute(insert(audit_trail).values(row)))
    assert (found.seq, found.source, found.why) == (None, "audit_trail", "unknown")


async def test_a_row_changed_by_hand_stays_found_when_the_program_writes_beside_it(company: App):
    await company.database.plainly(lambda c: c.execute(update(penalties).values(amount=Decimal(2000))))
    async with company.database.transaction() as tx:
        await add_case(tx, opened_at=company.now(), subject="20004", user_id=PLAIN + 1)
    found = (await verified(company)).misfit
    assert found is not None
    assert found.source == "penalties"


async def test_the_chain_can_be_written_anew_only_with_the_key(company: App):
    forger = Ledger(b"another key")

    def work(connection: Connection) -> None:
        connection.execute(update(penalties).values(amount=Decimal(2000)))
        row = connection.execute(select(penalties)).mappings().one()
        seal, digest = forger.seal("penalties", row), b""
        connection.execute(update(ledger).where(ledger.c.source == "penalties").values(seal=seal))
        for line in connection.execute(select(ledger).order_by(ledger.c.seq)).all():
            digest = forger.link(digest, line.seq, line.source, line.row_id, line.seal)
            connection.execute(update(ledger).where(ledger.c.seq == line.seq).values(hash=digest))

    found = await by_hand(company, work)
    assert (found.seq, found.why) == (1, "chain")


async def test_a_line_taken_away_is_missed(company: App):
    found = await by_hand(company, lambda c: c.execute(delete(ledger).where(ledger.c.seq == 2)))
    assert (found.seq, found.why) == (2, "missing")


async def test_lines_and_rows_cut_off_together_show_beside_the_head_told_before(company: App):
    told = await verified(company)

    def work(connection: Connection) -> None:
        connection.execute(delete(ledger).where(ledger.c.source == "penalties"))
        connection.execute(delete(penalties))

    await company.database.plainly(work)
    async with company.database.reading() as tx:
        now = await head(tx)
    assert f"{now[0]}:{now[1].hex()}" != told.head


async def test_what_only_passes_and_what_fails_leaves_no_line(company: App):
    before = await verified(company)
    async with company.database.transaction() as tx:
        await tx.execute(update(cases).values(seen_at=company.now()))
    with suppress(ZeroDivisionError):
        async with company.database.transaction() as tx:
            await tx.execute(delete(penalties))
            raise ZeroDivisionError
    assert await verified(company) == before


async def test_rows_older_than_the_ledger_are_sealed_once(company: App):
    await company.database.plainly(lambda connection: connection.execute(delete(ledger)))
    assert company.database.ledger is not None
    async with company.database.transaction() as tx:
        await seal_all(company.database.ledger, tx, SEALED)
    found = await verified(company)
    assert found.misfit is None
    async with company.database.reading() as tx:
        assert found.lines == (await tx.rows(select(func.count()).select_from(ledger)))[0][0]


@pytest.mark.parametrize("changed", [False, True])
async def test_a_row_is_sealed_as_its_transaction_leaves_it(company: App, changed: bool):
    heard = Heard(10001, 700001, 20001, "市场部 张三 A001 1234", "flag")
    new = new_request(heard, not_judged(), registry_version=1, answers=False, now=company.now())

    async def work(tx: Transaction) -> None:
        (request_id,) = (await requests.add_many(tx, [new])).values()
        if changed:
            await requests.settle(tx, request_id, state="lapsed")

    before = (await verified(company)).lines
    await company.database.run(work)
    found = await verified(company)
    assert (found.misfit, found.lines) == (None, before + 1)
    shifted = update(join_requests).values(user_id=20002)
    misfit = await by_hand(company, lambda connection: connection.execute(shifted))
    assert (misfit.source, misfit.why) == ("join_requests", "changed")
