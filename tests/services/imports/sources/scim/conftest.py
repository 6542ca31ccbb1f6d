"""The SCIM endpoint in this process, and a sender's client to it."""

import json
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from services.app import App
from services.imports.sources.scim import tokens
from services.imports.sources.scim.endpoint import Endpoint


@dataclass
class Sender:
    """One who sends: `ask` returns status and body."""

    client: httpx2.AsyncClient

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        content = None if body is None else json.dumps(body)
        answer = await self.client.request(method, "/scim/v2" + path, content=content)
        return answer.status_code, answer.json() if answer.content else None


@pytest.fixture
async def endpoint(app: App) -> Endpoint:
    return Endpoint(app, clock=lambda: app.now().timestamp())


@pytest.fixture
async def sender(app: App, endpoint: Endpoint) -> Any:
    made = await tokens.add(app, "Entra", by="terminal", source="terminal")
    headers = {"Authorization": f"Bearer {made.token}", "Content-Type": "application/scim+json"}
    transport = httpx2.ASGITransport(app=endpoint, root_path="/scim")  # pyright: ignore[reportArgumentType]
    async with httpx2.AsyncClient(
        transport=transport, base_url="https://bot.example", headers=headers
    ) as client:
        yield Sender(client)
