"""Whom a reading need not judge again: those in whom nothing was found, and who are as they were then.

What the checks say of a member rests on the member's line of the list, on what the registry says of that
person on that day, and on ground that is the same for the whole group: its filing and consents, the policy,
our accounts, the code itself. Members are taken a few at a time: what their part rests on is brought down to
a mark, the ground to another; where both are as they were when no check found anything, none would find
anything now. Time needs no judging of its own: a date that is reached changes what the registry says of
somebody, and so the mark.

Whoever had a finding is judged at every reading: cases live on findings.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from hashlib import blake2b
from itertools import chain
from typing import Any, cast

from regulation.checks.card_format import judged_cards
from regulation.checks.people import filing_in_force
from regulation.claims.identity import Identity
from regulation.model import Employee, GroupSnapshot, Member
from regulation.policy import DepartmentNames, Policy
from regulation.registry import Registry

_WIDTH = 8
# Members that share a mark. One of them who changes has all of them judged; fewer would take more marks.
PART = 4
# The lowest bit of a mark tells of a card that passes without being the right one: that also rests on what
# other people are called.
_TOLERATED = 1
# Stands where somebody was who is not on the list any more.
_NOBODY = Member(0)


@dataclass(frozen=True, slots=True)
class Settled:
    """What is kept of a group's last whole reading.

    `ground`: digest of what all its members have in common. `names`: of people's names, where a card that
    was tolerated rests on them, else empty. `members`: the QQ numbers of those in order, part by part;
    `listed`: the mark of each part. `judged`: the QQ numbers of the others.
    """

    ground: bytes
    listed: bytes
    names: bytes
    members: bytes
    judged: bytes

    @property
    def everybody(self) -> set[int]:
        """Return the QQ numbers of all who were on the list."""
        return {*array("q", self.members), *array("q", self.judged)}


@dataclass(frozen=True, slots=True)
class Sieved:
    """Whom of a list to judge. `gone`: who was on the last one and is not on this.

    `people`: what the registry says of them. `kept`: what was known of the last one and still counts, None
    where everybody is judged. `members`, `marks`: its parts that are as they were, as in `Settled`.
    """

    judge: tuple[Member, ...]
    ground: bytes
    people: "People"
    gone: tuple[int, ...] = ()
    kept: Settled | None = None
    members: Sequence[int] = ()
    marks: Sequence[int] = ()


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


class People:
    """What a registry says of people on a day, as marks by QQ number: each made when first asked for.

    Two arrays in the order of the numbers: a dictionary of everybody, who are all asked for in a run, takes
    ten times as much, and what a run lets go of stays in pieces.
    """

    def __init__(self, registry: Registry, day: date) -> None:
        self.registry, self.day = registry, day
        self._known = array("q", sorted(registry.identities))
        self._marks = array("Q", bytes(_WIDTH * len(self._known)))
        self._stranger = _mark("")

    def __getitem__(self, user_id: int) -> int:
        """Return somebody's mark."""
        at = bisect_left(self._known, user_id)
        if at == len(self._known) or self._known[at] != user_id:
            return self._stranger
        if not self._marks[at]:
            self._marks[at] = _mark(self._said(self.registry.identities[user_id]))
        return self._marks[at]

    def _said(self, identity: Identity) -> str:
        employee = self.registry.by_no.get(identity.employee_no)
        line = "" if employee is None else f" {person_line(employee, self.day)}"
        return f"{identity.employee_no!r} {identity.contested}{line}"


def common_ground(policy: Policy, called: DepartmentNames, code: str) -> str:
    """Return what the judging of all members of all groups rests on. `code`: what tells builds apart."""
    return f"{code} {sys.byteorder} {spelt(policy)} {spelt(called)}"


