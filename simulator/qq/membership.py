"""People coming, going and changing: everything humans and QQ do to groups."""

from __future__ import annotations

from typing import Literal

from simulator.qq.model import Group, Happened, Member, Request, Role
from simulator.qq.state import WorldState


class Membership(WorldState):
    """The part of the world that changes who is where, as what."""

    # -- requests -------------------------------------------------------------------------------

    async def ask_to_join(
        self,
        group_id: int,
        user_id: int,
        comment: str,
        nickname: str = "",
        invitor_id: int = 0,
        filtered: bool = False,
    ) -> Request:
        """Somebody asks to join. Accounts that manage the group are told.

        With ``invitor_id`` a member invited them and the owner must agree. Who was kicked with
        "refuse from now on" is rejected by QQ itself, unseen. ``filtered``: QQ put the request
        among the doubtful ones, no event is pushed.
        """
        group = self.groups[group_id]
        if nickname or user_id not in self.nicknames:
            self.nicknames[user_id] = nickname or self.nickname_of(user_id)
        request = Request(
            self.next_sequence(), "group", "add", group_id, user_id, comment, invitor_id,
            nickname=self.nickname_of(user_id), raised_at=self.now(), filtered=filtered,
        )  # fmt: skip
        if user_id in group.refused:
            request.verdict, request.settled_by = "reject", 0
            return request
        managers = [a for a in self.watchers(group) if group.manages(a.self_id)]
        self._raise(request, [] if filtered else managers)
        return request

    async def invite_bot(self, group_id: int, self_id: int, inviter: int) -> Request:
        """A member invites a bot account into a group; the account must accept."""
        request = Request(
            self.next_sequence(), "group", "invite", group_id, inviter, self_id=self_id,
            nickname=self.nickname_of(inviter), raised_at=self.now(),
        )  # fmt: skip
        self._raise(request, [self.accounts[self_id]] if self_id in self.accounts else [])
        return request

    async def add_friend_request(self, user_id: int, self_id: int, comment: str = "") -> Request:
        """Somebody wants to be friends with a bot account."""
        self.nicknames.setdefault(user_id, self.nickname_of(user_id))
        request = Request(
            self.next_sequence(), "friend", "add", 0, user_id, comment, self_id=self_id,
            nickname=self.nickname_of(user_id), raised_at=self.now(),
        )  # fmt: skip
        self._raise(request, [self.accounts[self_id]] if self_id in self.accounts else [])
        return request

    def _raise(self, request: Request, tell: list) -> None:
        self.requests[request.sequence] = request
        raised = Happened(
            self.now(), "request_raised", request.group_id or None, request.user_id,
            inviter_id=request.invitor_id, how=request.sub_type, new=request.comment, request=request,
        )  # fmt: skip
        self.record(raised, tell)

    async def settle_by_human(
        self, request: Request, approve: bool, operator_id: int, reason: str = ""
    ) -> None:
        """An owner or admin settles a request in QQ itself; no event tells the bot."""
        self.settle(request, approve, operator_id, reason, self.join_delay)

    def settle(self, request: Request, approve: bool, actor: int, reason: str, delay: float) -> None:
        """Settle a request; who is let in appears ``delay`` seconds later."""
        request.verdict = "approve" if approve else "reject"
        request.settled_by, request.reason = actor, reason
        settled = Happened(
            self.now(), "request_settled", request.group_id or None, request.user_id, actor,
            request.invitor_id, request.verdict, new=reason, request=request,
        )  # fmt: skip
        self.record(settled)
        if approve:
            self.later(delay, lambda: self._admit(request, actor))

    async def _admit(self, request: Request, actor: int) -> None:
        if request.kind == "friend":
            self.befriend(request.self_id, request.user_id)
            made = Happened(self.now(), "friend_added", None, request.user_id)
            self.record(made, [self.accounts[request.self_id]] if request.self_id in self.accounts else [])
        elif request.sub_type == "invite":
            await self.enter(request.group_id, request.self_id, "invite", request.user_id)
        else:
            await self.enter(
                request.group_id, request.user_id, "approve", actor, inviter_id=request.invitor_id
            )

    # -- coming and going -----------------------------------------------------------------------

    async def enter(
        self,
        group_id: int,
        user_id: int,
        how: Literal["approve", "invite"] = "approve",
        operator_id: int = 0,
        nickname: str = "",
        silent: bool = False,
        inviter_id: int = 0,
    ) -> None:
        """Somebody gets in. ``operator_id``: who approved, or for ``invite`` who invited.

        ``silent``: no account is told. Being in already changes nothing.
        """
        group = self.groups[group_id]
        if user_id in group.members:
            return
        if user_id in self.accounts and not nickname:
            nickname = self.accounts[user_id].nickname
        self.add_member(group_id, user_id, nickname)
        inviter = inviter_id or (operator_id if how == "invite" else 0)
        joined = Happened(self.now(), "joined", group_id, user_id, operator_id, inviter, how)
        self.record(joined, () if silent else self.watchers(group))

    async def pull_in(self, group_id: int, user_id: int) -> None:
        """Somebody, perhaps a bot account, is in the group all at once: no request, no event."""
        nickname = self.accounts[user_id].nickname if user_id in self.accounts else ""
        self.add_member(group_id, user_id, nickname)
        self.record(Happened(self.now(), "pulled_in", group_id, user_id))

    async def leave(self, group_id: int, user_id: int) -> None:
        """Somebody leaves of their own accord."""
        self._remove(group_id, user_id, "left", user_id)

    async def kick_by_human(self, group_id: int, user_id: int, operator_id: int) -> None:
        """The owner or an admin removes somebody."""
        self.kick(group_id, user_id, operator_id)

    def kick(self, group_id: int, user_id: int, operator_id: int, refuse: bool = False) -> None:
        """Remove somebody; ``refuse``: QQ rejects them from now on. Rights were checked before."""
        if refuse:
            self.groups[group_id].refused.add(user_id)
        self._remove(group_id, user_id, "kicked", operator_id)

    def _remove(self, group_id: int, user_id: int, kind: Literal["left", "kicked"], operator_id: int) -> None:
        group = self.groups[group_id]
        watchers = self.watchers(group)
        group.remember(user_id)
        del group.members[user_id]
        self.record(Happened(self.now(), kind, group_id, user_id, operator_id), watchers)

    async def dismiss(self, group_id: int) -> None:
        """The owner dissolves the group."""
        group = self.groups.pop(group_id)
        watchers = self.watchers(group)
        self.record(Happened(self.now(), "dismissed", group_id, group.owner_id, group.owner_id), watchers)

    # -- changing -------------------------------------------------------------------------------

    async def change_card(self, group_id: int, user_id: int, card: str) -> None:
        """Somebody's card changes in QQ; when (and whether) a bot hears of it depends on its profile."""
        self.set_card(group_id, user_id, card, user_id)

    def set_card(self, group_id: int, user_id: int, card: str, operator_id: int) -> None:
        """Set a card. Rights were checked before."""
        group, member = self._member(group_id, user_id)
        group.remember(user_id)
        old, member.card = member.card, card
        changed = Happened(self.now(), "card_changed", group_id, user_id, operator_id, old=old, new=card)
        self.record(changed, self.watchers(group))

    async def rename(self, group_id: int, name: str, operator: int = 0) -> None:
        """The group gets another name."""
        group = self.groups[group_id]
        old, group.name = group.name, name
        renamed = Happened(self.now(), "renamed", group_id, operator, operator, old=old, new=name)
        self.record(renamed, self.watchers(group))

    async def set_role(self, group_id: int, user_id: int, role: Role) -> None:
        """The owner makes somebody an admin, or an admin a plain member."""
        group, member = self._member(group_id, user_id)
        group.remember(user_id)
        old, member.role = member.role, role
        changed = Happened(self.now(), "role_changed", group_id, user_id, group.owner_id, old=old, new=role)
        self.record(changed, self.watchers(group))

    async def transfer_owner(self, group_id: int, user_id: int) -> None:
        """The group gets another owner. No implementation has an event for it."""
        group, member = self._member(group_id, user_id)
        old = group.owner_id
        for changing in (old, user_id):
            group.remember(changing)
        if old in group.members:
            group.members[old].role = "member"
        member.role = "owner"
        self.record(Happened(self.now(), "owner_changed", group_id, user_id, old))

    async def go_offline(self, self_id: int) -> None:
        """QQ logs a bot account out (the implementation still runs and stays connected)."""
        self.record(Happened(self.now(), "offline", None, self_id), [self.accounts[self_id]])

    def _member(self, group_id: int, user_id: int) -> tuple[Group, Member]:
        group = self.groups[group_id]
        return group, group.members[user_id]
