"""`/console/cases` 违规: lists with filters, one case with its whole timeline, and what is said about it."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from config.phrases import console as say
from config.phrases import reports as words
from plugins.console import looks
from plugins.console.door import acted, may
from plugins.console.forms import Form, form_of, item_of, number, query
from regulation.duties import DUTIES
from services.answer import Answer
from services.cases import violations
from services.cases.settling import appeals, dismissals, waivers
from services.console import cases
from services.console.sessions import Visitor
from services.context import get_app
from services.reports.filters import PERIODS, Filters, read_filters

router = APIRouter()
Reader = Annotated[Visitor, Depends(may("违规", "我的"))]
Sent = Annotated[Form, Depends(form_of)]
CaseId = Annotated[int, Depends(item_of("V"))]
FIELDS = {
    "period": "时段",
    "code": "条款",
    "department": "部门",
    "group": "群",
    "state": "状态",
    "person": "人",
}


@router.get("/cases")
async def show(request: Request, me: Reader) -> Response:
    """List cases: all of them by filters for admin staff, somebody's own for them."""
    app = get_app()
    given = {key: query(request, key) for key in (*FIELDS, "counted")}
    if not me.may("违规"):
        page = await cases.page(app, cases.own(app, me), below=number(request, "below"))
        return looks.page(request, "cases.html", me=me, page=page, given={}, why="", choices=None)
    named = {FIELDS[key]: text for key, text in given.items() if text and key in FIELDS}
    read = partial(read_filters, app, named=named, bare=(), allowed=tuple(FIELDS.values()))
    filters = await app.database.look(read)
    why = filters if isinstance(filters, str) else ""
    wanted = violations.wanted_of(app, Filters() if isinstance(filters, str) else filters)
    if given["counted"]:
        wanted = cases.as_counted(wanted, "closed" if given["counted"] == "closed" else "opened")
    page = await cases.page(app, wanted, below=number(request, "below"))
    choices = {"codes": DUTIES.values(), "states": words.STATES, "periods": PERIODS}
    return looks.page(request, "cases.html", me=me, page=page, given=given, why=why, choices=choices)


@router.get("/cases/{name}")
async def show_one(request: Request, me: Reader, case_id: CaseId) -> Response:
    """Show one case whole."""
    story = await cases.story(get_app(), case_id, me)
    if story is None:
        raise HTTPException(404)
    return looks.page(request, "case.html", me=me, story=story)


@router.post("/cases/{name}/waive")
async def waive(me: Annotated[Visitor, Depends(may("免除"))], case_id: CaseId, form: Sent) -> Response:
    """`免除`: close the case as waived."""
    if not form.text("reason"):
        return await acted(me, [(False, say.NEEDS_REASON)], f"cases/V{case_id}")
    return await _let_off(me, case_id, form, dismissals.waive)


@router.post("/cases/{name}/dismiss")
async def dismiss(me: Annotated[Visitor, Depends(may("撤销"))], case_id: CaseId, form: Sent) -> Response:
    """`撤销`: dismiss the case as wrong."""
    return await _let_off(me, case_id, form, dismissals.dismiss)


@router.post("/cases/{name}/waiver")
async def let_off(me: Annotated[Visitor, Depends(may("豁免"))], case_id: CaseId, form: Sent) -> Response:
    """`豁免`: let the person of this case off its duty for some days, here or everywhere."""
    app = get_app()
    story = await cases.story(app, case_id, me)
    if story is None or story.case.user_id is None:
        raise HTTPException(404)
    days, reason = form.read("days", "days"), form.text("reason")
    if not isinstance(days, int) or not reason:
        return await acted(me, [(False, say.NEEDS_DAYS)], f"cases/V{case_id}")
    here = story.case.group_id if form.text("where") != "all" else None
    case = story.case
    done = await waivers.waive(app, story.case.user_id, case.code, days, reason, by=me.user_id, group_id=here)
    return await _said(me, case_id, done)


@router.post("/cases/{name}/appeal")
async def appeal(me: Annotated[Visitor, Depends(may("申诉"))], case_id: CaseId, form: Sent) -> Response:
    """`申诉`: contest a case held against oneself."""
    if await cases.story(get_app(), case_id, me) is None:
        raise HTTPException(404)
    done = await appeals.appeal(get_app(), case_id, by=me.user_id, reason=form.text("reason"))
    return await _said(me, case_id, done)


async def _said(me: Visitor, case_id: int, done: Answer) -> Response:
    return await acted(me, [(done.ok, done.text)], f"cases/V{case_id}")


async def _let_off(me: Visitor, case_id: int, form: Form, act: Callable[..., Awaitable[Answer]]) -> Response:
    """Do it with the last day first where one was named, as the chat command takes it."""
    until, reason = form.read("until", "date"), form.text("reason")
    if until is not None and until < get_app().now().date():
        return await acted(me, [(False, say.DAY_OVER.format(day=until))], f"cases/V{case_id}")
    reason = reason if until is None else f"{until:%Y-%m-%d} {reason}"
    return await _said(me, case_id, await act(get_app(), case_id, by=me.user_id, reason=reason))
