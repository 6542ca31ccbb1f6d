"""`罚单`: the penalties of a period or a person, with sums; for admin staff in private."""

from collections.abc import Sequence
from decimal import Decimal

from config.phrases import penalties as say
from db.engine import Transaction
from db.queries.cases import penalties as rows
from regulation.duties import DUTIES
from regulation.penalties import Penalty
from regulation.periods import month_of
from services.app import App
from services.cases import own_matters
from services.cases.settling.refunds import fields_of, state_words
from services.naming import group_names
from services.reports.filters import Filters, period_label


async def lines_of(app: App, tx: Transaction, filters: Filters) -> list[str]:
    """Return `罚单`: a head line with sums, then one line a penalty.

    Of a period, else this month's and all that are undecided; of a person, all of theirs.
    """
    period = filters.period or month_of(app.now().date())
    if filters.person and filters.period is None:
        found = await rows.of_person(tx, filters.user_ids, filters.employee_no, limit=2000)
    else:
        awaiting_too = filters.period is None
        found = await rows.listed(tx, period.start, period.end, awaiting_too=awaiting_too, limit=2000)
        found = [one for one in found if not filters.person or _is_of(one, filters)]
    label = filters.person if filters.period is None else ""
    label = label or " ".join(part for part in (filters.person, period_label(period)) if part)
    if not found:
        return [say.LIST_NONE.format(period=label)]
    names = await group_names(tx, [one.group_id for one in found])
    head = say.LIST_HEAD.format(period=label, count=len(found), amounts=_sums(found))
    return [head, *(line_of(app, one, names[one.group_id]) for one in found)]


def _is_of(one: Penalty, filters: Filters) -> bool:
    noted = (one.liable_user_id, one.liable_employee_no)
    return own_matters.is_of(*noted, filters.user_ids, filters.employee_no)


def line_of(app: App, one: Penalty, group: str) -> str:
    """Return one penalty's line, beginning with its id."""
    duty = DUTIES[one.code]
    state = state_words(one)
    return say.LIST_LINE.format(
        **fields_of(app, one), state=state, code=duty.code, title=duty.title, group=group
    )


def _sums(found: Sequence[Penalty]) -> str:
    by_state: dict[str, Decimal] = {}
    for one in found:
        by_state[one.state] = by_state.get(one.state, Decimal(0)) + one.amount
    listed = [
        say.LIST_AMOUNT.format(state=say.STATES[s], amount=f"{by_state[s]:.2f}")
        for s in say.STATES
        if s in by_state
    ]
    return "，".join(listed)
