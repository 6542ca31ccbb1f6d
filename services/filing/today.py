"""A filing as stored, with its departments as they are called today: a renamed one is the same department."""

from dataclasses import replace

from db.queries.groups import filings
from db.queries.groups.filings import FilingRow
from regulation.groups.scope import of_today
from services.app import App


def as_called(app: App, row: FilingRow) -> FilingRow:
    """Return a row to be shown, or compared with another one, by the names in force."""
    filing = of_today(filings.as_filing(row), app.registry.tree)
    return replace(row, scope=filing.scope, department=filing.department)
