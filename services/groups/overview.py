"""`群列表`: every group, filed or not, with its mode, members, open cases and last audit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from config.phrases import modes as phrases
from db.engine import Transaction
from db.queries.groups import filings, last_seen, overview
from db.queries.groups.last_seen import GroupGlance
from db.queries.groups.readings import readings_of
from regulation.model import FilingState
from regulation.policy import Mode
from services.answer import Answer
from services.app import App
from services.groups.modes import general_mode, in_force, own_mode
from services.groups.unknown import unknown_of
from services.naming import moment
from services.talk.pages import nth, where

PAGE = 15
_WAITING = (FilingState.WITH_HEAD.value, FilingState.WITH_ADMIN.value)
_ORDER = ("approved", "exempt", *_WAITING, "returned", "withdrawn", "none", "draft", "closed", "gone")


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group: `state` is a filing state, `exempt` or `gone`; `unknown` says why nothing is known now."""

    group_id: int
    name: str
    state: str
    number: str
    mode: Mode
    members: int
    open_cases: int
    audited_at: datetime | None
    unknown: str


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """How many groups are filed, in review, not filed at all, and closed or left by us."""

    approved: int
    waiting: int
    unfiled: int
    closed: int


async def gather(app: App, tx: Transaction) -> list[GroupLine]:
    """Return every group known, filed ones first. There may be a thousand: work for a thread."""
    facts = await filings.filing_facts(tx)
    open_cases = await overview.open_cases_by_group(tx)
    general = await general_mode(tx)
    known = await last_seen.glances(tx)
    filed = {group_id: one.name or "" for group_id, (_, one, _) in facts.items() if one is not None}
    seen = ((g.group_id, g.name, g.complete_at, g.unknown_because, g.gone_at) for g in known.values())
    unknown = unknown_of(readings_of(seen, filed, app.settings.admin_group), app.now())
    lines: list[GroupLine] = []
    for group_id in tx.unhurried({**known, **facts}):
        row = known.get(group_id) or GroupGlance(group_id)
        state, filing, _ = facts.get(group_id, filings.Standing())
        exempt = group_id == app.settings.admin_group
        lines.append(
            GroupLine(
                group_id,
                row.name or (filing.name if filing else "") or "",
                _state(state, exempt=exempt, gone=row.gone_at is not None and group_id not in unknown),
                filing.number if filing else "",
                in_force(own_mode(app, row), general, filed=filing is not None or exempt),
                row.member_count,
                open_cases.get(group_id, 0),
                row.audited_at,
                unknown.get(group_id, ""),
            )
        )
    return sorted(lines, key=lambda line: (_ORDER.index(line.state), line.group_id))


def _state(state: FilingState, *, exempt: bool, gone: bool) -> str:
    if gone and state is not FilingState.CLOSED:
        return "gone"
    return "exempt" if exempt and state is FilingState.NONE else state.value


def counts(lines: Sequence[GroupLine]) -> GroupCounts:
    """Return how many groups there are of each kind."""
    by_state = Counter(line.state for line in lines)
    return GroupCounts(
        approved=by_state["approved"],
        waiting=sum(by_state[state] for state in _WAITING),
        unfiled=sum(by_state[state] for state in ("none", "draft", "returned", "withdrawn")),
        closed=by_state["closed"] + by_state["gone"],
    )


async def listing(app: App, page: int = 1) -> Answer:
    """List all groups for admin staff, one page; a group hears the counts alone."""
    lines = await app.database.look(partial(gather, app))
    if not lines:
        return Answer(True, phrases.NO_GROUPS, phrases.NO_GROUPS)
    shown, page, pages = nth(lines, page, PAGE)
    tally = asdict(counts(lines))
    head = phrases.GROUPS_HEAD.format(total=len(lines), page=where(page, pages, "群列表"), **tally)
    public = phrases.GROUPS_HEAD.format(total=len(lines), page="", **tally)
    return Answer(True, "\n".join([head, *map(_line, shown)]), public)


def _line(line: GroupLine) -> str:
    return phrases.GROUP_LINE.format(
        group=line.group_id,
        name=line.name or "（未命名）",
        state=phrases.GROUP_STATES[line.state].format(number=line.number),
        mode=line.mode.value,
        members=line.members,
        cases=line.open_cases,
        audited=moment(line.audited_at) or phrases.NEVER,
        unknown=phrases.GROUP_UNKNOWN.format(why=line.unknown) if line.unknown else "",
    )
