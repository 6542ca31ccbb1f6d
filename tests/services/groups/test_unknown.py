"""A group is judged from a complete reading, or it is said to be unknown: never taken for clean."""

import json
import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from rich.console import Console

from db.queries.cases import timelines
from db.queries.groups import filings
from db.queries.groups import last_seen as group_rows
from regulation.model import Closure, FilingState
from services.app import App
from services.cases import audit
from services.filing import closing
from services.groups import overview
from services.groups.unknown import unknown_groups
from services.ports import Reading
from services.reports import scheduled
from services.running import status
from services.watching import connected, members
from terminal.summary import summary
from tests import company as co
from tests.conftest import StoppedClock

NEVER_SEEN = 700009


@dataclass
class PartialQQ(co.FakeQQ):
    """A QQ whose lists of some groups are cut short."""

    cut: set[int] = field(default_factory=set)

    async def read_members(self, group_id: int, *, max_age: float = 5.0) -> Reading:
        reading = await super().read_members(group_id, max_age=max_age)
        if group_id not in self.cut:
            return reading
        return replace(reading, members=reading.members[:1], complete=False, why_incomplete="少了几个人")


@pytest.fixture
async def qq(app: App) -> PartialQQ:
    return await co.settle_with(PartialQQ, app)


async def unknown(app: App) -> dict[int, str]:
    async with app.database.reading() as tx:
        return await unknown_groups(app, tx)


async def everywhere(app: App, capsys: pytest.CaptureFixture[str]) -> list[set[int]]:
    """Return which groups each place reports as unknown: summary, list, state, daily report's count."""
    await summary(app, month=None, as_json=True, xlsx=None, png=None, out=Console())
    listed = set(json.loads(capsys.readouterr().out)["unknown_groups"])
    text = (await overview.listing(app)).text
    lines = {int(line.split()[0]) for line in text.splitlines()[1:] if "读不到：" in line}
    state = (await status.report(app)).text
    named = {g for g in (co.GROUP, co.OTHER, NEVER_SEEN) if f"（{g}）：" in state}
    daily = await scheduled.daily(app, app.now())
    assert f"未能读全的群 {len(listed)} 个" in daily.text
    return [listed, lines, named]


async def test_a_filed_group_that_was_never_read_is_unknown_everywhere(
    app: App, qq: PartialQQ, capsys: pytest.CaptureFixture[str]
) -> None:
    await co.filed(app)
    await co.filed(app, NEVER_SEEN)
    assert await everywhere(app, capsys) == [{NEVER_SEEN}] * 3


async def test_a_filed_group_that_the_bot_lost_is_unknown_everywhere_and_told_at_once(
    app: App, qq: PartialQQ, capsys: pytest.CaptureFixture[str]
) -> None:
    await co.filed(app)
    await members.group_gone(app, co.GROUP, co.BOT)
    assert await everywhere(app, capsys) == [{co.GROUP}] * 3
    told = [(to, text) for _, to, text in await co.sent(app)]
    assert {to for to, text in told if "没有我了" in text} == {co.ROOT, co.STAFF}
    await members.group_gone(app, co.GROUP, co.BOT)
    assert len(await co.sent(app)) == len(told)


async def test_a_group_lost_while_nobody_said_so_is_noticed_by_the_list(app: App, qq: PartialQQ) -> None:
    await co.filed(app)
    del qq.lists[co.GROUP]
    await connected.compare_groups(app, co.BOT)
    assert await unknown(app) == {co.GROUP: "我不在群里了"}
    assert any("没有我了" in text for _, to, text in await co.sent(app) if to == co.STAFF)


async def test_an_unfiled_group_that_the_bot_left_is_nobodys_concern(app: App, qq: PartialQQ) -> None:
    await members.group_gone(app, co.GROUP, co.BOT)
    assert await unknown(app) == {}
    assert await co.sent(app) == []


async def test_a_group_that_asked_the_bot_back_is_known_again(app: App, qq: PartialQQ) -> None:
    await co.filed(app)
    await members.group_gone(app, co.GROUP, co.BOT)
    await audit.audit_group(app, co.GROUP)
    assert await unknown(app) == {}


async def test_a_judgement_of_days_ago_is_no_knowledge(app: App, qq: PartialQQ, clock: StoppedClock) -> None:
    clock.move(days=2)
    assert await unknown(app) == dict.fromkeys((co.GROUP, co.OTHER), "一天多没有读全过")


async def dismiss(app: App, qq: PartialQQ, group_id: int) -> None:
    """QQ says that a group was dissolved, and its list shows it no more."""
    await members.group_dismissed(app, group_id)
    qq.lists.pop(group_id, None)
    await connected.compare_groups(app, co.BOT)


