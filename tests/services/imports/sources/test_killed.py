"""kill -9 anywhere in what a source says leaves the old registry or the new one, and the next run goes on."""

import json
import os
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from services.imports.sources import folder
from services.imports.sources.dingtalk import client
from services.imports.sources.scim import tokens
from tests import started
from tests.services.imports.sources.dingtalk.server import DingTalk, Host, person, served
from tests.services.imports.sources.directory import slapd
from tests.services.imports.sources.directory.slapd import ldif
from tests.services.imports.sources.killed import app_on, taken
from tests.services.imports.sources.test_folder import csv

PEOPLE, MOVED = range(30), range(6)
OLD = ["市场部"] * len(PEOPLE)
NEW = ["采购部"] * len(MOVED) + ["市场部"] * (len(PEOPLE) - len(MOVED))
# How many times a source's run is killed; QUNGUI_KILLS=9999 kills it before and after every statement.
KILLS = int(os.environ.get("QUNGUI_KILLS", "5"))
KILLED = Path(__file__).with_name("killed.py")
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@dataclass
class Said:
    """What a source says first, and then; `turn`: has it say the other. Where it is, as `killed` wants it."""

    first: dict[str, Any]
    then: dict[str, Any]
    turn: Any = field(default=lambda: None)


def _folder(stack: ExitStack, place: Path) -> Said:
    def drop(at: int, departments: list[str]) -> None:
        lines = csv(PEOPLE).decode().splitlines(keepends=True)
        rows = [line.replace("市场部", one) for line, one in zip(lines[1:], departments, strict=True)]
        path = place / f"{at}.csv"
        path.write_text("".join([lines[0], *rows]), "utf-8")
        os.utime(path, (at, at))

    drop(100, OLD)
    return Said({"path": str(place)}, {"path": str(place)}, lambda: drop(200, NEW))


def _ldap(stack: ExitStack, place: Path) -> Said:
    slapd.needed()
    units = {"old": OLD, "new": NEW}
    entries = [
        ldif(dn=f"ou={unit},{slapd.BASE}", objectClass="organizationalUnit", ou=unit) for unit in units
    ]
    entries += [
        ldif(
            dn=f"cn=p{n},ou={unit},{slapd.BASE}", objectClass="inetOrgPerson", cn=f"p{n}", sn="员",
            displayName=f"员工{n}", employeeNumber=f"B{n:03}", departmentNumber=said[n],
        )
        for unit, said in units.items() for n in PEOPLE
    ]  # fmt: skip
    server = stack.enter_context(slapd.running(place, entries))
    where = {"url": server.url, "bind_dn": slapd.READER, "ca_file": str(server.ca_file)}
    return Said(where | {"base": f"ou=old,{slapd.BASE}"}, where | {"base": f"ou=new,{slapd.BASE}"})


def _dingtalk(stack: ExitStack, place: Path) -> Said:
    departments = {"市场部": 2, "采购部": 3}

    def company(said: list[str]) -> DingTalk:
        people = [person(f"d{n}", f"员工{n}", f"B{n:03}", departments[said[n]]) for n in PEOPLE]
        return DingTalk({dept: (name, 1) for name, dept in departments.items()}, people)

    host = Host(company(OLD))
    where = {"address": stack.enter_context(served(host))}
    return Said(where, where, lambda: setattr(host, "there", company(NEW)))


async def _scim(database: str) -> Said:
    app = app_on(database)
    made = await tokens.add(app, "Entra", by="terminal", source="terminal")
    await app.database.close()
    post = [
        ["POST", "/Users", {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": f"u{n}", "active": True,
            "displayName": f"员工{n}", ENTERPRISE: {"employeeNumber": f"B{n:03}", "department": OLD[n]},
        }]
        for n in PEOPLE
    ]  # fmt: skip
    return Said({"token": made.token, "requests": post}, {"token": made.token, "requests": []})


def asked(database: str, query: str) -> list[Any]:
    url = make_url(database)
    engine = create_engine(url.set(drivername="sqlite") if url.get_backend_name() == "sqlite" else url)
    with engine.connect() as connection:
        found = list(connection.execute(text(query)))
    engine.dispose()
    return found


def departments(database: str) -> list[str]:
    return [one for (one,) in asked(database, "SELECT department FROM employees ORDER BY employee_no")]


def patches(database: str) -> list[Any]:
    """Return what has those moved, by the ids under which the sender knows them."""
    ids = dict(asked(database, "SELECT employee_no, resource_id FROM scim_resources"))  # type: ignore[arg-type]
    change = {"op": "replace", "value": {f"{ENTERPRISE}:department": "采购部"}}
    body = {"schemas": [PATCH], "Operations": [change]}
    return [["PATCH", f"/Users/{ids[f'B{n:03}']}", body] for n in MOVED]


@pytest.fixture
def copies(database_url: str) -> Generator[None]:
    """Drop what was copied from a database."""
    yield
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        made = text("SELECT datname FROM pg_database WHERE starts_with(datname, :name)")
        for (name,) in list(connection.execute(made, {"name": f"{url.database}_"})):
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()


@pytest.mark.parametrize(
    ("kind", "dialect"),
    [
        ("folder", "sqlite"), ("folder", "postgresql"), ("ldap", "sqlite"), ("dingtalk", "sqlite"),
        ("scim", "sqlite"), ("scim", "postgresql"),
    ],
    indirect=["dialect"],
)  # fmt: skip
async def test_a_source_killed_anywhere_leaves_the_old_or_the_new_registry(
    kind: str, database_url: str, copies: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(client, "WITHIN_SECONDS", 0.0)
    place = tmp_path / "place"
    place.mkdir()
    with ExitStack() as stack:
        if kind == "scim":
            said = await _scim(database_url)
        else:
            said = {"folder": _folder, "ldap": _ldap, "dingtalk": _dingtalk}[kind](stack, place)
        await taken(kind, database_url, said.first)
        assert departments(database_url) == OLD
        said.turn()
        if kind == "scim":
            said.then["requests"] = patches(database_url)
        words, errors = (kind, database_url, json.dumps(said.then), str(KILLS)), tmp_path / "errors"
        code, out = await started.run(
            KILLED, *words, folder=tmp_path, environment=os.environ, seconds=900, errors=errors
        )
        assert code == 0, errors.read_text("utf-8")
        left = [line.split() for line in out.splitlines()]
        assert len(left) >= min(KILLS, 20)
        for copy, answered in left:
            assert departments(copy) in (OLD, NEW)
            if kind == "scim":
                # What was answered is kept, whatever came after.
                await taken(kind, copy, said.then | {"requests": []})
                assert departments(copy)[: int(answered)] == NEW[: int(answered)]
            await taken(kind, copy, said.then)
            assert departments(copy) == NEW
