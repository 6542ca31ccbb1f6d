#!/usr/bin/env bash
# scim2-tester tests what a server announces: one that says that it takes no PATCH passes without a fault, though
# it then refuses the one request by which Entra and Okta tell that somebody has left.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet "scim2-tester[httpx2]==0.5.2" scim2-server==0.8.3 scim2-models==0.12.3 httpx2==2.16.2
venv/bin/python - <<'PY'
import importlib.metadata
from collections import Counter

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import ScimProvider
from scim2_server.applications.wsgi import WSGIApplication
from scim2_server.memory import InMemoryStorage
from scim2_server.utils import load_default_provider
from scim2_tester import check_server

print("scim2-tester", importlib.metadata.version("scim2-tester"))
USER, PATCH = "urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:api:messages:2.0:PatchOp"
LEAVES = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": False}]}


def check(announced):
    provider = load_default_provider()
    provider.config.patch.supported = announced
    transport = httpx2.WSGITransport(app=WSGIApplication(InMemoryStorage(), provider))
    with httpx2.Client(transport=transport, base_url="http://bot.example/v2") as client:
        found = Counter(one.status.name for one in check_server(SyncSCIMClient(client, provider=ScimProvider())))
        somebody = client.post("/Users", json={"schemas": [USER], "userName": "a", "active": True}).json()
        answer = client.patch(f"/Users/{somebody['id']}", json=LEAVES).status_code
    print("PATCH announced:" if announced else "PATCH not announced:", dict(found), "| a departure is answered", answer)
    return found, answer


assert check(True) == ({"SUCCESS": 135}, 204)
found, answer = check(False)
assert set(found) == {"SUCCESS", "SKIPPED"} and found["SUCCESS"] < 60 and answer == 501
PY
