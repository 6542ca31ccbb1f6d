"""Files dropped into a private chat: a roster or a register of groups, from admin staff only."""

import logging

from config.phrases.imports import RECEIVED
from db.queries.work import counters
from services.app import App
from services.imports import apply as imports
from services.people import roles
from services.ports import Part, ReceivedFile, UnreachableError

MAX_BYTES = 20 * 1024 * 1024
_LONGEST = 1500
_log = logging.getLogger("qungui")


async def take_file(app: App, account: int, user_id: int, file: ReceivedFile) -> str | None:
    """Fetch a file and keep its preview; return the answer, or None where the sender isn't admin staff."""
    async with app.database.reading() as tx:
        entitled = await roles.is_admin_staff(app, tx, user_id)
    if not entitled:
        async with app.database.transaction() as tx:
            await counters.count(tx, "ignored_files")
        return None
    too_big = RECEIVED["too_big"].format(limit=MAX_BYTES // 1024 // 1024)
    if file.size > MAX_BYTES:
        return too_big
    try:
        data = await app.qq.fetch_file(account, file, limit=MAX_BYTES)
    except UnreachableError as error:
        return RECEIVED["unreachable"].format(why=error)
    if len(data) > MAX_BYTES:
        return too_big
    made = await imports.preview_file(app, data, file.name, by=str(user_id), source="chat")
    return made.reason if isinstance(made, imports.Refusal) else made.text


async def take_and_answer(app: App, account: int, user_id: int, file: ReceivedFile) -> None:
    """Take a file and answer its sender; nothing is answered where the file was ignored."""
    try:
        text = await take_file(app, account, user_id, file)
    except Exception:
        # The sender must hear of it; what went wrong is the operator's to read, without the content.
        _log.exception("a received file of %d bytes failed", file.size)
        text = RECEIVED["failed"]
    if text is None:
        return
    try:
        for start in range(0, len(text), _LONGEST):
            await app.qq.say(account, [Part(text=text[start : start + _LONGEST])], user_id=user_id)
    except UnreachableError as error:
        # Nobody is left to be told; what a file brought waits in the inbox.
        _log.warning("the answer to a received file was not delivered: %s", error)
