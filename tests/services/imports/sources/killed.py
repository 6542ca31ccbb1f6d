"""Takes over what a source says again and again, each time killed some steps later: KIND DATABASE WHERE POINTS.

KIND: folder, ldap, dingtalk or scim; WHERE: what `taken` needs to know of it, as JSON. Each time is a process
of its own, on a copy of the database; a line a copy is printed: its address, and how many requests of a
sender were answered. POINTS: how many times, spread over the steps of a whole one.
"""

import asyncio
import json
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from config.settings import Settings
from db.engine import Database
from db.postgres.pool import AsyncTransaction
from db.threads import HopTransaction, ThreadTransaction
from db.transaction import Transaction
from regulation.policy import DingTalkSource, FolderSource, LdapSource, Policy, Sources
from services.app import App
from services.imports.sources import folder
from services.imports.sources.configured import open_source
from services.imports.sources.dingtalk import client
from services.imports.sources.model import Outcome
from services.imports.sources.pulling import pull
from services.imports.sources.scim.endpoint import Endpoint
from services.imports.sources.scim.following import follow
from tests.services.imports.sources.directory import slapd

NONE = Sources()
# Before a statement of any kind, before a commit, and after one.
STEPS = [
    (Transaction, "execute"), (Transaction, "finish"), (Transaction, "committed"), (HopTransaction, "many"),
    (HopTransaction, "fetch"), (HopTransaction, "chunks"), (ThreadTransaction, "fetch"),
    (ThreadTransaction, "many"), (ThreadTransaction, "change"), (ThreadTransaction, "chunks"),
    (AsyncTransaction, "many"), (AsyncTransaction, "chunks"),
]  # fmt: skip


def app_on(database: str, sources: Sources = NONE) -> App:
    """Return an App on a database."""
    secrets = {"ldap_password": slapd.PASSWORD, "dingtalk_app_secret": "secret"}
    settings = Settings(data_dir=Path(os.devnull), _env_file=None, **secrets)  # type: ignore[arg-type]
    return App(settings, Policy(sources=sources), Database(database), phone_key=b"test key")


def sources_of(kind: str, where: dict[str, Any]) -> Sources:
    """Return the settings of one source."""
    if kind == "folder":
        return Sources(folder=FolderSource(path=where["path"], pattern=("*.csv",)))
    if kind == "ldap":
        return Sources(ldap=LdapSource(**where))
    return Sources(dingtalk=DingTalkSource(app_key="key", base_url=where["address"]))


async def taken(kind: str, database: str, where: dict[str, Any]) -> None:
    """Take over what a source says; of SCIM, first what its sender says: a point is written for each answer."""
    if kind == "scim":
        app = app_on(database)
        await say(app, where)
        await follow(app)
    else:
        app = app_on(database, sources_of(kind, where))
        pulled = await pull(app, open_source(app, kind))
        assert pulled.outcome in (Outcome.APPLIED, Outcome.UNCHANGED, Outcome.NOTHING_NEW), pulled.text
    await app.database.close()


async def say(app: App, where: dict[str, Any]) -> None:
    """Send what a sender says."""
    endpoint: Any = Endpoint(app, clock=lambda: 0.0)
    headers = {"Authorization": f"Bearer {where['token']}", "Content-Type": "application/scim+json"}
    transport = httpx2.ASGITransport(app=endpoint, root_path="/scim")
    async with httpx2.AsyncClient(transport=transport, base_url="https://bot", headers=headers) as sender:
        for method, path, body in where["requests"]:
            (await sender.request(method, f"/scim/v2{path}", json=body)).raise_for_status()
            os.write(1, b".")


def count_down(steps: int) -> list[int]:
    """Have this process killed after so many steps; return how many are left, counted down."""
    left = [steps]

    def counted(method: Callable[..., Any]) -> Callable[..., Any]:
        def step(self: Transaction, *args: Any, **how: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return method(self, *args, **how)

        return step

    for kind, name in STEPS:
        setattr(kind, name, counted(getattr(kind, name)))
    return left


def copied(database: str, name: str) -> str:
    """Copy a database under a name; return its address."""
    url = make_url(database)
    if url.get_backend_name() == "sqlite":
        path = Path(str(url.database))
        shutil.copy(path, path.with_name(f"{name}.db"))
        return str(url.set(database=str(path.with_name(f"{name}.db"))))
    copy = url.set(database=f"{url.database}_{name}")
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{copy.database}" TEMPLATE "{url.database}"'))
    engine.dispose()
    return copy.render_as_string(hide_password=False)


def once(kind: str, database: str, where: dict[str, Any], steps: int) -> tuple[str, int]:
    """Take over in a process that is killed after so many steps; return what it wrote, and its status."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writing, 1)
        left = count_down(steps)
        asyncio.run(taken(kind, database, where))
        os.write(1, str(steps - left[0]).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as out:
        wrote = out.read()
    return wrote, os.waitpid(child, 0)[1]


def main(kind: str, database: str, where: dict[str, Any], points: int) -> None:
    """Count the steps of a whole one, then kill others on the way."""
    folder.LOOK_SECONDS, client.WITHIN_SECONDS = 0.0, 0.0
    wrote, status = once(kind, copied(database, "whole"), where, sys.maxsize)
    assert status == 0, "nothing came through"
    whole = int(wrote.lstrip("."))
    chosen = sorted(random.Random(kind).sample(range(whole), min(points, whole)))
    for steps in chosen:
        copy = copied(database, f"after{steps}")
        wrote, status = once(kind, copy, where, steps)
        assert status == signal.SIGKILL, f"not killed after {steps} of {whole}"
        sys.stdout.write(f"{copy} {wrote.count('.')}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), int(sys.argv[4]))
