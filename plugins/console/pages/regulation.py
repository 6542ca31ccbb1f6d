"""`/console/regulation` 规定: every parameter in force, and what another value would bring."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from plugins.console import looks
from plugins.console.door import may
from plugins.console.forms import query
from services.cases.tryout import try_out
from services.console import regulation
from services.console.sessions import Visitor
from services.context import get_app

router = APIRouter()
Reader = Annotated[Visitor, Depends(may("规定"))]


@router.get("/regulation")
async def show(request: Request, me: Reader) -> Response:
    """Show the parameters; with `key` and `value`, what that value would bring."""
    app, key, value = get_app(), query(request, "key"), query(request, "value")
    why, found = "", None
    if key:
        policy = regulation.changed(app, {key: value})
        why = policy if isinstance(policy, str) else ""
        found = await try_out(app, policy) if not isinstance(policy, str) else None
    sections = regulation.parameters(app)
    given = {"key": key, "value": value}
    return looks.page(request, "regulation.html", me=me, sections=sections, given=given, found=found, why=why)
