"""What is done in QQ about cases, as data. A plan holds these; only the sender carries them out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from regulation.duties import Code


@dataclass(frozen=True, slots=True)
class CardReminder:
    """One person's line in a reminder: their QQ, the right card, and the case it belongs to."""

    user_id: int
    right_card: str
    case_id: int


@dataclass(frozen=True, slots=True)
class Remind:
    """One message to a group that asks up to 20 people to correct their cards."""

    group_id: int
    people: tuple[CardReminder, ...]


@dataclass(frozen=True, slots=True)
class SetCard:
    """Write a member's card."""

    group_id: int
    user_id: int
    card: str
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a member out of a group, for the case named."""

    group_id: int
    user_id: int
    case_id: int
    code: Code


@dataclass(frozen=True, slots=True)
class Tell:
    """Say something to one person (`user_id`) or into a group (`user_id` None).

    `template`: a key of the sentences in `config.phrases.notices`, filled by `fields`. `fallback`: the
    template that may be said in `group_id` when the private message fails; None: stay silent there.
    `purpose` tells notices apart that must go out once per case or group.
    """

    template: str
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    user_id: int | None = None
    group_id: int | None = None
    fallback: str | None = None
    case_ids: tuple[int, ...] = ()
    purpose: str = ""


Action = Remind | SetCard | Remove | Tell
