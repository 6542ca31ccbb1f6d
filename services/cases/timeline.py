"""A case's timeline in words: one line an event, the middle left out where there are too many."""

from collections.abc import Mapping, Sequence
from typing import Any

from config.phrases import penalties as fine_words
from config.phrases import reports as say
from db.queries.cases.case_reports import ROSTER_UNDONE
from db.queries.cases.timelines import Event
from regulation.duties import Code
from services.app import App
from services.naming import moment, sentence_of, short
from services.people.roles import actor_name


def event_lines(app: App, code: Code, timeline: Sequence[Event], most: int) -> list[str]:
    """Return a timeline in at most `most` lines; the newest matter more than the first few."""
    lines = [_line(app, code, event, moment(event.at)) for event in timeline]
    if len(lines) <= most:
        return lines
    first = min(2, most - 2)
    last = most - first - 1
    left_out = say.STORY["more"].format(n=len(lines) - first - last)
    return [*lines[:first], left_out, *lines[len(lines) - last :]]


def registry_at_opening(timeline: Sequence[Event]) -> str:
    """Return by which version of the registry a case was opened; "" where nothing says so."""
    return str(next((one.data.get("registry", "") for one in timeline if one.kind == "opened"), ""))


def event_text(app: App, code: Code, event: Event) -> str:
    """Return one event in words, without its time."""
    return _line(app, code, event, "").strip()


def _line(app: App, code: Code, event: Event, at: str) -> str:
    kind = event.kind
    template = say.EVENTS.get(kind, say.EVENTS["other"])
    told = _FIELDS.get(kind, _nothing)(app, {"code": code, **event.data})
    fields = {"at": at, "kind": kind, **told}
    by = str(event.data.get("by", ""))
    fields["by"] = say.EVENT_BY.format(who=actor_name(app, by)) if by else ""
    return template.format(**fields)


def _nothing(app: App, data: Mapping[str, Any]) -> dict[str, object]:
    del app, data
    return {}


def _message(app: App, data: Mapping[str, Any]) -> dict[str, object]:
    to = str(data.get("to", ""))
    number = to.removeprefix("QQ ")
    named = actor_name(app, number) if to.startswith("QQ ") else say.THE_GROUP
    return {"to": named, "result": short(str(data.get("result") or "没有说明"), 30)}


def _seen(app: App, data: Mapping[str, Any]) -> dict[str, object]:
    del app
    return {"what": short(sentence_of(data["code"], str(data.get("reason", "")), data.get("seen") or {}), 60)}


def _acted(app: App, data: Mapping[str, Any]) -> dict[str, object]:
    del app
    act = str(data.get("act", ""))
    state = str(data.get("state", ""))
    return {"act": say.ACTS.get(act, act), "result": say.RESULTS.get(state, state)}


def _withheld(app: App, data: Mapping[str, Any]) -> dict[str, object]:
    del app
    return {"batch": data.get("batch", "")}


def _penalty(app: App, data: Mapping[str, Any]) -> dict[str, object]:
    del app
    state = str(data.get("state", ""))
    return {"id": data.get("id", ""), "state": fine_words.STATES.get(state, state)}


def _appeal(app: App, data: Mapping[str, Any]) -> dict[str, object]:
    del app
    state = str(data.get("state", ""))
    return {"id": data.get("id", ""), "state": say.APPEALS.get(state, state)}


def _closed(app: App, data: Mapping[str, Any]) -> dict[str, object]:
    del app
    how = str(data.get("as", ""))
    undone = say.ROSTER_UNDONE if data.get("why") == ROSTER_UNDONE else ""
    return {"how": say.CLOSURES.get(how, how) + undone}


_FIELDS = {
    "seen": _seen,
    "told": _message,
    "reminded": _message,
    "undelivered": _message,
    "acted": _acted,
    "withheld": _withheld,
    "penalty": _penalty,
    "appeal": _appeal,
    "closed": _closed,
    "dismissed": _closed,
}
