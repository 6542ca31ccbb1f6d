"""What becomes of the groups of somebody who has left: removed by the bot, or by whom else."""

from config.phrases.cards import ROLES
from config.phrases.registry import GROUPS_LEFT
from db.engine import Transaction
from db.queries.groups import last_seen as group_rows
from db.queries.people import identities
from regulation.model import Role
from regulation.policy import Mode
from services.app import App
from services.groups.view import effective_mode, load_group


async def groups_left(app: App, tx: Transaction, employee_no: str) -> str:
    """Return the line for whoever recorded a departure: `正在移出 2 个群；「技术部群」我不是管理员，…`."""
    qqs = [one.user_id for one in await identities.load_of(tx, [employee_no])]
    inside = sorted(await group_rows.present(tx, qqs))
    others = {group_id: await _not_removed(app, tx, group_id, user_id) for group_id, user_id in inside}
    removing = sum(not why for why in others.values())
    said = [GROUPS_LEFT["removing"].format(count=removing)] if removing else []
    said += [why for why in others.values() if why]
    return "；".join(said) + "。" if said else GROUPS_LEFT["none"]


async def _not_removed(app: App, tx: Transaction, group_id: int, user_id: int) -> str:
    """Return why the bot won't remove somebody from a group, or ""."""
    row = await group_rows.get(tx, group_id) or {}
    member = await group_rows.membership(tx, group_id, user_id) or {}
    name, role = row.get("name") or group_id, Role(member.get("role") or "member")
    mode = await effective_mode(app, tx, await load_group(app, tx, group_id))
    if role is not Role.MEMBER:
        return GROUPS_LEFT["officer"].format(group=name, role=ROLES[role.value])
    if mode is not Mode.ENFORCE:
        return GROUPS_LEFT["not_mine"].format(group=name, mode=mode.value)
    return GROUPS_LEFT["no_right"].format(group=name) if row.get("bot_role") == Role.MEMBER.value else ""
