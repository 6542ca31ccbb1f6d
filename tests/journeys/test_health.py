"""`/healthz` and `/metrics` of the running bot: what they tell, whom, and what when the database fails."""

import socket
from collections.abc import AsyncGenerator

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import func, select, text

from db.tables.groups import groups
from db.tables.work import outbox
from tests.journeys.conftest import ALL, SALES
from tests.journeys.harness import BOSS, BOT, TOKEN, Journey

PROOF = "问题：部门 姓名 工号 手机后四位\n答案：市场部 张三 A004 5678"
Sample = tuple[str, tuple[tuple[str, str], ...]]


@pytest.fixture
async def web() -> AsyncGenerator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(trust_env=False) as client:
        yield client


async def metrics(j: Journey, web: httpx2.AsyncClient) -> dict[Sample, float]:
    answer = await web.get(f"http://127.0.0.1:{j.port}/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for f in families for s in f.samples}


def told(seen: dict[Sample, float], name: str, **labels: str) -> float:
    return seen.get((f"qungui_{name}", tuple(sorted(labels.items()))), 0.0)


async def change(j: Journey, statement: str) -> None:
    database = j.database()
    async with database.transaction() as tx:
        await tx.execute(text(statement))
    await database.close()


@pytest.mark.dialects
async def test_metrics_tell_events_verdicts_cases_sends_latencies_and_ages(
    company: Journey, web: httpx2.AsyncClient
) -> None:
    j = company
    await j.start()
    account = await j.connect()
    await j.world.ask_to_join(SALES, 30001, PROOF, "小张")
    await j.until(lambda: j.inside(SALES, 30001), "let in")
    await j.until(lambda: j.card(SALES, 30001) == "市场部-张三", "card set")
    await j.world.ask_to_join(ALL, 30002, PROOF, "路人")
    for n in range(5):
        await j.world.say(SALES, 20005, f"早 {n}")
    account.push({"time": 1, "self_id": BOT, "post_type": "notice", "notice_type": "never_heard_of"})
    anonymous = {"user_id": 80000000, "sub_type": "anonymous", "message_type": "group", "group_id": SALES}
    message = {"message_id": 9, "message": "/状态", "raw_message": "/状态", "font": 0, "sender": {}}
    account.push({"time": 1, "self_id": BOT, "post_type": "message", **anonymous, **message})
    account.push({"time": 1, "self_id": BOT + 1, "post_type": "message", **anonymous, **message})
    await j.world.whisper(BOSS, BOT, "状态")
    await j.until(lambda: j.said("待办", user_id=BOSS), "answered")

    await j.stored(select(outbox.c.state).where(outbox.c.kind == "set_card"), [("done",)])
    # NapCat's lists are asked for twice: the first reading may come after the answer.
    await j.stored(select(func.count()).where(groups.c.complete_at.is_not(None)), [(2,)])
    seen = await metrics(j, web)

    assert told(seen, "events_total", post_type="message", kind="group") >= 6
    assert told(seen, "events_total", post_type="message", kind="private") == 1
    assert told(seen, "events_total", post_type="notice", kind="never_heard_of") == 1
    assert told(seen, "events_total", post_type="request", kind="group") >= 1
    assert told(seen, "events_total", post_type="meta_event", kind="lifecycle") == 1
    assert told(seen, "dropped_total", reason="nobody") == 1
    assert told(seen, "dropped_total", reason="unreadable") == 1
    assert told(seen, "dropped_total", reason="foreign_account") == 1
    assert told(seen, "join_verdicts", verdict="approve") == 1
    assert told(seen, "join_answer_seconds_count") >= 1
    assert told(seen, "join_answer_seconds_bucket", le="+Inf") >= 1
    assert told(seen, "outbox_rows", kind="set_card", state="done") == 1
    assert told(seen, "api_calls_total", action="set_group_card", result="ok") == 1
    assert told(seen, "api_call_seconds_count", action="set_group_card") == 1
    assert told(seen, "message_look_seconds_count") >= 5
    assert told(seen, "effects", implementation="NapCat.Onebot", action="set_group_card", effect="ok") == 1
    assert told(seen, "accounts_connected") == 1
    assert told(seen, "connection_age_seconds", account="88****01") > 0
    assert ("qungui_clock_skew_seconds", (("account", "88****01"),)) in seen
    assert told(seen, "last_audit") > 1_700_000_000
    assert told(seen, "oldest_reading") > 1_700_000_000
    assert told(seen, "outbox_backlog") >= 0
    numbers = (str(BOT), "30001", str(SALES), "A004", "5678")
    assert not any(number in value for _, labels in seen for _, value in labels for number in numbers)


async def test_health_tells_what_it_looked_at(company: Journey, web: httpx2.AsyncClient) -> None:
    j = company
    await j.start()
    await j.connect()
    await j.until(lambda: any(c.action == "get_group_member_list" for c in j.world.calls), "readings")
    read = select(func.count()).select_from(groups).where(groups.c.complete_at.is_not(None))
    await j.stored(read, [(2,)])
    answer = await web.get(f"http://127.0.0.1:{j.port}/healthz")
    assert answer.status_code == 200
    assert answer.text.startswith("正常\n\n账号 88****01：已连接")
    assert all(word in answer.text for word in ("上次检查", "已备案群（共 2 个）", "待发送"))


@pytest.mark.dialects
async def test_a_database_that_fails_is_503_with_a_reason_and_no_stack(
    company: Journey, web: httpx2.AsyncClient
) -> None:
    j = company
    await j.start()
    await change(j, "ALTER TABLE cases RENAME TO lost")
    try:
        for page in ("/healthz", "/metrics"):
            answer = await web.get(f"http://127.0.0.1:{j.port}{page}")
            assert answer.status_code == 503
            assert answer.text == "数据库读不了；请检查数据库是否在运行、磁盘和权限\n"
    finally:
        await change(j, "ALTER TABLE lost RENAME TO cases")
    assert (await web.get(f"http://127.0.0.1:{j.port}/metrics")).status_code == 200


PROXIES = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Via", "X-Real-IP",
           "X-Client-IP", "CF-Connecting-IP", "True-Client-IP", "X-Cluster-Client-IP")  # fmt: skip


def own_address() -> str | None:
    """Return an address of this machine that isn't loopback, or None."""
    found = {str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    return next((address for address in sorted(found) if not address.startswith("127.")), None)


async def test_others_need_the_token_and_so_does_a_proxy(journey: Journey, web: httpx2.AsyncClient) -> None:
    j = journey
    address = own_address()
    j.environment = {"HOST": "0.0.0.0"}
    await j.start()
    for page in ("/healthz", "/metrics"):
        here = f"http://127.0.0.1:{j.port}{page}"
        assert (await web.get(here)).status_code != 403
        for header in PROXIES:
            assert (await web.get(here, headers={header: "127.0.0.1"})).status_code == 403, header
        if address is None:
            continue
        there = f"http://{address}:{j.port}{page}"
        assert (await web.get(there)).status_code == 403
        assert (await web.get(there, headers={"Authorization": "Bearer wrong"})).status_code == 403
        assert (await web.get(there, headers={"Authorization": f"Bearer {TOKEN}"})).status_code != 403
