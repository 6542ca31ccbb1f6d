"""Parameters of a call, read as leniently as the implementations do."""

from __future__ import annotations

from typing import Any


class BadParams(Exception):
    """A parameter is missing or unreadable."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Params:
    """The parameters of one call. ``missing``: a fault wants this many items off a list's end."""

    def __init__(self, values: dict[str, Any], missing: int = 0) -> None:
        self._values = values
        self.missing = missing

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def any(self, name: str) -> Any:
        """A required parameter as it came."""
        if name not in self:
            raise BadParams(name)
        return self._values[name]

    def integer(self, name: str, default: int | None = None) -> int:
        """A number, also written as text; required without ``default``."""
        if name not in self and default is not None:
            return default
        value = self.any(name)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise BadParams(name)
        try:
            return int(value)
        except ValueError:
            raise BadParams(name) from None

    def integers(self, name: str) -> list[int]:
        """A list of numbers."""
        value = self.any(name)
        if not isinstance(value, list):
            raise BadParams(name)
        try:
            return [int(item) for item in value]
        except (TypeError, ValueError):
            raise BadParams(name) from None

    def text(self, name: str, default: str | None = None) -> str:
        """A text; required without ``default``."""
        if name not in self and default is not None:
            return default
        value = self.any(name)
        if not isinstance(value, str | int):
            raise BadParams(name)
        return str(value)

    def boolean(self, name: str, default: bool) -> bool:
        """Yes or no, also written as text or number."""
        value = self._values.get(name)
        if value is None:
            return default
        if isinstance(value, str):
            return value.strip().lower() in ("true", "1", "yes")
        return bool(value)
