"""What the pages of groups show: all of them, or those somebody answers for; and one with its members."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from config.phrases import modes as say
from config.phrases.cards import ROLES
from config.phrases.findings import FINDINGS
from db.engine import Transaction
from db.queries.cases import timelines as case_rows
from db.queries.groups import last_seen, memberships
from regulation.cards.group_card import judge_card
from regulation.groups.scope import write_scope
from regulation.model import Filing, Member, Role
from services.app import App
from services.console.cases import CaseLine, lines_of
from services.console.sessions import Visitor
from services.groups import overview
from services.groups.modes import general_mode
from services.groups.overview import GroupLine
from services.groups.view import bot_ids, load_group, mode_of
from services.people import roles
from services.talk.pages import nth

PAGE = 50


@dataclass(frozen=True, slots=True)
class GroupPage:
    """One page of groups; `tally` counts all of them by kind."""

    lines: Sequence[tuple[GroupLine, str]]
    tally: overview.GroupCounts
    count: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member: who they are, their card, and what is wrong with it."""

    user_id: int
    nickname: str
    role: str
    person: str
    employee_no: str
    card: str
    fault: str
    cases: int


@dataclass(frozen=True, slots=True)
class GroupStory:
    """One group whole. `filing` is None without an approved one; `state` says where it stands."""

    group_id: int
    name: str
    state: str
    filing: Filing | None
    scope: str
    owner: str
    mode: str
    effective: str
    members: Sequence[MemberLine]
    member_count: int
    cases: Sequence[CaseLine]
    complete_at: datetime | None
    unknown: str
    gone: bool


async def page(app: App, me: Visitor, text: str, number: int) -> GroupPage:
    """Return the groups that somebody may see, those meant by `text` alone, a page of them."""

    async def read(tx: Transaction) -> GroupPage:
        lines = await overview.gather(app, tx)
        mine = None if me.may("群列表") else set(await roles.offices_of(app, tx, me.user_id))
        seen = [line for line in lines if mine is None or line.group_id in mine]
        found = [line for line in seen if not text or text in line.name or text in str(line.group_id)]
        shown, nth_page, pages = nth(found, number, PAGE)
        worded = [(line, say.GROUP_STATES[line.state].format(number=line.number)) for line in shown]
        return GroupPage(worded, overview.counts(seen), len(found), nth_page, pages)

    return await app.database.look(read)


async def may_see(app: App, me: Visitor, group_id: int) -> bool:
    """Tell whether somebody may see a group: admin staff all; owner and admins theirs, at this moment."""
    if me.may("群列表"):
        return True
    return me.may("群检查") and await roles.is_officer_now(app, me.user_id, group_id)


async def story(app: App, group_id: int) -> GroupStory | None:
    """Return one group, or None."""
    return await app.database.look(partial(_story, app, group_id))


async def _story(app: App, group_id: int, tx: Transaction) -> GroupStory | None:
    row = await last_seen.get(tx, group_id)
    if row is None:
        return None
    group = await load_group(app, tx, group_id, row)
    members = await memberships.members(tx, group_id)
    found = await case_rows.open_of_group(tx, group_id)
    cases = await lines_of(app, tx, found)
    general = await general_mode(tx)
    filing = group.filing
    state = "exempt" if group.exempt and filing is None else group.filing_state.value
    open_of = Counter(case.user_id for case in found)
    return GroupStory(
        group_id=group_id,
        name=row.name,
        state=say.GROUP_STATES[state].format(number=filing.number if filing else ""),
        filing=filing,
        scope=write_scope(filing.scope) if filing else "",
        owner=roles.name_of(app, row.owner_id) if row.owner_id else "",
        mode=group.mode.value,
        effective=mode_of(group, general).value,
        members=_members(app, members, open_of),
        member_count=len(members),
        cases=cases,
        complete_at=row.complete_at,
        unknown=row.unknown_because or "",
        gone=row.gone_at is not None,
    )


def _members(app: App, members: Sequence[Member], open_of: Counter[int | None]) -> list[MemberLine]:
    """Return the members, owner and admins first, then whoever has an open case."""
    order = (Role.OWNER, Role.ADMIN, Role.MEMBER)
    ranked = sorted(members, key=lambda m: (order.index(m.role), -open_of[m.user_id], m.user_id))
    return [_member(app, member, open_of[member.user_id]) for member in ranked]


def _member(app: App, member: Member, cases: int) -> MemberLine:
    employee = app.registry.employee_of(member.user_id)
    ours = member.user_id in bot_ids(app)
    fault = ""
    if employee is not None and not ours:
        day = app.now().date()
        verdict = judge_card(member.card, employee, app.registry, app.policy, day)
        words = FINDINGS[f"C1.{verdict.reason}"] if not verdict.ok else ""
        fault = words.format(card=member.card, right=verdict.right)
    person = employee.name if employee is not None else "机器人" if ours or member.is_robot else ""
    return MemberLine(
        user_id=member.user_id,
        nickname=member.nickname,
        role=ROLES.get(member.role, ""),
        person=person,
        employee_no=employee.employee_no if employee is not None else "",
        card=member.card,
        fault=fault,
        cases=cases,
    )
