"""A database that goes away around a COMMIT: nothing is lost that a living process had in hand, and nothing doubled."""

import uuid
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from db.tables.registry import registry_state
from db.tables.work import outbox
from plugins.gateway.outgoing import lane, sender
from services.acts import to_group
from services.app import App
from services.joining import rounds
from services.joining.heard import Heard
from services.people import registry
from services.sender import takeover
from simulator import World
from tests.databases import address, new_database
from tests.plugins.gateway.conftest import BOT, BotSide, Connect, event_flag
from tests.plugins.gateway.sender.rows import calls, kick, put, settled
from tests.relay import Cut, Relay, relay
from tests.services.joining.test_proofs import COMMENT, a_company_with_somebody_new

# Not one that finds nothing to claim.
CLAIM = Cut(b"SKIP LOCKED", answered=b'{"')
BEGIN, END = Cut(b"acted_by="), Cut(b"confirmed_by=")
SAID = "请改名片"


@pytest.fixture
async def way(postgres_server: URL) -> AsyncGenerator[Relay]:
    """The way to PostgreSQL."""
    async with relay(postgres_server) as made:
        yield made


@pytest.fixture
async def database_url(way: Relay, postgres_server: URL, postgres_template: str) -> AsyncGenerator[str]:
    """The address of an empty PostgreSQL database, by that way."""
    with new_database(postgres_server, f"qungui_{uuid.uuid4().hex[:12]}", postgres_template) as url:
        yield address(url.set(host="127.0.0.1", port=way.port).update_query_dict({"sslmode": "disable"}))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugins.gateway.outgoing.verify.STILL_PENDING_AFTER", 0.6)
    monkeypatch.setattr("plugins.gateway.outgoing.verify._JOIN_STEPS", (0.1,) * 40)


@pytest.fixture
def app(app: App, monkeypatch: pytest.MonkeyPatch) -> App:
    """What is lost is looked for sooner, and in the same proportions."""
    monkeypatch.setattr(sender, "TAKE_OVER_SECONDS", 1.0)
    monkeypatch.setattr(takeover, "LOST_SECONDS", 0.8)
    monkeypatch.setattr(lane, "CATCH_SECONDS", 0.2)
    return app


@pytest.mark.parametrize(("cut", "heard"), [(CLAIM, True), (BEGIN, True), (END, True), (END, False)])
async def test_a_removal_is_done_once_and_read_back(
    connect: Connect, app: App, world: World, way: Relay, cut: Cut, heard: bool
) -> None:
    await connect()
    way.cuts.append(replace(cut, heard=heard))
    await put(app, kick(20001))

    row = await settled(world, app, within=20)

    assert (row["state"], row["confirmed_by"]) == ("done", "member_list")
    assert way.made == 1
    assert len(calls(world, "set_group_kick")) == 1


@pytest.mark.parametrize(("cut", "heard"), [(CLAIM, True), (END, True), (END, False)])
async def test_a_message_is_said_once(
    connect: Connect, app: App, world: World, way: Relay, cut: Cut, heard: bool
) -> None:
    await connect()
    way.cuts.append(replace(cut, heard=heard))
    await put(app, to_group(700001, SAID))

    row = await settled(world, app, within=20)

    # How it ended is not known any more only where that could not be written.
    assert row["state"] == ("unconfirmed" if cut is END and not heard else "done")
    assert way.made == 1
    assert [shown.text for shown in world.shown] == [SAID]


@pytest.mark.parametrize("heard", [True, False])
async def test_a_request_is_judged_and_answered_once(
    connect: Connect, app: App, bot: BotSide, world: World, way: Relay, heard: bool
) -> None:
    await a_company_with_somebody_new(app)
    async with app.database.transaction() as tx:
        await tx.execute(update(registry_state).values(as_of=app.now()))
    await registry.load(app)
    app.gateway = bot.gateway
    await connect()
    await world.ask_to_join(700001, 31001, COMMENT)
    await world.until(lambda: any(event["post_type"] == "request" for event in bot.events))
    asked = Heard(BOT, 700001, 31001, COMMENT, event_flag(bot, 31001))
    way.cuts.append(Cut(b"INSERT INTO outbox", heard=heard))

    with pytest.raises(DBAPIError):
        await rounds.hear(app, asked)
    # As QQ's list tells of it, sooner or later.
    verdict = await rounds.hear(app, replace(asked, recovered=True))

    assert (verdict is None) is heard
    await world.until(lambda: 31001 in world.groups[700001].members, 20)
    async with app.database.reading() as tx:
        ids = [row_id for (row_id,) in await tx.rows(select(outbox.c.id))]
    assert len(ids) == 1
    assert (await settled(world, app, ids[0], within=20))["state"] == "done"
    assert len(calls(world, "set_group_add_request")) == 1
