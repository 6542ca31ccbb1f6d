"""Living through days: a run, and everything it queued done as the sender would, against a QQ in memory."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
from sqlalchemy import ColumnElement, select, update

from db.engine import Transaction
from db.queries.work.outbox import OutboxRow
from db.tables.work import outbox, outbox_cases
from db.values import Reader
from regulation.model import Employee, Member, Role
from services.acts import ActKind, ActOutcome
from services.app import App
from services.cases import enforcing
from services.imports import apply as imports
from services.imports.model import Preview
from services.ports import Reading
from services.sender import last_look, outcomes
from tests.company import ADMIN, BOT, GROUP, HEAD, OWNER, PEOPLE, PLAIN, FakeQQ, filed, registry_of, settle_in

_ROWS = Reader(OutboxRow, outbox, but="case_ids")


async def look(app: App, qq: FakeQQ, groups: Sequence[int] = (GROUP,)) -> list[OutboxRow]:
    """One run, and everything it queued done as the sender would; return what was done."""
    await enforcing.run(app, groups)
    return await send(app, qq)


async def queued(app: App, *where: ColumnElement[bool]) -> list[OutboxRow]:
    """Return these rows of the outbox as the sender claims them."""
    async with app.database.reading() as tx:
        rows = await _ROWS.all(tx, _ROWS.select.where(*where).order_by(outbox.c.id))
        return [replace(row, case_ids=await linked(tx, row.id)) for row in rows]


async def send(app: App, qq: FakeQQ, before: Callable[[OutboxRow], object] = bool) -> list[OutboxRow]:
    """Do everything that waits as the sender would; return what was done. `before` sees each act first."""
    done: list[OutboxRow] = []
    for row in await queued(app, outbox.c.state == "waiting"):
        not_done = await why_not(app, row)
        if not_done is None:
            before(row)
            done.append(row)
        outcome = not_done or act(qq, row)
        async with app.database.transaction() as tx:
            values = {"state": outcome.state, "acted_at": app.now(), "finished_at": app.now()}
            await tx.execute(update(outbox).where(outbox.c.id == row.id).values(**values))
            await outcomes.record(app, tx, row, outcome)
    return done


async def why_not(app: App, row: OutboxRow) -> ActOutcome | None:
    """Ask what the sender asks before it begins an act."""
    look = await last_look.read(app, row.group_id or 0) if row.kind is ActKind.REMOVE else None
    async with app.database.transaction() as tx:
        return await outcomes.why_not(app, tx, row, look)


async def linked(tx: Transaction, row_id: int) -> tuple[int, ...]:
    wanted = select(outbox_cases.c.case_id).where(outbox_cases.c.outbox_id == row_id)
    return tuple((await tx.execute(wanted)).scalars())


def act(qq: FakeQQ, row: OutboxRow) -> ActOutcome:
    here = qq.lists.get(row.group_id or 0, [])
    if row.kind is ActKind.REMOVE:
        here[:] = [m for m in here if m.user_id != row.user_id]
        return ActOutcome("done", confirmed_by="member_list")
    if row.kind is ActKind.SET_CARD:
        card = row.payload["card"]
        here[:] = [replace(m, card=card) if m.user_id == row.user_id else m for m in here]
        return ActOutcome("done", confirmed_by="member_info")
    if row.user_id in qq.deaf:
        return ActOutcome("failed", "不是好友")
    return ActOutcome("done", confirmed_by="answer")


async def stored(app: App, *columns: Any) -> list[Any]:
    async with app.database.reading() as tx:
        return [tuple(row) for row in await tx.rows(select(*columns).order_by(columns[0]))]


def powerless(qq: FakeQQ) -> None:
    """The bot is a plain member: its readings say so."""
    before = qq.read_members

    async def read(group_id: int, *, max_age: float = 5.0) -> Reading:
        return replace(await before(group_id, max_age=max_age), bot_role=Role.MEMBER)

    qq.read_members = read  # pyright: ignore[reportAttributeAccessIssue]


async def left_inside(app: App, left_on: date) -> FakeQQ:
    """Give `app` a filed group where the bot has no right, and 郑平 who left still sits."""
    made = await settle_in(app)
    await filed(app, GROUP, owner_id=None, admin_ids=None)
    made.lists[GROUP] = [
        Member(OWNER, card="市场部-王强", role=Role.OWNER),
        Member(ADMIN, card="市场部-李雷", role=Role.ADMIN),
        Member(HEAD, card="市场部-张总"),
        Member(BOT),
        Member(PLAIN, card="郑平"),
    ]
    powerless(made)
    gone = Employee("A009", "郑平", "市场部", departed_on=left_on, departure_known_on=left_on)
    app.registry = registry_of([(gone if e.employee_no == "A009" else e, number) for e, number in PEOPLE])
    return made


async def imported(app: App, *rows: Sequence[str]) -> int:
    """Import a roster of these rows; return its number."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (("工号", "姓名", "部门", "状态", "QQ", "离职日期"), *rows):
        sheet.append(list(row))
    book.save(out)
    made = await imports.preview_file(app, out.getvalue(), "a.xlsx", by="terminal", source="terminal")
    assert isinstance(made, Preview), made
    assert (await imports.apply_import(app, made.id, by="terminal")).state == "applied"
    return made.id
