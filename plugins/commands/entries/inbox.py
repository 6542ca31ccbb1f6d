"""`待办`, `同意`, `驳回`: the one inbox."""

from config.phrases import inbox as phrases
from config.phrases import reports
from plugins.commands.model import Ask, Command, Field, Reply, reply
from services.answer import NEUTRAL
from services.cases.settling.penalties import Decided
from services.inbox import details, listing, settle
from services.inbox.listing import Item
from services.people.rights import RIGHTS
from services.talk import pages

LINES_A_PAGE = 20


async def show_mine(ask: Ask) -> Reply:
    """List what awaits the asker, oldest first: counts in a group, the lines in private."""
    items = await listing.shown_to(ask.app, ask.user_id)
    one = ask.given("编号", tuple)
    if one is not None:
        return await _show_one(ask, items, one)
    text = listing.page_of(ask.app, items, ask.given("页", int) or 1)
    public = phrases.PUBLIC.format(count=len(items)) if items else phrases.PUBLIC_EMPTY
    return Reply(text if items or ask.group_id is None else "", public=public)


async def _show_one(ask: Ask, items: list[Item], one: tuple[str, int]) -> Reply:
    """Say one item in full; of one that isn't the asker's to settle, why not, as `同意` would."""
    item = next((item for item in items if (item.letter, item.id) == one), None)
    lines: list[str] = []
    if item is None:
        refused = await settle.refusal(ask.app, *one, ask.user_id)
        item = await details.seen_by(ask.app, *one, ask.user_id)
        if item is None:
            return reply(refused or NEUTRAL)
        lines = [refused.text] if refused is not None else []
    lines = [*await details.lines_of(ask.app, item), *lines]
    return Reply(pages.paged(ask.app, ask.user_id, lines, LINES_A_PAGE, reports.NEXT), public="")


async def agree(ask: Ask) -> Reply:
    """Settle items with yes."""
    return await _settle(ask, approve=True)


async def refuse(ask: Ask) -> Reply:
    """Settle items with no."""
    return await _settle(ask, approve=False)


async def _settle(ask: Ask, *, approve: bool) -> Reply:
    items = ask.required("编号", tuple)
    if len(items) > phrases.MANY:
        return Reply(phrases.TOO_MANY.format(most=phrases.MANY))
    answers = await settle.settle(ask.app, items, approve=approve, by=ask.user_id, reason=ask.words("理由"))
    done = sum(answer.done if isinstance(answer, Decided) else answer.ok for answer in answers)
    public = phrases.PUBLIC_SETTLED.format(done=done) if done else phrases.PUBLIC_NOT_SETTLED
    if all(answer is NEUTRAL for answer in answers):
        return reply(NEUTRAL)
    return Reply("\n".join(answer.text for answer in answers), public=public)


_ITEMS = Field("编号", "items", required=True)
_REASON = Field("理由", rest=True)

COMMANDS = (
    Command(
        "待办",
        RIGHTS["待办"],
        "看等您办理的事项，早的在前；写编号看一项的依据",
        show_mine,
        fields=(Field("页", "number", not_with=("编号",)), Field("编号", "item")),
        examples=("待办 J12", "待办 2"),
    ),
    Command(
        "同意",
        RIGHTS["同意"],
        "同意一项或几项待办",
        agree,
        fields=(_ITEMS, _REASON),
        aliases=("批准", "通过"),
        examples=("同意 J12", "同意 P3-P9"),
    ),
    Command(
        "驳回",
        RIGHTS["驳回"],
        "驳回一项或几项待办，可写理由",
        refuse,
        fields=(_ITEMS, _REASON),
        aliases=("拒绝",),
        examples=("驳回 J12 请改用本人 QQ 申请",),
    ),
)
