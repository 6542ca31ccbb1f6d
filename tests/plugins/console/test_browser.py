"""A real browser on the real pages: whole days by mouse and by keyboard, wide and narrow, with and without JavaScript.

Needs Debian's chromium and a Chinese font (`.ci/run` installs them); without them these tests are skipped,
in CI they fail. `QUNGUI_PICTURES=docs/images` has the pictures of the READMEs taken anew.
"""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from services.app import App
from services.cases.settling import penalties
from services.console import codes
from services.imports.sources.scim import tokens
from tests.company import GROUP, HEAD, OWNER, ROOT, STAFF, TRAINEE, FakeQQ
from tests.plugins.console.scene import OWN, a_year_of_work

AXE = Path(__file__).with_name("axe-4.14.1.min.js")
CHROMIUM = shutil.which("chromium")
PICTURES = os.environ.get("QUNGUI_PICTURES", "")
WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
LISTEN = "window.__csp = []; addEventListener('securitypolicyviolation', e => __csp.push(e.violatedDirective + ' ' + e.blockedURI))"
SPILLS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

if CHROMIUM is None and not os.environ.get("CI"):
    pytest.skip(
        "no chromium on this machine: apt-get install chromium fonts-noto-cjk", allow_module_level=True
    )


@dataclass
class Window:
    """One browser window of somebody: what went wrong in it is kept."""

    page: Any
    base: str
    complaints: list[str] = field(default_factory=list[str])

    async def go(self, to: str) -> None:
        """Open a page of the console."""
        await self.page.goto(f"{self.base}/console/{to}")

    async def log_in(self, app: App, user_id: int) -> None:
        """Type in QQ number and code."""
        code = await codes.give(app, user_id, by=str(user_id))
        await self.go("login")
        await self.page.get_by_label("QQ 号").fill(str(user_id))
        await self.page.get_by_label("验证码").fill(code)
        await self.page.get_by_role("button", name="登录").click()

    async def wrong(self) -> list[str]:
        """Return what axe, the browser or the policy has to say, and by how much the page spills to the right."""
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(AXE.read_text("utf-8"))
        found = await self.page.evaluate("axe.run({resultTypes: ['violations']})")
        wrong = [f"{v['id']}: {n['html'][:200]}" for v in found["violations"] for n in v["nodes"][:3]]
        spills = await self.page.evaluate(SPILLS)
        wrong += [f"{spills} pixels too wide"] if spills > 0 else []
        return [*wrong, *await self.page.evaluate("window.__csp"), *self.complaints]

    async def picture(self, name: str) -> None:
        """Take a picture for the documentation, where they are asked for."""
        if PICTURES:
            await self.page.screenshot(path=f"{PICTURES}/console-{name}.png", full_page=False)


@dataclass
class Desk:
    """A browser, and the console it looks at."""

    browser: Any
    base: str
    app: App
    qq: FakeQQ

    @asynccontextmanager
    async def window(self, user_id: int, size: dict[str, int], **how: Any) -> AsyncGenerator[Window]:
        """Open a window and log somebody in."""
        context = await self.browser.new_context(viewport=size, locale="zh-CN", **how)
        if how.get("java_script_enabled", True):
            await context.add_init_script(LISTEN)
        page = await context.new_page()
        made = Window(page, self.base)
        page.on("console", lambda said: made.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: made.complaints.append(str(error)))
        await made.log_in(self.app, user_id)
        yield made
        await context.close()


@pytest.fixture(scope="module")
async def chromium() -> AsyncGenerator[Any]:
    """One browser; whoever looks has windows that share nothing with others'."""
    assert CHROMIUM is not None, "CI without chromium: .ci/run installs it"
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--lang=zh-CN"]
        )
        yield browser
        await browser.close()


@pytest.fixture
async def desk(app: App, site: FastAPI, chromium: Any) -> AsyncGenerator[Desk]:
    """The console on a port of its own."""
    qq = await a_year_of_work(app)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(site, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve([listening]))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    yield Desk(chromium, base, app, qq)
    server.should_exit = True
    await serving


