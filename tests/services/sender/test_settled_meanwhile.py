"""What awaits somebody is told of while it does: not in the morning, if it was settled in the night."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from db.queries.cases import batches as batch_rows
from db.queries.groups import last_seen as group_rows
from db.queries.joining import requests
from regulation.join_gate import Decision, Verdict
from regulation.policy import Safety
from services.app import App
from services.cases import enforcing
from services.cases.settling import appeals
from services.filing import hand_in, review
from services.filing.hand_in import Wish
from services.groups.view import load_group
from services.inbox import listing, settle
from services.joining import join_notices
from services.people import registry, staff
from tests import company as co
from tests.services.cases.living import queued, why_not
from tests.services.inbox.asking import ask_to_join
from tests.services.sender.test_unsaid import said_of
from tests.services.stories import overdue_case

WISH = Wish("市场部日常沟通", "市场部")


async def refuse(app: App, letter: str) -> None:
    [answer] = await settle.settle(app, [(letter, 1)], approve=False, by=co.STAFF, reason="核对过")
    assert answer.ok, answer.text


async def a_request(app: App, qq: co.FakeQQ) -> None:
    request_id = await ask_to_join(app)
    async with app.database.transaction() as tx:
        await listing.announce(app, tx, "J", request_id)


async def one_in_another_s_name(app: App, qq: co.FakeQQ) -> None:
    request_id = await ask_to_join(app, row=6, employee_no="A001")
    verdict = Verdict(Decision.HOLD, 6, "impersonation", "A001")
    async with app.database.transaction() as tx:
        await join_notices.held(app, tx, request_id, await load_group(app, tx, co.GROUP), verdict)


async def a_filing(app: App, qq: co.FakeQQ) -> None:
    assert (await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)).ok


async def many_removals(app: App, qq: co.FakeQQ) -> None:
    await co.filed(app, scope={"everyone": True, "departments": [], "employee_nos": []})
    await registry.load(app)
    qq.lists[co.GROUP] = co.members(plain=(co.PLAIN, co.HEAD))
    app.policy = replace(app.policy, safety=Safety(max_removals=1, max_removal_ratio=0.1))
    for no in ("A009", "A001"):
        await staff.depart(app, no, app.now().date(), by="10000")
    await enforcing.run(app, [co.GROUP])
    async with app.database.reading() as tx:
        assert len(await batch_rows.waiting(tx)) == 1


async def an_appeal(app: App, qq: co.FakeQQ) -> None:
    case = await overdue_case(app)
    assert (await appeals.appeal(app, case.id, by=co.PLAIN, reason="已改好")).ok


KINDS: dict[str, tuple[str, Callable[[App, co.FakeQQ], Awaitable[None]]]] = {
    "J1": ("J", a_request),
    "有另一个 QQ 号": ("J", one_in_another_s_name),
    "B1": ("B", a_filing),
    "R1": ("R", many_removals),
    "S1": ("S", an_appeal),
}


@pytest.mark.parametrize("word", KINDS)
async def test_nothing_is_said_of_what_is_settled_by_then(app: App, word: str) -> None:
    letter, happens = KINDS[word]
    qq = await co.settle_in(app)
    await happens(app, qq)
    told = [row for row in await queued(app) if word in said_of(row)]
    assert told
    assert [await why_not(app, row) for row in told] == [None] * len(told)
    if letter == "B":
        assert (await review.settle(app, 1, approve=False, by=co.HEAD, reason="写清用途")).ok
    else:
        await refuse(app, letter)
    ends = [await why_not(app, row) for row in told]
    assert [None if end is None else end.state for end in ends] == ["dropped"] * len(told)


async def test_nor_to_the_head_of_a_filing_that_is_with_admin_staff_by_then(app: App) -> None:
    qq = await co.settle_in(app)
    await a_filing(app, qq)
    [head] = [row for row in await queued(app) if "B1" in said_of(row)]
    assert head.user_id == co.HEAD
    assert (await review.settle(app, 1, approve=True, by=co.HEAD)).ok
    end = await why_not(app, head)
    assert end is not None
    staff_told = [row for row in await queued(app) if "有新的待办" in said_of(row) and row.id != head.id]
    assert staff_told
    assert [await why_not(app, row) for row in staff_told] == [None] * len(staff_told)


async def test_nor_does_its_owner_hear_that_it_waits_for_who_has_approved_it(app: App) -> None:
    qq = await co.settle_in(app)
    await a_filing(app, qq)
    assert (await review.settle(app, 1, approve=True, by=co.HEAD)).ok
    [told] = [row for row in await queued(app) if "等行政部批准" in said_of(row)]
    assert told.user_id == co.OWNER
    assert await why_not(app, told) is None
    assert (await review.settle(app, 1, approve=True, by=co.STAFF)).ok
    end = await why_not(app, told)
    assert end is not None
    assert end.state == "dropped"


async def test_whose_name_was_given_hears_of_it_though_qq_let_the_other_in_past_us(app: App) -> None:
    qq = await co.settle_in(app)
    await one_in_another_s_name(app, qq)
    async with app.database.transaction() as tx:
        assert await requests.settle(tx, 1, state=requests.RequestState.ELSEWHERE, settled_at=app.now())
    ends = {row.user_id: await why_not(app, row) for row in await queued(app)}
    assert ends.pop(co.HEAD) is None
    assert ends
    assert all(end is not None and end.state == "dropped" for end in ends.values())


async def test_a_request_is_told_to_whoever_has_the_group_by_the_morning(app: App) -> None:
    qq = await co.settle_in(app)
    await a_request(app, qq)
    [told] = await queued(app)
    assert told.user_id == co.OWNER
    async with app.database.transaction() as tx:
        await group_rows.put(tx, co.GROUP, owner_id=co.HEAD, admin_ids=[])
    end = await why_not(app, told)
    assert end is not None
    assert end.state == "dropped"
    [_, anew] = await queued(app)
    assert anew.user_id == co.HEAD
    assert said_of(anew) == said_of(told)
    assert await why_not(app, anew) is None
