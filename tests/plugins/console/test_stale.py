"""A page is what somebody saw: what asks something else by now is not settled by it, nor twice."""

import re
from collections.abc import Awaitable, Callable

import httpx2
import pytest
from sqlalchemy import select, update

from db.tables.cases import penalties
from db.tables.groups import filings
from db.tables.registry import imports
from db.tables.requests import join_requests
from services.app import App
from services.filing import hand_in, review
from services.imports import apply
from services.imports.model import Preview
from services.joining import rounds
from services.joining.heard import Heard
from services.people import grants
from tests import company as co
from tests.company import FakeQQ
from tests.plugins.console.conftest import Come, some_work
from tests.plugins.console.told import said_after

Story = tuple[str, str, Callable[[App], Awaitable[None]], Callable[[App], Awaitable[object]]]


async def _leavers(app: App) -> None:
    people = "".join(
        f"{p.employee_no},{p.name},{p.department},离职\n" for p, _ in co.PEOPLE if p.departed_on is None
    )
    data = f"工号,姓名,部门,状态\n{people}".encode()
    assert isinstance(await apply.preview_file(app, data, "全走.csv", by="1", source="chat"), Preview)


async def _filing(app: App) -> None:
    assert (await hand_in.file(app, co.GROUP, hand_in.Wish("日常沟通", "市场部"), by=co.OWNER)).ok


async def _consented(app: App) -> None:
    assert (await review.settle(app, 1, approve=True, by=co.HEAD)).ok


async def _anew(app: App) -> None:
    """Confirmed, and put before admin staff again by the appeal of somebody else."""
    async with app.database.transaction() as tx:
        await tx.execute(update(penalties).values(reason="S1 当时不在岗"))


async def _request(app: App) -> None:
    await rounds.hear(app, Heard(co.BOT, co.OTHER, co.STRANGER, "", "f1"))


async def _doubtful(app: App) -> None:
    """The same request is judged anew meanwhile: somebody may be impersonated."""
    async with app.database.transaction() as tx:
        await tx.execute(update(join_requests).values(row=6))


def _states(column: object) -> Callable[[App], Awaitable[object]]:
    async def read(app: App) -> object:
        async with app.database.reading() as tx:
            return [str(row[0]) for row in await tx.rows(select(column))]  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownVariableType]

    return read


# What is asked, on which page, what happens before the post, and what must not have changed by it.
STORIES: dict[str, Story] = {
    "import": ("I1", "inbox", _leavers, _states(imports.c.state)),
    "import on its page": ("I1", "imports/I1", _leavers, _states(imports.c.state)),
    "filing": ("B1", "inbox", _filing, _states(filings.c.state)),
    "filing consented": ("B1", "inbox", _filing, _states(filings.c.state)),
    "fine": ("P1", "inbox", some_work, _states(penalties.c.state)),
    "fine on its page": ("P1", "fines", some_work, _states(penalties.c.state)),
    "request": ("J1", "inbox", _request, _states(join_requests.c.state)),
}
MEANWHILE = {
    "filing consented": _consented, "fine": _anew, "fine on its page": _anew, "request": _doubtful,
}  # fmt: skip


def _form(page: str, item: str) -> dict[str, list[str]]:
    """Return what a browser sends of this page for a press of an item's button."""
    seen = re.findall(r'name="seen" value="([^"]+)"', page)
    assert any(one.startswith(f"{item}.") for one in seen), page
    return {"seen": seen, "approve": [item]}


async def _press(one: httpx2.AsyncClient, page: str, sent: dict[str, list[str]]) -> str:
    to = f"{page}/settle" if page.startswith("imports") else page
    return await said_after(one, await one.post(f"/console/{to}", data=sent))


@pytest.mark.parametrize("story", STORIES)
async def test_a_page_settles_what_it_showed_and_once(app: App, qq: FakeQQ, come: Come, story: str) -> None:
    item, page, begin, state = STORIES[story]
    await begin(app)
    one = await come(co.ROOT)
    sent = _form((await one.get(f"/console/{'' if page == 'inbox' else page}")).text, item)
    if story in MEANWHILE:
        await MEANWHILE[story](app)
    else:
        await _press(one, page, sent)
    before = await state(app)
    said = await _press(one, page, sent)
    assert await state(app) == before
    assert "不一样了" in said or "您已于" in said, said
    # Who looks again is asked what is asked now, and answers that.
    fresh = _form((await one.get(f"/console/{'' if page == 'inbox' else page}")).text, item)
    await _press(one, page, fresh)
    assert await state(app) != before


async def test_a_right_revoked_between_page_and_post_settles_nothing(
    app: App, qq: FakeQQ, come: Come
) -> None:
    await some_work(app)
    one = await come(co.STAFF)
    sent = _form((await one.get("/console/")).text, "P1")
    await grants.revoke(app, "A004", by=co.ROOT)
    answer = await one.post("/console/inbox", data=sent)
    assert answer.headers["location"] == "/console/login"
    assert await _states(penalties.c.state)(app) == ["proposed"]
