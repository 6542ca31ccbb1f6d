"""`docs/checks.md`, written from the checks' own docstrings so that the two can't drift apart."""

from regulation.checks import CHECKS
from regulation.duties import DUTIES

_HEAD = """# The checks

Written by `regulation.checks.page.render_checks_page()` from the checks' docstrings; a test holds
the two together. X1, the monthly spot check, runs all of them: `regulation/spot_check.py`.
"""


def render_checks_page() -> str:
    """Return the whole page, in Markdown: a table of the duties, then one section a check."""
    table = ["| Code | Check | Clause | Title |", "|---|---|---|---|"]
    sections: list[str] = []
    for one in sorted(CHECKS, key=lambda check: check.CODE):
        duty = DUTIES[one.CODE]
        table.append(f"| {duty.code} | `{duty.check}` | {duty.clause} | {duty.title} |")
        text = (one.__doc__ or "").strip().removeprefix(f"{duty.code} {duty.check}: ")
        sections.append(f"## {duty.code} `{duty.check}`: {duty.title}\n\n{text[:1].upper()}{text[1:]}\n")
    return "\n".join([_HEAD, *table, "", *sections])
