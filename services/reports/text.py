"""The summary as a few lines that read well on a phone."""

from collections.abc import Mapping

from config.phrases import reports as say
from regulation.duties import DUTIES, Code
from regulation.summary import Figures
from services.naming import short
from services.reports.filters import Filters, period_label

TOP = 5
TOP_CLAUSES = 6


def heading(figures: Figures, filters: Filters) -> str:
    """Return period and filters in one line."""
    return " · ".join(part for part in (period_label(figures.period), filters.words) if part)


def counts(figures: Figures) -> str:
    """Return the four counts: nothing personal."""
    return say.COUNTS.format(
        opened=figures.opened, cured=figures.cured, overdue=figures.overdue, open=figures.open
    )


def summary_text(figures: Figures, filters: Filters, group_names: Mapping[int, str]) -> str:
    """Return the summary: counts, clauses, the departments and groups with most, fines, what is unknown."""
    lines = [say.SUMMARY_HEAD.format(heading=heading(figures, filters)), counts(figures)]
    if figures.opened:
        clauses = {f"{code} {DUTIES[Code(code)].title}": n for code, n in figures.by_clause.items()}
        groups = {f"{group_names.get(g, '')}（{g}）".lstrip(): n for g, n in figures.by_group.items()}
        lines += [
            say.BY_CLAUSE.format(listed=_listed(clauses, TOP_CLAUSES)),
            say.BY_DEPARTMENT.format(listed=_listed(figures.by_department, TOP)),
            say.BY_GROUP.format(listed=_listed(groups, TOP)),
        ]
    fines = figures.fines
    lines.append(
        say.FINES_LINE.format(
            proposed=f"{fines.proposed:.2f}", confirmed=f"{fines.confirmed:.2f}", waived=f"{fines.waived:.2f}"
        )
    )
    if figures.unknown_groups:
        listed = "、".join(map(str, figures.unknown_groups[:TOP]))
        more = say.AND_MORE if len(figures.unknown_groups) > TOP else ""
        lines.append(say.UNKNOWN_GROUPS.format(n=len(figures.unknown_groups), listed=listed, more=more))
    return "\n".join(lines)


def _listed(counts_of: Mapping[str, int], most: int) -> str:
    shown = [f"{short(name, 30)} {n}" for name, n in list(counts_of.items())[:most]]
    rest = list(counts_of.values())[most:]
    if rest:
        shown.append(say.REST.format(n=len(rest), count=sum(rest)))
    return "，".join(shown)
