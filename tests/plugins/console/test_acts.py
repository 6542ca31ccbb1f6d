"""What is done on the pages is done by the services of the chat, once, and stands in the trail as console."""

import asyncio
import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from db.queries.groups import memberships
from db.tables import metadata
from db.tables.cases import cases, penalties
from regulation.model import Employee, Member, Status
from services.app import App
from services.imports.sources.scim import tokens
from services.people import registry
from tests.company import CLERK, GROUP, HEAD, OWNER, PLAIN, ROOT, STAFF, TRAINEE, FakeQQ, store
from tests.plugins.commands.test_dispatch import say as asked
from tests.plugins.console.conftest import Come, some_work
from tests.plugins.console.scene import a_year_of_work
from tests.plugins.console.told import said_after, state_of, trail_lines
from tests.services.stories import add_case


@pytest.mark.parametrize(
    ("address", "sent", "said", "line"),
    [
        ("cases/V1/waive", {"reason": "当天出差"}, "V1已免除", ("case waived", "V1")),
        ("cases/V1/dismiss", {"reason": "名册有误"}, "V1已撤销", ("case dismissed", "V1")),
        ("cases/V1/waiver", {"days": "30", "reason": "长期出差"}, "已豁免", ("waive", f"QQ{TRAINEE}")),
        ("fines", {"approve": "P1"}, "P1", ("penalty confirmed", "P1")),
        ("fines", {"refuse": "选中", "item": "P1", "reason": "初犯"}, "P1", ("penalty waived", "P1")),
        ("inbox", {"approve": "选中", "item": "P1"}, "P1", ("penalty confirmed", "P1")),
        ("people/A006/depart", {"day": "2026-03-02"}, "孙丽", ("employee.depart", "A006")),
        ("people/A006/transfer", {"department": "采购部"}, "采购部", ("employee.transfer", "A006")),
        ("people/A006/bind", {"qq": "33333"}, "孙丽", ("identity.bind", "33333")),
        ("people/A006/unbind", {"qq": str(TRAINEE)}, "孙丽", ("identity.unbind", str(TRAINEE))),
        (f"groups/{GROUP}/mode", {"mode": "提醒"}, "提醒", ("mode", f"G{GROUP}")),
        ("imports/I1/settle", {"approve": "1"}, "I1", ("import.apply", "I1")),
        ("imports/I1/settle", {"refuse": "1"}, "I1", ("import.drop", "I1")),
        ("status/pause", {}, "已暂停", ("pause", "all")),
        ("status/mode", {"mode": "观察"}, "观察", ("mode", "all")),
    ],
)
async def test_an_act_goes_through_the_service_and_the_trail_says_console(
    app: App, qq: FakeQQ, come: Come, address: str, sent: dict[str, str], said: str, line: tuple[str, str]
) -> None:
    await some_work(app)
    one = await come(STAFF)
    assert said in await said_after(one, await one.post(f"/console/{address}", data=sent))
    assert (str(STAFF), "console", *line) in await trail_lines(app)


async def test_the_general_mode_in_force_is_the_one_chosen(app: App, qq: FakeQQ, come: Come) -> None:
    await some_work(app)
    one = await come(STAFF)
    await one.post("/console/status/mode", data={"mode": "提醒"})
    shown = (await one.get("/console/status")).text
    assert re.findall(r"<option selected>(.+?)</option>", shown) == ["提醒"]


async def test_a_senders_token_is_shown_once_stored_hashed_and_revoked_at_once(
    app: App, qq: FakeQQ, come: Come
) -> None:
    one = await come(ROOT)
    page = (await one.post("/console/sources/tokens", data={"name": "<Entra>"})).text
    found = re.search(r'<code class="token">(qg-[\w-]{40,})</code>', page)
    assert found is not None, page
    assert await tokens.sender_of(app, found[1]) == "<Entra>"
    again = await one.post("/console/sources/tokens", data={"name": "<Entra>"})
    assert "已经有" in await said_after(one, again)
    later = (await one.get("/console/sources")).text
    assert "&lt;Entra&gt;" in later
    assert found[1] not in later
    async with app.database.reading() as tx:
        stored = [str(row) for table in metadata.sorted_tables for row in await tx.rows(select(table))]
    assert any("Entra" in row for row in stored)
    assert not any(found[1] in row for row in stored)
    gone = await one.post("/console/sources/tokens/revoke", data={"name": "<Entra>"})
    assert "已作废" in await said_after(one, gone)
    assert await tokens.sender_of(app, found[1]) is None
    lines = [line for line in await trail_lines(app) if line[2].startswith("scim")]
    acts = ("scim.token.add", "scim.token.revoke")
    assert lines == [(str(ROOT), "console", act, "<Entra>") for act in acts]


