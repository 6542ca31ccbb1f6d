"""Consoles as they are: a Windows one may write GBK, and what it lacks must not end the program."""

import sys
from io import TextIOWrapper


def any_console() -> None:
    """Have what a console can't show come out as `?`, instead of as an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
