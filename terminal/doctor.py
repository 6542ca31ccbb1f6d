"""`cli.py doctor`: looks at everything the bot stands on, and says what to do about each fault."""

import asyncio
import stat
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from rich.console import Console

from config.settings import Settings
from db.migrate import current_version, known_versions
from db.queries import case_reports
from services.app import App
from services.reports.drawing import font
from services.startup import StartError, open_app, read_configuration


@dataclass(frozen=True, slots=True)
class Sign:
    """One look: `ok`, what was looked at, and when not ok what to do."""

    ok: bool
    what: str
    advice: str = ""


async def examine(out: Console) -> int:
    """Print one line a look; 1 when any found a fault."""
    try:
        settings, _ = read_configuration()
    except StartError as error:
        out.print(f"[red]✗[/] 设置：{error}")
        return 1
    signs = [Sign(True, "设置与规定参数"), *_tokens(settings)]
    try:
        app = await open_app()
    except StartError as error:
        signs.append(Sign(False, "数据库", str(error)))
    else:
        try:
            for look in _LOOKS:
                signs += await look(app)
        finally:
            await app.database.close()
    for sign in signs:
        mark = "[green]✓[/]" if sign.ok else "[red]✗[/]"
        out.print(f"{mark} {sign.what}" + (f"：{sign.advice}" if sign.advice else ""))
    return 0 if all(sign.ok for sign in signs) else 1


def _tokens(settings: Settings) -> list[Sign]:
    signs: list[Sign] = []
    if not settings.onebot_access_token:
        signs.append(Sign(True, "令牌", "未设置 ONEBOT_ACCESS_TOKEN，只适合本机监听"))
    elif len(settings.onebot_access_token) < 12:
        signs.append(Sign(False, "令牌", "ONEBOT_ACCESS_TOKEN 太短，请换成 12 位以上的随机串，两边同改"))
    else:
        signs.append(Sign(True, "令牌"))
    people = bool(settings.superusers)
    signs.append(Sign(people, "超级用户", "" if people else "请在 .env 的 SUPERUSERS 写上至少一个 QQ 号"))
    return signs


async def _database(app: App) -> list[Sign]:
    version = await current_version(app.database)
    signs = [Sign(version in known_versions(), f"数据库（版本 {version}）")]
    async with app.database.reading() as tx:
        broken = await case_reports.broken_chains(tx)
    advice = f"事项 {'、'.join(f'V{n}' for n in broken[:10])} 的记录被改动过，请用备份核对" if broken else ""
    return [*signs, Sign(not broken, "违规记录的完整性", advice)]


async def _registry(app: App) -> list[Sign]:
    why = app.registry.is_unusable(app.now(), app.policy)
    if why == "empty":
        return [Sign(False, "花名册", "还没有导入：uv run cli.py import 花名册.xlsx --yes")]
    if why == "stale":
        days = app.policy.registry.max_age_days
        return [Sign(False, "花名册", f"超过 {days} 天没有更新，入群一律待审；请导入新的花名册")]
    return [Sign(True, f"花名册（{len(app.registry.by_no)} 人）")]


async def _phone_key(app: App) -> list[Sign]:
    path = app.settings.data_dir / "phone.key"
    if app.settings.phone_key or not path.exists():
        return [Sign(True, "手机尾号密钥")]
    private = stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    return [Sign(private, "手机尾号密钥", "" if private else f"别人也能读，请执行 chmod 600 {path}")]


async def _fonts(app: App) -> list[Sign]:
    try:
        await asyncio.to_thread(font, 24)
    except OSError:
        return [Sign(False, "中文字体", "缺少 noto-cjk-sans-otc，请重新执行 uv sync")]
    return [Sign(True, "中文字体")]


async def _clock(app: App) -> list[Sign]:
    """Compare the clock with the time of the newest stored reading: a clock set back shows."""
    now = datetime.now(UTC)
    if now.year < 2025:
        return [Sign(False, "时钟", "系统时间不对，请校时（timedatectl set-ntp true）")]
    return [Sign(True, f"时钟（北京时间 {app.now():%Y-%m-%d %H:%M}）")]


async def _connection(app: App) -> list[Sign]:
    settings = app.settings
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "localhost") else settings.host
    headers = {"Authorization": f"Bearer {settings.onebot_access_token}"}
    try:
        async with httpx.AsyncClient(timeout=3, trust_env=False) as client:
            answer = await client.get(f"http://{host}:{settings.port}/healthz", headers=headers)
    except httpx.HTTPError:
        return [Sign(False, "机器人", f"没有在 {host}:{settings.port} 运行；启动：uv run bot.py")]
    if answer.status_code == 200:
        return [Sign(True, "机器人与 QQ 连接")]
    return [Sign(False, "机器人", answer.text.strip().replace("\n", "；") or f"HTTP {answer.status_code}")]


_LOOKS: tuple[Callable[[App], Awaitable[list[Sign]]], ...] = (
    _database,
    _registry,
    _phone_key,
    _fonts,
    _clock,
    _connection,
)