async def test_a_dissolved_group_ends_with_all_that_was_open(app: App, qq: PartialQQ) -> None:
    await co.filed(app)
    await audit.audit_group(app, co.GROUP)
    async with app.database.reading() as tx:
        before = await timelines.open_of_group(tx, co.GROUP)
    assert before
    await dismiss(app, qq, co.GROUP)
    async with app.database.reading() as tx:
        assert await timelines.open_of_group(tx, co.GROUP) == []
        ended = [await timelines.get(tx, case.id) for case in before]
        assert await filings.approved(tx, co.GROUP) is None
        state = (await filings.filing_facts(tx, [co.GROUP]))[co.GROUP].state
    assert {case.closed_as for case in ended if case is not None} == {Closure.DISSOLVED}
    assert state is FilingState.CLOSED
    assert await unknown(app) == {}
    assert any("已解散" in text for _, to, text in await co.sent(app) if to == co.STAFF)


async def test_a_filed_group_dissolved_before_any_list_showed_it_ends_too(app: App, qq: PartialQQ) -> None:
    await co.filed(app, NEVER_SEEN)
    async with app.database.transaction() as tx:
        await group_rows.put(tx, NEVER_SEEN, name="新群")
    await dismiss(app, qq, NEVER_SEEN)
    async with app.database.reading() as tx:
        assert await filings.approved(tx, NEVER_SEEN) is None
    assert await unknown(app) == {}


async def test_a_word_that_a_group_was_dissolved_is_nothing_while_it_is_listed(
    app: App, qq: PartialQQ
) -> None:
    await co.filed(app)
    await audit.audit_group(app, co.GROUP)
    await members.group_dismissed(app, co.GROUP)
    await connected.compare_groups(app, co.BOT)
    await audit.audit_group(app, co.GROUP)
    async with app.database.reading() as tx:
        assert await timelines.open_of_group(tx, co.GROUP)
        assert await filings.approved(tx, co.GROUP) is not None
        row = await group_rows.get(tx, co.GROUP)
    assert row is not None
    assert row.dismissed_at is None


async def test_admin_staff_close_a_group_that_was_lost(app: App, qq: PartialQQ) -> None:
    await co.filed(app)
    assert not (await closing.dissolve(app, co.GROUP, by=co.STAFF)).ok
    await members.group_gone(app, co.GROUP, co.BOT)
    assert not (await closing.dissolve(app, co.GROUP, by=co.OWNER)).ok
    assert (await closing.dissolve(app, co.GROUP, by=co.STAFF)).ok
    assert await unknown(app) == {}


@dataclass
class History:
    """What a person would know of one group who saw everything that happened to it."""

    filed: bool = False
    inside: bool = True
    read_at: datetime | None = None
    answered: bool = True

    def is_unknown(self, now: datetime) -> bool:
        if not self.inside:
            return self.filed
        return not self.answered or self.read_at is None or now - self.read_at > timedelta(hours=26)


async def happen(app: App, qq: PartialQQ, op: str, group_id: int, seen: History) -> None:
    """Let one thing happen to a group, in QQ and in the history."""
    now = app.now()
    qq.cut, qq.down = ({group_id} if op == "cut" else set()), op == "down"
    if op == "file" and not seen.filed and seen.inside:
        await co.filed(app, group_id, number=f"{group_id}-{now:%d%H%M}")
        seen.filed = True
    elif op == "read":
        qq.lists.setdefault(group_id, co.members())
        await audit.audit_group(app, group_id)
        seen.inside, seen.answered, seen.read_at = True, True, now
    elif op in ("cut", "down") and seen.inside:
        await audit.audit_group(app, group_id)
        seen.answered = False
    elif op == "lose" and seen.inside:
        await members.group_gone(app, group_id, co.BOT)
        seen.inside = False
    elif op == "dismiss" and seen.inside:
        await dismiss(app, qq, group_id)
        seen.inside = seen.filed = False


@pytest.mark.parametrize("seed", range(4))
async def test_over_random_histories_every_group_is_judged_or_unknown(
    app: App, qq: PartialQQ, clock: StoppedClock, seed: int
) -> None:
    dice = random.Random(seed)
    histories = {g: History(read_at=app.now()) for g in (co.GROUP, co.OTHER)}
    ops = ("read", "read", "read", "cut", "down", "lose", "file", "file", "dismiss", "wait")
    for _ in range(25):
        op, group_id = dice.choice(ops), dice.choice((co.GROUP, co.OTHER))
        clock.move(hours=dice.choice((0, 0, 0, 5, 27)), minutes=1)
        await happen(app, qq, op, group_id, histories[group_id])
        expected = {g for g, seen in histories.items() if seen.is_unknown(app.now())}
        assert set(await unknown(app)) == expected, (op, group_id, histories)
