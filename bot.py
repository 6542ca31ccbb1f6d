"""Chat entry: settings → App → adapter → plugins. Refuses to start if anything is not as it should be."""

import gc

if __name__ == "__main__":
    # Looking for garbage in what is being loaded takes a fifth of the start: `spare_the_memory_walk`.
    gc.disable()

import asyncio
import os
import secrets
import socket
import sys
import threading
from urllib.parse import unquote, urlsplit

import nonebot
from nonebot.log import logger

from config.consoles import any_console
from config.logs import last_words, set_up_logs
from config.oserrors import said
from config.settings import Settings, for_nonebot, unheeded
from services import processes
from services.app import App
from services.context import use_app
from services.people import renaming
from services.people.registry import load
from services.running.memory import keep_few_heaps, spare_the_memory_walk
from services.running.startup import (
    StartError,
    build_app,
    claim_database,
    prepare_database,
    read_configuration,
)

PLUGINS = (
    "nonebot_plugin_apscheduler",
    "plugins.gateway",
    "plugins.membership",
    "plugins.commands",
    "plugins.scheduler",
    "plugins.health",
    "plugins.console",
    "plugins.scim",
)
# The database works in threads: the event loop shall not wait 5 ms, Python's default, for its turn.
SWITCH_SECONDS = 0.0005
# A half-open connection is noticed and dropped within 15 seconds.
PING_SECONDS, PONG_SECONDS = 5.0, 10.0
# Connections get this long to end, then our own work; after both the process ends whatever still runs.
SHUTDOWN_SECONDS, END_SECONDS = 1, 3.0
# Open as long as the process lives.
_claims: list[object] = []


def main() -> None:
    """Start the bot and listen until stopped; exit with one line on stderr when that can't be."""
    any_console()
    sys.setswitchinterval(SWITCH_SECONDS)
    keep_few_heaps()
    try:
        settings, policy = read_configuration()
        set_up_logs(settings, secrets_of(settings))
        check_port(settings)
        asyncio.run(prepare_database(settings))
        app = build_app(settings, policy)
        _claims.append(claim_database(app.database))
        start(app)
    except StartError as error:
        sys.stderr.write(last_words(str(error)) + "\n")
        sys.exit(1)
    nonebot.run(
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PONG_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        access_log=False,
    )


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Return what must never stand in a log line."""
    password = urlsplit(settings.database_url).password or ""
    return (
        settings.onebot_access_token,
        settings.onebot_secret,
        settings.phone_key,
        settings.ldap_password,
        settings.dingtalk_app_secret,
        settings.database_url,
        password,
        unquote(password),
    )


def check_port(settings: Settings) -> None:
    """Refuse a port that another program listens on. Raises `StartError`."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise StartError(
                f"端口 {settings.host}:{settings.port} 用不了（{said(error)}）；请在 .env 里换一个 PORT"
            ) from error


def start(app: App) -> None:
    """Set up NoneBot with our adapter and plugins. Raises `StartError` when a plugin did not load."""
    settings = app.settings
    # An empty secret would leave the adapter's HTTP ingress open to forged events.
    secret = settings.onebot_secret or secrets.token_hex(32)
    set_up_logs(settings, (*secrets_of(settings), secret, app.phone_key.hex()))
    if names := unheeded():
        logger.info("NoneBot 的这些设置在这里不起作用：{}", "、".join(names))
    _init(settings, secret)
    if not settings.superusers:
        logger.warning("没有设置 SUPERUSERS：没有人能授权行政部，也没有人收到告警；请在 .env 写上 QQ 号")
    use_app(app)
    driver = nonebot.get_driver()

    @driver.on_startup
    async def load_registry() -> None:
        asked = app.policy.departments
        await load(app)
        await renaming.take_up(app, asked)
        await processes.begin(app)
        spare_the_memory_walk()

    # NoneBot runs these in reverse: the database closes when nobody works with it any more.
    @driver.on_shutdown
    async def close_database() -> None:
        await processes.end(app)
        await app.database.close()

    for name in PLUGINS:
        if nonebot.load_plugin(name) is None:
            raise StartError(f"插件 {name} 没有加载成功，机器人不启动；原因见上面的日志")

    driver.on_shutdown(end_soon)


def _init(settings: Settings, secret: str) -> None:
    nonebot.init(
        **for_nonebot(settings),
        driver="~fastapi",
        onebot_access_token=settings.onebot_access_token or None,
        onebot_secret=secret,
        command_start={"/"},
        fastapi_openapi_url=None,
        fastapi_docs_url=None,
        fastapi_redoc_url=None,
        apscheduler_autostart=True,
        apscheduler_config={
            "apscheduler.timezone": "Asia/Shanghai",
            "apscheduler.job_defaults.misfire_grace_time": 3600,
            "apscheduler.job_defaults.coalesce": True,
        },
    )


async def end_soon() -> None:
    """Have the process end in time, whatever won't: what was under way is looked up at the next start."""
    timer = threading.Timer(END_SECONDS, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    logger.warning("still at work after {:g} s, ended all the same", END_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    main()
