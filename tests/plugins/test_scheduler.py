"""What APScheduler is told: when it looks at the clock anew, and at what pace each source is read."""

import asyncio
import os
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import ClassVar

import pytest
from apscheduler.schedulers import base
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from db.tables.base import ZONE
from tests import started


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


PLANNED = """
import sys
import nonebot
nonebot.init(driver="~fastapi")
nonebot.load_plugin("plugins.scheduler")
from plugins import scheduler
from tests.services.imports.sources.killed import app_on, sources_of
place = sys.argv[1]
sources = sources_of("folder", {"path": place})
scheduler.plan_sources(app_on(f"sqlite+aiosqlite:///{place}/no.db", sources))
for job in scheduler.scheduler.get_jobs():
    print(job.id, job.trigger.interval.total_seconds(), job.trigger.jitter, job.max_instances, job.coalesce)
"""


async def test_each_source_has_its_pace_give_or_take_a_tenth_and_never_runs_twice_at_once(
    tmp_path: Path,
) -> None:
    script = tmp_path / "planned.py"
    script.write_text(PLANNED, "utf-8")
    _, printed = await started.run(script, str(tmp_path), folder=tmp_path, environment=os.environ)
    assert printed.splitlines()[-1:] == ["source folder 600.0 60.0 1 True"]
