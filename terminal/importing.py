"""`cli.py import` and `cli.py filings import`: preview, apply, undo."""

import asyncio
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from config.oserrors import said
from config.phrases.imports import CATEGORIES, OUTCOMES, TERMINAL
from regulation.registry import Registry
from services.app import App
from services.imports import apply as imports
from services.imports.model import NOTHING_MORE, Accepted, Brake, Preview, Refusal
from services.imports.preview import changes_nothing, why_asked

_ID = re.compile(r"\s*[Ii]*(\d{1,9})\s*")
_SHOWN = 30
_BAR_FROM = 1_000_000


async def _import(
    app: App,
    path: Path | None,
    *,
    kind: str,
    yes: bool,
    full: bool = False,
    accepted: Accepted = NOTHING_MORE,
    undo: str | None = None,
    as_json: bool = False,
    out: Console,
) -> int:
    """Preview or apply a file of this kind, or undo its import. 0 done, 1 refused, 2 wrong usage."""
    if undo is not None:
        return await _undo(app, undo, as_json=as_json, out=out)
    if path is None:
        return _fail(TERMINAL["no_file"], 2)
    try:
        data = await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        return _fail(TERMINAL["unreadable"].format(path=path, why=said(error)), 2)
    if kind == "roster":
        # A roster is compared with the database itself: the index would only take room.
        app.registry = Registry.build((), (), app.policy.departments, version=0)
    with _bar(out, len(data), as_json=as_json) as progress:
        made = await imports.preview_file(
            app, data, path.name, by="terminal", source="terminal", full=full, kind=kind, progress=progress
        )
    if isinstance(made, Refusal):
        if as_json:
            _print_json(out, None, {}, made.faults, applied=False)
        return _fail(made.reason)
    if not as_json:
        _show(out, made, yes=yes)
    return await _apply(app, made, yes=yes, accepted=accepted, as_json=as_json, out=out)


import_roster = partial(_import, kind="roster")
import_filings = partial(_import, kind="filings")


async def _apply(
    app: App, made: Preview, *, yes: bool, accepted: Accepted, as_json: bool, out: Console
) -> int:
    line = ""
    applied = False
    if yes:
        outcome = await imports.apply_import(
            app, made.id, by="terminal", accepted=accepted, reload=False, preview=made
        )
        applied = outcome.state == "applied"
        line = outcome.text
        if outcome.state == "confirm":
            line = OUTCOMES["confirm_terminal"].format(why=outcome.why, options=_options(outcome.brakes))
    if as_json:
        _print_json(out, made.id, made.counts, made.faults, applied=applied)
    elif applied:
        out.print(line, markup=False)
    return 0 if applied or not yes else _fail(line)


async def _undo(app: App, text: str, *, as_json: bool, out: Console) -> int:
    found = _ID.fullmatch(text)
    if found is None:
        return _fail(TERMINAL["bad_id"].format(text=text[:40]), 2)
    # Cases take longer to load than a roster to preview, which is what this command mostly does.
    from services.imports import undoing

    import_id = int(found.group(1))
    outcome = await undoing.undo_import(app, import_id, by="terminal", reload=False)
    undone = outcome.state == "undone"
    if as_json:
        _print_json(out, import_id, outcome.counts, (), applied=not undone)
    elif undone:
        out.print(outcome.text, markup=False)
    return 0 if undone else _fail(outcome.text)


def _show(out: Console, made: Preview, *, yes: bool) -> None:
    """Print the preview: counts, people by category, every row with a fault."""
    out.print(made.text.splitlines()[0], markup=False)
    for name, title in CATEGORIES.items():
        notes = made.people.get(name, [])
        for note in notes[:_SHOWN]:
            fields = {"category": title, "name": note[1], "no": note[0], "text": note[2]}
            out.print(TERMINAL["person"].format(**fields), markup=False)
        count = made.counts.get(name, 0)
        if count > _SHOWN:
            out.print(TERMINAL["rest"].format(category=title, count=count), markup=False)
    for fault in made.faults:
        out.print(TERMINAL["fault"].format(row=fault.row, reason=fault.reason), markup=False)
    for note in made.notes:
        out.print(TERMINAL["note"].format(note=note), markup=False)
    if not yes:
        out.print(TERMINAL["ask_nothing" if changes_nothing(made.counts) else "ask"], markup=False)
        held = [brake for brake in made.brakes if brake.holds]
        if held:
            asked = TERMINAL["ask_more"].format(options=_options(held), why=why_asked(held))
            out.print(asked, markup=False)


def _options(brakes: Sequence[Brake]) -> str:
    return " ".join(f"--accept-{brake.kind} {brake.count}" for brake in brakes)


def _print_json(
    out: Console, import_id: int | None, counts: Mapping[str, int], faults: Any, *, applied: bool
) -> None:
    value = {
        "id": None if import_id is None else f"I{import_id}",
        **{name: counts.get(name, 0) for name in ("added", "changed", "departed", "transferred")},
        "errors": [{"row": fault.row, "reason": fault.reason} for fault in faults],
        "applied": applied,
    }
    # Past rich: it would fold long lines.
    out.file.write(json.dumps(value, ensure_ascii=False) + "\n")


@contextmanager
def _bar(out: Console, size: int, *, as_json: bool) -> Any:
    """Show a progress bar for a large file on a terminal; give what is told of each step."""
    if as_json or not out.is_terminal or size < _BAR_FROM:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Progress(*columns, TimeElapsedColumn(), console=out, transient=True) as bar:
        task = bar.add_task(TERMINAL["reading"], total=None)

        def step(done: int, total: int) -> None:
            bar.update(task, completed=done, total=max(total, done))

        yield cast("Callable[[int, int], None]", step)


def _fail(line: str, code: int = 1) -> int:
    sys.stderr.write(" ".join(line.split("\n")) + "\n")
    return code
