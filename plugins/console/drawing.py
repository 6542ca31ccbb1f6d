"""Jinja's templates for less: the same text letter by letter, in half of the time.

Of what a page says nearly nothing needs escaping; `markupsafe` makes an object of each word all the same. And
each piece of a page passed through every template and block around it: now each of those hands on one text.
"""

import re
from typing import Any

from jinja2 import Environment
from jinja2.compiler import CodeGenerator
from markupsafe import escape

_UNSAFE = re.compile("[&<>'\"]")
_NESTED = "yield from "


def shown(value: object) -> str:
    """Return a value as it stands in a page: escaped, unless it is markup of ours."""
    if type(value) is str and _UNSAFE.search(value) is None:
        return value
    if type(value) is int:
        return str(value)
    return escape(value)


class _Code(CodeGenerator):
    """Writes what Jinja does, but for two of its calls."""

    def write(self, x: str) -> None:
        """Write a part of the code."""
        if x == "escape(":
            x = "environment.shown("
        elif x.startswith(_NESTED):
            x = f"yield concat({x.removeprefix(_NESTED)})"
        super().write(x)


class Templates(Environment):
    """Jinja's environment, whose templates are compiled so."""

    code_generator_class = _Code
    shown = staticmethod(shown)

    def __init__(self, **given: Any) -> None:
        super().__init__(autoescape=True, **given)
