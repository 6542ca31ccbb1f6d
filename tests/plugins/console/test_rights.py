"""Who sees what and may do what: every page and every act, for everybody."""

import html
import re

import pytest
from fastapi import FastAPI

from services.app import App
from services.people import grants
from tests.company import (
    CLERK,
    GONE,
    GROUP,
    HEAD,
    OTHER,
    OWNER,
    PLAIN,
    ROOT,
    STAFF,
    STRANGER,
    TRAINEE,
    FakeQQ,
)
from tests.plugins.console.conftest import Come, some_work
from tests.plugins.console.scene import a_year_of_work

NOBODY = 0
EVERYBODY = (NOBODY, STRANGER, GONE, TRAINEE, CLERK, OWNER, PLAIN, HEAD, STAFF, ROOT)
OUTSIDE = {NOBODY, STRANGER, GONE}
CLERKS = {STAFF, ROOT}
EMPLOYEES = {TRAINEE, CLERK, OWNER, PLAIN, HEAD, STAFF}

# Page → who sees it. Whoever is outside is asked to log in; for anybody else there is no such page.
PAGES: dict[str, set[int]] = {
    "": CLERKS | {OWNER, PLAIN, HEAD},
    "inbox/live": CLERKS | {OWNER, PLAIN, HEAD},
    "cases": EMPLOYEES | CLERKS,
    "cases/V1": CLERKS | {TRAINEE},
    "cases/V999": set(),
    "fines": EMPLOYEES | CLERKS,
    "groups": CLERKS | {OWNER, PLAIN},
    f"groups/{GROUP}": CLERKS | {OWNER},
    f"groups/{OTHER}": CLERKS | {PLAIN},
    "groups/799999": set(),
    "people": CLERKS,
    "people/A006": CLERKS,
    "people/A999": set(),
    "imports": CLERKS,
    "imports/I1": CLERKS,
    "imports/I99": set(),
    "sources": CLERKS,
    "summary": CLERKS,
    "summary/workbook": CLERKS,
    "summary/picture": CLERKS,
    "export/violations": CLERKS,
    "export/fines": CLERKS,
    "export/filings": CLERKS,
    "export/employees": CLERKS,
    "spot-checks": CLERKS,
    "trail": CLERKS,
    "trail/export": CLERKS,
    "status": CLERKS,
    "status/live": CLERKS,
    "regulation": CLERKS,
}
# Act → who may.
ACTS: dict[str, set[int]] = {
    "inbox": CLERKS | {OWNER, PLAIN, HEAD},
    "cases/V1/waive": CLERKS,
    "cases/V1/dismiss": CLERKS,
    "cases/V1/waiver": CLERKS,
    "cases/V1/appeal": {TRAINEE, STAFF},
    "fines": CLERKS,
    f"groups/{GROUP}/check": {OWNER},
    f"groups/{OTHER}/check": {PLAIN},
    f"groups/{GROUP}/spot-check": CLERKS,
    f"groups/{GROUP}/mode": CLERKS,
    "people/A006/depart": CLERKS,
    "people/A006/rehire": CLERKS,
    "people/A006/transfer": CLERKS,
    "people/A006/handover": CLERKS,
    "people/A006/bind": CLERKS,
    "people/A006/unbind": CLERKS,
    "imports/new": CLERKS,
    "imports/I1/settle": CLERKS,
    "imports/I1/undo": CLERKS,
    "sources/tokens": {ROOT},
    "sources/tokens/revoke": {ROOT},
    "spot-checks": CLERKS,
    "status/pause": CLERKS,
    "status/resume": CLERKS,
    "status/mode": CLERKS,
}


@pytest.mark.parametrize("user_id", EVERYBODY)
async def test_each_page_is_there_for_whom_it_is_for(app: App, qq: FakeQQ, come: Come, user_id: int) -> None:
    await some_work(app)
    one = await come(user_id)
    lost = (await one.get("/console/nowhere")).text
    for page, who in PAGES.items():
        answer = await one.get(f"/console/{page}")
        if user_id in OUTSIDE:
            assert (answer.status_code, answer.headers["location"]) == (303, "/console/login"), page
        elif user_id in who:
            assert answer.status_code == 200, (page, answer.text)
        elif page == "":
            assert answer.headers["location"] == "/console/cases"
        else:
            assert answer.status_code == 404, page
            assert answer.text == lost


@pytest.mark.parametrize("user_id", EVERYBODY)
async def test_each_act_is_there_for_who_may_do_it(app: App, qq: FakeQQ, come: Come, user_id: int) -> None:
    await some_work(app)
    one = await come(user_id)
    for act, who in ACTS.items():
        answer = await one.post(f"/console/{act}", data={"approve": "选中"})
        if user_id in OUTSIDE:
            assert answer.headers["location"] == "/console/login", act
        elif user_id in who:
            assert answer.status_code == 303, (act, answer.text)
            assert "login" not in answer.headers["location"]
            assert "没有办成" not in (await one.get(answer.headers["location"])).text
        else:
            assert answer.status_code == 404, act


async def test_whose_grant_was_taken_back_is_an_employee_like_others(
    app: App, qq: FakeQQ, come: Come
) -> None:
    await some_work(app)
    await grants.revoke(app, "A004", by=ROOT)
    one = await come(STAFF)
    assert (await one.get("/console/cases")).status_code == 200
    assert (await one.get("/console/people")).status_code == 404
    assert (await one.post("/console/status/pause")).status_code == 404


def test_every_route_of_the_site_stands_in_one_of_the_two_tables(site: FastAPI) -> None:
    from plugins.console.site import pages

    def known(path: str, table: dict[str, set[int]]) -> bool:
        pattern = re.sub(r"\{\w+(:path)?\}", "[^/]+", path)
        return any(re.fullmatch(pattern, f"/{one}") for one in table)

    missing = [
        (path, method)
        for route in pages.routes
        if (path := getattr(route, "path", "")) not in ("/static", "/login", "/logout")
        for method in getattr(route, "methods", None) or ()
        if not known(path, PAGES if method == "GET" else ACTS)
    ]
    assert missing == []


@pytest.mark.parametrize("user_id", [STAFF, ROOT, OWNER, HEAD, TRAINEE])
async def test_no_link_on_any_page_leads_nowhere(app: App, come: Come, user_id: int) -> None:
    await a_year_of_work(app)
    one, seen, ahead = await come(user_id), set[str](), ["/console/"]
    while ahead:
        address = ahead.pop()
        # Lists lead to as many cases and people as there are: of each kind a few.
        kind = re.sub(r"\d+", "0", address.partition("?")[0])
        if address in seen or sum(re.sub(r"\d+", "0", a.partition("?")[0]) == kind for a in seen) > 8:
            continue
        seen.add(address)
        answer = await one.get(address, follow_redirects=True)
        assert answer.is_success, address
        if answer.headers.get("content-type", "").startswith("text/html"):
            found = re.findall(r'(?:href|hx-get)="(/console/[^"#]*)"', answer.text)
            ahead += [html.unescape(link) for link in found]
    assert len(seen) > 4
