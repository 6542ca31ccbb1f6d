"""The last rows of a transaction, its seals and its commit, in one go; and connections that are gone."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError

from db import steady
from db.engine import Database
from db.ledger import Ledger
from db.tables.ledger import ledger
from db.tables.work import audit_trail, switches
from db.transaction import Transaction

SWITCH = insert(switches).returning(switches.c.key)
MINE = "SELECT pg_backend_pid()"
END = text("SELECT pg_terminate_backend(:pid, 10000)")


AT = datetime(2026, 11, 20, tzinfo=UTC)


def switch(key: str) -> dict[str, Any]:
    return {"key": key, "value": True, "set_by": "bot", "set_at": AT}


def entry(what: str) -> dict[str, Any]:
    return {"at": AT, "actor": "bot", "source": "chat", "action": what, "subject": "", "detail": {}}


async def keys(database: Database) -> list[str]:
    async with database.reading() as tx:
        return [key for (key,) in await tx.rows(select(switches.c.key).order_by(switches.c.key))]


@pytest.mark.parametrize("durable", [True, False])
async def test_writes_with_the_commit_what_was_left_for_it(postgres: Database, durable: bool) -> None:
    postgres.ledger = Ledger(b"k" * 32)
    told: list[Sequence[Sequence[Any]]] = []
    name = f"last-{durable}"

    async def work(tx: Transaction) -> None:
        tx.add_last(SWITCH, [switch(name), switch(f"{name}-2")], told.append)
        tx.after_commit(lambda: told.append([["committed"]]))
        await tx.execute(insert(audit_trail), [entry(name)])

    try:
        await postgres.run(work, durable=durable)
        assert {name, f"{name}-2"} <= set(await keys(postgres))
        assert told == [[(name,), (f"{name}-2",)], [["committed"]]]
        async with postgres.reading() as tx:
            verified = await postgres.ledger.verify(tx)
            lines = (await tx.rows(select(func.count()).select_from(ledger)))[0][0]
        assert (verified.misfit, verified.lines) == (None, lines)
        assert lines > 0
    finally:
        postgres.ledger = None


async def test_commits_nothing_where_the_last_rows_fail(postgres: Database) -> None:
    async def work(tx: Transaction) -> None:
        await tx.execute(insert(switches), [switch("before")])
        tx.add_last(SWITCH, [switch("fine"), switch("before")], lambda _: None)

    with pytest.raises(DBAPIError):
        await postgres.run(work)
    assert not {"before", "fine"} & set(await keys(postgres))


async def test_a_connection_that_the_server_ended_is_made_anew(postgres: Database) -> None:
    async def mine(tx: Transaction) -> int:
        return (await tx.execute(text(MINE))).scalar_one()

    before = await postgres.run(mine)
    assert await postgres.run(mine) == before
    async with postgres.reading() as tx:
        # Waits until it has ended, ten seconds at most.
        assert (await tx.execute(END, {"pid": before})).scalar_one() is True
    assert await postgres.run(mine) != before


async def test_a_connection_that_lay_while_the_machine_slept_is_asked_first(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    ask = PGDialect_psycopg.do_ping

    def counted(dialect: PGDialect_psycopg, connection: Any) -> bool:
        asked.append(connection)
        return ask(dialect, connection)

    async def nothing(tx: Transaction) -> None:
        await tx.execute(text(MINE))

    monkeypatch.setattr(PGDialect_psycopg, "do_ping", counted)
    for now in (0.0, 10.0, 20.0):
        monkeypatch.setattr(steady, "seconds", lambda now=now: now)
        await postgres.run(nothing)
    assert asked == []
    monkeypatch.setattr(steady, "seconds", lambda: 3600.0)
    await postgres.run(nothing)
    assert len(asked) == 1
