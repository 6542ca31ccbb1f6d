"""Whatever is posted, asked, uploaded or stored is answered, and runs nowhere."""

import random

import pytest
from hypothesis import settings
from sqlalchemy import update

from config.phrases import console as say
from db.tables.cases import cases, penalties
from db.tables.groups import groups as group_table
from db.tables.groups import memberships as members_table
from db.tables.registry import employees
from services.app import App
from services.people import registry
from tests.company import GROUP, ROOT, STAFF, FakeQQ
from tests.plugins.console.conftest import Come, some_work
from tests.plugins.console.test_rights import ACTS, PAGES
from tests.plugins.console.told import said_after

MARKUP = """<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 1234*1111 }}'; DROP TABLE cases; --&lt;b&gt;"""
HOSTILE = (MARKUP, "\u202eevil\u202d" + "长" * 290, "")


@pytest.mark.parametrize("name", HOSTILE)
async def test_stored_names_are_shown_as_they_are_and_run_nowhere(
    app: App, qq: FakeQQ, come: Come, name: str
) -> None:
    await some_work(app)
    async with app.database.transaction() as tx:
        await tx.execute(update(employees).values(name=name or " ", title=name[:200]))
        await tx.execute(update(group_table).values(name=name, unknown_because=name[:200]))
        await tx.execute(update(members_table).values(card=name, nickname=name[:200]))
        await tx.execute(update(penalties).values(reason=name))
        await tx.execute(update(cases).values(data={"card": name, "right": name}))
    await registry.load(app)
    one = await come(STAFF)
    for page in ("", "cases", "cases/V1", "fines", "groups", f"groups/{GROUP}", "people", "people/A006", "trail", "summary", "imports/I1", "status"):  # fmt: skip
        answer = await one.get(f"/console/{page}")
        assert answer.status_code == 200, page
        assert "<script>alert" not in answer.text
        assert "<img" not in answer.text
        assert "1370974" not in answer.text
        assert 'href="javascript' not in answer.text


NAMES = (
    "approve", "refuse", "pay", "refund", "item", "seen", "reason", "days", "day", "qq", "department", "mode",
    "until", "count", "where", "file", "name", "code", "x",
)  # fmt: skip
ASKED = (
    "period", "code", "state", "group", "department", "person", "below", "page", "q", "key", "value", "month",
    "opened", "source", "seen",
)  # fmt: skip
VALUES = (
    "", "1", "P1", "J1", "V1", "I1", "B1", "R1", "选中", "99999999999999999999", "-1", "٣", "2026-13-40", "\x00", "<b>",
    "观察", "执行", "a" * 3000, "P1-P9", "0", "１２３", "\u202e", "P1.x", "I1.confirming-", "2026-03-01", "采购部", "😀",
)  # fmt: skip
FUZZED = [
    act for act in (*ACTS, "login") if act not in ("imports/new", "spot-checks") and "spot-check" not in act
]


async def test_whatever_is_posted_or_asked_is_answered_and_never_a_failure(
    app: App, qq: FakeQQ, come: Come
) -> None:
    """Ten posts and three looks an example: every night 10,000 posts."""
    await some_work(app)
    chance, people = random.Random(20261129), [STAFF, ROOT]
    one = await come(STAFF)
    for _ in range(10 * settings().max_examples):
        chosen = chance.choices(NAMES, k=chance.randrange(5))
        sent = {name: chance.choices(VALUES, k=chance.randrange(1, 3)) for name in chosen}
        act = chance.choice(FUZZED).replace("V1", chance.choice(("V1", "V0", "x", "V" + "9" * 30)))
        answer = await one.post(f"/console/{act}", data=sent)
        # A log-in that fails is 403; the one answer that is a page itself shows a token.
        right = {"login": (403,), "sources/tokens": (200, 303, 404)}.get(act, (303, 404))
        assert answer.status_code in right, (act, sent, answer.text)
        if answer.headers.get("location") == "/console/login":
            one = await come(chance.choice(people))
    for _ in range(3 * settings().max_examples):
        page = chance.choice(list(PAGES))
        asked = {name: chance.choice(VALUES) for name in chance.choices(ASKED, k=3)}
        answer = await one.get(f"/console/{page}", params=asked)
        assert answer.status_code in (200, 204, 303, 404), (page, asked, answer.text)
    for body in (b"", b"\xff\xfe", b"--x\r\n", b"a=%ff&%00=%80"):
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "application/json", "text/plain"):  # fmt: skip
            headers = {"Content-Type": kind}
            answer = await one.post("/console/inbox", content=body, headers=headers)
            assert answer.status_code in (303, 400), (kind, body)


@pytest.mark.usefixtures("read_apart")
@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("照片.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 500, ""),
        ("空.xlsx", b"", "请先选一个文件"),
        ("压缩.xlsx", b"PK\x03\x04" + b"\0" * 2000, ""),
        ("名册.csv", "工号,姓名,部门\nA020,乔安,市场部\n".encode(), "已读完"),
    ],
)
async def test_what_is_uploaded_is_read_by_the_guarded_reader(
    app: App, qq: FakeQQ, come: Come, name: str, data: bytes, said: str
) -> None:
    one = await come(STAFF)
    answer = await one.post("/console/imports/new", files={"file": (name, data)})
    told = await said_after(one, answer)
    assert said in told
    assert told != ""
    assert ("imports/I" in answer.headers["location"]) == (said == "已读完")


async def test_what_is_too_large_is_not_taken(app: App, qq: FakeQQ, come: Come) -> None:
    one = await come(STAFF)
    large = b"\xd0\xcf\x11\xe0" + b"x" * (19 * 1024 * 1024)
    answer = await one.post("/console/imports/new", files={"file": ("不是名册.xls", large)})
    assert await said_after(one, answer) not in ("", say.TOO_LARGE)
    big = b"x" * (22 * 1024 * 1024)
    assert (await one.post("/console/imports/new", files={"file": ("大.csv", big)})).status_code == 413
    assert (await one.post("/console/inbox", data={"reason": "x" * 300_000})).status_code == 413
