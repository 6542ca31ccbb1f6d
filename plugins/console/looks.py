"""How pages look: one environment of templates, dates as people say them, one way to make an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from fastapi import Request, Response
from jinja2 import FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from plugins.console.drawing import Templates
from services.console.sessions import Visitor
from services.context import get_app
from services.naming import deadline, said
from services.people import rights
from services.people.roles import Who

HERE = Path(__file__).parent
# Where a part that renews itself says what the browser has.
SEEN = "0" * 16


@dataclass(frozen=True, slots=True)
class Link:
    """A page in the menu. `rights`: any of them shows it."""

    to: str
    name: str
    rights: tuple[str, ...]
    own: str = ""


MENU = (
    Link("", "待办", ("待办",)),
    Link("cases", "违规", ("违规", "我的"), "我的违规"),
    Link("fines", "罚单", ("罚单", "我的"), "我的罚单"),
    Link("groups", "群", ("群列表", "群检查"), "我管的群"),
    Link("people", "名册", ("员工",)),
    Link("imports", "导入", ("导入",)),
    Link("sources", "来源", ("来源",)),
    Link("summary", "汇总", ("违规汇总",)),
    Link("spot-checks", "抽查", ("抽查",)),
    Link("trail", "记录", ("记录",)),
    Link("regulation", "规定", ("规定",)),
    Link("status", "状态", ("状态",)),
)


def base() -> str:
    """Return the path under which people find the console, with `/` at both ends."""
    return _path_of(get_app().settings.console_address)


@cache
def _path_of(address: str) -> str:
    return urlsplit(address).path or "/"


def address(to: str, **query: object) -> str:
    """Return the address of a page of ours; values that are None or empty are left out."""
    given = {key: value for key, value in query.items() if value not in (None, "")}
    return base() + to + (f"?{urlencode(given)}" if given else "")


def quoted(name: str) -> str:
    """Return a name as one part of an address: an employee number is whatever HR writes."""
    return name if name.isascii() and name.isalnum() else quote(name, safe="")


def page(request: Request, template: str, status: int = 200, **data: Any) -> Response:
    """Return a page, or a part of one where htmx asks for it."""
    return HTMLResponse(drawn(request, template, **data), status)


def drawn(request: Request, template: str, **data: Any) -> str:
    """Return the text of a page. `me` in `data`: who is looking."""
    me = data.get("me")
    given: dict[str, Any] = {
        "me": me,
        # Where pages lie, for rows of a list: calling `url` for each costs more than the row.
        "root": base(),
        "menu": _menu(me.who) if isinstance(me, Visitor) else (),
        "here": request.url.path.partition("/console/")[2].split("/")[0],
        "now": get_app().now(),
        "request_below": "below" in request.query_params,
        "told": me.told if isinstance(me, Visitor) else (),
        **data,
    }
    return _environment().get_template(template).render(given)


def part(request: Request, template: str, **data: Any) -> Markup:
    """Return a part of a page that renews itself, marked with what it says."""
    text = drawn(request, template, **data)
    return Markup(text.replace(SEEN, _mark(text)))


def live(request: Request, template: str, **data: Any) -> Response:
    """Return a part of a page that renews itself: nothing (204) while it is as the browser has it."""
    text = drawn(request, template, **data)
    if request.query_params.get("seen") == _mark(text):
        return Response(status_code=204)
    return HTMLResponse(text.replace(SEEN, _mark(text)))


def _mark(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


@cache
def _menu(who: frozenset[Who]) -> list[tuple[str, str]]:
    shown = [link for link in MENU if any(rights.may(who, right) for right in link.rights)]
    staff = Who.ADMIN_STAFF in who
    return [(link.to, link.own if link.own and not staff else link.name) for link in shown]


@cache
def _environment() -> Templates:
    loader = FileSystemLoader(HERE / "templates")
    made = Templates(
        loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False
    )
    made.filters["said"] = lambda at: said(at, get_app().now())
    made.filters["day"] = _day
    made.filters["yuan"] = lambda amount: f"{amount:,.2f}"
    made.filters["due"] = deadline
    made.filters["quoted"] = quoted
    made.globals["pairs"] = _pairs
    made.globals["codes"] = lambda duties: [(duty.code, f"{duty.code} {duty.title}") for duty in duties]
    made.globals["url"] = address
    made.globals["asset"] = _asset
    made.globals["SEEN"] = SEEN
    return made


def _day(day: date | datetime | None) -> str:
    return "" if day is None else f"{day:%Y-%m-%d}"


def _pairs(words: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a list of choices shows: each word, or where it has another name, that."""
    return [(key, name if isinstance(name, str) else key) for key, name in words.items()]


@cache
def _asset(name: str) -> str:
    """Return the address of a file beside the templates, which changes with what is in it."""
    mark = sha256((HERE / "static" / name).read_bytes()).hexdigest()[:10]
    return f"{base()}static/{name}?{mark}"
