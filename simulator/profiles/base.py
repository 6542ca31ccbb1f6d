"""The switches that tell implementations apart.

Each switch is a fact of ``onebot.md``. Tests turn single ones with ``dataclasses.replace``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

#: What may happen when an act is asked for without the right to it.
Refusal = Literal["ok", "error"]


@dataclass(frozen=True)
class Profile:
    """One implementation's behaviour."""

    name: str
    app_name: str
    app_version: str

    # -- requests --
    flag: Literal["digits", "piped", "dashed", "composed", "personal", "slreq"] = "digits"
    """digits: the number · piped: ``group|seq|type|doubt`` · dashed: ``seq-group-type-filtered`` ·
    composed: a flag of its own that the list of pending requests doesn't show · personal:
    ``type:group:uid``, written with a number for the type in lists, where it can't be answered ·
    slreq: ``slreq:1:seq:group:type:filtered``."""
    numeric_flag_accepted: bool = True
    """The bare number of a request is accepted where a flag is asked for."""
    invitor_id: bool = True
    """Join requests name the inviting member (0 if none)."""
    pending_action: str = "get_group_system_msg"
    pending_shape: Literal["napcat", "requester", "events", "rows"] = "requester"
    """napcat: ``invitor_uin`` is the applicant · requester: ``requester_uin`` · events: a list of
    request events · rows: one list of notices of every kind, each with a flag."""
    listed: int = 50
    """Lists show what is among the newest so many notices of every kind; NapCat's as many as asked."""
    emitted: int = 0
    """A request is only told of if it is among the newest so many notices when these are read (0: always)."""
    emit_seconds: float = 0.02
    """How long after it was raised that is."""
    marks_settled: bool = True
    """Lists say which requests are settled."""
    names_applicant: bool = True
    """Lists say who asks; else the applicant is 0."""
    invited_names_bot: bool = False
    """In the list of invitations ``invitor_uin`` is the bot itself, and ``actor`` the inviter."""
    empty_lists_are_null: bool = False
    checked_unreliable: bool = False
    """Settled requests are still listed as unchecked."""
    pending_hides_member_invited: bool = False
    pending_includes_filtered: bool = False
    filtered_action: str | None = None
    """The action that lists the requests QQ put among the doubtful ones."""
    filtered_action_fails: bool = False
    settled_again: Literal["ok", "error", "retcode_1"] = "ok"
    """Answering a request that was settled before."""
    wrong_flag_hits_another: bool = False
    """A flag nobody has settles somebody else's request."""
    sub_type_matters: bool = False
    answer_without_right: Refusal = "ok"
    join_delay: float = 0.05
    """Seconds from an approval until the applicant is in."""
    duplicate_requests: bool = False
    duplicate_increases: bool = False
    duplicate_seconds: float = 0.05
    """The second delivery comes this much later."""

    # -- notices --
    increase_operator: Literal["inviter_only", "operator_or_inviter", "zero"] = "zero"
    leave_operator: Literal["zero", "user"] = "zero"
    dismissal: Literal["disband", "group_dismiss", "none"] = "none"
    rename_notice: Literal["notify", "group_name_change", "none"] = "none"
    card_notice: Literal["on_speech", "on_second_speech", "never"] = "never"
    offline_notice: bool = False
    stale_sender_role: bool = False
    """``sender.role`` stays what it was when the member first spoke."""

    # -- reading --
    stale_member_list: bool = False
    refresh_seconds: float = 1.0
    """When the member list is stale, a fresh one is there this much later."""
    refresh_pause: float = 0.8
    """A list younger than this isn't refreshed again."""
    owner_id: Literal["absent", "zero"] = "absent"
    zero_join_time: bool = False
    card_or_nickname: bool = False
    hides_roles: bool = False
    """The member list shows owner and admins as plain members (LLBot 8.1.5)."""
    count_lags: bool = False
    """``member_count`` stays where it was when people are removed or leave."""

    # -- acting --
    kick_without_right: Refusal = "ok"
    kick_says_failed: bool = False
    """A removal that took is answered as failed."""
    kick_many: str | None = None
    """Action that removes many; its list is ``user_id`` (set_group_kick_members) or ``user_ids``."""
    card_without_right: Refusal = "ok"
    card_seconds: float = 0.0
    """How long setting a card takes (NapCat looks whether it took; about 1 s really)."""
    card_failure_seconds: float = 0.0
    admin_without_right: Refusal = "ok"
    admin_default: bool = True
    """``set_group_admin`` without ``enable``; NapCat demotes."""
    kick_gap: float = 0.0
    """Kicks that follow one another faster are answered ok, and nobody goes (0: off)."""
    kicks_per_day: int = 0
    card_gap: float = 0.0

    # -- messages and files --
    temporary_session: Literal["group", "after_their_word", "never"] = "group"
    """group: through a group both are in · after_their_word: once they wrote; ``group_id`` is ignored."""
    wants_file_hash: bool = False
    """An event names a file's hash, and only who tells it is told where to fetch the file."""
    hands_over_files: bool = True
    """Received files can be fetched; else only a path on the implementation's own machine is told."""
    file_arrives: Literal["segment", "notice"] = "segment"
    file_segment_url: bool = False
    get_file_gives: Literal["base64", "path", "url"] = "base64"
    sends_pictures: bool = True
    """False: QQ takes no pictures from this account just now (risk control, no packet backend)."""
    upload: Literal["base64", "path"] = "base64"
    upload_error_is_status: bool = False

    # -- answers --
    failed: int = 1200
    bad_params: int = 1400
    unknown_action: int = 1404
    answer_shape: Literal["napcat", "plain", "bare", "go-cqhttp"] = "plain"
    texts: Mapping[str, str] = field(default_factory=dict)
    """Wording of errors, by key; ``{name}`` places are filled in."""

    def text(self, key: str, **fields: object) -> str:
        """The error text for ``key``; the key itself where the wording isn't known."""
        return self.texts.get(key, key).format(**fields)
