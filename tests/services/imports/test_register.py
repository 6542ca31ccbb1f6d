"""Taking over a register of groups: rows become approved filings, through the same preview and undo."""

from datetime import date

import pytest
from sqlalchemy import select

from db.queries.groups import filings
from db.queries.groups import last_seen as group_rows
from db.tables import metadata
from regulation.model import Kind
from services.app import App
from services.imports import apply as imports
from services.imports import register, undoing
from services.imports.model import Preview, Refusal
from services.people import identities

COLUMNS = (
    "群号",
    "群名称",
    "用途",
    "成员范围",
    "群主",
    "管理员",
    "部门",
    "类型",
    "议题",
    "截止",
    "模式",
    "成立日期",
)
FIRST = [
    700001.0,
    "市场部群",
    "部门工作",
    "市场部",
    "A001",
    "10002;A002",
    "",
    "",
    "",
    "",
    "提醒",
    "2020-05-01",
]
SECOND = ["700002", "公共群", "通知", "全员", "10003", "无", "", "QQ群", "", "", "", ""]
THIRD = [
    "700003",
    "春节晚会",
    "",
    "市场部，采购部；工号:A003",
    "",
    "",
    "采购部",
    "讨论组",
    "节目",
    "2026-04-01",
    "观察",
    "",
]


@pytest.fixture
async def company(app: App, take) -> App:
    """王芳 (QQ 10001), 李雷 (10002) of 市场部; 韩梅 of 采购部 without a QQ."""
    await take(
        [
            ["A001", "王芳", "市场部", "正式", 10001, "", ""],
            ["A002", "李雷", "市场部/华东组", "正式", 10002, "", ""],
            ["A003", "韩梅", "采购部", "正式", "", "", ""],
        ]
    )
    return app


async def preview(app: App, data: bytes) -> Preview:
    made = await imports.preview_file(app, data, "登记.xlsx", by="10000", source="chat")
    assert isinstance(made, Preview), made
    return made


async def take_over(app: App, data: bytes) -> int:
    made = await preview(app, data)
    assert (await imports.apply_import(app, made.id, by="10000")).state == "applied"
    return made.id


async def approved(app: App) -> dict[int, filings.FilingRow]:
    async with app.database.reading() as tx:
        return {row.group_id: row for row in await filings.approved_rows(tx)}


async def everything(app: App) -> list[object]:
    found: list[object] = []
    async with app.database.reading() as tx:
        for name in ("filings", "filing_steps", "groups"):
            table = metadata.tables[name]
            wanted = [column for column in table.c if column.name not in ("look_at", "settled_at")]
            found.append(sorted((tuple(row) for row in await tx.execute(select(*wanted))), key=repr))
    return found


async def test_rows_become_approved_filings(company, xlsx):
    await take_over(company, xlsx([FIRST, SECOND, THIRD], COLUMNS))
    rows = await approved(company)
    assert [rows[g].number for g in sorted(rows)] == ["备案2026-0001", "备案2026-0002", "备案2026-0003"]
    first, second, third = (filings.as_filing(rows[g]) for g in sorted(rows))
    assert (first.owner_id, first.admin_ids, first.department) == (10001, frozenset({10002}), "市场部")
    assert (first.scope.departments, first.established_on) == (("市场部",), date(2020, 5, 1))
    assert (second.scope.everyone, second.admin_ids, second.owner_id) == (True, frozenset(), 10003)
    assert (third.kind, third.issue, third.ends_on) == (Kind.DISCUSSION, "节目", date(2026, 4, 1))
    assert (third.department, third.admin_ids) == ("采购部", None)
    async with company.database.reading() as tx:
        groups = await group_rows.get_many(tx)
    assert [groups[g].mode for g in sorted(groups)] == ["提醒", None, "观察"]
    assert all(row.look_at is not None for row in groups.values())


async def test_a_group_without_a_name_in_the_register_is_shown_by_the_name_it_has_in_qq(company, xlsx):
    async with company.database.transaction() as tx:
        await group_rows.put(tx, 700002, name="公司公共群")
    rows = [["700002", "全员"], ["700009", "全员"]]
    made = await preview(company, xlsx(rows, ("群号", "成员范围")))
    assert [note[:2] for note in made.people["added"]] == [("700002", "公司公共群"), ("700009", "")]


async def test_knows_what_others_call_these_columns(company, xlsx):
    others = (
        "QQ群号", "群名", "建群用途", "适用范围", "群主QQ", "管理员QQ", "所属部门", "群类型", "讨论议题", "截止日期",
        "模式", "建群日期",
    )  # fmt: skip
    await take_over(company, xlsx([FIRST, SECOND, THIRD], others))
    first, _, third = (row for _, row in sorted((await approved(company)).items()))
    assert (first.owner_id, first.department, first.established_on) == (10001, "市场部", date(2020, 5, 1))
    assert (third.issue, third.ends_on) == ("节目", date(2026, 4, 1))


async def test_tells_a_register_from_a_roster_by_its_headers(company, xlsx):
    assert (await preview(company, xlsx([FIRST], COLUMNS))).kind == "filings"
    assert (await preview(company, xlsx([["A1", "张三", "市场部"]]))).kind == "roster"
    made = await imports.preview_file(
        company, xlsx([FIRST], COLUMNS), "a.xlsx", by="terminal", source="terminal", kind="roster"
    )
    assert isinstance(made, Refusal)


