"""Our endpoint over real HTTP: scim2-tester 0.5.2 finds nothing, and what it doesn't look at is tested here."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import ScimProvider
from scim2_tester import Status, check_server

from db.queries.people import scim as rows
from services.app import App
from services.imports.sources.scim import tokens
from services.imports.sources.scim.endpoint import LARGEST_BODY, SENDER, STRANGERS, Endpoint
from tests.conftest import StoppedClock
from tests.services.imports.sources.scim.conftest import Sender

ROOT = Path(__file__).parents[5]
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture
async def served(endpoint: Endpoint) -> AsyncGenerator[str]:
    """The endpoint mounted as `plugins.scim` mounts it, on a port of its own."""
    web = FastAPI(openapi_url=None)
    web.mount("/scim", endpoint)  # pyright: ignore[reportArgumentType]
    server = uvicorn.Server(uvicorn.Config(web, port=0, log_level="warning", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it in no other way
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/scim/v2"
    server.should_exit = True
    await task


async def test_scim2_tester_finds_nothing(app: App, served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.imports.sources.scim.endpoint.SENDER", (1e6, 1e6))
    token = (await tokens.add(app, "tester", by="terminal", source="terminal")).token

    def check() -> list[str]:
        with httpx2.Client(base_url=served, headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
            results = check_server(SyncSCIMClient(http, provider=ScimProvider()))
        assert len(results) > 50
        bad = (Status.ERROR, Status.CRITICAL, Status.DEVIATION)
        return [f"{one.title} {one.resource_type} {one.reason}" for one in results if one.status in bad]

    assert await asyncio.to_thread(check) == []


async def test_what_is_announced_is_so(app: App, sender: Sender) -> None:
    _, config = await sender.ask("GET", "/ServiceProviderConfig")
    announced = {
        name: config[name]["supported"]
        for name in ("patch", "bulk", "filter", "sort", "etag", "changePassword")
    }
    assert announced == {
        "patch": True, "bulk": False, "filter": True, "sort": False, "etag": False, "changePassword": False
    }  # fmt: skip
    assert (await sender.ask("GET", "/Users?sortBy=userName"))[0] == 501
    assert (await sender.ask("POST", "/Bulk", {}))[0] == 501
    status, wrong = await sender.ask("GET", "/Users?filter=userName zz 1")
    assert (status, wrong["scimType"]) == (400, "invalidFilter")
    async with app.database.transaction() as tx:
        for at in range(config["filter"]["maxResults"] + 1):
            await rows.add(
                tx, replace(rows.new(str(at), "Group", app.now()), body={"displayName": f"组{at}"})
            )
    _, first = await sender.ask("GET", "/Groups?count=1000")
    _, second = await sender.ask("GET", "/Groups?startIndex=201&count=1000")
    assert [(one["totalResults"], one["itemsPerPage"]) for one in (first, second)] == [(201, 200), (201, 1)]


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong", "Basic eDp5", "qg-only"])
async def test_nobody_without_a_token(sender: Sender, header: str) -> None:
    sender.client.headers["Authorization"] = header
    answer = await sender.client.get("/scim/v2/Users")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="SCIM"')


async def test_a_revoked_token_is_none(app: App, sender: Sender) -> None:
    assert (await sender.ask("GET", "/Users"))[0] == 200
    assert (await tokens.revoke(app, "Entra", by="terminal", source="terminal")).ok
    assert (await sender.ask("GET", "/Users"))[0] == 401
    again = await tokens.add(app, "Entra", by="terminal", source="terminal")
    assert again.token
    assert not (await tokens.add(app, "Entra", by="terminal", source="terminal")).ok
    assert [(one.name, one.revoked_at) for one in await app.database.look(rows.tokens)] == [("Entra", None)]


async def test_who_asks_too_much_waits(sender: Sender, clock: StoppedClock) -> None:
    asked = [(await sender.ask("GET", "/Users"))[0] for _ in range(int(SENDER[1]) + 1)]
    assert asked[-2:] == [200, 429]
    sender.client.headers["Authorization"] = "Bearer guess"
    guesses = [(await sender.ask("GET", "/Users"))[0] for _ in range(int(STRANGERS[1]) + 1)]
    assert guesses[-2:] == [401, 429]
    clock.move(seconds=1)
    assert (await sender.ask("GET", "/Users"))[0] == 401


async def test_bodies_have_an_end(sender: Sender) -> None:
    status, _ = await sender.ask("POST", "/Users", {"userName": "x" * LARGEST_BODY})
    assert status == 413
    status, _ = await sender.ask("POST", "/Users", {"userName": "x" * 301, "schemas": [USER]})
    assert status == 400


async def test_two_changes_at_once_are_both_made(sender: Sender) -> None:
    _, made = await sender.ask("POST", "/Users", {"userName": "a", "schemas": [USER]})
    changes = [{"title": "经理"}, {"displayName": "李明"}, {"active": False}]
    bodies = [{"schemas": [PATCH], "Operations": [{"op": "replace", "value": one}]} for one in changes]
    done = await asyncio.gather(*(sender.ask("PATCH", f"/Users/{made['id']}", body) for body in bodies))
    assert [status for status, _ in done] == [200, 200, 200]
    _, shown = await sender.ask("GET", f"/Users/{made['id']}")
    assert (shown["title"], shown["displayName"], shown["active"]) == ("经理", "李明", False)


def test_where_no_source_is_set_nothing_of_it_is_loaded() -> None:
    heavy = "{'scim2_models', 'scim2_server', 'httpx2', 'ldap3'}"
    code = f"import sys, cli, services.running.heartbeat; assert not {heavy} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
