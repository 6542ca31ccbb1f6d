"""A renamed department is the same department; what would put people out by a slip waits for a human."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import delete, insert, select, update

from config.phrases import filing as filing_words
from db.queries.cases import timelines
from db.tables.cases import cases as case_rows
from db.tables.groups import filings as filing_rows
from db.tables.registry import employees, transfers
from db.tables.work import outbox
from regulation.duties import Code
from regulation.model import Case
from regulation.policy import DepartmentNames
from regulation.registry import canonical_path
from services.app import App
from services.cases import audit, enforcing, waivers
from services.filing import hand_in, standing
from services.groups.view import load_group
from services.imports import apply, register
from services.imports.model import Preview
from services.inbox import listing, settle
from services.joining import early_admission
from services.people import registry, renaming, roles, staff
from services.reports.filters import read_filters
from tests import company as co
from tests.conftest import StoppedClock
from tests.services.stories import overdue_case

NEW = "市场营销中心"
RENAMED = DepartmentNames(renamed={"市场部": NEW})
PEOPLE = (co.HEAD, co.OWNER, co.ADMIN)


@pytest.fixture
async def qq(app: App) -> co.FakeQQ:
    """A filed group of one department, held by names that were in force before."""
    qq = await co.settle_in(app)
    qq.lists[co.GROUP] = co.members(plain=(co.HEAD,))
    await co.filed(app)
    await renaming.take_up(app, DepartmentNames())
    await registry.load(app)
    await audit.audit_group(app, co.GROUP)
    return qq


async def roster_renames(app: App) -> None:
    """The new roster calls the department by its new name."""
    async with app.database.transaction() as tx:
        below = employees.c.department.startswith("市场部")
        for row in (await tx.execute(select(employees).where(below))).mappings().all():
            named = row["department"].replace("市场部", NEW)
            mine = employees.c.employee_no == row["employee_no"]
            await tx.execute(update(employees).where(mine).values(department=named))
        await registry.bump(tx)
    await registry.refresh(app)


async def restart(app: App, names: DepartmentNames) -> int | None:
    """Start the bot anew with these names in the policy file."""
    app.policy = replace(app.policy, departments=names)
    await registry.load(app)
    return await renaming.take_up(app, names)


async def found(app: App, code: str) -> list[Case]:
    await audit.audit_group(app, co.GROUP)
    async with app.database.reading() as tx:
        return [case for case in await timelines.open_of_group(tx, co.GROUP) if case.code == code]


@pytest.mark.parametrize(
    "names",
    [
        RENAMED,
        DepartmentNames(aliases={NEW: ("市场部",)}),
        DepartmentNames(renamed={"市场部": "营销部", "营销部": NEW}),
        DepartmentNames(renamed={"市场部": "营销部"}, aliases={NEW: ("营销部",)}),
    ],
)
async def test_nobody_is_out_of_scope_nor_reminded_that_day(
    app: App, qq: co.FakeQQ, clock: StoppedClock, names: DepartmentNames
) -> None:
    """Example 6 of the regulation: renamed, not reorganised."""
    assert await restart(app, names) is None
    await roster_renames(app)
    assert await found(app, "M2") == []
    await enforcing.run(app, [co.GROUP])
    async with app.database.reading() as tx:
        kinds = set((await tx.execute(select(outbox.c.kind))).scalars())
        group = await load_group(app, tx, co.GROUP)
    said = "".join(text for to, _, text in await co.sent(app) if to == co.GROUP)
    assert "remove" not in kinds
    assert "名片" not in said
    assert group.filing is not None
    assert (group.filing.scope.departments, group.filing.department) == ((NEW,), NEW)


async def test_after_a_day_whoever_has_the_old_name_on_the_card_is_reminded(
    app: App, qq: co.FakeQQ, clock: StoppedClock
) -> None:
    await restart(app, RENAMED)
    await roster_renames(app)
    clock.move(days=1, hours=1)
    await enforcing.run(app, [co.GROUP])
    assert any(to == co.GROUP for to, _, _ in await co.sent(app))


async def test_a_transfer_from_a_renamed_department_is_none_of_its_groups(app: App, qq: co.FakeQQ) -> None:
    move = {"employee_no": "A001", "from_department": "采购部", "to_department": "市场部"}
    async with app.database.transaction() as tx:
        done = {"since": date(2026, 2, 1), "handover_on": date(2026, 2, 2)}
        await tx.execute(insert(transfers).values(**move, **done))
    await restart(app, RENAMED)
    await roster_renames(app)
    assert await found(app, "T1") == []
    employee = app.registry.by_no["A001"]
    assert [one.to_department for one in employee.transfers] == [NEW]


async def test_the_admin_department_keeps_its_rights_by_another_name(app: App, qq: co.FakeQQ) -> None:
    await restart(app, DepartmentNames(renamed={"行政部": "综合管理部"}))
    async with app.database.reading() as tx:
        assert co.STAFF in await roles.admin_staff(app, tx)


async def test_reports_by_a_department_have_its_cases_of_before(app: App, qq: co.FakeQQ) -> None:
    await overdue_case(app, department="市场部/华东组")
    await restart(app, RENAMED)
    await roster_renames(app)
    async with app.database.reading() as tx:
        filters = await read_filters(app, tx, {"部门": NEW}, [], allowed=("部门",))
        assert not isinstance(filters, str)
        wanted = select(case_rows.c.id).where(case_rows.c.department.in_(filters.departments))
        assert (await tx.execute(wanted)).all()


async def test_a_change_that_puts_many_out_is_withheld_with_names_until_admin_staff_agree(
    app: App, qq: co.FakeQQ
) -> None:
    await restart(app, RENAMED)
    await roster_renames(app)
    # The line was lost from the file: the scope as filed names a department that is nowhere now.
    made = await restart(app, DepartmentNames())
    assert made is not None
    assert await found(app, "M2") == []
    async with app.database.reading() as tx:
        [item] = [one for one in await listing.mine(app, tx, co.STAFF) if one.letter == "I"]
    assert any("张总" in text for _, to, text in await co.sent(app) if to == co.STAFF)
    [answer] = await settle.settle(app, [("I", item.id)], approve=True, by=co.STAFF)
    assert answer.ok
    assert {case.user_id for case in await found(app, "M2")} == set(PEOPLE)
    [answer] = await settle.settle(app, [("I", item.id)], approve=True, by=co.STAFF)
    assert not answer.ok


async def test_a_change_that_was_refused_leaves_the_names_as_they_were(app: App, qq: co.FakeQQ) -> None:
    await restart(app, RENAMED)
    await roster_renames(app)
    made = await restart(app, DepartmentNames())
    assert made is not None
    [answer] = await settle.settle(app, [("I", made)], approve=False, by=co.STAFF)
    assert answer.ok
    assert await found(app, "M2") == []
    assert app.policy.departments.renamed == {"市场部": NEW}


@pytest.mark.parametrize(
    ("path", "names", "today"),
    [
        ("市场部/华东组", DepartmentNames(renamed={"市场部": NEW}), f"{NEW}/华东组"),
        ("市场部/华东组", DepartmentNames(renamed={"市场部/华东组": "市场部/华东大区"}), "市场部/华东大区"),
        ("市场部/华东组", DepartmentNames(renamed={"华东组": "华东大区"}), "市场部/华东大区"),
        ("市场部", DepartmentNames(renamed={"市场部": "营销/市场部"}), "营销/市场部"),
        ("营销/市场部", DepartmentNames(renamed={"市场部": "营销/市场部"}), "营销/市场部"),
        ("甲", DepartmentNames(renamed={"甲": "乙", "乙": "甲"}), "甲"),
        ("市场部/华东", DepartmentNames(aliases={"市场部/华东组": ("华东",)}), "市场部/华东组"),
        ("华东", DepartmentNames(aliases={"市场部/华东组": ("华东",)}), "市场部/华东组"),
    ],
)
def test_a_path_is_called_by_its_last_name(path: str, names: DepartmentNames, today: str) -> None:
    assert canonical_path(path, names) == today


async def _filed_since(app: App) -> None:
    """The head is told of the group that serves already, though it was filed under the old name."""
    await co.filed(app, co.OTHER, name="市场部老群")
    async with app.database.transaction() as tx:
        await tx.execute(delete(filing_rows).where(filing_rows.c.group_id == co.GROUP))
    assert (await hand_in.file(app, co.GROUP, hand_in.Wish("日常沟通", NEW), by=co.OWNER)).ok
    [text] = [text for _, to, text in await co.sent(app) if to == co.HEAD and "有必要吗" in text]
    assert "市场部老群" in text


async def _unchanged(app: App) -> None:
    """A change that changes nothing but the old name is none; one that does shows nothing else."""
    assert (await hand_in.change(app, co.GROUP, by=co.OWNER)).text == filing_words.NO_CHANGE
    assert (await hand_in.change(app, co.GROUP, by=co.OWNER, purpose="项目沟通")).ok
    async with app.database.reading() as tx:
        [item] = [one for one in await listing.mine(app, tx, co.STAFF) if one.letter == "B"]
    assert "项目沟通" in item.what
    assert "范围" not in item.what


async def _status(app: App) -> None:
    assert f"范围 {NEW}" in (await standing.status_of(app, co.GROUP)).text.replace("：", " ")


async def _register(app: App) -> None:
    """The company's register calls the department by its new name: nothing is filed anew."""
    data = f"群号,成员范围\n{co.GROUP},{NEW}\n".encode()
    made = await apply.preview_file(app, data, "群.csv", by=str(co.STAFF), source="chat", kind="filings")
    assert isinstance(made, Preview)
    assert made.counts == {"added": 0, "changed": 0, "errors": 0}
    async with app.database.reading() as tx:
        [row] = await register.register_rows(app, tx)
    assert (row["成员范围"], row["部门"]) == (NEW, NEW)