async def test_writes_a_file_that_imports_again_unchanged(company, xlsx):
    await take_over(company, xlsx([FIRST, SECOND, THIRD], COLUMNS))
    async with company.database.reading() as tx:
        rows = await register.register_rows(company, tx)
    data = xlsx(
        [[row[name] for name in register.REGISTER_COLUMNS] for row in rows], register.REGISTER_COLUMNS
    )
    made = await preview(company, data)
    assert dict(made.counts) == {"added": 0, "changed": 0, "errors": 0}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["12", "", "", "全员"], "群号"),
        (["abcdef", "", "", "全员"], "群号"),
        (["700009", "", "", ""], "成员范围"),
        (["700009", "", "", "市场布"], "是不是“市场部"),
        (["700009", "", "", "工号:ZZZ"], "ZZZ"),
        (["700009", "", "", "全员", "ZZZ"], "群主"),
        (["700009", "", "", "全员", "", "A003"], "还没有核实的 QQ"),
        (["700009", "", "", "全员", "", "", "采够部"], "是不是“采购部"),
        (["700009", "", "", "全员", "", "", "", "频道"], "QQ群 或 讨论组"),
        (["700009", "", "", "全员", "", "", "", "", "", "哪天"], "日期"),
        (["700009", "", "", "全员", "", "", "", "", "", "", "强制"], "观察"),
        (["700009", "@SUM(1)", "", "全员"], "公式"),
    ],
)
async def test_reports_a_bad_row_and_goes_on(company, xlsx, row, said):
    made = await preview(company, xlsx([SECOND, row], COLUMNS))
    assert made.counts["added"] == 1
    assert [(fault.row, said in fault.reason) for fault in made.faults] == [(3, True)], made.faults


async def test_stops_at_one_group_twice_and_at_nothing(company, refuse, xlsx):
    assert "700001" in await refuse(xlsx([FIRST, FIRST], COLUMNS))
    assert "一行数据也没有" in await refuse(xlsx([], COLUMNS))
    assert "成员范围" in await refuse(xlsx([[1]], ("群号",)), kind="filings")


async def test_an_owner_without_a_qq_leaves_the_department(company, xlsx):
    await take_over(company, xlsx([["700005", "采购部", "A003"]], ("群号", "成员范围", "群主")))
    row = (await approved(company))[700005]
    assert (row.owner_id, row.department) == (None, "采购部")


async def test_a_number_that_is_two_people_asks_which(company, take, xlsx):
    await take([["10001", "撞号", "采购部", "正式", 10010, "", ""]])
    made = await preview(
        company,
        xlsx([["700005", "全员", "10001"], ["700006", "全员", "QQ:10001"]], ("群号", "成员范围", "群主")),
    )
    assert "QQ:10001" in made.faults[0].reason
    await imports.apply_import(company, made.id, by="10000")
    assert (await approved(company))[700006].owner_id == 10001
    async with company.database.reading() as tx:
        assert (await register.register_rows(company, tx))[0]["群主"] == "QQ:10001"


async def test_a_changed_row_takes_the_place_of_the_filing(company, xlsx):
    await take_over(company, xlsx([FIRST], COLUMNS))
    made = await preview(company, xlsx([["700001", "市场部，采购部"]], ("群号", "成员范围")))
    assert made.counts["changed"] == 1
    assert "成员范围" in made.text
    await imports.apply_import(company, made.id, by="10000")
    row = (await approved(company))[700001]
    assert (row.name, row.owner_id, row.number) == ("市场部群", 10001, "备案2026-0002")


@pytest.mark.dialects
async def test_undo_restores_what_was_filed_before(company, xlsx):
    await take_over(company, xlsx([FIRST, SECOND], COLUMNS))
    before = await everything(company)
    changed = [["700001", "采购部", "执行"], ["700004", "全员", "观察"]]
    second = await take_over(company, xlsx(changed, ("群号", "成员范围", "模式")))
    assert await everything(company) != before
    assert (await undoing.undo_import(company, second, by="10000")).state == "undone"
    assert await everything(company) == before


async def test_undo_of_a_roster_does_not_wait_for_a_register(company, xlsx, take):
    outcome = await take([["A009", "新人", "市场部", "", "", "", ""]])
    first = await take_over(company, xlsx([FIRST], COLUMNS))
    assert (await undoing.undo_import(company, outcome.import_id, by="terminal")).state == "undone"
    assert (await undoing.undo_import(company, first, by="terminal")).state == "undone"


async def test_only_a_mode_changes_only_the_mode(company, xlsx):
    await take_over(company, xlsx([FIRST], COLUMNS))
    await take_over(company, xlsx([["700001", "市场部", "观察"]], ("群号", "成员范围", "模式")))
    assert (await approved(company))[700001].number == "备案2026-0001"
    async with company.database.reading() as tx:
        row = await group_rows.get(tx, 700001)
    assert row is not None
    assert row.mode == "观察"


@pytest.mark.dialects
async def test_an_owner_with_several_qqs_is_the_one_who_owns_the_group(company, xlsx):
    async with company.database.transaction() as tx:
        await identities.bind(company, tx, 10099, "A001", "admin", "10000")
        await group_rows.put(tx, 700001, name="市场部群", owner_id=10099)
    await take_over(company, xlsx([FIRST], COLUMNS))
    assert (await approved(company))[700001].owner_id == 10099
