"""Who has handed in what would put a group in order isn't late for how long others look at it."""

from datetime import date
from typing import Any

import pytest

from db.tables.cases import cases, penalties
from regulation.model import Kind, Member, Role
from services.app import App
from services.cases import audit, enforcing
from services.filing import hand_in, review
from services.filing.hand_in import Wish
from services.joining import rounds
from services.joining.heard import Heard
from services.people import own_record, registry
from tests import company as co
from tests.company import ADMIN, BOT, GROUP, HEAD, OWNER, PLAIN, STAFF, STRANGER, FakeQQ
from tests.conftest import StoppedClock
from tests.services.cases.living import look, send, stored

EVERYONE = {"everyone": True, "departments": [], "employee_nos": []}
LASTING = Wish("市场部日常沟通", "全员")


@pytest.fixture
async def qq(app: App) -> FakeQQ:
    """A filed group where everything is as it should be."""
    made = await co.settle_in(app)
    made.lists[GROUP] = [
        Member(OWNER, card="市场部-王强", role=Role.OWNER),
        Member(ADMIN, card="市场部-李雷", role=Role.ADMIN),
        Member(HEAD, card="市场部-张总", role=Role.ADMIN),
        Member(BOT, role=Role.ADMIN),
    ]
    return made


async def filed(app: App, **values: Any) -> None:
    await co.filed(app, scope=EVERYONE, admin_ids=[ADMIN, HEAD], **values)
    await registry.load(app)


async def status_of(app: App, code: str) -> list[str]:
    found = await stored(app, cases.c.id, cases.c.code, cases.c.status)
    return [status for _, one, status in found if one == code]


async def fines(app: App) -> list[str]:
    return [str(amount) for _, amount in await stored(app, penalties.c.id, penalties.c.amount)]


async def days(app: App, qq: FakeQQ, clock: StoppedClock, count: int) -> None:
    for _ in range(count):
        clock.move(days=1)
        await look(app, qq)


@pytest.fixture
async def renamed(app: App, qq: FakeQQ, clock: StoppedClock) -> FakeQQ:
    """The group got the company's name; its owner was told and asked for it the next day."""
    await filed(app)
    qq.names[GROUP] = "XY市场部群"
    await look(app, qq)
    await days(app, qq, clock, 1)
    assert (await hand_in.change(app, GROUP, by=OWNER)).ok
    return qq


async def test_a_name_under_review_is_not_overdue(app: App, renamed: FakeQQ, clock: StoppedClock) -> None:
    await days(app, renamed, clock, 10)
    assert (await status_of(app, "F3"), await status_of(app, "F2")) == (["reminded"], ["reminded"])
    assert await fines(app) == []
    assert (await review.settle(app, 2, approve=True, by=STAFF)).ok
    await look(app, renamed)
    assert (await status_of(app, "F3"), await status_of(app, "F2")) == (["closed"], ["closed"])


async def test_a_name_that_was_refused_is_overdue_after_the_whole_span(
    app: App, renamed: FakeQQ, clock: StoppedClock
) -> None:
    await days(app, renamed, clock, 10)
    assert (await review.settle(app, 2, approve=False, by=STAFF, reason="请改名")).ok
    await days(app, renamed, clock, 3)
    assert await fines(app) == []
    await days(app, renamed, clock, 1)
    assert await fines(app) == ["50.00"]


async def test_another_name_than_the_one_asked_for_is_overdue(
    app: App, renamed: FakeQQ, clock: StoppedClock
) -> None:
    renamed.names[GROUP] = "XY全国总群"
    await days(app, renamed, clock, 4)
    assert await fines(app) == ["50.00"]


async def test_a_discussion_whose_upgrade_is_under_review_is_not_overdue(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    ended = {"issue": "新版怎么定价", "ends_on": date(2026, 3, 1), "initiator_id": OWNER}
    await filed(app, kind=Kind.DISCUSSION, **ended)
    await look(app, qq)
    await days(app, qq, clock, 5)
    assert (await hand_in.file(app, GROUP, LASTING, by=OWNER, route="upgrade")).ok
    said = await co.sent(app)
    await days(app, qq, clock, 10)
    assert (await status_of(app, "D2"), await fines(app)) == (["reminded"], [])
    assert await co.sent(app) == said  # nobody is called to do what they have done
    assert (await review.settle(app, 2, approve=False, by=HEAD)).ok
    await days(app, qq, clock, 7)
    assert await fines(app) == []
    await days(app, qq, clock, 1)
    assert await fines(app) == ["20.00"]


async def test_requests_that_wait_for_a_filing_under_review_are_told_of_without_asking_for_it(
    app: App, qq: FakeQQ
) -> None:
    await hand_in.file(app, GROUP, LASTING, by=OWNER)
    await rounds.hear(app, Heard(BOT, GROUP, PLAIN, "", "1"))
    await rounds.hear(app, Heard(BOT, GROUP, STRANGER, "", "2"))
    [text] = [text for _, to, text in await co.sent(app) if to == OWNER]
    assert "备案正在审核，有 1 个入群申请在等待" in text


async def test_a_notice_to_file_that_waits_for_the_morning_is_not_said_once_it_was_handed_in(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    clock.move(hours=12)
    await registry.load(app)
    await enforcing.run(app, [GROUP])
    await hand_in.file(app, GROUP, LASTING, by=OWNER)
    await audit.audit_group(app, GROUP)
    clock.move(hours=12)
    assert [row.user_id for row in await send(app, qq) if row.payload.get("purpose") == "file"] == []


async def test_what_is_under_review_is_listed_without_a_deadline(
    app: App, renamed: FakeQQ, clock: StoppedClock
) -> None:
    await look(app, renamed)
    said = (await own_record.mine(app, OWNER)).text
    assert "已报批，等审核，不用再办\n" in said + "\n"
