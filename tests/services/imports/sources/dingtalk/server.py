"""A loopback DingTalk, shaped after its published documentation.

open.dingtalk.com and help.dingtalk.io as of 2024-02 to 2026-10: 获取企业内部应用的 accessToken (v1.0), 获取部门列表 and
获取部门详情 (topapi/v2/department), 获取部门用户详情 and 查询用户详情 (topapi/v2/user), 查询离职记录列表 (v1.0/contact), and
the list of error codes: `errcode` 88 with a `sub_code` where the gateway refuses.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route


def person(ding_id: str, name: str, number: str, *departments: int, **more: Any) -> dict[str, Any]:
    """Return somebody as 获取部门用户详情 gives them."""
    return {
        "userid": ding_id, "unionid": f"u-{ding_id}", "name": name, "job_number": number, "title": "", "mobile": "",
        "dept_id_list": list(departments), "active": False, "admin": False, "boss": False, "leader": False, **more,
    }  # fmt: skip


@dataclass
class DingTalk:
    """`departments`: id → (name, parent). `leads`: (department, userid). `hidden`: outside of the app's scope.
    `before`: called before each answer with the call's name; what it returns is answered instead, unless it
    is None."""

    departments: dict[int, tuple[str, int]] = field(default_factory=dict)
    people: list[dict[str, Any]] = field(default_factory=list)
    leads: set[tuple[int, str]] = field(default_factory=set)
    left: list[dict[str, Any]] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    before: Callable[[str], Response | None] = lambda _: None
    calls: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    page: int = 100

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1.0/oauth2/accessToken", self._token, methods=["POST"]),
                Route("/v1.0/contact/empLeaveRecords", self._left),
                Route("/topapi/{path:path}", self._old, methods=["POST"]),
            ]
        )

    async def _token(self, request: Request) -> Response:
        self.calls.append("token")
        said = await request.json()
        if said != {"appKey": "key", "appSecret": "secret"}:
            return JSONResponse(
                {"code": "invalidClientIdOrSecret", "message": "无效的clientId或者clientSecret"}, 400
            )
        if (instead := self.before("token")) is not None:
            return instead
        self.tokens.append(f"token{len(self.tokens)}")
        return JSONResponse({"accessToken": self.tokens[-1], "expireIn": 7200})

    async def _old(self, request: Request) -> Response:
        path, asked = request.path_params["path"], await request.json()
        self.calls.append(path)
        if (instead := self.before(path)) is not None:
            return instead
        if request.query_params.get("access_token") not in self.tokens[-1:]:
            return refused("40014", "不合法的access_token")
        answer = getattr(self, "_" + path.replace("v2/", "").replace("/", "_"))(asked)
        if isinstance(answer, Response):
            return answer
        return JSONResponse({"errcode": 0, "errmsg": "ok", "request_id": "r", "result": answer})

    def _department_get(self, asked: Any) -> Any:
        return {"dept_id": 1, "name": "XY集团"}

    def _department_listsub(self, asked: Any) -> Any:
        parent = asked["dept_id"]
        if parent != 1 and parent not in self.departments:
            return JSONResponse({"errcode": 60003, "errmsg": "部门不存在"})
        below = {dept: name for dept, (name, above) in self.departments.items() if above == parent}
        return [{"dept_id": dept, "name": name, "parent_id": parent} for dept, name in below.items()]

    def _user_list(self, asked: Any) -> Any:
        dept = asked["dept_id"]
        if dept != 1 and dept not in self.departments:
            return JSONResponse({"errcode": 60003, "errmsg": "部门不存在"})
        assert asked["contain_access_limit"] is True
        here = [
            one | {"leader": (dept, one["userid"]) in self.leads}
            for one in self.people
            if dept in one["dept_id_list"] and one["userid"] not in self.hidden
        ]
        size = min(asked["size"], self.page)
        page = here[asked["cursor"] : asked["cursor"] + size]
        more = asked["cursor"] + size < len(here)
        return {"has_more": more, "list": page} | ({"next_cursor": asked["cursor"] + size} if more else {})

    def _user_get(self, asked: Any) -> Any:
        if asked["userid"] in self.hidden:
            return JSONResponse({"errcode": 50002, "errmsg": "请求的员工userid不在授权范围内"})
        found = [one for one in self.people if one["userid"] == asked["userid"]]
        if not found:
            return JSONResponse({"errcode": 60121, "errmsg": "找不到该用户"})
        leads = [
            {"dept_id": dept, "leader": (dept, asked["userid"]) in self.leads}
            for dept in found[0]["dept_id_list"]
        ]
        return found[0] | {"leader_in_dept": leads}

    async def _left(self, request: Request) -> Response:
        self.calls.append("left")
        if (instead := self.before("left")) is not None:
            return instead
        if request.headers.get("x-acs-dingtalk-access-token") not in self.tokens[-1:]:
            return JSONResponse({"code": "InvalidAuthentication", "message": "不合法的access_token"}, 401)
        at, size = int(request.query_params["nextToken"]), int(request.query_params["maxResults"])
        assert size <= 50
        page = self.left[at : at + size]
        return JSONResponse(
            {"records": page} | ({"nextToken": str(at + size)} if at + size < len(self.left) else {})
        )


@dataclass
class Host:
    """Serves whichever company is there."""

    there: DingTalk = field(default_factory=DingTalk)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.there.app()(scope, receive, send)


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve in a thread; give the address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def refused(code: str, why: str) -> Response:
    """Return what the gateway answers: 88, and what is meant beside it."""
    return JSONResponse(
        {"errcode": 88, "sub_code": code, "sub_msg": why, "errmsg": f"ding talk error[subcode={code}]"}
    )


def busy() -> Response:
    """Return what a proxy before DingTalk answers where it is down."""
    return PlainTextResponse("Bad Gateway", 502)
