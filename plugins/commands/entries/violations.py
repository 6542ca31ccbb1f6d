"""`违规`, `罚单`, `免除`, `撤销`, `已缴`, `已退`, `申诉`: the violation log and what is said about a case."""

from collections.abc import Awaitable, Callable

from config.phrases import penalties as fine_words
from config.phrases import reports as say
from plugins.commands.entries.reports import filters_of
from plugins.commands.model import Ask, Command, Field, Reply, reply
from services.answer import NEUTRAL, Answer
from services.cases import violations
from services.cases.settling import appeals, dismissals, fine_list, penalties
from services.people.rights import RIGHTS
from services.talk import pages

FINES_A_PAGE = 20


async def show(ask: Ask) -> Reply:
    """Tell one case's story, or list cases."""
    case_id = _item(ask, "V")
    if case_id is not None:
        return reply(await violations.story(ask.app, case_id))
    filters = await filters_of(ask, ("条款", "时段", "状态", "群", "部门", "人"))
    if isinstance(filters, str):
        return Reply(filters, public="")
    return reply(await violations.listing(ask.app, filters, asker=ask.user_id))


async def next_page(ask: Ask) -> Reply:
    """Go on with the asker's last list."""
    text = await pages.following(ask.app, ask.user_id)
    return Reply(text or say.NO_NEXT, public="" if text else None)


async def fines(ask: Ask) -> Reply:
    """List penalties: those of a period or a person, or this month's and all that are undecided."""
    filters = await filters_of(ask, ("时段", "人"))
    if isinstance(filters, str):
        return Reply(filters, public="")
    async with ask.app.database.reading() as tx:
        lines = await fine_list.lines_of(ask.app, tx, filters)
    count = len(lines) - 1
    if count:
        lines.append(fine_words.LIST_FOOT)
    text = pages.paged(ask.app, ask.user_id, lines, FINES_A_PAGE, say.NEXT)
    return Reply(text, public=fine_words.LIST_PUBLIC.format(count=count))


async def waive(ask: Ask) -> Reply:
    """Close cases as waived, with their penalties."""
    return await _each(ask, dismissals.waive, reason=ask.words("理由"))


async def dismiss(ask: Ask) -> Reply:
    """Dismiss cases as wrong, with their penalties."""
    return await _each(ask, dismissals.dismiss, reason=ask.words("理由"))


async def pay(ask: Ask) -> Reply:
    """Record that penalties were paid."""
    return await _each(ask, penalties.pay)


async def refund(ask: Ask) -> Reply:
    """Record that what was paid for penalties since undone was given back."""
    return await _each(ask, penalties.refund)


async def _each(ask: Ask, settle: Callable[..., Awaitable[Answer]], **how: str) -> Reply:
    """Do the same with each id named."""
    items = ask.required("编号", tuple)
    answers = [await settle(ask.app, number, by=ask.user_id, **how) for _, number in items]
    public = say.PUBLIC_DONE if any(answer.ok for answer in answers) else say.PUBLIC_NOT_DONE
    return Reply("\n".join(dict.fromkeys(answer.text for answer in answers)), public=public)


async def appeal(ask: Ask) -> Reply:
    """Appeal against a case, or a penalty, that concerns the asker."""
    case_id = _item(ask, "V")
    if case_id is None:
        case_id = await appeals.case_of_penalty(ask.app, _item(ask, "P") or 0)
    if case_id is None:
        return reply(NEUTRAL)
    done = await appeals.appeal(ask.app, case_id, by=ask.user_id, reason=ask.words("理由"))
    return Reply(done.text, public=fine_words.APPEAL_PUBLIC if done.ok else None)


def _item(ask: Ask, letter: str) -> int | None:
    item = ask.given("编号", tuple)
    return item[1] if item is not None and item[0] == letter else None


_ONE = Field("编号", "item", required=True, letters="VP")
# Whoever names one case sees that one.
_ALONE = ("编号",)
_CASES = Field("编号", "items", required=True, letters="V")
_FINES = Field("编号", "items", required=True, letters="P")
_REASON = Field("理由", "text", rest=True)
COMMANDS: tuple[Command, ...] = (
    Command(
        "违规",
        RIGHTS["违规"],
        "一件违规的全过程，或按条件列出",
        show,
        fields=(
            Field("编号", "item", letters="V"),
            Field("条款", "department", rest=True, not_with=_ALONE),
            Field("部门", "department", not_with=_ALONE),
            Field("状态", "department", not_with=_ALONE),
            Field("群", "department", not_with=_ALONE),
            Field("时段", "department", not_with=_ALONE),
            Field("人", "employee", not_with=_ALONE),
        ),
        aliases=("违规记录",),
        long_help="状态：未结 待处理 已提醒 逾期 已结 已改正 已移出 已离群 已免除 已撤销。条件可以直接写。",
        examples=("违规 V12", "违规 部门=市场部 条款=C1 状态=逾期", "违规 L1 本月", "违规 张三"),
    ),
    Command("下一页", RIGHTS["下一页"], "接着看上一次的列表", next_page, aliases=("下页",)),
    Command(
        "罚单",
        RIGHTS["罚单"],
        "一个时段的罚单，和所有待定的；或一个人的",
        fines,
        fields=(Field("时段", "department"), Field("人", "employee")),
        examples=("罚单 上月", "罚单 张三"),
    ),
    Command(
        "免除",
        RIGHTS["免除"],
        "免除违规和它们的罚单",
        waive,
        fields=(_CASES, Field("理由", "text", required=True, rest=True)),
        long_help="离职、调岗、外部人员的违规只免到当天；要更久，把日期写在理由前。",
        examples=("免除 V12 已当面说明", "免除 V12 V15 已当面说明", "免除 V12 2026-12-31 返聘中"),
    ),
    Command(
        "撤销",
        RIGHTS["撤销"],
        "撤销记错的违规和它们的罚单",
        dismiss,
        fields=(_CASES, _REASON),
        examples=("撤销 V12 名册有误",),
    ),
    Command(
        "已缴",
        RIGHTS["已缴"],
        "登记罚款已缴",
        pay,
        fields=(_FINES,),
        examples=("已缴 P3", "已缴 P3-P5"),
    ),
    Command(
        "已退",
        RIGHTS["已退"],
        "登记罚款已退还",
        refund,
        fields=(_FINES,),
        examples=("已退 P3",),
    ),
)
OWN: tuple[Command, ...] = (
    Command(
        "申诉",
        RIGHTS["申诉"],
        "对记在自己名下的违规或罚单提出异议",
        appeal,
        fields=(_ONE, Field("理由", "text", required=True, rest=True)),
        long_help="七天之内。申诉期间不移出、不罚款，由行政部答复。",
        examples=("申诉 V12 当天出差，名片已改好", "申诉 P3 当时已不是群主"),
    ),
)
