"""A OneBot v11 implementation: one QQ account of the world, connected to the bot."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any, Self

from simulator.faults import Delay, Duplicate, Faults, Lose, UserIdZero
from simulator.onebot import events, message_events
from simulator.onebot.account import Account
from simulator.onebot.actions import actions_of
from simulator.onebot.actions.requests import newest
from simulator.onebot.answers import dumps
from simulator.onebot.calls import receive
from simulator.onebot.connection import Connection, Send
from simulator.profiles import PROFILES, Profile
from simulator.qq.file_server import url_of
from simulator.qq.model import Happened, Message, StoredFile
from simulator.qq.world import World

CONNECT_SECONDS = 10.0


def _of_group(happened: Happened) -> bool:
    return happened.request is not None and happened.request.kind == "group"


class Implementation(Account):
    """Connects account ``self_id`` of ``world`` to the bot at ``url`` by reverse WebSocket.

    ``profile`` is a name of :data:`simulator.profiles.PROFILES` or a Profile of your own;
    ``reconnect_seconds`` is how long it waits between attempts (NapCat 5, LLBot 3);
    ``heartbeat_seconds`` None turns heartbeats off; ``latency`` is seconds per call.
    """

    def __init__(
        self,
        world: World,
        self_id: int,
        url: str,
        token: str = "",
        profile: str | Profile = "napcat",
        faults: Faults | None = None,
        reconnect_seconds: float = 0.5,
        nickname: str = "bot",
        *,
        heartbeat_seconds: float | None = 5.0,
        latency: float = 0.002,
    ) -> None:
        known = PROFILES[profile] if isinstance(profile, str) else profile
        super().__init__(world, self_id, known, faults or Faults(), nickname, latency)
        self.heartbeat_seconds = heartbeat_seconds
        self.pushed = 0
        self.known_cards: dict[tuple[int, int], str] = {}
        self._known_roles: dict[tuple[int, int], str] = {}
        self.actions = actions_of(self.profile)
        headers = {
            "X-Self-ID": str(self_id),
            "X-Client-Role": "Universal",
            "User-Agent": f"OneBot/11 ({self.profile.app_name})",
        }
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._connection = Connection(url, headers, self._receive, self._greet, reconnect_seconds)
        self._beat: asyncio.Task[None] | None = None
        world.accounts[self_id] = self
        world.nicknames.setdefault(self_id, nickname)

    # -- connection -----------------------------------------------------------------------------

    @property
    def connected(self) -> asyncio.Event:
        """Set while the bot is connected."""
        return self._connection.connected

    @property
    def refusals(self) -> list[str]:
        """Why attempts to connect failed: ``HTTP 403``, or the error's name and text."""
        return self._connection.refusals

    @property
    def connections(self) -> int:
        """How many times a connection was made."""
        return self._connection.connections

    async def start(self, wait: bool = False) -> None:
        """Begin connecting; with ``wait`` until connected (TimeoutError after 10 seconds)."""
        self._connection.start()
        if self.heartbeat_seconds:
            self._beat = asyncio.get_running_loop().create_task(self._beat_on(self.heartbeat_seconds))
        if wait:
            await asyncio.wait_for(self.connected.wait(), CONNECT_SECONDS)

    async def __aenter__(self) -> Self:
        """Connect, and wait until connected."""
        await self.start(wait=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect for good."""
        await self.stop()

    async def stop(self) -> None:
        """Disconnect for good. The account stays in its groups."""
        if self._beat is not None:
            self._beat.cancel()
            await asyncio.gather(self._beat, return_exceptions=True)
            self._beat = None
        await self._connection.stop()

    async def drop(self) -> None:
        """Break the connection abruptly; it comes back after ``reconnect_seconds``."""
        await self._connection.drop()

    def half_open(self) -> None:
        """Stop reading and writing without closing, until :meth:`drop` or :meth:`stop`."""
        self._connection.half_open()

    def _greet(self) -> None:
        self.push(message_events.lifecycle(self.self_id, self.world.now()))
        self.world.changed()

    async def _beat_on(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            self.push(message_events.heartbeat(self.self_id, self.world.now(), seconds, self.online))

    # -- events ---------------------------------------------------------------------------------

    def push(self, event: events.Event, again_after: float | None = None) -> None:
        """Send an event to the bot, faults permitting. Lost if nobody is connected.

        ``again_after``: the implementation delivers it a second time this many seconds later.
        """
        if not self.connected.is_set() and event["post_type"] != "meta_event":
            return
        fault = self.faults.for_event(events.kind_of(event))
        match fault:
            case Lose():
                return
            case UserIdZero():
                event = {**event, "user_id": 0}
            case Delay(seconds):
                self._push_later(seconds, event)
                return
            case Duplicate(times, seconds):
                for number in range(1, times + 1):
                    self._push_later(number * seconds, event)
        self._send(event)
        if again_after is not None:
            self._push_later(again_after, event)

    def _send(self, event: events.Event) -> None:
        if self._connection.send(dumps(event)):
            self.pushed += 1

    def push_raw(self, frame: str | bytes) -> bool:
        """Send whatever it is to the bot as one frame; False if nobody is connected."""
        return self._connection.send(frame)

    @property
    def unsent(self) -> int:
        """How many frames wait to be written to the socket."""
        return self._connection.unsent

    def _push_later(self, seconds: float, event: events.Event) -> None:
        asyncio.get_running_loop().call_later(seconds, self._send, event)

    def see(self, happened: Happened) -> None:
        """Tell the bot what happened, as this profile would (or wouldn't)."""
        if happened.kind == "card_changed" and self.profile.card_notice == "on_speech":
            key = (happened.group_id or 0, happened.user_id)
            self.known_cards.setdefault(key, happened.old)
        if happened.kind == "offline":
            self.online = False
        event = events.build(self.profile, self.self_id, happened)
        if event is None:
            return
        twice = (happened.kind == "request_raised" and self.profile.duplicate_requests) or (
            happened.kind == "joined" and self.profile.duplicate_increases
        )
        again = self.profile.duplicate_seconds if twice else None
        if happened.kind == "request_raised" and _of_group(happened) and self.profile.emitted:
            loop = asyncio.get_running_loop()
            loop.call_later(self.profile.emit_seconds, self._push_if_new, event, happened, again)
        else:
            self.push(event, again)

    def _push_if_new(self, event: events.Event, happened: Happened, again: float | None) -> None:
        """Tell of a request only if it stands among the newest notices by now."""
        if any(one is happened for one in newest(self, self.profile.emitted)):
            self.push(event, again)

    def hear(self, message: Message) -> None:
        """Tell the bot what somebody said, and of the card it first sees thereby."""
        if message.group_id is None:
            self.push(message_events.private_message(self.self_id, message))
            return
        group = self.world.groups[message.group_id]
        member = group.members[message.sender_id]
        role: str = member.role
        if self.profile.stale_sender_role:
            role = self._known_roles.setdefault((group.group_id, member.user_id), role)
        if self.profile.card_notice != "never":
            self._notice_card(message, (group.group_id, member.user_id), member.card)
        self.push(message_events.group_message(self.self_id, message, group, role))

    def _notice_card(self, message: Message, key: tuple[int, int], card: str) -> None:
        known = self.known_cards.get(key)
        if self.profile.card_notice == "on_second_speech":
            self.known_cards[key] = card
        elif known is not None:
            del self.known_cards[key]
        if known is not None and known != card:
            self.push(events.card_notice(self.self_id, message.time, *key, known, card))

    def false_card_notice(self, group_id: int, user_id: int) -> None:
        """Tell the bot that a card was emptied although it wasn't (NapCat#1277)."""
        card = self.world.groups[group_id].members[user_id].card
        self.push(events.card_notice(self.self_id, self.world.now(), group_id, user_id, card, ""))

    async def receive_file(self, file: StoredFile) -> None:
        """Tell the bot that somebody sent it a file."""
        by_notice, now = self.profile.file_arrives == "notice", self.world.now()
        url = None
        if by_notice or self.profile.file_segment_url:
            url = url_of(await self.world.serve_files(), file)
        if by_notice:
            self.push(message_events.offline_file(self.self_id, now, file, url or ""))
            return
        segment = message_events.file_segment(file, url, hashed=self.profile.wants_file_hash)
        message = Message(
            self.world.next_message_id(), now, file.sender_id, self.world.nickname_of(file.sender_id),
            [segment], f"[CQ:file,file={file.name}]",
            target_id=self.self_id,
        )  # fmt: skip
        self.world.keep_message(message)
        self.hear(message)

    # -- calls and switches ---------------------------------------------------------------------

    async def _receive(self, raw: str | bytes, send: Send) -> None:
        await receive(self, self.actions, raw, send, self.drop)

    def with_switches(self, **switches: Any) -> None:
        """Turn switches of the profile while running, e.g. ``refresh_seconds=0.2``."""
        self.profile = dataclasses.replace(self.profile, **switches)
        self.member_lists.profile = self.profile
        self.actions = actions_of(self.profile)
