"""`备案`, `备案状态`, `备案变更`, `升级`, `解散`, `延期`: filing a group."""

from datetime import date

from config.phrases import commands as phrases
from plugins.commands.model import Ask, Command, Field, Reply, Who, reply
from regulation.model import Kind
from services.filing import closing, hand_in, standing
from services.people import roles
from services.people.rights import RIGHTS

_GROUP = Field("群", "group")


def _wish(ask: Ask, kind: Kind) -> hand_in.Wish:
    return hand_in.Wish(
        purpose=ask.words("用途"),
        scope=ask.words("范围"),
        kind=kind,
        issue=ask.words("议题"),
        ends_on=ask.given("截止", date),
        established_on=ask.given("成立", date),
    )


async def file_group(ask: Ask) -> Reply:
    """Hand in a filing of this group; admin staff where they stand in for an account of ours."""
    if ask.about is None:
        return Reply(phrases.WHICH_GROUP.format(name="备案", group=700001))
    staff = Who.ADMIN_STAFF in ask.who
    if staff and not await roles.holds_office(ask.app, ask.user_id, ask.about):
        return Reply(phrases.NEUTRAL)
    wish = _wish(ask, ask.given("类型", Kind) or Kind.QQ_GROUP)
    return reply(await hand_in.file(ask.app, ask.about, wish, by=ask.user_id))


async def show_status(ask: Ask) -> Reply:
    """Say where the filing stands: one line in a group, the steps in private."""
    assert ask.about is not None
    return reply(await standing.status_of(ask.app, ask.about))


async def change_filing(ask: Ask) -> Reply:
    """Hand in what changed."""
    assert ask.about is not None
    purpose, scope = ask.words("用途"), ask.words("范围")
    return reply(await hand_in.change(ask.app, ask.about, by=ask.user_id, purpose=purpose, scope=scope))


async def upgrade(ask: Ask) -> Reply:
    """File a discussion group as a QQ group."""
    assert ask.about is not None
    wish = _wish(ask, Kind.QQ_GROUP)
    return reply(await hand_in.file(ask.app, ask.about, wish, by=ask.user_id, route="upgrade"))


async def dissolve(ask: Ask) -> Reply:
    """Close a discussion group's filing and cases."""
    if ask.about is None:
        return Reply(phrases.WHICH_GROUP.format(name="解散", group=700001))
    return reply(await closing.dissolve(ask.app, ask.about, by=ask.user_id))


async def prolong(ask: Ask) -> Reply:
    """Ask for a later end of a discussion group."""
    assert ask.about is not None
    until = ask.required("日期", date)
    return reply(await hand_in.prolong(ask.app, ask.about, until, ask.words("理由"), by=ask.user_id))


_PURPOSE = Field("用途", required=True, aliases=("目的",))
_SCOPE = Field("范围", "scope", required=True, aliases=("成员范围",))

COMMANDS = (
    Command(
        "备案",
        RIGHTS["备案"],
        "为本群申请备案",
        file_group,
        fields=(
            _PURPOSE,
            _SCOPE,
            Field("成立", "past", aliases=("成立日期",)),
            Field("类型", "kind"),
            Field("议题", only_with=("类型", Kind.DISCUSSION)),
            Field("截止", "date", only_with=("类型", Kind.DISCUSSION)),
            _GROUP,
        ),
        long_help=(
            "用途写清这个群做什么；范围写 全员、部门（逗号隔开）或 工号:A001。"
            "讨论组另写 类型=讨论组 议题=… 截止=日期。先由部门主管审核，再由行政部批准。"
        ),
        examples=(
            "备案 用途=市场部日常沟通 范围=市场部",
            "备案 用途=讨论新版方案 范围=市场部,研发部 类型=讨论组 议题=新版怎么定价 截止=2026-12-01",
        ),
    ),
    Command("备案状态", RIGHTS["备案状态"], "看本群备案到哪一步", show_status, fields=(_GROUP,)),
    Command(
        "备案变更",
        RIGHTS["备案变更"],
        "群名、群主、管理员变了，报行政部更新备案",
        change_filing,
        fields=(Field("用途", aliases=("目的",)), Field("范围", "scope", aliases=("成员范围",)), _GROUP),
        long_help="群名、群主、管理员按 QQ 里现在的样子重新登记，由行政部批准；用途、范围要改时一并写上。",
        examples=("备案变更", "备案变更 范围=市场部,采购部"),
    ),
    Command(
        "升级",
        RIGHTS["升级"],
        "把讨论组备案为 QQ 群",
        upgrade,
        fields=(_PURPOSE, _SCOPE, Field("成立", "past"), _GROUP),
        examples=("升级 用途=市场部日常沟通 范围=市场部",),
    ),
    Command(
        "解散",
        RIGHTS["解散"],
        "关闭讨论组的备案和未结事项",
        dissolve,
        fields=(_GROUP,),
        long_help="议题解决后用。只关闭备案和未结事项，群要由群主自己在 QQ 里解散。我已不在的群由行政部关。",
        examples=("解散",),
    ),
    Command(
        "延期",
        RIGHTS["延期"],
        "为讨论组申请延期一次，由部门主管同意",
        prolong,
        fields=(Field("日期", "date", required=True), Field("理由", required=True, rest=True), _GROUP),
        examples=("延期 2026-12-01 方案还差评审",),
    ),
)
