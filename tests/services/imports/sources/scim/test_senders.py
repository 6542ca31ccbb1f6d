"""The bodies that Microsoft Entra and Okta really send, as they send them.

Entra: learn.microsoft.com, "Develop a SCIM endpoint", with and without the flag aadOptscim062020.
Okta: developer.okta.com, "SCIM 2.0 protocol reference"; it deactivates and never deletes.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from db.queries.people import scim as rows
from db.queries.people.scim import News
from services.app import App
from services.imports.sources.scim import people
from tests.conftest import StoppedClock
from tests.services.imports.sources.scim.conftest import Sender

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
TODAY = date(2026, 3, 2)

ENTRA_USER: dict[str, Any] = {
    "schemas": [CORE, ENTERPRISE],
    "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
    "userName": "Li.Ming@xy.example",
    "active": True,
    "displayName": "李明",
    "emails": [{"primary": True, "type": "work", "value": "li.ming@xy.example"}],
    "phoneNumbers": [{"type": "mobile", "value": "+86 139 0000 0012"}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": "明 李", "familyName": "李", "givenName": "明"},
    "roles": [],
    "title": "工程师",
    "preferredLanguage": "zh-CN",
    ENTERPRISE: {
        "employeeNumber": "E1",
        "department": "研发部",
        "manager": {"value": "9f2e"},
        "division": "华东",
    },
    "urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User": {"badge": "7"},
}
OKTA_USER: dict[str, Any] = {
    "schemas": [CORE],
    "userName": "wang.fang@xy.example",
    "name": {"givenName": "芳", "familyName": "王"},
    "emails": [{"primary": True, "value": "wang.fang@xy.example", "type": "work"}],
    "displayName": "王芳",
    "locale": "zh-CN",
    "externalId": "00ujl29u0le5T6Aj10h7",
    "groups": [],
    "password": "1mz050nq",
    "active": True,
}


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": list(operations)}


class Case(NamedTuple):
    """What is sent to a user, and what of it is then asked of the registry."""

    method: str
    body: Any
    active: bool | None
    left_on: date | None
    says: Mapping[str, Any] = MappingProxyType({})


ENTRA = {
    "disabled, without its flag: a text and a capital": Case(
        "PATCH", patch({"op": "Replace", "path": "active", "value": "False"}), False, TODAY
    ),
    "disabled, with its flag": Case("PATCH", patch({"op": "replace", "path": "active", "value": False}), False, TODAY),
    "disabled, the flag's form without a path": Case(
        "PATCH", patch({"op": "replace", "value": {"active": False}}), False, TODAY
    ),
    "changed, keys with dots and no path": Case(
        "PATCH",
        patch({"op": "Replace", "value": {
            "displayName": "李小明", "name.familyName": "李", "name.givenName": "小明", "title": "主管",
            f"{ENTERPRISE}:department": "市场部", 'emails[type eq "work"].value': "x@xy.example",
        }}),
        True, None, {"name": "李小明", "department": "市场部", "title": "主管"},
    ),
    "an add where there is a value, beside mail and phone by filter": Case(
        "PATCH",
        patch(
            {"op": "Add", "path": f"{ENTERPRISE}:department", "value": "财务部"},
            {"op": "Add", "path": 'emails[type eq "work"].value', "value": "x@xy.example"},
            {"op": "Add", "path": 'phoneNumbers[type eq "work"].value', "value": "021-5555 0034"},
        ),
        True, None, {"department": "财务部"},
    ),
    "disabled, beside attributes that nobody here knows": Case(
        "PATCH",
        patch(
            {"op": "Add", "path": "favouriteColour", "value": "红"},
            {"op": "Add", "path": f"{ENTERPRISE}:costCenter", "value": "7"},
            {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:Custom:2.0:User:tag", "value": "x"},
            {"op": "Replace", "path": 'addresses[type eq "work"].country', "value": "CN"},
            {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": "9f2e"},
            {"op": "Replace", "path": "active", "value": "False"},
        ),
        False, TODAY,
    ),
    "the same without a path": Case(
        "PATCH",
        patch({"op": "Replace", "value": {
            "favouriteColour": "红", f"{ENTERPRISE}:costCenter": "7", "urn:x:y:2.0:User:tag": 1, "active": "False"
        }}),
        False, TODAY,
    ),
    "a phone removed by its value": Case(
        "PATCH", patch({"op": "Remove", "path": "phoneNumbers", "value": [{"value": "+86 139 0000 0012"}]}), True, None
    ),
    "replaced without active": Case(
        "PUT", {key: value for key, value in ENTRA_USER.items() if key != "active"}, True, None
    ),
    "deleted, thirty days after it was disabled or at once": Case("DELETE", None, False, TODAY),
}  # fmt: skip
OKTA = {
    "deactivated by PUT": Case("PUT", OKTA_USER | {"active": False}, False, TODAY),
    "deactivated by PATCH, without a path": Case("PATCH", patch({"op": "replace", "value": {"active": False}}), False, TODAY),
    "replaced without active": Case("PUT", {k: v for k, v in OKTA_USER.items() if k != "active"}, True, None),
    "its profile pushed": Case(
        "PUT", OKTA_USER | {"displayName": "王小芳", "userType": "Employee", "entitlements": [], "honorific": "x"},
        True, None, {"name": "王小芳"},
    ),
}  # fmt: skip


# What a company wrote itself, with numbers where text belongs.
OWN_USER = {
    "schemas": ENTRA_USER["schemas"], "userName": 701984, "displayName": "李明", "active": True,
    "phoneNumbers": [{"type": "work", "value": 13900000012}],
    ENTERPRISE: {"employeeNumber": 701984, "department": "市场部"},
}  # fmt: skip
OWN = {
    "disabled beside a number": Case(
        "PATCH",
        patch({"op": "replace", "value": {"title": 5, "active": False}}),
        False,
        TODAY,
        {"title": "5"},
    ),
    "replaced": Case("PUT", OWN_USER | {"active": False}, False, TODAY),
}


async def told_of(app: App) -> News:
    async with app.database.reading() as tx:
        return (await rows.news(tx))[0]


def says(told: News) -> dict[str, Any]:
    extension = told.body.get(ENTERPRISE, {})
    return {
        "name": people.name_of(told.body),
        "department": extension.get("department"),
        "title": told.body.get("title"),
    }


async def _play(app: App, sender: Sender, user: dict[str, Any], case: Case) -> News:
    status, made = await sender.ask("POST", "/Users", user)
    assert status == 201, made
    before = says(await told_of(app))
    status, answer = await sender.ask(case.method, f"/Users/{made['id']}", case.body)
    assert status == (204 if case.method == "DELETE" else 200), answer
    told = await told_of(app)
    assert (told.active, told.left_on) == (case.active, case.left_on)
    assert says(told) == before | dict(case.says)
    return told


@pytest.mark.parametrize("case", ENTRA.values(), ids=ENTRA)
async def test_what_entra_sends(app: App, sender: Sender, case: Case) -> None:
    told = await _play(app, sender, ENTRA_USER, case)
    assert told.employee_no == "E1"
    assert told.told_by == "Entra"


@pytest.mark.parametrize("case", OKTA.values(), ids=OKTA)
async def test_what_okta_sends(app: App, sender: Sender, case: Case) -> None:
    told = await _play(app, sender, OKTA_USER, case)
    assert told.employee_no == "00ujl29u0le5T6Aj10h7"


@pytest.mark.parametrize("case", OWN.values(), ids=OWN)
async def test_what_a_company_wrote_itself_sends(app: App, sender: Sender, case: Case) -> None:
    told = await _play(app, sender, OWN_USER, case)
    assert told.employee_no == "701984"
    assert people.phone_hash_of(told.body, "701984") is not None


@pytest.mark.dialects
async def test_senders_find_whom_they_look_for(app: App, sender: Sender) -> None:
    _, made = await sender.ask("POST", "/Users", ENTRA_USER)
    for asked in (
        'userName eq "li.ming@XY.example"',
        f'externalId eq "{ENTRA_USER["externalId"]}"',
        f'{ENTERPRISE}:employeeNumber eq "e1"',
        'displayName eq "李明" and active eq true',
    ):
        _, found = await sender.ask("GET", f"/Users?filter={asked}&startIndex=1&count=100")
        assert [one["id"] for one in found["Resources"]] == [made["id"]], asked
    status, nobody = await sender.ask("GET", '/Users?filter=userName eq "nobody"')
    assert (status, nobody["totalResults"], nobody.get("Resources", [])) == (200, 0, [])


async def test_a_user_known_already_is_a_conflict(sender: Sender) -> None:
    await sender.ask("POST", "/Users", ENTRA_USER)
    status, answer = await sender.ask("POST", "/Users", ENTRA_USER | {"userName": "LI.ming@xy.example"})
    assert (status, answer["scimType"]) == (409, "uniqueness")


async def test_phones_are_kept_as_hashes_and_never_told(app: App, sender: Sender) -> None:
    _, made = await sender.ask("POST", "/Users", ENTRA_USER)
    first = await told_of(app)
    assert "0012" not in str(first.body)
    assert "phoneNumbers" not in made
    await sender.ask(
        "PATCH", f"/Users/{made['id']}", patch({"op": "Replace", "path": "title", "value": "总监"})
    )
    again = await told_of(app)
    assert people.phone_hash_of(again.body, "E1") == people.phone_hash_of(first.body, "E1") is not None
    other = patch({"op": "Replace", "path": f"{ENTERPRISE}:employeeNumber", "value": "E2"})
    await sender.ask("PATCH", f"/Users/{made['id']}", other)
    assert people.phone_hash_of((await told_of(app)).body, "E2") is None


async def test_the_day_is_that_of_the_deactivation(app: App, sender: Sender, clock: StoppedClock) -> None:
    _, made = await sender.ask("POST", "/Users", ENTRA_USER)
    off = patch({"op": "Replace", "path": "active", "value": "False"})
    await sender.ask("PATCH", f"/Users/{made['id']}", off)
    clock.move(days=30)
    await sender.ask("PATCH", f"/Users/{made['id']}", off)
    await sender.ask("DELETE", f"/Users/{made['id']}")
    assert (await told_of(app)).left_on == TODAY
    assert (await sender.ask("GET", f"/Users/{made['id']}"))[0] == 404


async def test_of_two_entries_of_one_person_deleting_one_says_nothing(app: App, sender: Sender) -> None:
    _, old = await sender.ask("POST", "/Users", ENTRA_USER)
    await sender.ask("POST", "/Users", ENTRA_USER | {"userName": "new@xy.example"})
    await sender.ask("DELETE", f"/Users/{old['id']}")
    async with app.database.reading() as tx:
        assert [(one.body["userName"], one.active) for one in await rows.news(tx)] == [
            ("new@xy.example", True)
        ]


async def test_groups_are_taken_and_changed(app: App, sender: Sender) -> None:
    group = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "研发部",
        "members": [],
    }
    status, made = await sender.ask("POST", "/Groups", group)
    assert status == 201
    named = patch({"op": "replace", "value": {"id": made["id"], "displayName": "研发中心"}})
    status, shown = await sender.ask("PATCH", f"/Groups/{made['id']}", named)
    assert (status, shown["displayName"]) == (200, "研发中心")
    joins = patch({"op": "Add", "path": "members", "value": [{"$ref": None, "value": "f648f8d5"}]})
    status, shown = await sender.ask("PATCH", f"/Groups/{made['id']}", joins)
    assert (status, [one["value"] for one in shown["members"]]) == (200, ["f648f8d5"])
    leaves = patch({"op": "Remove", "path": 'members[value eq "f648f8d5"]'})
    assert "members" not in (await sender.ask("PATCH", f"/Groups/{made['id']}", leaves))[1]
    async with app.database.reading() as tx:
        assert await rows.news(tx) == []
