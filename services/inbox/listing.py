"""The inbox: what awaits somebody, settled once by anyone entitled, told when new, reminded, escalated."""

from collections.abc import Sequence
from datetime import timedelta

from config.phrases import inbox as phrases
from config.phrases.joining import EVIDENCE, EVIDENCE_VALUES, REASONS
from db.engine import Transaction
from db.queries.joining import requests
from db.queries.work import switches
from db.queries.work.outbox import OutboxRow
from regulation.deadlines import in_hours, workday_after
from services import acts, outbox
from services.app import App
from services.inbox.items import LETTERS, find, open_items
from services.inbox.items import Item as Item
from services.naming import moment
from services.people import roles
from services.talk.pages import nth, where

PAGE = 10
# What others than admin staff may settle.
OTHERS_LETTERS = ("J", "B", "E")
REMINDED = "inbox_reminded_on"
ESCALATE_AFTER = 3


async def mine(app: App, tx: Transaction, user_id: int) -> list[Item]:
    """Return what this person may settle, the longest waiting first."""
    letters = LETTERS if await roles.is_admin_staff(app, tx, user_id) else OTHERS_LETTERS
    return [item for item in await open_items(app, tx, letters) if user_id in item.settlers]


def of_staff(items: Sequence[Item], staff: frozenset[int]) -> list[Item]:
    """Return those that any of the admin staff may settle; the others await a head."""
    return [item for item in items if item.letter not in OTHERS_LETTERS or staff <= item.settlers]


async def shown_to(app: App, user_id: int) -> list[Item]:
    """Return what awaits this person; as owner or admin of a group only where they are so this moment."""

    async def look(tx: Transaction) -> tuple[list[Item], bool]:
        return await mine(app, tx, user_id), await roles.is_admin_staff(app, tx, user_id)

    items, of_staff = await app.database.look(look)
    if of_staff:
        return items
    here = {item.group_id for item in items if item.letter == "J" and item.group_id is not None}
    live = {group_id for group_id in here if await roles.is_officer_now(app, user_id, group_id)}
    return [item for item in items if item.letter != "J" or item.group_id in live | {None}]


def line_of(app: App, item: Item) -> str:
    """Return an item's line: it begins with its id."""
    until = phrases.UNTIL.format(when=moment(item.until)) if item.until else ""
    return f"{item.name} {item.what}｜{age_of(app, item)}{until}"


