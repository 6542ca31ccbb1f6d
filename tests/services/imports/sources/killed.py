"""Pulls from a folder again and again, each time killed some statements later: DATABASE FOLDER OUT STEP.

Each pull is a process of its own, on a copy of the database: `OUT/N.db` is what the Nth left behind.
"""

import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from config.settings import Settings
from db.engine import Database, Transaction
from regulation.policy import FolderSource, Policy, Sources
from services.app import App
from services.imports.sources import folder
from services.imports.sources.configured import open_source
from services.imports.sources.pulling import pull

MOST = 500


def app_on(database: Path, place: Path) -> App:
    """Return an App whose registry comes from a folder."""
    settings = Settings(data_dir=database.parent, _env_file=None)  # pyright: ignore[reportCallIssue]
    policy = Policy(sources=Sources(folder=FolderSource(path=str(place), pattern=("*.csv",))))
    return App(settings, policy, Database(f"sqlite+aiosqlite:///{database}"), phone_key=b"test key")


async def pull_once(database: Path, place: Path) -> None:
    """Take what lies in the folder."""
    folder.LOOK_SECONDS = 0.0
    app = app_on(database, place)
    await pull(app, open_source(app, "folder"))
    await app.database.close()


def die_at(statement: int) -> None:
    """Have this process killed before it runs so many statements."""
    execute, left = Transaction.execute, [statement]

    def counted(self: Transaction, *args: Any, **how: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(self, *args, **how)

    Transaction.execute = counted  # pyright: ignore[reportAttributeAccessIssue]


def main(database: Path, place: Path, out: Path, step: int) -> None:
    """Go on until a pull is through before it is killed."""
    for statement in range(0, MOST, step):
        copy = out / f"{statement}.db"
        shutil.copy(database, copy)
        child = os.fork()
        if child == 0:
            die_at(statement)
            asyncio.run(pull_once(copy, place))
            os._exit(0)
        if os.waitpid(child, 0)[1] == 0:
            return
    sys.exit("no pull came through")


if __name__ == "__main__":
    database, place, out = map(Path, sys.argv[1:4])
    main(database, place, out, int(sys.argv[4]))
