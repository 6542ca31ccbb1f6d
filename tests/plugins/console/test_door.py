"""Coming in: codes, sessions, where they end, and what other sites have a browser send."""

from datetime import datetime

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from config.phrases import console as say
from db.tables.console import console_codes, console_sessions
from db.tables.work import audit_trail
from regulation.claims.identity import Identity
from services.app import App
from services.console import codes
from services.people import grants, staff
from tests.company import CLERK, GONE, HEAD, OWNER, PLAIN, ROOT, STAFF, STRANGER, FakeQQ
from tests.conftest import StoppedClock
from tests.plugins.console.conftest import HERE, Come, browser


async def _log_in(site: FastAPI, user_id: int | str, code: str, address: str = "127.0.0.1") -> int:
    async with browser(site, address) as one:
        return (await one.post("/console/login", data={"qq": str(user_id), "code": code})).status_code


async def _give(app: App, user_id: int) -> str:
    code = await codes.give(app, user_id, by=str(user_id))
    assert code is not None
    return code


async def test_a_code_lets_its_own_qq_in_once(app: App, qq: FakeQQ, site: FastAPI) -> None:
    code = await _give(app, STAFF)
    assert len(code) == 8
    assert await _log_in(site, HEAD, code) == 403
    assert await _log_in(site, STAFF, code) == 303
    assert await _log_in(site, STAFF, code) == 403


async def test_a_code_is_over_after_five_minutes_five_tries_or_a_newer_one(
    app: App, qq: FakeQQ, site: FastAPI, clock: StoppedClock
) -> None:
    code = await _give(app, STAFF)
    clock.move(minutes=5)
    assert await _log_in(site, STAFF, code) == 403
    code = await _give(app, STAFF)
    for wrong in range(5):
        assert await _log_in(site, STAFF, f"{(int(code) + wrong + 1) % 10**8:08}") == 403
    assert await _log_in(site, STAFF, code) == 403
    older, newer = await _give(app, STAFF), await _give(app, STAFF)
    assert await _log_in(site, STAFF, older) == 403
    assert await _log_in(site, STAFF, newer) == 303


async def test_guesses_are_counted_by_qq_and_address_where_no_restart_forgets_them(
    app: App, qq: FakeQQ, site: FastAPI, clock: StoppedClock
) -> None:
    for n in range(codes.MOST_OF_QQ):
        await _give(app, STAFF)
        assert await _log_in(site, STAFF, "wrong", f"127.0.1.{n}") == 403
    right = await _give(app, STAFF)
    assert await _log_in(site, STAFF, right) == 403  # from anywhere, for an hour
    for n in range(codes.MOST_FROM_ADDRESS):
        assert await _log_in(site, 40000 + n, "00000000", "127.0.0.9") == 403
    assert await _log_in(site, OWNER, await _give(app, OWNER), "127.0.0.9") == 403
    assert await _log_in(site, OWNER, await _give(app, OWNER)) == 303
    clock.move(hours=1, seconds=1)
    assert await _log_in(site, STAFF, await _give(app, STAFF), "127.0.0.9") == 303


async def test_a_stranger_who_knows_a_qq_number_keeps_nobody_out_with_wrong_codes(
    app: App, qq: FakeQQ, site: FastAPI
) -> None:
    await _give(app, STAFF)
    for n in range(3 * codes.MOST_OF_QQ):
        assert await _log_in(site, STAFF, "00000000", f"127.0.2.{n}") == 403
    # The first five used up the code that there was; the others could have opened nothing.
    assert await _log_in(site, STAFF, await _give(app, STAFF)) == 303


@pytest.mark.parametrize("user_id", [STRANGER, GONE])
async def test_who_has_no_page_gets_no_code(app: App, qq: FakeQQ, user_id: int) -> None:
    assert await codes.give(app, user_id, by=str(user_id)) is None


async def test_of_code_and_session_only_hashes_are_stored(app: App, qq: FakeQQ, site: FastAPI) -> None:
    code = await _give(app, STAFF)
    async with app.database.reading() as tx:
        stored = (await tx.execute(select(console_codes.c.code_hash))).scalar_one()
    assert code not in stored
    async with browser(site) as one:
        await one.post("/console/login", data={"qq": str(STAFF), "code": code})
        token = one.cookies["qungui_console"]
    async with app.database.reading() as tx:
        kept = (await tx.execute(select(console_sessions.c.token_hash))).scalar_one()
        said = (await tx.execute(select(audit_trail.c.detail))).scalars().all()
    assert token not in kept
    assert code not in str(said)
    assert token not in str(said)


async def test_a_session_a_browser_brings_along_is_not_taken_over(
    app: App, qq: FakeQQ, site: FastAPI
) -> None:
    async with browser(site) as one:
        one.cookies.set("qungui_console", "chosen-by-somebody-else", domain="127.0.0.1", path="/console/")
        answer = await one.post("/console/login", data={"qq": str(STAFF), "code": await _give(app, STAFF)})
        cookie = answer.headers["set-cookie"]
    assert "chosen-by-somebody-else" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/console/" in cookie
    async with browser(site) as other:
        other.cookies.set("qungui_console", "chosen-by-somebody-else", domain="127.0.0.1", path="/console/")
        assert (await other.get("/console/")).headers["location"] == "/console/login"


