"""`/console/sources` 来源: where the registry comes from, and the tokens of SCIM senders."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from plugins.console import looks
from plugins.console.door import acted, may
from plugins.console.forms import Form, form_of
from services.console import sources
from services.console.sessions import Visitor
from services.context import get_app
from services.imports.sources.scim import tokens

router = APIRouter()
Reader = Annotated[Visitor, Depends(may("来源"))]
Keeper = Annotated[Visitor, Depends(may("令牌"))]
Sent = Annotated[Form, Depends(form_of)]


@router.get("/sources")
async def show(request: Request, me: Reader) -> Response:
    """Show how each source stands, and the tokens."""
    return looks.page(request, "sources.html", me=me, page=await sources.page(get_app()), made=None)


@router.post("/sources/tokens")
async def add(request: Request, me: Keeper, form: Sent) -> Response:
    """Make a token: this answer alone shows it; nothing of it is kept for another look."""
    made = await tokens.add(get_app(), form.text("name"), by=str(me.user_id))
    if not made.ok:
        return await acted(me, [(False, made.text)], "sources")
    return looks.page(request, "sources.html", me=me, page=await sources.page(get_app()), made=made)


@router.post("/sources/tokens/revoke")
async def revoke(me: Keeper, form: Sent) -> Response:
    """Revoke a token at once."""
    done = await tokens.revoke(get_app(), form.text("name"), by=str(me.user_id))
    return await acted(me, [(done.ok, done.text)], "sources")
