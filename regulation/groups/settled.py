"""Whom a reading need not judge again: those in whom nothing was found, and who are as they were then.

What the checks say of a member rests on the member's line of the list, on what the registry says of that
person on that day, and on ground that is the same for the whole group: its filing and consents, the policy,
our accounts, the code itself. Each member's part is brought down to a mark, the ground to another; where
both are as they were when no check found anything, none would find anything now. Time needs no judging of
its own: a date that is reached changes what the registry says of somebody, and so the mark.

Whoever had a finding is judged at every reading: cases live on findings.
"""

import sys
from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from hashlib import blake2b
from typing import Any, cast

from regulation.checks.card_format import judged_cards
from regulation.checks.people import filing_in_force
from regulation.model import Employee, GroupSnapshot, Member
from regulation.policy import DepartmentNames, Policy
from regulation.registry import Registry

_WIDTH = 8
# The mark of somebody to be judged at every reading. The lowest bit of a mark tells whose card passes without
# being the right one: that also rests on what other people are called.
_JUDGE = 0
_TOLERATED = 1


@dataclass(frozen=True, slots=True)
class Settled:
    """What is kept of a group's last whole reading.

    `ground`, `listed`: digests of what all its members have in common, and of the whole list. `names`: of
    people's names, where a card that was tolerated rests on them, else empty. `members`: everybody's QQ
    number, then everybody's mark; `judged`: the QQ numbers of those who are judged at every reading.
    """

    ground: bytes
    listed: bytes
    names: bytes
    members: bytes
    judged: bytes

    def marks(self) -> dict[int, int]:
        """Return everybody's mark by QQ number."""
        both = array("q", self.members)
        half = len(both) // 2
        return dict(zip(both[:half], both[half:], strict=True))


@dataclass(frozen=True, slots=True)
class Sieved:
    """Whom of a list to judge. `gone`: who was on the last one and is not on this.

    `kept`: what was known of the last one and still counts, None where everybody is judged. `marks`: what
    to keep of everybody, by QQ number; empty where the list is as it was.
    """

    judge: tuple[Member, ...]
    ground: bytes
    listed: bytes
    marks: dict[int, int]
    gone: tuple[int, ...] = ()
    kept: Settled | None = None


class Names:
    """What people are called, as a digest that is made once and only where it is wanted."""

    def __init__(self, by_name: Mapping[str, Collection[str]]) -> None:
        self._by_name = by_name
        self._digest = b""

    def belongs_to(self, registry: Registry) -> bool:
        """Tell whether these are the names of a registry."""
        return self._by_name is registry.by_name

    @property
    def digest(self) -> bytes:
        """Return the digest of all names, and of which of them several people have."""
        if not self._digest:
            said = sorted(key if len(nos) < 2 else f"{key}*" for key, nos in self._by_name.items())
            self._digest = _digest("\n".join(said))
        return self._digest


class People(dict[int, int]):
    """What a registry says of people on a day, as marks by QQ number: each made when first asked for."""

    def __init__(self, registry: Registry, day: date) -> None:
        super().__init__()
        self.registry, self.day = registry, day

    def __missing__(self, user_id: int) -> int:
        """Make somebody's mark."""
        identity = self.registry.identities.get(user_id)
        said = "" if identity is None else f"{identity.employee_no!r} {identity.contested}"
        if identity is not None and (employee := self.registry.by_no.get(identity.employee_no)) is not None:
            said = f"{said} {person_line(employee, self.day)}"
        mark = int.from_bytes(_digest(said, _WIDTH), sys.byteorder)
        # Under the registry's own number, where it has one: everybody is here while a run lasts.
        self[user_id if identity is None else identity.user_id] = mark
        return mark


def common_ground(policy: Policy, called: DepartmentNames, code: str) -> str:
    """Return what the judging of all members of all groups rests on. `code`: what tells builds apart."""
    return f"{code} {sys.byteorder} {spelt(policy)} {spelt(called)}"


