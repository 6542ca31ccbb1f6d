"""`备案状态`: where a group's filing stands, and every step it took."""

from config.phrases import filing as phrases
from db.engine import Transaction
from db.queries.groups import filings
from db.queries.groups.filings import FilingRow
from regulation.groups.scope import write_scope
from regulation.model import FilingState, Kind
from services.answer import Answer
from services.app import App
from services.filing.today import as_called
from services.naming import group_numbered, moment, numbered
from services.people.roles import actor_name, name_of


async def status_of(app: App, group_id: int) -> Answer:
    """Say the whole to whoever asked, and one line to a group."""
    async with app.database.reading() as tx:
        filed = await filings.approved_row(tx, group_id)
        waiting = await filings.waiting_row(tx, group_id)
        row = filed or waiting or await filings.ended_row(tx, group_id)
        if row is None:
            text = phrases.NONE.format(group=await group_numbered(tx, group_id))
            return Answer(False, text)
        lines = [_head(row), *_body(app, row), *await _steps(app, tx, row)]
        if waiting is not None and waiting.id != row.id:
            state = phrases.STATES[waiting.state]
            lines.append(phrases.STATUS_WAITING.format(item=f"B{waiting.id}", state=state))
            lines += await _steps(app, tx, waiting)
    return Answer(True, "\n".join(lines), _head(row))


async def only_discussion(tx: Transaction, group_id: int, name: str) -> str:
    """Return why a command for discussion groups is none for this group: it was closed, or never one."""
    ended = await filings.ended_row(tx, group_id)
    if ended is not None and ended.state is FilingState.CLOSED and ended.kind == Kind.DISCUSSION.value:
        return phrases.CLOSED_ALREADY.format(number=ended.number or f"B{ended.id}", name=name)
    return phrases.ONLY_DISCUSSION.format(name=name)


def _head(row: FilingRow) -> str:
    group = numbered(row.name, row.group_id)
    number = phrases.STATUS_NUMBER.format(number=row.number) if row.number else ""
    return phrases.STATUS.format(group=group, state=phrases.STATES[row.state], number=number)


def _body(app: App, row: FilingRow) -> list[str]:
    body = phrases.STATUS_BODY.format(
        kind=row.kind,
        purpose=row.purpose,
        scope=write_scope(as_called(app, row).scope),
        owner=name_of(app, row.owner_id),
    )
    if row.kind != Kind.DISCUSSION.value:
        return [body]
    return [body, phrases.STATUS_DISCUSSION.format(issue=row.issue, ends=row.ends_on)]


async def _steps(app: App, tx: Transaction, row: FilingRow) -> list[str]:
    return [
        phrases.STATUS_STEP.format(
            when=moment(step.at),
            who=actor_name(app, step.actor),
            step=phrases.STEPS.get(step.step, step.step),
            comment=f"：{step.comment}" if step.comment else "",
        )
        for step in await filings.steps(tx, row.id)
    ]