PAGES = {
    "inbox": "", "cases": "cases", "case": f"cases/V{OWN}", "fines": "fines", "groups": "groups",
    "group": f"groups/{GROUP}", "people": "people", "person": "people/A006", "imports": "imports",
    "import": "imports/I1", "sources": "sources", "summary": "summary?period=今年", "spot-checks": "spot-checks", "trail": "trail",
    "status": "status", "regulation": "regulation?key=card.allow_suffix&value=否", "lost": "nowhere",
}  # fmt: skip


async def test_every_page_is_sound_wide_and_narrow(desk: Desk) -> None:
    wrong: dict[str, list[str]] = {}
    async with desk.window(STAFF, WIDE) as clerk:

        async def look(name: str) -> None:
            for size, suffix in ((WIDE, ""), (NARROW, "-phone")):
                await clerk.page.set_viewport_size(size)
                wrong[name + suffix] = await clerk.wrong()
                await clerk.picture(name + suffix)
            await clerk.page.set_viewport_size(WIDE)

        for name, address in PAGES.items():
            await clerk.go(address)
            clerk.complaints[:] = [said for said in clerk.complaints if "404" not in said or name != "lost"]
            await look(name)
        await clerk.page.context.clear_cookies()
        await clerk.go("login")
        await look("login")
    assert {page: said for page, said in wrong.items() if said} == {}


async def test_days_of_a_clerk_a_superuser_an_owner_a_head_and_an_employee(desk: Desk) -> None:
    """By keyboard, narrow, without JavaScript; and what somebody else settles shows within three seconds."""
    async with desk.window(STAFF, WIDE) as clerk:
        page = clerk.page
        fine = (await page.locator("li.item[id^=P]").first.get_attribute("id")) or ""
        await penalties.settle(desk.app, [int(fine[1:])], approve=True, by=ROOT, reason="")
        await page.locator(f"#{fine}").wait_for(state="detached", timeout=3000)
        await _by_keyboard(page)
        await clerk.go("status")
        await page.get_by_role("button", name="暂停").click()
        await page.get_by_text("已暂停").wait_for()
        await page.get_by_role("button", name="恢复").click()
        await page.get_by_text("已恢复").wait_for()
        assert await clerk.wrong() == []
    async with desk.window(ROOT, WIDE) as superuser:
        await superuser.go("sources")
        await superuser.page.get_by_label("发送方").fill("钉钉同步")
        await superuser.page.get_by_role("button", name="生成").click()
        shown = await superuser.page.locator(".token").inner_text()
        assert await tokens.sender_of(desk.app, shown) == "钉钉同步"
        assert await superuser.wrong() == []
        await superuser.page.get_by_role("button", name="作废 钉钉同步").click()
        await superuser.page.get_by_text("已作废，立即生效").wait_for()
        assert await tokens.sender_of(desk.app, shown) is None
        await superuser.picture("sources")
    async with desk.window(TRAINEE, NARROW) as employee:
        await employee.page.get_by_role("link", name=f"V{OWN}").click()
        assert await employee.wrong() == []
        await employee.picture("own-case-phone")
        await employee.page.get_by_role("button", name="退出").click()
        await employee.page.get_by_role("button", name="登录").wait_for()
    async with desk.window(OWNER, NARROW) as owner:
        await owner.page.get_by_role("link", name="我管的群").click()
        await owner.page.get_by_role("link", name="市场部工作群").click()
        await owner.page.get_by_role("button", name="群检查").click()
        await owner.page.locator(".told").wait_for()
        assert await owner.wrong() == []
    async with desk.window(HEAD, NARROW, java_script_enabled=False) as head:
        await head.page.get_by_role("button", name="同意 B").click()
        assert "已" in await head.page.locator(".told").inner_text()


async def _by_keyboard(page: Any) -> None:
    """Tick an item, write a reason, and refuse it, without the mouse; Enter in the reason settles nothing."""
    await page.locator("input[name=item][value^=J]").first.focus()
    name = await page.evaluate("document.activeElement.value")
    await page.keyboard.press("Space")
    await page.locator("#reason").focus()
    await page.keyboard.type("请改用本人 QQ 申请")
    await page.keyboard.press("Enter")
    assert await page.locator(f"#{name}").count() == 1
    for _ in range(2):
        await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "驳回选中的"
    await page.keyboard.press("Enter")
    await page.locator(".told").wait_for()
    assert name in await page.locator(".told").inner_text()
    assert await page.locator(f"#{name}").count() == 0
