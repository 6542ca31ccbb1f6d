"""Forgetting somebody who left long ago."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from db.queries.cases import timelines
from db.queries.groups import last_seen as group_rows
from db.queries.groups import memberships
from db.queries.people import dingtalk, identities, scim
from db.tables import metadata
from regulation.model import Member
from services import trail
from services.app import App
from services.imports import apply as imports
from services.imports import undoing
from services.imports.packing import unpack
from services.people import privacy, registry, staff

pytestmark = pytest.mark.dialects

ROSTER = "工号,姓名,部门,QQ,手机\nA77,王小芳,市场部,10077001,13800000077\nA1,李雷,市场部,10001,\n"


@pytest.fixture
async def left(app: App, clock) -> App:
    """王小芳 (A77, QQ 10077001) left 2026-03-02 with a case; 李雷 is still there."""
    made = await imports.preview_file(app, ROSTER.encode(), "a.csv", by="10000", source="chat")
    assert isinstance(made, imports.Preview)
    await imports.apply_import(app, made.id, by="10000")
    await staff.depart(app, "A77", by="10000")
    now = clock.now()
    async with app.database.transaction() as tx:
        await group_rows.put(tx, 700001, name="群")
        await memberships.put_members(
            tx, 700001, [Member(10077001, "芳芳", "市场部-王小芳")], now, whole=True
        )
        row = {
            "code": "L1", "group_id": 700001, "subject": "10077001", "user_id": 10077001, "employee_no": "A77",
            "department": "市场部", "status": "open", "reason": "departed",
            "data": {"name": "王小芳", "no": "A77"}, "opened_at": now, "seen_at": now,
        }  # fmt: skip
        case = (await timelines.add(tx, [row]))[0]
        told = replace(
            scim.new("r77", "User", now), employee_no="A77", body={"displayName": "王小芳", "title": "x"}
        )
        await scim.add(tx, told)
        await dingtalk.keep(tx, {"xiaofang": "A77"})
        await timelines.add_event(tx, case.id, now, "opened", {"name": "王小芳", "user_id": 10077001})
        await timelines.add_event(tx, case.id, now, "told", {"to": [10001], "about": "10077001"})
    return app


async def every_word(app: App) -> str:
    words: list[str] = []
    async with app.database.reading() as tx:
        for table in metadata.sorted_tables:
            words += [str(tuple(row)) for row in await tx.execute(select(table))]
            for row in (await tx.execute(select(table))).mappings() if table.name == "imports" else ():
                for name in ("diff", "undo", "rows"):
                    words += [str(unpack(row[name]))] if row[name] else []
    return "\n".join(words)


async def test_refuses_whom_it_must_keep(left, clock):
    assert "没有离职" in (await privacy.forget(left, "A1", confirmed=True, by="terminal")).text
    assert "没有工号" in (await privacy.forget(left, "ZZ", confirmed=True, by="terminal")).text
    clock.move(days=364)
    early = await privacy.forget(left, "A77", confirmed=True, by="terminal")
    assert (early.ok, "2027-03-02" in early.text) == (False, True)
    assert "A77" in left.registry.by_no


async def test_asks_before_it_erases(left, clock):
    clock.move(days=365)
    asked = await privacy.forget(left, "A77", confirmed=False, by="terminal")
    assert (asked.ok, asked.asks) == (False, True)
    assert "1 项" in asked.text
    assert "王小芳" in await every_word(left)


async def test_erases_the_person_and_keeps_the_case_under_a_pseudonym(left, clock):
    clock.move(days=365)
    done = await privacy.forget(left, "A77", confirmed=True, by="terminal")
    assert done.ok
    words = await every_word(left)
    for word in ("王小芳", "A77", "10077001", "芳芳"):
        assert word not in words
    assert "李雷" in words
    alias = privacy.pseudonym(left, "A77")
    async with left.database.reading() as tx:
        case = await timelines.get(tx, 1)
        assert case is not None
        assert (case.employee_no, case.user_id, case.subject, case.code) == (alias, None, alias, "L1")
        assert await identities.get(tx, 10001) is not None
    assert (await trail.verify(left)).misfit is None
    assert "A77" not in left.registry.by_no
    await registry.load(left)
    assert date(2026, 3, 2) not in {one.departed_on for one in left.registry.by_no.values()}


async def test_the_import_can_still_be_undone(left, clock):
    clock.move(days=365)
    await privacy.forget(left, "A77", confirmed=True, by="terminal")
    assert (await undoing.undo_import(left, 1, by="terminal")).state == "undone"
    assert left.registry.by_no == {}
