"""Starts scripts of ours as processes whose imports are done already: a fork instead of two seconds' work.

`python -m tests.starter SOCKET` imports what bot.py and cli.py need when it is first asked on that socket, forks a
process for whoever asks, and tells its end. It ends itself when its standard input does, with whoever started it.
"""

import gc
import importlib
import json
import os
import pkgutil
import runpy
import selectors
import socket
import sys
from pathlib import Path
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
    "apscheduler.schedulers.asyncio",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)
# These set something up, or belong to tests and demo alone.
_LEFT_OUT = ("db.migrations", "terminal.demo")


def import_everything() -> None:
    """Import all that a process of ours will want; what needs a running NoneBot it imports itself."""
    # Its models' docstrings are looked for through every module there is: the fewer, the sooner.
    importlib.import_module("scim2_server.applications.asgi")
    for name in ROOMS:
        room = importlib.import_module(name)
        for found in pkgutil.walk_packages(room.__path__, f"{name}."):
            if not found.name.startswith(_LEFT_OUT):
                importlib.import_module(found.name)
    for name in BESIDES:
        importlib.import_module(name)
    gc.freeze()


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
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(wanted["output"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for found, standard in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(found, standard)
    sys.argv = [wanted["script"], *wanted["words"]]
    sys.path[0] = str(Path(wanted["script"]).parent)
    runpy.run_path(wanted["script"], run_name="__main__")


if __name__ == "__main__":
    gc.disable()
    work = wait_for_work(sys.argv[1])
    gc.enable()
    become(work)
