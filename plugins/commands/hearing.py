"""What a message calls for: an answer to a command, a file taken in."""

from dataclasses import dataclass
from typing import Any

from plugins.commands import answers, dispatch, reading
from services.app import App
from services.context import get_app
from services.imports import received_files
from services.ports import ReceivedFile
from services.watching import commands


@dataclass(frozen=True, slots=True)
class Heard:
    """What of a message deserves more than a look. `key`: tells a command or file from every other."""

    seen: reading.Seen
    line: tuple[str, bool] | None = None
    file: ReceivedFile | None = None
    key: str = ""


def listen(event: Any) -> Heard | None:
    """Look at one message, without database or task; None: nothing is to be done about it."""
    app, seen = get_app(), reading.seen_of(event)
    if seen is None:
        return None
    line = reading.command_text(event, seen.account)
    if line is not None and not line[1] and not _is_for(app, seen):
        line = None
    if seen.group_id is None:
        file = reading.file_of(event)
        if line is not None and file is None and not dispatch.may_be_command(line[0]):
            line = None
        said = file.name if file is not None else line[0] if line is not None else ""
        key = reading.message_key(event, said)
        return Heard(seen, line=None if file else line, file=file, key=key) if file or line else None
    return None if line is None else Heard(seen, line, key=reading.message_key(event, line[0]))


def _is_for(app: App, seen: reading.Seen) -> bool:
    """Tell whether a command in a group is this account's to answer: of several there, one does."""
    if seen.group_id is None or app.gateway is None:
        return True
    return app.gateway.account_for(seen.group_id) in (None, seen.account)


async def act(heard: Heard) -> None:
    """Do what one message calls for."""
    app, seen = get_app(), heard.seen
    if not await commands.is_new(app, seen.account, heard.key):
        return
    if heard.file is not None:
        await received_files.take_and_answer(app, seen.account, seen.user_id, heard.file)
    elif heard.line is not None:
        await _answer(app, seen, *heard.line)


async def _answer(app: App, seen: reading.Seen, text: str, addressed: bool) -> None:
    line = dispatch.Line(seen.account, seen.user_id, seen.group_id, text, addressed, seen.hint)
    answered = await dispatch.answer(app, line, app.memory(dispatch.Throttle))
    if answered is not None:
        name, reply = answered
        await answers.deliver(app, seen.account, seen.user_id, seen.group_id, name, reply)
