"""Things that go wrong on purpose."""

from __future__ import annotations

import pytest

from simulator import (
    Delay,
    DropConnection,
    Duplicate,
    Failure,
    Faults,
    LateAnswer,
    Lose,
    NoAnswer,
    OkButNothing,
    PartialList,
    SendTimeout,
    UserIdZero,
    World,
)
from tests.simulator.conftest import APPLICANT, GROUP, MEMBER, Connect, TinyBot


@pytest.fixture
def faults() -> Faults:
    return Faults(seed=1)


async def test_ok_but_nothing(faults: Faults, world: World, bot: TinyBot, connect: Connect) -> None:
    await connect("llbot", faults=faults)
    faults.once("set_group_kick", OkButNothing())
    await bot.data("set_group_kick", group_id=GROUP, user_id=MEMBER)
    assert MEMBER in world.groups[GROUP].members
    await bot.data("set_group_kick", group_id=GROUP, user_id=MEMBER)
    assert MEMBER not in world.groups[GROUP].members


async def test_a_send_that_times_out_was_shown_all_the_same(
    faults: Faults, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect("napcat", faults=faults)
    faults.once("send_group_msg", SendTimeout())
    answer = await bot.call("send_group_msg", group_id=GROUP, message="提醒")
    assert answer["status"] == "failed"
    assert answer["message"].startswith("Timeout: NTEvent")
    assert [shown.text for shown in world.shown] == ["提醒"]


@pytest.mark.parametrize("done", [True, False])
async def test_no_answer(done: bool, faults: Faults, world: World, bot: TinyBot, connect: Connect) -> None:
    await connect("napcat", faults=faults)
    faults.once("send_group_msg", NoAnswer(done=done))
    with pytest.raises(TimeoutError):
        await bot.call("send_group_msg", group_id=GROUP, message="提醒", seconds=0.15)
    assert bool(world.shown) == done
    assert world.calls[-1].answer is None


async def test_a_late_answer(faults: Faults, world: World, bot: TinyBot, connect: Connect) -> None:
    await connect("napcat", faults=faults)
    faults.once("send_group_msg", LateAnswer(0.2))
    with pytest.raises(TimeoutError):
        await bot.call("send_group_msg", group_id=GROUP, message="提醒", seconds=0.05)
    assert world.shown
    await world.until(lambda: world.calls[-1].answer, what="the late answer")


async def test_failures_with_a_code_of_ones_own(faults: Faults, bot: TinyBot, connect: Connect) -> None:
    await connect("napcat", faults=faults)
    faults.always("*", Failure(retcode=9000, message="busy"))
    answer = await bot.call("get_login_info")
    assert (answer["retcode"], answer["message"]) == (9000, "busy")
    faults.clear()
    assert (await bot.call("get_login_info"))["retcode"] == 0


@pytest.mark.parametrize("done", [True, False])
async def test_a_connection_that_breaks_during_a_call(
    done: bool, faults: Faults, world: World, bot: TinyBot, connect: Connect
) -> None:
    account = await connect("napcat", faults=faults)
    faults.once("set_group_kick", DropConnection(done=done))
    with pytest.raises(TimeoutError):
        await bot.call("set_group_kick", group_id=GROUP, user_id=MEMBER, seconds=0.15)
    await bot.event(2, meta_event_type="lifecycle")
    assert (MEMBER not in world.groups[GROUP].members) == done
    assert account.connections == 2


async def test_a_partial_member_list(faults: Faults, world: World, bot: TinyBot, connect: Connect) -> None:
    await connect("napcat", faults=faults)
    faults.once("get_group_member_list", PartialList(2))
    assert len(await bot.data("get_group_member_list", group_id=GROUP)) == 3
    assert (await bot.data("get_group_info", group_id=GROUP))["member_count"] == 5
    assert len(await bot.data("get_group_member_list", group_id=GROUP)) == 5


async def test_lost_duplicated_late_and_crippled_events(
    faults: Faults, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect("llbot", faults=faults)
    for fault in (Lose(), UserIdZero(), Duplicate(times=2), Delay(0.05)):
        faults.on_event("request.group.add", fault, times=1)
    requests = [await world.ask_to_join(GROUP, APPLICANT + n, f"A{n}") for n in range(4)]
    await bot.event(user_id=0, comment="A1")
    await bot.event(3, user_id=APPLICANT + 2)
    await bot.event(user_id=APPLICANT + 3)
    assert bot.of(comment="A0") == []
    assert all(request.verdict is None for request in requests)


async def test_rates_are_drawn_with_the_seed() -> None:
    def struck(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.rate("send_group_msg", 0.3, OkButNothing())
        return [faults.for_action("send_group_msg") is not None for _ in range(200)]

    assert struck(7) == struck(7)
    assert struck(7) != struck(8)
    assert 30 < sum(struck(7)) < 90


async def test_faults_of_other_actions_do_not_strike() -> None:
    faults = Faults()
    faults.once("set_group_kick", OkButNothing())
    faults.on_event("notice.group_increase", Lose())
    assert faults.for_action("set_group_card") is None
    assert faults.for_event("notice.group_increase_extra") is None
    assert faults.for_event("notice.group_increase.invite") == Lose()
    assert faults.for_action("set_group_kick") == OkButNothing()
    assert [name for name, _ in faults.struck] == ["notice.group_increase.invite", "set_group_kick"]
