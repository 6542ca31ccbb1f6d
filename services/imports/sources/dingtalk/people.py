"""From a DingTalk directory to the rows of a roster."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from regulation.cards.names import department_key
from services.imports.known import KnownPerson
from services.imports.reading.listed import Cells
from services.imports.sources.dingtalk.directory import Directory, User


@dataclass(frozen=True, slots=True)
class Before:
    """What is known already. `numbers`: DingTalk's id → employee number. `people`: the registry's own rows of
    those for whom they count: `asked_for`, and who has left. `path`: a department's path in its own spelling.
    """

    numbers: Mapping[str, str]
    people: Mapping[str, KnownPerson]
    path: Callable[[str], str]


def asked_for(directory: Directory, numbers: Mapping[str, str]) -> set[str]:
    """Return whose rows count, whatever stands in them: who left, and who is in several departments."""
    several = {user.job_number for user in directory.users.values() if len(user.dept_ids) > 1}
    return several | {numbers[ding_id] for ding_id in directory.left if ding_id in numbers}


def rows(directory: Directory, before: Before) -> list[Cells]:
    """Return a row for everybody listed, and for those whose leaving is on record."""
    path = cache(directory.path)

    @cache
    def paths(dept_ids: tuple[int, ...]) -> list[str]:
        # What the app may not see is no part of the tree; taken for the company itself, it would move people.
        return list(dict.fromkeys(path(one) for one in dept_ids if one in directory.departments))

    listed = [_listed(user, paths(user.dept_ids), path, before) for user in directory.users.values()]
    there = {str(cells["employee_no"]) for cells in listed}
    return [*listed, *_left(directory, before, there)]


def _listed(user: User, paths: Sequence[str], path: Callable[[int], str], before: Before) -> Cells:
    """Return somebody's row. It speaks of what DingTalk says: what is empty there may stand in a roster."""
    known = before.people.get(user.job_number)
    own = _own(paths, known, before.path)
    cells: dict[str, object] = {
        "employee_no": user.job_number,
        "name": user.name,
        "department": own,
        "also_in": "；".join(path for path in paths if path != own),
        "is_head": own in map(path, user.leads),
    }
    if user.title:
        cells["title"] = user.title
    if user.mobile:
        cells["phone"] = user.mobile
    if user.hired_on:
        cells["hired_on"] = user.hired_on
    if known is not None and known.departed_on is not None:
        # An account that outlives its owner is no return; whom DingTalk itself had said to be gone is back.
        cells["status"] = known.employment
    return cells


def _own(paths: Sequence[str], known: KnownPerson | None, path: Callable[[str], str]) -> str:
    """Return which of several departments is somebody's own: the one it was, whatever the order today."""
    if known is not None and len(paths) > 1:
        was = department_key(path(known.department))
        for one in paths:
            if department_key(path(one)) == was:
                return one
    return paths[0] if paths else ""


def _left(directory: Directory, before: Before, there: Collection[str]) -> list[Cells]:
    found: list[Cells] = []
    for left in directory.left.values():
        number = before.numbers.get(left.ding_id, "")
        known = before.people.get(number)
        if known is None or number in there or left.ding_id in directory.users:
            continue
        if known.departed_on is None or known.departed_on > left.on:
            found.append(
                {
                    "employee_no": number, "name": known.name, "department": known.department,
                    "status": "departed", "departed_on": left.on,
                }
            )  # fmt: skip
    return found
