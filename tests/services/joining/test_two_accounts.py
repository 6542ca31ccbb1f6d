"""A request that one account of ours heard, in the lists of another that serves the group by now."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from db.queries.joining import requests as rows
from db.tables.requests import join_requests
from db.tables.work import outbox
from services.acts import ActOutcome, Lane
from services.app import App
from services.joining import listed as lists
from services.joining import rounds, waiting
from services.joining.heard import Heard
from services.ports import Pending, PendingRequest
from services.sender import bookkeeping
from services.sender.bookkeeping import Route
from tests import company as co
from tests.conftest import StoppedClock
from tests.services.cases.living import queued
from tests.services.joining.listing import Listing, asked, listed, states


@pytest.fixture
async def qq(app: App) -> Listing:
    return await co.settle_with(Listing, app)


OTHER_BOT = 90002


async def held_by(app: App) -> list[tuple[int, str, str]]:
    """Return who answers each request by which flag, and where that stands."""
    async with app.database.reading() as tx:
        wanted = select(join_requests.c.account, join_requests.c.flag, join_requests.c.state)
        return [tuple(row) for row in await tx.rows(wanted)]


@pytest.mark.dialects
async def test_what_the_account_that_left_heard_is_answered_by_the_one_that_serves_the_group(
    app: App, qq: Listing, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked(app, clock, "1", "2")
    async with app.database.reading() as tx:
        [first, _] = await rows.unsettled(tx)
    assert (await waiting.settle(app, first.id, approve=True, by=co.STAFF)).ok
    qq.listed = (Pending(tuple(replace(one, flag=f"9{one.flag}") for one in listed("12"))),)

    await lists.recover(app, OTHER_BOT)
    assert {account for account, _, _ in await held_by(app)} == {co.BOT}
    monkeypatch.setattr(qq, "account_for", lambda group_id: OTHER_BOT)
    assert await lists.recover(app, OTHER_BOT) == 0

    assert sorted(await held_by(app)) == [(OTHER_BOT, "91", "answering"), (OTHER_BOT, "92", "waiting")]
    [answer] = await queued(app, outbox.c.kind == "answer_request")
    assert (answer.account, answer.payload["flag"]) == (OTHER_BOT, "91")


async def test_an_answer_that_is_being_given_stays_with_its_account(
    app: App, qq: Listing, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked(app, clock, "1")
    async with app.database.reading() as tx:
        [row] = await rows.unsettled(tx)
    await waiting.settle(app, row.id, approve=True, by=co.STAFF)
    route = Route(co.BOT, [co.GROUP], [co.GROUP])
    assert len(await bookkeeping.claim(app, Lane.ANSWER, route)) == 1
    qq.listed = (Pending(tuple(replace(one, flag="91") for one in listed("1"))),)
    monkeypatch.setattr(qq, "account_for", lambda group_id: OTHER_BOT)

    await lists.recover(app, OTHER_BOT)

    assert await held_by(app) == [(co.BOT, "1", "answering")]


@pytest.mark.dialects
async def test_what_an_account_heard_that_is_ours_no_longer_lapses_with_a_word(
    app: App, qq: Listing, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked(app, clock, "1")
    clock.move(days=31)
    await lists.lapse_left(app)
    assert await states(app) == {"1": "waiting"}
    monkeypatch.setattr(qq, "accounts", lambda: (OTHER_BOT,))
    await asked(app, clock, "2")
    await lists.lapse_left(app)
    assert await states(app) == {"1": "lapsed", "2": "waiting"}
    async with app.database.reading() as tx:
        told = [row.payload["parts"][0]["text"] for row in await tx.rows(select(outbox.c.payload))]
    assert any("J1" in text and "30 天" in text for text in told)


def number(at: datetime) -> str:
    """Return QQ's own number of a request that was made then: what every flag of it has in it."""
    return str(round(at.timestamp() * 1_000_000))


def shown(flag: str, user_id: int = 31001, *, sure: bool = True) -> PendingRequest:
    return PendingRequest(co.GROUP, user_id, "你好", flag, sure=sure)


