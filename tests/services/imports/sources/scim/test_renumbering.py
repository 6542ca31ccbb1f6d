"""An account whose employee number changes: nobody stays as a ghost for it, and nobody else leaves by it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.app import App
from services.imports.sources.scim.following import follow
from services.people import staff
from tests.conftest import StoppedClock
from tests.services.imports.sources.scim.conftest import Sender

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
NUMBER = f"{ENTERPRISE}:employeeNumber"
Ask = Callable[..., Awaitable[tuple[int, Any]]]


def user(number: str | None, **more: Any) -> dict[str, Any]:
    said = {"department": "市场部"} | ({"employeeNumber": number} if number else {})
    return {
        "schemas": [CORE, ENTERPRISE], "userName": "wang", "displayName": "王芳", "active": True,
        "externalId": "00ujl29", ENTERPRISE: said,
    } | more  # fmt: skip


@pytest.fixture
async def path(app: App, sender: Sender) -> str:
    """Return where B001 is, beside B002."""
    other = user("B002", userName="li", displayName="李雷", externalId="00ujl30")
    assert (await sender.ask("POST", "/Users", other))[0] == 201
    status, made = await sender.ask("POST", "/Users", user("B001"))
    assert status == 201
    await follow(app)
    return f"/Users/{made['id']}"


@pytest.fixture
def ask(app: App, sender: Sender) -> Ask:
    """Send, and have the registry follow."""

    async def work(method: str, path: str, body: Any) -> tuple[int, Any]:
        answer = await sender.ask(method, path, body)
        await follow(app)
        return answer

    return work


def patch(op: str, **more: Any) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": [{"op": op, **more}]}


def at_work(app: App) -> set[str]:
    today = app.now().date()
    return {number for number, one in app.registry.by_no.items() if not one.is_departed(today)}


CHANGES = {
    "by PUT": ("PUT", user("B101")),
    "by PATCH": ("PATCH", patch("replace", path=NUMBER, value="B101")),
    "to a colleague's": ("PATCH", patch("replace", path=NUMBER, value="B002")),
    "to what is no number": ("PATCH", patch("replace", path=NUMBER, value="B 101")),
}


@pytest.mark.parametrize(("method", "body"), CHANGES.values(), ids=CHANGES)
async def test_the_number_of_somebody_at_work_stays_what_it_was(
    app: App, ask: Ask, path: str, method: str, body: Any
) -> None:
    status, answer = await ask(method, path, body)
    assert (status, answer["scimType"]) == (400, "mutability")
    assert "B001" not in answer["detail"]
    assert (await ask("GET", path, None))[1][ENTERPRISE]["employeeNumber"] == "B001"
    assert at_work(app) == {"B001", "B002"}
    await ask("PATCH", path, patch("replace", value={"active": False}))
    assert at_work(app) == {"B002"}


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("PUT", user(None)),
        ("PUT", {key: value for key, value in user(None).items() if key not in (ENTERPRISE, "externalId")}),
        ("PATCH", patch("remove", path=NUMBER)),
    ],
)
async def test_a_number_that_is_not_said_any_more_is_still_theirs(
    app: App, ask: Ask, path: str, method: str, body: Any
) -> None:
    status, answer = await ask(method, path, body)
    assert (status, answer[ENTERPRISE]["employeeNumber"]) == (200, "B001")
    await ask("PATCH", path, patch("replace", value={"active": False}))
    assert at_work(app) == {"B002"}


async def test_a_departure_is_taken_under_the_number_that_is_known(app: App, ask: Ask, path: str) -> None:
    status, answer = await ask("PUT", path, user("B002", active=False))
    assert (status, answer["active"], answer[ENTERPRISE]["employeeNumber"]) == (200, False, "B001")
    assert at_work(app) == {"B002"}


async def test_a_number_known_by_the_external_id_alone_stays_too(app: App, ask: Ask) -> None:
    said = user(None, externalId="B007")
    _, made = await ask("POST", "/Users", said)
    path = f"/Users/{made['id']}"
    assert (await ask("PUT", path, said | {"externalId": "B008"}))[0] == 400
    status, answer = await ask("PUT", path, said | {"externalId": "B008", "active": False})
    assert (status, answer["externalId"]) == (200, "B007")
    assert at_work(app) == set()
    assert "B008" not in app.registry.by_no


async def test_once_staff_let_the_old_number_go_the_new_one_is_taken(
    app: App, ask: Ask, path: str, clock: StoppedClock
) -> None:
    await staff.depart(app, "B001", by="terminal")
    clock.move(days=1)
    assert (await ask("PUT", path, user("B101")))[0] == 200
    assert at_work(app) == {"B002", "B101"}


async def test_a_number_that_the_registry_does_not_know_may_change(
    app: App, sender: Sender, ask: Ask
) -> None:
    _, made = await sender.ask("POST", "/Users", user("B001"))
    assert (await ask("PUT", f"/Users/{made['id']}", user("B101")))[0] == 200
    assert at_work(app) == {"B101"}
