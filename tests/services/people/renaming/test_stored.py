"""What was stored under the old name follows."""

from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from sqlalchemy import delete, func, insert, select, update

from config.phrases import filing as filing_words
from db.tables.cases import cases as case_rows
from db.tables.groups import filings as filing_rows
from db.tables.registry import employees, transfers
from regulation.cards.group_card import judge_card
from regulation.duties import Code
from regulation.groups.scope import read_scope
from regulation.periods import read_period
from regulation.policy import DepartmentNames
from services.app import App
from services.cases.settling import waivers
from services.filing import hand_in, standing
from services.groups.view import load_group
from services.imports import apply, register
from services.imports.model import Preview
from services.inbox import listing, settle
from services.joining import early_admission
from services.people import registry, staff
from services.reports import figures
from services.reports.filters import Filters, read_filters
from tests import company as co
from tests.services.people.renaming.names import NEW, found, restart, roster_renames
from tests.services.stories import overdue_case


async def _filed_since(app: App, new: str) -> None:
    """The head is told of the group that serves already, though it was filed under the old name."""
    old = OLD_PATHS[new]
    scope = {"everyone": False, "departments": [old], "employee_nos": []}
    await co.filed(app, co.OTHER, name="市场部老群", scope=scope, department=old)
    async with app.database.transaction() as tx:
        await tx.execute(delete(filing_rows).where(filing_rows.c.group_id == co.GROUP))
    assert (await hand_in.file(app, co.GROUP, hand_in.Wish("日常沟通", new), by=co.OWNER)).ok
    [text] = [text for _, to, text in await co.sent(app) if to == co.HEAD and "有必要吗" in text]
    assert "市场部老群" in text


async def _unchanged(app: App, new: str) -> None:
    """A change that changes nothing but the old name is none; one that does shows nothing else."""
    assert (await hand_in.change(app, co.GROUP, by=co.OWNER)).text == filing_words.NO_CHANGE
    assert (await hand_in.change(app, co.GROUP, by=co.OWNER, purpose="项目沟通")).ok
    async with app.database.reading() as tx:
        [item] = [one for one in await listing.mine(app, tx, co.STAFF) if one.letter == "B"]
    assert "项目沟通" in item.what
    assert "范围" not in item.what


async def _status(app: App, new: str) -> None:
    assert f"范围 {new}" in (await standing.status_of(app, co.GROUP)).text.replace("：", " ")


async def _register(app: App, new: str) -> None:
    """The company's register calls the department by its new name: nothing is filed anew."""
    data = f"群号,成员范围\n{co.GROUP},{new}\n".encode()
    made = await apply.preview_file(app, data, "群.csv", by=str(co.STAFF), source="chat", kind="filings")
    assert isinstance(made, Preview)
    assert made.counts == {"added": 0, "changed": 0, "errors": 0}
    async with app.database.reading() as tx:
        [row] = await register.register_rows(app, tx)
    assert (row["成员范围"], row["部门"]) == (new, new)


async def _consent(app: App, new: str) -> None:
    """Asked of the head before, consented to after: it holds, and nobody is found."""
    async with app.database.reading() as tx:
        [item] = [one for one in await listing.mine(app, tx, co.HEAD) if one.letter == "E"]
    [answer] = await settle.settle(app, [("E", item.id)], approve=True, by=co.HEAD)
    assert answer.ok
    assert isinstance(app.gateway, co.FakeQQ)
    app.gateway.lists[co.GROUP] = co.members(plain=(co.HEAD, co.TRAINEE))
    assert await found(app, "M3") == []
    assert await found(app, "M2") == []


async def _handover(app: App, new: str) -> None:
    """Until 郑平 has handed over, the renamed department is still theirs; its head says when."""
    [move] = app.registry.by_no["A009"].transfers
    assert (move.from_department, move.to_department) == (new, "采购部")
    assert isinstance(app.gateway, co.FakeQQ)
    app.gateway.lists[co.GROUP] = co.members(plain=(co.HEAD, co.PLAIN))
    assert await found(app, "M2") == []
    assert (await staff.complete_handover(app, "A009", by=str(co.HEAD), as_head="A001")).ok


async def _waiver(app: App, new: str) -> None:
    """Who was let off being out of scope, by name in this group, stays so."""
    assert isinstance(app.gateway, co.FakeQQ)
    app.gateway.lists[co.GROUP] = co.members(plain=(co.HEAD, co.BUYER_HEAD))
    assert await found(app, "M2") == []


async def _waiting(app: App, new: str) -> None:
    """A filing that waited for its head is still his, and comes into force by the new name."""
    async with app.database.reading() as tx:
        [item] = [one for one in await listing.mine(app, tx, co.BUYER_HEAD) if one.letter == "B"]
        assert new in item.what
    for by in (co.BUYER_HEAD, co.STAFF):
        [answer] = await settle.settle(app, [("B", item.id)], approve=True, by=by)
        assert answer.ok, answer.text
    async with app.database.reading() as tx:
        group = await load_group(app, tx, co.OTHER)
    assert group.filing is not None
    assert group.filing.scope.departments == (new,)


