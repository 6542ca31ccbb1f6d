"""From a line of text to an answer: name → who → fields → handler. Nothing here knows NoneBot."""

import logging
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from config.phrases import commands as phrases
from plugins.commands import parse, words
from plugins.commands.help import usable, wrong_place
from plugins.commands.model import Ask, Command, Reply, Who
from plugins.commands.permit import (
    Standing,
    fits_here,
    group_meant,
    may,
    names_group,
    only_as_officer,
    standing_of,
)
from plugins.commands.table import BY_NAME, COMMANDS
from regulation.cards.names import fold
from regulation.model import Role
from regulation.periods import read_period
from services.app import App
from services.groups.called import called, known_to
from services.people import roles
from services.ports import UnreachableError
from services.talk.typed import clean

_log = logging.getLogger(__name__)
PER_MINUTE = 40
# What a group hears of misspelt commands, whoever wrote them.
HINTS_PER_MINUTE = 5
_MINUTE = timedelta(minutes=1)
UNVERIFIED = frozenset({Who.ANYONE})
_LONGEST_GLUED = 20
# Whether a word is a period, is the same on every day.
_ANY_DAY = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Line:
    """A line somebody wrote. `addressed`: the bot was meant by @. `hint`: the role QQ put on it."""

    account: int
    user_id: int
    group_id: int | None
    text: str
    addressed: bool = False
    hint: Role | None = None


class Throttle:
    """At most `PER_MINUTE` commands a minute from one person; said once, then silence.

    Of hints at misspelt ones a group hears at most `HINTS_PER_MINUTE`.
    """

    def __init__(self) -> None:
        self._used: dict[int, deque[datetime]] = {}
        self._told: dict[int, datetime] = {}

    def check(self, user_id: int, now: datetime) -> str:
        """Return `ok`, `tell` (once) or `silent`."""
        if self._takes(user_id, now, PER_MINUTE):
            return "ok"
        told = self._told.get(user_id)
        self._told[user_id] = now
        return "tell" if told is None or now - told >= _MINUTE else "silent"

    def may_hint(self, group_id: int, now: datetime) -> bool:
        """Tell whether a group may hear one more hint now."""
        return self._takes(-group_id, now, HINTS_PER_MINUTE)

    def _takes(self, key: int, now: datetime, most: int) -> bool:
        if len(self._used) > 10_000:
            self._forget(now)
        used = self._used.setdefault(key, deque())
        # A clock that was set back must not hold anybody up.
        while used and not timedelta() <= now - used[0] < _MINUTE:
            used.popleft()
        if len(used) < most:
            used.append(now)
            return True
        return False

    def _forget(self, now: datetime) -> None:
        self._used = {who: used for who, used in self._used.items() if used and now - used[-1] < _MINUTE}
        self._told = {who: at for who, at in self._told.items() if now - at < _MINUTE}


def may_be_command(text: str) -> bool:
    """Tell cheaply whether private text may be a command, or a misspelt one."""
    name, rest = parted(text[:200])
    known = name in BY_NAME or fold(name) in BY_NAME
    return known or _looks_misspelt(name, rest) or glued_to(name) is not None


def parted(text: str) -> tuple[str, str]:
    """Return a line's first word and all that follows it.

    `帮助绑定` is `帮助 绑定`, and `罚单上月` `罚单 上月`: what only answers needs no space before what can be
    nothing else.
    """
    name, rest = words.split_name(clean(text))
    if name in BY_NAME or len(name) > _LONGEST_GLUED:
        return name, rest
    for size in range(len(name) - 1, 1, -1):
        said = name[size:]
        fields = {field.name for command in BY_NAME.get(name[:size], ()) for field in command.fields}
        if ("命令" in fields and said in BY_NAME) or ("时段" in fields and read_period(said, _ANY_DAY)):
            return name[:size], f"{said} {rest}".strip()
    return name, rest


def glued_to(name: str) -> Command | None:
    """Return the command that `绑定褚卫` begins with: one that needs something behind it, but parted."""
    begun = (BY_NAME[name[:size]] for size in range(min(len(name) - 1, 6), 1, -1) if name[:size] in BY_NAME)
    command = next(begun, ())[-1:] if len(name) <= _LONGEST_GLUED else ()
    return next((one for one in command if any(field.required for field in one.fields)), None)


def _looks_misspelt(name: str, rest: str) -> bool:
    return 2 <= len(name) <= 8 and len(rest) <= 200 and nearest(name, tuple(BY_NAME)) is not None


async def answer(app: App, line: Line, throttle: Throttle) -> tuple[str, Reply] | None:
    """Return the command's name and the answer to a line, or None when it deserves none."""
    name, rest = parted(line.text)
    entries = BY_NAME.get(name) or BY_NAME.get(fold(name), ())
    if not entries and not _worth_a_look(line, name, rest):
        return None
    standing = await standing_of(app, line.user_id, line.group_id, line.hint)
    if standing.paused and Who.ADMIN_STAFF not in standing.who:
        return None
    hint = None if entries else _suggestion(line, name, standing)
    if not entries and hint is None:
        return None
    if hint is not None and line.group_id is not None and not throttle.may_hint(line.group_id, app.now()):
        app.tally.drop("too_many_commands")
        return None
    # Admin staff work through lists; only others are held to a pace.
    verdict = "ok" if Who.ADMIN_STAFF in standing.who else throttle.check(line.user_id, app.now())
    if verdict != "ok":
        app.tally.drop("too_many_commands")
        return (name, Reply(phrases.TOO_MANY)) if verdict == "tell" else None
    return hint or (name, await _run(app, line, entries, rest, standing))


