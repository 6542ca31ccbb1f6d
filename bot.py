"""Chat entry: settings → App → adapter → plugins. Refuses to start if anything is not as it should be."""

import asyncio
import logging
import secrets
import socket
import sys

import nonebot
from nonebot.adapters.onebot.v11 import Adapter
from nonebot.log import LoguruHandler

from config.logs import set_up_logs
from config.settings import Settings
from services.app import App
from services.context import use_app
from services.registry import load
from services.startup import StartError, build_app, prepare_database, read_configuration

PLUGINS = (
    "nonebot_plugin_apscheduler",
    "plugins.gateway",
    "plugins.membership",
    "plugins.commands",
    "plugins.scheduler",
    "plugins.health",
)
# A half-open connection is noticed and dropped within 15 seconds.
PING_SECONDS, PONG_SECONDS = 5.0, 10.0
SHUTDOWN_SECONDS = 4


def main() -> None:
    """Start the bot and listen until stopped; exit with one line on stderr when that can't be."""
    try:
        settings, policy = read_configuration()
        check_port(settings)
        asyncio.run(prepare_database(settings))
        app = build_app(settings, policy)
        start(app)
    except StartError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
    nonebot.run(
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PONG_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        access_log=False,
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
                f"端口 {settings.host}:{settings.port} 用不了（{error.strerror}）；请在 .env 里换一个 PORT"
            ) from error


def start(app: App) -> None:
    """Set up NoneBot with our adapter and plugins. Raises `StartError` when a plugin did not load."""
    settings = app.settings
    # An empty secret would leave the adapter's HTTP ingress open to forged events.
    secret = settings.onebot_secret or secrets.token_hex(32)
    hidden = (settings.onebot_access_token, secret, settings.phone_key, settings.database_url)
    set_up_logs(settings, hidden)
    logging.getLogger("qungui").addHandler(LoguruHandler())
    logging.getLogger("qungui").setLevel(logging.DEBUG)
    nonebot.init(
        driver="~fastapi",
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level.upper(),
        onebot_access_token=settings.onebot_access_token or None,
        onebot_secret=secret,
        superusers={str(user_id) for user_id in settings.superusers},
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
    use_app(app)
    driver = nonebot.get_driver()
    driver.register_adapter(Adapter)

    @driver.on_startup
    async def load_registry() -> None:
        await load(app)

    for name in PLUGINS:
        if nonebot.load_plugin(name) is None:
            raise StartError(f"插件 {name} 没有加载成功，机器人不启动；原因见上面的日志")

    @driver.on_shutdown
    async def close_database() -> None:
        await app.database.close()


if __name__ == "__main__":
    main()
