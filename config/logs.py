"""Log lines: one event one line, secrets never in them, JSON on request.

Whatever reports something ends up here: NoneBot and our own code, the standard library's logging
(uvicorn, asyncio, APScheduler), warnings, and exceptions that nobody caught.
"""

import json
import logging
import re
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from traceback import FrameSummary, extract_tb
from types import TracebackType
from typing import TYPE_CHECKING, cast

from loguru import logger

from config.settings import Settings, wants_json_logs

if TYPE_CHECKING:
    from loguru import Message, Record

# A port behind an address is no QQ number.
_LONG_NUMBER = re.compile(r"(?<!\d)(?<!\.\d:)(?<!\.\d\d:)(?<!\.\d{3}:)(\d{2})\d+(\d{2})(?!\d)")
# What an exception quotes is data: parameters of a statement, a field's input, a key.
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\([^()]*\)|\[[^\[\]]*\]")
_NUMBERED = re.compile(r"[A-Za-z]*\d{3,}")
_BREAKS = re.compile(r"\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]\s*")
_UNREADABLE = "Failed to parse event."
_INFO, _WARNING = 20, 30
_FRAMES = 6
# They write three lines an event, with what people say in it. Silent as a whole: a line that a filter
# drops has cost all the same. What our handlers raise is logged by `plugins.edge`.
_EVENT_LOGGERS = ("nonebot.message", "nonebot.internal.matcher")
_ROOT = Path(__file__).resolve().parents[1]


def set_up_logs(settings: Settings, hidden: Sequence[str]) -> None:
    """Write logs to stderr at the level set. `hidden`: texts that must never appear in a line.

    At INFO and above QQ and group numbers are masked. Cleaning happens in the sink, the last place a
    line passes, so that nobody's own way of logging gets round it.
    """
    words = sorted({word for word in hidden if len(word) >= 4}, key=len, reverse=True)

    def sink(message: "Message") -> None:
        text = _one_line(message.record, words, as_json=settings.log_json)
        sys.stderr.write(text + "\n")

    logger.remove()
    logger.add(
        sink,
        level=settings.log_level.upper(),
        format=_nothing,
        colorize=False,
        diagnose=False,
        backtrace=False,
    )
    for name in _EVENT_LOGGERS:
        logger.disable(name)
    _take_over()


def masked(text: str) -> str:
    """Return `text` with the middle of every number of five digits or more hidden."""
    return _LONG_NUMBER.sub(r"\1****\2", text)


def last_words(line: str) -> str:
    """Return the one line that says why a start was refused, in the form that logs have here."""
    if not wants_json_logs():
        return line
    at = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    return json.dumps({"time": at, "level": "ERROR", "name": "bot", "message": line}, ensure_ascii=False)


def _nothing(record: "Record") -> str:
    """Let loguru format nothing: the sink makes the line."""
    return ""


def _one_line(record: "Record", hidden: Sequence[str], *, as_json: bool) -> str:
    """Return one event as one line; only what was said is masked, never the line's own numbers."""
    said = _BREAKS.sub(" ⏎ ", _without_event(record))
    for word in hidden:
        said = said.replace(word, "***")
    said = masked(said) if record["level"].no >= _INFO else said
    error, where = _error(record, hidden)
    if not as_json:
        parts = [said, *([error] if error else []), *([" ← ".join(where)] if where else [])]
        moment = record["time"].strftime("%m-%d %H:%M:%S")
        return f"{moment} [{record['level'].name}] {record['name']} | {' | '.join(parts)}"
    found: dict[str, object] = {
        "time": record["time"].isoformat(),
        "level": record["level"].name,
        "name": record["name"],
        "message": said,
        **({"error": error, "where": where} if error else {}),
    }
    return json.dumps(found, ensure_ascii=False)


def _without_event(record: "Record") -> str:
    """Return the message; the adapter adds an event that it can't read, with all that was written in it."""
    said = record["message"]
    return said.partition(" Raw: ")[0] if _UNREADABLE in said else said


def _error(record: "Record", hidden: Sequence[str]) -> tuple[str, list[str]]:
    """Return an exception's type and words without what they quote, and its places, innermost first."""
    exception = record["exception"]
    if exception is None or exception.value is None:
        return "", []
    error = exception.value
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseException", error.exceptions[0])
    words = (str(error).splitlines() or [""])[0][:200]
    for word in hidden:
        words = words.replace(word, "***")
    words = masked(_NUMBERED.sub("…", _QUOTED.sub("…", words)))
    said = type(error).__name__ + (f": {words}" if words else "")
    return said, [_place(frame) for frame in reversed(extract_tb(error.__traceback__)[-_FRAMES:])]


def _place(frame: FrameSummary) -> str:
    path = Path(frame.filename)
    shown = path.relative_to(_ROOT) if path.is_relative_to(_ROOT) else Path(*path.parts[-2:])
    return f"{shown}:{frame.lineno} {frame.name}"


class _Forward(logging.Handler):
    """The standard library's records, except of loggers that have a handler of their own."""

    def emit(self, record: logging.LogRecord) -> None:
        if _has_own_handler(record.name):
            return
        try:
            level: str | int = logger.level(record.levelname).name
        except ValueError:
            level = record.levelno
        exception = record.exc_info if record.exc_info and record.exc_info[0] else None
        logger.patch(lambda made: made.update(name=record.name, function=record.funcName)).opt(
            exception=exception
        ).log(level, "{}", record.getMessage())


def _has_own_handler(name: str) -> bool:
    found = logging.getLogger(name)
    while found.parent is not None:
        if any(not isinstance(handler, logging.NullHandler) for handler in found.handlers):
            return True
        found = found.parent
    return False


def _take_over() -> None:
    """Have everything else that would write to stderr write log lines."""
    logging.basicConfig(handlers=[_Forward()], level=logging.WARNING, force=True)
    for ours in ("qungui", "plugins", "services"):
        logging.getLogger(ours).setLevel(logging.DEBUG)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda found: _uncaught(found.exc_type, found.exc_value, found.exc_traceback)
    threading.excepthook = lambda found: _uncaught(found.exc_type, found.exc_value, found.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is not None:
        logger.opt(exception=(kind, error, trace)).critical("uncaught")
