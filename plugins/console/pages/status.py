"""`/console/status` 状态: how the bot stands, by itself anew; 暂停, 恢复 and the general mode."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from config.phrases import console as say
from config.phrases import modes as words
from plugins.console import looks
from plugins.console.door import acted, may
from plugins.console.forms import Form, form_of
from regulation.policy import Mode
from services.console.sessions import Visitor
from services.context import get_app
from services.groups import modes
from services.joining import waiting
from services.running import status

router = APIRouter()
Reader = Annotated[Visitor, Depends(may("状态"))]


@router.get("/status")
async def show(request: Request, me: Reader) -> Response:
    """Show how the bot stands."""
    found = await status.sections(get_app(), me.user_id)
    part = looks.part(request, "status_now.html", me=me, found=found)
    general = await get_app().database.look(modes.general_mode)
    return looks.page(
        request, "status.html", me=me, part=part, found=found, modes=list(Mode), general=general
    )


@router.get("/status/live")
async def renew(request: Request, me: Reader) -> Response:
    """Return how it stands where that is otherwise than the browser shows."""
    return looks.live(request, "status_now.html", me=me, found=await status.sections(get_app(), me.user_id))


@router.post("/status/pause")
async def pause(me: Annotated[Visitor, Depends(may("暂停"))]) -> Response:
    """`暂停`: stop every outward act at once."""
    changed = await modes.pause(get_app(), by=str(me.user_id))
    return await acted(me, [(changed, words.PAUSED_NOW if changed else words.PAUSED_ALREADY)], "status")


@router.post("/status/resume")
async def resume(me: Annotated[Visitor, Depends(may("恢复"))]) -> Response:
    """`恢复`: go on; what is due is planned anew."""
    changed = await modes.resume(get_app(), by=str(me.user_id))
    return await acted(me, [(changed, words.RESUMED if changed else words.NOT_PAUSED)], "status")


@router.post("/status/mode")
async def set_mode(
    me: Annotated[Visitor, Depends(may("模式"))], form: Annotated[Form, Depends(form_of)]
) -> Response:
    """`模式`: how far the bot goes in all groups."""
    mode = form.read("mode", "mode")
    if not isinstance(mode, Mode):
        return await acted(me, [(False, say.NO_MODE)], "status")
    before = await modes.set_general_mode(get_app(), mode, by=str(me.user_id))
    await waiting.decide_anew(get_app())
    text = words.MODE_GENERAL.format(before=before.value, after=mode.value)
    return await acted(me, [(True, text)], "status")
