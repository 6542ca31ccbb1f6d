"""Each kind of event has a bound, a line, and shedding that says what it shed."""

import asyncio
import logging
from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest
from nonebot.log import logger
from sqlalchemy import select

from db.tables.groups import groups
from db.tables.work import outbox
from plugins.gateway.incoming import shedding
from plugins.gateway.incoming.lines import BOUNDS, Event, Kind, Lines, kind_of
from plugins.gateway.incoming.shedding import Shedding
from services.app import App
from services.metrics import Tally
from tests import company as co


class Handling:
    """Handles events only when it is let, and counts them."""

    def __init__(self) -> None:
        self.let = asyncio.Event()
        self.under_way = Counter[str]()
        self.most = Counter[str]()
        self.done: list[Event] = []
        self.shed: list[Event] = []
        self.tally = Tally()
        self.tasks: set[asyncio.Task[Any]] = set()
        self.lines = Lines(self.handle, lambda _kind, event: self.shed.append(event), self.tasks, self.tally)

    async def handle(self, event: Event) -> None:
        kind = event["kind"]
        self.under_way[kind] += 1
        self.most[kind] = max(self.most[kind], self.under_way[kind])
        await self.let.wait()
        self.under_way[kind] -= 1
        self.done.append(event)
        if event.get("bad"):
            raise ValueError

    async def all_done(self) -> None:
        self.let.set()
        while self.tasks:
            await asyncio.wait(set(self.tasks))


@pytest.mark.parametrize("kind", Kind)
async def test_no_kind_has_more_under_way_or_waiting_than_its_bound(kind: Kind) -> None:
    made, bound = Handling(), BOUNDS[kind]
    room = bound.at_once + bound.waiting
    for number in range(room + 7):
        made.lines.put(kind, {"kind": kind, "number": number})
    await asyncio.sleep(0)
    assert made.under_way[kind] == len(made.tasks) == bound.at_once
    assert made.tally.under_way == room
    assert [one["number"] for one in made.shed] == list(range(room, room + 7))

    await made.all_done()
    assert [one["number"] for one in made.done] == list(range(room))
    assert (made.most[kind], made.tally.under_way) == (bound.at_once, 0)


async def test_a_kind_that_hangs_holds_up_no_other_and_one_that_fails_not_the_next() -> None:
    made = Handling()
    for _ in range(50):
        made.lines.put(Kind.FILE, {"kind": Kind.FILE})
    made.let.set()
    for number in range(300):
        made.lines.put(Kind.NOTICE, {"kind": Kind.NOTICE, "bad": number % 2 == 0})
    await made.all_done()
    assert sum(one["kind"] is Kind.NOTICE for one in made.done) == 300


async def test_what_was_shed_is_looked_up_and_said_once_to_admin_staff(
    app: App, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    await co.settle_in(app)
    monkeypatch.setattr(shedding, "QUIET_SECONDS", 0.01)
    made = Shedding(app)
    for _ in range(138):
        made.shed(Kind.FILE, {"user_id": co.ROOT})
        made.shed(Kind.NOTICE, {"group_id": co.GROUP})
        made.shed(Kind.REQUEST, {"group_id": co.GROUP})
    telling = made._telling
    assert telling is not None
    await telling

    assert app.tally.dropped == {"shed_file": 138, "shed_notice": 138, "shed_request": 138}
    assert "requests" in app.hastened, "the list of waiting requests is read at once"
    async with app.database.reading() as tx:
        looked = (
            await tx.execute(select(groups.c.look_at).where(groups.c.group_id == co.GROUP))
        ).scalar_one()
        told = (await tx.execute(select(outbox.c.payload).where(outbox.c.user_id == co.ROOT))).scalars().all()
    assert looked is not None
    assert len(told) == 1
    assert "文件 138 个" in told[0]["parts"][0]["text"]

    made.shed(Kind.META, {})
    telling = made._telling
    assert telling is not None
    await telling
    assert "1 × meta" in caplog.text, "heartbeats are nobody's loss: the log alone says so"


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"post_type": "request"}, Kind.REQUEST),
        ({"post_type": "notice", "notice_type": "group_card"}, Kind.NOTICE),
        ({"post_type": "notice", "notice_type": "offline_file"}, Kind.FILE),
        ({"post_type": "meta_event"}, Kind.META),
        ({"post_type": "message_sent"}, None),
        ({"post_type": "message", "message_type": "private", "message": "状态"}, Kind.COMMAND),
        ({"post_type": "message", "message_type": "private", "message": "[CQ:file,file=a]"}, Kind.FILE),
        (
            {"post_type": "message", "message_type": "private", "message": [{"type": "file", "data": {}}]},
            Kind.FILE,
        ),
        ({"post_type": "message", "message_type": "group", "message": "/状态"}, Kind.COMMAND),
        (
            {"post_type": "message", "message_type": "group", "message": [{"type": "file", "data": {}}]},
            Kind.COMMAND,
        ),
    ],
)
def test_every_kind_of_event_has_its_line(event: Event, kind: Kind | None) -> None:
    assert kind_of(event) is kind


@pytest.fixture
def app(app: App, caplog: pytest.LogCaptureFixture) -> Generator[App]:
    """NoneBot's logger writes where the test can read."""
    written = logger.add(caplog.handler, level=logging.WARNING, format="{message}")
    yield app
    logger.remove(written)
