"""Settings of the deployment, from the environment and `.env` (NoneBot's names)."""

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream
from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.oserrors import said


class SettingsError(Exception):
    """A wrong setting: one line that names file, key, value and what is allowed."""


def _numbers(value: Any) -> Any:
    """Read `["1","2"]`, `1,2`, `1；2` or `1` alike, as people write them; NoneBot itself wants the first."""
    if isinstance(value, int):
        return {value}
    if isinstance(value, str):
        plain = value.strip().removeprefix("[").removesuffix("]").translate(_QUOTES)
        return {part for part in re.split(r"[,，;；、\s]+", plain) if part}
    return value


def _folders(value: Any) -> Any:
    """Read `["/a","/b"]` or `/a,/b` alike."""
    if isinstance(value, str):
        return tuple(
            part.strip() for part in re.split("[,，]", value.strip("[] ").translate(_QUOTES)) if part.strip()
        )
    return value


def _number_or_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _path(value: Any) -> Any:
    if isinstance(value, str) and not value.strip():
        raise ValueError(value)
    return value


def _token(value: Any) -> Any:
    """Read what must stand in the head of an HTTP request as it is."""
    text = str(value).strip()
    if not re.fullmatch(r"[!-~]*", text):
        raise ValueError(text)
    return text


def _address(value: Any) -> Any:
    """Read an IP address, or `localhost`: what NoneBot's server can listen on."""
    name = str(value).strip()
    return str(ip_address("127.0.0.1" if name == "localhost" else name.strip("[]")))


def _web_address(value: Any) -> Any:
    """Read the address of a page, ending with `/`; nothing where none is given."""
    text = str(value).strip()
    if text and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", text):
        raise ValueError(text)
    return text and text.rstrip("/") + "/"


def _level(value: Any) -> Any:
    level = str(value).strip().upper()
    if level not in _LEVELS:
        raise ValueError(level)
    return level


_QUOTES = str.maketrans("", "", "\"'“”‘’")
_LEVELS = ("TRACE", "DEBUG", "INFO", "SUCCESS", "WARNING", "ERROR", "CRITICAL")
# What NoneBot would heed and this bot doesn't: it has one driver, one adapter, its own way to hear commands.
_NONEBOTS = ("DRIVER", "NICKNAME", "COMMAND_START", "COMMAND_SEP", "API_TIMEOUT", "SESSION_EXPIRE_TIMEOUT")
_ITS_PARTS = ("ONEBOT_V11_", "ONEBOT_WS_", "ONEBOT_API_", "FASTAPI_", "APSCHEDULER_")
Number = Annotated[int, Field(ge=10000, le=2**53)]


class Settings(BaseSettings):
    """What an operator sets for one running bot. Every key stands in `.env.example`."""

    model_config = SettingsConfigDict(
        env_file_encoding="utf-8-sig",
        extra="ignore",
        frozen=True,
        enable_decoding=False,
    )

    host: Annotated[str, BeforeValidator(_address)] = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    onebot_access_token: Annotated[str, BeforeValidator(_token)] = ""
    onebot_secret: Annotated[str, BeforeValidator(_token)] = ""
    superusers: Annotated[frozenset[Number], BeforeValidator(_numbers)] = frozenset()
    database_url: str = "sqlite+aiosqlite:///data/qungui.db"
    policy_file: Annotated[Path, BeforeValidator(_path)] = Path("config/regulation.toml")
    admin_group: Annotated[Number | None, BeforeValidator(_number_or_none)] = None
    log_level: Annotated[str, BeforeValidator(_level)] = "INFO"
    log_json: bool = False
    data_dir: Annotated[Path, BeforeValidator(_path)] = Path("data")
    phone_key: str = ""
    ldap_password: str = ""
    dingtalk_app_secret: str = ""
    qq_folders: Annotated[tuple[Path, ...], BeforeValidator(_folders)] = (
        Path("~/.config/QQ"),
        Path("~/Documents/Tencent Files"),
    )
    console: bool = True
    console_url: Annotated[str, BeforeValidator(_web_address)] = ""
    console_insecure: bool = False

    @property
    def is_loopback(self) -> bool:
        """Tell whether the bot listens on this machine only."""
        return ip_address(self.host).is_loopback

    @property
    def console_address(self) -> str:
        """Return the address at which people find the console."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        shown = f"[{host}]" if ":" in host else host
        return self.console_url or f"http://{shown}:{self.port}/console/"

    @property
    def console_is_safe(self) -> bool:
        """Tell whether what is typed into the console can't be read on the way."""
        return self.is_loopback or self.console_address.startswith("https://") or self.console_insecure


