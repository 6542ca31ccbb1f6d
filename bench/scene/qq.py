"""QQ as the bench needs it: one account, cheap for this end, so that what is measured is the bot.

The simulator misbehaves and keeps a world; this one answers every call at once from a table.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

ACCOUNT = 88880001
OWNER = 10001
Answer = Callable[[dict[str, Any]], Any]


def group_id(n: int) -> int:
    """Return the number of the bench's group `n`."""
    return 700_000_000 + n


def member(group: int, user_id: int, card: str, role: str = "member") -> dict[str, Any]:
    """Return one row of a member list, as NapCat gives it."""
    return {
        "group_id": group, "user_id": user_id, "nickname": f"u{user_id}", "card": card, "sex": "unknown",
        "age": 0, "area": "", "level": "1", "qq_level": 0, "join_time": 1700000000,
        "last_sent_time": 1760000000, "title_expire_time": 0, "unfriendly": False, "card_changeable": True,
        "is_robot": False, "shut_up_timestamp": 0, "role": role, "title": "",
    }  # fmt: skip


class Account:
    """A logged-in account. `lists`: group → member rows. `answered`: flag → time of its answer."""

    def __init__(
        self, url: str, token: str, lists: dict[int, list[dict[str, Any]]], self_id: int = ACCOUNT
    ) -> None:
        self._url, self._token, self.self_id = url, token, self_id
        self.lists = lists
        self.answered: dict[str, float] = {}
        self.calls: dict[str, int] = {}
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._answers: dict[str, asyncio.Future[float]] = {}

    async def __aenter__(self) -> "Account":
        headers = {"Authorization": f"Bearer {self._token}", "X-Self-ID": str(self.self_id)}
        headers["X-Client-Role"] = "Universal"
        self._socket = await connect(
            self._url, additional_headers=headers, max_size=None, compression=None, ping_interval=None
        )
        self._reading = asyncio.create_task(self._read())
        life = {"meta_event_type": "lifecycle", "sub_type": "connect"}
        await self.send(self.event("meta_event", **life))
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._socket is not None
        assert self._reading is not None
        await self._socket.close()
        self._reading.cancel()
        with suppress(asyncio.CancelledError, ConnectionClosed):
            await self._reading

    def event(self, post_type: str, **fields: Any) -> str:
        """Return an event of this account as text."""
        return json.dumps(
            {"time": int(time.time()), "self_id": self.self_id, "post_type": post_type, **fields},
            ensure_ascii=False,
        )

    def _note_answer(self, flag: str, at: float) -> None:
        self.answered.setdefault(flag, at)
        waiting = self._answers.pop(flag, None)
        if waiting is not None:
            waiting.set_result(at)

    async def answer_to(self, flag: str, patience: float = 60.0) -> float:
        """Return when (`perf_counter`) a request was answered. Raises TimeoutError."""
        if flag in self.answered:
            return self.answered[flag]
        waiting = self._answers.setdefault(flag, asyncio.get_running_loop().create_future())
        return await asyncio.wait_for(waiting, patience)

    async def send(self, text: str) -> None:
        """Send one frame."""
        assert self._socket is not None
        await self._socket.send(text)

    async def send_all(self, texts: Iterable[str]) -> None:
        """Send many frames, as fast as the other end takes them."""
        for text in texts:
            await self.send(text)

    async def _read(self) -> None:
        assert self._socket is not None
        async for frame in self._socket:
            at = time.perf_counter()
            asked = json.loads(frame)
            action, params = asked["action"], asked.get("params") or {}
            self.calls[action] = self.calls.get(action, 0) + 1
            if action == "set_group_add_request":
                self._note_answer(str(params["flag"]), at)
            data, retcode = self._answer(action, params)
            status = "ok" if retcode == 0 else "failed"
            answer = {
                "status": status,
                "retcode": retcode,
                "data": data,
                "message": "",
                "echo": asked["echo"],
            }
            await self.send(json.dumps(answer, ensure_ascii=False))
            if action == "set_group_add_request" and params.get("approve"):
                await self._enter(str(params["flag"]))

    async def _enter(self, flag: str) -> None:
        """An approved applicant is in: listed, and told."""
        group, _, user = flag.partition(":")
        self.lists.setdefault(int(group), []).append(member(int(group), int(user), ""))
        fields = {"group_id": int(group), "user_id": int(user), "operator_id": self.self_id}
        await self.send(self.event("notice", notice_type="group_increase", sub_type="approve", **fields))

    def _answer(self, action: str, params: dict[str, Any]) -> tuple[Any, int]:
        group = int(params.get("group_id") or 0)
        if action == "get_version_info":
            return {"app_name": "LLOneBot", "protocol_version": "v11", "app_version": "7.9.0"}, 0
        if action == "get_group_list":
            return [self._info(one) for one in self.lists], 0
        if action == "get_group_info":
            return self._info(group), 0
        if action == "get_group_member_list":
            return self.lists.get(group, []), 0
        if action == "get_group_member_info":
            user = int(params["user_id"])
            found = next((row for row in reversed(self.lists.get(group, [])) if row["user_id"] == user), None)
            return (found, 0) if found else (None, 1400)
        if action == "set_group_card":
            for row in self.lists.get(group, []):
                if row["user_id"] == int(params["user_id"]):
                    row["card"] = params["card"]
            return None, 0
        if action == "get_login_info":
            return {"user_id": self.self_id, "nickname": "bot"}, 0
        if action == "get_group_system_msg":
            return {"join_requests": [], "invited_requests": [], "InvitedRequest": []}, 0
        return ([] if action.startswith("get_") else None), 0

    def _info(self, group: int) -> dict[str, Any]:
        count = len(self.lists.get(group, ()))
        return {"group_id": group, "group_name": f"XY-市场部-{group}", "member_count": count,
                "max_member_count": 2000}  # fmt: skip
