"""`违规汇总`, `导出`, `抽查`, `我的`: figures, files, spot checks, and one's own record."""

from config.phrases import reports as say
from plugins.commands.model import Ask, Command, Field, Reply, reply
from plugins.commands.words import words_of
from regulation.periods import Period, label, month_of
from regulation.summary import read_period
from services.people import own_record
from services.people.rights import RIGHTS
from services.reports import send, spot_checks, tables
from services.reports.filters import Filters, nearest, read_filters
from services.reports.spot_checks import seeded

_KINDS = {say.SHEETS[kind]: kind for kind in tables.KINDS}


async def filters_of(ask: Ask, fields: tuple[str, ...]) -> Filters | str:
    """Read an ask's words as filters, whichever way they were written; a text is the refusal."""
    named: dict[str, str] = {}
    bare: list[str] = []
    for word in words_of(ask.text, fields):
        if word.key in fields:
            named[word.key] = word.text
        else:
            bare.append(word.text if word.key is None else f"{word.key}={word.text}")
    async with ask.app.database.reading() as tx:
        return await read_filters(ask.app, tx, named, bare, fields)


async def summary(ask: Ask) -> Reply:
    """Answer with the summary's text and picture; a group hears the counts."""
    filters = await filters_of(ask, ("时段", "条款", "群", "部门"))
    if isinstance(filters, str):
        return Reply(filters)
    period = filters.period or month_of(ask.app.now().date())
    made = await send.summary(ask.app, period, filters)
    return Reply(made.text, public=made.public, image=made.image)


async def export(ask: Ask) -> Reply:
    """Answer with a workbook as a private file."""
    word, when = ask.words("内容"), ask.words("时段")
    kind = _KINDS.get(word)
    if kind is None:
        return Reply(say.EXPORT_WHICH.format(word=word[:12], known="、".join(nearest(word, list(_KINDS)))))
    now = ask.app.now()
    period = read_period(when, now) if when else month_of(now.date())
    if period is None:
        return Reply(say.UNKNOWN["month"].format(word=when[:12], sample=f"{now:%Y-%m}"))
    made = await tables.export(ask.app, kind, period, now)
    name = say.FILE_NAME.format(what=made.name, stamp=f"{now:%Y%m%d-%H%M}")
    text = say.EXPORTED.format(what=made.name, rows=made.rows)
    if when and kind not in tables.OF_A_PERIOD:
        text += say.EXPORTED_ALL.format(what=made.name)
    return Reply(text, public=say.EXPORT_PUBLIC, file_name=name, file=made.data)


async def spot_check(ask: Ask) -> Reply:
    """Draw groups and check them now, or the group named."""
    group_id = ask.given("群", int)
    if group_id is not None:
        found = await spot_checks.draw_one(ask.app, group_id, by=ask.user_id)
    else:
        found = await spot_checks.draw_some(ask.app, ask.given("个数", int) or 1, by=ask.user_id)
    return reply(found)


async def review_draw(ask: Ask) -> Reply:
    """Do a month's draw of spot checks again, beside what was recorded."""
    month = label(ask.required("月份", Period).start)
    return reply(await seeded.review(ask.app, month))


async def my_record(ask: Ask) -> Reply:
    """Answer with what is stored about the asker."""
    return reply(await own_record.mine(ask.app, ask.user_id))


_PERIOD = Field("时段", "department")
COMMANDS: tuple[Command, ...] = (
    Command(
        "违规汇总",
        RIGHTS["违规汇总"],
        "一个时段的违规数字和图，可按部门、群、条款看",
        summary,
        fields=(_PERIOD, Field("部门", "department"), Field("群", "department"), Field("条款", "department")),
        aliases=("汇总",),
        long_help="时段：今天 昨天 本周 上周 本月 上月 今年，2026-10，2026-10-01..2026-10-15；不写是本月。",
        examples=("违规汇总 上月", "违规汇总 2026-10 部门=市场部 条款=C1"),
    ),
    Command(
        "导出",
        RIGHTS["导出"],
        "导出表格，以文件私聊发送",
        export,
        fields=(Field("内容", "department", required=True), _PERIOD),
        long_help="内容：违规、罚单（默认本月）、备案、名册（全部）。",
        examples=("导出 违规 上月", "导出 备案"),
    ),
    Command(
        "抽查",
        RIGHTS["抽查"],
        "随机抽查已备案的群，或指定一个群",
        spot_check,
        fields=(Field("个数", "number", not_with=("群",)), Field("群", "group")),
        examples=("抽查 3", "抽查 群=700001"),
    ),
    Command(
        "抽查",
        RIGHTS["抽查"],
        "把一个月的抽签重做一遍，与记录核对",
        review_draw,
        fields=(Field("动作", "review", required=True), Field("月份", "period", required=True)),
        examples=("抽查 复核 2026-11",),
    ),
)
OWN: tuple[Command, ...] = (
    Command(
        "我的",
        RIGHTS["我的"],
        "我的登记、所在的群、未结事项和罚单",
        my_record,
        aliases=("我的记录",),
    ),
)
