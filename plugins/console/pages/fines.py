"""`/console/fines` 罚单: confirm, waive, paid, given back; totals exact."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from config.phrases import console as say
from config.phrases import penalties as words
from plugins.console import looks
from plugins.console.door import acted, may
from plugins.console.forms import Form, form_of, number, query
from regulation.summary import read_period
from services.cases.settling import penalties
from services.console import fines
from services.console.sessions import Visitor
from services.context import get_app
from services.inbox import settle
from services.reports.filters import PERIODS

router = APIRouter()
Reader = Annotated[Visitor, Depends(may("罚单", "我的"))]
ACTS = {"approve": "同意", "refuse": "驳回", "pay": "已缴", "refund": "已退"}


@router.get("/fines")
async def show(request: Request, me: Reader) -> Response:
    """List fines: all of them for admin staff, somebody's own for them."""
    app = get_app()
    state, word = query(request, "state"), query(request, "period")
    period = read_period(word, app.now()) if word else None
    why = say.NO_PERIOD if word and period is None else ""
    of = None if me.may("罚单") else me
    page = await fines.page(app, state=state, period=period, of=of, below=number(request, "below"))
    given = {"state": state, "period": word}
    choices = {"states": words.STATES, "periods": PERIODS}
    return looks.page(request, "fines.html", me=me, page=page, given=given, choices=choices, why=why)


@router.post("/fines")
async def settle_fines(
    me: Annotated[Visitor, Depends(may("罚单"))], form: Annotated[Form, Depends(form_of)]
) -> Response:
    """Do one act about one fine, or about all that are ticked."""
    act = next((act for act in ACTS if form.text(act)), None)
    if act is None or not me.may(ACTS[act]):
        raise HTTPException(404)
    items = [one for one in form.items(act) or form.items("item") if one[0] == "P"]
    if not items:
        return await acted(me, [(False, say.NONE_CHOSEN)], "fines")
    app, by = get_app(), me.user_id
    if act in ("approve", "refuse"):
        how = {"reason": form.text("reason"), "seen": form.seen()}
        answers = await settle.settle(app, items, approve=act == "approve", by=by, **how)
    else:
        record = penalties.pay if act == "pay" else penalties.refund
        answers = [await record(app, fine, by=by) for _, fine in items]
    return await acted(me, [(one.ok, one.text) for one in answers], "fines")
