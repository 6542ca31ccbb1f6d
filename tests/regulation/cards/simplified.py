"""The table of simplified characters as OpenCC has it; `python -m tests.regulation.cards.simplified` writes it anew."""

import unicodedata
from pathlib import Path
from typing import cast

from opencc import OpenCC

from regulation.cards import simplified

_LINE = 50
_HEAD = '''"""Traditional characters and what each is simplified to, one by one: OpenCC's table (Apache License 2.0).

Written by `python -m tests.regulation.cards.simplified`. OpenCC itself would take 6 MiB of every process
for what is asked here. Characters that NFKC replaces aren't in it.
"""

'''


def of_opencc() -> tuple[str, str]:
    """Return every character that OpenCC simplifies to another one, and those others."""
    convert = OpenCC("t2s").convert  # pyright: ignore[reportUnknownMemberType]
    found: list[tuple[str, str]] = []
    # OpenCC takes no half of a surrogate pair.
    for code in (*range(0xD800), *range(0xE000, 0x110000)):
        character = chr(code)
        if unicodedata.normalize("NFKC", character) == character:
            simple = cast("str", convert(character))
            if len(simple) == 1 and simple != character:
                found.append((character, simple))
    return "".join(old for old, _ in found), "".join(new for _, new in found)


def written(traditional: str, simple: str) -> str:
    """Return the module that holds the table."""
    parts = [_HEAD]
    for name, text in (("TRADITIONAL", traditional), ("SIMPLIFIED", simple)):
        lines = [f'    "{text[at : at + _LINE]}"\n' for at in range(0, len(text), _LINE)]
        parts.append(f"{name} = (\n{''.join(lines)})\n")
    return "".join(parts)


if __name__ == "__main__":
    Path(simplified.__file__).write_text(written(*of_opencc()), "utf-8")
