"""What each parameter means: the comments of the `regulation.toml` that comes with the program."""

import re
from functools import cache
from pathlib import Path

_HEAD = re.compile(r"\[(\w+)\]\s*(?:#\s*(.*))?")
_KEY = re.compile(r"(\w+)\s*=\s*(?:\"[^\"]*\"|[^#\"])*#\s*(.*)|(\w+)\s*=.*")


@cache
def meanings() -> dict[str, str]:
    """Return dotted key → meaning; for a section's own name, what its heading says."""
    found: dict[str, str] = {}
    section = ""
    for line in Path(__file__).with_name("regulation.toml").read_text("utf-8").splitlines():
        if head := _HEAD.fullmatch(line.strip()):
            section = head[1]
            found[section] = head[2] or ""
        elif section and (key := _KEY.fullmatch(line.strip())):
            found[f"{section}.{key[1] or key[3]}"] = key[2] or ""
    return found
