"""Two thousand events of every kind in a second, while QQ hands over no file, and the connection breaks.

Whatever happens inside, an account that connects anew is served, and what was shed is said. (How soon
is measured by `bench/hostile.py`.)
"""

import json
from collections.abc import Iterator
from typing import Any

from simulator import NoAnswer
from tests.journeys import load
from tests.journeys.harness import BOSS, BOT, POLICY, Journey

SIZE = 2000
FILES = 160
MIB_MORE = 20.0


def burst(size: int) -> Iterator[dict[str, Any]]:
    """Yield events as an implementation sends them: talk, commands, files, notices, requests, heartbeats."""
    for number in range(size):
        base = {"time": 1_795_339_604, "self_id": BOT}
        talk = {"post_type": "message", "message_id": number, "raw_message": "", "font": 0}
        boss = {
            **base,
            **talk,
            "message_type": "private",
            "sub_type": "friend",
            "user_id": BOSS,
            "sender": {},
        }
        of_group = {**base, "group_id": load.SALES}
        kind = number % 100
        if kind < 100 * FILES // SIZE:
            data = {"file": f"{number}.csv", "file_id": f"/f{number}", "file_size": "2000"}
            yield {**boss, "message": [{"type": "file", "data": data}]}
        elif kind < 30:
            words = ("状态", "待办", "群列表", "违规汇总", "帮助")[number % 5]
            yield {**boss, "message": [{"type": "text", "data": {"text": words}}]}
        elif kind < 45:
            notice = ("group_card", "group_increase", "group_decrease", "group_admin", "unheard_of")[
                number % 5
            ]
            yield {**of_group, "post_type": "notice", "notice_type": notice, "user_id": 60_000 + number,
                   "sub_type": "leave", "card_new": "x", "operator_id": 0}  # fmt: skip
        elif kind < 50:
            yield {**of_group, "post_type": "request", "request_type": "group", "sub_type": "add",
                   "user_id": 70_000 + number, "comment": "让我进群", "flag": f"burst-{number}"}  # fmt: skip
        elif kind < 55:
            yield {**base, "post_type": "meta_event", "meta_event_type": "heartbeat", "interval": 1,
                   "status": {"online": True, "good": True}}  # fmt: skip
        else:
            yield {**of_group, **talk, "message_type": "group", "sub_type": "normal", "user_id": 40_000,
                   "message": [{"type": "text", "data": {"text": "收到"}}], "sender": {"card": "x"}}  # fmt: skip


def event_words(event: dict[str, Any]) -> str:
    """Return what a message says."""
    return "".join(segment["data"].get("text", "") for segment in event.get("message", ()))


async def events_read(journey: Journey) -> float:
    """Return how many events the bot has taken from its sockets."""
    figures = await load.metrics(journey)
    return sum(count for name, count in figures.items() if name.startswith("qungui_events_total"))


async def test_after_a_burst_of_every_kind_an_account_that_connects_anew_is_served(journey: Journey) -> None:
    one, two = load.newcomers(2)
    # Many ask at once: the honest one shall not be held as one of a wave.
    journey.policy = POLICY.replace("requests_seconds = 3", "requests_seconds = 3600")
    journey.policy += "[join]\nwave_limit = 1000000\n"
    await load.company(journey, (one, two), people=50)
    account = await load.settled(journey)
    account.faults.always("get_file", NoAnswer())
    for event in burst(200):
        account.push_raw(json.dumps(event))
    await load.answered_in(journey, load.SALES, 51_001, load.proof(one))

    # What is loaded when first used, such as the fonts of pictures, is there from now on.
    pictures = sum(event_words(event) == "违规汇总" for event in burst(200))
    await journey.until(lambda: sum(s.image is not None for s in journey.world.shown) == pictures, "answers")
    before, read_before = load.memory(journey), await events_read(journey)

    for event in burst(SIZE):
        account.push_raw(json.dumps(event))

    async def all_read() -> bool:
        return await events_read(journey) >= read_before + SIZE

    await journey.until(all_read, "the burst to be read: the socket never waits", 30)
    await account.drop()
    await journey.until(lambda: account.connections == 2, "the account to connect anew", 120)
    await load.answered_in(journey, load.SALES, 51_002, load.proof(two))

    await journey.until(lambda: journey.said("一下子来的消息太多", user_id=BOSS), "what was shed is said", 30)
    assert "文件" in journey.said("一下子来的消息太多", user_id=BOSS)[0].text
    figures = await load.metrics(journey)
    assert figures['qungui_dropped_total{reason="shed_file"}'] >= FILES / 2
    # What is free goes back to the machine once a minute.
    await journey.until(lambda: load.memory(journey) - before <= MIB_MORE, "memory is back", 150)
    log = journey.log.read_text("utf-8")
    assert "QueuePool" not in log
    assert "Traceback" not in log
