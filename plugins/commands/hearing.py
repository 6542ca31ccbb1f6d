"""What a message calls for: a look at the sender's card, an answer to a command, a file taken in."""

from dataclasses import dataclass
from typing import Any

from plugins.commands import answers, dispatch, reading
from services.app import App
from services.context import get_app
from services.groups import activity, cards_seen
from services.imports import received_files
from services.ports import ReceivedFile
from services.watching import commands, members


@dataclass(frozen=True, slots=True)
class Heard:
    """What of a message deserves more than a look.

    `card_news`: the card isn't one known right or wrong. `key`: tells a command or file from every other.
    """

    seen: reading.Seen
    card_news: bool = False
    line: tuple[str, bool] | None = None
    file: ReceivedFile | None = None
    key: str = ""


def listen(event: Any) -> Heard | None:
    """Look at one message, without database or task; None: nothing is to be done about it."""
    app, seen = get_app(), reading.seen_of(event)
    if seen is None:
        app.tally.drop("nobody")
        return None
    card = _news_of_card(app, seen)
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
    key = reading.message_key(event, line[0]) if line is not None else ""
    return Heard(seen, card, line, key=key) if card or line is not None else None


def _is_for(app: App, seen: reading.Seen) -> bool:
    """Tell whether a command in a group is this account's to answer: of several there, one does."""
    if seen.group_id is None or app.gateway is None:
        return True
    return app.gateway.account_for(seen.group_id) in (None, seen.account)


def _news_of_card(app: App, seen: reading.Seen) -> bool:
    """Note the day, and tell whether the card is news. `needs_reading` says so once a card."""
    if seen.group_id is None:
        return False
    activity.note_activity(app, seen.group_id, app.now())
    if seen.card is None or cards_seen.known_right(app, seen.group_id, seen.user_id, seen.card):
        return False
    return cards_seen.needs_reading(app, seen.group_id, seen.user_id, seen.card)


async def act(heard: Heard) -> None:
    """Do what one message calls for."""
    app, seen = get_app(), heard.seen
    if heard.card_news and seen.group_id is not None:
        await members.look_soon(app, seen.group_id)
    if heard.file is None and heard.line is None:
        return
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
