"""What waits for 同意 says what it would change; groups go by name."""

from datetime import date
from typing import Any

import pytest

from db.queries.cases import batches
from regulation.actions import Remove
from regulation.duties import Code
from regulation.model import Kind
from services.app import App
from services.filing import hand_in
from services.filing.hand_in import Wish
from services.imports import apply as imports
from tests import company as co
from tests.plugins.commands.test_dispatch import say


async def shown(app: App, item: str, user_id: int = co.STAFF) -> str:
    return await say(app, user_id, f"待办 {item}") or ""


async def test_a_change_of_filing_says_each_field_before_and_after(app: App, qq: co.FakeQQ) -> None:
    await co.filed(app, admin_ids=[co.ADMIN, co.PLAIN])
    qq.names[co.GROUP] = "XY市场部群"
    qq.lists[co.GROUP] = co.members(owner=co.ADMIN, admins=(co.HEAD,))
    await hand_in.change(app, co.GROUP, by=co.ADMIN, scope="市场部,采购部")
    said = await shown(app, "B2")
    for part in (
        "群名：市场部群 → XY市场部群",
        "群主：王强 → 李雷",
        "范围：市场部 → 市场部，采购部",
        "管理员：加 张总，减 李雷、郑平",
        "群名含公司字号“XY”，须经行政部批准",
        f"（{co.GROUP}）",
    ):
        assert part in said
    assert "用途" not in said
    assert said.splitlines()[0] in (await say(app, co.STAFF, "待办") or "")


async def test_an_extension_says_its_date_and_reason(app: App, qq: co.FakeQQ) -> None:
    talk = {"kind": Kind.DISCUSSION.value, "issue": "怎么定价", "ends_on": date(2026, 3, 20)}
    await co.filed(app, **talk)
    await hand_in.prolong(app, co.GROUP, date(2026, 4, 10), "方案还差评审", by=co.OWNER)
    said = await shown(app, "B2", co.HEAD)
    assert "截止：2026-03-20 → 2026-04-10｜理由：方案还差评审" in said
    [(_, _, told)] = [one for one in await co.sent(app) if one[1] == co.HEAD]
    assert "2026-04-10｜理由：方案还差评审" in told


async def test_a_discussion_group_says_its_question_and_end(app: App, qq: co.FakeQQ) -> None:
    wish = Wish("讨论新版方案", "市场部", Kind.DISCUSSION, "新版怎么定价", date(2026, 4, 1))
    await hand_in.file(app, co.GROUP, wish, by=co.OWNER)
    assert "议题：新版怎么定价｜截止 2026-04-01" in await shown(app, "B1", co.HEAD)


async def test_a_batch_names_everybody_in_pages(app: App, qq: co.FakeQQ) -> None:
    people = [co.HEAD, co.OWNER, *range(40001, 40029)]
    removals = [Remove(co.GROUP, one, n, Code.M1) for n, one in enumerate(people)]
    async with app.database.transaction() as tx:
        await batches.add(tx, made_at=app.now(), expires_at=app.now(), why="", removals=removals)
    first = await shown(app, "R1")
    assert f"群 市场部群（{co.GROUP}）" in first.splitlines()[0]
    both = first + (await say(app, co.STAFF, "下一页") or "")
    assert all(f"QQ {user_id}" in both for user_id in people)
    assert "张总" in both


async def test_an_import_names_everybody_in_pages(app: App, qq: co.FakeQQ) -> None:
    rows = "".join(f"N{n:02d},新人{chr(0x4E00 + n)},市场部\n" for n in range(30)) + "坏,,市场部\n"
    made = await imports.preview_file(app, f"工号,姓名,部门\n{rows}".encode(), "a.csv", by="1", source="chat")
    assert isinstance(made, imports.Preview)
    said = await shown(app, f"I{made.id}") + (await say(app, co.STAFF, "下一页") or "")
    assert all(f"（N{n:02d}）" in said for n in range(30))
    assert "第 32 行" in said


@pytest.mark.parametrize(
    ("text", "user_id", "answer"),
    [
        ("备案状态 群=市场部群", co.OWNER, f"市场部群（{co.GROUP}）"),
        ("备案状态 群=采购", co.OWNER, f"采购部群（{co.OTHER}）"),
        ("备案状态 群=部群", co.OWNER, "有 2 个群"),
        ("备案状态 群=财务群", co.OWNER, "没有找到名叫“财务群”的群"),
        # Who has nothing to do with a group doesn't learn that it exists.
        ("备案状态 群=采购", co.ADMIN, "没有找到名叫“采购”的群"),
        ("模式 提醒 群=采购部群", co.STAFF, f"采购部群（{co.OTHER}）"),
        ("违规 群=市场", co.STAFF, f"群 市场部群（{co.GROUP}）"),
        ("违规 市场部群", co.STAFF, f"群 市场部群（{co.GROUP}）"),
        ("违规 群=部群", co.STAFF, f"市场部群（{co.GROUP}）、采购部群（{co.OTHER}）"),
        ("违规 市场部", co.STAFF, "部门 市场部"),
    ],
)
async def test_a_group_goes_by_its_name(
    app: App, qq: co.FakeQQ, text: str, user_id: int, answer: str
) -> None:
    qq.lists[co.OTHER] = co.members(co.PLAIN, (co.OWNER,), (co.STAFF,))
    async with app.database.transaction() as tx:
        await co.seen(app, tx, co.OTHER)
    said: Any = await say(app, user_id, text)
    assert answer in said
