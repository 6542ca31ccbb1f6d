"""Card reminders and corrections (四.1.4): who is reminded in the next message, whose card the bot sets.

At most one reminder a group per `reminders.per_group_minutes` and a person per
`reminders.per_person_hours`, at most 20 people in it, in working hours only, longest waiting first.
After the deadline nobody is reminded any more: the card is set, where that is allowed and possible.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from regulation.actions import Action, CardReminder, Remind, SetCard, Tell
from regulation.cards.group_card import judge_card, right_card
from regulation.cases import is_overdue
from regulation.deadlines import day_of, next_opening
from regulation.duties import Code
from regulation.model import Case, Role
from regulation.plan.limits import Scene

MOST_PEOPLE = 20
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CardActs:
    """Reminders, corrections and what is told of them; `next_look` of the C1 cases."""

    actions: tuple[Action, ...] = ()
    next_look: dict[int, datetime | None] = field(default_factory=dict[int, datetime | None])


def choose_card_acts(cases: Sequence[Case], scene: Scene) -> CardActs:
    """Return what is done now about cards, and when each C1 case is to be looked at again."""
    mine = [c for c in cases if c.code is Code.C1 and c.user_id in scene.members]
    mine = [c for c in mine if not scene.is_spared(c) and c.id not in scene.limits.in_flight]
    if not mine:
        return CardActs()
    to_set = [c for c in mine if _is_to_be_set(c, scene)]
    able = [c for c in to_set if _can_set(c, scene)]
    sets = [action for c in able if (action := _correction(c, scene)) is not None]
    unable = [c for c in to_set if not _can_set(c, scene)]
    done = {c.id for c in able}
    to_remind = [c for c in mine if c.id not in done and not is_overdue(c, scene.now)]
    reminders = _message(to_remind, scene)
    said = _cannot_set([c for c in unable if is_overdue(c, scene.now)], scene)
    looks = _looks(to_remind, scene, reminders)
    return CardActs((*said, *sets, *reminders), looks)


def may_set(bot_role: Role | None, target: Role) -> bool:
    """Tell whether QQ lets the bot set this member's card: an owner anyone's, an admin members' only."""
    return bot_role is Role.OWNER or (bot_role is Role.ADMIN and target is Role.MEMBER)


def next_reminder(case: Case, scene: Scene) -> datetime:
    """Return the earliest moment at which this person may be reminded by the pace; hours aside."""
    limits, pace = scene.limits, scene.limits.policy.reminders
    at = scene.now
    if limits.group_reminded_at is not None:
        at = max(at, limits.group_reminded_at + timedelta(minutes=pace.per_group_minutes))
    last = _last_reminder(case, scene)
    if last > _LONG_AGO:
        at = max(at, last + timedelta(hours=pace.per_person_hours))
    return at


def _is_to_be_set(case: Case, scene: Scene) -> bool:
    fix = scene.limits.policy.card.auto_fix
    if not scene.enforcing or fix == "never":
        return False
    return fix == "at_once" or (scene.limits.earlier is None and is_overdue(case, scene.now))


def _can_set(case: Case, scene: Scene) -> bool:
    return may_set(scene.limits.bot_role, scene.members[case.user_id or 0].role)


def _right_card(case: Case, scene: Scene) -> str | None:
    """Return the card this member should have, or None when the one they have is right by now."""
    member, limits, day = scene.members[case.user_id or 0], scene.limits, day_of(scene.now)
    employee = limits.registry.active_employee_of(member.user_id, day)
    if employee is None or judge_card(member.card, employee, limits.registry, limits.policy, day).ok:
        return None
    return right_card(employee, limits.policy)


def _correction(case: Case, scene: Scene) -> SetCard | None:
    right = _right_card(case, scene)
    return None if right is None else SetCard(case.group_id, case.user_id or 0, right, case.id)


def _message(cases: Sequence[Case], scene: Scene) -> list[Action]:
    """Return at most one message, to those who waited longest; in a group just taken on, an introduction."""
    if not scene.limits.in_hours:
        return []
    due = [c for c in cases if next_reminder(c, scene) <= scene.now]
    if not due:
        return []
    if _is_first_look(due, scene):
        return [_introduction(due, scene)]
    due.sort(key=lambda c: (_last_reminder(c, scene), c.opened_at, c.id))
    people: dict[int, CardReminder] = {}
    for case in due:
        right = _right_card(case, scene)
        if right is not None and case.user_id is not None:
            people.setdefault(case.user_id, CardReminder(case.user_id, right, case.id))
        if len(people) == MOST_PEOPLE:
            break
    return [Remind(scene.snapshot.group.group_id, tuple(people.values()))] if people else []


def _is_first_look(due: Sequence[Case], scene: Scene) -> bool:
    """Tell whether more people than fit one message wait, and nobody here was ever spoken to."""
    if len(due) <= MOST_PEOPLE or scene.limits.group_reminded_at is not None:
        return False
    return not any(scene.is_told(c, "card_intro") or c.last_reminded_at for c in due)


def _introduction(due: Sequence[Case], scene: Scene) -> Tell:
    """Say once what the format is and how to see one's own card; starts nobody's deadline."""
    fields = {"format": scene.limits.policy.card.format, "count": str(len(due))}
    ids, group_id = tuple(c.id for c in due), scene.snapshot.group.group_id
    return Tell("card_intro", fields, group_id=group_id, case_ids=ids, purpose="card_intro")


def _cannot_set(overdue: Sequence[Case], scene: Scene) -> list[Tell]:
    """Tell the owner once whose overdue card the bot may not set, in one message."""
    able = scene.addressees
    new = [c for c in overdue if able and not scene.is_told(c, "cannot_set_card", able[0])]
    if not new:
        return []
    names = "、".join(scene.said_exactly(c.user_id or 0) for c in new[:MOST_PEOPLE])
    fields = {"group": scene.snapshot.name, "people": names, "count": str(len(new))}
    ids, group_id = tuple(c.id for c in new), scene.snapshot.group.group_id
    template, fallback = "cannot_set_card", "notice.fallback"
    return [Tell(template, fields, able[0], group_id, fallback, ids, "cannot_set_card")]


def _looks(cases: Sequence[Case], scene: Scene, sent: Sequence[Action]) -> dict[int, datetime | None]:
    """Return when each is looked at again: at the next reminder possible, or the deadline if sooner."""
    pace = scene.limits.policy.reminders
    soonest = scene.now + timedelta(minutes=pace.per_group_minutes if sent else 0)
    reminded = {p.case_id for action in sent if isinstance(action, Remind) for p in action.people}
    openings: dict[datetime, datetime] = {}
    looks: dict[int, datetime | None] = {}
    for case in cases:
        again = scene.now + timedelta(hours=pace.per_person_hours if case.id in reminded else 0)
        at = max(again, soonest, next_reminder(case, scene))
        if at not in openings:
            openings[at] = next_opening(at, scene.limits.policy.hours)
        looks[case.id] = openings[at] if case.due_at is None else min(openings[at], case.due_at)
    return looks


def _last_reminder(case: Case, scene: Scene) -> datetime:
    said = (scene.limits.reminded.get(case.user_id or 0), case.last_reminded_at)
    return max((at for at in said if at is not None), default=_LONG_AGO)
