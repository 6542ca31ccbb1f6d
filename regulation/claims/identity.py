"""Whose a QQ number is."""

from dataclasses import dataclass
from datetime import datetime


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
