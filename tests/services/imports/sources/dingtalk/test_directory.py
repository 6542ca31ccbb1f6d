"""Reading a DingTalk directory over loopback: whole or not at all, in DingTalk's own words and at its pace."""

from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from db.tables.base import ZONE
from services.imports.sources.dingtalk import directory
from services.imports.sources.dingtalk.client import AT_ONCE, BACK_OFF, WITHIN_SECONDS, Client
from services.imports.sources.model import SourceError
from tests.services.imports.sources.dingtalk.conftest import Line, Waits
from tests.services.imports.sources.dingtalk.server import DingTalk, busy, person, refused

Read = Callable[..., Any]
SINCE = datetime(2026, 1, 1, tzinfo=ZONE)


@pytest.fixture
def company() -> DingTalk:
    return DingTalk(
        departments={2: ("市场部", 1), 3: ("华东", 2), 4: ("研发部", 1)},
        people=[
            person("z", "张三", "1001", 3, title="经理", mobile="13900000012", hired_date=1704038400000),
            person("l", "李四", "1002", 4, 2),
            person("w", "王五", "1003", 1),
        ],
        leads={(3, "z"), (2, "l")},
        left=[
            {
                "userId": "q",
                "name": "钱七",
                "leaveTime": "2026-02-27T16:00:00Z",
                "mobile": "",
                "stateCode": "86",
            }
        ],
    )


@pytest.fixture
def read(line: Line, company: DingTalk) -> Read:
    """Read the company over its socket."""

    def work(known: Any = (), waits: Waits | None = None, secret: str = "secret") -> Any:
        client = line.client(company, Waits() if waits is None else waits, secret)
        try:
            found = directory.read(client, SINCE)
            directory.ask_for(client, found.missing(known), found, enough=9)
            return found
        finally:
            client.close()

    return work


def test_everybody_is_read_once_with_departments_and_what_they_lead(company: DingTalk, read: Read) -> None:
    found = read()
    assert [found.path(dept) for dept in (1, 2, 3, 4)] == ["XY集团", "市场部", "市场部/华东", "研发部"]
    people = {one.name: (one.job_number, one.dept_ids, one.leads) for one in found.users.values()}
    assert people == {
        "张三": ("1001", (3,), {3}),
        "李四": ("1002", (4, 2), {2}),
        "王五": ("1003", (1,), set()),
    }
    assert found.users["z"].hired_on == date(2024, 1, 1)
    assert {one.name: one.on for one in found.left.values()} == {"钱七": date(2026, 2, 28)}


def test_long_lists_come_in_pages(company: DingTalk, read: Read) -> None:
    company.people += [person(f"p{at}", f"员工{at}", f"2{at:03}", 4) for at in range(250)]
    company.left += [
        {"userId": f"g{at}", "name": "走", "leaveTime": "2026-02-01T00:00:00Z"} for at in range(120)
    ]
    found = read()
    assert (len(found.users), len(found.left)) == (253, 121)
    assert (company.calls.count("v2/user/list"), company.calls.count("left")) == (4 + 2, 3)


def after(calls: int, name: str, act: Callable[[], object]) -> Callable[[str], Response | None]:
    """Return what acts once, before the call of this name that comes after `calls` others of it."""
    seen = [0]

    def before(path: str) -> Response | None:
        if path != name:
            return None
        seen[0] += 1
        answer = act() if seen[0] == calls + 1 else None
        return answer if isinstance(answer, Response) else None

    return before


def test_a_token_that_ends_is_renewed(company: DingTalk, read: Read) -> None:
    company.before = after(2, "v2/user/list", lambda: company.tokens.append("another's"))
    assert len(read().users) == 3
    assert company.calls.count("token") == 2


def test_a_token_that_ends_before_the_leavers_is_renewed(company: DingTalk, read: Read) -> None:
    company.before = after(0, "left", lambda: company.tokens.append("another's"))
    assert len(read().left) == 1


@pytest.mark.parametrize(
    "too_much",
    [
        refused("90018", "您的应用调用该接口超过频率限制"),
        JSONResponse({"errcode": -1, "errmsg": "系统繁忙"}),
        JSONResponse({"code": "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", "message": "qps"}, 403),
        JSONResponse({}, 429),
        busy(),
    ],
)
def test_where_it_is_too_much_one_waits_longer_and_longer(
    company: DingTalk, read: Read, too_much: Response
) -> None:
    left = [2]

    def before(path: str) -> Response | None:
        if path == "v2/user/list" and left[0]:
            left[0] -= 1
            return too_much
        return None

    company.before = before
    waits = Waits()
    assert len(read(waits=waits).users) == 3
    assert waits == list(BACK_OFF[:2])


