"""The second word of an import beyond the brake: another message, never the first one delivered again."""

import pytest

from services.app import App
from services.context import use_app
from services.imports import apply as imports
from services.imports.model import Preview
from services.people import registry
from tests import company as co
from tests.plugins.commands.test_hearing import event, hear, text

pytestmark = pytest.mark.dialects
COUNT = 30


def roster(status: str) -> bytes:
    people = [f"B{n:03},员工{n},市场部,{status}" for n in range(COUNT)]
    return "\r\n".join(["工号,姓名,部门,状态", *people]).encode()


async def previewed(app: App, status: str) -> Preview:
    made = await imports.preview_file(app, roster(status), "名册.csv", by=str(co.STAFF), source="chat")
    assert isinstance(made, Preview)
    return made


async def gone(app: App) -> int:
    await registry.refresh(app)
    return sum(
        e.is_departed(app.now().date()) for e in app.registry.by_no.values() if e.employee_no[0] == "B"
    )


@pytest.fixture
async def word(app: App) -> str:
    """What settles an import of thirty departures."""
    use_app(app)
    await co.settle_in(app)
    made = await previewed(app, "正式")
    assert (await imports.apply_import(app, made.id, by="terminal")).state == "applied"
    made = await previewed(app, "离职")
    assert any(one.holds for one in made.brakes)
    return f"I{made.id}"


async def say(words: str, message_id: int, time: int = 5) -> None:
    await hear(event(text(words), user_id=co.STAFF, group_id=None, message_id=message_id, time=time))


async def test_a_word_delivered_again_is_no_second_one(app: App, word: str) -> None:
    for time in (5, 5, 99):
        await say(f"同意 {word}", 7, time)
    assert await gone(app) == 0
    await say(f"同意 {word}", 8)
    assert await gone(app) == COUNT


async def test_one_message_that_says_it_twice_is_one_word(app: App, word: str) -> None:
    await say(f"同意 {word} {word}", 7)
    assert await gone(app) == 0
    await say(f"同意 {word}", 8)
    assert await gone(app) == COUNT