_ALLOWED = {
    "onebot_access_token": "字母、数字和半角符号，中间没有空格",
    "onebot_secret": "字母、数字和半角符号，中间没有空格",
    "policy_file": "规定参数文件的路径，如 config/regulation.toml",
    "data_dir": "文件夹的路径，如 data",
    "host": "IP 地址，如 127.0.0.1",
    "port": "1–65535 的整数",
    "superusers": 'QQ 号列表，如 ["10001","10002"]',
    "admin_group": "QQ 群号",
    "qq_folders": "文件夹的列表，用逗号隔开",
    "log_json": "true 或 false",
    "console": "on 或 off",
    "console_url": "网址，如 https://qungui.example.com/console/",
    "console_insecure": "0 或 1",
    "log_level": "、".join(_LEVELS) + " 之一",
}
_DRIVERS = ("sqlite+aiosqlite://", "postgresql+psycopg://")
_SECRET = {
    "onebot_access_token", "onebot_secret", "phone_key", "database_url", "ldap_password",
    "dingtalk_app_secret",
}  # fmt: skip


def load_settings() -> Settings:
    """Read and check the settings. Raises `SettingsError` with one line."""
    try:
        _look_at_lines()
        settings = Settings(**_from_files())
    except UnicodeDecodeError as error:
        raise SettingsError(".env：读不出来，应为 UTF-8 编码的文本文件") from error
    except OSError as error:
        raise SettingsError(f".env：读不出来（{said(error)}）") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise _wrong(str(first["loc"][0]), first.get("input")) from error
    _check(settings)
    return settings


def _files() -> tuple[str, str]:
    """Return the files that settings stand in, by NoneBot's convention: `ENVIRONMENT` names the second."""
    named = os.environ.get("ENVIRONMENT") or dotenv_values(".env", encoding="utf-8-sig").get("ENVIRONMENT")
    return ".env", f".env.{named or 'prod'}"


def _from_files() -> dict[str, Any]:
    return {"_env_file": _files()}


def _look_at_lines() -> None:
    """Refuse a line of `.env` that is no setting: its reader would pass it over. Raises `SettingsError`."""
    for name in _files():
        if not Path(name).is_file():
            continue
        with Path(name).open(encoding="utf-8-sig") as lines:
            odd = next((one for one in parse_stream(lines) if one.error or _is_no_setting(one)), None)
        if odd is not None:
            raise SettingsError(f"{name}：第 {odd.original.line} 行读不懂；每行写 名称=值，引号要成对")


def _is_no_setting(line: Binding) -> bool:
    return line.key is not None and line.value is None


def unheeded() -> list[str]:
    """Return which settings of NoneBot's own are set and of no use here."""
    names = {name.upper() for found in (os.environ, *map(dotenv_values, _files())) for name in found}
    return sorted(name for name in names if name in _NONEBOTS or name.startswith(_ITS_PARTS))


def for_nonebot(settings: Settings) -> dict[str, Any]:
    """Return what NoneBot starts with: what was judged here, and nothing that it reads by itself.

    Reading for itself it stops at forms that we accept, such as `SUPERUSERS=1,2`, after all looked well.
    """
    ours = {
        "host": settings.host,
        "port": settings.port,
        "log_level": settings.log_level,
        "superusers": {str(user_id) for user_id in settings.superusers},
    }
    for name in [name for name in os.environ if name.lower() in ours or name.upper() in _NONEBOTS]:
        del os.environ[name]
    return {**ours, "_env_file": [os.devnull]}


def wants_json_logs() -> bool:
    """Tell whether `LOG_JSON` is on, also where the settings as a whole can't be read."""
    try:
        return _JustLogs(**_from_files()).log_json
    except (ValueError, OSError):
        return False


class _JustLogs(BaseSettings):
    model_config = Settings.model_config
    log_json: bool = False


def _check(settings: Settings) -> None:
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
    return SettingsError(
        f"{_source(key)}：{key.upper()} = {shown} 不对；应为：{_ALLOWED.get(key, '正确的值')}"
    )
