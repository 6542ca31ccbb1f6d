"""How calls are answered: the frames, and the errors actions raise."""

from __future__ import annotations

import json
from typing import Any

from simulator.profiles import Profile


class RawJson(str):
    """JSON text that is spliced into an answer as it is; for long lists."""

    __slots__ = ()


class ActionError(Exception):
    """An action fails. ``status`` other than "failed" is not taken for a failure by NoneBot."""

    def __init__(self, retcode: int, message: str = "", status: str = "failed") -> None:
        super().__init__(message)
        self.retcode = retcode
        self.message = message
        self.status = status


def failure(profile: Profile, key: str, **fields: object) -> ActionError:
    """The profile's usual error with its wording for ``key``."""
    return ActionError(profile.failed, profile.text(key, **fields))


def dumps(value: Any) -> str:
    """Compact JSON that keeps Chinese readable."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def success(profile: Profile, data: Any) -> dict[str, Any]:
    """An answer that says ok."""
    answer: dict[str, Any] = {"status": "ok", "retcode": 0, "data": data}
    if profile.answer_shape in ("napcat", "plain"):
        answer |= {"message": "", "wording": ""}
    elif profile.answer_shape == "go-cqhttp":
        answer["message"] = ""
    if profile.answer_shape == "napcat":
        answer["stream"] = "normal-action"
    return answer


def refusal(profile: Profile, error: ActionError) -> dict[str, Any]:
    """An answer that tells an error. go-cqhttp's wording is ``CODE|text``."""
    answer: dict[str, Any] = {"status": error.status, "retcode": error.retcode, "data": None}
    if profile.answer_shape in ("napcat", "plain"):
        answer |= {"message": error.message, "wording": error.message}
    elif profile.answer_shape == "go-cqhttp":
        code, _, wording = error.message.partition("|")
        answer |= {"msg": code, "wording": wording or code}
    if profile.answer_shape == "napcat":
        answer["stream"] = "normal-action"
    return answer


def frame(answer: dict[str, Any], echo: Any) -> str:
    """The text of an answer frame."""
    data = answer["data"]
    if not isinstance(data, RawJson):
        return dumps({**answer, "echo": echo})
    rest = dumps({key: value for key, value in answer.items() if key != "data"} | {"echo": echo})
    return f'{{"data":{data},{rest[1:]}'
