"""What SCIM costs: a request that pushes somebody, and the registry following 100,000 who were pushed.

SCIM has no pull: a sender tells people one by one, and the registry follows a part at a time. So what stands
beside the reading of a file is that following, of everybody at once: from what the pushes of a full
synchronisation left to rows, and those compared. Counted is that and the start of Python, as of the command
that reads a file, but not the registry in memory, which the bot has anyway. The sender's own work is never
counted; what a push costs us is shown apart, without network and server.

Each in a process of its own: `push` and `fill` make the database, `follow` is what is measured.
"""

import resource
import time
from dataclasses import replace
from itertools import count
from typing import Any

from bench.scene.people import Person, people
from db.queries.people import scim as rows
from services.imports.sources.scim import following, tokens
from services.imports.sources.scim.people import keep_hashes
from services.people import registry
from services.running.startup import open_app

REQUESTS = 1000
_ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
_USER = ["urn:ietf:params:scim:schemas:core:2.0:User", _ENTERPRISE]


def body_of(person: Person) -> dict[str, Any]:
    """Return somebody as Entra sends them."""
    number, name, department, title, _, phone = person
    return {
        "schemas": _USER, "userName": f"{number}@xy.example", "externalId": f"x-{number}", "active": True,
        "displayName": name, "title": title, "phoneNumbers": [{"type": "mobile", "value": phone}],
        _ENTERPRISE: {"employeeNumber": number, "department": "/".join(department)},
    }  # fmt: skip


async def push() -> dict[str, float]:
    """Push some over the endpoint; return what a POST and a PATCH cost, in milliseconds of the processor."""
    import httpx2

    # Here alone: the process that follows is measured without them.
    from services.imports.sources.scim.endpoint import Endpoint

    pushed = people()[:REQUESTS]
    app = await open_app(with_registry=False)
    made = await tokens.add(app, "bench", by="terminal", source="terminal")
    # A clock that runs ahead: what is measured is the work, not the limit.
    endpoint: Any = Endpoint(app, count().__next__)
    headers = {"Authorization": f"Bearer {made.token}", "Content-Type": "application/scim+json"}
    transport = httpx2.ASGITransport(app=endpoint, root_path="/scim")
    async with httpx2.AsyncClient(transport=transport, base_url="https://bot", headers=headers) as sender:
        start = time.process_time()
        ids = [(await sender.post("/scim/v2/Users", json=body_of(one))).json()["id"] for one in pushed]
        posted = time.process_time()
        for one in ids:
            (await sender.patch(f"/scim/v2/Users/{one}", json=_patch())).raise_for_status()
        patched = time.process_time()
    await app.database.close()
    return {"post": (posted - start) * 1e3 / len(ids), "patch": (patched - posted) * 1e3 / len(ids)}


def _patch() -> dict[str, Any]:
    """Return what changes nothing, as Entra writes it."""
    change = {"op": "Replace", "path": "active", "value": "True"}
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [change]}


async def fill() -> None:
    """Keep everybody else as the endpoint keeps them, like one whom it has kept."""
    app = await open_app(with_registry=False)
    async with app.database.transaction() as tx:
        _, (like,) = await rows.page(tx, ["User"], 0, 1)
        for person in people()[REQUESTS:]:
            body = body_of(person)
            keep_hashes(app.phone_key, person[0], body, {})
            told = replace(
                like, resource_id=f"filled-{person[0]}", user_name=body["userName"], employee_no=person[0],
                external_id=body["externalId"], body={**like.body, **body},
            )  # fmt: skip
            await rows.add(tx, told)
    await app.database.close()


async def follow() -> dict[str, float]:
    """Follow all that was told; return what a `Run` holds."""
    app = await open_app(with_registry=False)
    opened = _processor()
    await registry.refresh(app)
    loaded, began = _processor(), time.perf_counter()
    await following.follow(app)
    wall, used = time.perf_counter() - began, _processor() - (loaded - opened)
    async with app.database.reading() as tx:
        assert not await rows.has_news(tx)
    await app.database.close()
    return {"wall": wall, "cpu": used, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