def sieve(snapshot: GroupSnapshot, people: People, common: str, names: Names, kept: Settled | None) -> Sieved:
    """Tell whom of a whole list to judge, by what was `kept` of the last one. `people`: of its day."""
    members, lines = snapshot.members, lines_of(snapshot, people)
    ground, listed = _digest(common + spelt(_judged_by(snapshot))), _digest("\n".join(lines))
    if kept is None or kept.ground != ground:
        return Sieved(members, ground, listed, _marks(members, lines))
    same_names = not kept.names or kept.names == names.digest
    if kept.listed == listed and same_names:
        again = frozenset(array("q", kept.judged))
        unclear = tuple(member for member in members if member.user_id in again)
        return Sieved(unclear, ground, listed, {}, (), kept)
    before, marks = kept.marks(), _marks(members, lines)
    other = {user_id for user_id, _ in marks.items() - before.items()}
    if same_names:
        tolerated = {one for one in other if before.get(one) == marks[one] | _TOLERATED}
        marks |= {one: before[one] for one in tolerated}
        other -= tolerated
    judge = tuple(member for member in members if member.user_id in other)
    return Sieved(judge, ground, listed, marks, tuple(before.keys() - marks.keys()), kept)


def settle(
    sieved: Sieved, judged: GroupSnapshot, registry: Registry, policy: Policy, names: Names,
    found_in: Collection[int],
) -> Settled:  # fmt: skip
    """Return what to keep of a list. `judged`: of the members judged; `found_in`: those with a finding."""
    marks = sieved.marks
    if sieved.kept is not None and not marks:
        return sieved.kept
    for user_id in _tolerated(judged, registry, policy):
        marks[user_id] |= _TOLERATED
    again = {m.user_id for m in judged.members if m.user_id in found_in or registry.is_contested(m.user_id)}
    marks |= dict.fromkeys(again, _JUDGE)
    tolerated = any(map(_TOLERATED.__and__, marks.values()))
    members = array("q", marks)
    members.extend(marks.values())
    return Settled(
        sieved.ground,
        sieved.listed,
        names.digest if tolerated else b"",
        members.tobytes(),
        array("q", again).tobytes(),
    )


def lines_of(snapshot: GroupSnapshot, people: Mapping[int, int]) -> list[str]:
    """Return all that judging each member rests on, besides what all have in common."""
    return [
        f"{m.user_id} {m.role} {m.is_robot} {len(m.card)} {len(m.nickname)} {m.card}{m.nickname} "
        f"{people[m.user_id]}"
        for m in snapshot.members
    ]


def person_line(e: Employee, day: date) -> str:
    """Return what judging somebody rests on, as it is on a day."""
    line = f"{e.name!r} {e.department!r} {e.title!r} {e.is_head} {e.also_in or ''} {e.status(day)}"
    if e.transfers or e.departed_on:
        line += f" {e.departed_on} {[(move, move.is_open(day)) for move in e.transfers]}"
    return line


def spelt(value: Any) -> str:
    """Return a value in one fixed spelling: what has no order is sorted."""
    if is_dataclass(value) and not isinstance(value, type):
        return f"{type(value).__name__}({[spelt(getattr(value, one.name)) for one in fields(value)]})"
    if isinstance(value, Mapping):
        pairs = cast("Mapping[Any, Any]", value).items()
        return f"{{{sorted((spelt(key), spelt(one)) for key, one in pairs)}}}"
    if isinstance(value, frozenset | set):
        return f"{{{sorted(map(spelt, cast('frozenset[Any]', value)))}}}"
    if isinstance(value, tuple | list):
        return f"({[spelt(one) for one in cast('Sequence[Any]', value)]})"
    return repr(value)


def _judged_by(snapshot: GroupSnapshot) -> tuple[Any, ...]:
    """Return what a group's members are judged by: neither its name nor how busy it is, nor waivers.

    What a waiver silences was found all the same.
    """
    return replace(snapshot.group, name="", active_days=0, waivers=frozenset()), snapshot.bot_ids


def _marks(members: Sequence[Member], lines: Sequence[str]) -> dict[int, int]:
    made = array("q", b"".join([_digest(line, _WIDTH) for line in lines]))
    return {m.user_id: mark & ~_TOLERATED for m, mark in zip(members, made, strict=True)}


def _digest(text: str, width: int = 16) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=width).digest()


def _tolerated(judged: GroupSnapshot, registry: Registry, policy: Policy) -> Sequence[int]:
    """Return whose card was looked at, passes, and is not the right one."""
    if filing_in_force(judged) is None:
        return ()
    cards = judged_cards(judged, registry, policy)
    return [m.user_id for m, _, verdict in cards if verdict.ok and verdict.right not in ("", m.card)]
