"""Somebody whose request waits for people."""

from typing import Any

from db.queries.joining import requests
from regulation.join_gate import Decision
from services.app import App
from tests import company as co


async def ask_to_join(app: App, user_id: int = co.STRANGER, *, row: int = 8, **values: Any) -> int:
    """Store a request that is held; return its id."""
    request: dict[str, Any] = {
        "account": co.BOT,
        "flag": f"f{user_id}-{row}-{values.get('group_id', co.GROUP)}",
        "group_id": co.GROUP,
        "user_id": user_id,
        "nickname": "",
        "comment": "市场部 张总 ****",
        "invitor_id": None,
        "recovered": False,
        "asked_at": app.now(),
        "verdict": Decision.HOLD,
        "row": row,
        "reason": "out_of_scope",
        "clause": "",
        "inputs": {},
        "employee_no": None,
        "state": requests.RequestState.WAITING,
        "to_bind": False,
        **values,
    }
    request |= {"request_key": request["flag"], "seen_at": request["asked_at"]}
    async with app.database.transaction() as tx:
        (made,) = (await requests.add_many(tx, [requests.NewRequest(**request)])).values()
    return made