def test_calls_begin_at_the_pace_that_an_app_may_keep(company: DingTalk, read: Read) -> None:
    company.departments |= {at: (f"第{at}部", 1) for at in range(10, 40)}
    waits, began = Waits(), list[float]()
    company.before = lambda _: began.append(waits.clock())
    read(waits=waits)
    assert all(later - one >= 1 for one, later in zip(began, began[AT_ONCE:], strict=False))
    assert waits.clock() == pytest.approx((len(began) - 1) // AT_ONCE * WITHIN_SECONDS)


def test_a_reading_that_nobody_waits_for_any_more_ends(company: DingTalk, line: Line) -> None:
    client = Client(line.address, "key", "secret")
    line.host.there = company
    company.before = after(1, "v2/user/list", client.stop)
    with closing(client), pytest.raises(SourceError):
        directory.read(client, SINCE)
    assert company.calls.count("v2/user/list") == 2


@pytest.mark.parametrize(
    ("path", "answer", "why"),
    [
        ("v2/user/list", refused("60011", "没有调用该接口的权限"), "权限管理"),
        ("v2/department/listsub", refused("50004", "部门不在授权范围内"), "全部员工"),
        ("v2/user/list", refused("90018", "超过频率"), "频率限制"),
        ("left", JSONResponse({"code": "Forbidden.AccessDenied.AccessTokenPermissionDenied", "message": "x"}, 403), "离职记录"),
        ("v2/user/list", JSONResponse({"errcode": 0, "errmsg": "ok"}), "没有读全"),
        ("v2/user/list", JSONResponse({"errcode": 0, "result": {"has_more": True, "list": []}}), "没有读全"),
        ("v2/user/list", JSONResponse({"errcode": 0, "result": {"list": [{"name": "张三"}]}}), "没有读全"),
        ("v2/department/listsub", JSONResponse({"errcode": 0, "result": None}), "没有读全"),
        ("left", JSONResponse({"message": "gone"}, 404), "开放平台文档"),
        ("v2/user/list", busy(), "稍后"),
    ],
)  # fmt: skip
def test_a_part_is_worse_than_nothing(
    company: DingTalk, read: Read, path: str, answer: Response, why: str
) -> None:
    company.before = lambda called: answer if called == path else None
    with pytest.raises(SourceError) as error:
        read()
    assert why in str(error.value)
    assert "token0" not in str(error.value)


def test_a_wrong_secret_is_said_without_it(company: DingTalk, read: Read) -> None:
    with pytest.raises(SourceError) as error:
        read(secret="wrong-secret")
    assert "DINGTALK_APP_SECRET" in str(error.value)
    assert "wrong-secret" not in str(error.value)


def test_a_department_that_goes_while_it_is_read_is_read_without(company: DingTalk, read: Read) -> None:
    def go() -> None:
        company.departments.pop(4, None)
        company.people[1]["dept_id_list"] = [2]

    company.before = after(1, "v2/user/list", go)
    found = read()
    assert set(found.departments) == {1, 2, 3}
    assert found.users["l"].dept_ids == (2,)


def test_a_department_that_moves_while_it_is_read_is_read_anew(company: DingTalk, read: Read) -> None:
    company.before = after(1, "v2/user/list", lambda: company.departments.update({3: ("华东", 4)}))
    assert read().path(3) == "研发部/华东"


def test_a_tree_that_never_stands_still_is_not_read(company: DingTalk, read: Read) -> None:
    def before(path: str) -> None:
        if path == "v2/user/list":
            company.departments[len(company.departments) + 10] = ("新部门", 1)

    company.before = before
    with pytest.raises(SourceError, match="一直在变动"):
        read()


def test_who_moves_behind_the_reader_is_asked_for(company: DingTalk, read: Read) -> None:
    company.before = after(3, "v2/user/list", lambda: company.people[0].update(dept_id_list=[1]))
    found = read(known=["z", "l", "gone"])
    assert company.calls.count("v2/user/get") == 2
    assert found.users["z"].dept_ids == (1,)
    assert "gone" not in found.users
