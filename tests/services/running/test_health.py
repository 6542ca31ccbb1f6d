"""When the bot is well, when not and why, and what is said when that can't be told."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from db.queries.groups import last_seen
from db.queries.work import processes, switches
from services import acts, outbox
from services.app import App, Peers
from services.running import health
from tests import company as co
from tests.conftest import StoppedClock


@dataclass
class KnownQQ(co.FakeQQ):
    """A QQ that also tells of its connections."""

    connected: dict[int, bool] = field(default_factory=lambda: {co.BOT: True})

    def accounts(self) -> tuple[int, ...]:
        return tuple(self.connected)

    def is_online(self, account: int) -> bool:
        return self.connected[account]

    def connected_for(self, account: int) -> float:
        return 7300.0


@pytest.fixture
async def qq(app: App) -> KnownQQ:
    """The company with one filed group, read a moment ago."""
    made = await co.settle_with(KnownQQ, app)
    await co.filed(app)
    return made


async def faults(app: App) -> tuple[str, ...]:
    return (await health.look(app)).faults


async def put(app: App, group_id: int, **values: Any) -> None:
    async with app.database.transaction() as tx:
        await last_seen.put(tx, group_id, **values)


async def test_well_is_one_word_and_what_was_looked_at(app: App, qq: KnownQQ) -> None:
    found = await health.look(app)
    assert found.faults == ()
    assert health.lines(found, app.now())[:3] == ["正常", "", "账号 90****01：已连接 2 小时"]


async def test_no_account_is_a_fault(app: App, qq: KnownQQ) -> None:
    qq.connected.clear()
    assert await faults(app) == ("没有连接中的 QQ 账号",)


OTHERS = Peers(others=frozenset({90002}))


async def test_who_stands_by_while_another_process_has_the_accounts_is_well(app: App, qq: KnownQQ) -> None:
    qq.connected.clear()
    app.peers = OTHERS
    found = await health.look(app)

    assert found.faults == ()
    assert health.lines(found, app.now())[:3] == ["正常", "", "没有连接中的 QQ 账号，由其他进程照管"]


async def test_whose_account_is_gone_is_not_unless_another_process_has_it(
    app: App, qq: KnownQQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    qq.connected.clear()
    app.peers = OTHERS
    monkeypatch.setattr(qq, "gone", lambda: frozenset({co.BOT}))
    assert await faults(app) == ("没有连接中的 QQ 账号",)

    app.peers = Peers(others=frozenset({90002, co.BOT}))
    assert await faults(app) == ()


async def test_an_account_that_nobody_has_since_a_restart_is_missed_for_days(
    app: App, qq: KnownQQ, clock: StoppedClock
) -> None:
    """The process that had it knows nothing of it any more; QQ waits for somebody to log in."""
    async with app.database.transaction() as tx:
        await processes.remember(tx, co.BOT, app.now())
    qq.connected.clear()
    app.peers = OTHERS
    clock.move(days=2)
    assert not (await health.look(app)).stands_by
    assert "没有连接中的 QQ 账号" in await faults(app)

    clock.move(days=2)
    assert (await health.look(app)).stands_by


async def test_an_account_that_qq_logged_out_is_a_fault(app: App, qq: KnownQQ) -> None:
    qq.connected[co.BOT] = False
    (fault,) = await faults(app)
    assert "90****01" in fault
    assert str(co.BOT) not in fault


async def test_one_filed_group_unread_for_long_is_a_fault_beside_a_fresh_one(app: App, qq: KnownQQ) -> None:
    await co.filed(app, co.OTHER)
    await put(app, co.OTHER, complete_at=app.now() - timedelta(hours=27))
    (fault,) = await faults(app)
    assert "26 小时" in fault


@pytest.mark.dialects
async def test_groups_that_are_gone_or_not_filed_are_nobodys_concern(app: App, qq: KnownQQ) -> None:
    await put(app, co.OTHER, complete_at=app.now() - timedelta(days=30))
    assert await faults(app) == ()
    await co.filed(app, co.OTHER)
    await put(app, co.OTHER, gone_at=app.now())
    assert await faults(app) == ()


async def test_a_backlog_that_stands_still_is_a_fault_unless_paused(
    app: App, qq: KnownQQ, clock: StoppedClock
) -> None:
    async with app.database.transaction() as tx:
        await outbox.queue(app, tx, acts.to_group(co.GROUP, "x"))
    clock.move(minutes=29)
    assert await faults(app) == ()
    clock.move(minutes=2)
    (fault,) = await faults(app)
    assert "30 分钟" in fault
    async with app.database.transaction() as tx:
        await switches.put(tx, "paused", True, by="1", at=app.now())
    assert await faults(app) == ()


async def test_two_accounts_that_look_alike_when_masked_keep_labels_of_their_own(
    app: App, qq: KnownQQ
) -> None:
    qq.connected = {90001: True, 90101: True, 91001: True}
    labels = [one.label for one in (await health.look(app)).accounts]
    assert labels == ["90****01", "90****01#2", "91****01"]


@pytest.mark.dialects
async def test_a_database_that_fails_is_said_without_its_address(app: App, qq: KnownQQ) -> None:
    async with app.database.transaction() as tx:
        await tx.execute(text("ALTER TABLE filings RENAME TO lost"))
    with pytest.raises(health.UnknownHealthError) as caught:
        await health.look(app)
    assert str(caught.value).startswith("数据库读不了")
    assert "filings" not in str(caught.value)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_a_database_that_does_not_answer_is_not_waited_for(
    app: App, qq: KnownQQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.database.transaction() as tx:
        await tx.execute(text("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE"))
        with monkeypatch.context() as patch:
            patch.setattr(health, "PATIENCE", 0.3)
            with pytest.raises(health.UnknownHealthError, match="没有答复"):
                await asyncio.create_task(health.look(app))
    assert await faults(app) == ()


async def test_a_disk_that_nothing_fits_on_is_a_fault(
    app: App, qq: KnownQQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LEAST_FREE", 1 << 60)
    (fault,) = await faults(app)
    assert "磁盘只剩" in fault


async def test_a_data_folder_that_is_gone_is_a_fault(app: App, qq: KnownQQ) -> None:
    app.settings = app.settings.model_copy(update={"data_dir": app.settings.data_dir / "gone"})
    (fault,) = await faults(app)
    assert "数据目录写不进去" in fault
