"""The day a department is renamed nobody is out of scope, reminded or moved."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import insert, select, update

from db.tables.registry import employees, transfers
from db.tables.work import outbox
from regulation.policy import DepartmentNames
from regulation.registry import canonical_path
from services.app import App
from services.cases import enforcing
from services.groups.view import load_group
from services.inbox import listing, settle
from services.people import registry, roles
from tests import company as co
from tests.conftest import StoppedClock
from tests.services.people.renaming.names import NEW, PEOPLE, RENAMED, found, restart, roster_renames


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


@pytest.mark.parametrize(
    ("names", "stored"),
    [
        (DepartmentNames(renamed={"行政部": "综合管理部"}), "行政部"),
        (DepartmentNames(aliases={"综合管理部": ("行政部",)}), "行政部"),
        (DepartmentNames(renamed={"总部": "集团"}), "总部/行政部"),
        (DepartmentNames(renamed={"总部/行政部": "总部/综合管理部"}), "总部/行政部"),
    ],
)
@pytest.mark.parametrize("roster_too", [True, False])
async def test_the_admin_department_keeps_its_rights_by_another_name(
    app: App, qq: co.FakeQQ, names: DepartmentNames, stored: str, roster_too: bool
) -> None:
    """Whoever was granted them has them, before and after the roster calls it anew; no one else."""
    company = replace(app.policy.company, admin_department=stored)
    app.policy = replace(app.policy, company=company)
    async with app.database.transaction() as tx:
        here = employees.c.department == "行政部"
        await tx.execute(update(employees).where(here).values(department=stored))
        await registry.bump(tx)
    await restart(app, names)
    if roster_too:
        async with app.database.transaction() as tx:
            called = {"department": canonical_path(stored, names)}
            await tx.execute(update(employees).where(employees.c.department == stored).values(called))
            await registry.bump(tx)
        await registry.refresh(app)
    async with app.database.reading() as tx:
        assert set(await roles.admin_staff(app, tx)) == {co.ROOT, co.STAFF}