async def test_a_source_that_never_ran_is_called_neither_well_nor_ill(app: App, come: Come) -> None:
    await a_year_of_work(app)
    one = await come(ROOT)
    page = (await one.get("/console/sources")).text
    badges = re.findall(r'<strong>(.+?)</strong><span class="badge ?(\w*)">(.+?)</span>', page)
    assert [badge for _, *badge in badges[:3]] == [["good", "正常"], ["bad", "要看一下"], ["", "还没有过"]]


async def test_the_second_settler_is_told_who_was_first(app: App, qq: FakeQQ, come: Come) -> None:
    await some_work(app)
    one, other = await come(STAFF), await come(ROOT)
    sent = {"approve": "P1"}
    answers = await asyncio.gather(
        one.post("/console/inbox", data=sent), other.post("/console/inbox", data={"refuse": "P1"})
    )
    told = [await said_after(browser, answer) for browser, answer in zip((one, other), answers, strict=True)]
    assert sum("已由" in text or "刚刚" in text for text in told) == 1, told
    assert await state_of(app, penalties) in ("confirmed", "waived")
    assert "赵敏" in await said_after(other, await other.post("/console/inbox", data={"approve": "P1"})) or (
        "QQ10000" in await said_after(one, await one.post("/console/inbox", data={"approve": "P1"}))
    )


