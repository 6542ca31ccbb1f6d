"""`/console/people` 名册: search, one employee whole, and what is recorded about them."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from config.phrases import console as say
from plugins.console import looks
from plugins.console.door import acted, may
from plugins.console.forms import Form, form_of, number, query
from services.answer import Answer
from services.console import people
from services.console.sessions import Visitor
from services.context import get_app
from services.people import grants, staff

router = APIRouter()
Reader = Annotated[Visitor, Depends(may("员工"))]
Sent = Annotated[Form, Depends(form_of)]


@router.get("/people")
async def show(request: Request, me: Reader) -> Response:
    """Search the registry."""
    text = query(request, "q")
    page = await people.search(get_app(), text, number(request, "page") or 1)
    part = "people_found.html" if request.headers.get("HX-Request") else "people.html"
    return looks.page(request, part, me=me, page=page, q=text)


@router.get("/people/{no:path}")
async def show_one(request: Request, me: Reader, no: str) -> Response:
    """Show one employee whole."""
    person = await people.person(get_app(), no)
    if person is None:
        raise HTTPException(404)
    departments = sorted(get_app().registry.tree.paths)
    return looks.page(request, "person.html", me=me, person=person, departments=departments)


@router.post("/people/{no:path}/depart")
async def depart(me: Annotated[Visitor, Depends(may("离职"))], no: str, form: Sent) -> Response:
    """`离职`."""
    day = form.read("day", "date")
    if day is None and form.text("day"):
        return await acted(me, [(False, say.NO_DAY)], _page_of(no))
    return await _said(me, no, await staff.depart(get_app(), _known(no), day, by=str(me.user_id)))


@router.post("/people/{no:path}/rehire")
async def rehire(me: Annotated[Visitor, Depends(may("复职"))], no: str) -> Response:
    """`复职`."""
    return await _said(me, no, await staff.rehire(get_app(), _known(no), by=str(me.user_id)))


@router.post("/people/{no:path}/transfer")
async def transfer(me: Annotated[Visitor, Depends(may("转岗"))], no: str, form: Sent) -> Response:
    """`转岗`."""
    done = await staff.transfer(get_app(), _known(no), form.text("department", 100), by=str(me.user_id))
    return await _said(me, no, done)


@router.post("/people/{no:path}/handover")
async def hand_over(me: Annotated[Visitor, Depends(may("移交完成"))], no: str, form: Sent) -> Response:
    """`移交完成`; a head does it in chat, where their departments are looked at."""
    if not me.staff:
        raise HTTPException(404)
    day = form.read("day", "date")
    return await _said(me, no, await staff.complete_handover(get_app(), _known(no), day, by=str(me.user_id)))


@router.post("/people/{no:path}/bind")
async def bind(me: Annotated[Visitor, Depends(may("绑定"))], no: str, form: Sent) -> Response:
    """`绑定`."""
    user_id = form.read("qq", "qq")
    if not isinstance(user_id, int):
        return await acted(me, [(False, say.NO_QQ_NUMBER)], _page_of(no))
    return await _said(me, no, await grants.bind_by_staff(get_app(), user_id, _known(no), by=me.user_id))


@router.post("/people/{no:path}/unbind")
async def unbind(me: Annotated[Visitor, Depends(may("解绑"))], no: str, form: Sent) -> Response:
    """`解绑`: of a QQ number that is this employee's."""
    user_id = form.read("qq", "qq")
    if not isinstance(user_id, int) or user_id not in get_app().registry.qqs_of(_known(no)):
        return await acted(me, [(False, say.NO_QQ_NUMBER)], _page_of(no))
    return await _said(me, no, await grants.unbind_by_staff(get_app(), user_id, by=me.user_id))


def _known(no: str) -> str:
    if no not in get_app().registry.by_no:
        raise HTTPException(404)
    return no


def _page_of(no: str) -> str:
    return f"people/{looks.quoted(_known(no))}"


async def _said(me: Visitor, no: str, done: Answer) -> Response:
    return await acted(me, [(done.ok, done.text)], _page_of(no))
