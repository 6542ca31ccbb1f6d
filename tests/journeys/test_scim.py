"""A departure said by SCIM, over the wire: from the identity provider's request to the kick."""

from typing import Any

import httpx2

from tests.journeys.conftest import ALL, SALES
from tests.journeys.harness import Journey

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
# All paces as they are by default.
POLICY = "[sources.scim]\nenabled = true\n"


async def test_who_is_deactivated_is_out_of_every_group(company: Journey) -> None:
    j = company
    j.policy = POLICY
    code, printed = await j.cli("scim-token", "add", "Entra")
    assert code == 0, printed
    token = printed.split()[-1]
    await j.start()
    await j.connect()
    await j.until(
        lambda: any(c.action == "get_group_member_list" for c in j.world.calls), "the groups are read"
    )
    headers = {"Authorization": f"Bearer {token}"}
    address = f"http://127.0.0.1:{j.port}/scim/v2"
    async with httpx2.AsyncClient(trust_env=False, base_url=address, headers=headers) as entra:
        made = await entra.post("/Users", json=user())
        assert (made.status_code, made.headers["Location"]) == (201, f"{address}/Users/{made.json()['id']}")
        body = {"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
        done = await entra.patch(f"/Users/{made.json()['id']}", json=PATCH | body)
        assert (done.status_code, done.json()["active"]) == (200, False)
        await j.until(lambda: not j.inside(SALES, 20006) and not j.inside(ALL, 20006), "out of both")
        assert (await j.cli("scim-token", "revoke", "Entra"))[0] == 0
        assert (await entra.get("/Users")).status_code == 401
    assert token not in j.log.read_text("utf-8")
    assert "Entra" in (await j.cli("scim-token", "list"))[1]


PATCH: dict[str, Any] = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}


def user() -> dict[str, Any]:
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "userName": "wang.fang@xy.example", "displayName": "王芳", "active": True,
        ENTERPRISE: {"employeeNumber": "A006", "department": "市场部"},
    }  # fmt: skip
