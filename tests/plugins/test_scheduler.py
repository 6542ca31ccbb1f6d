"""The nightly audit runs however late APScheduler wakes: it sleeps by a clock that doesn't jump with the other."""

import asyncio
from datetime import datetime, timedelta, tzinfo
from typing import ClassVar

import pytest
from apscheduler.schedulers import base
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from db.tables.base import ZONE


class Jumping(datetime):
    """The operating system's clock, as APScheduler asks for it."""

    ahead: ClassVar[timedelta] = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # pyright: ignore[reportIncompatibleMethodOverride]
        return datetime.now(tz) + cls.ahead


async def test_waking_the_scheduler_runs_once_what_a_jump_has_made_due(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran = asyncio.Queue[str]()
    monkeypatch.setattr(base, "datetime", Jumping)
    monkeypatch.setattr(Jumping, "ahead", timedelta())
    scheduler = AsyncIOScheduler(timezone=ZONE)
    scheduler.start()
    try:
        scheduler.add_job(
            lambda: ran.put_nowait("audit"), "cron", hour=2, minute=30,
            misfire_grace_time=None, coalesce=True, id="audit",
        )  # fmt: skip
        monkeypatch.setattr(Jumping, "ahead", timedelta(days=5))
        scheduler.wakeup()
        assert await asyncio.wait_for(ran.get(), 5) == "audit"
        scheduler.wakeup()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ran.get(), 0.2)
    finally:
        scheduler.shutdown()
