"""Two processes that share a PostgreSQL."""

import uuid
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from regulation.model import Member, Role
from services import processes
from tests import company
from tests.company import BOT, OTHER
from tests.conftest import StoppedClock
from tests.databases import address, new_database
from tests.services.processes.pair import SECOND_BOT, Pair, PeerQQ, process, read_again


@pytest.fixture
async def postgres_url(postgres_server: URL, postgres_template: str) -> AsyncGenerator[str]:
    with new_database(postgres_server, f"qungui_{uuid.uuid4().hex[:12]}", postgres_template) as url:
        yield address(url)


@pytest.fixture
async def pair(postgres_url: str, tmp_path: Path, clock: StoppedClock) -> AsyncGenerator[Pair]:
    """Two processes of the invented company: BOT in GROUP is with the first, SECOND_BOT in OTHER with the other."""
    async with (
        process(postgres_url, tmp_path, clock, "first") as first,
        process(postgres_url, tmp_path, clock, "second") as second,
    ):
        known = await company.settle_in(first)
        known.lists[OTHER] = [
            *(one for one in known.lists[OTHER] if one.user_id != BOT),
            Member(SECOND_BOT, role=Role.ADMIN),
        ]
        second.registry = first.registry
        for app, account in ((first, BOT), (second, SECOND_BOT)):
            app.gateway = PeerQQ(clock, known.lists, known.names, app=app, account=account)
            assert await processes.claim(app, account)
            await processes.refresh(app)
        await read_again(first, second)
        yield first, second
