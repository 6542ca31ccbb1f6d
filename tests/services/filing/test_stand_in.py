"""A group that the bot itself owns is filed like any other: somebody stands in for it."""

import pytest

from config.phrases import commands as phrases
from db.queries.cases import timelines
from db.queries.groups import filings
from plugins.commands import dispatch
from regulation.model import Member, Role
from services import trail
from services.app import App
from services.cases import audit, enforcing
from services.filing import hand_in, review
from services.filing.hand_in import Wish
from services.people import grants, roles
from tests import company as co

WISH = Wish("市场部日常沟通", "市场部")


@pytest.fixture
async def qq(app: App) -> co.FakeQQ:
    qq = await co.settle_in(app)
    qq.lists[co.GROUP] = owned((co.OWNER,))
    await audit.audit_group(app, co.GROUP)
    return qq


def owned(admins: tuple[int, ...]) -> list[Member]:
    """A member list whose owner is the bot."""
    others = [Member(one, role=Role.ADMIN) for one in admins]
    return [Member(co.BOT, role=Role.OWNER), *others, Member(co.PLAIN), Member(co.ADMIN)]


async def invited_by(app: App, user_id: int) -> None:
    async with app.database.transaction() as tx:
        how = {"actor": str(user_id), "source": "qq", "action": "invite_accepted"}
        await trail.record(app, tx, subject=f"G{co.GROUP}", **how)


async def answers(app: App) -> tuple[int, ...]:
    async with app.database.reading() as tx:
        return await roles.answering_for(app, tx, co.GROUP)


async def codes(app: App) -> set[str]:
    await audit.audit_group(app, co.GROUP)
    async with app.database.reading() as tx:
        return {case.code for case in await timelines.open_of_group(tx, co.GROUP)}


async def ask(app: App, user_id: int, group_id: int) -> str:
    words = f"备案 群={group_id} 用途=采购部日常沟通 范围=全员"
    said = await dispatch.answer(app, dispatch.Line(co.BOT, user_id, None, words), dispatch.Throttle())
    assert said is not None
    return said[1].text


async def test_a_head_without_a_qq_is_named_to_staff_with_what_they_can_do(app: App, qq: co.FakeQQ) -> None:
    """Nobody does a head's step but the head, or a superuser (四.1.1)."""
    assert (await grants.unbind_by_staff(app, co.HEAD, by=co.ROOT)).ok
    qq.lists[co.GROUP] = co.members()
    filing = await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    assert filing.ok

    [told] = [text for _, to, text in await co.sent(app) if to == co.STAFF and "备案" in text]
    assert "张总（A001）" in told
    assert "绑定 QQ 工号" in told
    assert "超级用户" in told
    assert not (await review.settle(app, 1, approve=True, by=co.STAFF)).ok
    assert (await grants.bind_by_staff(app, co.STRANGER, "A001", by=co.STAFF)).ok
    assert (await review.settle(app, 1, approve=True, by=co.STRANGER)).ok


async def test_its_admins_stand_in_and_their_filing_holds(app: App, qq: co.FakeQQ) -> None:
    assert await answers(app) == (co.OWNER,)
    assert (await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)).ok
    for by in (co.HEAD, co.STAFF):
        assert (await review.settle(app, 1, approve=True, by=by)).ok
    async with app.database.reading() as tx:
        filed = await filings.approved(tx, co.GROUP)
    assert filed is not None
    assert (filed.owner_id, filed.department) == (co.OWNER, "市场部")
    assert not await codes(app) & {"F1", "F2"}


async def test_without_admins_the_inviter_files_and_the_filing_holds(app: App, qq: co.FakeQQ) -> None:
    qq.lists[co.GROUP] = owned(())
    await invited_by(app, co.PLAIN)
    await audit.audit_group(app, co.GROUP)
    assert await answers(app) == (co.PLAIN,)
    assert await ask(app, co.ADMIN, co.GROUP) == phrases.NEUTRAL
    assert "B1" in await ask(app, co.PLAIN, co.GROUP)
    for by in (co.BUYER_HEAD, co.STAFF):
        assert (await review.settle(app, 1, approve=True, by=by)).ok
    assert not await codes(app) & {"F1", "F2"}


async def test_whom_nobody_invited_admin_staff_file_and_no_other_group(app: App, qq: co.FakeQQ) -> None:
    qq.lists[co.GROUP] = owned(())
    await enforcing.run(app, [co.GROUP])
    told = {to for _, to, text in await co.sent(app) if to is not None and f"备案 群={co.GROUP}" in text}
    assert told == set(await answers(app)) == {co.ROOT, co.STAFF}
    assert await ask(app, co.STAFF, co.OTHER) == phrases.NEUTRAL
    assert "B1" in await ask(app, co.STAFF, co.GROUP)


async def test_who_invited_us_has_no_office_once_the_group_has_an_owner(app: App, qq: co.FakeQQ) -> None:
    await invited_by(app, co.PLAIN)
    qq.lists[co.GROUP] = owned(())
    await audit.audit_group(app, co.GROUP)
    qq.lists[co.GROUP] = co.members()
    assert await ask(app, co.PLAIN, co.GROUP) == phrases.NEUTRAL
