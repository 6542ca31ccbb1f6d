"""Items for admin staff alone: imports, contested QQ numbers, withheld removals, penalties, appeals."""

from dataclasses import replace
from datetime import datetime

from config.phrases import inbox as phrases
from db.queries.cases.appeals import AppealRow, AppealState
from db.queries.cases.batches import BatchRow, BatchState
from db.queries.people.contests import ContestRow, ContestState
from db.queries.work.imports import ImportHead
from regulation.duties import DUTIES
from regulation.penalties import Penalty, PenaltyState
from services import naming
from services.cases import batches, own_matters
from services.inbox.item import Desk, Item
from services.inbox.join_hints import whose_qq
from services.people.roles import name_of

NAMED_GROUPS = 3


async def import_(desk: Desk, row: ImportHead) -> Item:
    """Describe an import that waits to be applied."""
    summary = row.preview.strip().splitlines()[0][:120] if row.preview.strip() else ""
    what = phrases.IMPORT.format(file=row.file_name, summary=summary)
    item = _for_staff(desk, "I", row, what, row.made_at, open=row.is_open)
    # A change of names was made by nobody who saw its preview.
    named = row.preview.strip().partition("\n")[2] if row.kind == "names" else ""
    return replace(item, more=f"\n{named}" if named else "", version=f"{row.state}-{row.signature[:8]}")


async def contest(desk: Desk, row: ContestRow) -> Item:
    """Describe a QQ number that two employees are named for."""
    what = await whose_qq(desk, row)
    return _for_staff(desk, "Q", row, what, row.made_at, open=row.state is ContestState.WAITING)


async def batch(desk: Desk, row: BatchRow) -> Item:
    """Describe a withheld batch of removals."""
    groups = dict.fromkeys(one.group_id for one in row.removals)
    named = "、".join(desk.group(group_id) for group_id in list(groups)[:NAMED_GROUPS])
    more = phrases.BATCH_GROUPS.format(groups=len(groups)) if len(groups) > NAMED_GROUPS else ""
    what = phrases.BATCH.format(count=batches.how_many(row.removals), groups=named + more)
    is_open = row.state is BatchState.WAITING
    return _for_staff(desk, "R", row, what, row.made_at, open=is_open, until=row.expires_at)


async def penalty(desk: Desk, row: Penalty) -> Item:
    """Describe a proposed penalty; whom it concerns settles none of it."""
    employee = desk.app.registry.by_no.get(row.liable_employee_no or "")
    what = phrases.PENALTY.format(
        amount=f"{row.amount:.2f}",
        who=employee.name if employee else name_of(desk.app, row.liable_user_id),
        code=row.code,
        title=DUTIES[row.code].title,
        group=desk.group(row.group_id),
        case=row.case_id,
    )
    own = own_matters.qqs_of(desk.app, row.liable_user_id, row.liable_employee_no)
    item = _for_staff(desk, "P", row, what, row.proposed_at, open=row.state is PenaltyState.PROPOSED, own=own)
    return replace(item, version=row.version)


async def appeal(desk: Desk, row: AppealRow) -> Item:
    """Describe an appeal; whoever made it settles none of it."""
    who = naming.who(desk.app, row.made_by, row.employee_no)
    what = phrases.APPEAL.format(
        case=row.case_id,
        title=DUTIES[row.code].title,
        group=desk.group(row.group_id),
        who=who,
        reason=row.reason[:80],
    )
    own = own_matters.qqs_of(desk.app, row.made_by, row.employee_no)
    return _for_staff(desk, "S", row, what, row.made_at, open=row.state is AppealState.WAITING, own=own)


def _for_staff(
    desk: Desk,
    letter: str,
    row: ImportHead | ContestRow | BatchRow | Penalty | AppealRow,
    what: str,
    since: datetime,
    *,
    open: bool,
    until: datetime | None = None,
    own: frozenset[int] = frozenset(),
) -> Item:
    """`own`: whom it concerns; somebody else must settle it, else a superuser."""
    settlers = (desk.staff - own) or desk.app.superusers()
    return Item(
        letter,
        row.id,
        what,
        row.group_id if isinstance(row, Penalty | AppealRow) else None,
        since,
        settlers,
        tell=tuple(sorted(settlers)),
        until=until,
        open=open,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
        settled_as=row.state,
    )
