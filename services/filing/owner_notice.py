"""What an unfiled group hears: who the bot is, once; its owner, the one notice to file."""

from datetime import timedelta

from config.phrases.inbox import NEW_IN_GROUP
from config.phrases.notices import INTRODUCTION, OWNER_NOTICE
from db.engine import Transaction
from db.queries.cases import notices
from db.queries.cases import timelines as case_rows
from db.queries.groups import filings
from db.queries.groups import last_seen as group_rows
from db.queries.joining import requests as request_rows
from regulation.deadlines import due_at, due_said
from regulation.duties import Code
from regulation.policy import Mode
from services.acts import to_group, to_person
from services.app import App
from services.groups.modes import general_mode
from services.outbox import queue, queue_rarely
from services.people import roles

DAY = timedelta(days=1)


async def tell_owner_to_file(app: App, tx: Transaction, group_id: int, *, to: int | None = None) -> bool:
    """Queue the notice, at most once a day a person from when it was said; return whether it was queued now.

    `to`: whoever answers for the group, if that is known. The notice names the requests that wait, and
    carries the open F1 case, whose clock starts when it is delivered. Where a filing is under review it is
    these requests alone that are told of.
    """
    row = await group_rows.get(tx, group_id)
    if row is None:
        return False
    if await filings.waiting_row(tx, group_id) is not None:
        return await _tell_who_waits(app, tx, group_id, row.called)
    found = await case_rows.open_of_group(tx, group_id)
    cases = [case for case in found if case.code in (Code.F1, Code.F3) and not case.frozen]
    people = await roles.answering_for(app, tx, group_id) if to is None else (to,)
    stand_in = not set(people) & set(await roles.officers_of(app, tx, group_id))
    count = 0 if stand_in else len(await request_rows.unsettled(tx, group_id=group_id))
    ours = row.owner_id in app.own_accounts()
    alone = "stand_in" if ours else "no_officer"
    template = OWNER_NOTICE[alone if stand_in else "with_requests" if count else "plain"]
    told = await notices.told(tx, [case.id for case in cases])
    told_now = False
    for one in people:
        due = min((case.due_at for case in cases if case.due_at and one in told[case.id]), default=None)
        due = due or due_at(app.now(), app.policy.deadlines.unfiled_days, app.policy)
        text = template.format(group=row.called, id=group_id, count=count, due=due_said(due))
        act = to_person(
            one,
            text,
            via_group=group_id,
            fallback=OWNER_NOTICE["fallback"],
            purpose="file",
            case_ids=[case.id for case in cases],
        )
        told_now |= await queue_rarely(app, tx, f"file:{group_id}:{one}", DAY, act)
    return told_now


async def _tell_who_waits(app: App, tx: Transaction, group_id: int, group: str) -> bool:
    """Tell the owner, once a day, of requests that wait for others to approve what was handed in."""
    officers = await roles.officers_of(app, tx, group_id)
    count = len(await request_rows.unsettled(tx, group_id=group_id))
    if not officers or not count:
        return False
    text = OWNER_NOTICE["in_review"].format(group=group, count=count)
    act = to_person(officers[0], text, via_group=group_id, fallback=NEW_IN_GROUP, purpose="item")
    return await queue_rarely(app, tx, f"waits:{group_id}:{officers[0]}", DAY, act)


async def introduce(app: App, tx: Transaction, group_id: int) -> None:
    """On entering an unfiled group for the first time: two lines to the group, once.

    Its owner gets the notice to file, which the plan asks for.
    """
    row = await group_rows.get(tx, group_id)
    if row is None or row.introduced_at is not None or group_id == app.settings.admin_group:
        return
    if not await case_rows.is_unfiled(tx, group_id) or await general_mode(tx) is Mode.OBSERVE:
        return
    await group_rows.put(tx, group_id, introduced_at=app.now())
    await queue(app, tx, to_group(group_id, INTRODUCTION, key=f"introduce:{group_id}"))
