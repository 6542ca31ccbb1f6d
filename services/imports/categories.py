"""Under which heading of a preview a changed person stands, and with what words."""

from collections.abc import Callable, Mapping
from typing import Any

from config.phrases.imports import CHANGED_FIELDS, DIFF_NOTES
from config.phrases.mine import EMPLOYMENT
from services.imports.known import KnownPerson
from services.imports.reading.person import Person

Words = Callable[[], str]


def category_of(
    person: Person,
    old: KnownPerson,
    changes: Mapping[str, Any],
    was_gone: bool,
    moved_from: str,
    *,
    done: bool,
) -> tuple[str, Words]:
    """Return heading and words of what a change is first of all; no heading where nothing is to be said.

    `was_gone`: the employee had left. `moved_from`: the department before, where a transfer opens.
    `done`: the roster ends an open transfer.
    """
    departure = changes.get("departed_on")
    if departure is not None and old.departed_on is None:
        return "departed", departure.isoformat
    if "departed_on" in changes and departure is None and was_gone:
        return "rehired", lambda: person.department
    if moved_from:
        return "transferred", lambda: DIFF_NOTES["move"].format(old=moved_from, new=person.department)
    shown = [name for name in changes if name not in ("decided", "decided_on", "department")]
    if "department" in changes and was_gone:
        shown.append("department")
    if shown or done:
        handover = [DIFF_NOTES["handover"]] if done else []
        return "changed", lambda: "、".join([_changed(name, old, changes) for name in shown] + handover)
    return ("renamed" if "department" in changes else ""), lambda: person.department


def _changed(name: str, old: KnownPerson, changes: Mapping[str, Any]) -> str:
    """Say which field changes; of what decides who may stay in a group, and under which name, both values."""
    if name == "name":
        return DIFF_NOTES["another_name"].format(old=old.name, new=changes[name])
    if name == "employment":
        return DIFF_NOTES["move"].format(old=EMPLOYMENT[old.employment], new=EMPLOYMENT[changes[name]])
    return CHANGED_FIELDS[name]
