"""`/console/imports` 导入: drop a roster or register, see what it changes, apply or undo it."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from config.phrases import console as say
from plugins.console import looks
from plugins.console.door import acted, may
from plugins.console.forms import Form, form_of, item_of, number
from services.console import imports
from services.console.sessions import Visitor
from services.context import get_app
from services.imports import apply, undoing
from services.imports.received_files import MAX_BYTES
from services.inbox import details, settle

router = APIRouter()
Clerk = Annotated[Visitor, Depends(may("导入"))]
Sent = Annotated[Form, Depends(form_of)]
ImportId = Annotated[int, Depends(item_of("I"))]


@router.get("/imports")
async def show(request: Request, me: Clerk) -> Response:
    """List the imports."""
    lines, below = await imports.page(get_app(), number(request, "below"))
    return looks.page(request, "imports.html", me=me, lines=lines, below=below)


@router.post("/imports/new")
async def take(me: Clerk, form: Sent) -> Response:
    """Read a file, in a process of its own that a bad one can't harm, and keep its preview."""
    name, data = form.files.get("file", ("", b""))
    if not data or len(data) > MAX_BYTES:
        return await acted(me, [(False, say.TOO_LARGE if data else say.NO_FILE)], "imports")
    full = bool(form.text("full"))
    made = await apply.preview_file(get_app(), data, name, by=str(me.user_id), source="console", full=full)
    if isinstance(made, apply.Refusal):
        return await acted(me, [(False, made.reason)], "imports")
    return await acted(me, [(True, say.READ.format(id=made.id))], f"imports/I{made.id}")


@router.get("/imports/{name}")
async def show_one(request: Request, me: Clerk, import_id: ImportId) -> Response:
    """Show one import: whom it concerns, and the rows it can't read."""
    version = await details.version_of(get_app(), "I", import_id)
    story = await imports.story(get_app(), import_id)
    if story is None:
        raise HTTPException(404)
    return looks.page(request, "import.html", me=me, story=story, version=version)


@router.post("/imports/{name}/settle")
async def settle_one(me: Clerk, import_id: ImportId, form: Sent) -> Response:
    """Apply an import, or drop it; too much at once asks for a second word."""
    approve = bool(form.text("approve"))
    item, seen = ("I", import_id), form.seen()
    answers = await settle.settle(get_app(), [item], approve=approve, by=me.user_id, seen=seen)
    return await acted(me, [(one.ok, one.text) for one in answers], f"imports/I{import_id}")


@router.post("/imports/{name}/undo")
async def undo(me: Annotated[Visitor, Depends(may("撤销导入"))], import_id: ImportId) -> Response:
    """`撤销导入`."""
    done = await undoing.undo_import(get_app(), import_id, by=str(me.user_id), source=None)
    return await acted(me, [(done.ok, done.text)], f"imports/I{import_id}")
