"""The preview of an import in words: short enough for a phone, with the people concerned by name."""

from collections.abc import Mapping, Sequence

from config.phrases.imports import (
    CATEGORIES,
    COUNTED,
    KINDS,
    NOTHING,
    OUTCOMES,
    PREVIEW,
    UNDONE,
    UNDONE_FILINGS,
    UNDONE_NOTHING,
)
from services.imports.changes import Note
from services.imports.model import Brake, Planned

_ALWAYS = {
    "roster": ("added", "departed", "transferred", "errors"),
    "filings": ("added", "changed", "errors"),
}
# What is told and not written: whom a roster leaves out, and whose word counts more than its own.
_TOLD = {"missing", "renumbered", "overruled", "conflict", "errors", "doubts", "fewer"}
_NAMED = {"departed": 20, "transferred": 10, "rehired": 10, "conflict": 10, "missing": 10, "renumbered": 10}
_FEW = 5
_FAULTS = 8


def count_line(kind: str, counts: Mapping[str, int]) -> str:
    """Return `新增 12，离职 3，调岗 2，错误 1 …`: the main counts always, others when there are any.

    Where nothing changes, that is said in place of the counts that are 0.
    """
    nothing = changes_nothing(counts)
    main = () if nothing else _ALWAYS[kind]
    names = [*main, *(name for name in COUNTED if name not in main and counts.get(name))]
    counted = [f"{COUNTED[name]} {counts.get(name, 0)}" for name in names]
    return "，".join([NOTHING[kind], *counted] if nothing else counted)


def changes_nothing(counts: Mapping[str, int]) -> bool:
    """Tell whether an import only says what is known already."""
    return not any(count for name, count in counts.items() if name not in _TOLD)


def back_line(kind: str, counts: Mapping[str, int]) -> str:
    """Return what undoing an import brings back: `13 人的离职已改回在职`."""
    words = UNDONE if kind == "roster" else UNDONE_FILINGS
    return "，".join(text.format(n=counts[name]) for name, text in words.items() if counts.get(name)) or (
        UNDONE_NOTHING
    )


def preview_text(import_id: int, kind: str, file_name: str, planned: Planned) -> str:
    """Return the whole preview: what would change, how the file was read, what needs a second word."""
    counts, people, faults = planned.counts, planned.people, planned.faults
    lines = [PREVIEW["head"].format(id=import_id, counts=count_line(kind, counts))]
    lines.append(PREVIEW["file"].format(kind=KINDS[kind], name=file_name[:60]))
    lines += [
        line for name in CATEGORIES if (line := _people(name, people.get(name, ()), counts.get(name, 0)))
    ]
    lines += [PREVIEW["fault"].format(row=fault.row, reason=fault.reason) for fault in faults[:_FAULTS]]
    if len(faults) > _FAULTS:
        lines.append(PREVIEW["more_faults"].format(count=len(faults)))
    lines += [PREVIEW["note"].format(note=note) for note in planned.notes]
    lines += [
        PREVIEW[brake.kind].format(count=brake.count, allowed=brake.allowed)
        for brake in planned.brakes
        if brake.holds
    ]
    lines.append(PREVIEW["ask_nothing" if changes_nothing(counts) else "ask"].format(id=import_id))
    return "\n".join(lines)


def _people(category: str, notes: Sequence[Note], count: int) -> str:
    if not notes:
        return ""
    most = _NAMED.get(category, _FEW)
    named = "；".join(PREVIEW["person"].format(no=one[0], name=one[1], text=one[2]) for one in notes[:most])
    rest = PREVIEW["rest"].format(count=count) if count > most else ""
    return PREVIEW["people"].format(category=CATEGORIES[category], named=named, rest=rest)


def people_lines(planned: Planned) -> list[str]:
    """Return everybody concerned, a line each, and every row that can't be read."""
    lines: list[str] = []
    for category, title in CATEGORIES.items():
        notes, count = planned.people.get(category, ()), planned.counts.get(category, 0)
        lines += [
            PREVIEW["one"].format(category=title, no=one[0], name=one[1], text=one[2]).rstrip()
            for one in notes
        ]
        if count > len(notes):
            lines.append(
                PREVIEW["people"].format(category=title, named="", rest=PREVIEW["rest"].format(count=count))
            )
    return lines + [PREVIEW["fault"].format(row=fault.row, reason=fault.reason) for fault in planned.faults]


def why_asked(brakes: Sequence[Brake]) -> str:
    """Return what a second word is asked for, with names: the first of each."""
    return "".join(
        OUTCOMES[f"confirm_{brake.kind}"].format(
            count=brake.count,
            allowed=brake.allowed,
            named="、".join(brake.named)
            + (PREVIEW["rest"].format(count=brake.count) if brake.count > len(brake.named) else ""),
        )
        for brake in brakes
    )
