"""The real site over the real database: what a browser would get, without a browser."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import httpx2
import nonebot
import pytest
from fastapi import FastAPI
from sqlalchemy import insert

from db.tables.cases import case_events, cases, penalties
from db.tables.work import spot_checks
from services.app import App
from services.console import codes
from services.context import use_app
from services.imports import apply as imports
from tests.company import GROUP, STAFF, TRAINEE, filed

HERE = "http://127.0.0.1:8080"
OWN = {"Sec-Fetch-Site": "same-origin"}
Come = Callable[[int], Awaitable[httpx2.AsyncClient]]


@pytest.fixture
def site(app: App) -> FastAPI:
    """The console, mounted as the bot mounts it."""
    use_app(app)
    try:
        nonebot.get_driver()
    except ValueError:
        nonebot.init(driver="~fastapi")
    from plugins.console import Console

    outer = FastAPI()
    outer.mount("/console", Console())
    return outer


def browser(site: FastAPI, address: str = "127.0.0.1") -> httpx2.AsyncClient:
    """Return a browser that nobody is logged in with."""
    transport = httpx2.ASGITransport(app=site, client=(address, 50000))
    return httpx2.AsyncClient(transport=transport, base_url=HERE, headers=OWN)


@pytest.fixture
async def come(app: App, site: FastAPI) -> AsyncGenerator[Come]:
    """Log a QQ number in; returns its browser."""
    opened: list[httpx2.AsyncClient] = []

    async def coming(user_id: int) -> httpx2.AsyncClient:
        one = browser(site)
        opened.append(one)
        code = await codes.give(app, user_id, by=str(user_id))
        if code is not None:
            answer = await one.post("/console/login", data={"qq": str(user_id), "code": code})
            assert answer.status_code == 303, answer.text
        return one

    yield coming
    for one in opened:
        await one.aclose()


CASE, FINE, FILE = 1, 1, "工号,姓名,部门,状态\nA010,冯新,市场部,正式\nA011,,市场部,正式\n"


async def some_work(app: App) -> None:
    """Store a case of a card with its story and fine, an import that waits, and a done spot check."""
    at = app.now() - timedelta(days=5)
    data = {"card": "孙丽丽", "right": "市场部-孙丽"}
    case = {
        "id": CASE, "code": "C1", "group_id": GROUP, "subject": str(TRAINEE), "user_id": TRAINEE, "employee_no": "A006",
        "department": "市场部", "status": "overdue", "reason": "wrong_name", "data": data, "opened_at": at,
        "seen_at": at, "due_at": at + timedelta(days=3), "first_reminded_at": at, "overdue_at": at + timedelta(days=3),
        "frozen": False,
    }  # fmt: skip
    fine = {
        "id": FINE, "case_id": CASE, "breach": "V1", "code": "C1", "group_id": GROUP, "liable": "A006",
        "liable_user_id": TRAINEE, "liable_employee_no": "A006", "amount": Decimal("10.00"), "state": "proposed",
        "proposed_at": at + timedelta(days=3), "reason": "",
    }  # fmt: skip
    events = [("opened", {"registry": 1}), ("reminded", {"to": f"QQ {TRAINEE}"}), ("overdue", {})]
    check = {
        "group_id": GROUP, "month": "2026-03", "drawn_by": str(STAFF), "seed": "ab" * 16, "due_at": at, "done_at": at,
        "outcome": "findings", "findings": {"total": 1, "by_code": {"C1": 1}, "why": None}, "late": 0.0,
    }  # fmt: skip
    async with app.database.transaction() as tx:
        await tx.execute(insert(cases).values(**case))
        await tx.execute(insert(penalties).values(**fine))
        rows = [{"case_id": CASE, "at": at, "kind": kind, "data": said} for kind, said in events]
        await tx.execute(insert(case_events), rows)
        await tx.execute(insert(spot_checks).values(**check))
    await filed(app)
    made = await imports.preview_file(app, FILE.encode(), "三月.csv", by=str(STAFF), source="chat")
    assert isinstance(made, imports.Preview)
