"""Whose a QQ number is."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Identity:
    """One QQ bound to one employee. `method`: roster | proof | admin."""

    user_id: int
    employee_no: str
    method: str
    verified_at: datetime

    @property
    def contested(self) -> bool:
        """Tell whether it is nobody's until admin staff have settled whose it is."""
        return False


@dataclass(frozen=True, slots=True)
class ContestedIdentity(Identity):
    """One that two employees lay claim to; its own class, as a field costs all others 16 bytes."""

    @property
    def contested(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class BoundNumbers:
    """Which QQ numbers are bound to whom, contested ones too: two columns, in the order of employee numbers.

    Asked a few times for each decision, and half a dictionary's memory.
    """

    employee_nos: list[str]
    user_ids: "array[int]"

    @classmethod
    def of(cls, bound: Iterable[Identity]) -> "BoundNumbers":
        """Put `bound` in order; the numbers of one employee stay in theirs."""
        some = sorted(bound, key=attrgetter("employee_no"))
        return cls([one.employee_no for one in some], array("q", [one.user_id for one in some]))

    def of_employee(self, employee_no: str) -> "array[int]":
        """Return the numbers bound to this employee."""
        return self.user_ids[self._span(employee_no)]

    def changed(self, employee_nos: Collection[str], bound: Iterable[Identity]) -> "BoundNumbers":
        """Return a copy in which these employees have the numbers in `bound` and no others."""
        new = BoundNumbers(self.employee_nos.copy(), self.user_ids[:])
        for employee_no in employee_nos:
            span = new._span(employee_no)
            del new.employee_nos[span], new.user_ids[span]
        for one in bound:
            at = bisect_right(new.employee_nos, one.employee_no)
            new.employee_nos.insert(at, one.employee_no)
            new.user_ids.insert(at, one.user_id)
        return new

    def _span(self, employee_no: str) -> slice:
        first = bisect_left(self.employee_nos, employee_no)
        return slice(first, bisect_right(self.employee_nos, employee_no, first))
