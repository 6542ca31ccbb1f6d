"""Waivers: admin staff let a person off a duty for a while; it ends by itself, told the day before."""

from datetime import datetime, timedelta

from config.phrases import modes as phrases
from config.phrases.penalties import OWN_WAIVER
from db.engine import Transaction
from db.queries.cases import case_reports
from db.queries.cases import waivers as rows
from db.queries.cases.case_reports import OPEN, Wanted
from db.queries.cases.waivers import WaiverRow
from db.queries.groups import last_seen as group_rows
from db.queries.people import identities
from regulation.duties import DUTIES, Code
from services import acts, outbox
from services.answer import Answer
from services.app import App
from services.cases import own_matters
from services.followup import groups_changed, people_changed
from services.naming import group_numbered, person, who
from services.people import roles
from services.trail import record
from services.watching import clock

LONGEST_DAYS = 366


async def waive(
    app: App, user_id: int, code: Code, days: int, reason: str, *, by: int, group_id: int | None = None
) -> Answer:
    """Let a person off a duty until 24:00 of the day in `days` days, by whatever QQ they are known then.

    Where nobody is known to have the QQ, it is theirs who is found to have it first. A second one for the
    same person, duty and group takes the place of the first.
    """
    if days > LONGEST_DAYS:
        return Answer(False, phrases.WAIVER_TOO_LONG.format(days=LONGEST_DAYS), "")
    if not DUTIES[code].about_member:
        return Answer(False, phrases.WAIVER_ABOUT_GROUP.format(code=code, title=DUTIES[code].title), "")
    until = end_of(app.now(), days)
    async with app.database.transaction() as tx:
        if await _is_own(app, tx, by, user_id, code, group_id):
            return Answer(False, OWN_WAIVER, "")
        if group_id is not None and await group_rows.get(tx, group_id) is None:
            return Answer(False, phrases.NO_SUCH_GROUP, "")
        holder = await identities.get(tx, user_id)
        number = holder.employee_no if holder is not None else None
        before = await rows.same_running(tx, user_id, number, code.value, group_id, app.now())
        fields = {"who": person(app, user_id), "code": code, "title": DUTIES[code].title}
        fields |= {"where": await place(tx, group_id), "until": until_day(until)}
        if before is not None and (before.until, before.reason) == (until, reason):
            return Answer(False, phrases.WAIVED_ALREADY.format(**fields), "")
        if before is not None:
            await rows.end(tx, before.id, app.now())
        await rows.add(
            tx,
            user_id=user_id,
            employee_no=number,
            code=code.value,
            group_id=group_id,
            until=until,
            reason=reason,
            made_by=by,
            made_at=app.now(),
        )
        what = {"action": "waive", "subject": f"QQ{user_id}", "code": code.value, "reason": reason}
        await record(app, tx, actor=str(by), **what, group_id=group_id, until=until.isoformat())
        await _look_again(app, tx, user_id, number, group_id)
    return Answer(True, phrases.WAIVED.format(**fields), "")


async def _is_own(app: App, tx: Transaction, by: int, user_id: int, code: Code, group_id: int | None) -> bool:
    """Tell whether a waiver would spare whoever gives it: themselves, or what they answer for."""
    about = Wanted(code=code.value, group_id=group_id, user_ids=(user_id,), statuses=OPEN)
    spared = await case_reports.listed(tx, about, limit=200)
    if await own_matters.is_own(app, tx, by, people=[(user_id, None)]):
        return True
    for case in spared:
        if await own_matters.is_own(app, tx, by, case=case):
            return True
    return False


def end_of(now: datetime, days: int) -> datetime:
    """Return 24:00 of the day that lies `days` days after today."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=days + 1)


def until_day(until: datetime) -> str:
    """Return the last day of a waiver as people read it."""
    return (until - timedelta(seconds=1)).strftime("%Y-%m-%d")


async def place(tx: Transaction, group_id: int | None) -> str:
    """Return where a waiver holds as people read it."""
    if group_id is None:
        return phrases.EVERYWHERE
    return phrases.IN_GROUP.format(group=await group_numbered(tx, group_id))


def whose(app: App, row: WaiverRow) -> str:
    """Return who has a waiver as admin staff read it, with the QQ that reaches them where there is one."""
    qq = own_matters.qq_of(app, row.user_id, row.employee_no)
    return who(app, None, row.employee_no) if qq is None else person(app, qq)


async def end_waivers(app: App) -> int:
    """End what is over, and tell the day before; for the scheduler. Return how many ended."""
    now = clock.earlier(app) or app.now()
    ended = 0
    async with app.database.transaction() as tx:
        for row in await rows.ending(tx, now + timedelta(days=1)):
            if row.until <= now:
                ended += await _end(app, tx, row)
            elif now.time() >= app.policy.hours.start and await rows.warn(tx, row.id, now):
                await _tell(app, tx, row, phrases.WAIVER_ENDS, "ends")
    return ended


async def _end(app: App, tx: Transaction, row: WaiverRow) -> bool:
    if not await rows.end(tx, row.id, app.now()):
        return False
    what = {"action": "waiver_ended", "subject": f"QQ{row.user_id}", "code": row.code}
    await record(app, tx, actor="bot", source="job", **what, group_id=row.group_id)
    await _look_again(app, tx, row.user_id, row.employee_no, row.group_id)
    return True


async def _tell(app: App, tx: Transaction, row: WaiverRow, template: str, purpose: str) -> None:
    code, where = Code(row.code), await place(tx, row.group_id)
    text = template.format(
        who=whose(app, row),
        code=code,
        title=DUTIES[code].title,
        where=where,
        until=until_day(row.until),
    )
    await roles.tell_admin_staff(app, tx, text, key=f"waiver:{row.id}:{purpose}")
    staff = await roles.admin_staff(app, tx)
    to = own_matters.qq_of(app, row.user_id, row.employee_no)
    if to is not None and to not in staff:
        own = phrases.YOUR_WAIVER_ENDS.format(
            title=DUTIES[code].title, where=where, until=until_day(row.until)
        )
        key = f"waiver:{row.id}:{purpose}:own"
        said = acts.to_person(to, own, via_group=row.group_id, key=key)
        await outbox.queue(app, tx, acts.meant_for(said, row.employee_no))


async def _look_again(
    app: App, tx: Transaction, user_id: int, employee_no: str | None, group_id: int | None
) -> None:
    if group_id is None:
        await people_changed(app, tx, () if employee_no is None else [employee_no], [user_id])
    else:
        await groups_changed(app, tx, [group_id])
