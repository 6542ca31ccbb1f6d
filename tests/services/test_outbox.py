"""Acts as rows: what is written, and who will be late."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from db.queries.work import outbox as rows
from db.tables.work import outbox, outbox_cases
from services.acts import Act, ActKind, Lane, Priority, lane_of, to_group, to_person
from services.app import App
from services.outbox import act_row, queue
from services.sender import bookkeeping
from tests.services.stories import add_case

ME = 10001


def test_every_kind_has_a_lane_and_messages_share_one() -> None:
    assert {kind for kind in ActKind if lane_of(kind) is Lane.MESSAGE} == {
        ActKind.SEND_GROUP, ActKind.SEND_PRIVATE, ActKind.SEND_FILE, ActKind.GROUP_NOTICE,
    }  # fmt: skip


def test_a_fallback_calls_the_person_and_needs_a_group() -> None:
    with_group = to_person(20001, "私", via_group=700001, fallback="请私聊我")

    assert with_group.payload["fallback"] == [{"at": 20001}, {"text": " 请私聊我"}]
    assert "fallback" not in to_person(20001, "私", fallback="请私聊我").payload


def test_a_picture_goes_with_the_text() -> None:
    act = to_group(700001, "汇总", image=b"png")

    assert act.payload["parts"] == [{"text": "汇总"}, {"image": True}]
    assert act.attachment == b"png"


async def test_a_row_comes_back_as_it_was_written(app: App) -> None:
    act = Act(ActKind.REMOVE, Priority.REMOVE, {"code": "L1"}, group_id=1, user_id=2, deadline=app.now())
    async with app.database.transaction() as tx:
        await queue(app, tx, act)
        asked = {"mine": rows.route(ME, [1], [1], []), "worker": app.worker, "now": app.now()}
        found = await rows.claim(tx, lane="remove", **asked)

    row = replace(found[0], case_ids=(7,))

    assert (row.kind, row.group_id, row.user_id, row.payload, row.deadline, row.case_ids) == (
        ActKind.REMOVE, 1, 2, {"code": "L1"}, app.now(), (7,),
    )  # fmt: skip


async def test_news_come_only_with_the_commit(app: App) -> None:
    async with app.database.transaction() as tx:
        await queue(app, tx, to_group(1, "一"))
        assert not app.outbox_news.is_set()

    assert app.outbox_news.is_set()


async def test_who_will_be_late_is_named(app: App) -> None:
    app.policy = replace(app.policy, pace=replace(app.policy.pace, kicks_per_day=2))
    due = {20001: 5, 20002: 2, 20003: 3}
    acts = [
        Act(
            ActKind.REMOVE,
            Priority.REMOVE,
            {},
            group_id=1,
            user_id=u,
            deadline=app.now() + timedelta(hours=h),
        )
        for u, h in due.items()
    ]
    async with app.database.transaction() as tx:
        await queue(app, tx, *acts)
        late = await bookkeeping.late_removals(app, tx, ME)

    assert [(one.group_id, one.user_id) for one in late] == [(1, 20001)]


async def test_many_at_once_are_written_once_each_with_the_cases_they_are_about(app: App) -> None:
    async with app.database.transaction() as tx:
        case = await add_case(tx, opened_at=app.now())
        await queue(app, tx, to_group(1, "旧", key="b"))
        plain = [to_group(1, "一", key="a"), to_group(1, "新", key="b"), to_group(1, "三", key="c")]
        bare, linked = to_group(1, "无键"), to_group(1, "四", key="d", case_ids=[case.id])
        assert await queue(app, tx, *plain, bare, linked) == 4
        every = {
            row["key"]: (row["payload"]["parts"][0]["text"], row["id"])
            for row in (await tx.execute(select(outbox))).mappings()
        }
        assert await tx.rows(select(outbox_cases)) == [(every["d"][1], case.id)]
    assert {key: text for key, (text, _) in every.items()} == {
        "a": "一", "b": "旧", "c": "三", "d": "四", None: "无键",
    }  # fmt: skip


async def test_a_row_for_nobody_in_particular_belongs_to_no_lane_twice(app: App) -> None:
    assert act_row(to_group(1, "一"), app.now())["lane"] == "message"


@pytest.mark.dialects
async def test_an_act_is_begun_before_it_is_done_and_not_while_paused(app: App) -> None:
    async with app.database.transaction() as tx:
        await queue(app, tx, to_group(1, "一"))
    row = (await bookkeeping.claim(app, Lane.MESSAGE, bookkeeping.Route(ME, [1], [1])))[0]

    begun = await bookkeeping.begin(app, [row], ME)

    assert [(one.attempts, one.acted_at) for one in begun] == [(1, app.now())]
    await bookkeeping.put_back(app, row, undone=True)
    again = (await bookkeeping.claim(app, Lane.MESSAGE, bookkeeping.Route(ME, [1], [1])))[0]
    assert (again.attempts, again.acted_at) == (0, None)


@pytest.mark.dialects
@pytest.mark.parametrize("in_hand_first", [True, False])
async def test_rows_in_hand_and_rows_that_wait_are_written_by_turns(app: App, in_hand_first: bool) -> None:
    waiting = act_row(to_person(20001, "一", key="waits"), app.now())
    in_hand = {
        **act_row(to_person(20001, "二", key="in hand"), app.now()),
        "state": "verifying",
        "claimed_by": app.worker,
        "acted_at": app.now(),
    }
    for row in sorted((waiting, in_hand), key=lambda one: ("claimed_by" in one) is not in_hand_first):
        assert list(await app.database.run(lambda tx, row=row: rows.add_many(tx, [row]))) == [row["key"]]

    async with app.database.reading() as tx:
        found = await tx.rows(
            select(outbox.c.key, outbox.c.claimed_by, outbox.c.acted_at).order_by(outbox.c.key)
        )
    assert [tuple(row) for row in found] == [("in hand", app.worker, app.now()), ("waits", None, None)]