async def _alias(app: App, new: str) -> None:
    """What people call the department for short means it as before: on a card, in a scope, in a filter."""
    assert read_scope("市场", app.registry).scope.departments == (new,)
    owner = app.registry.by_no["A002"]
    assert judge_card("市场-王强", owner, app.registry, app.policy, app.now().date()).ok
    async with app.database.reading() as tx:
        filters = await read_filters(app, tx, {"部门": "市场"}, [], allowed=("部门",))
    assert not isinstance(filters, str)
    assert new in filters.departments


async def _case(app: App, new: str) -> None:
    """A case of before stands under today's name: in figures, in a list by the department."""
    await overdue_case(app, group_id=co.OTHER, department=f"{OLD_PATHS[new]}/华东组")
    period = read_period("2026-02-01..2026-03-31", app.now().date())
    assert period is not None
    assert (await figures.load(app, period, Filters(group_id=co.OTHER))).by_department == {
        new.partition("/")[0]: 1
    }
    async with app.database.reading() as tx:
        filters = await read_filters(app, tx, {"部门": new}, [], allowed=("部门",))
        assert not isinstance(filters, str)
        wanted = select(case_rows.c.id).where(case_rows.c.department.in_(filters.departments))
        assert (await tx.execute(wanted)).all()


async def _roster(app: App, new: str) -> None:
    """HR's next file by the new name is no news; by the old one neither."""
    for name in (new, OLD_PATHS[new]):
        rows = (f"A001,张总,{name},是", f"A002,王强,{name},否", f"A003,李雷,{name}/华东组,否")
        data = "\n".join(("工号,姓名,部门,主管", *rows)).encode()
        made = await apply.preview_file(app, data, "人.csv", by="terminal", source="terminal")
        assert isinstance(made, Preview)
        assert {name: n for name, n in made.counts.items() if n} == {}


async def _transfer_answer(app: App, new: str) -> None:
    """Whoever records a handover is answered by the names of today."""
    assert f"{new}" in (await staff.complete_handover(app, "A009", by=str(co.STAFF))).text


LATER = DepartmentNames(aliases={NEW: ("市场部", "市场")})
PART = DepartmentNames(renamed={"营销系统": "营销体系"}, aliases={"营销系统/市场部": ("市场",)})
WITHIN = DepartmentNames(renamed={"营销系统/市场部": "营销系统/市场一部"}, aliases={"市场部": ("市场",)})
CHANGES = {
    NEW: DepartmentNames(renamed={"市场部": NEW}, aliases={"市场部": ("市场",)}),
    "营销体系/市场部": PART,
    "营销系统/市场一部": WITHIN,
}
OLD_PATHS = {NEW: "市场部", "营销体系/市场部": "营销系统/市场部", "营销系统/市场一部": "营销系统/市场部"}


async def move_below(app: App, old: str) -> None:
    """Everything of 市场部 stood under this path from the beginning."""
    async with app.database.transaction() as tx:
        for column in (employees.c.department, filing_rows.c.department):
            whole = func.replace(column, "市场部", old)
            await tx.execute(update(column.table).values({column: whole}))
        scope = {"everyone": False, "departments": [old], "employee_nos": []}
        await tx.execute(update(filing_rows).values(scope=scope))
        await registry.bump(tx)
    await registry.refresh(app)


@pytest.mark.parametrize(
    ("new", "names"),
    [*CHANGES.items(), (NEW, LATER)],
    ids=("renamed", "part above renamed", "renamed by its path", "alias set later"),
)
@pytest.mark.parametrize(
    "follows",
    [
        _filed_since, _unchanged, _status, _register, _consent, _handover, _waiver, _waiting, _alias, _case,
        _roster, _transfer_answer,
    ],
    ids=lambda one: one.__name__,
)  # fmt: skip
async def test_what_was_stored_under_the_old_name_follows(
    app: App, qq: co.FakeQQ, new: str, names: DepartmentNames, follows: Callable[[App, str], Awaitable[None]]
) -> None:
    """Scopes, transfers, consents, waivers and filings on their way: all recorded before the change."""
    old = OLD_PATHS[new]
    await move_below(app, old)
    assert (await early_admission.propose(app, "A006", co.GROUP, "项目急需", by=co.OWNER)).ok
    assert (await waivers.waive(app, co.BUYER_HEAD, Code.M2, 30, "常驻", by=co.STAFF, group_id=co.GROUP)).ok
    move = {"employee_no": "A009", "from_department": old, "to_department": "采购部"}
    async with app.database.transaction() as tx:
        await tx.execute(insert(transfers).values(**move, since=date(2026, 2, 20)))
    if follows is _waiting:
        assert (await hand_in.file(app, co.OTHER, hand_in.Wish("采购对接", "市场部"), by=co.PLAIN)).ok
    assert await restart(app, names) is None
    await roster_renames(app, old, new)
    await follows(app, new)
