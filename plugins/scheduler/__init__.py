"""The heartbeat, and the nightly audit on APScheduler."""

import asyncio
import importlib
import random
from dataclasses import dataclass, field
from datetime import timedelta

from nonebot import get_driver, require
from nonebot.plugin import PluginMetadata

require("nonebot_plugin_apscheduler")

from nonebot_plugin_apscheduler import scheduler  # noqa: E402 - must be required first

from db.tables.base import ZONE  # noqa: E402
from services.app import App  # noqa: E402
from services.context import get_app  # noqa: E402
from services.imports.sources import configured  # noqa: E402
from services.running import job_log  # noqa: E402
from services.running.heartbeat import Heart  # noqa: E402
from services.watching import connected  # noqa: E402

__plugin_meta__ = PluginMetadata("scheduler", "Periodic work", "")
WAKE_SECONDS = 60.0
# A start is busy enough; several processes don't begin at once.
FIRST_SECONDS = (1.0, 8.0)
driver = get_driver()


@dataclass(slots=True)
class Running:
    """What runs beside NoneBot from its start to its end."""

    hearts: list[Heart] = field(default_factory=list[Heart])
    tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])


@driver.on_startup
async def start() -> None:
    """Start the heart, and plan the nightly audit in Asia/Shanghai whatever the host's zone."""
    app = get_app()
    running = app.memory(Running)
    heart = Heart(app)
    running.hearts.append(heart)
    running.tasks += [asyncio.create_task(heart.beat_until_stopped()), asyncio.create_task(keep_awake())]
    at = app.policy.poll.audit_time
    scheduler.add_job(
        nightly_audit,
        "cron",
        hour=at.hour,
        minute=at.minute,
        timezone=ZONE,
        id="nightly_audit",
        # However late: after a jump of the clock, or a host that slept. Once a day is seen to below.
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
        replace_existing=True,
    )
    plan_sources(app)


def plan_sources(app: App) -> None:
    """Have each source of the registry read: soon, and then at its pace, give or take a tenth."""
    for name in configured.names(app.policy.sources):
        seconds = configured.every(app.policy.sources, name).total_seconds()
        scheduler.add_job(
            pull_source,
            "interval",
            args=[name],
            seconds=seconds,
            jitter=seconds / 10,
            next_run_time=app.now() + timedelta(seconds=random.uniform(*FIRST_SECONDS)),
            id=f"source {name}",
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
            replace_existing=True,
        )


async def pull_source(name: str) -> None:
    """Read a source, once over all processes. What it takes is imported when there is one."""
    pulling = await asyncio.to_thread(importlib.import_module, "services.imports.sources.pulling")
    await pulling.pull_due(get_app(), name)


async def keep_awake() -> None:
    """Have APScheduler look at the clock now and then: it sleeps by a clock that doesn't jump with it."""
    while True:
        await asyncio.sleep(WAKE_SECONDS)
        scheduler.wakeup()


@driver.on_shutdown
async def stop() -> None:
    """Stop the heart and what it started."""
    running = get_app().memory(Running)
    for heart in running.hearts:
        await heart.stop()
    for task in running.tasks:
        task.cancel()
    await asyncio.gather(*running.tasks, return_exceptions=True)
    running.hearts.clear()
    running.tasks.clear()


async def nightly_audit() -> None:
    """Audit every group, once a night even with several processes."""
    app = get_app()
    if app.gateway is not None and app.gateway.accounts():
        await job_log.once_a_day(app, "nightly_audit", connected.nightly)
