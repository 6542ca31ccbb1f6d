"""`模式`, `暂停`, `恢复`, `豁免`, `状态`, `群列表`: how far the bot goes, and how it stands."""

from config.phrases import modes as phrases
from plugins.commands.model import Ask, Command, Field, Reply, reply
from regulation.duties import Code
from regulation.policy import Mode
from services.cases.settling import waivers
from services.groups import modes, overview
from services.joining import waiting
from services.naming import group_numbered
from services.people.rights import RIGHTS
from services.running import status

_GROUP = Field("群", "group")


async def set_mode(ask: Ask) -> Reply:
    """Set a group's mode (`群=`), or the general one; say which is in force when none is given."""
    mode, group_id = ask.given("模式", Mode), ask.given("群", int)
    by = str(ask.user_id)
    async with ask.app.database.reading() as tx:
        general = await modes.general_mode(tx)
    if mode is None and group_id is not None:
        return await _in_force(ask, group_id)
    if mode is None:
        return Reply(phrases.MODE_NOW.format(general=general.value))
    if group_id is None:
        before = await modes.set_general_mode(ask.app, mode, by=by)
        await waiting.decide_anew(ask.app)
        if before is mode:
            return Reply(phrases.MODE_ALREADY.format(where=phrases.GENERAL, mode=mode.value, note=""))
        return Reply(phrases.MODE_GENERAL.format(before=before.value, after=mode.value))
    old = await modes.set_group_mode(ask.app, group_id, mode, by=by)
    if old is None:
        return Reply(phrases.NO_SUCH_GROUP)
    await waiting.decide_anew(ask.app, group_id)
    note = await _note(ask, group_id, mode, general)
    async with ask.app.database.reading() as tx:
        group = await group_numbered(tx, group_id)
    if old is mode:
        where = phrases.IN_GROUP.format(group=group)
        return Reply(phrases.MODE_ALREADY.format(where=where, mode=mode.value, note=note))
    return Reply(phrases.MODE_GROUP.format(group=group, before=old.value, after=mode.value, note=note))


async def _in_force(ask: Ask, group_id: int) -> Reply:
    """Say which mode is in force in a group, and why."""
    now = await modes.now_in(ask.app, group_id)
    if now is None:
        return Reply(phrases.NO_SUCH_GROUP)
    default = phrases.MODE_DEFAULT if now.is_default else ""
    why = phrases.MODE_WHY.format(own=now.own.value, default=default, general=now.general.value)
    return Reply(
        phrases.MODE_OF.format(
            group=now.group,
            effective=now.effective.value,
            why=why if now.filed else phrases.MODE_WHY_UNFILED,
            paused=phrases.MODE_PAUSED if now.paused else "",
        )
    )


async def _note(ask: Ask, group_id: int, mode: Mode, general: Mode) -> str:
    if not await modes.is_filed(ask.app, group_id):
        return phrases.MODE_UNFILED
    counts = modes.in_force(mode, general, filed=True)
    return "" if counts is mode else phrases.MODE_MILDER.format(general=general.value, effective=counts.value)


async def pause(ask: Ask) -> Reply:
    """Stop every outward act at once."""
    changed = await modes.pause(ask.app, by=str(ask.user_id))
    return Reply(phrases.PAUSED_NOW if changed else phrases.PAUSED_ALREADY)


async def resume(ask: Ask) -> Reply:
    """Let the bot act again; what is due is planned anew."""
    changed = await modes.resume(ask.app, by=str(ask.user_id))
    return Reply(phrases.RESUMED if changed else phrases.NOT_PAUSED)


async def waive(ask: Ask) -> Reply:
    """Let one person off one duty for some days."""
    done = await waivers.waive(
        ask.app,
        ask.required("QQ", int),
        ask.required("条款", Code),
        ask.required("天数", int),
        ask.words("理由"),
        by=ask.user_id,
        group_id=ask.given("群", int),
    )
    return reply(done)


async def show_status(ask: Ask) -> Reply:
    """Say how the bot stands."""
    return reply(await status.report(ask.app, ask.user_id))


async def list_groups(ask: Ask) -> Reply:
    """List every group: counts in a group, the lines in private."""
    return reply(await overview.listing(ask.app, ask.given("页", int) or 1))


COMMANDS = (
    Command(
        "模式",
        RIGHTS["模式"],
        "设定全部群或一个群做到哪一步",
        set_mode,
        fields=(Field("模式", "mode"), _GROUP),
        long_help="观察只记录，提醒还会说话，执行还会答复入群申请、改名片、移出。群模式与总模式取较宽松的一个。",
        examples=("模式 提醒", "模式 观察 群=700001", "模式 群=700001"),
    ),
    Command("暂停", RIGHTS["暂停"], "立即停下一切对外动作", pause),
    Command("恢复", RIGHTS["恢复"], "结束暂停，到期事项重新安排", resume),
    Command(
        "豁免",
        RIGHTS["豁免"],
        "让一个人在一段时间内不受某一条约束",
        waive,
        fields=(
            Field("QQ", "qq", required=True, aliases=("qq", "Q号")),
            Field("条款", "code", required=True),
            Field("天数", "days", required=True),
            Field("理由", required=True, rest=True),
            _GROUP,
        ),
        examples=("豁免 123456789 C1 30 长期出差", "豁免 123456789 M2 7 项目支援 群=700001"),
    ),
    Command("状态", RIGHTS["状态"], "看模式、暂停、豁免、账号、积压", show_status),
    Command(
        "群列表",
        RIGHTS["群列表"],
        "看所有群：备案、模式、人数、未结事项、检查时间",
        list_groups,
        fields=(Field("页", "number"),),
        examples=("群列表", "群列表 2"),
    ),
)