def _worth_a_look(line: Line, name: str, rest: str) -> bool:
    """Tell whether text that is no command may be a misspelt one: in private, or after `/` or @."""
    if line.addressed:
        return not line.text.strip() or _looks_misspelt(name, rest)
    if line.group_id is not None and line.text.lstrip()[:1] not in words.SLASHES:
        return False
    return _looks_misspelt(name, rest) or glued_to(name) is not None


async def _run(app: App, line: Line, entries: Sequence[Command], rest: str, standing: Standing) -> Reply:
    permitted = [command for command in entries if may(command, standing.who)]
    if not permitted:
        return Reply(phrases.VERIFY_FIRST if standing.who == UNVERIFIED else phrases.NEUTRAL)
    here = [command for command in permitted if fits_here(command, line.group_id)]
    if not here:
        return Reply(wrong_place(permitted[0]))
    wrong: parse.Wrong | None = None
    for command in here:
        values = parse.read(command, rest, app.now().date())
        if isinstance(values, parse.Wrong):
            wrong = values if wrong is None or values.got > wrong.got else wrong
            continue
        return await _ask(app, line, command, values, standing, rest)
    return Reply(wrong.text if wrong else phrases.NEUTRAL)


async def _ask(
    app: App, line: Line, command: Command, values: Mapping[str, object], standing: Standing, rest: str
) -> Reply:
    named = await _groups_named(app, line, command, values, standing)
    if isinstance(named, Reply):
        return named
    values, who = named, standing.who
    about = group_meant(command, values, line.group_id, standing.offices)
    if only_as_officer(command, who) and names_group(command):
        if about is None:
            sample = standing.offices[0] if standing.offices else 700001
            return Reply(phrases.WHICH_GROUP.format(name=command.name, group=sample))
        try:
            if not await roles.holds_office(app, line.user_id, about, seen=about == line.group_id):
                return Reply(phrases.NEUTRAL)
        except UnreachableError as error:
            return Reply(phrases.QQ_FAILED.format(why=error))
    ask = Ask(
        app=app,
        account=line.account,
        user_id=line.user_id,
        who=who,
        group_id=line.group_id,
        values=values,
        text=rest,
        about=about,
    )
    return await _handle(command, ask)


async def _groups_named(
    app: App, line: Line, command: Command, values: Mapping[str, object], standing: Standing
) -> Mapping[str, object] | Reply:
    """Return the values with each group's name as its number, or the line that helps."""
    names = [
        (field.name, values[field.name])
        for field in command.fields
        if field.kind == "group" and field.name in values
    ]
    for key, name in names:
        if isinstance(name, str):
            async with app.database.reading() as tx:
                known = await known_to(tx, line.user_id, staff=Who.ADMIN_STAFF in standing.who)
            found = called(name, known)
            if isinstance(found, str):
                return Reply(found, public="")
            values = {**values, key: found}
    return values


async def _handle(command: Command, ask: Ask) -> Reply:
    """Run a handler; whatever goes wrong is recorded, and the asker gets one plain line."""
    try:
        return await command.handler(ask)
    except UnreachableError as error:
        return Reply(phrases.QQ_FAILED.format(why=error))
    except Exception:
        _log.exception("command %s failed (group %s)", command.name, ask.group_id)
        return Reply(phrases.FAILED)


def _suggestion(line: Line, name: str, standing: Standing) -> tuple[str, Reply] | None:
    if line.addressed and not line.text.strip():
        return "帮助", Reply(phrases.ADDRESSED)
    near = nearest(name, [command.name for command in usable(COMMANDS, standing.who, line.group_id)])
    if near is not None:
        return near, Reply(phrases.SUGGEST.format(name=near))
    glued = None if line.addressed or _looks_misspelt(name, "") else glued_to(name)
    if glued is None or not may(glued, standing.who) or not fits_here(glued, line.group_id):
        return None
    return glued.name, Reply(phrases.GLUED.format(name=glued.name, example=parse.example_of(glued)))


def nearest(word: str, names: Sequence[str]) -> str | None:
    """Return the command that a misspelt word most likely means, or None for ordinary talk."""
    if word in phrases.EVERYDAY:
        return None
    # Only where somebody mistyped, so no start waits for it.
    from rapidfuzz.distance import OSA

    best: tuple[int, str] | None = None
    for name in dict.fromkeys(names):
        allowed = 1 if len(name) <= 3 else 2
        distance = OSA.distance(word, name)
        if name == "我的" or distance > allowed or distance >= len(name) or not set(word) & set(name):
            continue
        if best is None or distance < best[0]:
            best = (distance, name)
    return None if best is None else best[1]
