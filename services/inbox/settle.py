"""Settling items of the inbox: who may, once, by whoever is first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from config.phrases import inbox as phrases
from config.phrases import penalties as penalty_phrases
from db.queries.groups import filings
from regulation.model import FilingState
from services.answer import NEUTRAL, Answer
from services.app import App
from services.cases import batches
from services.cases.settling import appeals, penalties
from services.filing import review
from services.imports.apply import settle_import
from services.inbox.items import Item, find
from services.joining import consents, waiting
from services.naming import moment
from services.people import contests, renaming, roles

ITSELF = phrases.BY_ITSELF
# What admin staff may settle unless it concerns themselves.
_PERSONAL = ("P", "S")
NOT_SAID: Mapping[tuple[str, int], str] = MappingProxyType({})


async def settle(
    app: App,
    items: Sequence[tuple[str, int]],
    *,
    approve: bool,
    by: int,
    reason: str = "",
    seen: Mapping[tuple[str, int], str] = NOT_SAID,
) -> list[Answer]:
    """Settle each of `items` (letter, id) for `by`; one answer an item, in the order given.

    Who isn't entitled hears the same line whether an item exists or not. Whoever comes second
    hears who settled it and when. `seen`: the versions that a page showed; an item that asks something
    else by now is not settled by it, be it that the button was pressed twice.
    """
    answers: list[Answer] = []
    penalties: list[int] = []
    for letter, item_id in items:
        refused = await refusal(app, letter, item_id, by, seen.get((letter, item_id)))
        if refused is not None:
            answers.append(refused)
        elif letter == "P":
            penalties.append(item_id)
        else:
            answers.append(await _settle_one(app, letter, item_id, approve=approve, by=by, reason=reason))
    if penalties:
        answers.append(await _settle_penalties(app, penalties, approve=approve, by=by, reason=reason))
    # One line is said once, however many items it answers.
    return [answer for n, answer in enumerate(answers) if answer not in answers[:n]]


async def refusal(app: App, letter: str, item_id: int, by: int, version: str | None = None) -> Answer | None:
    """Return why this person can't settle this item now, in the `version` they saw, or None when they can."""
    async with app.database.reading() as tx:
        item = await find(app, tx, letter, item_id)
    if item is None:
        return NEUTRAL
    if not await entitled(app, item, by):
        if (own := _own_step(app, item, by)) is not None:
            return own
        if letter in _PERSONAL and await _is_staff(app, by):
            return Answer(False, penalty_phrases.OWN_MATTER.format(item=item.name))
        if by not in item.viewers | item.asked:
            return NEUTRAL
        return (
            Answer(False, phrases.STAFF_ONLY.format(item=item.name))
            if item.open
            else await _settled(app, item)
        )
    if not item.open:
        return _own_step(app, item, by) or await _settled(app, item)
    if version not in (None, item.version):
        return _own_step(app, item, by) or Answer(False, phrases.CHANGED.format(item=item.name))
    return None


def _own_step(app: App, item: Item, by: int) -> Answer | None:
    """Return when and how somebody settled this item, or a step of it, who may settle it no more."""
    steps = [*item.steps, *([(item.settled_by, item.settled_at, item.settled_as)] if not item.open else [])]
    own = next((one for one in reversed(steps) if one[0] == str(by) and one[2] in phrases.HOW), None)
    if own is None or own[1] is None:
        return None
    now = phrases.STAGES.get(item.stage, "") if item.open else ""
    text = phrases.SETTLED_BY_YOU.format(
        item=item.name, when=_when(app, own[1]), how=phrases.HOW[own[2]], now=now
    )
    return Answer(False, text)


def _when(app: App, at: datetime) -> str:
    return f"{at:%H:%M}" if at.date() == app.now().date() else moment(at)


async def _is_staff(app: App, user_id: int) -> bool:
    async with app.database.reading() as tx:
        return await roles.is_admin_staff(app, tx, user_id)


async def entitled(app: App, item: Item, user_id: int) -> bool:
    """Tell whether somebody may settle an item; an office in the group is checked live."""
    if item.officers and item.group_id is not None:
        if await _is_staff(app, user_id):
            return True
        return await roles.holds_office(app, user_id, item.group_id)
    return user_id in item.settlers


async def _settled(app: App, item: Item) -> Answer:
    """Return the line for whoever comes too late; of a filing handed in anew, which one waits now."""
    said = settled_already(app, item)
    if item.letter != "B" or item.settled_as != FilingState.WITHDRAWN.value or item.group_id is None:
        return said
    async with app.database.reading() as tx:
        now = await filings.waiting_row(tx, item.group_id)
    return (
        said if now is None else replace(said, text=said.text + phrases.NOW_WAITS.format(item=f"B{now.id}"))
    )


def settled_already(app: App, item: Item) -> Answer:
    """Return the line for whoever comes second: who, when, how."""
    if item.settled_at is None:
        return Answer(False, phrases.SETTLED_NOW.format(item=item.name))
    itself = item.settled_by in (None, "bot") and item.settled_as in ITSELF
    return Answer(
        False,
        (phrases.SETTLED_ITSELF if itself else phrases.SETTLED_ALREADY).format(
            item=item.name,
            who=roles.actor_name(app, item.settled_by),
            when=_when(app, item.settled_at),
            how=(ITSELF if itself else phrases.HOW).get(item.settled_as, phrases.HOW["settled"]),
        ),
    )


async def _settle_one(app: App, letter: str, item_id: int, *, approve: bool, by: int, reason: str) -> Answer:
    settled = await _hand_over(app, letter, item_id, approve=approve, by=by, reason=reason)
    if settled.ok:
        return settled
    async with app.database.reading() as tx:
        item = await find(app, tx, letter, item_id)
    # Somebody was quicker between our look and our step.
    return settled if item is None or item.open else settled_already(app, item)


async def _hand_over(app: App, letter: str, item_id: int, *, approve: bool, by: int, reason: str) -> Answer:
    match letter:
        case "J":
            return await waiting.settle(app, item_id, approve=approve, by=by, reason=reason)
        case "B":
            return await review.settle(app, item_id, approve=approve, by=by, reason=reason)
        case "E":
            return await consents.settle(app, item_id, approve=approve, by=by, reason=reason)
        case "Q":
            answer = await contests.settle(app, item_id, approve=approve, by=by, reason=reason)
            await waiting.decide_anew(app)
            return answer
        case "R":
            return await batches.settle_batch(app, item_id, approve=approve, by=by, reason=reason)
        case "I":
            settled = await renaming.settle(app, item_id, approve=approve, by=by, reason=reason)
            if settled is not None:
                return settled
            return await settle_import(app, item_id, approve=approve, by=by, reason=reason)
        case _:
            return await appeals.settle(app, item_id, uphold=approve, by=by, reason=reason)


async def _settle_penalties(
    app: App, penalty_ids: list[int], *, approve: bool, by: int, reason: str
) -> Answer:
    done = await penalties.settle(app, penalty_ids, approve=approve, by=by, reason=reason)
    if done.ok or len(penalty_ids) > 1:
        return done
    # Somebody was quicker between our look and our step.
    return await refusal(app, "P", penalty_ids[0], by) or done