def age_of(app: App, item: Item) -> str:
    """Return how long an item has waited, in words."""
    waited = max(app.now() - item.since, timedelta())
    if waited >= timedelta(days=1):
        return phrases.AGE_DAYS.format(days=waited.days)
    minutes = int(waited.total_seconds() // 60)
    if minutes >= 60:
        return phrases.AGE_HOURS.format(hours=minutes // 60)
    return phrases.AGE_MINUTES.format(minutes=minutes) if minutes else phrases.AGE_NOW


def page_of(app: App, items: Sequence[Item], page: int) -> str:
    """Return one page of a list of items; a page beyond the last is the last."""
    if not items:
        return phrases.EMPTY
    shown, page, pages = nth(items, page, PAGE)
    lines = [
        phrases.HEAD.format(count=len(items), page=where(page, pages, "待办")),
        *(line_of(app, item) for item in shown),
    ]
    lines.append(phrases.FOOT.format(sample=shown[0].name))
    return "\n".join(lines)


async def grounds_of(tx: Transaction, item: Item) -> str:
    """Return what the verdict on a join request rests on, digits masked; "" for other items."""
    row = await requests.get(tx, item.id) if item.letter == "J" else None
    if row is None:
        return ""
    inputs = row.inputs
    read = "，".join(
        f"{name} {_evidence(key, inputs[key])}" for key, name in EVIDENCE.items() if inputs.get(key)
    )
    return phrases.GROUNDS.format(
        clause=row.clause or "四.1.3",
        why=REASONS.get(row.reason) or phrases.JOIN_ADVICE[row.row],
        verdict=phrases.VERDICTS.get(row.verdict, row.verdict),
        registry=phrases.GROUNDS_REGISTRY.format(version=version)
        if (version := inputs.get("registry"))
        else "",
        read=phrases.GROUNDS_READ.format(read=read) if read else "",
    )


def _evidence(key: str, value: object) -> str:
    said = EVIDENCE_VALUES.get(key, {})
    return "、".join(said.get(part, part) for part in str(value).split(","))


async def announce(app: App, tx: Transaction, item_kind: str, item_id: int) -> None:
    """Tell whoever may settle a new item, once; where that fails privately, the group hears no details."""
    item = await find(app, tx, item_kind, item_id)
    if item is None or not item.open:
        return
    text = phrases.NEW.format(item=item.name, line=" " + item.what + item.more)
    for user_id in item.tell:
        key = f"item:{item.name}:{item.stage}:{user_id}"
        via = item.group_id
        fallback = None if via is None else phrases.NEW_IN_GROUP
        act = acts.to_person(user_id, text, via_group=via, fallback=fallback, key=key, purpose="item")
        await outbox.queue(app, tx, acts.while_open(act, item.name, item.stage))


async def is_news(app: App, tx: Transaction, row: OutboxRow) -> bool:
    """Tell whether a message about an item is still to be said: that it awaits somebody, at the same stage.

    A new item that is no longer theirs to settle whom it was to be told is announced anew, to whom it is now.
    """
    name, stage, or_past_us = row.payload["item"]
    item = await find(app, tx, name[0], int(name[1:]))
    if item is None or not item.open or item.stage != stage:
        return item is not None and or_past_us and item.settled_as == requests.RequestState.ELSEWHERE
    if row.payload["purpose"] != "item" or row.user_id in item.settlers | item.viewers | {*item.tell}:
        return True
    await announce(app, tx, item.letter, item.id)
    return False


async def remind_waiting(app: App) -> int:
    """Remind the owners of waiting items, once a working day in hours; escalate what nobody settles.

    For the scheduler. Returns how many messages were queued.
    """
    if not in_hours(app.now(), app.policy.hours):
        return 0
    today = app.now().date().isoformat()
    async with app.database.reading() as tx:
        if await switches.get(tx, REMINDED) == today:
            return 0
        everything = await open_items(app, tx)
    items = [item for item in everything if item.since.date() < app.now().date()]
    async with app.database.transaction() as tx:
        await switches.put(tx, REMINDED, today, by="bot", at=app.now())
        queued = await _remind_settlers(app, tx, items, everything)
        return queued + await escalate_waiting(app, tx, items)


async def _remind_settlers(
    app: App, tx: Transaction, items: Sequence[Item], everything: Sequence[Item]
) -> int:
    """Remind whom `items` were told; the number is what `待办` will show them."""
    by_settler: dict[int, list[Item]] = {}
    for item in items:
        for user_id in item.tell:
            by_settler.setdefault(user_id, []).append(item)
    queued = 0
    for user_id, waiting in sorted(by_settler.items()):
        count = sum(user_id in item.settlers for item in everything)
        text = phrases.REMIND.format(count=count, item=waiting[0].name, age=age_of(app, waiting[0]))
        places = {item.group_id for item in waiting if item.group_id is not None}
        via = min(places) if places else None
        key = f"inbox:{user_id}:{app.now():%Y%m%d}"
        act = acts.to_person(
            user_id,
            text,
            via_group=via,
            fallback=phrases.NEW_IN_GROUP,
            key=key,
            purpose="remind",
            priority=acts.Priority.REMINDER,
        )
        queued += await outbox.queue(app, tx, act)
    return queued


async def escalate_waiting(app: App, tx: Transaction, items: Sequence[Item]) -> int:
    """Tell admin staff, once, of each item that others have left waiting for three working days."""
    staff = frozenset(await roles.admin_staff(app, tx))
    count = 0
    for item in items:
        if set(item.tell) <= staff:
            continue
        if app.now().date() <= workday_after(item.since.date(), ESCALATE_AFTER, app.policy.hours):
            continue
        who = "、".join(roles.name_of(app, user_id) for user_id in item.tell) or phrases.NOBODY
        text = phrases.ESCALATE.format(item=item.name, line=" " + item.what, who=who)
        key = f"escalate:{item.name}:{item.stage}"
        await roles.tell_admin_staff(app, tx, text, key=key, item=(item.name, item.stage))
        count += 1
    return count
