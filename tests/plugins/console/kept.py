"""What a year of work leaves in the trail, of spot checks and of sources."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from config.phrases.sources import FOLDER, UNCHANGED
from db.tables.scim import scim_tokens
from db.tables.sources import sources
from db.tables.work import audit_trail, spot_checks, spot_draws
from services.app import App
from tests.company import (
    AS_OF,
    GROUP,
    STAFF,
    TRAINEE,
)


async def past_trail(app: App, now: datetime) -> None:
    """Store what was done lately, in the order in which it was."""
    lines = (
        ("bot", "job", "waiver_ended", f"QQ{TRAINEE}", {"code": "C1", "group_id": GROUP}),
        (str(STAFF), "console", "mode", f"G{GROUP}", {"before": "观察", "after": "执行"}),
        ("terminal", "terminal", "import.apply", "I1", {"counts": {"added": 12, "departed": 3}}),
        (str(STAFF), "console", "penalty confirmed", "P12", {"reason": "两次提醒未改"}),
        (str(STAFF), "chat", "employee.depart", "A120", {"departed_on": "2026-03-01"}),
    )
    names = ("actor", "source", "action", "subject", "detail")
    ages = (timedelta(hours=9 * n + 1) for n in reversed(range(len(lines))))
    rows = [
        {"at": now - age, **dict(zip(names, line, strict=True))}
        for age, line in zip(ages, lines, strict=True)
    ]
    async with app.database.transaction() as tx:
        await tx.execute(insert(audit_trail), rows)


async def past_checks(app: App, chance: random.Random, now: datetime) -> None:
    outcomes = ("clean", "findings", "clean", "unknown", "clean")
    rows: list[dict[str, Any]] = []
    for n, outcome in enumerate(outcomes):
        at = now - timedelta(days=3 * n + 1, hours=n)
        by_code = {"C1": 2, "L1": 1} if outcome == "findings" else {}
        why = "成员列表不完整" if outcome == "unknown" else None
        found = {"total": sum(by_code.values()), "by_code": by_code, "why": why}
        by = "bot" if n % 2 else str(STAFF)
        rows.append({
            "group_id": 700001 + n, "month": f"{at:%Y-%m}", "drawn_by": by, "seed": "" if by == "bot" else f"{chance.getrandbits(64):016x}",
            "due_at": at, "done_at": at, "outcome": outcome, "findings": found, "late": 0.0,
        })  # fmt: skip
    draw = {"month": "2026-03", "commitment": f"{chance.getrandbits(256):064x}", "calendar": {"start": "09:00:00", "end": "18:00:00", "days": ["2026-03-02"]}, "groups": [GROUP], "made_at": AS_OF}  # fmt: skip
    async with app.database.transaction() as tx:
        await tx.execute(insert(spot_checks), rows)
        await tx.execute(insert(spot_draws).values(**draw))


async def past_sources(app: App, now: datetime) -> None:
    """Have a directory that was read, a folder that could not be, and senders of whom none has said anything."""
    known = app.policy.sources
    ldap, folder = replace(known.ldap, url="ldaps://ad.example.com"), replace(known.folder, path="/srv/hr")
    scim = replace(known.scim, enabled=True)
    app.policy = replace(app.policy, sources=replace(known, ldap=ldap, folder=folder, scim=scim))
    read = {"started_at": now, "ended_at": now - timedelta(hours=2), "good_at": now - timedelta(hours=2)}
    failed = {"started_at": now, "ended_at": now - timedelta(minutes=4), "good_at": now - timedelta(days=3)}
    lines = [
        {"source": "ldap", "outcome": "unchanged", "people": 64, "reason": UNCHANGED, **read},
        {"source": "folder", "outcome": "failed", "people": None, "reason": FOLDER["unreadable"].format(path="/srv/hr", why="连不上"), **failed},
    ]  # fmt: skip
    senders = [("Entra", now - timedelta(minutes=9), None), ("人事系统", None, None), ("Okta", now - timedelta(days=40), now - timedelta(days=30))]  # fmt: skip
    tokens = [
        {"name": name, "token_hash": f"{n:064x}", "made_by": "terminal", "made_at": now - timedelta(days=60), "used_at": used, "revoked_at": revoked}
        for n, (name, used, revoked) in enumerate(senders)
    ]  # fmt: skip
    async with app.database.transaction() as tx:
        await tx.execute(insert(sources), lines)
        await tx.execute(insert(scim_tokens), tokens)