async def test_a_session_ends_idle_after_eight_hours_and_when_its_person_leaves(
    app: App, qq: FakeQQ, come: Come, clock: StoppedClock
) -> None:
    idle = await come(STAFF)
    clock.move(minutes=29)
    assert (await idle.get("/console/")).status_code == 200
    clock.move(minutes=30)
    assert (await idle.get("/console/")).status_code == 303
    long = await come(STAFF)
    for _ in range(16):
        assert (await long.get("/console/")).status_code == 200
        clock.move(minutes=29, seconds=59)
    clock.move(minutes=1)
    assert (await long.get("/console/")).status_code == 303
    gone = await come(PLAIN)
    assert (await gone.get("/console/")).status_code == 200
    await staff.depart(app, "A009", by="terminal", source="terminal")
    assert (await gone.get("/console/")).status_code == 303


async def test_what_renews_itself_keeps_no_session_alive(
    app: App, qq: FakeQQ, come: Come, clock: StoppedClock
) -> None:
    one = await come(STAFF)
    for _ in range(3):
        clock.move(minutes=8)
        await one.get("/console/inbox/live", headers={"HX-Request": "true"})
    clock.move(minutes=8)
    answer = await one.get("/console/inbox/live", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/console/login"


async def test_who_loses_a_right_is_out_at_once(app: App, qq: FakeQQ, come: Come) -> None:
    one = await come(STAFF)
    await grants.revoke(app, "A004", by=ROOT)
    assert (await one.get("/console/")).status_code == 303


async def test_logging_out_ends_the_session_itself(app: App, qq: FakeQQ, come: Come, site: FastAPI) -> None:
    one = await come(STAFF)
    token = one.cookies["qungui_console"]
    assert (await one.post("/console/logout")).status_code == 303
    async with browser(site) as other:
        other.cookies.set("qungui_console", token, domain="127.0.0.1", path="/console/")
        assert (await other.get("/console/")).status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": HERE}, 403),
        ({"Sec-Fetch-Site": "", "Origin": HERE}, 403),
        ({"Origin": HERE}, 303),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
async def test_what_changes_something_must_come_from_the_site_itself(
    app: App, qq: FakeQQ, come: Come, headers: dict[str, str], status: int
) -> None:
    one = await come(STAFF)
    del one.headers["Sec-Fetch-Site"]
    assert (await one.post("/console/inbox", data={"approve": "选中"}, headers=headers)).status_code == status


@pytest.mark.parametrize(
    ("client", "host", "headers", "url", "status"),
    [
        ("127.0.0.1", "127.0.0.1:8080", {}, "", 200),
        ("127.0.0.1", "localhost:8080", {}, "", 200),
        ("127.0.0.1", "rebound.example", {}, "", 403),
        ("10.0.0.5", "10.0.0.2:8080", {}, "", 403),
        ("10.0.0.5", "127.0.0.1:8080", {}, "", 403),
        ("10.0.0.5", "q.example", {"X-Forwarded-Proto": "https"}, "", 403),
        ("10.0.0.5", "q.example", {"X-Forwarded-Proto": "https"}, "https://q.example/console/", 200),
        ("10.0.0.5", "q.example", {"X-Forwarded-Proto": "http"}, "https://q.example/console/", 403),
    ],
)
async def test_over_plain_http_off_loopback_it_stays_closed_and_says_why(
    app: App,
    qq: FakeQQ,
    site: FastAPI,
    client: str,
    host: str,
    headers: dict[str, str],
    url: str,
    status: int,
) -> None:
    app.settings = app.settings.model_copy(update={"console_url": url})
    async with browser(site, client) as one:
        answer = await one.get("/console/login", headers={"Host": host, **headers})
    assert answer.status_code == status
    assert (say.CLOSED in answer.text) == (status == 403)
    app.settings = app.settings.model_copy(update={"console_insecure": True})
    async with browser(site, client) as one:
        assert (await one.get("/console/login", headers={"Host": host})).status_code == 200


async def test_a_cookie_behind_https_goes_over_https_alone(app: App, qq: FakeQQ, site: FastAPI) -> None:
    app.settings = app.settings.model_copy(update={"console_url": "https://q.example/console/"})
    async with browser(site) as one:
        sent = {"qq": str(STAFF), "code": await _give(app, STAFF)}
        answer = await one.post("/console/login", data=sent, headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in answer.headers["set-cookie"]


async def test_every_answer_carries_the_strict_policy(app: App, qq: FakeQQ, come: Come) -> None:
    one = await come(STAFF)
    for address in ("login", "", "nowhere", "static/console.css", "inbox/live"):
        answer = await one.get(f"/console/{address}")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], address
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "<script>" not in answer.text
        assert " style=" not in answer.text
        assert "http://" not in answer.text.replace("http://www.w3.org/", "")
        assert "https://" not in answer.text


async def test_a_qq_that_a_roster_gave_to_somebody_else_brings_no_rights_along(
    app: App, qq: FakeQQ, come: Come
) -> None:
    one = await come(STAFF)
    moved = Identity(STAFF, "A005", "roster", datetime.now(app.now().tzinfo))
    people = list(app.registry.by_no.values())
    bound = [i for q, i in app.registry.identities.items() if q not in (STAFF, CLERK)] + [moved]
    app.registry = type(app.registry).build(people, bound, app.policy.departments, version=1, as_of=app.now())
    assert (await one.get("/console/")).status_code == 303


async def test_a_session_is_not_handed_on_with_the_qq_to_whom_it_is_bound_next(
    app: App, qq: FakeQQ, come: Come, clock: StoppedClock
) -> None:
    one = await come(HEAD)
    clock.move(minutes=1)
    # 吴总 has the very same roles.
    assert (await grants.bind_by_staff(app, HEAD, "A008", by=ROOT)).ok
    assert (await one.get("/console/cases")).status_code == 303
    again = await come(HEAD)
    assert (await again.get("/console/")).status_code == 200