async def _consent(app: App) -> None:
    """Asked of the head before, consented to after: it holds, and nobody is found."""
    async with app.database.reading() as tx:
        [item] = [one for one in await listing.mine(app, tx, co.HEAD) if one.letter == "E"]
    [answer] = await settle.settle(app, [("E", item.id)], approve=True, by=co.HEAD)
    assert answer.ok
    assert isinstance(app.gateway, co.FakeQQ)
    app.gateway.lists[co.GROUP] = co.members(plain=(co.HEAD, co.TRAINEE))
    assert await found(app, "M3") == []
    assert await found(app, "M2") == []


async def _handover(app: App) -> None:
    """Until 郑平 has handed over, the renamed department is still theirs; its head says when."""
    [move] = app.registry.by_no["A009"].transfers
    assert (move.from_department, move.to_department) == (NEW, "采购部")
    assert isinstance(app.gateway, co.FakeQQ)
    app.gateway.lists[co.GROUP] = co.members(plain=(co.HEAD, co.PLAIN))
    assert await found(app, "M2") == []
    assert (await staff.complete_handover(app, "A009", by=str(co.HEAD), as_head="A001")).ok


async def _waiver(app: App) -> None:
    """Who was let off being out of scope, by name in this group, stays so."""
    assert isinstance(app.gateway, co.FakeQQ)
    app.gateway.lists[co.GROUP] = co.members(plain=(co.HEAD, co.BUYER_HEAD))
    assert await found(app, "M2") == []


