"""Requests: to join a group, to have the bot join one, to be friends."""

from plugins.fields import Fields, unreadable
from services.app import App
from services.joining import invitations, rounds
from services.joining.heard import Heard


async def take_request(app: App, account: int, fields: Fields) -> None:
    """Hand a request to the service it is for."""
    kind, sub = fields.text("request_type"), fields.text("sub_type")
    if kind == "group" and sub == "add":
        await _join(app, account, fields)
    elif kind == "group" and sub == "invite":
        await _invite(app, account, fields)
    elif kind == "friend":
        await _friend(app, account, fields)
    else:
        unreadable(app, fields, "unknown kind of request")


async def _join(app: App, account: int, fields: Fields) -> None:
    group_id = fields.number("group_id")
    if group_id is None:
        unreadable(app, fields, "no group_id")
        return
    heard = Heard(
        account,
        group_id,
        fields.number("user_id") or 0,
        fields.text("comment"),
        fields.text("flag")[:200],
        invitor_id=fields.number("invitor_id"),
    )
    await rounds.hear(app, heard)


async def _invite(app: App, account: int, fields: Fields) -> None:
    group_id, inviter, flag = fields.number("group_id"), fields.number("user_id"), fields.text("flag")
    if group_id is None or not flag:
        unreadable(app, fields, "no group_id or flag")
        return
    await invitations.invited(app, account, group_id, inviter or 0, flag)


async def _friend(app: App, account: int, fields: Fields) -> None:
    user_id, flag = fields.number("user_id"), fields.text("flag")
    if user_id is None or not flag:
        unreadable(app, fields, "no user_id or flag")
        return
    await invitations.befriended(app, account, user_id, flag)
