"""What lists of requests prove: they are cut to the newest notices of every kind, lag, and lie."""

from typing import Any

import pytest
from sqlalchemy import select, update

from db.tables.requests import join_requests
from db.tables.work import outbox
from regulation.join_gate import JoinRequest, Verdict, decide
from regulation.model import Member
from services.app import App
from services.cases import audit
from services.inbox.items import find
from services.inbox.listing import line_of
from services.joining import listed as lists
from services.joining import rounds
from services.joining.heard import Heard
from services.naming import moment
from services.ports import Pending, PendingInvitation, PendingRequest
from tests import company as co
from tests.conftest import StoppedClock
from tests.services.joining.listing import Listing, asked, listed, states


@pytest.fixture
async def qq(app: App) -> Listing:
    return await co.settle_with(Listing, app)


async def test_a_request_that_trips_us_is_left_to_people_and_holds_up_no_other(
    app: App, qq: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trip(request: JoinRequest, *given: Any, **named: Any) -> Verdict:
        if request.user_id in (31001, 31002):
            raise IndexError(request.comment)
        return decide(request, *given, **named)

    monkeypatch.setattr(rounds, "decide", trip)
    await rounds.hear(app, Heard(co.BOT, co.GROUP, 31001, "你好", "1"))
    qq.listed = (Pending(listed("23")),)
    assert await lists.recover(app, co.BOT) == 2
    async with app.database.reading() as tx:
        rows = await tx.rows(select(join_requests.c.flag, join_requests.c.state, join_requests.c.reason))
    assert {row.flag: (row.state, row.reason) for row in rows} == {
        "1": ("waiting", "not_judged"), "2": ("waiting", "not_judged"), "3": ("waiting", "unfiled"),
    }  # fmt: skip


@pytest.mark.parametrize("waiting", ["", "2"])
async def test_a_request_that_a_list_lacks_still_waits(
    waiting: str, app: App, qq: Listing, clock: StoppedClock
) -> None:
    await asked(app, clock, "1", "2")
    qq.listed = (Pending(listed(waiting)),)
    for _ in range(3):
        await lists.recover(app, co.BOT)
    assert set((await states(app)).values()) == {"waiting"}


async def test_a_request_that_two_lists_show_as_settled_is_closed(
    app: App, qq: Listing, clock: StoppedClock
) -> None:
    await asked(app, clock, "1", "2")
    qq.listed = (Pending(listed("2"), settled=listed("1")),)
    await lists.recover(app, co.BOT)
    assert await states(app) == {"1": "elsewhere", "2": "waiting"}


async def test_one_list_that_shows_it_as_settled_is_not_enough(
    app: App, qq: Listing, clock: StoppedClock
) -> None:
    await asked(app, clock, "1")
    qq.listed = (Pending(settled=listed("1")), Pending())
    await lists.recover(app, co.BOT)
    assert await states(app) == {"1": "waiting"}


async def test_what_shows_up_waiting_again_is_opened_again(
    app: App, qq: Listing, clock: StoppedClock
) -> None:
    await asked(app, clock, "1")
    qq.listed = (Pending(settled=listed("1")),)
    await lists.recover(app, co.BOT)
    assert await states(app) == {"1": "elsewhere"}
    qq.listed = (Pending(listed("1", sure=False)),)
    await lists.recover(app, co.BOT)
    assert await states(app) == {"1": "elsewhere"}
    qq.listed = (Pending(listed("1")),)
    await lists.recover(app, co.BOT)
    assert await states(app) == {"1": "waiting"}


async def test_what_somebody_asked_anew_is_not_opened_again(
    app: App, qq: Listing, clock: StoppedClock
) -> None:
    await asked(app, clock, "1")
    await rounds.hear(app, Heard(co.BOT, co.GROUP, 31001, "你好", "7"))
    qq.listed = (Pending(listed("1")),)
    await lists.recover(app, co.BOT)
    assert await states(app) == {"1": "lapsed", "7": "waiting"}


async def test_one_flag_of_two_people_or_groups_is_several_requests(app: App, qq: Listing) -> None:
    for group_id, user_id in ((co.GROUP, 31001), (co.GROUP, 31002), (co.OTHER, 31001), (co.GROUP, 31001)):
        await rounds.hear(app, Heard(co.BOT, group_id, user_id, "你好", "1"))
    qq.listed = (Pending(settled=(PendingRequest(co.GROUP, 31001, "", "1"),)),)
    await lists.recover(app, co.BOT)
    async with app.database.reading() as tx:
        columns = (join_requests.c.group_id, join_requests.c.user_id, join_requests.c.state)
        found = {tuple(row) for row in await tx.rows(select(*columns))}
    assert found == {
        (co.GROUP, 31001, "elsewhere"), (co.GROUP, 31002, "waiting"), (co.OTHER, 31001, "waiting"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "form", ["{group}|{number}|1|0", "{number}-{group}-1-0", "slreq:1:{number}:{group}:1:0"]
)
async def test_a_request_is_known_by_its_number_in_whatever_form_of_its_flag(
    form: str, app: App, qq: Listing, clock: StoppedClock
) -> None:
    number = "1795898058080000"
    flag = form.format(group=co.GROUP, number=number)
    await rounds.hear(app, Heard(co.BOT, co.GROUP, 31001, "你好", flag))
    clock.move(minutes=1)
    qq.listed = (Pending((PendingRequest(co.GROUP, 31001, "你好", number),)),)
    assert await lists.recover(app, co.BOT) == 0
    assert len(await states(app)) == 1


async def test_what_was_settled_is_not_judged_anew_where_another_implementation_lists_it_as_waiting(
    app: App, qq: Listing, clock: StoppedClock
) -> None:
    number = "1795898058080000"
    await rounds.hear(app, Heard(co.BOT, co.GROUP, 31001, "你好", number))
    async with app.database.transaction() as tx:
        await tx.execute(update(join_requests).values(state="answered", settled_at=app.now()))
    clock.move(days=1)
    shown = PendingRequest(co.GROUP, 31001, "你好", f"{number}-{co.GROUP}-1-0", sure=False)
    qq.listed = (Pending((shown,)),)
    assert await lists.recover(app, co.BOT) == 0
    assert await states(app) == {number: "answered"}


async def test_a_person_may_ask_again_under_the_same_flag_where_flags_name_people(
    app: App, qq: Listing, clock: StoppedClock
) -> None:
    heard = Heard(co.BOT, co.GROUP, 31001, "你好", f"add:{co.GROUP}:u_x")
    await rounds.hear(app, heard)
    assert await rounds.hear(app, heard) is None
    clock.move(minutes=1)
    qq.lists[co.GROUP].append(Member(31001))
    await audit.audit_group(app, co.GROUP)
    clock.move(minutes=1)
    assert await rounds.hear(app, heard) is not None
    assert await rounds.hear(app, heard) is None


@pytest.mark.dialects
async def test_requests_found_in_a_list_are_stored_in_the_order_they_were_asked(
    app: App, qq: Listing
) -> None:
    qq.listed = (Pending(listed("321")),)
    await lists.recover(app, co.BOT)
    async with app.database.reading() as tx:
        stored = await tx.rows(select(join_requests.c.flag).order_by(join_requests.c.id))
    assert [flag for (flag,) in stored] == ["1", "2", "3"]


async def test_a_poll_that_shows_nothing_new_writes_nothing(
    app: App, qq: Listing, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked(app, clock, "1", "2")
    qq.listed = (Pending(listed("12")),)
    monkeypatch.setattr(app.database, "transaction", None)
    monkeypatch.setattr(app, "batch", None)

    assert await lists.recover(app, co.BOT) == 0


async def test_a_waiting_request_of_somebody_who_is_in_closes_at_the_next_reading(
    app: App, qq: Listing, clock: StoppedClock
) -> None:
    qq.listed = (Pending(listed("12")),)
    await lists.recover(app, co.BOT)
    clock.move(minutes=1)
    qq.lists[co.GROUP].append(Member(31001))
    await audit.audit_group(app, co.GROUP)
    await lists.recover(app, co.BOT)
    assert await states(app) == {"1": "elsewhere", "2": "waiting"}


async def test_what_no_list_shows_any_more_says_when_it_was_seen_and_lapses_with_a_word(
    app: App, qq: Listing, clock: StoppedClock
) -> None:
    await asked(app, clock, "1")
    clock.move(minutes=10)
    qq.listed = (Pending(listed("1")),)
    await lists.recover(app, co.BOT)
    seen = app.now()
    qq.listed = (Pending(),)
    clock.move(minutes=30)
    async with app.database.reading() as tx:
        item = await find(app, tx, "J", 1)
    assert item is not None
    assert moment(seen) in line_of(app, item)
    clock.move(days=29)
    await lists.recover(app, co.BOT)
    assert await states(app) == {"1": "waiting"}
    clock.move(days=1)
    await lists.recover(app, co.BOT)
    assert await states(app) == {"1": "lapsed"}
    async with app.database.reading() as tx:
        told = [row.payload["parts"][0]["text"] for row in await tx.rows(select(outbox.c.payload))]
    assert any("J1" in text and "30 天" in text for text in told)


async def test_what_every_list_shows_is_never_said_to_be_missing(
    app: App, qq: Listing, clock: StoppedClock
) -> None:
    await asked(app, clock, "1")
    qq.listed = (Pending(listed("1")),)
    async with app.database.reading() as tx:
        first = await find(app, tx, "J", 1)
    assert first is not None
    for _ in range(10):
        clock.move(seconds=app.policy.poll.requests_seconds)
        async with app.database.reading() as tx:
            item = await find(app, tx, "J", 1)
        assert item is not None
        assert item.what == first.what
        await lists.recover(app, co.BOT)


async def test_what_is_shown_again_and_again_never_lapses(app: App, qq: Listing, clock: StoppedClock) -> None:
    await asked(app, clock, "1")
    qq.listed = (Pending(listed("1")),)
    for _ in range(5):
        clock.move(days=20)
        await lists.recover(app, co.BOT)
    assert await states(app) == {"1": "waiting"}


async def test_an_invitation_raised_while_away_is_judged_once(app: App, qq: Listing) -> None:
    invited = (PendingInvitation(800001, co.HEAD, "81"), PendingInvitation(800002, co.STRANGER, "82"))
    qq.listed = (Pending(invitations=(*invited, PendingInvitation(co.GROUP, co.HEAD, "83"))),)
    for _ in range(2):
        await lists.recover(app, co.BOT)
    async with app.database.reading() as tx:
        rows = await tx.rows(
            select(outbox.c.group_id, outbox.c.payload).where(outbox.c.kind == "answer_invite")
        )
    assert {(row.group_id, row.payload["flag"], row.payload["approve"]) for row in rows} == {
        (800001, "81", True), (800002, "82", False),
    }  # fmt: skip
    assert len(rows) == 2


async def test_no_recovered_invitation_is_answered_where_flags_may_hit_another(app: App, qq: Listing) -> None:
    qq.trusts = False
    qq.listed = (Pending(invitations=(PendingInvitation(800001, co.HEAD, "81"),)),)
    await lists.recover(app, co.BOT)
    async with app.database.reading() as tx:
        assert not await tx.rows(select(outbox.c.id))


async def test_what_is_asked_while_a_list_is_gone_through_still_waits(
    app: App, qq: Listing, clock: StoppedClock
) -> None:
    async def slowly(account: int) -> Pending:
        await asked(app, clock, "1")
        return Pending()

    qq.pending_requests = slowly
    await lists.recover(app, co.BOT)
    assert await states(app) == {"1": "waiting"}
