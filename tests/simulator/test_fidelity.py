"""Against what real implementations published and were recorded doing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import nonebot
import pytest
from nonebot.adapters.onebot.v11 import Adapter

from simulator import PROFILES, World
from simulator.qq.model import Happened
from tests import recorded
from tests.recorded import needs_recordings
from tests.simulator.conftest import (
    ADMIN,
    APPLICANT,
    BOT,
    FRIEND,
    GROUP,
    INVITING_GROUP,
    MEMBER,
    OWNER,
    Connect,
    TinyBot,
)


@pytest.fixture(scope="module", autouse=True)
def _nonebot() -> None:
    try:
        nonebot.get_driver()
    except ValueError:
        nonebot.init(driver="~none", log_level="ERROR")


@needs_recordings
def test_the_adapter_takes_every_recorded_event() -> None:
    events = recorded.events()
    assert len(events) > 100
    for event in events:
        assert Adapter.json_to_event(event) is not None, event


async def live_through_everything(world: World) -> None:
    """Each kind of thing that can happen, once."""
    await world.say(GROUP, MEMBER, "one")
    await world.change_card(GROUP, MEMBER, "技术-张三")
    await world.at_bot(GROUP, MEMBER, BOT, "two")
    await world.whisper(FRIEND, BOT, "hi")
    await world.whisper(MEMBER, BOT, "hi", group_id=GROUP)
    await world.whisper_file(FRIEND, BOT, "a.csv", b"1")
    await world.ask_to_join(GROUP, APPLICANT, "A1")
    await world.ask_to_join(GROUP, APPLICANT + 1, "", invitor_id=MEMBER)
    await world.invite_bot(INVITING_GROUP, BOT, MEMBER)
    friend = await world.add_friend_request(MEMBER, BOT, "A1")
    await world.settle_by_human(friend, True, BOT)
    await world.until(lambda: MEMBER in world.friends[BOT], what="friends")
    await world.enter(GROUP, 30003, "approve", ADMIN)
    await world.enter(GROUP, 30004, "invite", MEMBER)
    await world.leave(GROUP, 30003)
    await world.kick_by_human(GROUP, 30004, OWNER)
    await world.set_role(GROUP, MEMBER, "admin")
    await world.set_role(GROUP, MEMBER, "member")
    await world.rename(GROUP, "新名", OWNER)
    await world.go_offline(BOT)
    await world.kick_by_human(700002, BOT, OWNER)
    await world.dismiss(GROUP)


# Nobody reads these: the simulator doesn't make them.
OF_NO_CONCERN = {"notice.notify.gray_tip"}
# Of friends the bot reads only the numbers; files are not kept from test to test.
NOT_COMPARED = {"get_friend_list", "get_file", "get_private_file_url"}
TYPED = {
    "message.group.normal",
    "message.private.friend",
    "message.private.group",
    "request.group.add",
    "request.group.invite",
    "request.friend",
    "notice.group_increase.approve",
    "notice.group_increase.invite",
    "notice.group_decrease.leave",
    "notice.group_decrease.kick",
    "notice.group_decrease.kick_me",
    "notice.group_admin.set",
    "notice.group_admin.unset",
    "notice.friend_add",
    "meta_event.lifecycle.connect",
    "meta_event.heartbeat",
}


@pytest.mark.parametrize("profile", sorted(PROFILES))
async def test_the_adapter_takes_every_event_of_each_profile(
    profile: str, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile, heartbeat_seconds=0.02)
    await live_through_everything(world)
    world.add_group(700900, "最后", MEMBER, [BOT])
    await world.say(700900, MEMBER, "the end")
    await bot.event(raw_message="the end")
    await bot.event(meta_event_type="heartbeat")
    parsed = [Adapter.json_to_event(event) for event in bot.events]
    names = {event.get_event_name() for event in parsed if event is not None}
    assert all(parsed)
    assert names >= TYPED
    typed = [type(e).__name__ for e in parsed if e is not None and e.get_event_name() in TYPED]
    assert "Event" not in typed
    assert "NoticeEvent" not in typed


@needs_recordings
async def test_events_have_the_fields_that_were_recorded(
    world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect("napcat")
    await live_through_everything(world)
    await bot.event(notice_type="group_decrease", sub_type="disband")
    ours: dict[str, list[set[str]]] = {}
    for event in bot.events:
        parsed = Adapter.json_to_event(event)
        assert parsed is not None
        ours.setdefault(parsed.get_event_name(), []).append(set(event))
    added = {"to_me", "reply", "anonymous", "original_message"}  # by the adapter, when recording
    for event in recorded.events("napcat"):
        parsed = Adapter.json_to_event(event)
        assert parsed is not None
        name = parsed.get_event_name()
        if name not in OF_NO_CONCERN and not name.startswith(("meta_event", "message_sent")):
            assert any(set(event) - added <= fields for fields in ours[name]), name


Check = Callable[[str, Any], list[str]]


@pytest.fixture
def violations() -> Check:
    """What NapCat's schema holds against an action's data."""
    source = (recorded.FOLDER / "validate_call.py").read_text("utf-8").rstrip().removesuffix("main()")
    module: dict[str, Any] = {"__name__": "validate_call"}
    exec(compile(source, "validate_call.py", "exec"), module)  # our own checked-in tool
    document = json.loads((recorded.FOLDER / "napcat-4.18.13-openapi.json").read_text("utf-8"))

    def check(action: str, data: Any) -> list[str]:
        return module["check"](document, module["data_schema"](document, action), data, lenient=False)

    return check


CALLS: list[tuple[str, dict[str, Any]]] = [
    ("get_login_info", {}),
    ("get_version_info", {}),
    ("get_status", {}),
    ("can_send_image", {}),
    ("clean_cache", {}),
    ("get_group_list", {}),
    ("get_group_info", {"group_id": GROUP}),
    ("get_group_member_list", {"group_id": GROUP, "no_cache": True}),
    ("get_group_member_info", {"group_id": GROUP, "user_id": MEMBER}),
    ("get_friend_list", {}),
    ("get_stranger_info", {"user_id": MEMBER}),
    ("get_group_system_msg", {"count": 50}),
    ("get_group_ignore_add_request", {}),
    ("send_group_msg", {"group_id": GROUP, "message": "hi"}),
    ("send_private_msg", {"user_id": FRIEND, "message": "hi"}),
    ("send_msg", {"user_id": FRIEND, "message": "hi"}),
    ("get_group_msg_history", {"group_id": GROUP}),
    ("_send_group_notice", {"group_id": GROUP, "content": "hi"}),
    ("upload_private_file", {"user_id": FRIEND, "file": "base64://MQ==", "name": "a.csv"}),
    ("upload_group_file", {"group_id": GROUP, "file": "base64://MQ==", "name": "a.csv"}),
    ("get_file", {"file": "a.csv"}),
    ("get_private_file_url", {"file_id": "a.csv"}),
    ("set_group_card", {"group_id": GROUP, "user_id": MEMBER, "card": "技术-张三"}),
    ("set_group_admin", {"group_id": GROUP, "user_id": MEMBER, "enable": True}),
    ("set_group_kick", {"group_id": GROUP, "user_id": MEMBER}),
    ("set_group_kick_members", {"group_id": GROUP, "user_id": [FRIEND]}),
    ("set_group_leave", {"group_id": GROUP}),
]


@needs_recordings
async def test_answers_hold_against_napcats_schema(
    violations: Check, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect("napcat")
    await world.ask_to_join(GROUP, APPLICANT, "A1", "新人")
    await world.ask_to_join(GROUP, APPLICANT + 1, "A2", filtered=True)
    await world.invite_bot(INVITING_GROUP, BOT, MEMBER)
    await world.whisper_file(FRIEND, BOT, "a.csv", b"1")
    flag = (await bot.event(request_type="group", sub_type="add"))["flag"]
    calls = [("set_group_add_request", {"flag": flag, "approve": True}), *CALLS]
    for action, params in calls:
        assert violations(action, await bot.data(action, **params)) == [], action


@needs_recordings
async def test_recorded_answers_have_no_fields_we_lack(world: World, bot: TinyBot, connect: Connect) -> None:
    known = {**dict(CALLS), "get_group_member_info": {"group_id": GROUP, "user_id": MEMBER}}
    for profile in ("napcat", "llbot"):
        account = await connect(profile)
        for action, _, theirs in recorded.answers(profile):
            if not action.startswith("get_") or action in NOT_COMPARED or not theirs:
                continue
            ours = await bot.data(action, **known[action])
            if isinstance(theirs, list):
                ours, theirs = ours[0], theirs[0]
            assert set(theirs) - {"avatar_url"} <= set(ours), action
        await account.stop()


def test_what_happened_can_be_compared() -> None:
    assert Happened(1.0, "left", GROUP, MEMBER) == Happened(1.0, "left", GROUP, MEMBER)
