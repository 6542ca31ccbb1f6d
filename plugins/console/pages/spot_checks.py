"""`/console/spot-checks` 抽查: draws, results, and the seed with which a draw can be done again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from plugins.console import looks
from plugins.console.door import acted, may
from plugins.console.forms import Form, form_of, number, query
from services.console import spot_checks as shown
from services.console.sessions import Visitor
from services.context import get_app
from services.reports import spot_checks
from services.reports.spot_checks import seeded
from services.talk import typed

router = APIRouter()
Clerk = Annotated[Visitor, Depends(may("抽查"))]


@router.get("/spot-checks")
async def show(request: Request, me: Clerk) -> Response:
    """Show what was drawn and found; a month's draw done again where one is named."""
    app, month = get_app(), query(request, "month", 7)
    page = await shown.page(app, number(request, "below"))
    review = (await seeded.review(app, month)).text if month else ""
    return looks.page(request, "spot_checks.html", me=me, page=page, month=month, review=review)


@router.post("/spot-checks")
async def draw(me: Clerk, form: Annotated[Form, Depends(form_of)]) -> Response:
    """`抽查 N`: draw groups and check them now."""
    count = typed.read("number", form.text("count", 3), get_app().now().date())
    done = await spot_checks.draw_some(get_app(), count if isinstance(count, int) else 1, by=me.user_id)
    return await acted(me, [(done.ok, done.text)], "spot-checks")
