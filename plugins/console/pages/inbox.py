"""`/console/` 待办: what awaits me, the longest waiting first; settled one by one, or several at once."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import RedirectResponse

from config.phrases import console as say
from plugins.console import looks
from plugins.console.door import Asking, acted, may
from plugins.console.forms import Form, form_of
from services.console.sessions import Visitor
from services.context import get_app
from services.inbox import details, settle

router = APIRouter()
Settler = Annotated[Visitor, Depends(may("待办"))]


@router.get("/")
async def show(request: Request, me: Asking) -> Response:
    """Show what awaits me; who can have nothing here sees what is held against them."""
    if not me.may("待办"):
        return RedirectResponse(looks.address("cases"), 303)
    total, items = await details.described(get_app(), me.user_id)
    part = looks.part(request, "inbox_items.html", me=me, total=total, items=items)
    return looks.page(request, "inbox.html", me=me, items=part)


@router.get("/inbox/live")
async def renew(request: Request, me: Settler) -> Response:
    """Return the list where it is another than the browser shows."""
    total, items = await details.described(get_app(), me.user_id)
    return looks.live(request, "inbox_items.html", me=me, total=total, items=items)


@router.post("/inbox")
async def settle_items(me: Settler, form: Annotated[Form, Depends(form_of)]) -> Response:
    """Agree to items, or refuse them: the one whose button was pressed, or all that are ticked."""
    approve = bool(form.text("approve"))
    one = form.items("approve" if approve else "refuse")
    items = one or form.items("item")
    if not items or not (approve or form.text("refuse")):
        return await acted(me, [(False, say.NONE_CHOSEN)], "")
    how = {"reason": form.text("reason"), "seen": form.seen()}
    answers = await settle.settle(get_app(), items, approve=approve, by=me.user_id, **how)
    return await acted(me, [(answer.ok, answer.text) for answer in answers], "")
