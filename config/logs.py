"""Log lines: one event one line, secrets never in them, JSON on request."""

import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from loguru import logger

from config.settings import Settings

if TYPE_CHECKING:
    from loguru import Record

_LONG_NUMBER = re.compile(r"(?<!\d)(\d{2})\d{3,9}(\d{2})(?!\d)")
_EVENT_LOGGERS = frozenset({"handle_event", "log_event"})
_FORMAT = "{time:MM-DD HH:mm:ss} [{level}] {name} | {message}"


def set_up_logs(settings: Settings, hidden: Sequence[str]) -> None:
    """Write logs to stderr at the level set. `hidden`: texts that must never appear in a line.

    At INFO and above QQ and group numbers are masked.
    """
    words = sorted({word for word in hidden if len(word) >= 4}, key=len, reverse=True)
    level = settings.log_level.upper()

    def patch(record: "Record") -> None:
        record["message"] = _clean(record["message"], words, mask=record["level"].no >= 20)

    def wanted(record: "Record") -> bool:
        # What people say in groups is nobody's business, also not the log's.
        return not (record["name"] == "nonebot" and record["function"] in _EVENT_LOGGERS)

    logger.remove()
    options: dict[str, Any] = {"level": level, "diagnose": False, "backtrace": False, "filter": wanted}
    if settings.log_json:
        logger.add(sys.stderr, serialize=True, format="{message}", **options)
    else:
        logger.add(sys.stderr, format=_FORMAT, colorize=False, **options)
    logger.configure(patcher=patch)


def _clean(text: str, words: Sequence[str], *, mask: bool) -> str:
    for word in words:
        text = text.replace(word, "***")
    text = text.replace("\n", " ⏎ ")
    return _LONG_NUMBER.sub(r"\1****\2", text) if mask else text