def sieve(snapshot: GroupSnapshot, people: People, common: str, names: Names, kept: Settled | None) -> Sieved:
    """Tell whom of a whole list to judge, by what was `kept` of the last one. `people`: of its day."""
    ground = _digest(common + spelt(_judged_by(snapshot)))
    if kept is None or kept.ground != ground:
        return Sieved(snapshot.members, ground, people)
    listed = {member.user_id: member for member in snapshot.members}
    known, before = array("q", kept.members), array("q", kept.listed)
    now = marks_of([listed.get(user_id, _NOBODY) for user_id in known], people)
    other = {n for n, (mark, was) in enumerate(zip(now, before, strict=True)) if mark != was}
    if not kept.names or kept.names == names.digest:
        other -= {n for n in other if now[n] | _TOLERATED == before[n]}
    same = [n for n in range(len(now)) if n not in other]
    members = array("q", chain.from_iterable(known[n * PART : (n + 1) * PART] for n in same))
    again = listed.keys() - members
    judge = tuple(member for member in snapshot.members if member.user_id in again)
    gone = tuple(kept.everybody - listed.keys())
    return Sieved(judge, ground, people, gone, kept, members, array("q", [before[n] for n in same]))


def settle(
    sieved: Sieved, judged: GroupSnapshot, registry: Registry, policy: Policy, names: Names,
    found_in: Collection[int],
) -> Settled:  # fmt: skip
    """Return what to keep of a list. `judged`: of the members judged; `found_in`: those with a finding."""
    again = {m.user_id for m in judged.members if m.user_id in found_in or registry.is_contested(m.user_id)}
    passing = {user_id for user_id in _tolerated(judged, registry, policy) if user_id not in again}
    # Together, so that few parts rest on names.
    fine = [m for m in judged.members if m.user_id in passing]
    fine += [m for m in judged.members if m.user_id not in passing and m.user_id not in again]
    # Who fills no part is judged again.
    whole = len(fine) - len(fine) % PART
    again.update(m.user_id for m in fine[whole:])
    fine = fine[:whole]
    marks = marks_of(fine, sieved.people)
    for n in range(min(-(-len(passing) // PART), len(marks))):
        marks[n] |= _TOLERATED
    marks = array("q", [*sieved.marks, *marks])
    return Settled(
        sieved.ground,
        marks.tobytes(),
        names.digest if any(map(_TOLERATED.__and__, marks)) else b"",
        array("q", [*sieved.members, *(m.user_id for m in fine)]).tobytes(),
        array("q", sorted(again)).tobytes(),
    )


def marks_of(members: Sequence[Member], people: People) -> list[int]:
    """Return a mark for each part of these members: of all that judging them rests on, besides the ground.

    `people`: what the registry says of each, by QQ number.
    """
    words = [word for m in members for word in (m.card, m.nickname, m.role)]
    facts = [(m.user_id, people[m.user_id], len(m.card), len(m.nickname), m.is_robot) for m in members]
    numbers = array("Q", chain.from_iterable(facts)).tobytes()
    wide, long = _WIDTH * 5 * PART, 3 * PART
    said = [
        _digest("".join(words[n * long : (n + 1) * long]), _WIDTH, numbers[n * wide : (n + 1) * wide])
        for n in range(-(-len(members) // PART))
    ]
    return [mark & ~_TOLERATED for mark in array("q", b"".join(said))]


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


def _mark(said: str) -> int:
    return int.from_bytes(_digest(said, _WIDTH), sys.byteorder)


def _digest(text: str, width: int = 16, numbers: bytes = b"") -> bytes:
    return blake2b(numbers + text.encode("utf-8", "surrogatepass"), digest_size=width).digest()


def _tolerated(judged: GroupSnapshot, registry: Registry, policy: Policy) -> Sequence[int]:
    """Return whose card was looked at, passes, and is not the right one."""
    if filing_in_force(judged) is None:
        return ()
    cards = judged_cards(judged, registry, policy)
    return [m.user_id for m, _, verdict in cards if verdict.ok and verdict.right not in ("", m.card)]
