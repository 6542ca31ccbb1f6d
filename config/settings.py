"""Settings of the deployment, from the environment and `.env` (NoneBot's names)."""

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """A wrong setting: one line that names file, key, value and what is allowed."""


def _numbers(value: Any) -> Any:
    """Read `["1","2"]`, `1,2` or `1` alike; NoneBot itself wants the first."""
    if isinstance(value, int):
        return {value}
    if isinstance(value, str):
        return {
            part for part in value.strip("[] ").replace('"', "").replace("，", ",").split(",") if part.strip()
        }
    return value


def _number_or_none(value: Any) -> Any:
    return None if value in ("", 0, "0") else value


class Settings(BaseSettings):
    """What an operator sets for one running bot. Every key stands in `.env.example`."""

    model_config = SettingsConfigDict(
        env_file=(".env", ".env.prod"),
        env_file_encoding="utf-8-sig",
        extra="ignore",
        frozen=True,
        enable_decoding=False,
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    onebot_access_token: str = ""
    onebot_secret: str = ""
    superusers: Annotated[frozenset[int], BeforeValidator(_numbers)] = frozenset()
    database_url: str = "sqlite+aiosqlite:///data/qungui.db"
    policy_file: Path = Path("config/regulation.toml")
    admin_group: Annotated[int | None, BeforeValidator(_number_or_none)] = None
    log_level: str = "INFO"
    log_json: bool = False
    data_dir: Path = Path("data")
    phone_key: str = ""

    @property
    def is_loopback(self) -> bool:
        """Tell whether the bot listens on this machine only."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


_ALLOWED = {
    "port": "1–65535 的整数",
    "superusers": 'QQ 号列表，如 ["10001","10002"]',
    "admin_group": "QQ 群号",
    "log_json": "true 或 false",
    "log_level": "TRACE、DEBUG、INFO、SUCCESS、WARNING、ERROR",
}
_LEVELS = {"TRACE", "DEBUG", "INFO", "SUCCESS", "WARNING", "ERROR", "CRITICAL"}
_DRIVERS = ("sqlite+aiosqlite://", "postgresql+psycopg://")
_SECRET = {"onebot_access_token", "onebot_secret", "phone_key", "database_url"}


def load_settings() -> Settings:
    """Read and check the settings. Raises `SettingsError` with one line."""
    try:
        settings = Settings()
    except UnicodeDecodeError as error:
        raise SettingsError(".env：读不出来，应为 UTF-8 编码的文本文件") from error
    except OSError as error:
        raise SettingsError(f".env：读不出来（{error.strerror}）") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise _wrong(str(first["loc"][0]), first.get("input")) from error
    _check(settings)
    return settings


def wants_json_logs() -> bool:
    """Tell whether `LOG_JSON` is on, also where the settings as a whole can't be read."""
    try:
        return _JustLogs().log_json
    except (ValueError, OSError):
        return False


class _JustLogs(BaseSettings):
    model_config = Settings.model_config
    log_json: bool = False


def _check(settings: Settings) -> None:
    if settings.log_level.upper() not in _LEVELS:
        raise _wrong("log_level", settings.log_level)
    if not settings.database_url.startswith(_DRIVERS):
        raise SettingsError(f"{_source('database_url')}：DATABASE_URL 不认识；可用 {' 或 '.join(_DRIVERS)}…")
    if _in_memory(settings.database_url):
        raise SettingsError(
            f"{_source('database_url')}：DATABASE_URL 没有写文件名；记录要存在文件里，"
            "例如 sqlite+aiosqlite:///data/qungui.db"
        )
    if not settings.is_loopback and not settings.onebot_access_token:
        raise SettingsError(
            f"{_source('host')}：HOST = {settings.host} 不只在本机监听，必须设置 ONEBOT_ACCESS_TOKEN；"
            "或把 HOST 改为 127.0.0.1"
        )


def _in_memory(url: str) -> bool:
    """Tell whether this is SQLite without a file: nothing there would outlast a connection."""
    name = url.partition("://")[2].lstrip("/").partition("?")[0]
    return url.startswith("sqlite") and (name in ("", ":memory:") or "mode=memory" in url)


def _source(key: str) -> str:
    return "环境变量" if key.upper() in os.environ or key in os.environ else ".env"


def _wrong(key: str, value: object) -> SettingsError:
    shown = "（不显示）" if key in _SECRET else repr(value)
    return SettingsError(f"{_source(key)}：{key.upper()} = {shown} 不对；应为{_ALLOWED.get(key, '正确的值')}")
