"""Starts scripts of ours as processes whose imports are done already: a fork instead of two seconds' work.

`python -m tests.starter SOCKET` imports what bot.py and cli.py need when it is first asked on that socket, forks a
process for whoever asks, and tells its end. It ends itself when its standard input does, with whoever started it.
"""

import gc
import importlib
import inspect
import json
import os
import pkgutil
import runpy
import selectors
import socket
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("regulation", "config", "db", "services", "terminal")
BESIDES = (
    "bot",
    "cli",
    "aiosqlite",
    "alembic.command",
    "nonebot.adapters.onebot.v11",
    "nonebot.drivers.fastapi",
    "psycopg",
    "anyio._backends._asyncio",
    "apscheduler.schedulers.asyncio",
    "apscheduler.triggers.cron",
    "apscheduler.triggers.interval",
    "dateutil.parser",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)
# Plugins whose modules are many: NoneBot loads the plugin itself, and what has to do with a running NoneBot.
INSIDE = ("plugins.gateway", "plugins.commands")
# These set something up, or belong to tests and demo alone.
_LEFT_OUT = ("db.migrations", "terminal.demo", "plugins.gateway.wiring")


def import_everything() -> None:
    """Import all that a process of ours will want; what needs a running NoneBot it imports itself."""
    # Its models' docstrings are looked for through every module there is: the fewer, the sooner.
    importlib.import_module("scim2_server.applications.asgi")
    for name in ROOMS:
        import_inside(importlib.import_module(name))
    for name in BESIDES:
        importlib.import_module(name)
    for name in INSIDE:
        plugin = sys.modules[name] = ModuleType(name)
        plugin.__path__ = [str(ROOT.joinpath(*name.split(".")))]
        import_inside(plugin)
        del sys.modules[name]
    # Reads the calendar's library, as its first question does.
    sys.modules["regulation.deadlines"].calendar_known(2026, sys.modules["regulation.policy"].Hours())
    # NoneBot asks where a matcher stands; whoever asks of a file unknown has `inspect` take down those of all modules.
    inspect.getmodule(compile("", "no file", "exec"))
    gc.freeze()


def import_inside(room: ModuleType) -> None:
    """Import the modules of a package."""
    for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
        if not found.name.startswith(_LEFT_OUT):
            importlib.import_module(found.name)


def wait_for_work(address: str) -> dict[str, Any]:
    """Fork for each request; returns in the child alone, with what it shall be."""
    ready = False
    chosen = selectors.DefaultSelector()
    server = socket.socket(socket.AF_UNIX)
    server.bind(f"{address}.new")
    server.listen()
    os.rename(f"{address}.new", address)
    chosen.register(server, selectors.EVENT_READ, None)
    chosen.register(0, selectors.EVENT_READ, None)
    asked: dict[int, socket.socket] = {}
    while True:
        for key, _ in chosen.select():
            if key.fileobj is server:
                asker, _ = server.accept()
                if not ready:
                    import_everything()
                    ready = True
                wanted = json.loads(asker.makefile("r", encoding="utf-8").readline())
                child = os.fork()
                if child == 0:
                    for one in (*asked.values(), asker, server, chosen):
                        one.close()
                    return wanted
                asker.sendall(f"{child}\n".encode())
                asked[child] = asker
                chosen.register(os.pidfd_open(child), selectors.EVENT_READ, child)
            elif key.fileobj == 0:
                os._exit(0)
            else:
                chosen.unregister(key.fileobj)
                os.close(key.fd)
                _, status = os.waitpid(key.data, 0)
                with asked.pop(key.data) as asker:
                    asker.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def become(wanted: dict[str, Any]) -> None:
    """Run a script in this process as if it had been started alone."""
    os.environ.clear()
    os.environ.update(wanted["environment"])
    os.chdir(wanted["folder"])
    os.dup2(os.open(wanted["typed"], os.O_RDONLY | os.O_NOCTTY), 0)
    for standard, name in ((1, "output"), (2, "errors")):
        os.dup2(os.open(wanted[name], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), standard)
    sys.argv = [wanted["script"], *wanted["words"]]
    sys.path[:1] = [str(Path(wanted["script"]).parent), str(ROOT)]
    runpy.run_path(wanted["script"], run_name="__main__")


if __name__ == "__main__":
    gc.disable()
    work = wait_for_work(sys.argv[1])
    gc.enable()
    become(work)
