"""A roster as its reader takes it, of usual files."""

from datetime import date

from regulation.policy import DepartmentNames, Policy
from services.imports.reading.find import Found, read_file
from services.imports.reading.how import How
from services.imports.reading.noted import Refusal
from services.imports.reading.person import Roster

KEY = b"test key"
DAY = date(2026, 3, 2)


def how(policy: Policy | None = None) -> How:
    return How("roster", policy or Policy(), KEY, DAY)


def read(data: bytes, names: DepartmentNames | None = None) -> Roster:
    found = read_file(data, how(Policy(departments=names or DepartmentNames())))
    assert isinstance(found, Found), found
    assert isinstance(found.content, Roster)
    return found.content


def csv(*lines: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join(lines).encode(encoding)


def refusal(data: bytes) -> str:
    found = read_file(data, how())
    assert isinstance(found, Refusal), found
    return found.reason
