"""The pages, one a file, each with its `router`."""

from plugins.console.pages import (
    cases,
    fines,
    groups,
    imports,
    inbox,
    people,
    regulation,
    sources,
    spot_checks,
    status,
    summary,
    trail,
)

PAGES = tuple(
    page.router
    for page in (
        inbox, cases, fines, groups, people, imports, sources, summary, spot_checks, trail,
        regulation, status,
    )
)  # fmt: skip
