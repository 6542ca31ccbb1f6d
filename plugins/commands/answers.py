"""How an answer reaches its asker: there, privately, or with the word to write to the bot."""

import logging
import re
from collections.abc import Sequence
from dataclasses import replace

from config.phrases import commands as phrases
from plugins.commands.model import Reply
from plugins.commands.table import BY_NAME
from services.app import App
from services.ports import Part, UnclearError, UnreachableError

LONGEST = 1_800
# A command between quotation marks or among examples, bare or with its fields.
_NAMED = re.compile(rf"(例：|；|[“「])(?=(?:{'|'.join(map(re.escape, BY_NAME))})(?:[ ”」；\n]|$))")
MOST_MESSAGES = 8
_log = logging.getLogger(__name__)


async def deliver(
    app: App, account: int, user_id: int, group_id: int | None, name: str, reply: Reply
) -> None:
    """Send `reply` to who asked `name`; nothing personal is said in the group."""
    if group_id is None:
        await _say_all(app, account, reply, user_id=user_id)
        await _send_file(app, account, user_id, reply)
    elif reply.public is None and reply.file is None:
        await _say_all(app, account, replace(reply, text=for_group(reply.text)), group_id=group_id)
    elif reply.public and not (reply.text or reply.image or reply.file):
        await _say(app, account, [Part(text=reply.public)], group_id=group_id)
    else:
        sent = await _privately(app, account, user_id, group_id, reply)
        line = _public_line(reply.public or "", name, sent=sent)
        await _say(app, account, [Part(at=user_id), Part(text=" " + line)], group_id=group_id)


def for_group(text: str) -> str:
    """Return a sentence for private chats as a group needs it: the commands it names begin with `/`."""
    return _NAMED.sub(r"\1/", text)


def split(text: str, longest: int = LONGEST) -> list[str]:
    """Return `text` in pieces of at most `longest` characters, cut at line ends where there are any."""
    pieces: list[str] = []
    rest = text
    while len(rest) > longest:
        cut = rest.rfind("\n", 1, longest + 1)
        cut = longest if cut < 0 else cut
        pieces.append(rest[:cut])
        rest = rest[cut:].removeprefix("\n")
    if rest:
        pieces.append(rest)
    return pieces


def _public_line(public: str, name: str, *, sent: bool) -> str:
    """Return what the group hears: the counts, and where the details went."""
    counts = public.rstrip()
    if "\n" in counts:
        counts += "\n"
    elif counts and counts[-1] not in "。！？.!?":
        counts += "，" if sent else "。"
    return counts + (phrases.SENT_PRIVATELY if sent else phrases.NOT_SENT.format(name=name))


async def _privately(app: App, account: int, user_id: int, group_id: int, reply: Reply) -> bool:
    """Say the details privately, plainly or else in a temporary session; tell whether it arrived.

    What may have arrived isn't said again: the word to write to the bot helps in either case.
    """
    via: int | None = None
    for parts in _messages(reply):
        try:
            try:
                await app.qq.say(account, parts, user_id=user_id, group_id=via)
            except UnclearError:
                raise
            except UnreachableError:
                if via is not None:
                    raise
                via = group_id
                await app.qq.say(account, parts, user_id=user_id, group_id=via)
        except UnreachableError as error:
            _log.info("private answer not delivered, or nobody knows: %s", error)
            return False
    return await _send_file(app, account, user_id, reply, quiet=True)


async def _send_file(app: App, account: int, user_id: int, reply: Reply, *, quiet: bool = False) -> bool:
    if reply.file is None:
        return True
    try:
        await app.qq.send_file(account, user_id, reply.file_name, reply.file)
    except UnreachableError as error:
        if not quiet:
            line = phrases.FILE_UNCLEAR if isinstance(error, UnclearError) else phrases.FILE_NOT_SENT
            await _say(app, account, [Part(text=line.format(why=error))], user_id=user_id)
        return False
    return True


def _messages(reply: Reply) -> list[list[Part]]:
    pieces = split(reply.text)
    if len(pieces) > MOST_MESSAGES:
        pieces = pieces[:MOST_MESSAGES]
    found: list[list[Part]] = [[Part(text=piece)] for piece in pieces]
    if reply.image is not None:
        picture = Part(image=reply.image)
        if found and len(found) == 1:
            found[0].append(picture)
        else:
            found.append([picture])
    return found


async def _say_all(
    app: App, account: int, reply: Reply, *, group_id: int | None = None, user_id: int | None = None
) -> None:
    for parts in _messages(reply):
        await _say(app, account, parts, group_id=group_id, user_id=user_id)


async def _say(
    app: App, account: int, parts: Sequence[Part], *, group_id: int | None = None, user_id: int | None = None
) -> None:
    """Say one message; that it could not be said is only logged: nobody is left to be told."""
    try:
        await app.qq.say(account, parts, group_id=group_id, user_id=user_id)
    except UnreachableError as error:
        _log.warning("answer not delivered: %s", error)
