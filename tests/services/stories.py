"""Cases, timelines and penalties for tests of reports, written through the real queries."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from db.engine import Transaction
from db.queries.cases import notices
from db.queries.cases import penalties as penalty_rows
from db.queries.cases import timelines as case_rows
from db.queries.groups import office_history
from regulation.groups.offices import Office
from regulation.model import Case, Role
from services.app import App
from tests.company import GROUP, OWNER, PLAIN


async def add_case(tx: Transaction, **values: Any) -> Case:
    """Open a case with its first event; later times get their events too."""
    opened: datetime = values["opened_at"]
    row: dict[str, Any] = {
        "code": "C1",
        "group_id": GROUP,
        "subject": str(values.get("user_id", PLAIN)),
        "user_id": PLAIN,
        "employee_no": "A009",
        "department": "采购部",
        "status": "open",
        "reason": "missing_department",
        "data": {"card": "郑平", "right": "采购部-郑平"},
        "seen_at": opened,
        "frozen": False,
        **values,
    }
    (case,) = await case_rows.add(tx, [row])
    first = {"code": row["code"], "group_id": row["group_id"], "subject": row["subject"], "registry": 5}
    events: list[tuple[int, datetime, str, dict[str, Any]]] = [(case.id, opened, "opened", first)]
    if case.overdue_at:
        events.append((case.id, case.overdue_at, "overdue", {"due": ""}))
    if case.closed_at:
        events.append((case.id, case.closed_at, "closed", {"as": row["closed_as"], "why": "reading"}))
    await case_rows.add_events(tx, events)
    return case


async def overdue_case(app: App, **values: Any) -> Case:
    """Store an overdue case that was opened and told of five days ago."""
    now = app.now()
    opened = now - timedelta(days=5)
    times = {"opened_at": opened, "first_reminded_at": opened, "due_at": now - timedelta(days=1)}
    async with app.database.transaction() as tx:
        return await add_case(
            tx, **{"status": "overdue", "overdue_at": now - timedelta(days=1), **times, **values}
        )


async def told(tx: Transaction, case: Case, *people: int) -> None:
    """Note that a notice of this case reached these people when it was opened."""
    for user_id in people:
        await notices.note_end(tx, case.id, "notice", user_id, case.opened_at, reached=True)


async def in_office(tx: Transaction, group_id: int, since: datetime, owner: int, *admins: int) -> None:
    """Note who has had an office in a group since then, as read."""
    held = [Office(owner, Role.OWNER, since), *(Office(admin, Role.ADMIN, since) for admin in admins)]
    await office_history.begin(tx, group_id, held)


async def add_penalty(app: App, case: Case, **values: Any) -> int:
    """Store a proposed penalty of a case."""
    row: dict[str, Any] = {
        "case_id": case.id,
        "breach": f"{case.code}:{case.group_id}:V{case.id}",
        "code": case.code.value,
        "group_id": case.group_id,
        "liable": "A002",
        "liable_user_id": OWNER,
        "liable_employee_no": "A002",
        "amount": Decimal("20"),
        "state": "proposed",
        "proposed_at": app.now(),
        "reason": "",
        **values,
    }
    async with app.database.transaction() as tx:
        return (await penalty_rows.add(tx, [row]))[0]