async def _waiting(app: App) -> None:
    """A filing that waited for its head is still his, and comes into force by the new name."""
    async with app.database.reading() as tx:
        [item] = [one for one in await listing.mine(app, tx, co.BUYER_HEAD) if one.letter == "B"]
        assert NEW in item.what
    for by in (co.BUYER_HEAD, co.STAFF):
        [answer] = await settle.settle(app, [("B", item.id)], approve=True, by=by)
        assert answer.ok, answer.text
    async with app.database.reading() as tx:
        group = await load_group(app, tx, co.OTHER)
    assert group.filing is not None
    assert group.filing.scope.departments == (NEW,)


@pytest.mark.parametrize("names", [RENAMED, DepartmentNames(aliases={NEW: ("市场部",)})])
@pytest.mark.parametrize(
    "follows",
    [_filed_since, _unchanged, _status, _register, _consent, _handover, _waiver, _waiting],
    ids=lambda one: one.__name__,
)
async def test_what_was_stored_under_the_old_name_follows(
    app: App, qq: co.FakeQQ, names: DepartmentNames, follows: Callable[[App], Awaitable[None]]
) -> None:
    """Scopes, transfers, consents, waivers and filings on their way: all recorded before the change."""
    assert (await early_admission.propose(app, "A006", co.GROUP, "项目急需", by=co.OWNER)).ok
    assert (await waivers.waive(app, co.BUYER_HEAD, Code.M2, 30, "常驻", by=co.STAFF, group_id=co.GROUP)).ok
    move = {"employee_no": "A009", "from_department": "市场部", "to_department": "采购部"}
    async with app.database.transaction() as tx:
        await tx.execute(insert(transfers).values(**move, since=date(2026, 2, 20)))
    if follows is _waiting:
        assert (await hand_in.file(app, co.OTHER, hand_in.Wish("采购对接", "市场部"), by=co.PLAIN)).ok
    assert await restart(app, names) is None
    await roster_renames(app)
    await follows(app)
