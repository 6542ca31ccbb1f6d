"""Cards: read back, and tried again."""

from services.app import App
from simulator import OkButNothing, World
from tests.plugins.gateway.conftest import Connect
from tests.plugins.gateway.sender.rows import card, counted, put, settled


async def test_a_card_is_read_back(connect: Connect, app: App, world: World) -> None:
    await connect("lagrange")
    await put(app, card(20001, "采购部-人1"))

    row = await settled(world, app)

    assert (row["state"], row["confirmed_by"]) == ("done", "member_info")


async def test_a_card_that_did_not_take_is_tried_again_and_then_given_up(
    connect: Connect, app: App, world: World
) -> None:
    account = await connect("go-cqhttp")
    account.faults.always("set_group_card", OkButNothing())
    await put(app, card(20001, "采购部-人1"))

    row = await settled(world, app)

    assert (row["state"], row["attempts"]) == ("dead", 2)
    assert (await counted(app))["go-cqhttp", "set_group_card"] == {"ineffective": 2}


async def test_a_card_of_someone_gone_is_dropped(connect: Connect, app: App, world: World) -> None:
    await connect("llbot")
    await put(app, card(29999, "采购部-人1"))

    assert (await settled(world, app))["state"] == "dropped"
