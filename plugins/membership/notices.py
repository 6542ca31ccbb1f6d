"""Notices: who came, who went, what changed. None is believed alone: each hastens a reading."""

from collections.abc import Awaitable, Callable

from plugins.fields import Fields, delivery_key, received_file, unreadable
from services.app import App
from services.imports import received_files
from services.watching import commands, members

Handler = Callable[[App, int, Fields, int], Awaitable[None]]


async def take_notice(app: App, account: int, fields: Fields) -> None:
    """Hand a notice to the service it is for; what nobody knows is logged once."""
    kind = fields.text("notice_type")
    if kind == "notify":
        kind = "notify." + fields.text("sub_type")
    if kind == "offline_file":
        await _file(app, account, fields)
        return
    handler = _HANDLERS.get(kind)
    if handler is None:
        if kind not in _OF_NO_CONCERN:
            unreadable(app, fields, "nobody handles it")
        return
    group_id = fields.number("group_id")
    if group_id is None:
        unreadable(app, fields, "no group_id")
        return
    if not await members.is_strange(app, group_id):
        await handler(app, account, fields, group_id)


async def _increase(app: App, account: int, fields: Fields, group_id: int) -> None:
    user_id = fields.number("user_id")
    if user_id is None or user_id == account:
        await members.look_soon(app, group_id)
        return
    operator = fields.number("operator_id")
    if operator == account:
        members.let_in(app, group_id, user_id)
        return
    await members.entered(app, group_id, user_id, let_in_by=None if operator == user_id else operator)


async def _decrease(app: App, account: int, fields: Fields, group_id: int) -> None:
    user_id, sub = fields.number("user_id"), fields.text("sub_type")
    if sub == "disband":
        await members.group_dismissed(app, group_id)
    elif sub == "kick_me" or user_id == account:
        await members.group_gone(app, group_id, account)
    elif user_id is not None:
        await members.went(app, group_id, user_id)
    else:
        # Somebody is out; the list says who.
        await members.look_soon(app, group_id)


async def _dismiss(app: App, account: int, fields: Fields, group_id: int) -> None:
    await members.group_dismissed(app, group_id)


async def _card(app: App, account: int, fields: Fields, group_id: int) -> None:
    user_id = fields.number("user_id")
    if user_id is not None and "card_new" in fields.raw:
        await members.card_seen(app, group_id, user_id, fields.text("card_new"))
    else:
        # Whose card, or which, the list says.
        await members.look_soon(app, group_id)


async def _look(app: App, account: int, fields: Fields, group_id: int) -> None:
    await members.look_soon(app, group_id)


async def _file(app: App, account: int, fields: Fields) -> None:
    user_id, file = fields.number("user_id"), fields.raw.get("file")
    if user_id is None or not isinstance(file, dict):
        unreadable(app, fields, "no user_id or file")
        return
    sent = received_file(file)
    # A notice has no id; delivered again, it has the time of before.
    key = delivery_key(f"at{fields.text('time')}", user_id, sent.name)
    if await commands.is_new(app, account, key):
        await received_files.take_and_answer(app, account, user_id, sent)


_HANDLERS: dict[str, Handler] = {
    "group_increase": _increase,
    "group_decrease": _decrease,
    "group_dismiss": _dismiss,
    "group_card": _card,
    "group_admin": _look,
    "group_name_change": _look,
    "notify.group_name": _look,
}
_OF_NO_CONCERN = frozenset(
    {
        # Read by the gateway.
        "bot_offline",
        "group_upload",
        "group_ban",
        "group_recall",
        "friend_recall",
        "friend_add",
        "group_msg_emoji_like",
        "essence",
        "client_status",
        "reaction",
        "flash_file",
        "online_file_receive",
        "online_file_send",
        "notify.gray_tip",
        "notify.poke",
        "notify.lucky_king",
        "notify.honor",
        "notify.title",
        "notify.input_status",
        "notify.profile_like",
    }
)
