"""What chat says of employees, said in the terminal: depart, rehire, transfer, hand over."""

import sys
from datetime import date

from rich.console import Console

from config.phrases.imports import TERMINAL
from services.answer import Answer
from services.app import App
from services.people import staff

_BY = {"by": "terminal", "source": "terminal"}


async def depart(app: App, employee_no: str, *, on: str | None, out: Console) -> int:
    """Record a departure on a day (`2026-11-02`; today when None). 0 done, 1 refused, 2 no date."""
    day = _day(on)
    if isinstance(day, int):
        return day
    return _say(await staff.depart(app, employee_no, day, **_BY), out)


async def rehire(app: App, employee_no: str, *, out: Console) -> int:
    """Record that somebody is back. 0 done, 1 refused."""
    return _say(await staff.rehire(app, employee_no, **_BY), out)


async def transfer(app: App, employee_no: str, department: str, *, out: Console) -> int:
    """Record a change of department. 0 done, 1 refused."""
    return _say(await staff.transfer(app, employee_no, department, **_BY), out)


async def hand_over(app: App, employee_no: str, *, on: str | None, out: Console) -> int:
    """Record that a handover is complete. 0 done, 1 refused, 2 no date."""
    day = _day(on)
    if isinstance(day, int):
        return day
    return _say(await staff.complete_handover(app, employee_no, day, **_BY), out)


def _day(text: str | None) -> date | int | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        sys.stderr.write(TERMINAL["bad_date"].format(text=text[:40]) + "\n")
        return 2


def _say(answer: Answer, out: Console) -> int:
    """Print what was recorded; a refusal goes to stderr."""
    if answer.ok:
        out.print(answer.text, markup=False)
        return 0
    sys.stderr.write(answer.text + "\n")
    return 1
