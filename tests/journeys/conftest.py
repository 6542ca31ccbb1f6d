"""Journeys: the real bot over a real WebSocket against the simulator."""

import uuid
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from tests.databases import address, new_database
from tests.journeys.harness import BOSS, BOT, Journey

SALES, TECH, ALL = 700001, 700002, 700003


@pytest.fixture
async def journey(tmp_path: Path) -> AsyncGenerator[Journey]:
    """An empty world with a bot that isn't started yet."""
    made = Journey(tmp_path)
    yield made
    await made.close()


@pytest.fixture
def journey_database(dialect: str, request: pytest.FixtureRequest) -> Generator[str]:
    """The address of the journey's database; empty for the SQLite file in its folder."""
    if dialect == "sqlite":
        yield ""
        return
    name = f"qungui_{uuid.uuid4().hex[:12]}"
    with new_database(request.getfixturevalue("postgres_server"), name, None) as url:
        yield address(url)


@pytest.fixture
async def company(journey_database: str, journey: Journey) -> Journey:
    """Staff imported, two filed groups with the bot as admin; the bot not started yet."""
    journey.database_url = journey_database or journey.database_url
    world = journey.world
    world.add_group(SALES, "市场部工作群", 20001)
    world.add_group(ALL, "公司公共群", BOSS)
    world.add_member(SALES, 20001, nickname="王强", card="市场部-王强", role="owner")
    for user_id, card in ((20005, "市场部-陈晨"), (20006, "市场部-王芳")):
        world.add_member(SALES, user_id, nickname="x", card=card)
        world.add_member(ALL, user_id, nickname="x", card=card)
    world.add_member(ALL, 20003, nickname="周静", card="行政部-周静", role="admin")
    for group_id in (SALES, ALL):
        world.add_member(group_id, BOT, nickname="群规", card="群规", role="admin")
    for user_id in (BOSS, 20001, 20002, 20003):
        world.befriend(BOT, user_id)
    await journey.import_roster()
    await journey.import_filings((SALES, "市场部工作群", "市场部", 20001), (ALL, "公司公共群", "全员", BOSS))
    return journey
