"""Whoever looks at a page lets a join request's answer leave first."""

import asyncio
from typing import Any

import pytest

from db.engine import Transaction
from db.scheduling.calm import Aside, Calm
from services.app import App
from services.joining import proofs, rounds
from services.joining.heard import Heard
from tests import company as co


async def test_a_look_waits_until_what_a_round_decided_is_on_its_way(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    await co.settle_in(app)
    calm, looks, come = list[bool](), list[asyncio.Task[None]](), Calm.come

    async def told(self: Calm) -> Aside:
        calm.append(self.is_now)
        return await come(self)

    async def look(tx: Transaction) -> None:
        del tx

    def decided(app: App, proved: Any) -> None:
        del proved
        looks.append(asyncio.create_task(app.database.look(look)))

    monkeypatch.setattr(Calm, "come", told)
    monkeypatch.setattr(proofs, "bind_soon", decided)
    await rounds.hear(app, Heard(co.BOT, co.GROUP, 31001, "你好", "1"))
    await asyncio.gather(*looks)
    await app.database.look(look)
    assert calm == [False, True]
