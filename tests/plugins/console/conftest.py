"""The real site over the real database: what a browser would get, without a browser."""

from collections.abc import AsyncGenerator, Awaitable, Callable

import httpx2
import nonebot
import pytest
from fastapi import FastAPI

from services.app import App
from services.console import codes
from services.context import use_app
from tests.company import FakeQQ, settle_in

HERE = "http://127.0.0.1:8080"
OWN = {"Sec-Fetch-Site": "same-origin"}
Come = Callable[[int], Awaitable[httpx2.AsyncClient]]


@pytest.fixture
async def qq(app: App) -> FakeQQ:
    """The invented company, settled in."""
    return await settle_in(app)


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
