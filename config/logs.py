"""Log lines: one event one line, secrets never in them, JSON on request."""

import json
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from loguru import logger

from config.settings import Settings

if TYPE_CHECKING:
    from loguru import Message, Record

_LONG_NUMBER = re.compile(r"(?<!\d)(\d{2})\d{3,9}(\d{2})(?!\d)")
_INFO, _WARNING = 20, 30
_EVENT_LOGGERS = frozenset({"handle_event", "_run_matcher", "check_and_run_matcher", "simple_run", "run"})
_FORMAT = "{time:MM-DD HH:mm:ss} [{level}] {name} | {message}"


def set_up_logs(settings: Settings, hidden: Sequence[str]) -> None:
    """Write logs to stderr at the level set. `hidden`: texts that must never appear in a line.

    At INFO and above QQ and group numbers are masked. Cleaning happens in the sink, the last place a
    line passes, so that nobody's own way of logging gets round it.
    """
    words = sorted({word for word in hidden if len(word) >= 4}, key=len, reverse=True)

    def sink(message: "Message") -> None:
        text = str(message)
        for word in words:
            text = text.replace(word, "***")
        if message.record["level"].no >= _INFO and not settings.log_json:
            text = _masked(text)
        sys.stderr.write(text)

    def line(record: "Record") -> str:
        """Return one JSON object; only what people wrote in it is masked, never its own numbers."""
        said = record["message"]
        found: dict[str, object] = {
            "time": record["time"].isoformat(),
            "level": record["level"].name,
            "name": record["name"],
            "message": _masked(said) if record["level"].no >= _INFO else said,
        }
        if record["exception"] is not None and record["exception"].type is not None:
            found["error"] = record["exception"].type.__name__
        record["extra"]["json"] = json.dumps(found, ensure_ascii=False)
        return "{extra[json]}\n"

    def wanted(record: "Record") -> bool:
        # What people say in groups is nobody's business, also not the log's.
        return record["function"] not in _EVENT_LOGGERS or record["level"].no >= _WARNING

    logger.remove()
    level = settings.log_level.upper()
    logger.add(
        sink,
        level=level,
        format=line if settings.log_json else _FORMAT,
        colorize=False,
        diagnose=False,
        backtrace=False,
        filter=wanted,
    )


def _masked(text: str) -> str:
    return _LONG_NUMBER.sub(r"\1****\2", text)