async def test_what_another_settles_leaves_the_list_at_the_next_look(
    app: App, qq: FakeQQ, come: Come
) -> None:
    await some_work(app)
    one, other = await come(STAFF), await come(ROOT)
    page = (await one.get("/console/")).text
    seen = re.search(r"inbox/live\?seen=(\w+)", page)
    assert seen is not None
    assert "P1" in page
    live = f"/console/inbox/live?seen={seen[1]}"
    assert (await one.get(live, headers={"HX-Request": "true"})).status_code == 204
    await other.post("/console/fines", data={"approve": "P1"})
    answer = await one.get(live, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert 'value="P1"' not in answer.text


async def test_somebody_appeals_against_their_own_case_alone(app: App, qq: FakeQQ, come: Come) -> None:
    await some_work(app)
    one, other = await come(TRAINEE), await come(CLERK)
    told = await said_after(one, await one.post("/console/cases/V1/appeal", data={"reason": "当时已改好"}))
    assert "V1" in told
    assert (await other.post("/console/cases/V1/appeal", data={"reason": "我也不服"})).status_code == 404
    assert await state_of(app, penalties) == "appealed"


async def test_of_a_person_all_cases_are_listed_and_of_part_of_a_name_it_says_who_there_is(
    app: App, qq: FakeQQ, come: Come
) -> None:
    await some_work(app)
    long_ago = {name: app.now() - timedelta(days=400) for name in ("opened_at", "overdue_at", "closed_at")}
    async with app.database.transaction() as tx:
        await tx.execute(update(cases).values(status="closed", closed_as="cured", **long_ago))
    one = await come(STAFF)

    async def listed(**query: str) -> str:
        return (await one.get("/console/cases", params=query)).text

    assert "cases/V1" not in await listed()
    for called in ("A006", "孙丽", str(TRAINEE)):
        assert "cases/V1" in await listed(person=called)
    assert "请用工号" in await listed(person="孙")


async def test_each_bar_of_the_summary_leads_to_as_many_cases_as_it_shows(
    app: App, qq: FakeQQ, come: Come
) -> None:
    now = app.now()
    async with app.database.transaction() as tx:
        for n, (ago, how) in enumerate(
            ((3, None), (40, "cured"), (41, "removed"), (42, "dismissed"), (90, None))
        ):
            opened = now - timedelta(days=ago)
            ended = (
                {"closed_at": now - timedelta(days=35), "closed_as": how, "status": "closed"} if how else {}
            )
            code = "C1" if n % 2 else "L1"
            await add_case(tx, subject=str(n), code=code, opened_at=opened, **ended)
    one = await come(STAFF)
    bars: dict[str, int] = {}
    for period in ("今年", "本月"):
        text = (await one.get("/console/summary", params={"period": period})).text
        for href, inside in re.findall(r'<a href="(/console/cases[^"]+)"(.*?)</a>', text, re.DOTALL):
            values = re.findall(r">(\d+)</text>", inside)
            bars[html.unescape(href)] = int(values[-1]) if values else 0
    assert sum(value > 0 for value in bars.values()) >= 8
    for href, value in bars.items():
        page = (await one.get(href)).text
        assert (f"共 {value} 件" in page) if value else ("没有符合条件" in page), (href, value)


async def test_a_reason_is_asked_for_where_the_chat_asks_for_one(app: App, qq: FakeQQ, come: Come) -> None:
    await some_work(app)
    one = await come(STAFF)
    assert "理由" in await said_after(one, await one.post("/console/cases/V1/waive", data={}))
    assert await state_of(app, cases, "status") == "overdue"


@pytest.mark.parametrize("act", ["waive", "dismiss"])
async def test_a_last_day_that_is_over_is_refused(app: App, qq: FakeQQ, come: Come, act: str) -> None:
    await some_work(app)
    one = await come(STAFF)
    yesterday = app.now().date() - timedelta(days=1)
    sent = {"reason": "返聘中", "until": yesterday.isoformat()}
    assert "已经过去" in await said_after(one, await one.post(f"/console/cases/V1/{act}", data=sent))
    assert await state_of(app, cases, "status") == "overdue"


async def test_trying_out_parameters_names_what_would_happen_and_changes_nothing(
    app: App, qq: FakeQQ, come: Come
) -> None:
    await some_work(app)
    async with app.database.transaction() as tx:
        seen = [Member(TRAINEE, card="孙丽丽")]
        await memberships.put_members(tx, GROUP, seen, app.now(), whole=False)
    before = app.policy
    one = await come(STAFF)
    text = (await one.get("/console/regulation", params={"key": "card.due_days", "value": "9"})).text
    assert "V1" in text
    assert "期限会变" in text
    assert app.policy is before
    assert await state_of(app, cases, "status") == "overdue"
    wrong = (await one.get("/console/regulation", params={"key": "card.due_days", "value": "许多"})).text
    assert "card.due_days" in wrong
    assert (await one.get("/console/regulation", params={"key": "x.y", "value": "1"})).status_code == 200


@pytest.mark.usefixtures("read_apart")
async def test_a_roster_that_changes_nothing_is_called_so(app: App, qq: FakeQQ, come: Come) -> None:
    one = await come(STAFF)
    data = "工号,姓名,部门\nA020,乔安,市场部\n".encode()

    async def taken() -> tuple[str, str]:
        """Send the roster and have it applied; return its page before that, and the answer."""
        answer = await one.post("/console/imports/new", files={"file": ("名册.csv", data)})
        address = answer.headers["location"].partition("?")[0]
        page = (await one.get(address)).text
        return page, await said_after(one, await one.post(f"{address}/settle", data={"approve": "1"}))

    assert "已生效" in (await taken())[1]
    page, told = await taken()
    assert "<h2>和名册一样，没有变化</h2>" in page
    assert 'value="1">记为今天核对过</button>' in page
    assert told == "导入I2已记为今天核对过：和名册一样，没有变化。"


@pytest.mark.parametrize("asker", [STAFF, ROOT, OWNER, HEAD, PLAIN])
async def test_the_inbox_counts_the_same_in_chat_console_and_state(app: App, come: Come, asker: int) -> None:
    """By whoever asks: a report that says 4 where the list has 1 is believed by nobody."""
    await a_year_of_work(app, people=20, stored=30)
    one = await come(asker)
    page = re.sub("<[^>]+>", " ", (await one.get("/console/")).text)
    shown = re.search(r"共 (\d+) 项", page)
    chat = re.match(r"待您办理 (\d+) 项", await asked(app, asker, "待办") or "")
    state = re.search(r"您的待办：(\d+) 项", await asked(app, asker, "状态") or "")
    counts = {int(found[1]) for found in (shown, chat, state) if found is not None}
    assert len(counts) <= 1
    assert (shown is None) == (chat is None) == (asker == PLAIN)
    assert (state is not None) == (asker in (STAFF, ROOT))


@pytest.mark.parametrize("number", ["A/1", "A#1", "A?1=2", "A%2F1", "甲 1"])
async def test_whatever_an_employee_number_is_made_of_its_page_is_found(
    app: App, qq: FakeQQ, come: Come, number: str
) -> None:
    async with app.database.transaction() as tx:
        await store(tx, Employee(number, "冯怪", "市场部", Status.REGULAR), 66099)
    await registry.load(app)
    one = await come(STAFF)
    found = (await one.get("/console/people", params={"q": "冯怪"})).text
    (link,) = re.findall(r'href="(/console/people/[^"]+)"', found)
    page = await one.get(html.unescape(link))
    assert (page.status_code, "冯怪" in page.text) == (200, True)
    (act,) = re.findall(r'action="(/console/people/[^"]+/depart)"', page.text)
    assert "冯怪" in await said_after(one, await one.post(html.unescape(act)))
