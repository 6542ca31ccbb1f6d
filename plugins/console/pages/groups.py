"""`/console/groups` 群: each group with filing, mode, members, open cases and its last reading."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from config.phrases import console as say
from plugins.console import looks
from plugins.console.door import acted, may
from plugins.console.forms import Form, form_of, number, query
from regulation.policy import Mode
from services.console import groups
from services.console.sessions import Visitor
from services.context import get_app
from services.groups import group_check, modes
from services.joining import waiting
from services.people import roles
from services.reports import spot_checks
from services.talk import typed

router = APIRouter()
Reader = Annotated[Visitor, Depends(may("群列表", "群检查"))]


@router.get("/groups")
async def show(request: Request, me: Reader) -> Response:
    """List the groups that somebody may see."""
    text = query(request, "q")
    page = await groups.page(get_app(), me, text, number(request, "page") or 1)
    return looks.page(request, "groups.html", me=me, page=page, q=text)


@router.get("/groups/{name}")
async def show_one(request: Request, me: Reader, name: str) -> Response:
    """Show one group whole."""
    story = await groups.story(get_app(), await _seen(me, name))
    if story is None:
        raise HTTPException(404)
    return looks.page(request, "group.html", me=me, group=story, modes=list(Mode))


@router.post("/groups/{name}/check")
async def check(me: Annotated[Visitor, Depends(may("群检查"))], name: str) -> Response:
    """`群检查`: read the group afresh, for its owner and admins."""
    app, group_id = get_app(), await _seen(me, name)
    if not await roles.holds_office(app, me.user_id, group_id):
        raise HTTPException(404)
    done = await group_check.check(app, group_id)
    return await acted(me, [(done.ok, done.text or done.public or "")], f"groups/{group_id}")


@router.post("/groups/{name}/spot-check")
async def draw(me: Annotated[Visitor, Depends(may("抽查"))], name: str) -> Response:
    """`抽查 群=…`: check the group now, on record."""
    group_id = await _seen(me, name)
    done = await spot_checks.draw_one(get_app(), group_id, by=me.user_id)
    return await acted(me, [(done.ok, done.text)], f"groups/{group_id}")


@router.post("/groups/{name}/mode")
async def set_mode(
    me: Annotated[Visitor, Depends(may("模式"))], name: str, form: Annotated[Form, Depends(form_of)]
) -> Response:
    """`模式 … 群=…`: how far the bot goes in this group."""
    app, group_id, mode = get_app(), await _seen(me, name), form.read("mode", "mode")
    if not isinstance(mode, Mode):
        return await acted(me, [(False, say.NO_MODE)], f"groups/{group_id}")
    before = await modes.set_group_mode(app, group_id, mode, by=str(me.user_id))
    if before is None:
        raise HTTPException(404)
    await waiting.decide_anew(app, group_id)
    changed = say.MODE_SET.format(before=before.value, after=mode.value)
    text = changed if before is not mode else say.MODE_ALREADY.format(mode=mode.value)
    return await acted(me, [(True, text)], f"groups/{group_id}")


async def _seen(me: Visitor, name: str) -> int:
    """Return the number of a group that somebody may see; any other is not there for them."""
    group_id = typed.read("group", name[:20], get_app().now().date())
    if not isinstance(group_id, int) or not await groups.may_see(get_app(), me, group_id):
        raise HTTPException(404)
    return group_id
