"""What the page of the regulation shows: every parameter in force, its meaning, and a changed one read."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, cast

from config.meanings import meanings
from config.phrases import console as say
from config.policy import ALLOWED, PolicyError, read_policy
from regulation.duties import DUTIES, Code
from regulation.policy import Policy
from services.app import App

# What judging a reading looks at; the others say how the bot works.
TRIED = ("card", "deadlines", "discussion", "hours", "company.keywords", "registry.max_age_days")

_DEFAULTS = Policy()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `changed`: it is not the default. `tried`: trying another value shows something."""

    key: str
    value: str
    meaning: str
    allowed: str
    changed: bool
    tried: bool


Sections = Sequence[tuple[str, Sequence[Parameter]]]


@dataclass(slots=True)
class _Told:
    """What was said of the parameters in force; another policy comes with another start."""

    policy: Policy | None = None
    sections: Sections = ()


def parameters(app: App) -> Sections:
    """Return (what a section is about, its parameters), in the order of the file."""
    told = app.memory(_Told)
    if told.policy is not app.policy:
        told.policy, told.sections = app.policy, _sections(app)
    return told.sections


def _sections(app: App) -> Sections:
    sections: dict[str, list[Parameter]] = {}
    for key in meanings():
        section, _, name = key.partition(".")
        if name and key in ALLOWED:
            sections.setdefault(section, []).append(_parameter(app, section, name))
    return [(say.SECTIONS.get(one, one), listed) for one, listed in sections.items()]


def _parameter(app: App, section: str, name: str) -> Parameter:
    key = f"{section}.{name}"
    value, default = _value(app.policy, section, name), _value(_DEFAULTS, section, name)
    meaning = DUTIES[Code(name)].title if section == "fines" else meanings()[key]
    return Parameter(
        key=key,
        value=_said(value),
        meaning=meaning or meanings()[section],
        allowed=ALLOWED[key].words,
        changed=value != default,
        tried=section in TRIED or key in TRIED,
    )


def _value(policy: Policy, section: str, name: str) -> Any:
    part = getattr(policy, section)
    return part.get(name) if isinstance(part, Mapping) else getattr(part, name)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return say.YES if value else say.NO
    if value is None:
        return say.BY_DEFAULT
    if isinstance(value, time):
        return f"{value:%H:%M}" if value < time(23, 59, 59) else "24:00"
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, Any]", value).items()
        return "，".join(f"{key} → {_said(inner)}" for key, inner in pairs) or say.NOTHING
    if isinstance(value, tuple | frozenset):
        several = cast("Sequence[Any]", sorted(cast("Any", value)))
        return "、".join(_said(one) for one in several) or say.NOTHING
    return (
        value.isoformat()
        if isinstance(value, date)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def changed(app: App, wanted: Mapping[str, str]) -> Policy | str:
    """Return the parameters in force with these changes, as people type them; or the line what is wrong."""
    table: dict[str, dict[str, Any]] = {}
    for key, text in wanted.items():
        section, _, name = key.partition(".")
        if key not in ALLOWED:
            return say.NO_PARAMETER
        table.setdefault(section, {})[name] = _typed(_value(app.policy, section, name), text)
    try:
        return read_policy(table, say.TRIED_OUT, app.policy)
    except PolicyError as error:
        return str(error)


def _typed(now: Any, text: str) -> Any:
    """Read what was typed as the kind of value that is in force: a number, yes or no, a list, or text."""
    word = text.strip()
    if isinstance(now, bool):
        return {say.YES: True, say.NO: False, "true": True, "false": False}.get(word.lower(), word)
    if isinstance(now, tuple | frozenset) and not word.startswith("["):
        return [
            part.strip() for part in word.replace("、", ",").replace("，", ",").split(",") if part.strip()
        ]
    if isinstance(now, str | time):
        return word
    try:
        return tomllib.loads(f"value = {word}")["value"]
    except tomllib.TOMLDecodeError:
        return word