async def heard_by_the_first(app: App, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have somebody's request heard, and the group served by another account a minute later; return its number."""
    flag = number(app.now())
    await rounds.hear(app, Heard(co.BOT, co.GROUP, 31001, "你好", flag))
    clock.move(minutes=1)
    monkeypatch.setattr(app.gateway, "account_for", lambda group_id: OTHER_BOT)
    return flag


async def set_to(app: App, state: str) -> None:
    async with app.database.transaction() as tx:
        await tx.execute(update(join_requests).values(state=state, settled_at=app.now(), settled_by="qq"))


@pytest.mark.dialects
@pytest.mark.parametrize("sure", [True, False])
async def test_what_the_first_account_answered_is_not_judged_again(
    app: App, qq: Listing, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch, sure: bool
) -> None:
    flag = await heard_by_the_first(app, clock, monkeypatch)
    await set_to(app, "answered")
    clock.move(days=1)
    qq.listed = (Pending((shown(f"{co.GROUP}|{flag}|1|0", sure=sure),)),)

    assert await lists.recover(app, OTHER_BOT) == 0
    assert await held_by(app) == [(co.BOT, flag, "answered")]


@pytest.mark.parametrize("state", ["elsewhere", "lapsed"])
async def test_what_was_closed_too_soon_is_opened_again_in_the_hands_of_the_second(
    app: App, qq: Listing, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    flag = await heard_by_the_first(app, clock, monkeypatch)
    await set_to(app, state)
    clock.move(days=1)
    qq.listed = (Pending((shown(flag),)),)

    assert await lists.recover(app, OTHER_BOT) == 0
    assert await held_by(app) == [(OTHER_BOT, flag, "waiting")]


async def test_what_the_seconds_list_shows_does_not_lapse_however_long_the_first_was_away(
    app: App, qq: Listing, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = await heard_by_the_first(app, clock, monkeypatch)
    # Of its own, so that it looks at what lapses.
    await rounds.hear(app, Heard(OTHER_BOT, co.GROUP, 31002, "你好", "2"))
    clock.move(days=31)
    qq.listed = (Pending((shown(flag),)),)

    await lists.recover(app, OTHER_BOT)

    assert await states(app) == {flag: "waiting", "2": "lapsed"}


async def test_where_flags_may_hit_another_it_is_seen_and_stays_with_people(
    app: App, qq: Listing, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = await heard_by_the_first(app, clock, monkeypatch)
    qq.trusts, qq.listed = False, (Pending((shown(flag),)),)
    for _ in range(2):
        clock.move(days=20)
        assert await lists.recover(app, OTHER_BOT) == 0
    qq.listed = (Pending(),)
    await lists.recover(app, co.BOT)

    assert await held_by(app) == [(co.BOT, flag, "waiting")]


async def test_an_unnamed_row_of_the_seconds_list_is_the_request_that_the_first_heard(
    app: App, qq: Listing, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = await heard_by_the_first(app, clock, monkeypatch)
    qq.listed = (Pending((shown(flag, 0),)),)

    assert await lists.recover(app, OTHER_BOT) == 0
    assert await held_by(app) == [(OTHER_BOT, flag, "waiting")]


async def test_what_two_lists_of_the_second_show_as_settled_is_closed(
    app: App, qq: Listing, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = await heard_by_the_first(app, clock, monkeypatch)
    qq.listed = (Pending(settled=(shown(flag),)),)

    await lists.recover(app, OTHER_BOT)

    assert await states(app) == {flag: "elsewhere"}


async def test_a_list_of_one_that_does_not_serve_the_group_changes_nothing(
    app: App, qq: Listing, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = await heard_by_the_first(app, clock, monkeypatch)
    monkeypatch.setattr(app.gateway, "account_for", lambda group_id: co.BOT)
    qq.listed = (Pending(settled=(shown(flag),)),)

    await lists.recover(app, OTHER_BOT)

    assert await held_by(app) == [(co.BOT, flag, "waiting")]


@pytest.mark.dialects
async def test_no_answer_to_an_earlier_request_is_given_to_a_newer_one(
    app: App, qq: Listing, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused, and not yet told so, they asked again, and the second account heard of that from its list alone."""
    flag = await heard_by_the_first(app, clock, monkeypatch)
    assert (await waiting.settle(app, 1, approve=False, by=co.STAFF)).ok
    clock.move(hours=2)
    newer = number(app.now())
    clock.move(minutes=5)
    qq.listed = (Pending((shown(newer),)),)

    assert await lists.recover(app, OTHER_BOT) == 1

    assert sorted(await held_by(app)) == [(co.BOT, flag, "lapsed"), (OTHER_BOT, newer, "waiting")]
    [claimed] = await bookkeeping.claim(app, Lane.ANSWER, Route(co.BOT, [], []))
    assert await bookkeeping.begin(app, [claimed], co.BOT) == []
    assert sorted(await held_by(app)) == [(co.BOT, flag, "lapsed"), (OTHER_BOT, newer, "waiting")]


async def test_an_answer_that_failed_opens_no_request_that_was_asked_anew_meanwhile(
    app: App, qq: Listing, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = await heard_by_the_first(app, clock, monkeypatch)
    assert (await waiting.settle(app, 1, approve=False, by=co.STAFF)).ok
    [claimed] = await bookkeeping.claim(app, Lane.ANSWER, Route(co.BOT, [], []))
    [begun] = await bookkeeping.begin(app, [claimed], co.BOT)
    clock.move(minutes=10)
    newer = number(app.now())
    qq.listed = (Pending((shown(newer),)),)
    assert await lists.recover(app, OTHER_BOT) == 1

    await bookkeeping.end(app, begun, ActOutcome("failed", "账号不在群里"))

    assert await states(app) == {flag: "lapsed", newer: "waiting"}


async def test_an_older_request_that_a_list_still_shows_gets_no_answer_of_the_newer_one(
    app: App, qq: Listing, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = number(app.now())
    clock.move(minutes=10)
    flag = await heard_by_the_first(app, clock, monkeypatch)
    assert (await waiting.settle(app, 1, approve=True, by=co.STAFF)).ok
    qq.listed = (Pending((shown(older),)),)

    assert await lists.recover(app, OTHER_BOT) == 0
    assert await held_by(app) == [(co.BOT, flag, "answering")]


async def test_a_request_that_each_account_has_a_number_of_its_own_for_is_the_same(
    app: App, qq: Listing, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = number(app.now() + timedelta(seconds=2))
    await heard_by_the_first(app, clock, monkeypatch)
    assert (await waiting.settle(app, 1, approve=True, by=co.STAFF)).ok
    qq.listed = (Pending((shown(theirs),)),)

    assert await lists.recover(app, OTHER_BOT) == 0
    assert await held_by(app) == [(OTHER_BOT, theirs, "answering")]
