#!/usr/bin/env bash
# scim2-server's ASGI application adds /v2 to wherever it is mounted: mounted at /scim/v2 it answers there, and says
# that every resource is at /scim/v2/v2. It is to be mounted at /scim.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet scim2-server==0.8.3 starlette==1.10.0 httpx2==2.16.2
venv/bin/python - <<'PY'
import asyncio
import importlib.metadata

import httpx2
from scim2_server.applications.asgi import ASGIApplication
from scim2_server.memory import AsyncInMemoryStorage
from scim2_server.utils import load_default_provider
from starlette.applications import Starlette
from starlette.routing import Mount

print("scim2-server", importlib.metadata.version("scim2-server"))


async def location(at):
    scim = ASGIApplication(AsyncInMemoryStorage(), load_default_provider())
    transport = httpx2.ASGITransport(app=Starlette(routes=[Mount(at, scim)]))
    async with httpx2.AsyncClient(transport=transport, base_url="https://bot.example") as client:
        user = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "a"}
        answer = await client.post("/scim/v2/Users", json=user)
        return answer.headers["Location"].rpartition("/")[0]


under_v2, under_scim = asyncio.run(location("/scim/v2")), asyncio.run(location("/scim"))
print("mounted at /scim/v2:", under_v2)
print("mounted at /scim:   ", under_scim)
assert under_v2 == "https://bot.example/scim/v2/v2/Users"
assert under_scim == "https://bot.example/scim/v2/Users"
PY
