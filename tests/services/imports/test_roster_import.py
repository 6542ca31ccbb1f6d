"""Imports: diff, brakes, confirmation, apply, undo, and what chat said against what the roster says."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import select

from db.queries.groups import last_seen as group_rows
from db.queries.groups import memberships
from db.queries.people import employees, identities
from db.queries.people import registry as registry_rows
from db.queries.work import imports as import_rows
from db.tables import metadata
from regulation.model import Member, Status
from regulation.policy import DepartmentNames, Policy, RegistryLimits, Safety
from services.app import App
from services.imports import apply as imports
from services.imports import undoing
from services.imports.model import Accepted
from services.people import identities as identity_services
from services.people import registry, staff

THREE = [
    ["A001", "王芳", "市场部", "正式", 10001, "13800000001", ""],
    ["A002", "李雷", "市场部/华东组", "试用", "10002;10003", "13800000002", ""],
    ["A003", "韩梅", "采购部", "正式", "", "", ""],
]


async def everything(app: App) -> dict[str, list[tuple[object, ...]]]:
    """All that an undo must restore."""
    names = ("employees", "transfers", "identities", "departments", "grants")
    found: dict[str, list[tuple[object, ...]]] = {}
    async with app.database.reading() as tx:
        for name in names:
            table = metadata.tables[name]
            rows = await tx.execute(select(*(c for c in table.c if c.name != "swept_on")))
            found[name] = sorted((tuple(row) for row in rows), key=repr)
        _, as_of = await registry_rows.state(tx)
        found["as_of"] = [(as_of,)]
    return found


async def test_takes_a_first_roster_over(app, take, clock):
    outcome = await take(THREE)
    assert dict(outcome.counts)["added"] == 3
    person = app.registry.by_no["A002"]
    assert (person.department, person.status(clock.now().date())) == ("市场部/华东组", Status.PROBATION)
    assert app.registry.qqs_of("A002") == (10002, 10003)
    assert app.registry.as_of == clock.now()
    assert app.registry.by_no["A001"].phone_hash != app.registry.by_no["A002"].phone_hash
    async with app.database.reading() as tx:
        rows = await tx.execute(select(metadata.tables["departments"].c.path))
        assert sorted(rows.scalars()) == ["市场部", "市场部/华东组", "采购部"]


async def test_a_preview_changes_nothing(app, preview):
    before = await everything(app)
    made = await preview(THREE)
    assert made.text.startswith(f"导入 I{made.id}：新增 3，离职 0，调岗 0，错误 0")
    assert await everything(app) == before


async def test_counts_each_person_once(take, preview):
    await take(THREE)
    made = await preview(
        [
            ["A001", "王芳", "市场部", "离职", 10001, "13800000001", "2026-03-02"],
            ["A002", "李雷", "采购部", "正式", "10002;10003", "13800000002", ""],
            ["A003", "韩梅梅", "采购部", "正式", "", "", ""],
            ["A004", "林涛", "采购部", "正式", "", "", ""],
        ]
    )
    wanted = {"added": 1, "changed": 1, "departed": 1, "transferred": 1, "errors": 0}
    assert {name: made.counts[name] for name in wanted} == wanted
    assert "王芳（A001）2026-03-02" in made.text
    assert "市场部/华东组 → 采购部" in made.text


async def test_a_changed_department_opens_a_transfer(app, take, clock):
    await take(THREE)
    await take([["A001", "王芳", "采购部", "正式", 10001, "13800000001", ""]])
    person = app.registry.by_no["A001"]
    day = clock.now().date()
    assert person.department == "采购部"
    assert [(m.from_department, m.to_department, m.is_open(day)) for m in person.transfers] == [
        ("市场部", "采购部", True)
    ]


async def test_a_renamed_department_is_no_transfer(database, app, take, preview):
    await take(THREE)
    app.policy = Policy(departments=DepartmentNames(renamed={"市场部": "营销部"}))
    await registry.load(app)
    assert app.registry.by_no["A001"].department == "营销部"
    made = await preview(THREE)
    assert made.counts["transferred"] == 0
    assert made.counts["renamed"] == 2
    await imports.apply_import(app, made.id, by="terminal")
    assert app.registry.by_no["A002"].department == "营销部/华东组"
    assert app.registry.by_no["A002"].transfers == ()


HANDOVER = ("工号", "姓名", "部门", "移交完成日期")


async def test_a_handover_date_completes_the_open_transfer(app, take, clock):
    await take(THREE)
    await take([["A001", "王芳", "采购部", ""]], HANDOVER)
    clock.move(days=3)
    await take([["A001", "王芳", "采购部", "2026-03-04"]], HANDOVER)
    move = app.registry.by_no["A001"].transfers[0]
    assert (move.handover_on, move.known_on) == (date(2026, 3, 4), clock.now().date())


async def test_an_old_handover_date_does_not_complete_a_new_transfer(app, take, clock):
    await take(THREE)
    await take([["A001", "王芳", "采购部", "2026-03-02"]], HANDOVER)
    clock.move(days=10)
    await take([["A001", "王芳", "市场部", "2026-03-02"]], HANDOVER)
    assert app.registry.by_no["A001"].transfers[1].handover_on is None


async def test_a_departed_row_without_date_departs_on_the_day_of_the_import_and_stays(app, take, clock):
    await take(THREE)
    gone = [["A001", "王芳", "市场部", "离职", 10001, "", ""]]
    await take(gone)
    first = app.registry.by_no["A001"]
    assert (first.departed_on, first.departure_known_on) == (date(2026, 3, 2), date(2026, 3, 2))
    clock.move(days=5)
    await take(gone)
    assert app.registry.by_no["A001"].departed_on == date(2026, 3, 2)


async def test_a_departure_known_late_is_known_from_the_import_on(app, take, clock):
    await take(THREE)
    await take([["A001", "王芳", "市场部", "离职", 10001, "", "2026-02-20"]])
    person = app.registry.by_no["A001"]
    assert (person.departed_on, person.departure_known_on) == (date(2026, 2, 20), date(2026, 3, 2))


async def test_a_date_decides_whatever_the_status_says(app, take, clock):
    await take([["A001", "王芳", "市场部", "在职", "", "", "2026-03-10"]])
    assert not app.registry.by_no["A001"].is_departed(date(2026, 3, 9))
    assert app.registry.by_no["A001"].is_departed(date(2026, 3, 10))


@pytest.mark.dialects
async def test_a_later_hiring_date_is_a_rehiring(app, take):
    headers = ("工号", "姓名", "部门", "状态", "入职日期", "离职日期")
    await take([["A001", "王芳", "市场部", "离职", "2020-01-01", "2026-01-31"]], headers)
    outcome = await take([["A001", "王芳", "市场部", "正式", "2026-03-01", "2026-01-31"]], headers)
    assert outcome.counts["rehired"] == 1
    assert app.registry.by_no["A001"].departed_on is None


async def test_a_missing_column_says_nothing(app, take):
    await take(THREE)
    before = app.registry.by_no["A002"]
    outcome = await take([["A002", "李雷", "市场部/华东组"]], ("工号", "姓名", "部门"))
    assert outcome.counts["changed"] == 0
    assert app.registry.by_no["A002"] == before
    assert app.registry.qqs_of("A002") == (10002, 10003)


async def test_reports_who_is_missing_from_the_whole_company(app, preview):
    made = await preview(THREE)
    await imports.apply_import(app, made.id, by="terminal")
    made = await preview(THREE[:2], full=True)
    assert (made.counts["missing"], made.counts["departed"]) == (1, 0)
    assert "韩梅（A003）" in made.text


async def test_missing_departs_only_where_the_policy_says_so(app, preview, take):
    await take(THREE)
    app.policy = Policy(registry=RegistryLimits(missing_means_departed=True))
    made = await preview(THREE[:2], full=True)
    assert made.counts["departed"] == 1
    made = await preview(THREE[:2])
    assert made.counts["departed"] == 0


async def test_warns_of_lost_leading_zeros(take, preview):
    await take([["00123", "张三", "市场部"]], ("工号", "姓名", "部门"))
    made = await preview([[123.0, "张三", "市场部"], [124.0, "李四", "市场部"]], ("工号", "姓名", "部门"))
    assert made.counts["added"] == 1
    assert "00123" in made.faults[0].reason


async def test_a_file_that_lost_all_its_zeros_checks_nobody_and_departs_nobody(
    app, take, preview, refuse, xlsx
):
    headers = ("工号", "姓名", "部门")
    await take([["00123", "张三", "市场部"]], headers)
    app.policy = Policy(registry=RegistryLimits(missing_means_departed=True))
    assert "00123" in await refuse(xlsx([[123.0, "张三", "市场部"]], headers), full=True)
    made = await preview([[123.0, "张三", "市场部"], [124.0, "李四", "市场部"]], headers, full=True)
    assert (made.counts["departed"], made.counts["missing"]) == (0, 0)


# QQ numbers


@pytest.mark.parametrize(("status", "on"), [("离职", ""), ("离职", "2026-03-01"), ("正式", "2026-12-31")])
async def test_who_leaves_keeps_the_qq_that_hr_cleared(app, take, status, on):
    await take(THREE)
    row = ["A001", "王芳", "市场部", status, "", "", on]
    for outcome in (await take([row]), await take([row, THREE[1]])):
        assert outcome.counts["qq_removed"] == 0
        assert app.registry.qqs_of("A001") == (10001,)
    await take([[*row[:4], 10009, "", on]])
    assert app.registry.qqs_of("A001") == (10009,)
    await take([["A001", "王芳", "市场部", "正式", "", "", ""]])
    assert app.registry.qqs_of("A001") == ()


async def test_takes_qq_numbers_away_that_the_roster_no_longer_lists(app, take):
    await take(THREE)
    outcome = await take([["A002", "李雷", "市场部/华东组", "试用", 10002, "13800000002", ""]])
    assert outcome.counts["qq_removed"] == 1
    assert app.registry.qqs_of("A002") == (10002,)
    assert app.registry.qqs_of("A001") == (10001,)


async def test_a_proved_qq_stays_though_the_roster_does_not_list_it(app, take):
    await take(THREE)
    async with app.database.transaction() as tx:
        await identity_services.bind(app, tx, 30003, "A003", "proof", "30003")
    await take(THREE)
    assert app.registry.qqs_of("A003") == (30003,)


async def test_a_qq_proved_by_another_is_an_error_of_its_row_alone(app, take, preview):
    await take(THREE)
    async with app.database.transaction() as tx:
        await identity_services.bind(app, tx, 30003, "A003", "proof", "30003")
    made = await preview(
        [
            ["A001", "王芳", "市场部", "正式", "10001;30003", "13800000001", ""],
            ["A009", "新人", "市场部"] + [""] * 4,
        ]
    )
    assert [fault.row for fault in made.faults] == [2]
    await imports.apply_import(app, made.id, by="terminal")
    assert app.registry.identities[30003].employee_no == "A003"
    assert "A009" in app.registry.by_no


async def test_a_roster_qq_moves_with_the_roster(app, take):
    await take(THREE)
    await take([["A003", "韩梅", "采购部", "正式", 10001, "", ""]])
    assert app.registry.identities[10001].employee_no == "A003"
    assert app.registry.qqs_of("A001") == ()


# Brakes


def crowd(count: int, status: str = "正式") -> list[list[str]]:
    return [[f"B{n:03}", f"员工{n}", "市场部", status, "", "", ""] for n in range(count)]


@pytest.mark.dialects
async def test_too_many_departures_need_the_exact_number(app, take, preview):
    await take(crowd(60))
    made = await preview(crowd(7, "离职"))
    assert any(one.holds for one in made.brakes)
    assert (await imports.apply_import(app, made.id, by="terminal")).state == "confirm"
    wrong = await imports.apply_import(app, made.id, by="terminal", accepted=Accepted(6))
    assert wrong.state == "refused"
    assert not any(one.departed_on for one in app.registry.by_no.values())
    assert (await imports.apply_import(app, made.id, by="terminal", accepted=Accepted(7))).state == "applied"


async def test_in_chat_a_second_word_applies(app, take, preview):
    await take(crowd(60))
    made = await preview(crowd(7, "离职"))
    first = await imports.settle_import(app, made.id, approve=True, by=10000)
    assert not first.ok
    assert "7 人" in first.text
    assert "员工3（B003）" in first.text
    assert (await imports.settle_import(app, made.id, approve=True, by=10000)).ok


async def test_a_few_departures_need_one_word(app, take, preview):
    await take(crowd(60))
    made = await preview(crowd(6, "离职"))
    assert (await imports.settle_import(app, made.id, approve=True, by=10000)).ok


async def test_the_limit_may_be_a_number(app, take, preview):
    await take(crowd(60))
    app.policy = Policy(safety=Safety(import_departures=0))
    made = await preview(crowd(1, "离职"))
    assert any(one.holds for one in made.brakes)


async def test_people_new_and_departed_at_once_are_no_new_departures(preview):
    made = await preview(crowd(40, "离职"))
    assert (made.counts["added"], made.counts["departed"]) == (40, 0)
    assert not any(one.holds for one in made.brakes)


# Settling


@pytest.mark.dialects
async def test_settles_once(app, preview):
    made = await preview(THREE)
    assert (await imports.settle_import(app, made.id, approve=True, by=10000)).ok
    again = await imports.settle_import(app, made.id, approve=True, by=10000)
    assert (again.ok, "已经生效" in again.text) == (False, True)
    refused = await imports.settle_import(app, made.id, approve=False, by=10000)
    assert not refused.ok


async def test_two_at_the_same_moment_apply_once(app, preview):
    made = await preview(THREE)
    how = {"approve": True, "by": 10000}
    both = await asyncio.gather(*(imports.settle_import(app, made.id, **how) for _ in range(2)))
    assert sorted(one.ok for one in both) == [False, True]


async def test_a_dropped_import_changes_nothing_and_keeps_no_rows(app, preview):
    made = await preview(THREE)
    assert (await imports.settle_import(app, made.id, approve=False, by=10000)).ok
    async with app.database.reading() as tx:
        row = await import_rows.get(tx, made.id)
        assert row is not None
        assert (row.state, row.rows) == ("dropped", None)
    assert app.registry.by_no == {}


async def test_an_unknown_import_is_said_to_be_unknown(app):
    assert not (await imports.settle_import(app, 99, approve=True, by=10000)).ok
    assert (await undoing.undo_import(app, 99, by="terminal")).state == "refused"


@pytest.mark.dialects
async def test_two_imports_are_never_mixed(app, take, preview):
    await take(THREE)
    one = await preview([["A001", "王芳", "采购部", "正式", 10001, "13800000001", ""]])
    two = await preview([["A001", "王芳", "财务部", "正式", 10001, "13800000001", ""]])
    assert (await imports.apply_import(app, two.id, by="terminal")).state == "applied"
    late = await imports.apply_import(app, one.id, by="terminal")
    assert late.state == "changed"
    assert "财务部 → 采购部" in late.text
    assert app.registry.by_no["A001"].department == "财务部"
    assert (await imports.apply_import(app, one.id, by="terminal")).state == "applied"


async def test_of_two_at_the_same_moment_one_waits_and_is_shown_anew(app, take, preview):
    await take(THREE)
    one = await preview([["A001", "王芳", "采购部", "正式", 10001, "13800000001", ""]])
    two = await preview([["A001", "王芳", "财务部", "正式", 10001, "13800000001", ""]])
    both = await asyncio.gather(*(imports.apply_import(app, n.id, by="terminal") for n in (one, two)))
    assert sorted(outcome.state for outcome in both) == ["applied", "changed"]
    won = "采购部" if both[0].state == "applied" else "财务部"
    person = app.registry.by_no["A001"]
    assert (person.department, [move.to_department for move in person.transfers]) == (won, [won])


@pytest.mark.parametrize("others", [0, 40])
async def test_a_small_file_is_compared_with_its_own_people_as_a_whole_one_is(app, take, preview, others):
    """A file of few people reads only theirs; what it says must not depend on that."""
    await take(
        [*THREE, *([*row[:4], "", "", ""] for row in crowd(others)), ["00777", "老王", "市场部", *[""] * 4]]
    )
    async with app.database.transaction() as tx:
        await identity_services.bind(app, tx, 30003, "A003", "proof", "30003")
    made = await preview(
        [
            ["A001", "王芳", "市场部", "正式", "10002", "13800000001", ""],
            ["777", "老王", "市场部", *[""] * 4],
            ["A009", "新人", "市场部", "正式", "30003", "", ""],
        ]
    )
    assert (made.counts["added"], made.counts["qq_added"], made.counts["qq_removed"]) == (1, 1, 2)
    assert [fault.row for fault in made.faults] == [3, 4]
    assert [note[:2] for note in made.people["qq_removed"]] == [("A002", "李雷"), ("A001", "王芳")]


async def test_a_change_that_does_not_matter_asks_nothing_anew(app, take, preview):
    await take(THREE)
    made = await preview([["A001", "王芳", "采购部", "正式", 10001, "13800000001", ""]])
    await staff.depart(app, "A003", by="10000")
    assert (await imports.apply_import(app, made.id, by="terminal")).state == "applied"


# Undo


@pytest.mark.dialects
async def test_undo_restores_exactly(app, take, clock):
    await take(THREE)
    async with app.database.transaction() as tx:
        await identity_services.bind(app, tx, 30003, "A003", "proof", "30003")
    await take([["A001", "王芳", "采购部", "正式", 10001, "13800000001", ""]])
    before = await everything(app)
    clock.move(hours=1)
    outcome = await take(
        [
            ["A001", "王芳", "采购部", "离职", "", "13900000009", "2026-03-02"],
            ["A002", "李小雷", "财务部/核算组", "正式", "10002;10001", "", ""],
            ["A003", "韩梅", "采购部", "试用", "10003", "", ""],
            ["A004", "林涛", "新部门", "正式", 10004, "", ""],
        ],
        full=True,
    )
    assert await everything(app) != before
    undone = await undoing.undo_import(app, outcome.import_id, by="terminal")
    assert undone.state == "undone"
    assert await everything(app) == before
    assert app.registry.qqs_of("A002") == (10002, 10003)


@pytest.mark.dialects
async def test_undo_keeps_what_chat_said_since(app, take):
    await take(THREE)
    outcome = await take([["A001", "王芳芳", "市场部", "正式", 10001, "13800000001", ""]])
    await staff.depart(app, "A001", date(2026, 3, 1), by="10000")
    await undoing.undo_import(app, outcome.import_id, by="terminal")
    person = app.registry.by_no["A001"]
    assert (person.name, person.departed_on) == ("王芳", date(2026, 3, 1))


async def test_undo_takes_new_people_out_again_with_what_they_proved_since(app, take):
    outcome = await take(THREE)
    async with app.database.transaction() as tx:
        await identity_services.bind(app, tx, 30003, "A003", "proof", "30003")
    await undoing.undo_import(app, outcome.import_id, by="terminal")
    assert app.registry.by_no == {}
    assert app.registry.identities == {}
    assert app.registry.as_of is None


async def test_undo_is_refused_after_a_later_import_and_goes_backwards(app, take):
    first = await take(THREE)
    second = await take(THREE[:1])
    refused = await undoing.undo_import(app, first.import_id, by="terminal")
    assert (refused.state, f"I{second.import_id}" in refused.text) == ("refused", True)
    assert (await undoing.undo_import(app, second.import_id, by="terminal")).state == "undone"
    assert (await undoing.undo_import(app, first.import_id, by="terminal")).state == "undone"
    assert (await undoing.undo_import(app, first.import_id, by="terminal")).state == "refused"


# Chat against roster


async def test_a_later_date_from_chat_wins_and_is_shown(app, take, preview):
    await take(THREE)
    await staff.depart(app, "A001", date(2026, 3, 10), by="10000")
    made = await preview([["A001", "王芳", "市场部", "离职", 10001, "13800000001", "2026-03-05"]])
    assert made.counts["conflict"] == 1
    assert "保留“2026-03-10 离职”" in made.text
    await imports.apply_import(app, made.id, by="terminal")
    assert app.registry.by_no["A001"].departed_on == date(2026, 3, 10)


@pytest.mark.dialects
async def test_a_later_date_from_the_roster_wins_and_is_shown(app, take, preview):
    await take(THREE)
    await staff.depart(app, "A001", date(2026, 3, 10), by="10000")
    made = await preview([["A001", "王芳", "市场部", "离职", 10001, "13800000001", "2026-03-15"]])
    assert "改为“2026-03-15 离职”" in made.text
    await imports.apply_import(app, made.id, by="terminal")
    assert app.registry.by_no["A001"].departed_on == date(2026, 3, 15)


async def test_whose_departure_chat_denies_keeps_the_qq_that_hr_cleared(app, take):
    await take(THREE)
    await staff.depart(app, "A001", by="10000")
    await staff.rehire(app, "A001", by="10000")
    outcome = await take([["A001", "王芳", "市场部", "离职", "", "", ""]])
    assert (outcome.counts["conflict"], outcome.counts["qq_removed"]) == (1, 0)
    assert app.registry.qqs_of("A001") == (10001,)


async def test_a_roster_of_the_same_day_does_not_rehire_whom_chat_departed(app, take, clock):
    await take(THREE)
    await staff.depart(app, "A001", by="10000")
    outcome = await take(THREE)
    assert outcome.counts["conflict"] == 1
    assert app.registry.by_no["A001"].departed_on == clock.now().date()


async def test_a_roster_of_a_later_day_does(app, take, clock):
    await take(THREE)
    await staff.depart(app, "A001", by="10000")
    clock.move(days=1)
    outcome = await take(THREE)
    assert (outcome.counts["rehired"], outcome.counts["conflict"]) == (1, 1)
    assert app.registry.by_no["A001"].departed_on is None


async def test_a_rehiring_in_chat_stands_against_an_older_departure_in_the_roster(app, take):
    gone = [["A001", "王芳", "市场部", "离职", 10001, "13800000001", "2026-02-20"]]
    await take(gone)
    await staff.rehire(app, "A001", by="10000")
    outcome = await take(gone)
    assert outcome.counts["conflict"] == 1
    assert app.registry.by_no["A001"].departed_on is None


@pytest.mark.dialects
async def test_a_transfer_in_chat_stands_for_that_day(app, take, clock):
    await take(THREE)
    await staff.transfer(app, "A001", "采购部", by="10000")
    await take(THREE)
    assert app.registry.by_no["A001"].department == "采购部"
    clock.move(days=1)
    outcome = await take(THREE)
    assert outcome.counts["transferred"] == 1
    assert app.registry.by_no["A001"].department == "市场部"


# What follows


async def test_groups_of_changed_people_are_looked_at(app, take, clock):
    await take(THREE)
    async with app.database.transaction() as tx:
        for group_id, user_id in ((700001, 10001), (700002, 10002), (700003, 99999)):
            await group_rows.put(tx, group_id, name="群")
            await memberships.put_members(tx, group_id, [Member(user_id)], clock.now(), whole=True)
    app.work_news.clear()
    await take([["A001", "王芳", "市场部", "离职", 10001, "13800000001", "2026-03-02"]])
    async with app.database.reading() as tx:
        rows = await group_rows.get_many(tx)
    assert [rows[g].look_at is not None for g in (700001, 700002, 700003)] == [True, False, False]
    assert app.work_news.is_set()


async def test_keeps_who_when_hash_and_diff_and_no_rows(app, take):
    outcome = await take(THREE, by="10000", source="chat")
    async with app.database.reading() as tx:
        row = await import_rows.get(tx, outcome.import_id)
    assert row is not None
    assert (row.made_by, row.state, len(row.file_hash), row.rows) == (
        "10000",
        "applied",
        64,
        None,
    )
    assert row.diff
    assert row.undo


async def test_previewing_the_same_file_again_takes_the_place_of_the_first(app, preview, xlsx):
    data = xlsx(THREE)
    first, second = await preview(data), await preview(data)
    assert (await imports.apply_import(app, first.id, by="terminal")).state == "refused"
    assert (await imports.apply_import(app, second.id, by="terminal")).state == "applied"


@pytest.mark.dialects
@pytest.mark.parametrize("people", [1, 300])
async def test_another_process_sees_the_change(app, database, clock, take, people):
    other = App(app.settings, app.policy, database, phone_key=b"test key", clock=clock)
    await take(THREE)
    assert await registry.refresh(other)
    assert set(other.registry.by_no) == {"A001", "A002", "A003"}
    assert not await registry.refresh(other)
    clock.move(days=1)
    await take([["A001", "王芳", "采购部", "离职", 10009, "", "2026-03-01"], *crowd(people)])
    assert await registry.refresh(other)
    assert other.registry == app.registry
    whole = App(app.settings, app.policy, database, phone_key=b"test key", clock=clock)
    await registry.load(whole)
    for one in (other, app):
        assert one.registry.by_no == whole.registry.by_no
        assert one.registry.identities == whole.registry.identities
        assert one.registry.tree == whole.registry.tree
        assert {k: set(v) for k, v in one.registry.by_name.items()} == {
            k: set(v) for k, v in whole.registry.by_name.items()
        }
        assert one.registry.qqs_of("A001") == (10009,)
    assert whole.registry.as_of == app.registry.as_of
    async with app.database.reading() as tx:
        assert len(await employees.load_all(tx)) == 3 + people
        assert await identities.get(tx, 10001) is None
