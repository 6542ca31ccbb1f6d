"""`cli.py regulation try`: what changed parameters would bring, judged against the stored readings."""

import asyncio
import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from config.phrases import console as say
from config.policy import PolicyError, load_policy
from services.app import App
from services.cases.tryout import TryOut, Would, try_out
from services.naming import deadline


async def try_file(app: App, file: Path, *, as_json: bool, out: Console) -> int:
    """Try out a file of parameters, all of them or a few; 1 where it can't be read."""
    try:
        policy = await asyncio.to_thread(load_policy, file, app.policy)
    except PolicyError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    found = await try_out(app, policy)
    if as_json:
        sys.stdout.write(json.dumps(_as_json(found), ensure_ascii=False) + "\n")
        return 0
    out.print(said(found))
    for kind in ("opened", "closed", "moved"):
        for one in getattr(found, kind):
            out.print(_line(kind, one), markup=False)
    return 0


def said(found: TryOut) -> str:
    """Return the figures in one line."""
    text = say.TRY_OUT.format(groups=found.groups, **found.counts)
    text += say.TRY_UNKNOWN.format(n=found.unknown) if found.unknown else ""
    return text + (say.TRY_LEFT_OUT.format(n=found.left_out) if found.left_out else "")


def _line(kind: str, one: Would) -> str:
    name = f"V{one.id} " if one.id is not None else ""
    what = say.MOVED.format(was=deadline(one.was), now=deadline(one.now)) if kind == "moved" else one.what
    return f"{say.WOULD[kind]} {name}{one.code} {one.title} · {one.person} · {one.group}：{what}"


def _as_json(found: TryOut) -> dict[str, Any]:
    return {
        "counts": found.counts,
        **{kind: [_plain(one) for one in getattr(found, kind)] for kind in ("opened", "closed", "moved")},
        "groups": found.groups,
        "unknown": found.unknown,
        "left_out": found.left_out,
    }


def _plain(one: Would) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(one).items()}
